//! The service that is asked where parcels are.

use mercator_app::{
    tracking::{TrackingRound, TrackingState},
    views::UserError,
};
use mercator_domain::tracking::TrackingSettings;
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::tracking_state`].
#[tauri::command]
#[specta::specta]
pub async fn get_tracking(core: State<'_, Core>) -> Result<TrackingState, UserError> {
    core.app().await?.tracking_state().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::save_tracking_settings`].
#[tauri::command]
#[specta::specta]
pub async fn save_tracking(core: State<'_, Core>, settings: TrackingSettings, key: Option<String>) -> Result<TrackingState, UserError> {
    core.app().await?.save_tracking_settings(settings, key).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::track_parcels`].
#[tauri::command]
#[specta::specta]
pub async fn track_parcels(core: State<'_, Core>) -> Result<TrackingRound, UserError> {
    core.app().await?.track_parcels(true).await.map_err(|error| UserError::from(&error))
}
