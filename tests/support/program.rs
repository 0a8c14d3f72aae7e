//! The program under test as a child process: `mercator-cli`, as a home server runs it.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use mercator_providers::secrets::{Secret, open};

use crate::metadata::root;

/// Opens the sealed passwords of a test's workspace; a home server gets it from the environment.
pub const PASSPHRASE: &str = "a passphrase of the tests";

/// The sealed passwords of a workspace, as the program opens them.
pub fn sealed(workspace: &Path) -> std::sync::Arc<dyn mercator_providers::secrets::SecretStore> {
    std::fs::create_dir_all(workspace).expect("the folder can be made");
    open(&workspace.join("secrets.sealed"), Some(&Secret::new(PASSPHRASE))).expect("the sealed file opens").into()
}

/// The program, built from what is here now: an old one would prove nothing.
pub fn binary() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build).clone()
}

fn build() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    // Cargo tells a test which package it is of; handed on, build scripts would take that for a change and build all anew.
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"].iter().any(|start| told.starts_with(start)) {
            cargo.env_remove(&name);
        }
    }
    let output = cargo
        // The whole workspace: naming a package would choose other features and build half of the libraries anew.
        .args(["build", "--workspace", "--bins", "--offline", "--message-format=json"])
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "mercator-cli does not build");
    let text = String::from_utf8_lossy(&output.stdout);
    let found = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()).find_map(|line| {
        let ours = line["target"]["name"] == "mercator-cli" && line["target"]["kind"][0] == "bin";
        ours.then(|| line["executable"].as_str().map(PathBuf::from)).flatten()
    });
    found.expect("cargo says where the program is")
}

/// The program with its arguments, ready to start.
pub fn command(workspace: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.arg("--workspace").arg(workspace).args(arguments).env("MERCATOR_PASSPHRASE", PASSPHRASE).stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn run(workspace: &Path, arguments: &[&str]) -> Output {
    command(workspace, arguments).output().expect("the program runs")
}

/// A program that runs; dropped, it is killed.
pub struct Running(Child);

impl Running {
    /// Starts `run` on a workspace; what it says goes into a file beside it.
    pub fn start(workspace: &Path) -> Self {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(workspace.with_extension("log")).expect("a log file");
        let child = command(workspace, &["run"]).stdout(Stdio::null()).stderr(log).spawn().expect("the program starts");
        Self(child)
    }

    /// True while it runs.
    pub fn lives(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|status| status.is_none())
    }

    /// Ends it at once, as a power cut does (SIGKILL).
    pub fn kill(mut self) {
        assert!(self.lives(), "the program ended by itself");
        self.0.kill().expect("a running program can be killed");
        self.0.wait().expect("it ends");
    }

    /// Asks it to end, and gives how long that took.
    pub fn stop(mut self) -> Duration {
        let started = Instant::now();
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().expect("kill runs");
        assert!(asked.success());
        let status = self.0.wait().expect("it ends");
        assert!(status.success(), "{status}");
        started.elapsed()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits for a condition; panics with its name when it takes longer than `limit`.
pub fn wait_until(what: &str, limit: Duration, done: impl FnMut() -> bool) {
    wait_until_or(what, limit, done, String::new);
}

/// As [`wait_until`]; the panic also says what `report` finds.
pub fn wait_until_or(what: &str, limit: Duration, mut done: impl FnMut() -> bool, report: impl FnOnce() -> String) {
    let started = Instant::now();
    while !done() {
        if started.elapsed() >= limit {
            panic!("too late: {what}; {}", report());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
