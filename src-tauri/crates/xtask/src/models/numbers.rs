//! Reads the arrays of numbers out of an `.npz` file: a zip archive of `.npy` files, each a short head in text and the plain numbers.
//! Knows the two kinds that occur (bytes, 32-bit floats) and refuses all others.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use anyhow::{Context, Result, bail, ensure};
use zip::ZipArchive;

/// An array: rows of numbers, little-endian.
pub struct Array {
    /// Bytes of one number: 1 or 4.
    pub size: usize,
    /// Numbers along each side.
    pub shape: Vec<usize>,
    pub bytes: Vec<u8>,
}

/// All arrays of these two kinds, by name.
pub fn read(archive: &[u8]) -> Result<BTreeMap<String, Array>> {
    let mut zip = ZipArchive::new(Cursor::new(archive)).context("The numbers are no zip archive")?;
    let mut arrays = BTreeMap::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index)?;
        let name = entry.name()?.trim_end_matches(".npy").to_owned();
        let mut bytes = vec![];
        entry.read_to_end(&mut bytes).with_context(|| format!("Cannot unpack {name}"))?;
        if let Some(array) = parse(bytes).with_context(|| format!("Cannot read the array {name}"))? {
            arrays.insert(name, array);
        }
    }
    Ok(arrays)
}

/// One `.npy` file, version 1: six bytes of magic, two of version, two of the head's length, the head, the numbers.
/// `None` for a kind of number that is not needed.
fn parse(mut bytes: Vec<u8>) -> Result<Option<Array>> {
    ensure!(bytes.starts_with(b"\x93NUMPY\x01"), "It has another head");
    let length = bytes.get(8..).and_then(<[u8]>::first_chunk).map(|two| usize::from(u16::from_le_bytes(*two))).context("It is cut off")?;
    let head = bytes.get(10..10 + length).context("It is cut off")?;
    let head = std::str::from_utf8(head)?.to_owned();
    let size = match value(&head, "descr") {
        Some("'|u1'") => 1,
        Some("'<f4'") => 4,
        _ => return Ok(None),
    };
    ensure!(value(&head, "fortran_order") == Some("False"), "Its numbers lie column by column");
    let shape = head.split_once("'shape':").and_then(|(_, rest)| rest.split_once('(')?.1.split_once(')')).map(|(shape, _)| shape);
    let sides = shape.context("It has no shape")?.split(',').map(str::trim).filter(|side| !side.is_empty());
    let shape = sides.map(str::parse).collect::<Result<Vec<usize>, _>>()?;
    bytes.drain(..10 + length);
    if bytes.len() != size * shape.iter().product::<usize>() {
        bail!("It has {} bytes, which does not fit its shape {shape:?}", bytes.len());
    }
    Ok(Some(Array { size, shape, bytes }))
}

/// The value of a key in the head, which is written as a Python dictionary.
fn value<'a>(head: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = head.split_once(&format!("'{key}':"))?;
    rest.split([',', '}']).next().map(str::trim)
}
