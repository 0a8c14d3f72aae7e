//! Figures, charts, what is behind them, and their export.

use mercator_analytics::dashboard::{Dashboard, DashboardKey};
use mercator_app::views::{DashboardChoices, ExportFormat, Exported, UserError};
use mercator_domain::{
    facts::{DashboardFilter, DrillKey},
    ids::ConversationId,
};
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::dashboard`].
#[tauri::command]
#[specta::specta]
pub async fn get_dashboard(core: State<'_, Core>, key: DashboardKey, filter: DashboardFilter) -> Result<Dashboard, UserError> {
    core.app().await?.dashboard(key, &filter).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::drill`].
#[tauri::command]
#[specta::specta]
pub async fn drill(core: State<'_, Core>, filter: DashboardFilter, key: DrillKey) -> Result<Vec<ConversationId>, UserError> {
    core.app().await?.drill(&filter, &key).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::export_dashboard`].
#[tauri::command]
#[specta::specta]
pub async fn export_dashboard(
    core: State<'_, Core>,
    key: DashboardKey,
    filter: DashboardFilter,
    format: ExportFormat,
    folder: String,
) -> Result<Exported, UserError> {
    core.app().await?.export_dashboard(key, &filter, format, &folder).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::dashboard_choices`].
#[tauri::command]
#[specta::specta]
pub async fn dashboard_choices(core: State<'_, Core>) -> Result<DashboardChoices, UserError> {
    core.app().await?.dashboard_choices().await.map_err(|error| UserError::from(&error))
}
