//! `run`: the whole application without a window, until Ctrl-C or for one pass.

use anyhow::{Context, Result};
use serde_json::json;

use crate::{
    Done,
    output::{Output, complain, note},
    session,
};

/// Runs the loops until Ctrl-C (or the system's request to end), or one pass of everything.
pub async fn run(workspace: Option<&str>, once: bool, output: Output) -> Result<Done> {
    let app = session::open(workspace).await?;
    let inboxes = app.list_inboxes().await?.len();
    if inboxes == 0 {
        complain("No inbox is connected, so there is nothing to read. Connect a mailbox in the window first.");
    }
    if once {
        let pass = app.pass().await;
        app.stop().await;
        let pass = pass?;
        for reason in &pass.failed {
            complain(reason);
        }
        let value = json!({ "received": pass.received, "answered": pass.answered, "sent": pass.sent, "failed": pass.failed });
        output.give(&value, || format!("{} received, {} dealt with by the bot, {} sent", pass.received, pass.answered, pass.sent))?;
        return Ok(Done::unless(!pass.failed.is_empty()));
    }
    app.start();
    note(&format!("Reading {inboxes} inboxes; Ctrl-C stops."));
    let asked = until_asked_to_stop().await;
    note("Stopping: what is being sent is finished first.");
    app.stop().await;
    asked?;
    Ok(Done::Well)
}

/// Ctrl-C, or what a service manager sends.
pub async fn until_asked_to_stop() -> Result<()> {
    #[cfg(unix)]
    {
        let mut end = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).context("Cannot listen for signals")?;
        tokio::select! {
            asked = tokio::signal::ctrl_c() => asked.context("Cannot listen for Ctrl-C"),
            _ = end.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.context("Cannot listen for Ctrl-C")
}
