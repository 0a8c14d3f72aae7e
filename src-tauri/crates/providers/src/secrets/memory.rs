//! Secrets that last as long as the process: for tests and for the demo workspace, which has no account anywhere.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::{Account, Secret, SecretError, SecretStore};

/// A store that forgets everything at the end.
#[derive(Debug, Default)]
pub struct Memory {
    entries: Mutex<BTreeMap<Account, Secret>>,
}

impl SecretStore for Memory {
    fn get(&self, account: &Account) -> Result<Option<Secret>, SecretError> {
        Ok(self.entries.lock().unwrap_or_else(PoisonError::into_inner).get(account).cloned())
    }

    fn set(&self, account: &Account, secret: &Secret) -> Result<(), SecretError> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).insert(account.clone(), secret.clone());
        Ok(())
    }

    fn delete(&self, account: &Account) -> Result<(), SecretError> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
        Ok(())
    }

    fn kind(&self) -> &'static str {
        "memory"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_replaces_and_forgets() {
        let store = Memory::default();
        let account = Account::of_workspace("w", "f");
        assert_eq!(store.get(&account).unwrap(), None);
        store.set(&account, &Secret::new("a")).unwrap();
        store.set(&account, &Secret::new("b")).unwrap();
        assert_eq!(store.get(&account).unwrap(), Some(Secret::new("b")));
        store.delete(&account).unwrap();
        store.delete(&account).unwrap();
        assert_eq!(store.get(&account).unwrap(), None);
    }
}
