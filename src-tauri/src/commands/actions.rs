//! Actions on orders: what waits for a person, and the shop's rules.

use mercator_app::{
    actions::{ActionRow, ActionSettings},
    views::UserError,
};
use mercator_domain::ids::ActionId;
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::actions_for_people`].
#[tauri::command]
#[specta::specta]
pub async fn list_actions(core: State<'_, Core>) -> Result<Vec<ActionRow>, UserError> {
    core.app().await?.actions_for_people().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::approve_action`].
#[tauri::command]
#[specta::specta]
pub async fn approve_action(core: State<'_, Core>, id: ActionId) -> Result<ActionRow, UserError> {
    core.app().await?.approve_action(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::reject_action`].
#[tauri::command]
#[specta::specta]
pub async fn reject_action(core: State<'_, Core>, id: ActionId, why: String) -> Result<ActionRow, UserError> {
    core.app().await?.reject_action(id, &why).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::settle_action`].
#[tauri::command]
#[specta::specta]
pub async fn settle_action(core: State<'_, Core>, id: ActionId, done: bool) -> Result<ActionRow, UserError> {
    core.app().await?.settle_action(id, done).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::action_settings`].
#[tauri::command]
#[specta::specta]
pub async fn get_action_settings(core: State<'_, Core>) -> Result<ActionSettings, UserError> {
    core.app().await?.action_settings().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::save_action_settings`].
#[tauri::command]
#[specta::specta]
pub async fn save_action_settings(core: State<'_, Core>, settings: ActionSettings) -> Result<(), UserError> {
    core.app().await?.save_action_settings(&settings).await.map_err(|error| UserError::from(&error))
}
