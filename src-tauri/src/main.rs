//! The window's entry point: says clearly when there is no display, else opens the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
#![allow(clippy::print_stderr, reason = "before the window stands, standard error is the only place to speak to the user")]

use std::process::ExitCode;

fn main() -> ExitCode {
    // The toolkit would panic without a display; a sentence is kinder.
    if cfg!(target_os = "linux") && ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|name| std::env::var_os(name).is_none_or(|v| v.is_empty())) {
        eprintln!(
            "mercator: there is no display here. Use './mercator run' (it brings a virtual one) or 'mercator-cli run' without a window."
        );
        return ExitCode::FAILURE;
    }
    match mercator_shell::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("mercator: {message}");
            ExitCode::FAILURE
        }
    }
}
