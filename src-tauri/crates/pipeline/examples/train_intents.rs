//! Trains the shipped intent model from the example phrases of all languages, or fits the score for "none of them".
//!
//! `train_intents ENCODER OUT` writes the model; `train_intents ENCODER --scope` prints the seven numbers for `intents/scope.rs`;
//! `train_intents --scope` prints those for words alone. Called by `cargo xtask train intents` and by set-up. The inputs are the
//! phrases under `data/intents` (written for this project) and the encoder; the same inputs give the same file.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to its user")]

use std::{env, error::Error, fs, process::ExitCode};

use mercator_pipeline::{
    encoder::Encoder,
    intents::{self, scope_fit, trainer::Labelled},
};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("train_intents: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["--scope"] => scope(None),
        [encoder, "--scope"] => scope(Some(&open(encoder)?)),
        [encoder, out] => {
            let model = intents::train_shipped(Some(&open(encoder)?), &|share| {
                if share >= 1.0 {
                    println!("trained");
                }
            })?;
            let temporary = format!("{out}.tmp{}", std::process::id());
            fs::write(&temporary, model.to_bytes()?)?;
            fs::rename(&temporary, out)?;
            let right = model.held_out().iter().filter(|a| a.label == a.predicted).count();
            println!("{} examples, {} right when held out, sharpness {}", model.held_out().len(), right, model.sharpness());
            Ok(())
        }
        _ => Err("usage: train_intents ENCODER OUT | [ENCODER] --scope".into()),
    }
}

fn open(path: &str) -> Result<Encoder, Box<dyn Error>> {
    Ok(Encoder::open(fs::read(path)?)?)
}

fn scope(encoder: Option<&Encoder>) -> Result<(), Box<dyn Error>> {
    let mut languages: Vec<(&str, Vec<Labelled>)> = vec![];
    for (code, intent, text) in intents::all_examples() {
        let vector = encoder.map(|encoder| encoder.vector(text));
        let example = Labelled { text, label: intent.as_str(), vector };
        match languages.iter_mut().find(|(c, _)| *c == code) {
            Some((_, examples)) => examples.push(example),
            None => languages.push((code, vec![example])),
        }
    }
    // English counts more: it has the most phrases, and shops write most of their own examples in it.
    let mut sets: Vec<Vec<Labelled>> = languages.iter().map(|(_, examples)| examples.clone()).collect();
    if let Some((_, english)) = languages.iter().find(|(code, _)| *code == "en") {
        sets.extend(std::iter::repeat_n(english.clone(), 3));
    }
    let (scope, rows) = scope_fit::fit(&sets, "other", 4);
    println!("{rows} rows\n{scope:#?}");
    Ok(())
}
