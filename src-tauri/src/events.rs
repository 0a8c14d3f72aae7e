//! The core's events on their way to the window: passed on as they are, and shown as notifications while the window is away.

use mercator_app::views::AppEvent;
use mercator_domain::language::Language;
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;
use tauri_specta::Event;

/// The one event that the window listens to.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, Event)]
pub struct AppEventMessage(pub AppEvent);

/// Passes one event on.
pub fn pass_on(handle: &AppHandle, event: AppEvent, language: &Language) {
    if let AppEvent::Attention { contact, cause, .. } = &event {
        notify(handle, contact, title(cause, language));
    }
    if let AppEvent::CaseDue { number, store, .. } = &event {
        let body = if store.is_empty() { number.clone() } else { format!("{number} · {store}") };
        notify(handle, &body, title("case_due", language));
    }
    if let Err(error) = AppEventMessage(event).emit(handle) {
        tracing::warn!(%error, "The window did not take an event");
    }
}

/// A native notification, only while nobody looks at the window. It names the customer and the cause, never a message's text.
fn notify(handle: &AppHandle, contact: &str, title: &str) {
    let looked_at = handle.get_webview_window("main").is_some_and(|window| window.is_focused().unwrap_or(false));
    if looked_at {
        return;
    }
    if let Err(error) = handle.notification().builder().title(title).body(contact).show() {
        tracing::warn!(%error, "The notification was not shown");
    }
}

/// The cause in the language of the console. The window's own texts are its pages'; these are shown while nobody looks at them.
fn title(cause: &str, language: &Language) -> &'static str {
    let (english, chinese) = match cause {
        "high_risk" => ("High risk: a person is needed", "高风险：需要人工处理"),
        "promise_near" => ("A promised answer is nearly due", "承诺的回复即将到期"),
        "case_due" => ("A case must be answered within a day", "有平台纠纷需在一天内回应"),
        "delivery_failed" => ("A message could not be delivered", "有消息未能送达"),
        "reply_to_human" => ("New answer from a customer", "客户有新回复"),
        _ => ("Waiting for you", "等待你处理"),
    };
    if language.code().starts_with("zh") { chinese } else { english }
}
