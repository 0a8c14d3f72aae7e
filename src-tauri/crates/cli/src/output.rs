//! What the user sees: results on standard output, one line of error and the progress on standard error.
//!
//! Written with `writeln!` and not with the printing macros, which would panic when a reader (`| head`) closes the pipe.

use std::{
    fmt::Display,
    io::{self, IsTerminal, Write},
};

use anyhow::Result;
use mercator_app::views::UserError;
use serde::Serialize;

/// How results are printed.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// JSON instead of text.
    pub json: bool,
}

impl Output {
    /// A value as one line of JSON, or as text.
    pub fn give(self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<()> {
        if self.json { json_line(value) } else { line(text()) }
    }
}

/// One line on standard output.
pub fn line(text: impl Display) -> Result<()> {
    Ok(writeln!(io::stdout().lock(), "{text}")?)
}

/// One line of JSON on standard output.
pub fn json_line(value: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_string(value)?;
    text.push('\n');
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
}

/// One line on standard error; that nobody reads it is no reason to stop.
pub fn complain(text: &str) {
    let _nobody_reads = writeln!(io::stderr().lock(), "mercator-cli: {text}");
}

/// What happened and what to do, in one line.
pub fn in_one_line(error: &anyhow::Error) -> String {
    let known = UserError::from(error);
    let message = known.message.trim().trim_end_matches(['.', ':']);
    let whole = if known.hint.is_empty() { format!("{message}.") } else { format!("{message}. {}", known.hint) };
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True when the reader of standard output has gone.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |cause: &(dyn std::error::Error + 'static)| {
        let direct = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let in_json = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        direct.or(in_json) == Some(io::ErrorKind::BrokenPipe)
    };
    error.chain().any(broken)
}

/// A note to a person at a terminal; scripts do not get it.
pub fn note(text: &str) {
    if io::stderr().is_terminal() {
        let _nobody_reads = writeln!(io::stderr().lock(), "{text}");
    }
}

/// A counter on one line of the terminal, overwritten as it goes; silent elsewhere.
#[derive(Debug)]
pub struct Progress {
    what: &'static str,
    shown: bool,
}

impl Progress {
    /// A counter of something.
    pub fn of(what: &'static str) -> Self {
        Self { what, shown: io::stderr().is_terminal() }
    }

    /// So many done, of so many (0: not known).
    pub fn show(&self, done: usize, total: usize) {
        if !self.shown {
            return;
        }
        let of = if total > 0 { format!(" of {total}") } else { String::new() };
        let mut stderr = io::stderr().lock();
        let _nobody_reads = write!(stderr, "\r{}: {done}{of}", self.what).and_then(|()| stderr.flush());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _nobody_reads = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use mercator_app::error::user;

    use super::*;

    #[test]
    fn an_error_is_one_line_with_what_and_what_to_do() {
        let check = |message: &str, hint: &str, expect: &str| assert_eq!(in_one_line(&user("precondition", message, hint)), expect);
        check("The disk is full", "Free some space.", "The disk is full. Free some space.");
        check("It failed:\n  badly.", "", "It failed: badly.");
    }

    #[test]
    fn a_closed_pipe_is_told_apart() {
        let closed = io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(is_broken_pipe(&anyhow::Error::from(closed).context("Cannot print")));
        assert!(!is_broken_pipe(&io::Error::from(io::ErrorKind::NotFound).into()));
    }
}
