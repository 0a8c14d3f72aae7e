//! What the product says of held-out texts, with the model that has not seen them: the whole stage, not the table alone.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use mercator_domain::language::Language;
use mercator_pipeline::language::{Prior, detect_with, model::Model};

use crate::{samples::Column, texts::Text};

/// Counts of one set.
#[derive(Default, Clone)]
struct Counts {
    all: f64,
    right: f64,
    sure: f64,
    sure_right: f64,
    mixed: f64,
    /// By tenth of confidence: number, sum of confidence, right ones.
    tenths: [(f64, f64, f64); 10],
}

/// The logarithm of the odds before a text is read, for the columns of a table.
pub fn prior(columns: &[Column]) -> Vec<f32> {
    let english = Language::english();
    columns.iter().map(|(code, _)| Prior::store(&english).weight(code, None)).collect()
}

/// Prints accuracy and confidence by source and language.
pub fn print(texts: &[Text], files: &[Vec<u8>]) -> Result<()> {
    let models: Vec<Model> = files.iter().map(|file| Model::read(file)).collect::<Option<_>>().context("A model cannot be read back")?;
    let english = Language::english();
    let prior = Prior::store(&english);
    let mut ours = BTreeMap::<&str, Counts>::new();
    let mut others = BTreeMap::<&str, Counts>::new();
    let mut languages = BTreeMap::<(&str, &str), Counts>::new();
    for text in texts {
        let (guess, confidence, _) = detect_with(Some(&models[text.fold as usize]), &text.text, &prior);
        let right = is_right(&text.language, guess.code.code());
        let group = if Language::SUPPORTED.contains(&text.language.as_str()) { &mut ours } else { &mut others };
        let both = [group.entry(text.source).or_default(), languages.entry((text.source, text.language.as_str())).or_default()];
        both.into_iter().for_each(|counts| counts.add(right, guess.unsure, guess.mixed, confidence));
    }
    let (share, halves) = mixed(texts, &models);
    println!("half a phrase each of two languages: mixed {share:.4} of {halves}");
    for (name, group) in [("the sixteen", &ours), ("others", &others)] {
        for (source, counts) in group {
            println!("{name:12} {source:20} {}", counts.line());
        }
    }
    for ((source, language), counts) in &languages {
        println!("{language:5} {source:20} {}", counts.line());
    }
    Ok(())
}

/// How many of the texts made of half a phrase in one language and half of one in another are found to be mixed.
fn mixed(texts: &[Text], models: &[Model]) -> (f64, usize) {
    let english = Language::english();
    let latin = ["de", "en", "es", "fr", "it", "nl", "pl", "pt", "tr"];
    let phrases: Vec<(&Text, Vec<&str>)> = texts
        .iter()
        .filter(|text| text.source == "phrases" && latin.contains(&text.language.as_str()))
        .map(|text| (text, text.text.split_whitespace().collect::<Vec<_>>()))
        .filter(|(_, words)| words.len() >= 6)
        .collect();
    let (mut all, mut found) = (0usize, 0.0);
    for (at, (first, words)) in phrases.iter().enumerate() {
        let (second, others) = &phrases[(at * 7 + 501) % phrases.len()];
        if first.language == second.language || first.fold != second.fold {
            continue;
        }
        let text = [&words[..words.len() / 2], &others[others.len() / 2..]].concat().join(" ");
        let (guess, _, _) = detect_with(Some(&models[first.fold as usize]), &text, &Prior::store(&english));
        all += 1;
        found += f64::from(u8::from(guess.mixed));
    }
    (found / all.max(1) as f64, all)
}

/// Languages that the model joins count as one.
fn is_right(language: &str, code: &str) -> bool {
    let joined = match language {
        "nn" => "nb",
        "bs" => "hr",
        "hi-latn" => "hi",
        other => other,
    };
    joined == code
}

impl Counts {
    fn add(&mut self, right: bool, unsure: bool, mixed: bool, confidence: f32) {
        let (right, sure) = (f64::from(u8::from(right)), f64::from(u8::from(!unsure)));
        self.all += 1.0;
        self.right += right;
        self.sure += sure;
        self.sure_right += sure * right;
        self.mixed += f64::from(u8::from(mixed));
        let tenth = &mut self.tenths[((confidence * 10.0) as usize).min(9)];
        *tenth = (tenth.0 + 1.0, tenth.1 + f64::from(confidence), tenth.2 + right);
    }

    fn line(&self) -> String {
        // Expected calibration error: how far confidence and truth are apart, over tenths of confidence.
        let apart: f64 = self.tenths.iter().map(|(_, confidence, right)| (confidence - right).abs()).sum::<f64>() / self.all;
        format!(
            "n {:6} right {:.4} sure {:.3} right where sure {:.4} mixed {:.4} calibration error {apart:.4}",
            self.all,
            self.right / self.all,
            self.sure / self.all,
            self.sure_right / self.sure.max(1.0),
            self.mixed / self.all
        )
    }
}
