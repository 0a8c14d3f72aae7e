//! What `./mercator` calls: set-up, run, test, pictures, package.
//!
//! Depends on nothing of the product, so that it compiles in seconds and can install what the product needs. Steps are plain
//! commands printed before they run; the first failure ends the run and says which step it was.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to its user")]

mod command;
mod models;
mod run;
mod setup;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
Mercator: customer service for small cross-border sellers, on your own computer.

  ./mercator run [ARGS]      set up what is missing, build, and open the window
  ./mercator test [STEP…]    set up what is missing, and run every check (or only the steps named)
  ./mercator setup           only set up: system packages, npm packages, models
  ./mercator models          only fetch the models for understanding (set-up does it too)
  ./mercator cli ARGS        the same core without a window: mercator-cli (try: ./mercator cli help)
  ./mercator bindings        write the window's TypeScript types anew from the Rust types
  ./mercator train WHAT      train what ships: intents, language, emotion (their inputs: src-tauri/crates/pipeline/data/README.md)
  ./mercator package         release build and installers for this system

Steps of test: format, ui, clippy, docs, tests, window";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let result = match task.as_str() {
        "run" => run::window(&rest),
        "test" => test::all(&rest),
        "models" => models::for_setup(true),
        "setup" => setup::everything(),
        "cli" => run::command_line(&rest),
        "bindings" => run::bindings(),
        "train" => run::train(&rest),
        "package" => run::package(),
        "" | "help" | "-h" | "--help" => {
            println!("{HELP}");
            Ok(())
        }
        other => {
            eprintln!("mercator: '{other}' is no task.\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mercator: {error:#}");
            ExitCode::FAILURE
        }
    }
}
