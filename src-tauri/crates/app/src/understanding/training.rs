//! Training: versions of the workspace's own model, and which of them is in use.
//!
//! A version that understands the phrases that ship clearly worse than the one in use is kept and not taken: somebody's slip, or a
//! pile of wrong labels, must not make the bot worse over night. A person may still choose it.

use std::sync::{
    Arc, PoisonError,
    atomic::{AtomicI32, Ordering},
};

use anyhow::{Context, Result};
use mercator_domain::{ids::IntentModelId, intent::Intent};
use mercator_pipeline::{
    Encoder, PipelineError,
    intents::{self, classifier::Classifier, trainer::Stop},
};
use mercator_store::intent_models::NewIntentModel;

use super::{Trained, views::TrainingResult};
use crate::{
    App,
    error::{refuse, user},
    views::AppEvent,
};

/// A version may be worse by so much: with thousands of phrases half a point is chance, two are not.
const TOLERANCE: f32 = 0.02;

/// The name of the work in [`AppEvent::Progress`].
const TASK: &str = "training";

impl App {
    /// Trains a version on the phrases that ship and the workspace's examples, and uses it unless it is worse than the one in use.
    pub async fn retrain(self: &Arc<Self>) -> Result<TrainingResult> {
        let brain = self.brain().await?;
        let Some(encoder) = brain.bot.encoder().cloned() else { return Err(no_encoder()) };
        let before = self.in_use(&brain).shipped_accuracy();
        let stop = self.begin_training()?;
        let result = self.train(encoder, before, stop).await;
        self.end_training();
        result
    }

    async fn train(self: &Arc<Self>, encoder: Encoder, before: Option<f32>, stop: Stop) -> Result<TrainingResult> {
        let examples = self.store.all_intent_examples().await?;
        let taught: Vec<(Intent, String)> = examples.iter().map(|example| (example.intent, example.text.clone())).collect();
        let mut trained = Trained { examples: examples.iter().map(|example| example.id).collect(), ..Trained::default() };
        let app = Arc::clone(self);
        let work = move || -> Result<(Trained, Classifier, Vec<u8>)> {
            trained.replaced = intents::relabelled(&app.phrases, &taught);
            let model = learn(&app, &taught, &encoder, &stop)?;
            let bytes = model.to_bytes()?;
            Ok((trained.measured(&model, taught.len()), model, bytes))
        };
        let (mut trained, model, bytes) = tokio::task::spawn_blocking(work).await.context("The training was cut off")??;
        let after = trained.shipped_accuracy();
        trained.held_back = before.zip(after).is_some_and(|(before, after)| after < before - TOLERANCE);
        let id = self.keep(&trained, &model, &bytes).await?;
        self.taught().await?;
        let (examples, accuracy) = (count(trained.examples.len()), trained.accuracy().unwrap_or(0.0));
        Ok(TrainingResult { id, examples, accuracy, before, after, activated: !trained.held_back })
    }

    /// Stores a version; in the same transaction it comes into use.
    async fn keep(&self, trained: &Trained, model: &Classifier, bytes: &[u8]) -> Result<IntentModelId> {
        let report = serde_json::to_value(trained)?;
        let mut tx = self.store.begin_at(self.now()).await?;
        let new = NewIntentModel {
            member: &self.member.name,
            examples: i64::from(count(trained.examples.len())),
            encoder: model.encoder(),
            report: &report,
            model: bytes,
        };
        let id = tx.insert_intent_model(&new).await?;
        if !trained.held_back {
            tx.activate_intent_model(Some(id)).await?;
        }
        let detail = serde_json::json!({ "examples": trained.examples.len(), "accuracy": trained.accuracy(), "used": !trained.held_back });
        tx.insert_audit(&self.member.name, "intents.train", &format!("intent_model:{id}"), &detail).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Uses another version, or with `None` the model that ships.
    pub async fn activate_model(&self, id: Option<IntentModelId>) -> Result<()> {
        let brain = self.brain().await?;
        let mut tx = self.store.begin_at(self.now()).await?;
        if let Some(id) = id {
            let version = tx.intent_model(id).await?;
            if !version.kept {
                return Err(refuse("The model of this version is no longer kept", "Choose a newer one, or train again."));
            }
            if brain.bot.encoder().is_none_or(|encoder| encoder.fingerprint() != version.encoder) {
                let hint = "Train again: the new version fits the encoder that is there.";
                return Err(refuse("This version was trained for another sentence encoder", hint));
            }
        }
        tx.activate_intent_model(id).await?;
        let subject = id.map_or_else(|| "intent_model:shipped".to_owned(), |id| format!("intent_model:{id}"));
        tx.insert_audit(&self.member.name, "intents.activate", &subject, &serde_json::json!({})).await?;
        tx.commit().await?;
        self.taught().await
    }

    /// Ends the training that runs; it then fails with the code `stopped` and leaves everything as it was.
    pub fn cancel_training(&self) {
        if let Some(stop) = self.training.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            stop.stop();
        }
    }

    /// True while a training runs here.
    pub(super) fn is_training(&self) -> bool {
        self.training.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn begin_training(&self) -> Result<Stop> {
        let mut held = self.training.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            return Err(refuse("A training runs already", "Wait until it is done, or stop it."));
        }
        let stop = Stop::default();
        *held = Some(stop.clone());
        Ok(stop)
    }

    fn end_training(&self) {
        *self.training.lock().unwrap_or_else(PoisonError::into_inner) = None;
        // However it ended: what shows the progress takes it away.
        self.tell(AppEvent::Progress { task: TASK.into(), done: 100, total: 100 });
    }
}

fn learn(app: &App, taught: &[(Intent, String)], encoder: &Encoder, stop: &Stop) -> Result<Classifier> {
    let told = AtomicI32::new(-1);
    let progress = |share: f32| {
        #[allow(clippy::cast_possible_truncation, reason = "Between 0 and 99 by the clamp.")]
        let done = (share * 100.0).clamp(0.0, 99.0) as i32;
        if told.fetch_max(done, Ordering::Relaxed) < done {
            app.tell(AppEvent::Progress { task: TASK.into(), done, total: 100 });
        }
    };
    intents::train_taught(&app.phrases, taught, Some(encoder), stop, &progress).map_err(|error| match error {
        PipelineError::Stopped => user("stopped", "The training was stopped", "Nothing was changed; the model in use stays."),
        other => other.into(),
    })
}

fn no_encoder() -> anyhow::Error {
    let file = crate::models::ENCODER_FILE;
    user(
        "no_model",
        format!("Training needs the sentence encoder, the model file {file}, and it is not there"),
        "Open Settings, Data, Check-up: it says where the file belongs. Examples are kept until then.",
    )
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
