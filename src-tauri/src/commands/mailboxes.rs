//! Connecting and changing inboxes.

use mercator_app::views::{InboxCard, InboxPatch, MailForm, MailGuess, ProbeReport, UserError};
use mercator_domain::ids::InboxId;
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::list_inboxes`].
#[tauri::command]
#[specta::specta]
pub async fn list_inboxes(core: State<'_, Core>) -> Result<Vec<InboxCard>, UserError> {
    core.app().await?.list_inboxes().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::guess_mailbox`].
#[tauri::command]
#[specta::specta]
pub async fn guess_mailbox(core: State<'_, Core>, address: String) -> Result<MailGuess, UserError> {
    core.app().await?.guess_mailbox(&address).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::test_mailbox`].
#[tauri::command]
#[specta::specta]
pub async fn test_mailbox(core: State<'_, Core>, form: MailForm) -> Result<ProbeReport, UserError> {
    core.app().await?.test_mailbox(&form).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::connect_mailbox`].
#[tauri::command]
#[specta::specta]
pub async fn connect_mailbox(core: State<'_, Core>, form: MailForm) -> Result<InboxCard, UserError> {
    core.app().await?.connect_mailbox(&form).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::connect_folder`].
#[tauri::command]
#[specta::specta]
pub async fn connect_folder(core: State<'_, Core>, name: String, path: String) -> Result<InboxCard, UserError> {
    core.app().await?.connect_folder(&name, &path).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::update_inbox`].
#[tauri::command]
#[specta::specta]
pub async fn update_inbox(core: State<'_, Core>, id: InboxId, patch: InboxPatch) -> Result<InboxCard, UserError> {
    core.app().await?.update_inbox(id, &patch).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::pause_inbox`].
#[tauri::command]
#[specta::specta]
pub async fn pause_inbox(core: State<'_, Core>, id: InboxId, paused: bool) -> Result<(), UserError> {
    core.app().await?.pause_inbox(id, paused).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::remove_inbox`].
#[tauri::command]
#[specta::specta]
pub async fn remove_inbox(core: State<'_, Core>, id: InboxId) -> Result<(), UserError> {
    core.app().await?.remove_inbox(id).await.map_err(|error| UserError::from(&error))
}
