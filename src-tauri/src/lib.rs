//! The desktop shell: the only code that knows Tauri.
//!
//! Opens the window, hands its calls to `mercator-app`, and the core's events to the window. A command here parses, calls one use
//! case and maps the error; anything longer belongs into `mercator-app`. Runs the same supervisor as `mercator-cli run`.

pub mod bindings;
pub mod commands;
pub mod desktop;
pub mod events;
pub mod state;

/// Opens the window and runs until it is closed for good. An error is one line for a person.
pub fn run() -> Result<(), String> {
    desktop::run()
}
