//! The language model, what it writes for a person, and what has left this computer.

use mercator_app::{
    assist::{Assisted, ModelState, OutboundLog, Payload},
    copilot::CopilotSummary,
    views::UserError,
};
use mercator_domain::{
    assist::{AssistTask, ModelSettings},
    ids::ConversationId,
};
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::model_state`].
#[tauri::command]
#[specta::specta]
pub async fn get_model_state(core: State<'_, Core>) -> Result<ModelState, UserError> {
    core.app().await?.model_state().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::save_model_settings`].
#[tauri::command]
#[specta::specta]
pub async fn save_model_settings(core: State<'_, Core>, settings: ModelSettings, key: Option<String>) -> Result<ModelState, UserError> {
    core.app().await?.save_model_settings(settings, key).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::agree_to_model`].
#[tauri::command]
#[specta::specta]
pub async fn agree_to_model(core: State<'_, Core>, host: String) -> Result<ModelState, UserError> {
    core.app().await?.agree_to_model(&host).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::preview_assist`].
#[tauri::command]
#[specta::specta]
pub async fn preview_assist(
    core: State<'_, Core>,
    task: AssistTask,
    conversation: Option<ConversationId>,
    words: String,
) -> Result<Payload, UserError> {
    core.app().await?.preview_assist(task, conversation, &words).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::assist`].
#[tauri::command]
#[specta::specta]
pub async fn assist(
    core: State<'_, Core>,
    task: AssistTask,
    conversation: Option<ConversationId>,
    words: String,
) -> Result<Assisted, UserError> {
    core.app().await?.assist(task, conversation, &words).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::cancel_assist`].
#[tauri::command]
#[specta::specta]
pub async fn cancel_assist(core: State<'_, Core>, conversation: ConversationId) -> Result<(), UserError> {
    core.app().await?.cancel_assist(conversation);
    Ok(())
}

/// See [`mercator_app::App::summarise`].
#[tauri::command]
#[specta::specta]
pub async fn summarise(core: State<'_, Core>, id: ConversationId) -> Result<CopilotSummary, UserError> {
    core.app().await?.summarise(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::outbound_log`].
#[tauri::command]
#[specta::specta]
pub async fn outbound_log(core: State<'_, Core>) -> Result<OutboundLog, UserError> {
    core.app().await?.outbound_log().await.map_err(|error| UserError::from(&error))
}
