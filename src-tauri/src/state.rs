//! What the commands share: the application, opened in the background while the page loads.

use std::sync::Arc;

use mercator_app::{App, views::UserError};
use tokio::sync::watch;

/// The application once it is open, or why it could not be opened.
pub type Opened = Option<Result<Arc<App>, UserError>>;

/// Held by Tauri; every command waits here for the application, which opens while the page is drawn.
pub struct Core {
    opened: watch::Receiver<Opened>,
}

impl Core {
    /// The sender is kept by whoever opens the application.
    pub fn new() -> (watch::Sender<Opened>, Self) {
        let (sender, opened) = watch::channel(None);
        (sender, Self { opened })
    }

    /// The application; waits until it is open.
    pub async fn app(&self) -> Result<Arc<App>, UserError> {
        let mut opened = self.opened.clone();
        let found = opened.wait_for(Option::is_some).await.map_err(|_| closing())?;
        found.clone().unwrap_or_else(|| Err(closing()))
    }
}

fn closing() -> UserError {
    UserError { code: "internal".into(), message: "The program is closing".into(), hint: String::new() }
}
