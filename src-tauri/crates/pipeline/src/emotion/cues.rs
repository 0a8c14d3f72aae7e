//! The signs in one message that can be shown: words of the lexicon, capitals, repeated marks, drawn-out letters, emoji.
//!
//! Each sign adds to a sum and is kept as a cue; what the sums mean is for `join` to say.

use mercator_domain::emotion::{Cue, CueKind};

use super::{EmotionWords, features::shouted, negation};
use crate::{fold::Folded, lexicon::Hit};

pub(super) const CONCERNED: u8 = 0;
pub(super) const UPSET: u8 = 1;
pub(super) const ANGRY: u8 = 2;
pub(super) const POSITIVE: u8 = 3;
pub(super) const URGENCY: u8 = 4;
pub(super) const MITIGATION: u8 = 5;

/// Running sums, and the cues with their weights.
#[derive(Default)]
pub(super) struct Signs {
    pub concerned: f32,
    pub upset: f32,
    pub angry: f32,
    pub positive: f32,
    pub urgency: f32,
    pub mitigation: f32,
    /// What capitals, marks and drawn-out letters would add, were the message not a happy one.
    pub loud: f32,
    /// What the history adds to being upset.
    pub past: f32,
    /// The words of praise, as they stand.
    pub praise: Vec<String>,
    /// A word of praise stands alone at the beginning: "Great, third week without my parcel".
    pub praise_alone: bool,
    /// A picture that only joy sets: hearts, a broad smile. A raised thumb may be meant otherwise.
    pub joy: bool,
    pub cues: Vec<(f32, Cue)>,
}

impl Signs {
    /// Keeps a cue, once.
    pub fn cue(&mut self, weight: f32, kind: CueKind, text: impl Into<String>) {
        let cue = Cue { kind, text: text.into() };
        if !self.cues.iter().any(|(_, c)| *c == cue) {
            self.cues.push((weight, cue));
        }
    }
}

/// All signs of a message. `text` is the folded `original`.
pub(super) fn find(original: &str, text: &Folded, words: &[&EmotionWords]) -> Signs {
    let mut signs = Signs::default();
    for of in words {
        for hit in of.lexicon.find(text) {
            keyword(&mut signs, original, text, &hit, &of.language);
        }
    }
    emoji(&mut signs, original);
    loudness(&mut signs, original);
    signs
}

/// A word or phrase of the lexicon; turned around when it is negated.
fn keyword(signs: &mut Signs, original: &str, text: &Folded, hit: &Hit, language: &str) {
    let shown = original.get(hit.original.clone()).unwrap_or_default().to_owned();
    let negated = matches!(hit.category, CONCERNED | UPSET | ANGRY | POSITIVE) && negation::negated(text, hit, language);
    // The first word of a kind weighs most; more of them add less.
    let further = |sum: f32, first: f32, more: f32| if sum > 0.0 { more } else { first };
    match (hit.category, negated) {
        (CONCERNED, false) => {
            signs.concerned += further(signs.concerned, 0.45, 0.15);
            signs.cue(0.45, CueKind::Keyword, shown);
        }
        (UPSET, false) => {
            signs.upset += further(signs.upset, 0.5, 0.25);
            signs.cue(0.6, CueKind::Keyword, shown);
        }
        (ANGRY, false) => {
            signs.angry += further(signs.angry, 0.7, 0.25);
            signs.cue(0.9, CueKind::Keyword, shown);
        }
        (POSITIVE, false) => {
            signs.positive += further(signs.positive, 0.5, 0.2);
            signs.cue(0.3, CueKind::Keyword, shown.clone());
            signs.praise_alone |= stands_alone(original, hit);
            signs.praise.push(shown);
        }
        (POSITIVE, true) => {
            signs.upset += 0.45;
            signs.cue(0.5, CueKind::Keyword, shown);
        }
        (URGENCY, _) => {
            signs.urgency += further(signs.urgency, 0.5, 0.2);
            signs.cue(0.4, CueKind::Urgency, shown);
        }
        (MITIGATION, _) => {
            signs.mitigation += further(signs.mitigation, 0.25, 0.1);
            signs.cue(0.2, CueKind::Mitigation, shown);
        }
        _ => {}
    }
}

/// A phrase near the beginning with a mark behind it.
fn stands_alone(original: &str, hit: &Hit) -> bool {
    let before = original.get(..hit.original.start).unwrap_or_default().trim_start();
    let after = original.get(hit.original.end..).unwrap_or_default().trim_start();
    before.chars().count() <= 8 && after.starts_with([',', '.', '!', '…', '，', '。', '！', '、', '،'])
}

fn emoji(signs: &mut Signs, text: &str) {
    for c in text.chars() {
        let weight = match c {
            '😡' | '🤬' | '👿' | '💢' | '🖕' => {
                signs.angry = (signs.angry + 0.6).min(1.5);
                0.8
            }
            '😠' | '😤' | '👎' | '🙄' | '😒' | '😞' | '😣' | '😩' | '😫' => {
                signs.upset = (signs.upset + 0.4).min(1.5);
                0.5
            }
            '😢' | '😭' | '😟' | '😰' | '😨' | '😥' | '😓' | '😕' | '🥺' | '☹' => {
                signs.concerned = (signs.concerned + 0.4).min(1.0);
                0.4
            }
            '😊' | '😀' | '😃' | '😄' | '😁' | '🙂' | '😍' | '🥰' | '🤩' | '❤' | '👍' | '🎉' | '🙏' | '😂' | '🤣' | '😉' | '👏' | '💕' =>
            {
                signs.positive = (signs.positive + 0.4).min(1.5);
                signs.joy |= !matches!(c, '👍' | '🙂' | '🙏' | '😂' | '🤣' | '😉' | '👏');
                0.3
            }
            _ => continue,
        };
        signs.cue(weight, CueKind::Emoji, c);
    }
}

/// Capitals, repeated marks, drawn-out letters: they make a feeling stronger, and on their own are impatience.
fn loudness(signs: &mut Signs, text: &str) {
    let cased = text.chars().filter(|c| c.is_lowercase() || c.is_uppercase()).count();
    let upper = text.chars().filter(|c| c.is_uppercase()).count();
    let loud: Vec<&str> = text.split_whitespace().filter(|word| shouted(word)).collect();
    if (cased >= 10 && upper * 10 >= cased * 6 && loud.len() >= 2) || loud.len() >= 3 {
        signs.loud += 0.35;
        signs.cue(0.5, CueKind::Caps, loud.join(" ").chars().take(60).collect::<String>());
    }
    if let Some(marks) = repeated_marks(text) {
        signs.loud += if marks.chars().count() >= 3 { 0.3 } else { 0.12 };
        signs.cue(0.4, CueKind::Punctuation, marks.chars().take(12).collect::<String>());
    }
    if let Some(word) = drawn_out(text) {
        signs.loud += 0.1;
        signs.cue(0.2, CueKind::Elongation, word);
    }
}

/// The longest run of exclamation and question marks, from two on.
fn repeated_marks(text: &str) -> Option<String> {
    let is_mark = |c: char| matches!(c, '!' | '?' | '！' | '？' | '؟' | '‼' | '⁉');
    let mut longest = String::new();
    let mut run = String::new();
    for c in text.chars().chain(std::iter::once(' ')) {
        if is_mark(c) {
            run.push(c);
            continue;
        }
        if run.chars().count() > longest.chars().count() {
            longest = std::mem::take(&mut run);
        }
        run.clear();
    }
    (longest.chars().count() >= 2).then_some(longest)
}

/// A word with a letter four times in a row, or a vowel three times.
fn drawn_out(text: &str) -> Option<String> {
    text.split_whitespace().find_map(|word| {
        let (mut last, mut run) = (' ', 0u8);
        for c in word.chars().flat_map(char::to_lowercase) {
            run = if c == last { run.saturating_add(1) } else { 1 };
            last = c;
            let vowel = matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'а' | 'е' | 'и' | 'о' | 'у');
            if c.is_alphabetic() && (run >= 4 || (vowel && run >= 3 && !word.starts_with("www"))) {
                return Some(word.chars().take(40).collect());
            }
        }
        None
    })
}
