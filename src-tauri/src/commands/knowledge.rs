//! The knowledge base, imports, and the test bench of the bot.

use mercator_app::{
    history::ArticleChange,
    views::{ArticleInput, ArticleQuery, ArticleRow, ImportKind, ImportReport, UserError},
};
use mercator_domain::{
    ids::{ArticleId, ContactId, InboxId},
    turn::Turn,
};
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::list_articles`].
#[tauri::command]
#[specta::specta]
pub async fn list_articles(core: State<'_, Core>, query: ArticleQuery) -> Result<Vec<ArticleRow>, UserError> {
    core.app().await?.list_articles(&query).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::save_article`].
#[tauri::command]
#[specta::specta]
pub async fn save_article(core: State<'_, Core>, input: ArticleInput) -> Result<ArticleRow, UserError> {
    core.app().await?.save_article(&input).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::article_history`].
#[tauri::command]
#[specta::specta]
pub async fn article_history(core: State<'_, Core>, id: ArticleId) -> Result<Vec<ArticleChange>, UserError> {
    core.app().await?.article_history(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::delete_article`].
#[tauri::command]
#[specta::specta]
pub async fn delete_article(core: State<'_, Core>, id: ArticleId) -> Result<(), UserError> {
    core.app().await?.delete_article(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::import_file`].
#[tauri::command]
#[specta::specta]
pub async fn import_file(core: State<'_, Core>, kind: ImportKind, path: String, dry_run: bool) -> Result<ImportReport, UserError> {
    core.app().await?.import_file(kind, &path, dry_run).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::test_bench`].
#[tauri::command]
#[specta::specta]
pub async fn test_bench(
    core: State<'_, Core>,
    text: String,
    inbox_id: Option<InboxId>,
    contact_id: Option<ContactId>,
) -> Result<Turn, UserError> {
    core.app().await?.test_bench(&text, inbox_id, contact_id).await.map_err(|error| UserError::from(&error))
}
