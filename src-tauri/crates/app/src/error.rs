//! Errors on their way to people: each becomes a code, what happened, and what to do.
//!
//! Inside the use cases errors are `anyhow` chains; at the front doors the first known cause in the chain decides. A refusal that is
//! no fault (`precondition`) is made with [`refuse`].

use mercator_channels::ChannelError;
use mercator_providers::secrets::SecretError;
use mercator_store::StoreError;

use crate::views::UserError;

/// Every code that reaches people. The window has words for each; a test of the project holds it to that.
pub const CODES: &[&str] = &[
    "precondition",
    "bad_input",
    "stopped",
    "no_model",
    "model",
    "internal",
    "busy",
    "read_only",
    "disk_full",
    "corrupt",
    "disk",
    "cannot_open",
    "newer_database",
    "sync_folder",
    "not_found",
    "conflict",
    "unreachable",
    "auth",
    "certificate",
    "no_encryption",
    "throttled",
    "full",
    "rejected",
    "transient",
    "uncertain",
    "setup",
    "keychain",
    "missing_letters",
];

/// A refusal: nothing is broken, but this cannot be done now.
pub fn refuse(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    user("precondition", message, hint)
}

/// An error with a code of its own.
pub fn user(code: &str, message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    debug_assert!(CODES.contains(&code), "{code} has no words in the window");
    UserError { code: code.to_owned(), message: message.into(), hint: hint.into() }.into()
}

impl From<&anyhow::Error> for UserError {
    fn from(error: &anyhow::Error) -> Self {
        for cause in error.chain() {
            if let Some(known) = cause.downcast_ref::<Self>() {
                return known.clone();
            }
            let known = (cause.downcast_ref::<StoreError>().map(from_store))
                .or_else(|| cause.downcast_ref::<ChannelError>().map(from_channel))
                .or_else(|| cause.downcast_ref::<SecretError>().map(from_secret))
                .or_else(|| cause.downcast_ref::<std::io::Error>().map(|io| from_io(io, error)));
            if let Some(known) = known {
                return known;
            }
        }
        tracing::error!("An error without a known cause reached a front door");
        new("internal", &format!("{error:#}"), "Try again. If it happens again, export the check-up (Settings, Data) and report it.")
    }
}

fn new(code: &str, message: &str, hint: &str) -> UserError {
    debug_assert!(CODES.contains(&code), "{code} has no words in the window");
    UserError { code: code.to_owned(), message: message.to_owned(), hint: hint.to_owned() }
}

fn from_store(error: &StoreError) -> UserError {
    let (code, hint) = match error {
        StoreError::Busy => ("busy", "Close other programs that use this workspace, or try again in a moment."),
        StoreError::ReadOnly => ("read_only", "Make the folder writable, or move the workspace to another disk."),
        StoreError::DiskFull => ("disk_full", "Free some space on the disk. Nothing was lost: reading goes on where it stopped."),
        StoreError::Corrupt(_) => ("corrupt", "Restore the last backup: mercator-cli restore FILE, or Settings, Data."),
        StoreError::Disk(_) => ("disk", "Check the disk and its cable; then run the check-up (Settings, Data)."),
        StoreError::CannotOpen { .. } => ("cannot_open", "Check that the path exists and that you may read and write it."),
        StoreError::NewerDatabase { .. } => ("newer_database", "Install the newest version of Mercator to open this workspace."),
        StoreError::OldEngine { .. } => ("internal", "This build is broken; install the program again."),
        StoreError::SyncFolder { .. } => ("sync_folder", "Move the workspace to a folder that no sync service copies."),
        StoreError::NotFound => ("not_found", "It may have been deleted meanwhile; reload the list."),
        StoreError::Conflict => ("conflict", "Look at what has changed, then try again."),
        StoreError::Unreachable(_) => ("unreachable", "Check the address of the database, its name and password, and the network."),
        StoreError::Constraint(_) | StoreError::BadValue(_) | StoreError::Other(_) => {
            ("internal", "Try again. If it happens again, run the check-up (Settings, Data) and report it.")
        }
    };
    new(code, &error.to_string(), hint)
}

fn from_channel(error: &ChannelError) -> UserError {
    let (code, hint) = match error {
        ChannelError::Auth(_) => ("auth", "Check name and password. Many providers want an app password instead of your own."),
        ChannelError::Unreachable { .. } => ("unreachable", "Check the host name and port, and that this computer is online."),
        ChannelError::Certificate { .. } => {
            ("certificate", "If this is your own server, add the certificate of its authority to the mailbox; else do not go on.")
        }
        ChannelError::NoEncryption(_) => ("no_encryption", "Choose TLS, or another port; passwords are never sent in the clear."),
        ChannelError::Throttled { .. } => ("throttled", "Nothing to do: it is tried again later."),
        ChannelError::Full(_) => ("full", "The mailbox over there is full; it is tried again later."),
        ChannelError::Rejected(_) => ("rejected", "Read the server's reason; the address may be wrong or the message too large."),
        ChannelError::CursorLost | ChannelError::Transient(_) => ("transient", "Nothing to do: it is tried again."),
        ChannelError::MaybeSent => ("uncertain", "Look into the mailbox whether the message left; then mark it as sent, or send it again."),
        ChannelError::Setup(_) => ("setup", "Check the settings of this inbox."),
    };
    new(code, &error.to_string(), hint)
}

fn from_secret(error: &SecretError) -> UserError {
    new("keychain", &error.to_string(), error.hint())
}

fn from_io(io: &std::io::Error, whole: &anyhow::Error) -> UserError {
    use std::io::ErrorKind;
    let message = format!("{whole:#}");
    match io.kind() {
        ErrorKind::NotFound => new("not_found", &message, "Check the path."),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            new("read_only", &message, "Choose a place that you may read and write.")
        }
        ErrorKind::StorageFull => new("disk_full", &message, "Free some space on the disk, then try again."),
        _ => new("disk", &message, "Check the path and the disk, then try again."),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn the_first_known_cause_gives_the_code() {
        let check = |error: anyhow::Error, code: &str| assert_eq!(UserError::from(&error).code, code);
        check(anyhow::Error::from(StoreError::DiskFull).context("Cannot store the message"), "disk_full");
        check(refuse("No", "Do"), "precondition");
        check(anyhow::Error::from(ChannelError::Auth("x".into())), "auth");
        check(Err::<(), _>(std::io::Error::from(std::io::ErrorKind::NotFound)).context("Cannot open orders.csv").unwrap_err(), "not_found");
        check(anyhow::anyhow!("something else"), "internal");
        // A folder without permission and a disk that is mounted for reading only are one matter to people.
        for kind in [std::io::ErrorKind::PermissionDenied, std::io::ErrorKind::ReadOnlyFilesystem] {
            check(anyhow::Error::from(std::io::Error::from(kind)).context("Cannot write charts.csv"), "read_only");
        }
        check(anyhow::Error::from(std::io::Error::from(std::io::ErrorKind::StorageFull)), "disk_full");
    }

    #[test]
    fn every_error_says_what_to_do() {
        for error in [StoreError::Busy, StoreError::ReadOnly, StoreError::DiskFull, StoreError::NotFound, StoreError::Conflict] {
            assert!(!from_store(&error).hint.is_empty());
        }
    }
}
