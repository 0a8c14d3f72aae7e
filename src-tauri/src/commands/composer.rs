//! Writing: answers, notes, drafts, saved texts, and what becomes of a message on its way out.

use mercator_app::{
    copilot::CopilotDraft,
    views::{CannedRow, ComposerDraft, DeliveryChoice, ReplyInput, SendResult, UserError},
};
use mercator_domain::{
    ids::{CannedId, ConversationId, MessageId},
    language::Language,
};
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::send_reply`].
#[tauri::command]
#[specta::specta]
pub async fn send_reply(core: State<'_, Core>, id: ConversationId, input: ReplyInput) -> Result<SendResult, UserError> {
    core.app().await?.send_reply(id, &input).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::draft_reply`].
#[tauri::command]
#[specta::specta]
pub async fn draft_reply(core: State<'_, Core>, id: ConversationId) -> Result<CopilotDraft, UserError> {
    core.app().await?.draft_reply(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::undo_send`].
#[tauri::command]
#[specta::specta]
pub async fn undo_send(core: State<'_, Core>, message_id: MessageId) -> Result<String, UserError> {
    core.app().await?.undo_send(message_id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::resolve_delivery`].
#[tauri::command]
#[specta::specta]
pub async fn resolve_delivery(core: State<'_, Core>, message_id: MessageId, choice: DeliveryChoice) -> Result<(), UserError> {
    core.app().await?.resolve_delivery(message_id, choice).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::approve_draft`].
#[tauri::command]
#[specta::specta]
pub async fn approve_draft(core: State<'_, Core>, message_id: MessageId, text: Option<String>) -> Result<SendResult, UserError> {
    core.app().await?.approve_draft(message_id, text.as_deref()).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::reject_draft`].
#[tauri::command]
#[specta::specta]
pub async fn reject_draft(core: State<'_, Core>, message_id: MessageId) -> Result<(), UserError> {
    core.app().await?.reject_draft(message_id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::save_draft`].
#[tauri::command]
#[specta::specta]
pub async fn save_draft(core: State<'_, Core>, id: ConversationId, draft: ComposerDraft) -> Result<(), UserError> {
    core.app().await?.save_draft(id, &draft).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::add_note`].
#[tauri::command]
#[specta::specta]
pub async fn add_note(core: State<'_, Core>, id: ConversationId, text: String) -> Result<(), UserError> {
    core.app().await?.add_note(id, &text).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::list_canned`].
#[tauri::command]
#[specta::specta]
pub async fn list_canned(core: State<'_, Core>, language: Option<Language>) -> Result<Vec<CannedRow>, UserError> {
    core.app().await?.list_canned(language.as_ref()).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::save_canned`].
#[tauri::command]
#[specta::specta]
pub async fn save_canned(core: State<'_, Core>, row: CannedRow) -> Result<(), UserError> {
    core.app().await?.save_canned(&row).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::delete_canned`].
#[tauri::command]
#[specta::specta]
pub async fn delete_canned(core: State<'_, Core>, id: CannedId) -> Result<(), UserError> {
    core.app().await?.delete_canned(id).await.map_err(|error| UserError::from(&error))
}
