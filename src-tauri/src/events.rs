//! The core's events on their way to the window: passed on as they are, and shown as notifications while the window is away.

use mercator_app::views::AppEvent;
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;
use tauri_specta::Event;

/// The one event that the window listens to.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, Event)]
pub struct AppEventMessage(pub AppEvent);

/// Passes one event on.
pub fn pass_on(handle: &AppHandle, event: AppEvent) {
    if let AppEvent::Attention { contact, cause, .. } = &event {
        notify(handle, contact, cause);
    }
    if let Err(error) = AppEventMessage(event).emit(handle) {
        tracing::warn!(%error, "The window did not take an event");
    }
}

/// A native notification, only while nobody looks at the window. It names the customer and the cause, never a message's text.
fn notify(handle: &AppHandle, contact: &str, cause: &str) {
    let looked_at = handle.get_webview_window("main").is_some_and(|window| window.is_focused().unwrap_or(false));
    if looked_at {
        return;
    }
    let title = match cause {
        "high_risk" => "High risk: a person is needed",
        "promise_near" => "A promised answer is nearly due",
        "delivery_failed" => "A message could not be delivered",
        "reply_to_human" => "New answer from a customer",
        _ => "Waiting for you",
    };
    if let Err(error) = handle.notification().builder().title(title).body(contact).show() {
        tracing::warn!(%error, "The notification was not shown");
    }
}
