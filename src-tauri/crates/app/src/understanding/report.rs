//! How well the bot understands: the model in use on examples that it had not seen, its versions, and corrected emotions.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Result;
use mercator_domain::{ids::IntentExampleId, intent::Intent, language::Language};
use mercator_pipeline::{
    facts::SURE_ENOUGH,
    intents::{
        Phrase,
        classifier::{Classifier, HeldOut},
        trainer::IN_SCOPE,
    },
};
use mercator_store::{emotion_corrections::EmotionCorrections, intent_examples::IntentExample, intent_models::IntentModel};

use super::{
    Row, Trained,
    views::{Confusion, Effect, EmotionFigures, EmotionPair, IntentFigures, IntentLine, LanguageLine, ModelVersion, UnderstandingReport},
};
use crate::{App, brain::Brain, lists::small};

/// Versions that are listed.
const VERSIONS: i64 = 10;
/// Mix-ups that are named before the whole table.
const CONFUSED: usize = 8;
/// The places of an [`Effect`]: 0 to 100 %.
const STEPS: usize = 101;

impl App {
    /// The page as a whole.
    pub async fn understanding(&self) -> Result<UnderstandingReport> {
        let brain = self.brain().await?;
        let examples = self.store.all_intent_examples().await?;
        let versions = self.versions(&brain).await?;
        let emotions = self.emotion_figures().await?;
        let precision = self.settings.read().await.precision;
        let (encoder, training) = (brain.bot.encoder().is_some(), self.is_training());
        let (count, waiting) = (small(examples.len() as i64), waiting(&brain, &examples));
        let (trained, phrases) = (self.in_use(&brain), Arc::clone(&self.phrases));
        let work = move || {
            let model = brain.classifier().filter(|model| !model.held_out().is_empty())?;
            Some(figures(model, &trained, &phrases, &examples, &brain.auto_from(precision)))
        };
        let figures = tokio::task::spawn_blocking(work).await?;
        Ok(UnderstandingReport { encoder, training, precision, examples: count, waiting, versions, figures, emotions })
    }

    /// What is known of the model in use.
    pub(super) fn in_use(&self, brain: &Brain) -> Trained {
        match (&brain.version, brain.classifier()) {
            (Some(version), _) => version.trained.clone(),
            (None, Some(model)) => Trained::default().measured(model, 0),
            (None, None) => Trained::default(),
        }
    }

    async fn versions(&self, brain: &Brain) -> Result<Vec<ModelVersion>> {
        let in_use = brain.version.as_ref().map(|version| version.id);
        let own = self.store.intent_models(VERSIONS).await?;
        let mut versions: Vec<ModelVersion> = own.into_iter().map(|model| version(model, in_use)).collect();
        let shipped = (in_use.is_none()).then(|| self.in_use(brain).accuracy()).flatten();
        versions.push(ModelVersion {
            id: None,
            trained_at: None,
            member: String::new(),
            examples: 0,
            accuracy: shipped,
            active: in_use.is_none(),
            kept: true,
            held_back: false,
        });
        Ok(versions)
    }

    async fn emotion_figures(&self) -> Result<EmotionFigures> {
        let (messages, pairs) = self.store.emotion_corrections().await?;
        let pair = |c: EmotionCorrections| EmotionPair { from: c.from, to: c.to, count: small(c.count) };
        Ok(EmotionFigures {
            enabled: self.settings.read().await.emotion_enabled,
            messages: small(messages),
            corrected: small(pairs.iter().map(|pair| pair.count).sum()),
            pairs: pairs.into_iter().map(pair).collect(),
        })
    }
}

fn version(model: IntentModel, in_use: Option<mercator_domain::ids::IntentModelId>) -> ModelVersion {
    let trained: Trained = serde_json::from_value(model.report).unwrap_or_default();
    ModelVersion {
        id: Some(model.id),
        trained_at: Some(model.created_at),
        member: model.member,
        examples: small(model.examples),
        accuracy: trained.accuracy(),
        active: in_use == Some(model.id),
        kept: model.kept,
        held_back: trained.held_back,
    }
}

/// Examples that the model in use has not seen, or has seen under another label, and those that it has and that are gone.
fn waiting(brain: &Brain, examples: &[IntentExample]) -> i32 {
    let Some(version) = &brain.version else { return small(examples.len() as i64) };
    let seen = &version.trained.examples;
    let fresh = examples.iter().filter(|e| !seen.contains(&e.id) || e.labelled_at > version.trained_at).count();
    let gone = seen.iter().filter(|id| !examples.iter().any(|e| e.id == **id)).count();
    small((fresh + gone) as i64)
}

/// Counts over the held-out answers of a model.
fn figures(
    model: &Classifier,
    trained: &Trained,
    phrases: &[Phrase],
    examples: &[IntentExample],
    auto_from: &[(Intent, f32)],
) -> IntentFigures {
    let labels: Vec<Intent> = model.labels().iter().map(|label| label.parse().unwrap_or(Intent::Other)).collect();
    let answers = model.held_out();
    let confusion = confusion(&labels, answers);
    let effects = effects(&labels, answers, auto_from);
    let by_intent = labels.iter().zip(&confusion).zip(effects).enumerate().map(|(at, ((intent, row), effect))| IntentLine {
        intent: *intent,
        n: row.iter().sum(),
        right: row.get(at).copied().unwrap_or(0),
        threshold: threshold(auto_from, *intent),
        effect,
    });
    let by_intent: Vec<IntentLine> = by_intent.collect();
    IntentFigures {
        n: small(answers.len() as i64),
        right: small(answers.iter().filter(|a| a.is_right()).count() as i64),
        confused: confused(&labels, &confusion),
        by_language: trained.rows(phrases, model).map(|rows| by_language(&rows, answers, phrases, examples)).unwrap_or_default(),
        effect: total(&by_intent),
        by_intent,
        confusion,
        labels,
    }
}

/// `None` when the intent was never right as often as asked for.
fn threshold(auto_from: &[(Intent, f32)], intent: Intent) -> Option<f32> {
    auto_from.iter().find(|(of, _)| *of == intent).map(|(_, from)| *from).filter(|from| *from <= 1.0)
}

/// Rows are what was meant, columns what was understood; what was taken as out of scope counts as `other`.
fn confusion(labels: &[Intent], answers: &[HeldOut]) -> Vec<Vec<i32>> {
    let outside = labels.iter().position(|label| *label == Intent::Other);
    let mut table = vec![vec![0; labels.len()]; labels.len()];
    for answer in answers {
        let given =
            if answer.in_scope < IN_SCOPE { outside.unwrap_or(usize::from(answer.predicted)) } else { usize::from(answer.predicted) };
        if let Some(cell) = table.get_mut(usize::from(answer.label)).and_then(|row| row.get_mut(given)) {
            *cell += 1;
        }
    }
    table
}

fn confused(labels: &[Intent], table: &[Vec<i32>]) -> Vec<Confusion> {
    let mut pairs: Vec<Confusion> = vec![];
    for (intent, row) in labels.iter().zip(table) {
        for (predicted, count) in labels.iter().zip(row) {
            if intent != predicted && *count > 0 {
                pairs.push(Confusion { intent: *intent, predicted: *predicted, count: *count });
            }
        }
    }
    pairs.sort_by_key(|pair| (-pair.count, pair.intent, pair.predicted));
    pairs.truncate(CONFUSED);
    pairs
}

/// By intent as it was understood: what would be answered alone at each confidence, by the same rule by which `decide` does it.
fn effects(labels: &[Intent], answers: &[HeldOut], auto_from: &[(Intent, f32)]) -> Vec<Effect> {
    let mut effects = vec![Effect { auto: vec![0; STEPS], right: vec![0; STEPS] }; labels.len()];
    for answer in answers {
        let at = usize::from(answer.predicted);
        let (Some(intent), Some(effect)) = (labels.get(at), effects.get_mut(at)) else { continue };
        let own = auto_from.iter().find(|(of, _)| of == intent).map_or(SURE_ENOUGH, |(_, from)| from.min(SURE_ENOUGH));
        if *intent == Intent::Other || answer.in_scope < IN_SCOPE || answer.confidence < own {
            continue;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "A probability, so 0 to 100.")]
        let last = (answer.confidence * 100.0 + 1e-3).floor().clamp(0.0, 100.0) as usize;
        effect.auto.iter_mut().take(last + 1).for_each(|n| *n += 1);
        if answer.is_right() {
            effect.right.iter_mut().take(last + 1).for_each(|n| *n += 1);
        }
    }
    effects
}

fn total(lines: &[IntentLine]) -> Effect {
    let sum = |of: fn(&Effect) -> &Vec<i32>| {
        (0..STEPS).map(|step| lines.iter().filter_map(|line| of(&line.effect).get(step)).sum()).collect::<Vec<i32>>()
    };
    Effect { auto: sum(|effect| &effect.auto), right: sum(|effect| &effect.right) }
}

fn by_language(rows: &[Row], answers: &[HeldOut], phrases: &[Phrase], examples: &[IntentExample]) -> Vec<LanguageLine> {
    let own: BTreeMap<IntentExampleId, Option<&Language>> = examples.iter().map(|e| (e.id, e.language.as_ref())).collect();
    let mut counts: BTreeMap<Language, (i32, i32)> = BTreeMap::new();
    for (row, answer) in rows.iter().zip(answers) {
        let language = match row {
            Row::Shipped(at) => phrases.get(*at).and_then(|phrase| Language::parse(phrase.language)),
            Row::Own(id) => own.get(id).copied().flatten().cloned(),
        };
        let Some(language) = language else { continue };
        let count = counts.entry(language).or_default();
        count.0 += 1;
        count.1 += i32::from(answer.is_right());
    }
    counts.into_iter().map(|(language, (n, right))| LanguageLine { language, n, right }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: [Intent; 3] = [Intent::OrderStatus, Intent::Other, Intent::Thanks];

    fn answer(label: u16, predicted: u16, confidence: f32, in_scope: f32) -> HeldOut {
        HeldOut { label, predicted, confidence, in_scope }
    }

    #[test]
    fn d5_confusion_counts_what_was_meant_against_what_was_understood() {
        let answers =
            [answer(0, 0, 0.9, 1.0), answer(0, 2, 0.6, 1.0), answer(0, 0, 0.9, 0.2), answer(1, 1, 0.8, 0.0), answer(2, 2, 0.7, 1.0)];
        let table = confusion(&LABELS, &answers);
        assert_eq!(table, [[1, 1, 1], [0, 1, 0], [0, 0, 1]]);
        let pairs: Vec<_> = confused(&LABELS, &table).into_iter().map(|c| (c.intent, c.predicted, c.count)).collect();
        assert_eq!(pairs, [(Intent::OrderStatus, Intent::Thanks, 1), (Intent::OrderStatus, Intent::Other, 1)]);
    }

    #[test]
    fn d6_the_effect_of_a_threshold_is_what_the_rules_would_do() {
        let auto_from = [(Intent::OrderStatus, 0.6), (Intent::Thanks, 1.1)];
        let answers = [
            answer(0, 0, 0.95, 1.0),
            answer(2, 0, 0.61, 1.0), // Above its own threshold, and wrong.
            answer(0, 0, 0.59, 1.0), // Below its own threshold.
            answer(0, 0, 0.95, 0.4), // Out of scope.
            answer(1, 1, 0.99, 0.0),
            answer(2, 2, 0.91, 1.0), // Never reached its precision: the cap counts.
            answer(2, 2, 0.89, 1.0),
        ];
        let effects = effects(&LABELS, &answers, &auto_from);
        let at = |intent: usize, step: usize| (effects[intent].auto[step], effects[intent].right[step]);
        assert_eq!([at(0, 0), at(0, 61), at(0, 62), at(0, 95), at(0, 96)], [(2, 1), (2, 1), (1, 1), (1, 1), (0, 0)]);
        assert_eq!([at(1, 0), at(2, 0), at(2, 91), at(2, 92)], [(0, 0), (1, 1), (1, 1), (0, 0)]);
    }
}
