//! The named inputs of the training and their checksums: a file that differs from the recorded one is refused.
//!
//! `inputs.lock` beside this file holds one line an input, `sha256  name`. The sets and packages are fetched by whoever trains
//! (data/README.md says where they come from and under which licences); no text of theirs is in the project.

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Read as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

/// Folders in which inputs are looked for, in this order.
pub struct Inputs {
    folders: Vec<PathBuf>,
    lock: PathBuf,
    recorded: BTreeMap<String, String>,
    read: BTreeMap<String, String>,
}

/// The SHA-256 of bytes in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Inputs {
    /// Reads the lock.
    pub fn new(folders: Vec<PathBuf>, lock: &Path) -> Result<Self> {
        let text = fs::read_to_string(lock).unwrap_or_default();
        let recorded = text.lines().filter_map(|line| line.split_once("  ")).map(|(sum, name)| (name.to_owned(), sum.to_owned())).collect();
        Ok(Self { folders, lock: lock.to_owned(), recorded, read: BTreeMap::new() })
    }

    /// The bytes of an input.
    pub fn bytes(&mut self, name: &str) -> Result<Vec<u8>> {
        let found = self.folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
        let path = found.with_context(|| format!("Cannot find the input {name} in the folders that were given"))?;
        let bytes = fs::read(&path).with_context(|| format!("Cannot read {}", path.display()))?;
        self.read.insert(name.to_owned(), sha256(&bytes));
        Ok(bytes)
    }

    /// The rows of a packed CSV file, without its heading.
    pub fn rows(&mut self, name: &str) -> Result<Vec<csv::StringRecord>> {
        let packed = self.bytes(name)?;
        let unpacked = ruzstd::decoding::StreamingDecoder::new(Cursor::new(packed)).with_context(|| format!("Cannot unpack {name}"))?;
        csv::Reader::from_reader(unpacked).into_records().collect::<Result<_, _>>().with_context(|| format!("Cannot read {name}"))
    }

    /// The files of a package whose names `wanted` accepts: name and content, in the order of the names.
    pub fn packed(&mut self, name: &str, wanted: impl Fn(&str) -> bool) -> Result<BTreeMap<String, String>> {
        let mut archive = zip::ZipArchive::new(Cursor::new(self.bytes(name)?)).with_context(|| format!("Cannot open {name}"))?;
        let mut files = BTreeMap::new();
        for at in 0..archive.len() {
            let mut file = archive.by_index(at)?;
            let inner = file.name()?.into_owned();
            if wanted(&inner) {
                let mut bytes = vec![];
                file.read_to_end(&mut bytes)?;
                files.insert(inner, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        Ok(files)
    }

    /// Fails where an input is not the recorded one; with `accept` the lock is written anew instead.
    pub fn check(&self, accept: bool) -> Result<()> {
        if accept {
            let lines: String = self.read.iter().map(|(name, sum)| format!("{sum}  {name}\n")).collect();
            return fs::write(&self.lock, lines).context("Cannot write the lock");
        }
        for (name, sum) in &self.read {
            if self.recorded.get(name) != Some(sum) {
                bail!("The input {name} is not the recorded one; --accept records what is there");
            }
        }
        Ok(())
    }

    /// Lines for the header of the model.
    pub fn lines(&self) -> Vec<String> {
        self.read.iter().map(|(name, sum)| format!("input {sum} {name}")).collect()
    }
}
