//! The seller's own rules.

use mercator_app::{automation::DryRun, views::UserError};
use mercator_domain::automation::AutomationRule;
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::automation_rules`].
#[tauri::command]
#[specta::specta]
pub async fn get_automation_rules(core: State<'_, Core>) -> Result<Vec<AutomationRule>, UserError> {
    core.app().await?.automation_rules().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::save_automation_rules`].
#[tauri::command]
#[specta::specta]
pub async fn save_automation_rules(core: State<'_, Core>, rules: Vec<AutomationRule>) -> Result<(), UserError> {
    core.app().await?.save_automation_rules(&rules).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::dry_run`].
#[tauri::command]
#[specta::specta]
pub async fn dry_run(core: State<'_, Core>, rule: AutomationRule) -> Result<DryRun, UserError> {
    core.app().await?.dry_run(&rule, None).await.map_err(|error| UserError::from(&error))
}
