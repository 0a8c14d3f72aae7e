//! Journeys in the real window: the program as it is shipped, driven by WebDriver under a virtual display.
//!
//! Each test has its own workspace and its own driver. They run only with `MERCATOR_WINDOW_TESTS=1` (`./mercator test window`), since
//! they need a display, WebKitWebDriver and a built window. Breadth (every component, every state) is tested in `ui/`; here is
//! what only the whole program can show.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test's panic is its report"
)]

#[path = "window/console.rs"]
mod console;
#[path = "window/demo.rs"]
mod demo;
#[path = "window/driver.rs"]
mod driver;
#[path = "window/hostile.rs"]
mod hostile;
#[path = "window/mailbox.rs"]
mod mailbox;
#[cfg(target_os = "linux")]
#[path = "window/notices.rs"]
mod notices;
#[path = "window/pictures.rs"]
mod pictures;
#[path = "window/words.rs"]
mod words;
