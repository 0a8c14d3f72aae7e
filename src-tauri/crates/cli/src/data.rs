//! The merchant's data is the merchant's: export, erasure, backup, restore, and the two check-ups.

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use mercator_app::{
    error::refuse,
    views::{CheckLine, UserError},
    workspace::Workspace,
};
use serde_json::json;

use crate::{
    Done,
    args::EraseCommand,
    output::{Output, note},
    session,
};

/// Everything, in open formats.
pub async fn export(workspace: Option<&str>, folder: &Path, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let files = app.export_all(folder).await;
    app.stop().await;
    let files = files?;
    output.give(&json!({ "files": files }), || files.join("\n"))?;
    Ok(Done::Well)
}

/// Erases a person. At a terminal it asks first: there is no way back.
pub async fn erase(workspace: Option<&str>, what: &EraseCommand, output: Output) -> Result<Done> {
    let EraseCommand::Contact { address } = what;
    let app = session::open_existing(workspace).await?;
    let work = async {
        let id = session::contact_by_address(&app, address).await?;
        if io::stdin().is_terminal() && !sure(address)? {
            return Err(refuse("Nothing was erased", "Type yes to erase."));
        }
        app.erase_contact(id).await?;
        Ok(id)
    };
    let erased = work.await;
    app.stop().await;
    let id = erased?;
    output.give(&json!({ "erased": id }), || format!("Customer {id} is erased everywhere in this workspace."))?;
    note("Backups and exports made before still hold the data.");
    Ok(Done::Well)
}

fn sure(address: &str) -> Result<bool> {
    write!(io::stderr().lock(), "Erase everything of {address}? There is no way back. Type yes: ")?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).context("Cannot read the answer")?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}

/// One file with everything, verified.
pub async fn backup(workspace: Option<&str>, file: &str, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let written = app.backup(file).await;
    app.stop().await;
    let written = written?;
    output.give(&json!({ "backup": written }), || format!("Written and checked: {written}"))?;
    Ok(Done::Well)
}

/// A backup in the place of the workspace, also of one that is too damaged to be opened.
pub async fn restore(workspace: Option<&str>, file: &str, output: Output) -> Result<Done> {
    let kept = match session::open(workspace).await {
        Ok(app) => {
            let restored = app.restore(file).await;
            app.stop().await;
            restored?
        }
        Err(error) if UserError::from(&error).code == "corrupt" => restore_damaged(workspace, file).await?,
        Err(error) => return Err(error),
    };
    output.give(&json!({ "restored": file, "kept": kept }), || format!("Restored from {file}. What was there before: {kept}"))?;
    Ok(Done::Well)
}

/// Puts the damaged database aside, so that the ordinary way has an empty workspace to restore into; puts it back when that fails.
async fn restore_damaged(workspace: Option<&str>, file: &str) -> Result<String> {
    let place = Workspace::find(workspace)?;
    let database = place.file().context("Only a workspace in a file is restored here")?;
    let aside = aside(database);
    rename_all(database, &aside)?;
    let result = async {
        let app = session::open(workspace).await?;
        let restored = app.restore(file).await;
        app.stop().await;
        restored
    };
    match result.await {
        // What the use case has kept is the empty database made a moment ago.
        Ok(empty) => {
            let _left_lying = std::fs::remove_file(empty);
            Ok(aside.display().to_string())
        }
        Err(error) => {
            rename_all(&aside, database)?;
            Err(error)
        }
    }
}

/// A name beside the database that nothing has yet.
fn aside(database: &Path) -> PathBuf {
    let named = |number: u32| database.with_extension(format!("damaged-{number}.db"));
    (1..).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(0))
}

/// The database with its log and its shared memory, which belong to it and to no other.
fn rename_all(from: &Path, to: &Path) -> Result<()> {
    for suffix in ["-wal", "-shm", ""] {
        let with = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        if with(from).exists() {
            std::fs::rename(with(from), with(to)).with_context(|| format!("Cannot rename {}", with(from).display()))?;
        }
    }
    Ok(())
}

/// Checks the database.
pub async fn verify(workspace: Option<&str>, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let checks = app.verify().await;
    app.stop().await;
    checked(&checks?, output)
}

/// Checks everything around it.
pub async fn doctor(workspace: Option<&str>, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let checks = app.doctor().await;
    app.stop().await;
    checked(&checks?, output)
}

fn checked(checks: &[CheckLine], output: Output) -> Result<Done> {
    let text =
        || checks.iter().map(|check| format!("{:<8} {:<20} {}", check.result, check.name, check.detail)).collect::<Vec<_>>().join("\n");
    output.give(&checks, text)?;
    Ok(Done::unless(checks.iter().any(|check| check.result == "failed")))
}
