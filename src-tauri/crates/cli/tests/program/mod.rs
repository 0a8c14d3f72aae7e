//! The built program as the tests call it: in a home of its own, with nothing of the user's own around it.
#![allow(dead_code, reason = "each test file is a crate of its own and uses a part of this")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may end at the first surprise, its helpers too")]

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// The program with arguments, without anything of the user's own around it.
pub fn program(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mercator-cli"));
    command.args(arguments).stdin(Stdio::null());
    command
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("MERCATOR_PASSPHRASE", "only for this test")
        .env_remove("MERCATOR_LOG");
    command
}

/// Runs it to its end.
pub fn run(home: &Path, arguments: &[&str]) -> Output {
    program(home, arguments).output().unwrap()
}

/// Runs it with this on its standard input.
pub fn run_with(home: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = program(home, arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// Its exit status.
pub fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

/// What it printed.
pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it said on standard error.
pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What it printed, when it ended well, as JSON.
pub fn json_of(output: &Output) -> Value {
    assert_eq!(code(output), Some(0), "{}{}", out(output), err(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What it printed, a JSON value a line.
pub fn lines_of(output: &Output) -> Vec<Value> {
    out(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Exit status 1 and exactly one line that names what is wrong.
pub fn fails_with(output: &Output, part: &str) {
    assert_eq!(code(output), Some(1), "{}{}", out(output), err(output));
    let error = err(output);
    assert_eq!(error.trim_end().lines().count(), 1, "{error}");
    assert!(error.starts_with("mercator-cli: ") && error.contains(part), "{error}");
}

/// A home of its own for a test.
pub fn home() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The workspace of a test.
pub fn place(home: &tempfile::TempDir) -> String {
    home.path().join("shop").to_string_lossy().into_owned()
}

/// A file for tests.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}
