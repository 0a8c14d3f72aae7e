//! Building and starting the product: the window, the command line, the generated types, the installers.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{
    command::{npm, root, run, run_with},
    models, setup,
};

/// Builds the window's pages when they are older than their sources.
pub fn build_ui() -> Result<()> {
    run("ui", npm(), &["run", "--silent", "build"])
}

/// Opens the window; without a display it runs under a virtual one and leaves a picture.
pub fn window(args: &[String]) -> Result<()> {
    setup::for_running()?;
    build_ui()?;
    run(".", "cargo", &["build", "--release", "--package", "mercator"])?;
    let program = root().join("target/release/mercator");
    let program = program.to_str().context("The project's path is no text")?;
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    if setup::has_display() {
        return run(".", program, &args);
    }
    without_display(program, &args)
}

/// Under Xvfb with a session bus of its own. The picture is taken by the shell once the page has loaded
/// (`MERCATOR_PICTURE`), then the program goes on until it is ended.
fn without_display(program: &str, args: &[&str]) -> Result<()> {
    let picture = root().join("target/mercator-window.png");
    println!("There is no display: the window opens on a virtual one (Xvfb). A picture of it will be at {}", picture.display());
    let picture = picture.to_string_lossy().into_owned();
    let mut words = vec!["-a", "-s", "-screen 0 1440x900x24", "dbus-run-session", "--", "sh", "-c", SCRIPT, "mercator", &picture, program];
    words.extend(args);
    run_with(".", "xvfb-run", &words, &[("WEBKIT_DISABLE_DMABUF_RENDERER", "1")])
}

/// Starts the program, takes the picture when the window stands (five seconds are ample: it loads in under one), and waits.
const SCRIPT: &str = r#"picture=$1; shift
"$@" & program=$!
trap 'kill $program 2>/dev/null' INT TERM
sleep 5
import -window root "$picture" && echo "Picture: $picture"
if [ -n "${MERCATOR_PICTURE_ONLY:-}" ]; then kill $program; fi
wait $program || [ -n "${MERCATOR_PICTURE_ONLY:-}" ]"#;

/// `mercator-cli` with the arguments as they are.
pub fn command_line(args: &[String]) -> Result<()> {
    let mut words = vec!["run", "--quiet", "--release", "--package", "mercator-cli", "--"];
    words.extend(args.iter().map(String::as_str));
    run(".", "cargo", &words)
}

/// Writes `ui/src/lib/backend/bindings.ts` anew.
pub fn bindings() -> Result<()> {
    if !root().join("ui/dist/index.html").exists() {
        build_ui()?;
    }
    run_with(".", "cargo", &["test", "--quiet", "--package", "mercator", "--lib", "bindings"], &[("MERCATOR_UPDATE_BINDINGS", "1")])
}

/// Trains a model that ships, by the pipeline's own example of that name; what follows the name is passed on.
pub fn train(args: &[String]) -> Result<()> {
    let Some((what, rest)) = args.split_first().filter(|(what, _)| TRAINED.contains(&what.as_str())) else {
        bail!("Say what is to be trained: {}", TRAINED.join(", "));
    };
    let example = format!("train_{what}");
    let mut words = vec!["run", "--release", "--package", "mercator-pipeline", "--example", &example, "--"];
    words.extend(rest.iter().map(String::as_str));
    run(".", "cargo", &words)
}

/// What can be trained.
const TRAINED: &[&str] = &["intents", "language", "emotion"];

/// Release build and installers.
pub fn package() -> Result<()> {
    setup::for_running()?;
    build_ui()?;
    let tauri = if cfg!(windows) { "node_modules/.bin/tauri.cmd" } else { "node_modules/.bin/tauri" };
    let tauri = Path::new("ui").join(tauri);
    let tauri = root().join(tauri);
    let tauri = tauri.to_str().context("The project's path is no text")?;
    // The resource is named in a file of its own: in the main one it would be copied by every build, and a build without it would fail.
    let models = root().join("src-tauri/tauri.models.conf.json");
    if !models::are_there() {
        println!("The installers are made without the sentence encoder: it is not here");
        return run("src-tauri", tauri, &["build"]);
    }
    run("src-tauri", tauri, &["build", "--config", models.to_str().context("The project's path is no text")?])
}
