//! Where passwords and tokens are kept: the keychain of the operating system, or a file sealed with a passphrase.
//!
//! The database holds only handles ([`Account`]); a secret never reaches it, nor the log, nor an error's text. Every store is
//! synchronous, since the keychain of each platform is: call it from a blocking task. [`open`] picks the store.

mod keychain;
mod memory;
mod sealed;
mod secret;

use std::path::Path;

pub use keychain::Keychain;
pub use memory::Memory;
use mercator_domain::ids::InboxId;
pub use sealed::{Sealed, Strength};
pub use secret::Secret;

/// The service under which every entry of the keychain is filed.
pub const SERVICE: &str = "mercator";

/// The environment variable that holds the passphrase where nobody sits to type it.
pub const PASSPHRASE_VARIABLE: &str = "MERCATOR_PASSPHRASE";

/// The name of a secret: `<workspace id>/<inbox id>/<field>`. It is no secret itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account(String);

impl Account {
    /// The name of an inbox's field (`imap_password`, `smtp_password`).
    pub fn of_inbox(workspace: &str, inbox: InboxId, field: &str) -> Self {
        Self(format!("{}/{inbox}/{}", part(workspace), part(field)))
    }

    /// The name of a secret of the whole workspace (`survey_key`): inbox `0`, which no database assigns.
    pub fn of_workspace(workspace: &str, field: &str) -> Self {
        Self::of_inbox(workspace, InboxId(0), field)
    }

    /// The name as it is filed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A slash inside a part would let two different names meet, so it is escaped, and its escape with it.
fn part(text: &str) -> String {
    text.replace('%', "%25").replace('/', "%2F")
}

/// What went wrong with a secret, and what to do about it. No variant holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// There is no keychain on this machine, or none that answers.
    #[error("This machine has no keychain that answers: {0}")]
    NoKeychain(String),
    /// There is a keychain but it is locked, or it has no collection yet.
    #[error("The keychain cannot be opened: {0}")]
    KeychainLocked(String),
    /// The keychain has two entries of one name.
    #[error("The keychain has more than one entry for '{0}'")]
    Ambiguous(Account),
    /// The keychain failed in some other way.
    #[error("The keychain failed: {0}")]
    Keychain(String),
    /// The file was sealed with another passphrase.
    #[error("The passphrase does not open the sealed secrets")]
    WrongPassphrase,
    /// A passphrase is needed and there is none.
    #[error("A passphrase is needed, since there is no keychain: {0}")]
    PassphraseNeeded(String),
    /// The sealed file, or an entry in it, is not as it was written.
    #[error("The file of sealed secrets is damaged: {0}")]
    Damaged(String),
    /// The sealed file cannot be read or written.
    #[error("The file of sealed secrets cannot be used: {0}")]
    File(#[from] std::io::Error),
}

impl SecretError {
    /// The stable code for the window.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoKeychain(_) => "secrets.no_keychain",
            Self::KeychainLocked(_) => "secrets.keychain_locked",
            Self::Ambiguous(_) => "secrets.ambiguous",
            Self::Keychain(_) => "secrets.keychain_failed",
            Self::WrongPassphrase => "secrets.wrong_passphrase",
            Self::PassphraseNeeded(_) => "secrets.passphrase_needed",
            Self::Damaged(_) => "secrets.damaged",
            Self::File(_) => "secrets.file",
        }
    }

    /// What the user can do.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::NoKeychain(_) | Self::PassphraseNeeded(_) => {
                "Set MERCATOR_PASSPHRASE, or type a passphrase at the start; on Linux a keychain comes with gnome-keyring or KWallet in a desktop session."
            }
            Self::KeychainLocked(_) => {
                "Unlock the keychain (on Linux: log in to the desktop, or create the 'login' keyring), then try again."
            }
            Self::Ambiguous(_) => "Remove the doubled entry in the keychain's own program and enter the password again.",
            Self::Keychain(_) => "Try again; when it stays, set MERCATOR_PASSPHRASE and enter the passwords again.",
            Self::WrongPassphrase => "Type the passphrase with which the secrets were sealed; without it they must be entered again.",
            Self::Damaged(_) => "Restore the file from a backup, or remove it and enter the passwords again.",
            Self::File(_) => "Check that the data folder exists, can be written and has room.",
        }
    }
}

/// A place that keeps secrets.
pub trait SecretStore: Send + Sync {
    /// The secret of that name; `None` when there is none.
    fn get(&self, account: &Account) -> Result<Option<Secret>, SecretError>;

    /// Keeps a secret, instead of the one that was there.
    fn set(&self, account: &Account, secret: &Secret) -> Result<(), SecretError>;

    /// Forgets a secret; nothing happens when there is none.
    fn delete(&self, account: &Account) -> Result<(), SecretError>;

    /// `keychain`, `sealed` or `memory`: what Settings shows.
    fn kind(&self) -> &'static str;
}

/// The passphrase from [`PASSPHRASE_VARIABLE`]; an empty one counts as none.
pub fn passphrase_from_environment() -> Option<Secret> {
    std::env::var(PASSPHRASE_VARIABLE).ok().filter(|text| !text.is_empty()).map(Secret::new)
}

/// Opens the store for this machine.
///
/// With a passphrase it is the sealed file: who gave one (a home server, a script) must get the same secrets whether or not somebody
/// is logged in to a desktop. Without one it is the keychain; when that does not answer, [`SecretError::PassphraseNeeded`] says so.
/// A sealed file that exists is never passed over in silence, since the secrets of this workspace are in it.
pub fn open(sealed: &Path, passphrase: Option<&Secret>) -> Result<Box<dyn SecretStore>, SecretError> {
    if let Some(passphrase) = passphrase {
        return Ok(Box::new(Sealed::open(sealed, passphrase, Strength::default())?));
    }
    if sealed.exists() {
        return Err(SecretError::PassphraseNeeded("the secrets of this workspace are sealed in a file".to_owned()));
    }
    match Keychain::open() {
        Ok(keychain) => Ok(Box::new(keychain)),
        Err(SecretError::NoKeychain(why)) => Err(SecretError::PassphraseNeeded(why)),
        Err(other) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_meet() {
        let name = |workspace: &str, field: &str| Account::of_inbox(workspace, InboxId(7), field).to_string();
        assert_eq!(name("w1", "imap_password"), "w1/7/imap_password");
        assert_ne!(name("a/7", "b"), name("a", "7/b"));
        assert_ne!(name("a/", "b"), name("a%2F", "b"));
        assert_eq!(Account::of_workspace("w1", "survey_key").as_str(), "w1/0/survey_key");
    }

    #[test]
    fn a_given_passphrase_opens_the_sealed_file_and_its_lack_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.sealed");
        let passphrase = Secret::new("horse battery");
        let store = open(&path, Some(&passphrase)).unwrap();
        assert_eq!(store.kind(), "sealed");
        let refused = open(&path, None).err().unwrap();
        assert!(matches!(refused, SecretError::PassphraseNeeded(_)), "{refused}");
        assert!(refused.hint().contains(PASSPHRASE_VARIABLE));
    }

    #[test]
    fn every_error_has_a_code_of_its_own_and_a_hint() {
        let all = [
            SecretError::NoKeychain(String::new()),
            SecretError::KeychainLocked(String::new()),
            SecretError::Ambiguous(Account::of_workspace("w", "f")),
            SecretError::Keychain(String::new()),
            SecretError::WrongPassphrase,
            SecretError::PassphraseNeeded(String::new()),
            SecretError::Damaged(String::new()),
            SecretError::File(std::io::Error::other("x")),
        ];
        let codes: std::collections::BTreeSet<_> = all.iter().map(SecretError::code).collect();
        assert_eq!(codes.len(), all.len());
        assert!(all.iter().all(|e| e.hint().ends_with('.')));
    }
}
