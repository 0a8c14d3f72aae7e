//! Replay: what the bot would have done with stored messages.

use mercator_app::{replay::ReplayReport, views::UserError};
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::replay_report`].
#[tauri::command]
#[specta::specta]
pub async fn replay(core: State<'_, Core>, days: i32) -> Result<ReplayReport, UserError> {
    core.app().await?.replay_report(days).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::cancel_replay`].
#[tauri::command]
#[specta::specta]
pub async fn cancel_replay(core: State<'_, Core>) -> Result<(), UserError> {
    core.app().await?.cancel_replay();
    Ok(())
}
