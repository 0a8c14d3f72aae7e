//! Customers and their orders.

use mercator_app::views::{ContactDetail, ContactPage, ContactQuery, OrderPage, UserError};
use mercator_domain::{ids::ContactId, language::Language, order::Order};
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::list_contacts`].
#[tauri::command]
#[specta::specta]
pub async fn list_contacts(core: State<'_, Core>, query: ContactQuery) -> Result<ContactPage, UserError> {
    core.app().await?.list_contacts(&query).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::contact`].
#[tauri::command]
#[specta::specta]
pub async fn get_contact(core: State<'_, Core>, id: ContactId) -> Result<ContactDetail, UserError> {
    core.app().await?.contact(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::set_contact_language`].
#[tauri::command]
#[specta::specta]
pub async fn set_contact_language(core: State<'_, Core>, id: ContactId, language: Option<Language>) -> Result<(), UserError> {
    core.app().await?.set_contact_language(id, language).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::export_contact`].
#[tauri::command]
#[specta::specta]
pub async fn export_contact(core: State<'_, Core>, id: ContactId, path: String) -> Result<(), UserError> {
    core.app().await?.export_contact(id, &path).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::erase_contact`].
#[tauri::command]
#[specta::specta]
pub async fn erase_contact(core: State<'_, Core>, id: ContactId) -> Result<(), UserError> {
    core.app().await?.erase_contact(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::list_orders`].
#[tauri::command]
#[specta::specta]
pub async fn list_orders(core: State<'_, Core>, search: String, offset: i32, limit: i32) -> Result<OrderPage, UserError> {
    core.app().await?.list_orders(&search, offset, limit).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::order`].
#[tauri::command]
#[specta::specta]
pub async fn get_order(core: State<'_, Core>, number: String) -> Result<Order, UserError> {
    core.app().await?.order(&number).await.map_err(|error| UserError::from(&error))
}
