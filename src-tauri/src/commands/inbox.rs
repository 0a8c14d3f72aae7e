//! Lists, threads and what an agent does to a conversation.

use mercator_app::views::{ConversationPage, ListQuery, Thread, TurnView, UserError, ViewEntry};
use mercator_domain::{
    conversation::Status,
    emotion::EmotionLevel,
    ids::{AttachmentId, ConversationId, MemberId, MessageId, WorkOrderId},
    moment::Moment,
    team::Label,
    work_order::{NewWorkOrder, WorkState},
};
use tauri::State;

use crate::state::Core;

/// See [`mercator_app::App::list_views`].
#[tauri::command]
#[specta::specta]
pub async fn list_views(core: State<'_, Core>) -> Result<Vec<ViewEntry>, UserError> {
    core.app().await?.list_views().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::list_conversations`].
#[tauri::command]
#[specta::specta]
pub async fn list_conversations(core: State<'_, Core>, query: ListQuery) -> Result<ConversationPage, UserError> {
    core.app().await?.list_conversations(&query).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::thread`].
#[tauri::command]
#[specta::specta]
pub async fn get_thread(core: State<'_, Core>, id: ConversationId) -> Result<Thread, UserError> {
    core.app().await?.thread(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::turn`].
#[tauri::command]
#[specta::specta]
pub async fn get_turn(core: State<'_, Core>, message_id: MessageId) -> Result<Option<TurnView>, UserError> {
    core.app().await?.turn(message_id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::mark_read`].
#[tauri::command]
#[specta::specta]
pub async fn mark_read(core: State<'_, Core>, id: ConversationId) -> Result<(), UserError> {
    core.app().await?.mark_read(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::set_status`].
#[tauri::command]
#[specta::specta]
pub async fn set_status(core: State<'_, Core>, id: ConversationId, status: Status, until: Option<Moment>) -> Result<(), UserError> {
    core.app().await?.set_status(id, status, until).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::assign`].
#[tauri::command]
#[specta::specta]
pub async fn assign(core: State<'_, Core>, id: ConversationId, member_id: Option<MemberId>) -> Result<(), UserError> {
    core.app().await?.assign(id, member_id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::hand_back`].
#[tauri::command]
#[specta::specta]
pub async fn hand_back(core: State<'_, Core>, id: ConversationId) -> Result<(), UserError> {
    core.app().await?.hand_back(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::set_labels`].
#[tauri::command]
#[specta::specta]
pub async fn set_labels(core: State<'_, Core>, id: ConversationId, names: Vec<String>) -> Result<(), UserError> {
    core.app().await?.set_labels(id, &names).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::list_labels`].
#[tauri::command]
#[specta::specta]
pub async fn list_labels(core: State<'_, Core>) -> Result<Vec<Label>, UserError> {
    core.app().await?.list_labels().await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::link_order`].
#[tauri::command]
#[specta::specta]
pub async fn link_order(core: State<'_, Core>, id: ConversationId, number: Option<String>) -> Result<(), UserError> {
    core.app().await?.link_order(id, number.as_deref()).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::correct_emotion`].
#[tauri::command]
#[specta::specta]
pub async fn correct_emotion(core: State<'_, Core>, message_id: MessageId, level: EmotionLevel) -> Result<(), UserError> {
    core.app().await?.correct_emotion(message_id, level).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::announce_presence`].
#[tauri::command]
#[specta::specta]
pub async fn announce_presence(core: State<'_, Core>, id: Option<ConversationId>) -> Result<(), UserError> {
    core.app().await?.announce_presence(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::read_attachment`].
#[tauri::command]
#[specta::specta]
pub async fn read_attachment(core: State<'_, Core>, id: AttachmentId) -> Result<String, UserError> {
    core.app().await?.read_attachment(id).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::add_work_order`].
#[tauri::command]
#[specta::specta]
pub async fn add_work_order(core: State<'_, Core>, id: ConversationId, work: NewWorkOrder) -> Result<WorkOrderId, UserError> {
    core.app().await?.add_work_order(id, &work).await.map_err(|error| UserError::from(&error))
}

/// See [`mercator_app::App::set_work_order_state`].
#[tauri::command]
#[specta::specta]
pub async fn set_work_order_state(core: State<'_, Core>, id: WorkOrderId, version: i32, state: WorkState) -> Result<(), UserError> {
    core.app().await?.set_work_order_state(id, version, state).await.map_err(|error| UserError::from(&error))
}
