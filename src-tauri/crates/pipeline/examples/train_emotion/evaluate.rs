//! What the product says of held-out texts, with the head that has not seen them; and of sets that were never trained on.

use std::{collections::BTreeMap, path::Path};

use anyhow::Result;
use mercator_domain::{
    emotion::{Emotion, EmotionLevel},
    intent::Intent,
    language::Language,
    moment::Moment,
};
use mercator_pipeline::{
    Encoder,
    emotion::{self, Context, EmotionWords, head::Head},
    fold::Folded,
};

use crate::{
    DENSE,
    calibrate::{self, Held},
    inputs::Inputs,
    learn::Row,
    texts::{Source, Text},
};

/// The posts' names of languages, and ours.
pub const POSTS: &[(&[&str], &str)] = &[
    (&["eng"], "en"),
    (&["deu"], "de"),
    (&["esp"], "es"),
    (&["ptbr", "ptmz"], "pt"),
    (&["chn"], "zh"),
    (&["rus"], "ru"),
    (&["arq", "ary"], "ar"),
];

/// The code of a language of any source.
pub fn code(language: &str) -> &str {
    POSTS.iter().find(|(posts, _)| posts.contains(&language)).map_or(language, |(_, code)| code)
}

/// The words of each language, as the product reads them.
struct Words(BTreeMap<&'static str, EmotionWords>);

impl Words {
    fn load() -> Self {
        Self(Language::SUPPORTED.iter().filter_map(|code| Some((*code, EmotionWords::load(code).ok()?))).collect())
    }

    fn feel(&self, head: &Head, text: &str, vector: Option<&[f32]>, language: &str) -> Emotion {
        let reading = head.reading(text, vector, language);
        let words: Vec<&EmotionWords> = self.0.get(language).into_iter().collect();
        let context = Context { history: &[], at: Moment(0), intent: Intent::Other, reading: Some(&reading) };
        emotion::feel(text, &Folded::new(text), &words, &context)
    }
}

fn vector(row: &Row) -> Vec<f32> {
    row.dense.iter().map(|value| value / DENSE).collect()
}

/// Prints the figures of the held-out parts.
pub fn print(texts: &[Text], rows: &[Row], heads: &[Head], show: bool) {
    anger(texts, rows, heads);
    let words = Words::load();
    let (mut calm, mut angry_figures) = (0.0f32, 0.0f32);
    let mut levels: BTreeMap<(Source, &str), [usize; 4]> = BTreeMap::new();
    let mut by_words: BTreeMap<(Source, &str), [usize; 4]> = BTreeMap::new();
    let mut languages: BTreeMap<(&str, &str), [usize; 4]> = BTreeMap::new();
    for (text, row) in texts.iter().zip(rows).filter(|(text, _)| text.source.is_of_buyers()) {
        let head = &heads[text.fold as usize];
        let felt = words.feel(head, &text.text, Some(&vector(row)), &text.language);
        levels.entry((text.source, &text.label)).or_default()[felt.level.height() as usize] += 1;
        if text.source == Source::Feelings {
            languages.entry((&text.language, &text.label)).or_default()[felt.level.height() as usize] += 1;
        }
        if text.source == Source::Phrases || text.label == "calm" || text.label == "happy" {
            calm += 1.0;
            angry_figures += f32::from(u8::from(felt.anger >= 0.5));
        }
        let far = (felt.level.height() - height(&text.label)).abs() > 1;
        if show && (far || (felt.level >= EmotionLevel::Upset) != (height(&text.label) >= 2)) {
            println!("{} {} told {}: {} {:?}", text.language, text.label, felt.level, text.text, felt.cues);
        }
        let felt = words.feel(head, &text.text, None, &text.language);
        by_words.entry((text.source, &text.label)).or_default()[felt.level.height() as usize] += 1;
    }
    println!("held out, phrases and calm messages that show anger all the same: {:.4}", angry_figures / calm);
    println!("held out, level told (calm, concerned, upset, angry) by label:");
    for ((source, label), told) in &levels {
        println!("  {source:?} {label:22} {told:?}   by words alone {:?}", by_words[&(*source, *label)]);
    }
    for ((language, label), told) in &languages {
        println!("  {language:5} {label:10} {told:?}");
    }
}

/// The height of a label's level; phrases by intent are calm.
fn height(label: &str) -> i32 {
    EmotionLevel::ALL.iter().find(|level| level.as_str() == label).map_or(0, |level| level.height())
}

/// F1 of anger over the posts: where it counts is chosen on the other four fifths.
fn anger(texts: &[Text], rows: &[Row], heads: &[Head]) {
    println!("held out, anger in posts, F1 (from where it counts chosen on the other parts | as shipped):");
    for (posts, language) in POSTS {
        for name in *posts {
            let mut held: Vec<(u64, Held)> = vec![];
            for (text, row) in texts.iter().zip(rows).filter(|(text, _)| text.language == *name) {
                if let Some((yes, _)) = text.teaches[crate::texts::ANGER] {
                    let read = heads[text.fold as usize].reading(&text.text, Some(&vector(row)), language);
                    held.push((text.fold, (read.anger, yes, 1.0)));
                }
            }
            let mut nested = vec![];
            for fold in 0..crate::texts::FOLDS {
                let others: Vec<Held> = held.iter().filter(|(f, _)| *f != fold).map(|(_, h)| *h).collect();
                let from = calibrate::best_f1(&others);
                nested.extend(held.iter().filter(|(f, _)| *f == fold).map(|(_, (p, yes, n))| (f32::from(u8::from(*p >= from)), *yes, *n)));
            }
            let shipped: Vec<Held> = held.iter().map(|(_, h)| *h).collect();
            println!("  {name:5} n {:5} {:.3} | {:.3}", held.len(), calibrate::f1(&nested, 0.5), calibrate::f1(&shipped, 0.5));
        }
    }
}

/// Sets that are never trained on: sentiment of tweets, and requests that are calm.
pub fn elsewhere(head: &Head, encoder: &Encoder, data: &Path) -> Result<()> {
    let mut inputs = Inputs::new(vec![data.to_owned()], Path::new(""))?;
    let words = Words::load();
    let mut tables: BTreeMap<String, [[f32; 3]; 3]> = BTreeMap::new();
    let mut head_alone: BTreeMap<String, [[f32; 3]; 3]> = BTreeMap::new();
    for row in inputs.rows("xlmt_sentiment8/tweets.csv.zst")? {
        let vector = encoder.vector(&row[2]);
        let told = words.feel(head, &row[2], Some(&vector), &row[0]).sentiment;
        let place = |s: &str| ["negative", "neutral", "positive"].iter().position(|n| *n == s).unwrap_or(0);
        tables.entry(row[0].to_owned()).or_default()[place(&row[3])][place(told.as_str())] += 1.0;
        let told = head.reading(&row[2], Some(&vector), &row[0]).sentiment();
        head_alone.entry(row[0].to_owned()).or_default()[place(&row[3])][place(told.as_str())] += 1.0;
    }
    for (name, tables) in [("the whole stage", tables), ("the head alone", head_alone)] {
        let scores: Vec<(String, f32)> = tables.into_iter().map(|(language, table)| (language, macro_f1(&table))).collect();
        let mean = scores.iter().map(|(_, f)| f).sum::<f32>() / scores.len().max(1) as f32;
        println!("tweets, never trained on, macro-F1 of sentiment by {name}: mean {mean:.3} {scores:.3?}");
    }
    let (mut calm, mut angry) = (BTreeMap::<String, [usize; 4]>::new(), vec![]);
    for row in inputs.rows("xsid_multilingual_intents/utterances.csv.zst")? {
        let language = row[0].to_owned();
        if !Language::SUPPORTED.contains(&code(&language)) {
            continue;
        }
        let felt = words.feel(head, &row[4], Some(&encoder.vector(&row[4])), &language);
        calm.entry(language).or_default()[felt.level.height() as usize] += 1;
        if felt.level >= EmotionLevel::Upset {
            angry.push(row[4].to_owned());
        }
    }
    println!("requests, never trained on, level told: {calm:?}\n  upset or angry: {:?}", angry.iter().take(30).collect::<Vec<_>>());
    Ok(())
}

fn macro_f1(table: &[[f32; 3]; 3]) -> f32 {
    let f1 = |class: usize| {
        let told: f32 = table.iter().map(|row| row[class]).sum();
        let all: f32 = table[class].iter().sum();
        if told + all > 0.0 { 2.0 * table[class][class] / (told + all) } else { 0.0 }
    };
    (0..3).map(f1).sum::<f32>() / 3.0
}
