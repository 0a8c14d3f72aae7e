//! How well feelings are read: anger in posts, sentiment of tweets, and how rarely a calm request is taken for an angry one.
//!
//! Every text goes through the whole analysis, as a message does. The shipped head was trained on the posts (`brighter_emotions`), so
//! their figures here are in-sample and too good; those that the trainer prints for held-out posts are the ones to quote
//! (`pipeline/data/README.md`). The tweets and the requests were never trained on.

use std::{collections::BTreeMap, path::Path};

use anyhow::Result;
use mercator_app::clock::micros;
use mercator_domain::{
    emotion::{Emotion, EmotionLevel},
    language::Language,
    moment::Moment,
};
use mercator_pipeline::{AnalysisInput, Bot};
use serde_json::{Value, json};

use crate::bench::measure::{Times, ratio};

const POSTS: &str = "brighter_emotions/texts.csv.zst";
const TWEETS: &str = "xlmt_sentiment8/tweets.csv.zst";
const REQUESTS: &str = "xsid_multilingual_intents/utterances.csv.zst";

/// The posts whose language the product reads.
const POST_LANGUAGES: &[&str] = &["eng", "deu", "esp", "ptbr", "chn", "rus", "arq", "ary"];
/// From here on a message counts as showing anger.
const SHOWN: f32 = 0.5;
const SENTIMENTS: [&str; 3] = ["negative", "neutral", "positive"];

/// Measures the sets that are in the folder.
pub fn measure(bot: &Bot, data: &Path) -> Result<Value> {
    let mut times = Times::default();
    let mut figures = serde_json::Map::new();
    if data.join(POSTS).is_file() {
        figures.insert("anger_in_posts_in_sample".to_owned(), posts(bot, data, &mut times)?);
    }
    if data.join(TWEETS).is_file() {
        figures.insert("sentiment_of_tweets_never_trained_on".to_owned(), tweets(bot, data, &mut times)?);
    }
    if data.join(REQUESTS).is_file() {
        figures.insert("calm_requests_never_trained_on".to_owned(), requests(bot, data, &mut times)?);
    }
    let note = "anger_in_posts is in-sample: the shipped head was trained on these rows; the trainer prints cross-validated figures";
    Ok(json!({ "note": note, "sets": figures, "micros": times.spread() }))
}

/// What the product says of a text, nothing else being known.
fn felt(bot: &Bot, text: &str, times: &mut Times) -> Option<Emotion> {
    let english = Language::english();
    let input = AnalysisInput { text, history: &[], country: None, contact_language: None, store_language: &english, at: Moment(0) };
    let start = micros();
    let analysis = bot.analyze(&input, &micros);
    times.push_since(start);
    analysis.emotion.value.emotion
}

/// Told and true, told, true.
#[derive(Default)]
struct Found {
    right: f64,
    told: f64,
    all: f64,
    n: u32,
}

impl Found {
    fn add(&mut self, told: bool, is: bool) {
        let one = |yes: bool| f64::from(u8::from(yes));
        self.right += one(told && is);
        self.told += one(told);
        self.all += one(is);
        self.n += 1;
    }

    fn figures(&self) -> Value {
        let (precision, recall) = (ratio(self.right, self.told), ratio(self.right, self.all));
        json!({ "n": self.n, "f1": ratio(2.0 * self.right, self.told + self.all), "precision": precision, "recall": recall })
    }
}

fn posts(bot: &Bot, data: &Path, times: &mut Times) -> Result<Value> {
    let mut languages = BTreeMap::<String, Found>::new();
    for [language, text, anger] in super::rows(&data.join(POSTS), ["lang", "text", "anger"])? {
        if !POST_LANGUAGES.contains(&language.as_str()) || anger.is_empty() {
            continue;
        }
        let told = felt(bot, &text, times).is_some_and(|emotion| emotion.anger >= SHOWN);
        languages.entry(language).or_default().add(told, anger != "0");
    }
    Ok(languages.iter().map(|(language, found)| (language.clone(), found.figures())).collect::<serde_json::Map<_, _>>().into())
}

fn tweets(bot: &Bot, data: &Path, times: &mut Times) -> Result<Value> {
    let mut languages = BTreeMap::<String, [Found; 3]>::new();
    for [language, text, is] in super::rows(&data.join(TWEETS), ["lang", "text", "sentiment"])? {
        let Some(emotion) = felt(bot, &text, times) else { continue };
        let found = languages.entry(language).or_default();
        for (found, name) in found.iter_mut().zip(SENTIMENTS) {
            found.add(emotion.sentiment.as_str() == name, is == name);
        }
    }
    let scores: BTreeMap<String, f64> = languages.iter().map(|(language, found)| (language.clone(), macro_f1(found))).collect();
    #[expect(clippy::cast_precision_loss, reason = "Eight languages.")]
    let mean = ratio(scores.values().sum(), scores.len() as f64);
    Ok(json!({ "mean_macro_f1": mean, "macro_f1": scores }))
}

fn macro_f1(found: &[Found; 3]) -> f64 {
    found.iter().map(|f| ratio(2.0 * f.right, f.told + f.all).unwrap_or(0.0)).sum::<f64>() / 3.0
}

/// Requests to an assistant, none of which is more than calm or worried.
fn requests(bot: &Bot, data: &Path, times: &mut Times) -> Result<Value> {
    let mut languages = BTreeMap::<String, [u32; 4]>::new();
    for [language, text] in super::rows(&data.join(REQUESTS), ["lang", "text"])? {
        let Some(emotion) = felt(bot, &text, times) else { continue };
        if let Some(count) = languages.entry(language).or_default().get_mut(usize::try_from(emotion.level.height())?) {
            *count += 1;
        }
    }
    let told = |counts: &[u32; 4]| {
        let all = f64::from(counts.iter().sum::<u32>());
        let [calm, concerned, _, angry] = *counts;
        let named: BTreeMap<&str, u32> = EmotionLevel::ALL.iter().map(|level| level.as_str()).zip(*counts).collect();
        json!({ "n": all, "calm_or_concerned": ratio(f64::from(calm + concerned), all), "angry": ratio(f64::from(angry), all), "levels": named })
    };
    let (ours, all): (Vec<_>, Vec<_>) = languages.iter().map(|(l, c)| (Language::SUPPORTED.contains(&l.as_str()).then_some(c), c)).unzip();
    let sum = |some: &mut dyn Iterator<Item = &[u32; 4]>| {
        some.fold([0; 4], |mut sum, counts| {
            sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            sum
        })
    };
    let by_language: BTreeMap<&String, Value> = languages.iter().map(|(language, counts)| (language, told(counts))).collect();
    Ok(json!({
        "the_sixteen": told(&sum(&mut ours.into_iter().flatten())),
        "all": told(&sum(&mut all.into_iter())),
        "by_language": by_language,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f1_counts_what_was_told_and_what_is() {
        let mut found = Found::default();
        [(true, true), (true, false), (false, true), (false, false)].into_iter().for_each(|(told, is)| found.add(told, is));
        let figures = found.figures();
        assert_eq!((figures["n"].as_u64(), figures["f1"].as_f64(), figures["recall"].as_f64()), (Some(4), Some(0.5), Some(0.5)));
    }

    #[test]
    fn the_macro_mean_counts_each_sentiment_alike() {
        let mut found = [Found::default(), Found::default(), Found::default()];
        found[0].add(true, true);
        found[1].add(false, true);
        assert!((macro_f1(&found) - 1.0 / 3.0).abs() < 1e-9);
    }
}
