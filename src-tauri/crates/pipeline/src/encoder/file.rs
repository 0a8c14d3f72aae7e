//! The model's flat file: a head, a table of named sections, and the sections, each at a multiple of 64 bytes, so that a file that
//! is mapped into memory is used where it lies. Checked once at opening; after that a section is a slice.
//!
//! `cargo xtask models` writes it (`xtask/src/models/repack.rs`) and nothing else does, so both carry the layout. Numbers are little-endian,
//! which all systems of the product are.
//!
//! | bytes | what |
//! |---|---|
//! | 0–7 | [`MAGIC`] |
//! | 8–11, 12–15 | [`VERSION`], number of sections |
//! | 16–23 | length of the whole file |
//! | 24–55 | SHA-256 of everything from the first section on |
//! | 64… | for each section 16 bytes of name, 8 of offset, 8 of length |

use std::{collections::BTreeMap, fmt::Write, ops::Range};

use crate::error::PipelineError;

/// Begins every model file.
const MAGIC: &[u8; 8] = b"MERCENCO";

/// Rises with every change of layout or of meaning. A file of another version is refused, and set-up makes it anew.
const VERSION: u32 = 1;

/// Where the table of sections begins.
const TABLE: usize = 64;

/// Where sections may begin: a cache line, and the widest vector.
const ALIGNMENT: usize = 64;

/// Bytes of one line in the table of sections.
const ENTRY: usize = 32;

/// Where a section lies. Only [`ModelFile`] makes one, after checking it.
#[derive(Clone, Debug)]
pub(super) struct Place(Range<usize>);

/// An opened and checked file.
pub(super) struct ModelFile {
    bytes: Box<dyn AsRef<[u8]> + Send + Sync>,
    sections: BTreeMap<String, Range<usize>>,
    /// Where the first section begins.
    contents: usize,
    checksum: String,
}

impl ModelFile {
    /// Checks the head, that every section lies inside and is aligned, and that nothing is cut off. Does not read the contents:
    /// at each start that would cost more than all else together.
    pub fn open(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, PipelineError> {
        let all = bytes.as_ref();
        if all.get(..8) != Some(MAGIC) {
            return Err(broken("it is no model file"));
        }
        let version = number(all, 8, 4)?;
        if version != u64::from(VERSION) {
            return Err(broken(format!("its layout is version {version}, this program reads version {VERSION}")));
        }
        if number(all, 16, 8)? != all.len() as u64 {
            return Err(broken("it is cut off"));
        }
        if !all.as_ptr().cast::<u32>().is_aligned() {
            return Err(broken("it lies in memory where numbers cannot be read"));
        }
        let mut checksum = String::new();
        for byte in all.get(24..56).unwrap_or_default() {
            let _a_string_takes_all = write!(checksum, "{byte:02x}");
        }
        let count = number(all, 12, 4)? as usize;
        let entries = all.get(TABLE..).and_then(|rest| rest.get(..count.checked_mul(ENTRY)?)).ok_or_else(|| broken("it is cut off"))?;
        let mut sections = BTreeMap::new();
        for entry in entries.chunks_exact(ENTRY) {
            let name = entry.get(..16).and_then(|name| std::str::from_utf8(name).ok()).map(|name| name.trim_end_matches('\0'));
            let name = name.ok_or_else(|| broken("a section has no name"))?;
            let (start, length) = (number(entry, 16, 8)? as usize, number(entry, 24, 8)? as usize);
            let end = start.checked_add(length).filter(|end| *end <= all.len() && start.is_multiple_of(ALIGNMENT));
            sections.insert(name.to_owned(), start..end.ok_or_else(|| broken(format!("the section {name} lies outside of it")))?);
        }
        let contents = (TABLE + entries.len()).next_multiple_of(ALIGNMENT);
        Ok(Self { bytes: Box::new(bytes), sections, contents, checksum })
    }

    /// A section of any length.
    pub fn any(&self, name: &str) -> Result<Place, PipelineError> {
        self.sections.get(name).cloned().map(Place).ok_or_else(|| broken(format!("the section {name} is missing")))
    }

    /// A section of this many bytes.
    pub fn exactly(&self, name: &str, bytes: usize) -> Result<Place, PipelineError> {
        let place = self.any(name)?;
        if place.0.len() == bytes {
            Ok(place)
        } else {
            Err(broken(format!("the section {name} has {} bytes, {bytes} are right", place.0.len())))
        }
    }

    /// A section of this many numbers.
    pub fn floats_of(&self, name: &str, count: usize) -> Result<Place, PipelineError> {
        self.exactly(name, count * size_of::<f32>())
    }

    /// The bytes of a section.
    pub fn bytes(&self, place: &Place) -> &[u8] {
        (*self.bytes).as_ref().get(place.0.clone()).unwrap_or_default()
    }

    /// A section as numbers.
    pub fn floats(&self, place: &Place) -> &[f32] {
        bytemuck::try_cast_slice(self.bytes(place)).unwrap_or_default()
    }

    /// A section as units of a trie.
    pub fn units(&self, place: &Place) -> &[u32] {
        bytemuck::try_cast_slice(self.bytes(place)).unwrap_or_default()
    }

    /// Everything from the first section on.
    pub fn contents(&self) -> &[u8] {
        (*self.bytes).as_ref().get(self.contents..).unwrap_or_default()
    }

    /// The SHA-256 that set-up recorded for the contents, in hexadecimal.
    pub fn checksum(&self) -> &str {
        &self.checksum
    }
}

/// A little-endian number of four or eight bytes.
fn number(bytes: &[u8], at: usize, size: usize) -> Result<u64, PipelineError> {
    let digits = bytes.get(at..at + size).ok_or_else(|| broken("it is cut off"))?;
    Ok(digits.iter().rev().fold(0, |sum, digit| sum << 8 | u64::from(*digit)))
}

/// The one error of this file.
pub(super) fn broken(reason: impl Into<String>) -> PipelineError {
    PipelineError::Data { file: "model/sentence-encoder".to_owned(), reason: reason.into() }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
