//! Bot → Understanding: how well the bot understands, what it is taught, and the training that makes use of it.
//!
//! `examples` takes in what people say of messages, `training` makes versions of the model from it and chooses the one in use,
//! `report` measures, `wrong` lists what to look at. The loaded model is held by `brain`; trainer and figures are the pipeline's.

mod examples;
mod report;
mod training;
pub mod views;
mod wrong;

pub(crate) use examples::is_last_of_customer;
use mercator_domain::ids::IntentExampleId;
use mercator_pipeline::intents::{Phrase, classifier::Classifier};
use serde::{Deserialize, Serialize};

/// What is stored of a training beside the model: figures, and which rows its held-out answers belong to. No text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Trained {
    /// Held-out answers.
    pub(crate) n: i32,
    /// Of them right.
    pub(crate) right: i32,
    /// Held-out answers to phrases that ship.
    pub(crate) shipped: i32,
    /// Of them right.
    pub(crate) shipped_right: i32,
    /// Phrases that ship and were left out, since a person gave them another label: their places.
    pub(crate) replaced: Vec<usize>,
    /// The workspace's examples, in the order of the training.
    pub(crate) examples: Vec<IntentExampleId>,
    /// It was worse than the one in use, and was not taken for it.
    pub(crate) held_back: bool,
}

/// What a held-out answer was given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// A phrase that ships, by its place.
    Shipped(usize),
    /// An example of the workspace.
    Own(IntentExampleId),
}

impl Trained {
    /// The rows of a model's held-out answers, in their order; `None` where the phrases have changed since it was trained.
    pub(crate) fn rows(&self, phrases: &[Phrase], model: &Classifier) -> Option<Vec<Row>> {
        let kept = (0..phrases.len()).filter(|at| self.replaced.binary_search(at).is_err());
        let rows: Vec<Row> = kept.map(Row::Shipped).chain(self.examples.iter().copied().map(Row::Own)).collect();
        let label = |at: u16| model.labels().get(usize::from(at)).map(String::as_str);
        let fits = rows.len() == model.held_out().len()
            && rows.iter().zip(model.held_out()).all(|(row, answer)| match row {
                Row::Shipped(at) => phrases.get(*at).map(|phrase| phrase.intent.as_str()) == label(answer.label),
                Row::Own(_) => true,
            });
        fits.then_some(rows)
    }

    /// The figures of a model that was trained now.
    pub(crate) fn measured(mut self, model: &Classifier, own: usize) -> Self {
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        let right = |answers: &[mercator_pipeline::intents::classifier::HeldOut]| count(answers.iter().filter(|a| a.is_right()).count());
        let answers = model.held_out();
        let shipped = answers.get(..answers.len().saturating_sub(own)).unwrap_or_default();
        (self.n, self.right) = (count(answers.len()), right(answers));
        (self.shipped, self.shipped_right) = (count(shipped.len()), right(shipped));
        self
    }

    /// The share of the phrases that ship that were answered right: what two versions have in common, whatever was taught between.
    pub(crate) fn shipped_accuracy(&self) -> Option<f32> {
        share(self.shipped_right, self.shipped)
    }

    /// The share of all that were answered right.
    pub(crate) fn accuracy(&self) -> Option<f32> {
        share(self.right, self.n)
    }
}

#[allow(clippy::cast_precision_loss, reason = "Counts of phrases, for people.")]
fn share(part: i32, of: i32) -> Option<f32> {
    (of > 0).then(|| part as f32 / of as f32)
}
