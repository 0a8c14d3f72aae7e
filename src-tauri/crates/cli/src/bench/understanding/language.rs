//! How often the language of a text is right, and how often it is where the stage says that it is sure.
//!
//! Over the sixteen languages of the product, and over the others: those should come out as themselves or as unsure, never as a
//! sure wrong one. The shipped model was trained on rows of `lingua_langid` and `brighter_emotions`, so their figures here are too
//! good; those that the trainer prints for held-out rows are the ones to quote (`pipeline/data/README.md`). The tweets, requests and
//! support chats were never trained on. Nothing but the text is given: no contact, no country, a store that writes English.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result};
use mercator_app::clock::micros;
use mercator_domain::{language::Language, moment::Moment};
use mercator_pipeline::{AnalysisInput, Bot};
use serde::Serialize;
use serde_json::{Value, json};

use crate::bench::measure::{Times, ratio};

/// A set: its name, its file, the columns of language and text, and what a row must have.
struct Set {
    name: &'static str,
    file: &'static str,
    columns: (&'static str, &'static str),
    only: Option<(&'static str, &'static str)>,
}

const SETS: &[Set] = &[
    Set { name: "lingua_sentences", file: LINGUA, columns: ("lang", "text"), only: Some(("kind", "sentences")) },
    Set { name: "lingua_word_pairs", file: LINGUA, columns: ("lang", "text"), only: Some(("kind", "word-pairs")) },
    Set { name: "lingua_single_words", file: LINGUA, columns: ("lang", "text"), only: Some(("kind", "single-words")) },
    Set { name: "xlmt_tweets", file: "xlmt_sentiment8/tweets.csv.zst", columns: ("lang", "text"), only: None },
    Set { name: "xsid_requests", file: "xsid_multilingual_intents/utterances.csv.zst", columns: ("lang", "text"), only: None },
    Set { name: "brighter_posts", file: "brighter_emotions/texts.csv.zst", columns: ("lang", "text"), only: None },
    Set {
        name: "wmt22_customers",
        file: "wmt22_chat_NC/segments.csv.zst",
        columns: ("source_lang", "source"),
        only: Some(("direction", "customer")),
    },
];

const LINGUA: &str = "lingua_langid/texts.csv.zst";

/// Counts over rows.
#[derive(Default)]
struct Counts {
    all: u32,
    right: u32,
    sure: u32,
    sure_right: u32,
    mixed: u32,
    /// By tenth of confidence: sum of confidence, right ones.
    tenths: [(f64, f64); 10],
}

/// What is told of them.
#[derive(Serialize)]
struct Figures {
    n: u32,
    accuracy: Option<f64>,
    share_sure: Option<f64>,
    accuracy_where_sure: Option<f64>,
    /// Of all rows: sure, and wrong.
    sure_and_wrong: Option<f64>,
    mixed: Option<f64>,
    calibration_error: Option<f64>,
}

/// Measures all sets that are in the folder.
pub fn measure(bot: &Bot, data: &Path) -> Result<Value> {
    let mut figures = serde_json::Map::new();
    let mut times = Times::default();
    for set in SETS.iter().filter(|set| data.join(set.file).is_file()) {
        figures.insert(set.name.to_owned(), one(bot, data, set, &mut times)?);
    }
    Ok(json!({ "sets": figures, "micros": times.spread() }))
}

fn one(bot: &Bot, data: &Path, set: &Set, times: &mut Times) -> Result<Value> {
    let table = crate::packed::open(&data.join(set.file))?;
    let mut rows = csv::Reader::from_reader(table.as_slice());
    let headings = rows.headers()?.clone();
    let column = |name: &str| headings.iter().position(|h| h == name).with_context(|| format!("Cannot find {name} in {}", set.file));
    let (language, text) = (column(set.columns.0)?, column(set.columns.1)?);
    let only = set.only.map(|(name, value)| column(name).map(|at| (at, value))).transpose()?;
    let english = Language::english();
    let (mut ours, mut others) = (Counts::default(), Counts::default());
    let mut languages = BTreeMap::<String, Counts>::new();
    for row in rows.records() {
        let row = row?;
        if only.is_some_and(|(at, value)| row.get(at) != Some(value)) {
            continue;
        }
        let (Some(named), Some(text)) = (row.get(language), row.get(text)) else { continue };
        let expected = code(named);
        let input = AnalysisInput { text, history: &[], country: None, contact_language: None, store_language: &english, at: Moment(0) };
        let start = micros();
        let told = bot.language(&input, &micros);
        times.push_since(start);
        let right = is_right(expected, text, told.value.code.code());
        let group = if Language::SUPPORTED.contains(&expected) { &mut ours } else { &mut others };
        let own = languages.entry(named.to_owned()).or_default();
        [group, own].into_iter().for_each(|counts| counts.add(right, told.value.unsure, told.value.mixed, told.confidence));
    }
    let languages: BTreeMap<_, _> = languages.iter().map(|(code, counts)| (code, counts.figures())).collect();
    Ok(json!({ "the_sixteen": ours.figures(), "others": others.figures(), "by_language": languages }))
}

/// The code of a set's name for a language. Dialects without a code of their own keep their name: they can only be unsure.
fn code(named: &str) -> &str {
    match named {
        "no" | "nn" => "nb",
        "bs" => "hr",
        "eng" => "en",
        "deu" => "de",
        "esp" => "es",
        "ptbr" | "ptmz" | "pt-br" => "pt",
        "rus" => "ru",
        "chn" => "zh",
        "arq" | "ary" => "ar",
        "ukr" => "uk",
        "ron" => "ro",
        "swe" => "sv",
        "hin" => "hi",
        "mar" => "mr",
        "ind" => "id",
        "afr" => "af",
        "swa" => "sw",
        "som" => "so",
        "yor" => "yo",
        "hau" => "ha",
        "ibo" => "ig",
        "kin" => "rw",
        "orm" => "om",
        "sun" => "su",
        "tat" => "tt",
        "amh" => "am",
        other => other,
    }
}

/// Serbian in Latin letters is the same as Croatian here.
fn is_right(expected: &str, text: &str, told: &str) -> bool {
    expected == told || (expected == "sr" && told == "hr" && text.contains(|c: char| c.is_ascii_alphabetic()))
}

impl Counts {
    fn add(&mut self, right: bool, unsure: bool, mixed: bool, confidence: f32) {
        self.all += 1;
        self.right += u32::from(right);
        self.sure += u32::from(!unsure);
        self.sure_right += u32::from(!unsure && right);
        self.mixed += u32::from(mixed);
        // Confidence is between nought and one.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let tenth = (confidence * 10.0) as usize;
        if let Some(slot) = self.tenths.get_mut(tenth.min(9)) {
            *slot = (slot.0 + f64::from(confidence), slot.1 + f64::from(u8::from(right)));
        }
    }

    fn figures(&self) -> Figures {
        let share = |part: u32, whole: u32| ratio(f64::from(part), f64::from(whole));
        let apart: f64 = self.tenths.iter().map(|(confidence, right)| (confidence - right).abs()).sum();
        Figures {
            n: self.all,
            accuracy: share(self.right, self.all),
            share_sure: share(self.sure, self.all),
            accuracy_where_sure: share(self.sure_right, self.sure),
            sure_and_wrong: share(self.sure - self.sure_right, self.all),
            mixed: share(self.mixed, self.all),
            calibration_error: ratio(apart, f64::from(self.all)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_tell_sure_and_right_apart() {
        let mut counts = Counts::default();
        counts.add(true, false, false, 0.9);
        counts.add(false, false, false, 0.9);
        counts.add(true, true, false, 0.4);
        counts.add(false, true, true, 0.4);
        let figures = counts.figures();
        assert_eq!((figures.n, figures.accuracy, figures.share_sure), (4, Some(0.5), Some(0.5)));
        assert_eq!((figures.accuracy_where_sure, figures.sure_and_wrong, figures.mixed), (Some(0.5), Some(0.25), Some(0.25)));
        // Nine tenths promised and half right, four tenths promised and half right.
        assert_eq!(figures.calibration_error, Some(0.25));
    }

    #[test]
    fn serbian_counts_in_both_scripts() {
        assert!(is_right("sr", "gde je moj paket", "hr"));
        assert!(!is_right("sr", "где је мој пакет", "hr"));
        assert!(!is_right("da", "hvor er min pakke", "nb"));
    }
}
