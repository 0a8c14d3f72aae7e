//! A comparison with node-nlp, the library that shops' chat bots on Node use: the same messages, each with its language guessed, and the
//! same merchants' intents trained on the same rows.
//!
//! The library is no part of this project. Who wants the comparison installs it in a folder of his own (the README says how) and names
//! that folder in `NODE_PATH`; without it, or without Node, this part says that it was left out.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result};
use mercator_app::clock::micros;
use mercator_domain::{language::Language, moment::Moment};
use mercator_pipeline::{
    Bot,
    bot::AnalysisInput,
    intents::{all_examples, evaluate},
};
use serde_json::{Value, json};

use super::intents::{OUTSIDE, hint3_rows};
use crate::{
    bench::{
        measure::{cpu_seconds, ratio},
        phrases,
        random::Random,
    },
    intents::{Row, answers},
};

/// What Node runs.
const SCRIPT: &str = include_str!("node_nlp.cjs");

/// Messages that both answer.
const MESSAGES: usize = 2_000;

/// The merchants of the set.
const SHOPS: [&str; 3] = ["curekart", "sofmattress", "powerplay11"];

/// Measures both, ours first.
pub fn measure(bot: &Bot, data: &Path) -> Result<Value> {
    let texts = texts();
    let (mut given, mut ours) = (vec![], vec![]);
    for name in SHOPS {
        let (train, test) = (hint3_rows(data, name, "train")?, hint3_rows(data, name, "test")?);
        let figures = evaluate::figures(&answers(&train, &test, bot.encoder(), Some(OUTSIDE))?.answers, Some(OUTSIDE));
        ours.push(json!({ "name": name, "in_scope_accuracy": figures.in_scope_accuracy, "accuracy": figures.accuracy }));
        given.push(json!({ "name": name, "train": shown(&train), "test": shown(&test), "outside": OUTSIDE }));
    }
    let speed = per_cpu_second(bot, &texts);
    // It knows one Chinese, and takes the texts of both.
    let language = |code: &'static str| if code == "zh-tw" { "zh" } else { code };
    let examples: Vec<Value> =
        all_examples().map(|(code, intent, text)| json!({ "language": language(code), "intent": intent.as_str(), "text": text })).collect();
    let theirs = run(&json!({ "shops": given, "examples": examples, "texts": texts }))?;
    let times = theirs.pointer("/messages/messages_per_cpu_second").and_then(Value::as_f64).zip(speed);
    Ok(json!({
        "ours": { "shops": ours, "messages": { "n": texts.len(), "messages_per_cpu_second": speed } },
        "node_nlp": theirs,
        "our_speed_to_theirs": times.and_then(|(theirs, ours)| ratio(ours, theirs)),
    }))
}

fn shown(rows: &[Row]) -> Vec<Value> {
    rows.iter().map(|row| json!({ "text": row.text, "intent": row.intent })).collect()
}

/// Messages of buyers in eight languages, as `bench pipeline` has them, without quotes.
fn texts() -> Vec<String> {
    let mut random = Random::new(5);
    (0..MESSAGES).map(|number| phrases::of(number).message(&mut random, &(20_000 + number).to_string())).collect()
}

/// Everything that `analyze` does: cleaning, language, intent, entities, emotion.
fn per_cpu_second(bot: &Bot, texts: &[String]) -> Option<f64> {
    let english = Language::english();
    let at = Moment(1_793_404_800_000);
    let analyze = |text: &String| {
        let input = AnalysisInput { text, history: &[], country: None, contact_language: None, store_language: &english, at };
        bot.analyze(&input, &micros)
    };
    texts.iter().take(50).for_each(|text| drop(analyze(text)));
    let before = cpu_seconds()?;
    texts.iter().for_each(|text| drop(analyze(text)));
    ratio(texts.len() as f64, cpu_seconds()? - before)
}

/// Runs the script over what it is given.
fn run(given: &Value) -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let [script, input, told] = ["node_nlp.cjs", "given.json", "told.json"].map(|name| folder.path().join(name));
    std::fs::write(&script, SCRIPT)?;
    std::fs::File::create(&input)?.write_all(given.to_string().as_bytes())?;
    let output = Command::new("node").args([&script, &told]).stdin(std::fs::File::open(&input)?).stderr(Stdio::piped()).output();
    let output = output.context("Node is not installed")?;
    let why = || String::from_utf8_lossy(&output.stderr).lines().take(3).collect::<Vec<_>>().join(" ");
    anyhow::ensure!(output.status.success(), "Node cannot run node-nlp; install it and name its folder in NODE_PATH ({})", why());
    serde_json::from_slice(&std::fs::read(&told)?).context("The script gave no figures")
}
