//! The workspace as a whole: state of the frame, demo, settings, dialogs.

use mercator_app::views::{AppState, Settings, UserError};
use mercator_domain::team::Member;
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::app_state`].
#[tauri::command]
#[specta::specta]
pub async fn app_state(core: State<'_, Core>) -> Result<AppState, UserError> {
    core.app().await?.app_state().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::start_demo`].
#[tauri::command]
#[specta::specta]
pub async fn start_demo(core: State<'_, Core>) -> Result<(), UserError> {
    core.app().await?.start_demo().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::save_settings`].
#[tauri::command]
#[specta::specta]
pub async fn save_settings(core: State<'_, Core>, settings: Settings) -> Result<(), UserError> {
    core.app().await?.save_settings(settings).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::list_members`].
#[tauri::command]
#[specta::specta]
pub async fn list_members(core: State<'_, Core>) -> Result<Vec<Member>, UserError> {
    core.app().await?.list_members().await.map_err(|error| UserError::from(&error))
}

/// The system's own dialog for a file or folder.
#[tauri::command]
#[specta::specta]
pub async fn choose_path(handle: tauri::AppHandle, kind: String, name: String) -> Result<Option<String>, UserError> {
    Ok(crate::desktop::choose_path(handle, kind, name).await)
}
