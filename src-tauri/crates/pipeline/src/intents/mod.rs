//! Intents of one sentence or message: the models behind [`IntentModel`], trained from the example phrases of each language.
//!
//! The port is a trait so that sentence embeddings can take the place of the linear model. A model is trained when the first
//! message in its language comes; a phrase that is in the examples word by word needs no model at all.

pub mod linear;

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use mercator_domain::{intent::Intent, language::Language};

use crate::{data, error::PipelineError, fold::fold, tokens};
use linear::LinearModel;

/// What a model says of one text.
#[derive(Clone, Debug, PartialEq)]
pub struct IntentScores {
    /// Probability of each intent, in the order of [`Intent::ALL`].
    pub probabilities: Vec<f32>,
    /// Share of the text's words that the model has seen: low means that it guesses.
    pub known: f32,
    /// The text is an example word by word.
    pub exact: bool,
}

impl IntentScores {
    /// The best intent and its probability.
    pub fn best(&self) -> (Intent, f32) {
        let best = Intent::ALL.iter().zip(&self.probabilities).max_by(|a, b| a.1.total_cmp(b.1));
        best.map_or((Intent::Other, 0.0), |(intent, p)| (*intent, *p))
    }

    /// The probability of one intent.
    pub fn of(&self, intent: Intent) -> f32 {
        Intent::ALL.iter().zip(&self.probabilities).find(|(i, _)| **i == intent).map_or(0.0, |(_, p)| *p)
    }
}

/// Something that tells the intent of a text.
pub trait IntentModel: Send + Sync {
    /// Probabilities for one sentence or message.
    fn scores(&self, text: &str) -> IntentScores;
}

/// A linear model with the examples themselves as a book to look whole messages up in.
pub struct PhraseModel {
    linear: LinearModel,
    book: HashMap<String, usize>,
}

impl PhraseModel {
    /// Trains on examples. Intents without an example get probability 0.
    ///
    /// `others` are examples in other languages: they teach what the concepts of the trade mean for the intents.
    pub fn train<'a>(examples: impl Iterator<Item = (Intent, &'a str)>, others: impl Iterator<Item = (Intent, &'a str)>) -> Self {
        let label = |(intent, phrase): (Intent, &'a str)| Some((Intent::ALL.iter().position(|a| *a == intent)?, phrase));
        let labelled: Vec<(usize, &str)> = examples.filter_map(label).collect();
        let others: Vec<(usize, &str)> = others.filter_map(label).collect();
        let mut book = HashMap::new();
        for (class, phrase) in &labelled {
            book.entry(plain(phrase)).or_insert(*class);
        }
        Self { linear: LinearModel::train(&labelled, &others, Intent::ALL.len()), book }
    }
}

impl IntentModel for PhraseModel {
    fn scores(&self, text: &str) -> IntentScores {
        let (mut probabilities, known) = self.linear.probabilities(text);
        let exact = self.book.get(&plain(text)).copied();
        if let Some(class) = exact {
            for (i, p) in probabilities.iter_mut().enumerate() {
                *p = if i == class { 0.5 + *p * 0.5 } else { *p * 0.5 };
            }
            let sum: f32 = probabilities.iter().sum();
            probabilities.iter_mut().for_each(|p| *p /= sum.max(f32::EPSILON));
        }
        IntentScores { probabilities, known: if exact.is_some() { 1.0 } else { known }, exact: exact.is_some() }
    }
}

/// A phrase as it is looked up: folded words with one space between, numbers alike. A message of signs only stays as it is.
pub fn plain(text: &str) -> String {
    let folded = fold(text);
    let words: Vec<&str> =
        tokens::runs(&folded).iter().map(|r| if r.text.bytes().all(|b| b.is_ascii_digit()) { "0" } else { r.text }).collect();
    if words.is_empty() { folded.split_whitespace().collect::<String>() } else { words.join(" ") }
}

/// The models of all languages, each trained at its first use.
pub struct Models {
    slots: Vec<(&'static str, OnceLock<Arc<dyn IntentModel>>)>,
    /// Whole messages of every language, for short ones whose language nobody can tell.
    everywhere: OnceLock<HashMap<String, Vec<(&'static str, Intent)>>>,
}

impl Models {
    /// Checks that there are examples; trains nothing yet.
    pub fn load() -> Result<Self, PipelineError> {
        let slots: Vec<_> = data::languages("intents").map(|code| (code, OnceLock::new())).collect();
        if slots.iter().any(|(code, _)| *code == "en") {
            return Ok(Self { slots, everywhere: OnceLock::new() });
        }
        Err(PipelineError::Data { file: "intents/en".to_owned(), reason: "it is missing".to_owned() })
    }

    /// The model of a language, or of the nearest one that there is.
    pub fn of(&self, language: &Language) -> Option<(&'static str, &Arc<dyn IntentModel>)> {
        let chain = language.fallbacks();
        let (code, slot) = chain.iter().find_map(|l| self.slots.iter().find(|(code, _)| *code == l.code()))?;
        Some((code, slot.get_or_init(|| Arc::new(PhraseModel::train(examples(code), foreign(code))))))
    }

    /// What a whole message means in any language, where all languages that have it agree.
    pub fn anywhere(&self, text: &str) -> Option<Intent> {
        let book = self.everywhere.get_or_init(|| {
            let mut book: HashMap<String, Vec<(&'static str, Intent)>> = HashMap::new();
            for (code, _) in &self.slots {
                for (intent, phrase) in examples(code) {
                    book.entry(plain(phrase)).or_default().push((code, intent));
                }
            }
            book
        });
        let found = book.get(&plain(text))?;
        let (_, first) = found.first()?;
        found.iter().all(|(_, intent)| intent == first).then_some(*first)
    }
}

/// Examples that another language borrows: English has the most, German, Chinese and Spanish differ from it most.
fn foreign(language: &str) -> impl Iterator<Item = (Intent, &'static str)> + use<> {
    let language = language.to_owned();
    ["en", "de", "zh", "es"].into_iter().filter(move |code| *code != language).flat_map(examples)
}

/// The example phrases of a language.
pub fn examples(language: &str) -> impl Iterator<Item = (Intent, &'static str)> {
    data::rows("intents", language).filter_map(|(label, phrase)| Some((label.parse().ok()?, phrase)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_is_an_intent_and_every_intent_has_examples() {
        for code in data::languages("intents") {
            for (label, phrase) in data::rows("intents", code) {
                assert!(label.parse::<Intent>().is_ok(), "{code}: {label}: {phrase}");
            }
            for intent in Intent::ALL {
                assert!(examples(code).filter(|(i, _)| i == intent).count() >= 8, "{code}: {intent}");
            }
        }
    }

    #[test]
    fn a_model_learns_from_a_few_phrases() {
        let phrases = [
            (Intent::OrderStatus, "where is my order"),
            (Intent::OrderStatus, "has my parcel been sent"),
            (Intent::OrderStatus, "when will my order come"),
            (Intent::RefundRequest, "I want my money back"),
            (Intent::RefundRequest, "please refund me"),
            (Intent::RefundRequest, "refund my payment"),
            (Intent::Thanks, "thank you so much"),
            (Intent::Thanks, "thanks a lot"),
            (Intent::Thanks, "great, thank you"),
        ];
        let model = PhraseModel::train(phrases.into_iter(), std::iter::empty());
        let check = |text: &str, expect: Intent| assert_eq!(model.scores(text).best().0, expect, "{text}");
        check("hello, where is the order?", Intent::OrderStatus);
        check("i'd like a refund of the money", Intent::RefundRequest);
        check("many thanks", Intent::Thanks);
        assert!(model.scores("where is my order").exact);
        assert!(model.scores("quantum chromodynamics").known < 0.2);
    }
}

#[cfg(test)]
mod held_out {
    use super::*;

    /// Share of held-out examples (every fifth) that the model gets right, over these languages.
    fn accuracy(code: &'static str) -> f32 {
        let all: Vec<(Intent, &str)> = examples(code).collect();
        let pick = |test: bool| all.iter().enumerate().filter(move |(i, _)| (i % 5 == 3) == test).map(|(_, e)| *e);
        let model = PhraseModel::train(pick(false), foreign(code));
        let (mut right, mut n) = (0u16, 0u16);
        for (intent, phrase) in pick(true) {
            n += 1;
            right += u16::from(model.scores(phrase).best().0 == intent);
        }
        f32::from(right) / f32::from(n.max(1))
    }

    #[test]
    fn d5_held_out_examples_are_told_apart() {
        for code in ["en", "de", "zh", "ja", "ko", "pl"] {
            let share = accuracy(code);
            assert!(share > 0.4, "{code}: {share}");
        }
    }
}
