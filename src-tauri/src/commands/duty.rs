//! Duty and import tax: the rules, who pays, and an estimate to try them.

use mercator_app::{duty::DutyView, views::UserError};
use mercator_domain::duty::{DutyRow, Estimate, Request, Terms};
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::duty_view`].
#[tauri::command]
#[specta::specta]
pub async fn get_duty(core: State<'_, Core>) -> Result<DutyView, UserError> {
    core.app().await?.duty_view().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::save_duty_rows`].
#[tauri::command]
#[specta::specta]
pub async fn save_duty_rows(core: State<'_, Core>, rows: Vec<DutyRow>) -> Result<(), UserError> {
    core.app().await?.save_duty_rows(&rows).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::save_duty_terms`].
#[tauri::command]
#[specta::specta]
pub async fn save_duty_terms(core: State<'_, Core>, terms: Terms) -> Result<(), UserError> {
    core.app().await?.save_duty_terms(terms).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::quote`].
#[tauri::command]
#[specta::specta]
pub async fn quote(core: State<'_, Core>, request: Request) -> Result<Estimate, UserError> {
    core.app().await?.quote(&request).await.map_err(|error| UserError::from(&error))
}
