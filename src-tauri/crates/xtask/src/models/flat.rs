//! Writes a model file: a head, a table of named sections, the sections, each at a multiple of 64 bytes. The reader, with the
//! layout in words, is `pipeline/src/encoder/file.rs`; xtask depends on nothing of the product, so both carry it.

use anyhow::{Result, ensure};
use sha2::{Digest, Sha256};

use super::hex;

/// Begins every model file.
const MAGIC: &[u8; 8] = b"MERCENCO";
/// The version of the layout; the reader refuses any other.
const VERSION: u32 = 1;
/// Bytes before the table of sections.
pub const HEAD: usize = 64;
/// Bytes of one line in the table.
const ENTRY: usize = 32;
/// Sections begin at multiples of this.
const ALIGNMENT: usize = 64;

/// The sections so far.
#[derive(Default)]
pub struct FlatFile(Vec<(String, Vec<u8>)>);

impl FlatFile {
    /// Adds a section.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) {
        self.0.push((name.to_owned(), bytes));
    }

    /// The whole file.
    pub fn finish(self) -> Result<Vec<u8>> {
        let contents = (HEAD + self.0.len() * ENTRY).next_multiple_of(ALIGNMENT);
        let mut file = vec![0; HEAD];
        let mut start = contents;
        for (name, bytes) in &self.0 {
            ensure!(name.len() <= 16, "The section's name {name} is too long");
            let mut entry = name.clone().into_bytes();
            entry.resize(16, 0);
            entry.extend((start as u64).to_le_bytes());
            entry.extend((bytes.len() as u64).to_le_bytes());
            file.extend(entry);
            start = (start + bytes.len()).next_multiple_of(ALIGNMENT);
        }
        file.resize(contents, 0);
        file.reserve_exact(start - contents);
        for (_, bytes) in &self.0 {
            file.extend(bytes);
            file.resize(file.len().next_multiple_of(ALIGNMENT), 0);
        }
        let checksum = Sha256::digest(file.get(contents..).unwrap_or_default());
        let mut head = MAGIC.to_vec();
        head.extend(VERSION.to_le_bytes());
        head.extend(u32::try_from(self.0.len())?.to_le_bytes());
        head.extend((file.len() as u64).to_le_bytes());
        head.extend(checksum);
        if let Some(place) = file.get_mut(..head.len()) {
            place.copy_from_slice(&head);
        }
        Ok(file)
    }
}

/// What the head of a model file says: its length and the checksum of its contents. `None` when this is no such file, or one of
/// another version.
pub fn recorded(head: &[u8]) -> Option<(u64, String)> {
    let head = head.first_chunk::<HEAD>()?;
    let known = head.starts_with(MAGIC) && head.get(8..12) == Some(&VERSION.to_le_bytes()[..]);
    let length = u64::from_le_bytes(*head.get(16..)?.first_chunk()?);
    known.then(|| (length, hex(head.get(24..56).unwrap_or_default())))
}
