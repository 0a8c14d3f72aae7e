//! Trains the model of the shipped intents from the example phrases, when they, the trainer or the encoder have changed.
//!
//! The model is derived and ignored by git, like the encoder's file beside it. What it was trained on is recorded in a file of
//! checksums, so that a second set-up takes no time. The training itself is the product's own code, in an example of the pipeline.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::{folder, hex, lock::Lock, product};
use crate::command::run;

/// The model, as the product looks for it.
const FILE: &str = "intents.model";

/// Trains, unless the file is there and was made from the same inputs.
pub fn train(release: bool) -> Result<()> {
    let lock = Lock::read(&product())?;
    let (encoder, model, record) = (folder().join(&lock.file), folder().join(FILE), folder().join("intents.inputs"));
    let inputs = inputs(&lock)?;
    if model.is_file() && fs::read_to_string(&record).is_ok_and(|recorded| recorded == inputs) {
        return Ok(());
    }
    println!("The intents are learned from the example phrases: some seconds");
    let mut words = vec!["run", "--quiet"];
    if release {
        words.push("--release");
    }
    let (encoder, model) = (encoder.to_string_lossy(), model.to_string_lossy());
    words.extend(["--package", "mercator-pipeline", "--example", "train_intents", "--", &encoder, &model]);
    run(".", "cargo", &words)?;
    fs::write(&record, inputs).with_context(|| format!("Cannot write {}", record.display()))
}

/// A checksum over the phrases, the trainer's code and the encoder's.
fn inputs(lock: &Lock) -> Result<String> {
    let pipeline = product().join("crates/pipeline");
    let mut digest = Sha256::new();
    digest.update(lock.contents_sha256.as_bytes());
    for folder in ["data/intents", "src/intents", "examples"] {
        for file in files(&pipeline.join(folder))? {
            digest.update(file.file_name().unwrap_or_default().as_encoded_bytes());
            digest.update(fs::read(&file).with_context(|| format!("Cannot read {}", file.display()))?);
        }
    }
    Ok(hex(&digest.finalize()))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .with_context(|| format!("Cannot list {}", folder.display()))?;
    found.retain(|path| path.is_file());
    found.sort();
    Ok(found)
}
