//! The merchant's data as a whole: backup, restore, checks.

use mercator_app::views::{CheckLine, UserError};
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::backup`].
#[tauri::command]
#[specta::specta]
pub async fn backup(core: State<'_, Core>, path: String) -> Result<String, UserError> {
    core.app().await?.backup(&path).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::restore`]; the program starts anew on the restored workspace.
#[tauri::command]
#[specta::specta]
pub async fn restore(handle: tauri::AppHandle, core: State<'_, Core>, path: String) -> Result<String, UserError> {
    let kept = core.app().await?.restore(&path).await.map_err(|error| UserError::from(&error))?;
    tracing::info!("The workspace was restored; starting anew");
    handle.request_restart();
    Ok(kept)
}

/// See [`mercator_app::App::verify`].
#[tauri::command]
#[specta::specta]
pub async fn verify(core: State<'_, Core>) -> Result<Vec<CheckLine>, UserError> {
    core.app().await?.verify().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::doctor`].
#[tauri::command]
#[specta::specta]
pub async fn doctor(core: State<'_, Core>) -> Result<Vec<CheckLine>, UserError> {
    core.app().await?.doctor().await.map_err(|error| UserError::from(&error))
}
