//! Joins what the words say with what is known of the writer, by Bayes' rule, and says when that is not enough.
//!
//! The share of the best language is the confidence. It is calibrated: the model's sharpness was fitted on texts it had not seen.

use mercator_domain::language::Language;

use super::{model::Reading, prior::Prior};

/// Below this share a language is unsure. One of the product's own may be believed earlier: a wrong guess outside of them is
/// answered in the wrong language, one within them is seldom far off.
const SURE: f32 = 0.7;

/// The same for languages in which the bot has no texts.
const SURE_OTHERS: f32 = 0.85;

/// Below this share the guess is not even offered; what is known of the writer is.
const OFFERED: f32 = 0.25;

/// The same for languages in which the bot has no texts.
const OFFERED_OTHERS: f32 = 0.5;

/// The languages of a table by their shares.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged<'a> {
    /// The best one. An opening `~` marks one that is never named: the model knows that it is none of the others.
    pub code: &'a str,
    /// Its share.
    pub share: f32,
    /// The next one and its share.
    pub next: Option<(&'a str, f32)>,
}

impl<'a> Judged<'a> {
    /// Joins a reading with a prior.
    pub fn new(reading: &Reading<'_, 'a>, prior: &Prior, conversation: Option<&Language>) -> Option<Self> {
        let odds = reading.table.languages.iter().zip(&reading.scores);
        let joined: Vec<(&str, f32)> = odds.map(|(code, score)| (*code, score + prior.weight(code, conversation))).collect();
        let best = joined.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(a.0)))?;
        let total: f32 = joined.iter().map(|(_, odds)| (odds - best.1).exp()).sum();
        let next = joined.iter().filter(|(code, _)| *code != best.0).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(a.0)));
        let share = |odds: f32| (odds - best.1).exp() / total;
        Some(Self { code: best.0, share: share(best.1), next: next.map(|(code, odds)| (*code, share(*odds))) })
    }

    /// True when the share is enough to answer in this language.
    pub fn is_sure(&self) -> bool {
        let least = if Language::SUPPORTED.contains(&self.code) { SURE } else { SURE_OTHERS };
        self.is_named() && self.share >= least
    }

    /// True when it is a fair guess, sure or not.
    pub fn is_offered(&self) -> bool {
        let least = if Language::SUPPORTED.contains(&self.code) { OFFERED } else { OFFERED_OTHERS };
        self.is_named() && self.share >= least
    }

    /// False for languages that the model tells from the others, but that this product does not name.
    pub fn is_named(&self) -> bool {
        !self.code.starts_with('~')
    }
}
