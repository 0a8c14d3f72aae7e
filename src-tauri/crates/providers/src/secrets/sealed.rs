//! A file of secrets under a passphrase, for machines without a keychain: home servers, containers, a bare terminal.
//!
//! Argon2id turns the passphrase into a key once at opening; each entry is XChaCha20-Poly1305 with its own random nonce and its name
//! as associated data, so an entry cannot be moved under another name. `age` was weighed: its file is sealed as a whole, so every
//! change would cost a new passphrase derivation, and it brings a translation framework along. Names are readable in the file (they
//! hold only numbers and field names), secrets never. Several processes may use one file: a lock file orders the writers, and the
//! file is replaced as a whole, so a crash leaves the old one or the new one.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rand::{TryRngCore, rngs::OsRng};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Account, Secret, SecretError, SecretStore};

/// The version of the file's form; a higher one was written by a newer program and is refused.
const FORM: u32 = 1;
const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 24;
/// Sealed at creation under a name that no account has (accounts hold two slashes); tells a wrong passphrase from a damaged entry.
const CHECK_NAME: &str = "check";
const CHECK_TEXT: &str = "mercator";

/// How hard a guess at the passphrase is made. Stored in the file, so it can be raised for new files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strength {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
}

impl Default for Strength {
    /// 19 MiB and two passes: the least that OWASP's password storage sheet names for argon2id; well under a second on a small server.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

/// An upper bound on what a file may ask for, so that a forged file cannot eat the machine's memory.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;

#[derive(Serialize, Deserialize)]
struct Form {
    form: u32,
    strength: Strength,
    salt: String,
    check: Entry,
    entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Entry {
    nonce: String,
    sealed: String,
}

/// The sealed file, opened.
pub struct Sealed {
    path: PathBuf,
    cipher: XChaCha20Poly1305,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealed").finish_non_exhaustive()
    }
}

impl Sealed {
    /// Opens the file, or creates it when there is none. `strength` counts only for a new file.
    pub fn open(path: &Path, passphrase: &Secret, strength: Strength) -> Result<Self, SecretError> {
        if passphrase.is_empty() {
            return Err(SecretError::PassphraseNeeded("an empty passphrase protects nothing".to_owned()));
        }
        let _lock = lock(path)?;
        if let Some(form) = read(path)? {
            let salt = BASE64.decode(&form.salt).map_err(|_| SecretError::Damaged("its salt cannot be read".to_owned()))?;
            let cipher = derive(passphrase, &salt, form.strength)?;
            let check = unseal(&cipher, CHECK_NAME, &form.check).map_err(|_| SecretError::WrongPassphrase)?;
            if check.expose() != CHECK_TEXT {
                return Err(SecretError::WrongPassphrase);
            }
            return Ok(Self { path: path.to_owned(), cipher });
        }
        let salt = random::<SALT_BYTES>()?;
        let cipher = derive(passphrase, &salt, strength)?;
        let check = seal(&cipher, CHECK_NAME, &Secret::new(CHECK_TEXT))?;
        write(path, &Form { form: FORM, strength, salt: BASE64.encode(salt), check, entries: BTreeMap::new() })?;
        Ok(Self { path: path.to_owned(), cipher })
    }

    /// Reads, changes and replaces the file while no other process does.
    fn change(&self, edit: impl FnOnce(&mut BTreeMap<String, Entry>)) -> Result<(), SecretError> {
        let _lock = lock(&self.path)?;
        let mut form = self.form()?;
        edit(&mut form.entries);
        write(&self.path, &form)
    }

    /// The file as it is now. It must still be under our passphrase, or our entry would be lost among those of another.
    fn form(&self) -> Result<Form, SecretError> {
        let form = read(&self.path)?.ok_or_else(|| SecretError::File(ErrorKind::NotFound.into()))?;
        unseal(&self.cipher, CHECK_NAME, &form.check).map_err(|_| SecretError::WrongPassphrase)?;
        Ok(form)
    }
}

impl SecretStore for Sealed {
    fn get(&self, account: &Account) -> Result<Option<Secret>, SecretError> {
        self.form()?.entries.get(account.as_str()).map(|entry| unseal(&self.cipher, account.as_str(), entry)).transpose()
    }

    fn set(&self, account: &Account, secret: &Secret) -> Result<(), SecretError> {
        let entry = seal(&self.cipher, account.as_str(), secret)?;
        self.change(|entries| {
            entries.insert(account.as_str().to_owned(), entry);
        })
    }

    fn delete(&self, account: &Account) -> Result<(), SecretError> {
        self.change(|entries| {
            entries.remove(account.as_str());
        })
    }

    fn kind(&self) -> &'static str {
        "sealed"
    }
}

fn derive(passphrase: &Secret, salt: &[u8], strength: Strength) -> Result<XChaCha20Poly1305, SecretError> {
    if strength.memory_kib > MOST_MEMORY_KIB || strength.passes > MOST_PASSES {
        return Err(SecretError::Damaged("it asks for more work than any file that was written here".to_owned()));
    }
    let wrong = |error: argon2::Error| SecretError::Damaged(error.to_string());
    let params = Params::new(strength.memory_kib, strength.passes, 1, Some(32)).map_err(wrong)?;
    let mut key = Zeroizing::new([0u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose().as_bytes(), salt, key.as_mut())
        .map_err(wrong)?;
    Ok(XChaCha20Poly1305::new(Key::from_slice(key.as_ref())))
}

fn seal(cipher: &XChaCha20Poly1305, name: &str, secret: &Secret) -> Result<Entry, SecretError> {
    let nonce = random::<NONCE_BYTES>()?;
    let payload = Payload { msg: secret.expose().as_bytes(), aad: name.as_bytes() };
    let sealed = cipher
        .encrypt(XNonce::from_slice(&nonce), payload)
        .map_err(|_| SecretError::File(std::io::Error::new(ErrorKind::InvalidInput, "the secret is too long to seal")))?;
    Ok(Entry { nonce: BASE64.encode(nonce), sealed: BASE64.encode(sealed) })
}

fn unseal(cipher: &XChaCha20Poly1305, name: &str, entry: &Entry) -> Result<Secret, SecretError> {
    let damaged = || SecretError::Damaged(format!("the entry '{name}' cannot be opened"));
    let nonce = BASE64.decode(&entry.nonce).ok().filter(|n| n.len() == NONCE_BYTES).ok_or_else(damaged)?;
    let sealed = BASE64.decode(&entry.sealed).map_err(|_| damaged())?;
    let payload = Payload { msg: &sealed, aad: name.as_bytes() };
    let bytes = cipher.decrypt(XNonce::from_slice(&nonce), payload).map_err(|_| damaged())?;
    String::from_utf8(bytes).map(Secret::new).map_err(|_| damaged())
}

fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0u8; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| SecretError::File(std::io::Error::other(error.to_string())))?;
    Ok(bytes)
}

/// The lock lives beside the file, since the file itself is replaced by each write; it is let go when the handle is dropped.
fn lock(path: &Path) -> Result<File, SecretError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = File::options().create(true).truncate(false).write(true).open(path.with_extension("lock"))?;
    file.lock()?;
    Ok(file)
}

fn read(path: &Path) -> Result<Option<Form>, SecretError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let form: Form = serde_json::from_slice(&bytes).map_err(|_| SecretError::Damaged("it is not in our form".to_owned()))?;
    if form.form > FORM {
        return Err(SecretError::Damaged("a newer version of the program wrote it".to_owned()));
    }
    Ok(Some(form))
}

/// Written beside and moved over: `tempfile` makes it readable by its owner only.
fn write(path: &Path, form: &Form) -> Result<(), SecretError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&mut file, form).map_err(|error| SecretError::File(error.into()))?;
    file.flush()?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| SecretError::File(error.error))?;
    Ok(())
}

#[cfg(test)]
#[path = "sealed_tests.rs"]
mod tests;
