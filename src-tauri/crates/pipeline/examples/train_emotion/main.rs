//! Trains the head of the emotions that ships: `data/models/emotion.bin`. Not part of the product.
//!
//! `cargo run --release -p mercator-pipeline --example train_emotion -- --data DIR [--encoder FILE] [--accept] [--show] [--vectors FILE] [--measure]`
//! first trains five times on four fifths of the texts and prints how the product does on the fifths that were held out: these are the
//! figures to quote (`--show` adds the texts of the project that were misread; `--vectors` keeps
//! the sentence vectors in a file from one trial to the next; `--measure` only measures the file that is there). Then it trains on all texts and writes the file; the same inputs give the same file, byte for byte.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::needless_range_loop,
    reason = "a tool for developers"
)]

mod calibrate;
mod evaluate;
#[path = "../train_language/inputs.rs"]
#[allow(dead_code, reason = "packages are read by the other trainer")]
mod inputs;
mod learn;
#[path = "../train_language/random.rs"]
#[allow(dead_code, reason = "used whole by the other trainer")]
mod random;
mod texts;
mod write;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use mercator_pipeline::{
    Encoder,
    emotion::{
        features,
        head::{Head, OUTPUTS},
    },
    encoder::DIMENSIONS,
};

use crate::{
    calibrate::Held,
    inputs::Inputs,
    learn::{Manner, Plane, Row, Target},
    texts::{FOLDS, Source, Text},
};

/// Where the model and the project's own texts lie.
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
/// Where set-up puts the sentence encoder.
const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models");

/// All numbers that look random come from this one.
const SEED: u64 = 20_261_126;
/// Binary logarithm of the places: a megabyte of weights. Twice as many gave the same figures.
pub const BITS: u8 = 17;
/// How much the sentence vector counts beside the groups of words.
const DENSE: f32 = 1.5;
/// A feature of fewer texts than this tells of those texts alone.
const LEAST_TEXTS: u32 = 3;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1)).map(PathBuf::from);
    let accept = arguments.iter().any(|a| a == "--accept");
    let Some(data) = value("--data") else { bail!("Use: train_emotion --data DIR [--encoder FILE] [--accept]") };
    let encoder = value("--encoder").unwrap_or_else(|| Path::new(MODELS).join("sentence-encoder.model"));
    let mut inputs = Inputs::new(vec![data.clone(), PathBuf::from(DATA)], &Path::new(DATA).join("models/emotion.lock"))?;
    let texts = texts::read(&mut inputs)?;
    inputs.check(accept)?;
    let bytes = std::fs::read(&encoder).with_context(|| format!("Cannot read {}", encoder.display()))?;
    let encoder = Encoder::open(bytes)?;
    let path = Path::new(DATA).join("models/emotion.bin");
    if arguments.iter().any(|a| a == "--measure") {
        let shipped = std::fs::read(&path)?;
        return evaluate::elsewhere(&Head::read(&shipped).context("The head cannot be read")?, &encoder, &data);
    }
    println!("{} texts", texts.len());
    let rarities = rarities(&texts);
    let vectors = vectors(&texts, &encoder, value("--vectors").as_deref())?;
    let rows = rows(&texts, &vectors, &rarities);
    let folds: Vec<Vec<Plane>> = (0..FOLDS).map(|fold| planes(&texts, &rows, Some(fold))).collect();
    let fitted = Fitted::on(&texts, &rows, &folds);
    let (lines, fingerprint) = (inputs.lines(), encoder.fingerprint());
    let file = |planes: &[Plane]| {
        let Fitted { calibration, by_words, ref anger_from } = fitted;
        let parts =
            write::Parts { encoder: &fingerprint, dense: DENSE, calibration, by_words, anger_from, inputs: &lines, rarities: &rarities };
        write::file(planes, &parts)
    };
    let files: Vec<Vec<u8>> = folds.iter().map(|planes| file(planes)).collect();
    let heads: Vec<Head> = files.iter().map(|file| Head::read(file)).collect::<Option<_>>().context("A head cannot be read back")?;
    evaluate::print(&texts, &rows, &heads, arguments.iter().any(|a| a == "--show"));
    let whole = file(&planes(&texts, &rows, None));
    let head = Head::read(&whole).context("The head cannot be read back")?;
    evaluate::elsewhere(&head, &encoder, &data)?;
    std::fs::write(&path, &whole).with_context(|| format!("Cannot write {}", path.display()))?;
    println!("wrote {} bytes, sha256 {}", whole.len(), inputs::sha256(&whole));
    Ok(())
}

/// How rare each place is, in steps; 0 for those of too few texts.
fn rarities(texts: &[Text]) -> Vec<u8> {
    let mut counts = vec![0u32; 1 << BITS];
    for text in texts {
        let mut places: Vec<usize> = features::of(&text.text).iter().map(|feature| features::place(feature, BITS)).collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().for_each(|place| counts[place] += 1);
    }
    let all = texts.len() as f32;
    let steps = |count: u32| ((((1.0 + all) / (1.0 + count as f32)).ln() + 1.0) / write::RARITY_STEP).round().clamp(1.0, 255.0) as u8;
    counts.into_iter().map(|count| if count < LEAST_TEXTS { 0 } else { steps(count) }).collect()
}

/// The sentence vectors one after the other; from the file, where they are kept for the very same texts.
fn vectors(texts: &[Text], encoder: &Encoder, kept: Option<&Path>) -> Result<Vec<f32>> {
    let all: String = texts.iter().map(|text| text.text.as_str()).chain([encoder.fingerprint().as_str()]).collect();
    let mark = random::hash(&all).to_le_bytes();
    if let Some(bytes) = kept.and_then(|path| std::fs::read(path).ok()).filter(|bytes| bytes.starts_with(&mark)) {
        return Ok(bytes[mark.len()..].chunks_exact(4).map(|value| f32::from_le_bytes([value[0], value[1], value[2], value[3]])).collect());
    }
    let mut vectors = vec![];
    for some in texts.chunks(64) {
        let words: Vec<&str> = some.iter().map(|text| text.text.as_str()).collect();
        encoder.vectors(&words).iter().for_each(|vector| vectors.extend(vector));
    }
    if let Some(path) = kept {
        let bytes: Vec<u8> = mark.into_iter().chain(vectors.iter().flat_map(|value: &f32| value.to_le_bytes())).collect();
        std::fs::write(path, bytes).with_context(|| format!("Cannot write {}", path.display()))?;
    }
    Ok(vectors)
}

/// The texts as the learner sees them.
fn rows(texts: &[Text], vectors: &[f32], rarities: &[u8]) -> Vec<Row> {
    let rarity = |place: usize| f32::from(rarities[place]) * write::RARITY_STEP;
    let row = |(text, vector): (&Text, &[f32])| Row {
        sparse: features::weighed(&features::of(&text.text), BITS, rarity),
        dense: vector.iter().map(|value| value * DENSE).collect(),
        // What a language adds is learned from its posts alone: the project's texts are of another kind.
        own: evaluate::POSTS.iter().position(|(posts, _)| posts.contains(&text.language.as_str())),
    };
    texts.iter().zip(vectors.chunks_exact(DIMENSIONS)).map(row).collect()
}

/// All columns on the texts outside a fold, on all cores: the columns do not depend on one another.
fn planes(texts: &[Text], rows: &[Row], without: Option<u64>) -> Vec<Plane> {
    let learn = |column: usize| {
        let (cost_of, dense) = manner(column);
        let targets: Vec<Target> = texts
            .iter()
            .enumerate()
            .filter(|(_, text)| Some(text.fold) != without)
            .filter_map(|(row, text)| text.teaches[column].map(|(yes, cost)| Target { row, yes, cost: cost * cost_of }))
            .collect();
        // Anger alone has posts enough in each language for weights of its own.
        let languages = if column == texts::ANGER { evaluate::POSTS.len() } else { 0 };
        let manner = Manner { places: 1 << BITS, languages, dense, seed: SEED ^ column as u64 };
        learn::learn(rows, &balanced(targets), &manner)
    };
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(OUTPUTS.len());
    let mut learned: Vec<(usize, Plane)> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..workers)
            .map(|worker| scope.spawn(move || (worker..OUTPUTS.len()).step_by(workers).map(|at| (at, learn(at))).collect::<Vec<_>>()))
            .collect();
        started.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    learned.sort_by_key(|(column, _)| *column);
    println!("trained without part {without:?}");
    learned.into_iter().map(|(_, plane)| plane).collect()
}

/// The sentiments, which other kinds of texts must be read by as well: there the vector, which knows what words mean, counts more.
const fn sentiment(column: usize) -> bool {
    matches!(column, texts::NEGATIVE | texts::NEUTRAL | texts::POSITIVE)
}

/// What an error costs, times what its text says, and how much more the vector counts. Posts are many and judged by taste, so that a
/// low cost reads held-out ones better (anger in English: F1 0.43 at five times the cost); messages of buyers are few and clear.
const fn manner(column: usize) -> (f32, f32) {
    match column {
        texts::ANGER => (0.03, 0.7),
        _ if sentiment(column) => (0.02, 1.0),
        _ => (0.15, 1.0),
    }
}

/// Both answers count alike, however rare one is.
fn balanced(mut targets: Vec<Target>) -> Vec<Target> {
    let sum = |yes: bool| targets.iter().filter(|t| t.yes == yes).map(|t| t.cost).sum::<f32>().max(1e-6);
    let (yes, no) = (sum(true), sum(false));
    let factor = no / yes;
    targets.iter_mut().filter(|t| t.yes).for_each(|t| t.cost *= factor);
    targets
}

/// What was found on held-out texts.
pub struct Fitted {
    calibration: [(f32, f32); OUTPUTS.len()],
    by_words: [(f32, f32); OUTPUTS.len()],
    anger_from: Vec<(&'static str, f32)>,
}

impl Fitted {
    /// Fits on the parts that each of the trainings did not see.
    fn on(texts: &[Text], rows: &[Row], folds: &[Vec<Plane>]) -> Self {
        let mut fitted = Self { calibration: [(1.0, 0.0); OUTPUTS.len()], by_words: [(1.0, 0.0); OUTPUTS.len()], anger_from: vec![] };
        let mut anger: Vec<(&str, Held)> = vec![];
        for column in 0..OUTPUTS.len() {
            let (mut whole, mut words) = (vec![], vec![]);
            for (text, row) in texts.iter().zip(rows) {
                // Levels are those of buyers: posts teach them, and are not the measure of them.
                if column >= texts::CONCERNED && !text.source.is_of_buyers() {
                    continue;
                }
                let Some((yes, counts)) = text.teaches[column] else { continue };
                let (by_words, by_vector) = folds[text.fold as usize][column].parts(row);
                whole.push((by_words + by_vector, yes, counts));
                words.push((by_words, yes, counts));
                if column == texts::ANGER && text.source == Source::Posts {
                    anger.push((&text.language, (by_words + by_vector, yes, 1.0)));
                }
            }
            if sentiment(column) {
                calibrate::balance(&mut whole);
                calibrate::balance(&mut words);
            }
            fitted.calibration[column] = calibrate::logistic(&whole);
            fitted.by_words[column] = calibrate::logistic(&words);
        }
        // The sentiments are compared with one another: by one factor, as they were learned to be, with equal costs of both answers.
        for by in [&mut fitted.calibration, &mut fitted.by_words] {
            let sentiments = &mut by[texts::NEGATIVE..=texts::POSITIVE];
            let factor = sentiments.iter().map(|(factor, _)| factor).sum::<f32>() / sentiments.len() as f32;
            sentiments.fill((factor, 0.0));
        }
        fitted.anger_from = anger_from(&anger, fitted.calibration[texts::ANGER]);
        fitted
    }
}

/// For each language the shift that puts its best score for F1 at one half; the first entry is for languages without posts.
fn anger_from(held: &[(&str, Held)], calibration: (f32, f32)) -> Vec<(&'static str, f32)> {
    let odds = |from: f32| -(from * calibration.0 + calibration.1);
    let mut shifts: Vec<(&str, f32)> = vec![];
    for (posts, code) in evaluate::POSTS {
        let own: Vec<Held> = held.iter().filter(|(language, _)| posts.contains(language)).map(|(_, held)| *held).collect();
        shifts.push((code, odds(calibrate::best_f1(&own))));
    }
    let mean = shifts.iter().map(|(_, shift)| shift).sum::<f32>() / shifts.len().max(1) as f32;
    shifts.insert(0, ("other", mean));
    shifts
}
