//! Every check of the project, in the order in which a mistake is found soonest; a summary with times at the end.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::{
    command::{npm, run, run_with},
    run::build_ui,
    setup,
};

/// A step's name and what it does.
type Step = (&'static str, fn() -> Result<()>);

const STEPS: &[Step] = &[
    ("format", || run(".", "cargo", &["fmt", "--all", "--check"])),
    ("ui", ui),
    ("clippy", || run(".", "cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
    ("docs", || {
        run_with(
            ".",
            "cargo",
            &["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"],
            &[("RUSTDOCFLAGS", "-D warnings")],
        )
    }),
    ("tests", || run(".", "cargo", &["test", "--workspace", "--no-fail-fast", "--", "--show-output", "--quiet"])),
    ("window", window),
];

/// Runs all steps, or only those named.
pub fn all(only: &[String]) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| !STEPS.iter().any(|(step, _)| step == name)) {
        bail!("'{unknown}' is no step; the steps are {}", STEPS.map_names());
    }
    setup::everything()?;
    if !crate::command::root().join("ui/dist/index.html").exists() {
        build_ui()?;
    }
    let mut times = vec![];
    for (name, step) in STEPS.iter().filter(|(name, _)| only.is_empty() || only.iter().any(|wanted| wanted == name)) {
        let start = Instant::now();
        println!("\n== {name} ==");
        step()?;
        times.push(format!("{name} {} s", start.elapsed().as_secs()));
    }
    println!("\nAll checks passed: {}", times.join(", "));
    Ok(())
}

trait Names {
    fn map_names(&self) -> String;
}

impl Names for [Step] {
    fn map_names(&self) -> String {
        self.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}

fn ui() -> Result<()> {
    for script in ["check", "lint", "test", "build"] {
        run("ui", npm(), &["run", "--silent", script])?;
    }
    Ok(())
}

/// The journeys in the real window, under a virtual display and a session bus of their own.
fn window() -> Result<()> {
    let journeys = ["test", "--workspace", "--test", "window", "--", "--test-threads=1", "--nocapture"];
    if !cfg!(target_os = "linux") {
        println!("SKIPPED: the real-window journeys run on Linux only");
        return Ok(());
    }
    // The whole workspace, as in the steps before: naming packages would choose other features and build half of the libraries anew.
    run(".", "cargo", &["build", "--workspace", "--bins"])?;
    let mut words = vec!["-a", "-s", "-screen 0 1440x900x24", "dbus-run-session", "--", "cargo"];
    words.extend(journeys);
    run_with(
        ".",
        "xvfb-run",
        &words,
        &[("WEBKIT_DISABLE_DMABUF_RENDERER", "1"), ("TAURI_WEBVIEW_AUTOMATION", "true"), ("MERCATOR_WINDOW_TESTS", "1")],
    )
}
