//! Running other programs: printed before they run, failing with the line that failed.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

/// The top folder of the project.
pub fn root() -> PathBuf {
    // The manifest folder is <root>/src-tauri/crates/xtask.
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// Runs a program with its arguments in a folder below the root; its output is the user's.
pub fn run(folder: &str, program: &str, args: &[&str]) -> Result<()> {
    run_with(folder, program, args, &[])
}

/// As [`run`], with variables added to the environment.
pub fn run_with(folder: &str, program: &str, args: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    // A script of several lines says nothing to whoever reads what is run.
    let shown: Vec<&str> = args.iter().map(|arg| if arg.contains('\n') { "…" } else { arg }).collect();
    let line = format!("{program} {}", shown.join(" "));
    println!("> {line}");
    let status = Command::new(program)
        .args(args)
        .current_dir(root().join(folder))
        .envs(environment.iter().copied())
        .status()
        .with_context(|| format!("Cannot start {program}"))?;
    if !status.success() {
        bail!("This step failed: {line}");
    }
    Ok(())
}

/// The trimmed standard output of a program, or `None` when it is missing or fails.
pub fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).current_dir(root()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// True when a program is on the PATH.
pub fn exists(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file() || folder.join(format!("{program}.exe")).is_file())
    })
}

/// The npm program as this system calls it.
pub const fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}
