//! Bot → Understanding: what people teach the bot, its training, and how well it understands.

use mercator_app::{
    understanding::views::{ExamplePage, TrainingResult, UnderstandingReport, WrongKind, WrongPage},
    views::UserError,
};
use mercator_domain::{
    ids::{IntentExampleId, IntentModelId, MessageId},
    intent::Intent,
    language::Language,
};
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::understanding`].
#[tauri::command]
#[specta::specta]
pub async fn get_understanding(core: State<'_, Core>) -> Result<UnderstandingReport, UserError> {
    core.app().await?.understanding().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::wrong_ones`].
#[tauri::command]
#[specta::specta]
pub async fn list_wrong_ones(core: State<'_, Core>, kind: WrongKind, offset: i32, limit: i32) -> Result<WrongPage, UserError> {
    core.app().await?.wrong_ones(kind, offset, limit).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::examples`].
#[tauri::command]
#[specta::specta]
pub async fn list_examples(core: State<'_, Core>, offset: i32, limit: i32) -> Result<ExamplePage, UserError> {
    core.app().await?.examples(offset, limit).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::correct_intent`].
#[tauri::command]
#[specta::specta]
pub async fn correct_intent(core: State<'_, Core>, message_id: MessageId, intent: Intent) -> Result<(), UserError> {
    core.app().await?.correct_intent(message_id, intent).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::add_example`].
#[tauri::command]
#[specta::specta]
pub async fn add_example(
    core: State<'_, Core>,
    text: String,
    intent: Intent,
    language: Option<Language>,
) -> Result<IntentExampleId, UserError> {
    core.app().await?.add_example(&text, intent, language).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::remove_example`].
#[tauri::command]
#[specta::specta]
pub async fn remove_example(core: State<'_, Core>, id: IntentExampleId) -> Result<(), UserError> {
    core.app().await?.remove_example(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::retrain`]; answers when the training is over.
#[tauri::command]
#[specta::specta]
pub async fn retrain(core: State<'_, Core>) -> Result<TrainingResult, UserError> {
    core.app().await?.retrain().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::cancel_training`].
#[tauri::command]
#[specta::specta]
pub async fn cancel_training(core: State<'_, Core>) -> Result<(), UserError> {
    core.app().await?.cancel_training();
    Ok(())
}

/// See [`mercator_app::App::activate_model`].
#[tauri::command]
#[specta::specta]
pub async fn activate_model(core: State<'_, Core>, id: Option<IntentModelId>) -> Result<(), UserError> {
    core.app().await?.activate_model(id).await.map_err(|error| UserError::from(&error))
}
