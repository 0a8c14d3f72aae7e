//! What people's answers teach: proposals, gaps, and cases that must stay right.

use mercator_app::{
    learning::regression::{RegressionRun, Right},
    views::{ArticleInput, ArticleRow, UserError},
};
use mercator_domain::{
    ids::{CaseId, MessageId, ProposalId},
    learning::{Gap, Proposal, RegressionCase},
};
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::open_proposals`].
#[tauri::command]
#[specta::specta]
pub async fn list_proposals(core: State<'_, Core>) -> Result<Vec<Proposal>, UserError> {
    core.app().await?.open_proposals().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::approve_proposal`].
#[tauri::command]
#[specta::specta]
pub async fn approve_proposal(core: State<'_, Core>, id: ProposalId, article: ArticleInput) -> Result<ArticleRow, UserError> {
    core.app().await?.approve_proposal(id, &article).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::reject_proposal`].
#[tauri::command]
#[specta::specta]
pub async fn reject_proposal(core: State<'_, Core>, id: ProposalId) -> Result<(), UserError> {
    core.app().await?.reject_proposal(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::gaps`].
#[tauri::command]
#[specta::specta]
pub async fn list_gaps(core: State<'_, Core>) -> Result<Vec<Gap>, UserError> {
    core.app().await?.gaps().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::mark_wrong`].
#[tauri::command]
#[specta::specta]
pub async fn mark_wrong(core: State<'_, Core>, message_id: MessageId, right: Right) -> Result<RegressionRun, UserError> {
    core.app().await?.mark_wrong(message_id, &right).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::regression_cases`].
#[tauri::command]
#[specta::specta]
pub async fn list_cases(core: State<'_, Core>) -> Result<Vec<RegressionCase>, UserError> {
    core.app().await?.regression_cases().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::run_regression`].
#[tauri::command]
#[specta::specta]
pub async fn run_cases(core: State<'_, Core>) -> Result<RegressionRun, UserError> {
    core.app().await?.run_regression().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::delete_case`].
#[tauri::command]
#[specta::specta]
pub async fn delete_case(core: State<'_, Core>, id: CaseId) -> Result<RegressionRun, UserError> {
    core.app().await?.delete_case(id).await.map_err(|error| UserError::from(&error))
}
