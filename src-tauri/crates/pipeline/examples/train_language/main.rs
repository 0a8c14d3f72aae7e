//! Trains the language model that ships: `data/models/language.bin`. Not part of the product.
//!
//! `cargo run --release -p mercator-pipeline --example train_language -- --data DIR --packages DIR [--accept]`
//! first trains five times on four fifths of the texts and prints how the product does on the fifths that were held out: these are
//! the figures to quote. Then it trains on all texts and writes the file; the same inputs give the same file, byte for byte.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a tool for developers"
)]

mod calibrate;
mod evaluate;
mod inputs;
mod learn;
mod random;
mod samples;
mod texts;
mod write;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use mercator_pipeline::language::model::{KNOTS, Model};

use crate::{
    calibrate::Held,
    inputs::Inputs,
    learn::Learned,
    random::Random,
    samples::TABLES,
    texts::{FOLDS, Text},
};

/// Where the model and the project's own texts lie.
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");

/// All numbers that look random come from this one.
const SEED: u64 = 20_261_125;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1)).map(PathBuf::from);
    let accept = arguments.iter().any(|a| a == "--accept");
    let (Some(data), Some(packages)) = (value("--data"), value("--packages")) else {
        bail!("Use: train_language --data DIR --packages DIR [--accept]");
    };
    let mut inputs = Inputs::new(vec![data, packages, PathBuf::from(DATA)], &Path::new(DATA).join("models/language.lock"))?;
    let texts = texts::read(&mut inputs)?;
    inputs.check(accept)?;
    println!("{} texts", texts.len());
    let folds: Vec<Vec<Learned>> = (0..FOLDS).map(|fold| tables(&texts, Some(fold))).collect();
    let sharpness = sharpness(&texts, &folds)?;
    let lines = inputs.lines();
    let files: Vec<Vec<u8>> = folds.iter().map(|fold| write::file(fold, &sharpness, &lines)).collect();
    evaluate::print(&texts, &files)?;
    let file = write::file(&tables(&texts, None), &sharpness, &lines);
    let path = Path::new(DATA).join("models/language.bin");
    std::fs::write(&path, &file).with_context(|| format!("Cannot write {}", path.display()))?;
    println!("wrote {} bytes, sha256 {}", file.len(), inputs::sha256(&file));
    Ok(())
}

/// Trains all tables on the texts outside a fold.
fn tables(texts: &[Text], without: Option<u64>) -> Vec<Learned> {
    let mut random = Random(SEED);
    TABLES
        .iter()
        .map(|(script, bits, columns)| {
            let mut samples = vec![];
            for text in texts.iter().filter(|text| Some(text.fold) != without) {
                if let Some(column) = samples::column(columns, &text.language) {
                    samples::of(text, *script, *bits, column, &mut random, &mut samples);
                }
            }
            println!("{script:?}: {} samples, without part {without:?}", samples.len());
            learn::learn(samples, columns.len(), *bits, &mut random)
        })
        .collect()
}

/// Fits the sharpness of every table on the parts that each of its trainings did not see.
fn sharpness(texts: &[Text], folds: &[Vec<Learned>]) -> Result<Vec<[f32; KNOTS.len()]>> {
    let flat = vec![[1.0; KNOTS.len()]; TABLES.len()];
    let files: Vec<Vec<u8>> = folds.iter().map(|fold| write::file(fold, &flat, &[])).collect();
    let models: Vec<Model> = files.iter().map(|file| Model::read(file)).collect::<Option<_>>().context("A model cannot be read back")?;
    let mut found = vec![];
    for (script, _, columns) in TABLES {
        let prior = evaluate::prior(columns);
        let mut held = vec![];
        for text in texts {
            let column = samples::column(columns, &text.language);
            let (Some(column), Some(words)) = (column, samples::words(&text.text, *script)) else { continue };
            let table = models[text.fold as usize].table(*script).context("A table is missing")?;
            let reading = table.weigh(words.iter());
            let counts = f64::from((prior[column] - prior[0]).exp());
            held.push(Held { scores: reading.scores, pieces: reading.pieces, column, counts });
        }
        let fitted = calibrate::fit(&held, &prior);
        println!("{script:?}: sharpness {fitted:?} from {} texts", held.len());
        found.push(fitted);
    }
    Ok(found)
}
