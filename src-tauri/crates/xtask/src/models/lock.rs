//! Reads `src-tauri/models.lock.toml`: what is fetched from where, and the checksums of everything on the way.

use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

/// A file inside the package.
pub struct Part {
    pub path: String,
    pub sha256: String,
}

/// The sentence encoder's lines.
pub struct Lock {
    /// The file's name in the models' folder.
    pub file: String,
    pub bytes: u64,
    pub contents_sha256: String,
    /// What the model calls itself.
    pub name: String,
    pub package: String,
    pub version: String,
    pub archive: String,
    pub archive_sha256: String,
    pub weights: Part,
    pub pieces: Part,
}

impl Lock {
    /// Reads the file in this folder (`src-tauri`).
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("models.lock.toml");
        let text = std::fs::read_to_string(&path).with_context(|| format!("Cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("Cannot use {}", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let all: Table = text.parse()?;
        let encoder = table(&all, "sentence-encoder")?;
        let package = table(encoder, "package")?;
        let part = |name: &str| {
            let part = table(encoder, name)?;
            Ok::<_, anyhow::Error>(Part { path: string(part, "path")?, sha256: string(part, "sha256")? })
        };
        let bytes = encoder.get("bytes").and_then(Value::as_integer).context("There is no number 'bytes'")?;
        Ok(Self {
            file: string(encoder, "file")?,
            bytes: u64::try_from(bytes)?,
            contents_sha256: string(encoder, "contents_sha256")?,
            name: string(encoder, "name")?,
            package: string(package, "name")?,
            version: string(package, "version")?,
            archive: string(package, "archive")?,
            archive_sha256: string(package, "sha256")?,
            weights: part("weights")?,
            pieces: part("pieces")?,
        })
    }
}

fn table<'a>(parent: &'a Table, name: &str) -> Result<&'a Table> {
    parent.get(name).and_then(Value::as_table).with_context(|| format!("There is no table '{name}'"))
}

fn string(parent: &Table, name: &str) -> Result<String> {
    parent.get(name).and_then(Value::as_str).map(str::to_owned).with_context(|| format!("There is no text '{name}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_of_the_project_is_whole_and_a_missing_line_is_named() {
        let lock = Lock::read(&crate::command::root().join("src-tauri")).unwrap();
        for checksum in [&lock.contents_sha256, &lock.archive_sha256, &lock.weights.sha256, &lock.pieces.sha256] {
            assert!(checksum.len() == 64 && checksum.bytes().all(|digit| digit.is_ascii_hexdigit()), "{checksum}");
        }
        let error = Lock::parse("[sentence-encoder]\nbytes = 1\n[sentence-encoder.package]\n").err().unwrap();
        assert_eq!(error.to_string(), "There is no text 'file'");
    }
}
