//! The bot as this workspace has taught it, held so that it can be replaced while turns run.
//!
//! A turn takes its own handle ([`App::brain`]) and keeps it to its end; after a training, a step back, or a change by another
//! instance the next turn gets the new one. What is trained, measured and shown is in `understanding`.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use mercator_domain::{
    emotion::EmotionLevel,
    ids::{IntentExampleId, IntentModelId},
    intent::Intent,
    moment::Moment,
};
use mercator_pipeline::{
    Bot,
    intents::{
        classifier::{Classifier, HeldOut},
        example, trainer,
    },
    ports::TurnInput,
};
use mercator_store::{intent_examples::IntentExample, intent_models::IntentModel};

use crate::{App, models, understanding::Trained, views::AppEvent};

/// How many corrected messages are known again: the newest; the words of older ones hardly come back.
const CORRECTED: i64 = 2_000;

/// What people said of the feeling of whole messages, by the words.
pub(crate) type Felt = HashMap<String, EmotionLevel>;

/// The workspace's own version of the model.
pub(crate) struct Version {
    pub(crate) id: IntentModelId,
    pub(crate) trained_at: Moment,
    pub(crate) trained: Trained,
}

/// The precision that was asked for, and the thresholds by intent that give it.
type AutoFrom = (f32, Arc<[(Intent, f32)]>);

/// The loaded bot.
pub(crate) struct Brain {
    pub(crate) bot: Bot,
    /// `None` where the model that ships is used, or none.
    pub(crate) version: Option<Version>,
    /// The version that the database says is in use: another one than `version` where that cannot be used here.
    wanted: Option<IntentModelId>,
    /// For the precision that was asked for last.
    auto_from: Mutex<Option<AutoFrom>>,
}

impl Brain {
    /// Loads; slow, not for the threads that serve the window.
    fn load(folders: &[PathBuf], active: Option<(IntentModel, Vec<u8>)>, examples: &[IntentExample]) -> Result<Self> {
        let wanted = active.as_ref().map(|(model, _)| model.id);
        let Some((own, version)) = active.and_then(|(model, bytes)| own(&model, &bytes)) else {
            let bot = models::load_taught(folders, None, vec![])?;
            return Ok(Self { bot, version: None, wanted, auto_from: Mutex::default() });
        };
        let bot = models::load_taught(folders, Some(Arc::clone(&own)), taught(&version.trained.examples, examples))?;
        let used = bot.models().trained().is_some_and(|used| Arc::ptr_eq(used, &own));
        if !used {
            tracing::warn!(version = version.id.get(), "The workspace's model of the intents was trained for another sentence encoder");
        }
        Ok(Self { bot, version: used.then_some(version), wanted, auto_from: Mutex::default() })
    }

    /// The trained model, where there is one.
    pub(crate) fn classifier(&self) -> Option<&Arc<Classifier>> {
        self.bot.models().trained()
    }

    /// For each intent the confidence from which on it was right as often as asked for, on examples that the model had not seen.
    /// Empty where no model tells.
    pub(crate) fn auto_from(&self, precision: f32) -> Arc<[(Intent, f32)]> {
        let mut held = self.auto_from.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = held.as_ref().filter(|(of, _)| of.to_bits() == precision.to_bits()) {
            return Arc::clone(known);
        }
        let fresh: Arc<[(Intent, f32)]> = match self.classifier() {
            Some(classifier) if !classifier.held_out().is_empty() => {
                thresholds(classifier.labels(), classifier.held_out(), precision).into()
            }
            _ => Arc::new([]),
        };
        *held = Some((precision, Arc::clone(&fresh)));
        fresh
    }
}

/// By intent, without "none of them".
fn thresholds(labels: &[String], held_out: &[HeldOut], precision: f32) -> Vec<(Intent, f32)> {
    let intents = labels.iter().enumerate().filter_map(|(at, label)| Some((at, label.parse::<Intent>().ok()?)));
    let in_scope = intents.filter(|(_, intent)| *intent != Intent::Other);
    in_scope.map(|(at, intent)| (intent, trainer::threshold(held_out, at, precision))).collect()
}

/// A stored version as a model; one that cannot be read (written by a newer program) is passed over with a word.
fn own(model: &IntentModel, bytes: &[u8]) -> Option<(Arc<Classifier>, Version)> {
    let classifier =
        Classifier::from_bytes(bytes).inspect_err(|error| tracing::warn!(%error, "The workspace's model cannot be read")).ok()?;
    let trained = serde_json::from_value(model.report.clone()).unwrap_or_default();
    Some((Arc::new(classifier), Version { id: model.id, trained_at: model.created_at, trained }))
}

/// The examples that a version was trained on, as far as they are still there.
fn taught(ids: &[IntentExampleId], examples: &[IntentExample]) -> Vec<(Intent, String)> {
    let known: HashMap<IntentExampleId, &IntentExample> = examples.iter().map(|example| (example.id, example)).collect();
    ids.iter().filter_map(|id| known.get(id)).map(|example| (example.intent, example.text.clone())).collect()
}

impl App {
    /// The bot, loaded at its first use.
    pub(crate) async fn brain(&self) -> Result<Arc<Brain>> {
        let mut held = self.brain.lock().await;
        if let Some(brain) = held.as_ref() {
            return Ok(Arc::clone(brain));
        }
        let fresh = Arc::new(self.load_brain().await?);
        *held = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    async fn load_brain(&self) -> Result<Brain> {
        let active = self.store.active_intent_model().await?;
        let examples = if active.is_some() { self.store.all_intent_examples().await? } else { vec![] };
        let folders = self.model_folders();
        tokio::task::spawn_blocking(move || Brain::load(&folders, active, &examples)).await.context("Loading the bot was cut off")?
    }

    /// Somebody taught the bot: here, or at another instance. The next turn works with it; turns that run end with what they have.
    pub(crate) async fn taught(&self) -> Result<()> {
        *self.felt.write().await = None;
        self.regression_is_due();
        let wanted = self.store.active_intent_model_id().await?;
        let loaded = self.brain.lock().await.as_ref().map(|brain| brain.wanted);
        // What was never loaded is read when it is needed.
        if loaded.is_some_and(|loaded| loaded != wanted) {
            let fresh = Arc::new(self.load_brain().await?);
            *self.brain.lock().await = Some(fresh);
            // It holds what the articles' titles ask for, as the former bot read them.
            *self.knowledge.write().await = None;
        }
        self.tell(AppEvent::UnderstandingChanged);
        Ok(())
    }

    /// Gives a turn what was learned beside the bot itself.
    pub(crate) async fn teach(&self, brain: &Brain, input: &mut TurnInput) -> Result<()> {
        input.rules.auto_from = brain.auto_from(self.settings.read().await.precision);
        if input.rules.emotion_enabled {
            let felt = self.felt().await?;
            if !felt.is_empty() {
                input.corrected = felt.get(&example::key(&input.text, &input.writer.name)).copied();
            }
        }
        Ok(())
    }

    async fn felt(&self) -> Result<Arc<Felt>> {
        if let Some(known) = self.felt.read().await.as_ref() {
            return Ok(Arc::clone(known));
        }
        let corrected = self.store.corrected_messages(CORRECTED).await?;
        let mut felt = Felt::new();
        for message in corrected {
            let key = example::key(&message.text, &message.contact);
            if !key.is_empty() {
                // The newest comes first, and counts.
                felt.entry(key).or_insert(message.level);
            }
        }
        let felt = Arc::new(felt);
        *self.felt.write().await = Some(Arc::clone(&felt));
        Ok(felt)
    }
}
