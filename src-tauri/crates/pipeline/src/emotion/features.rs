//! A text as numbers for the trained head: hashed words and pieces of words as the intents have them, and the signs that people set
//! beside their words.
//!
//! Three groups, each of length 1: words with pairs, pieces of words, and signs (runs of marks, emoji, words in capitals). The
//! rarities of the places come with the model; the sentence vector is added by `head`. The trainer calls the same functions.

use crate::intents::space::{self, Sparse};

/// What a feature belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Words and pairs of words.
    Words,
    /// Pieces of words.
    Pieces,
    /// Marks, emoji, capitals.
    Signs,
}

/// A feature of a text: hash, group, and how often.
pub type Feature = (u64, Group, u32);

/// The signs count less than the words: they say how strong a feeling is, not which.
const SIGNS_WEIGHT: f32 = 0.3;

/// All features of a text; a long one is cut, as for the intents.
pub fn of(text: &str) -> Vec<Feature> {
    let group = |word: bool| if word { Group::Words } else { Group::Pieces };
    let worded = space::tally(space::raw(text)).into_iter().map(|((hash, word), count)| (hash, group(word), count));
    let signs = space::tally(signs(space::cut(text)));
    worded.chain(signs.into_iter().map(|((hash, _), count)| (hash, Group::Signs, count))).collect()
}

/// The place of a feature among 2 to the power of `bits`.
pub fn place(feature: &Feature, bits: u8) -> usize {
    space::place(feature.0, bits)
}

/// Features with their values: damped counts by rarity, each group of length 1 (signs shorter). `rarity` is 0 for a place that no
/// training text has.
pub fn weighed(features: &[Feature], bits: u8, rarity: impl Fn(usize) -> f32) -> Vec<(u32, f32)> {
    let mut groups = [Sparse::new(), Sparse::new(), Sparse::new()];
    for feature in features {
        let at = place(feature, bits);
        let rare = rarity(at);
        if rare > 0.0 {
            #[allow(clippy::cast_precision_loss, reason = "A count within one text.")]
            let value = rare * (1.0 + (feature.2 as f32).ln());
            let [words, pieces, signs] = &mut groups;
            let own = match feature.1 {
                Group::Words => words,
                Group::Pieces => pieces,
                Group::Signs => signs,
            };
            own.push((u32::try_from(at).unwrap_or_default(), value));
        }
    }
    groups.iter_mut().for_each(space::normalise);
    let [words, pieces, mut signs] = groups;
    signs.iter_mut().for_each(|(_, value)| *value *= SIGNS_WEIGHT);
    space::merged([words, pieces, signs].concat())
}

/// Runs of marks by kind and length, each emoji, and how much is in capitals.
fn signs(text: &str) -> Vec<space::Raw> {
    let mut out = vec![];
    let mut push = |kind: &str, what: &str| out.push((space::hash(6, &[kind, what]), false));
    let (mut run, mut length) = (' ', 0u8);
    for c in text.chars().chain(std::iter::once(' ')) {
        let mark = plain(c);
        if mark == run {
            length = length.saturating_add(1);
            continue;
        }
        if matches!(run, '!' | '?' | '.') && (length > 1 || run != '.') {
            push("marks", &format!("{run}{}", length.min(4)));
        }
        (run, length) = (mark, 1);
        if is_picture(c) {
            push("picture", c.encode_utf8(&mut [0; 4]));
        }
    }
    let capitals = text.split_whitespace().filter(|word| shouted(word)).count();
    if capitals > 0 {
        push("capitals", ["1", "2", "3"].get(capitals.min(6) / 2).unwrap_or(&"3"));
    }
    if text.contains(":(") || text.contains(":-(") {
        push("picture", ":(");
    }
    if text.contains(":)") || text.contains(":-)") {
        push("picture", ":)");
    }
    out
}

/// Marks of all scripts as the one that they stand for.
const fn plain(c: char) -> char {
    match c {
        '！' | '‼' => '!',
        '？' | '؟' | '⁉' => '?',
        '…' | '。' => '.',
        other => other,
    }
}

/// Pictures among the letters.
const fn is_picture(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
}

/// A word of three capitals or more, without small letters and digits.
pub(super) fn shouted(word: &str) -> bool {
    word.chars().filter(|c| c.is_uppercase()).count() >= 3 && !word.chars().any(|c| c.is_lowercase() || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_pictures_and_capitals_are_features_of_their_own() {
        let signs = |text: &str| of(text).into_iter().filter(|f| f.1 == Group::Signs).map(|f| f.0).collect::<Vec<_>>();
        assert!(signs("Where is it").is_empty());
        assert_eq!(signs("Where is it!!!"), signs("Wo ist es！！！"));
        assert_ne!(signs("Where is it!!!"), signs("Where is it!"));
        assert_eq!(signs("😡 WHERE IS MY LAMP").len(), 2);
    }

    proptest! {
        #[test]
        fn any_text_gives_places_within_the_table(text in "\\PC{0,80}") {
            let values = weighed(&of(&text), 12, |_| 1.0);
            prop_assert!(values.iter().all(|(place, value)| *place < 1 << 12 && value.is_finite()));
            prop_assert!(values.windows(2).all(|w| w[0].0 < w[1].0));
        }
    }
}
