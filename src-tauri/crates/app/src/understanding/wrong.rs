//! What is worth a look: customers' messages of which the bot was not sure, and phrases that a model that had not seen them got
//! wrong. Each is put right with one choice, or said to be right as it is; either way it is not shown again.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use anyhow::Result;
use mercator_domain::{ids::IntentExampleId, intent::Intent, language::Language};
use mercator_pipeline::{facts::SURE_ENOUGH, intents::Phrase};
use mercator_store::intent_examples::{IntentExample, UnderstoodMessage};

use super::{
    Row, Trained,
    examples::key_of,
    views::{WrongKind, WrongPage, WrongRow},
};
use crate::{App, brain::Brain, lists::small};

/// How many messages are looked through: some weeks of a small shop. Their turns are read whole, so not all of them.
const MESSAGES: i64 = 400;
/// Rows of one page at most.
const MOST: usize = 200;
/// More of a message is not shown: what it wants stands at its beginning.
const CHARS: usize = 400;

impl App {
    /// A page of what is worth a look.
    pub async fn wrong_ones(&self, kind: WrongKind, offset: i32, limit: i32) -> Result<WrongPage> {
        let rows = match kind {
            WrongKind::Messages => self.unsure_messages().await?,
            WrongKind::Phrases => self.wrong_phrases().await?,
        };
        let (skip, take) = (usize::try_from(offset).unwrap_or(0), usize::try_from(limit).unwrap_or(0).clamp(1, MOST));
        Ok(WrongPage { total: small(rows.len() as i64), rows: rows.into_iter().skip(skip).take(take).collect() })
    }

    async fn unsure_messages(&self) -> Result<Vec<WrongRow>> {
        let (threshold, precision) = {
            let settings = self.settings.read().await;
            (settings.intent_threshold, settings.precision)
        };
        let auto_from = self.brain().await?.auto_from(precision);
        let from = |intent: Intent| {
            let own = auto_from.iter().find(|(of, _)| *of == intent).map_or(0.0, |(_, from)| from.min(SURE_ENOUGH));
            own.max(threshold)
        };
        let read = self.store.recently_understood(MESSAGES).await?;
        Ok(read.into_iter().filter(|message| is_worth_a_look(message, from(message.guess.name))).map(of_message).collect())
    }

    async fn wrong_phrases(&self) -> Result<Vec<WrongRow>> {
        let brain = self.brain().await?;
        let examples = self.store.all_intent_examples().await?;
        let (trained, phrases) = (self.in_use(&brain), Arc::clone(&self.phrases));
        Ok(tokio::task::spawn_blocking(move || wrong(&brain, &trained, &phrases, &examples)).await?)
    }
}

/// The bot was not sure and nobody has said anything yet, or somebody said something else.
fn is_worth_a_look(message: &UnderstoodMessage, sure_from: f32) -> bool {
    let guess = &message.guess;
    match message.labelled {
        Some(labelled) => labelled != guess.name,
        None => guess.confidence < sure_from || (!guess.in_scope && guess.name != Intent::Other),
    }
}

fn of_message(message: UnderstoodMessage) -> WrongRow {
    WrongRow {
        key: format!("m{}", message.id),
        text: message.text.chars().take(CHARS).collect(),
        language: message.language,
        label: message.labelled,
        predicted: message.guess.name,
        confidence: message.guess.confidence,
        message_id: Some(message.id),
        conversation_id: Some(message.conversation_id),
        own: false,
    }
}

/// Held-out answers that were wrong, the workspace's own examples first, then the surest: a sure mistake is most often a wrong label.
fn wrong(brain: &Brain, trained: &Trained, phrases: &[Phrase], examples: &[IntentExample]) -> Vec<WrongRow> {
    let Some(model) = brain.classifier() else { return vec![] };
    let Some(rows) = trained.rows(phrases, model) else { return vec![] };
    let trained_at = brain.version.as_ref().map(|version| version.trained_at);
    let by_id: HashMap<IntentExampleId, &IntentExample> = examples.iter().map(|e| (e.id, e)).collect();
    let labelled: HashSet<String> = examples.iter().map(|e| key_of(&e.text)).collect();
    let intent = |at: u16| model.labels().get(usize::from(at)).and_then(|label| label.parse::<Intent>().ok()).unwrap_or(Intent::Other);
    let mut wrong: Vec<WrongRow> = vec![];
    for (row, answer) in rows.iter().zip(model.held_out()).filter(|(_, answer)| !answer.is_right()) {
        let (key, text, language, own) = match row {
            Row::Shipped(at) => match phrases.get(*at) {
                // Somebody has looked at it since, and labelled it.
                Some(phrase) if !labelled.contains(&key_of(phrase.text)) => {
                    (format!("p{at}"), phrase.text.to_owned(), Language::parse(phrase.language), false)
                }
                _ => continue,
            },
            Row::Own(id) => match by_id.get(id) {
                Some(example) if trained_at.is_none_or(|at| example.labelled_at <= at) => {
                    (format!("e{id}"), example.text.clone(), example.language.clone(), true)
                }
                _ => continue,
            },
        };
        let (label, predicted, confidence) = (Some(intent(answer.label)), intent(answer.predicted), answer.confidence);
        wrong.push(WrongRow { key, text, language, label, predicted, confidence, message_id: None, conversation_id: None, own });
    }
    wrong.sort_by(|a, b| b.own.cmp(&a.own).then(b.confidence.total_cmp(&a.confidence)));
    wrong
}
