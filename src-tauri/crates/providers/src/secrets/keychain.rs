//! The keychain of the operating system: Keychain Services, Credential Manager, Secret Service.
//!
//! On Linux the Secret Service needs a session bus and a program that keeps the secrets; where one is missing the errors here say
//! which, since the two have different cures.

use super::{Account, SERVICE, Secret, SecretError, SecretStore};

/// The keychain of the user who is logged in.
#[derive(Debug)]
pub struct Keychain(());

impl Keychain {
    /// Connects, and asks for a name that does not exist: a bus without a keeper is found now and not at the first sign-in.
    pub fn open() -> Result<Self, SecretError> {
        if let Err(error) = keyring::Entry::store_status() {
            return Err(SecretError::NoKeychain(error.to_string()));
        }
        let keychain = Self(());
        keychain.get(&Account::of_workspace("probe", "probe"))?;
        Ok(keychain)
    }
}

impl SecretStore for Keychain {
    fn get(&self, account: &Account) -> Result<Option<Secret>, SecretError> {
        match entry(account)?.get_password() {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(refusal(account, &error)),
        }
    }

    fn set(&self, account: &Account, secret: &Secret) -> Result<(), SecretError> {
        entry(account)?.set_password(secret.expose()).map_err(|error| refusal(account, &error))
    }

    fn delete(&self, account: &Account) -> Result<(), SecretError> {
        match entry(account)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(refusal(account, &error)),
        }
    }

    fn kind(&self) -> &'static str {
        "keychain"
    }
}

fn entry(account: &Account) -> Result<keyring::Entry, SecretError> {
    keyring::Entry::new(SERVICE, account.as_str()).map_err(|error| refusal(account, &error))
}

/// The variants `BadEncoding` and `BadDataFormat` carry the stored bytes: only their kind is told, never their Debug form.
fn refusal(account: &Account, error: &keyring::Error) -> SecretError {
    match error {
        keyring::Error::NoDefaultStore => SecretError::NoKeychain(error.to_string()),
        keyring::Error::NoStorageAccess(_) => SecretError::KeychainLocked(error.to_string()),
        keyring::Error::Ambiguous(_) => SecretError::Ambiguous(account.clone()),
        keyring::Error::BadEncoding(_) => SecretError::Keychain("the entry is not text".to_owned()),
        keyring::Error::BadDataFormat(..) => SecretError::Keychain("the entry has an unknown format".to_owned()),
        other => SecretError::Keychain(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_name_the_cure_and_never_the_stored_bytes() {
        let account = Account::of_workspace("w", "f");
        let check = |error: keyring::Error, code: &str| {
            let told = refusal(&account, &error);
            assert_eq!(told.code(), code);
            assert!(!format!("{told} {told:?}").contains("canary"), "{told:?}");
        };
        check(keyring::Error::NoDefaultStore, "secrets.no_keychain");
        check(keyring::Error::NoStorageAccess("locked".into()), "secrets.keychain_locked");
        check(keyring::Error::BadEncoding(b"canary".to_vec()), "secrets.keychain_failed");
        check(keyring::Error::BadDataFormat(b"canary".to_vec(), "odd".into()), "secrets.keychain_failed");
        check(keyring::Error::Ambiguous(Vec::new()), "secrets.ambiguous");
    }
}
