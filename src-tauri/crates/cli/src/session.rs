//! What most commands begin with: the log, the open workspace, the customer or inbox that the user means.

use std::sync::Arc;

use anyhow::{Context, Result};
use mercator_app::{
    App, OpenApp,
    error::user,
    views::{ContactQuery, InboxCard},
    workspace::Workspace,
};
use mercator_domain::ids::{ContactId, InboxId};

use crate::output::complain;

/// The environment variable that sets what is logged (`mercator_app=debug`).
const LOG_VARIABLE: &str = "MERCATOR_LOG";

/// Sends the log to standard error. Only the long-running command logs by itself: the others speak in one line at their end.
pub fn log_to_stderr(running: bool) {
    let usual = if running { "warn,sqlx=error" } else { "off" };
    let filter = tracing_subscriber::EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(true);
    // A second logger in one process (tests) is no reason to stop.
    let _already_there = log.try_init();
}

/// Opens the workspace; one that is not there yet is made.
pub async fn open(workspace: Option<&str>) -> Result<Arc<App>> {
    App::open(OpenApp { workspace: workspace.map(str::to_owned), ..OpenApp::default() }).await
}

/// Opens a workspace that must be there: a mistyped path must not export, verify or back up an empty one that is made on the way.
pub async fn open_existing(workspace: Option<&str>) -> Result<Arc<App>> {
    let place = Workspace::find(workspace)?;
    if !place.exists().await? {
        let hint = "Check --workspace; 'mercator-cli demo --workspace FOLDER' or an import makes a new one.";
        return Err(user("not_found", format!("There is no workspace at {}", place.shown()), hint));
    }
    open(workspace).await
}

/// A workspace for a look that stores nothing: the given one, or, where there is none, an empty one that is thrown away, so that a
/// mistyped path leaves no folder behind.
pub struct Look {
    /// The open workspace.
    pub app: Arc<App>,
    /// Of the empty one; it vanishes with this.
    _folder: Option<tempfile::TempDir>,
}

/// Opens a workspace for a look.
pub async fn open_for_a_look(workspace: Option<&str>) -> Result<Look> {
    let place = Workspace::find(workspace)?;
    if place.exists().await? {
        return Ok(Look { app: open(workspace).await?, _folder: None });
    }
    complain(&format!("There is no workspace at {}: this is how an empty one does it, without articles and orders.", place.shown()));
    let folder = tempfile::tempdir().context("Cannot make a temporary folder")?;
    let app = open(Some(&folder.path().to_string_lossy())).await?;
    Ok(Look { app, _folder: Some(folder) })
}

/// The inbox that the user means by number, name or address.
pub async fn inbox(app: &App, given: Option<&str>) -> Result<Option<InboxId>> {
    let Some(given) = given else { return Ok(None) };
    let inboxes = app.list_inboxes().await?;
    match inboxes.iter().find(|inbox| is_meant(inbox, given)) {
        Some(found) => Ok(Some(found.id)),
        None => Err(user("not_found", format!("There is no inbox '{given}'"), known(&inboxes))),
    }
}

fn is_meant(inbox: &InboxCard, given: &str) -> bool {
    let address = !inbox.address.is_empty() && inbox.address.eq_ignore_ascii_case(given);
    inbox.id.to_string() == given || address || inbox.name.to_lowercase() == given.to_lowercase()
}

fn known(inboxes: &[InboxCard]) -> String {
    if inboxes.is_empty() {
        return "The workspace has none yet; leave the option out.".to_owned();
    }
    let names: Vec<String> = inboxes.iter().map(|inbox| format!("{} ({})", inbox.name, inbox.id)).collect();
    format!("Use one of: {}.", names.join(", "))
}

/// How many candidates are looked at for an address: its exact owner is among the first, since the list is searched by it.
const CANDIDATES: i32 = 50;

/// The customer with exactly this address.
pub async fn contact_by_address(app: &App, address: &str) -> Result<ContactId> {
    let query = ContactQuery { search: address.to_owned(), limit: CANDIDATES, ..ContactQuery::default() };
    for row in app.list_contacts(&query).await?.rows {
        let identities = app.contact(row.id).await?.identities;
        if identities.iter().any(|identity| identity.value.eq_ignore_ascii_case(address)) {
            return Ok(row.id);
        }
    }
    Err(user("not_found", format!("No customer has the address {address}"), "Look it up in the export, or under Customers."))
}

/// The customer that the user means: a number, an address, or a name that only one has.
pub async fn contact(app: &App, given: &str) -> Result<ContactId> {
    if let Ok(number) = given.parse::<i64>() {
        return Ok(app.contact(ContactId(number)).await?.contact.id);
    }
    let by_address = contact_by_address(app, given).await;
    if by_address.is_ok() {
        return by_address;
    }
    let query = ContactQuery { search: given.to_owned(), limit: 2, ..ContactQuery::default() };
    let page = app.list_contacts(&query).await?;
    match page.rows.as_slice() {
        [only] => Ok(only.id),
        [] => by_address,
        _ => Err(user("not_found", format!("'{given}' may be {} customers", page.total), "Give the address or the number.")),
    }
}
