//! Files that may be packed with Zstandard.

use std::{fs::File, io::Read as _, path::Path};

use anyhow::{Context, Result};

/// The whole content of a file; what ends in `.zst` is unpacked.
pub fn open(path: &Path) -> Result<Vec<u8>> {
    let shown = path.display();
    let mut file = File::open(path).with_context(|| format!("Cannot open {shown}"))?;
    let mut content = Vec::new();
    if path.extension().is_some_and(|extension| extension == "zst") {
        let mut unpacked =
            ruzstd::decoding::StreamingDecoder::new(file).with_context(|| format!("{shown} is not packed with Zstandard"))?;
        unpacked.read_to_end(&mut content).with_context(|| format!("Cannot unpack {shown}"))?;
    } else {
        file.read_to_end(&mut content).with_context(|| format!("Cannot read {shown}"))?;
    }
    Ok(content)
}
