//! Claims, disputes and feedback at platforms.

use mercator_app::{platform_cases::CaseRow, views::UserError};
use mercator_domain::{
    ids::PlatformCaseId,
    platform_case::{CaseState, CaseTerm, NewPlatformCase},
};
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::platform_cases`].
#[tauri::command]
#[specta::specta]
pub async fn list_platform_cases(core: State<'_, Core>, settled: bool) -> Result<Vec<CaseRow>, UserError> {
    core.app().await?.platform_cases(settled).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::save_platform_case`]; `id` and `version` of the case that is changed, or neither.
#[tauri::command]
#[specta::specta]
pub async fn save_platform_case(
    core: State<'_, Core>,
    id: Option<PlatformCaseId>,
    version: i32,
    given: NewPlatformCase,
) -> Result<CaseRow, UserError> {
    let known = id.map(|id| (id, version));
    core.app().await?.save_platform_case(known, &given).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::set_platform_case_state`].
#[tauri::command]
#[specta::specta]
pub async fn set_platform_case_state(core: State<'_, Core>, id: PlatformCaseId, version: i32, state: CaseState) -> Result<(), UserError> {
    core.app().await?.set_platform_case_state(id, version, state).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::case_terms`].
#[tauri::command]
#[specta::specta]
pub async fn get_case_terms(core: State<'_, Core>) -> Result<Vec<CaseTerm>, UserError> {
    core.app().await?.case_terms().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::save_case_terms`].
#[tauri::command]
#[specta::specta]
pub async fn save_case_terms(core: State<'_, Core>, terms: Vec<CaseTerm>) -> Result<Vec<CaseTerm>, UserError> {
    core.app().await?.save_case_terms(&terms).await.map_err(|error| UserError::from(&error))
}
