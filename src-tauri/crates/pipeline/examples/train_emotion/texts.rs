//! Reads every source into texts with what they are to teach: the training sees nothing else.
//!
//! Never read here: the tweets with sentiments and the requests to assistants, on which the product is only measured.

use std::collections::BTreeSet;

use anyhow::Result;
use mercator_domain::language::Language;

use crate::{inputs::Inputs, random::hash};

/// Parts of the cross-validation.
pub const FOLDS: u64 = 5;

/// The columns, in the order of `emotion::head::OUTPUTS`.
pub const ANGER: usize = 0;
/// See [`ANGER`].
pub const NEGATIVE: usize = 1;
/// See [`ANGER`].
pub const NEUTRAL: usize = 2;
/// See [`ANGER`].
pub const POSITIVE: usize = 3;
/// See [`ANGER`].
pub const CONCERNED: usize = 4;
/// See [`ANGER`].
pub const UPSET: usize = 5;
/// See [`ANGER`].
pub const ANGRY: usize = 6;

/// Posts in languages that share words or letters with the product's: they teach the sentiments, which gain by them. Those of the other
/// languages brought nothing.
const NEAR: &[&str] = &["afr", "hin", "mar", "pcm", "ron", "sun", "swe", "tat", "ukr"];

/// Languages with opinions: those of the tweets that are never trained on, so that the head has read something of their kind.
const OPINIONS: &[&str] = &["ar", "de", "en", "es", "fr", "hi", "it", "pt"];

/// Where a text is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Posts with emotions.
    Posts,
    /// Messages of buyers by feeling, written for the project.
    Feelings,
    /// Phrases of buyers by intent, written for the project.
    Phrases,
    /// What people write about anything, by sentiment, written for the project.
    Opinions,
}

impl Source {
    /// What the product reads: messages and requests to a shop.
    pub const fn is_of_buyers(self) -> bool {
        matches!(self, Self::Feelings | Self::Phrases)
    }
}

/// A text, and what it teaches each column: yes or no, and what an error costs; `None` for nothing.
pub struct Text {
    /// As the source names it.
    pub language: String,
    /// Where it is from.
    pub source: Source,
    /// The label of its source: a level, an intent, or the posts' anger.
    pub label: String,
    /// The text.
    pub text: String,
    /// In which part of the cross-validation it is held out: by a hash of the text, so equal texts stay together.
    pub fold: u64,
    /// What it teaches.
    pub teaches: [Option<(bool, f32)>; 7],
}

/// All texts, in a fixed order.
pub fn read(inputs: &mut Inputs) -> Result<Vec<Text>> {
    let mut all = vec![];
    let mut seen = BTreeSet::new();
    let mut add = |source, language: &str, label: &str, text: &str, teaches| {
        if seen.insert((language.to_owned(), text.to_owned())) {
            let (language, label, text) = (language.to_owned(), label.to_owned(), text.to_owned());
            let fold = hash(&text) % FOLDS;
            all.push(Text { language, source, label, text, fold, teaches });
        }
    };
    for row in inputs.rows("brighter_emotions/texts.csv.zst")? {
        let ours = crate::evaluate::POSTS.iter().any(|(posts, _)| posts.contains(&&row[0]));
        if !ours && !NEAR.contains(&&row[0]) {
            continue;
        }
        let marks: [Option<bool>; 6] = std::array::from_fn(|at| row.get(4 + at).filter(|m| !m.is_empty()).map(|m| m != "0"));
        let mut teaches = posts(marks, row.get(10).unwrap_or_default());
        if !ours {
            [ANGER, CONCERNED, UPSET, ANGRY].into_iter().for_each(|column| teaches[column] = None);
        }
        add(Source::Posts, &row[0], row.get(4).unwrap_or_default(), &row[3], teaches);
    }
    for language in Language::SUPPORTED {
        for (level, text) in lines(inputs, &format!("feelings/{language}.tsv"))? {
            add(Source::Feelings, language, &level, &text, feelings(&level));
        }
        for (intent, text) in lines(inputs, &format!("intents/{language}.tsv"))? {
            add(Source::Phrases, language, &intent, &text, phrases(&intent));
        }
    }
    for language in OPINIONS {
        for (sentiment, text) in lines(inputs, &format!("opinions/{language}.tsv"))? {
            add(Source::Opinions, language, &sentiment, &text, opinions(&sentiment));
        }
    }
    Ok(all)
}

fn lines(inputs: &mut Inputs, name: &str) -> Result<Vec<(String, String)>> {
    let file = String::from_utf8_lossy(&inputs.bytes(name)?).into_owned();
    let rows = file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
    Ok(rows.map(|(label, text)| (label.trim().to_owned(), text.trim().to_owned())).filter(|(_, text)| !text.is_empty()).collect())
}

/// The posts: anger, disgust, fear, joy, sadness, surprise; a language may lack one.
fn posts(marks: [Option<bool>; 6], intensity: &str) -> [Option<(bool, f32)>; 7] {
    let [anger, disgust, fear, joy, sadness, _] = marks;
    let mut teaches = [None; 7];
    teaches[ANGER] = anger.map(|anger| (anger, 1.0));
    let bad = [anger, disgust, fear, sadness].contains(&Some(true));
    let good = joy == Some(true);
    if !(bad && good) {
        teaches[NEGATIVE] = Some((bad, 1.0));
        teaches[NEUTRAL] = Some((!bad && !good, 1.0));
        teaches[POSITIVE] = Some((good, 1.0));
    }
    if !bad {
        // Joy counts more: what is praised must not read as a complaint.
        let counts = if good { 0.4 } else { 0.1 };
        [CONCERNED, UPSET, ANGRY].into_iter().for_each(|column| teaches[column] = Some((false, counts)));
    } else if anger == Some(true) {
        teaches[UPSET] = Some((true, 0.1));
        if matches!(intensity, "2" | "3") {
            teaches[ANGRY] = Some((true, 0.1));
        }
    }
    teaches
}

/// Messages of buyers by feeling: they count most, since they are what the product reads.
fn feelings(level: &str) -> [Option<(bool, f32)>; 7] {
    let height = ["calm", "concerned", "upset", "angry"].iter().position(|l| *l == level).unwrap_or(0);
    let mut teaches = [None; 7];
    teaches[ANGER] = (height != 2).then_some((height == 3, 0.5));
    teaches[NEGATIVE] = Some((height > 0, 3.0));
    teaches[NEUTRAL] = Some((level == "calm", 3.0));
    teaches[POSITIVE] = Some((level == "happy", 3.0));
    teaches[CONCERNED] = Some((height >= 1, 4.0));
    teaches[UPSET] = Some((height >= 2, 4.0));
    teaches[ANGRY] = Some((height >= 3, 4.0));
    teaches
}

/// Opinions: what is said of politics or a film tells no buyer's level, but praise is praise.
fn opinions(sentiment: &str) -> [Option<(bool, f32)>; 7] {
    let mut teaches = [None; 7];
    teaches[NEGATIVE] = Some((sentiment == "negative", 2.0));
    teaches[NEUTRAL] = Some((sentiment == "neutral", 2.0));
    teaches[POSITIVE] = Some((sentiment == "positive", 2.0));
    if sentiment != "negative" {
        let counts = if sentiment == "positive" { 0.4 } else { 0.1 };
        [CONCERNED, UPSET, ANGRY].into_iter().for_each(|column| teaches[column] = Some((false, counts)));
    }
    teaches
}

/// Phrases of buyers by intent: calm, unless the intent is one that is rarely calm.
fn phrases(intent: &str) -> [Option<(bool, f32)>; 7] {
    let mut teaches = [None; 7];
    if matches!(intent, "complaint" | "feedback") {
        return teaches;
    }
    teaches[ANGER] = Some((false, 0.1));
    teaches[POSITIVE] = Some((intent == "thanks", 0.1));
    if intent != "thanks" {
        teaches[NEUTRAL] = Some((true, 0.1));
        teaches[NEGATIVE] = Some((false, 0.1));
    }
    teaches[UPSET] = Some((false, 1.0));
    teaches[ANGRY] = Some((false, 1.0));
    teaches[CONCERNED] = Some((false, 0.5));
    teaches
}
