//! Courtesy by the customer's country.

use mercator_app::{courtesy::CourtesyView, views::UserError};
use mercator_domain::courtesy::CourtesyProfile;
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::courtesy_view`].
#[tauri::command]
#[specta::specta]
pub async fn get_courtesy(core: State<'_, Core>) -> Result<CourtesyView, UserError> {
    core.app().await?.courtesy_view().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::save_courtesy`].
#[tauri::command]
#[specta::specta]
pub async fn save_courtesy(core: State<'_, Core>, profiles: Vec<CourtesyProfile>) -> Result<(), UserError> {
    core.app().await?.save_courtesy(&profiles).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::preview_courtesy`].
#[tauri::command]
#[specta::specta]
pub async fn preview_courtesy(core: State<'_, Core>, profile: CourtesyProfile) -> Result<String, UserError> {
    core.app().await?.preview_courtesy(&profile).await.map_err(|error| UserError::from(&error))
}
