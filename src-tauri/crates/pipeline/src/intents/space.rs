//! Texts as numbers for the linear model: words, pairs of words and pieces of words, hashed into a fixed number of places.
//!
//! Two groups, each of length 1: whole words (with pairs), and pieces of three to five letters with their borders, which carry
//! endings, compounds and slips. Scripts without spaces give characters instead. Counts are damped by a logarithm and weighed by
//! rarity, as in tf-idf (Salton and Buckley 1988). Learning is not done here: see `svm`.

use serde::{Deserialize, Serialize};

use crate::{fold::fold, tokens};

/// More places than this bring nothing on the sizes that a shop has, and cost memory.
const MOST_BITS: u8 = 18;
/// Fewer would make small models collide.
const LEAST_BITS: u8 = 13;
/// A message longer than this is cut: the first pages say what it wants, and time stays bounded.
const LONGEST: usize = 4_000;
/// A longer word is an address or noise.
const LONGEST_WORD: usize = 40;

/// A place and its value.
pub(crate) type Sparse = Vec<(u32, f32)>;

/// How texts become numbers: which places there are, and how rare each is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Space {
    bits: u8,
    /// By place: ln((1 + n) / (1 + texts with it)) + 1; 0 where no example has it.
    rarity: Vec<f32>,
}

/// A text's raw features: hash, and whether it is of the group of words.
pub(crate) type Raw = (u64, bool);

impl Space {
    /// Learns the rarities from the example texts.
    pub fn learn(texts: &[&str]) -> Self {
        let raw: Vec<Vec<(Raw, u32)>> = texts.iter().map(|text| counted(text)).collect();
        let mut distinct: Vec<u64> = raw.iter().flatten().map(|((hash, _), _)| *hash).collect();
        distinct.sort_unstable();
        distinct.dedup();
        let bits = distinct.len().next_power_of_two().trailing_zeros() as u8 + 1;
        let bits = bits.clamp(LEAST_BITS, MOST_BITS);
        let mut seen = vec![0u32; 1 << bits];
        for text in &raw {
            let mut places: Vec<usize> = text.iter().map(|((hash, _), _)| place(*hash, bits)).collect();
            places.sort_unstable();
            places.dedup();
            for place in places {
                if let Some(count) = seen.get_mut(place) {
                    *count += 1;
                }
            }
        }
        #[allow(clippy::cast_precision_loss, reason = "Thousands of examples.")]
        let rarity = seen.iter().map(|n| if *n == 0 { 0.0 } else { ((1.0 + texts.len() as f32) / (1.0 + *n as f32)).ln() + 1.0 }).collect();
        Self { bits, rarity }
    }

    /// How many places there are.
    pub fn places(&self) -> usize {
        self.rarity.len()
    }

    /// True when it was read from a whole file.
    pub fn is_whole(&self) -> bool {
        self.rarity.len() == 1usize << self.bits.min(MOST_BITS)
    }

    /// The features of a text that the examples have, by place, and the share of its words that they have (0 to 1).
    pub(crate) fn features(&self, text: &str) -> (Sparse, f32) {
        let (mut words, mut pieces) = (Sparse::new(), Sparse::new());
        let (mut known, mut all) = (0.0f32, 0.0f32);
        for ((hash, word), count) in counted(text) {
            let at = place(hash, self.bits);
            let rarity = self.rarity.get(at).copied().unwrap_or(0.0);
            if word {
                all += 1.0;
                known += f32::from(u8::from(rarity > 0.0));
            }
            if rarity > 0.0 {
                #[allow(clippy::cast_precision_loss, reason = "A count within one text.")]
                let value = rarity * (1.0 + (count as f32).ln());
                if word { &mut words } else { &mut pieces }.push((u32::try_from(at).unwrap_or_default(), value));
            }
        }
        normalise(&mut words);
        normalise(&mut pieces);
        words.append(&mut pieces);
        (merged(words), if all > 0.0 { known / all } else { 0.0 })
    }
}

/// The place of a hash among 2 to the power of `bits`.
pub(crate) fn place(hash: u64, bits: u8) -> usize {
    // The upper bits of a product are the well mixed ones.
    usize::try_from(hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - u32::from(bits.clamp(1, 63)))).unwrap_or_default()
}

/// Makes the length 1.
pub(crate) fn normalise(values: &mut Sparse) {
    let length = values.iter().map(|(_, v)| v * v).sum::<f32>().sqrt();
    if length > 0.0 {
        values.iter_mut().for_each(|(_, v)| *v /= length);
    }
}

/// Two features of one place count together.
pub(crate) fn merged(mut values: Sparse) -> Sparse {
    values.sort_unstable_by_key(|(place, _)| *place);
    values.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 += later.1;
        }
        same
    });
    values
}

/// Each feature of a text with its count.
fn counted(text: &str) -> Vec<(Raw, u32)> {
    tally(raw(text))
}

/// Equal features as one with their count, in the order of the hashes.
pub(crate) fn tally(mut raw: Vec<Raw>) -> Vec<(Raw, u32)> {
    raw.sort_unstable();
    let mut out: Vec<(Raw, u32)> = Vec::with_capacity(raw.len());
    for feature in raw {
        match out.last_mut() {
            Some((last, count)) if *last == feature => *count += 1,
            _ => out.push((feature, 1)),
        }
    }
    out
}

/// Each feature of a text as often as it stands there.
pub(crate) fn raw(text: &str) -> Vec<Raw> {
    let folded = fold(cut(text));
    let runs = tokens::runs(&folded);
    let mut out = Vec::with_capacity(runs.len() * 12);
    let mut previous = "^";
    for run in &runs {
        if run.unspaced {
            characters(run.text, &mut out);
            previous = "\u{1}";
            continue;
        }
        let word = if run.text.bytes().any(|b| b.is_ascii_digit()) { "0" } else { run.text };
        out.push((hash(1, &[word]), true));
        out.push((hash(2, &[previous, word]), true));
        pieces(word, &mut out);
        previous = word;
    }
    if runs.is_empty() {
        out.extend(folded.chars().filter(|c| !c.is_whitespace()).map(|c| (hash(3, &[c.encode_utf8(&mut [0; 4])]), true)));
    }
    out
}

/// The beginning of a text, on a character's border.
pub(crate) fn cut(text: &str) -> &str {
    if text.len() <= LONGEST {
        return text;
    }
    let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// Pieces of three to five letters of a word with its borders.
fn pieces(word: &str, out: &mut Vec<Raw>) {
    let framed: Vec<char> = std::iter::once(' ').chain(word.chars().take(LONGEST_WORD)).chain(std::iter::once(' ')).collect();
    let mut buffer = String::with_capacity(24);
    for size in 3..=5 {
        for window in framed.windows(size) {
            buffer.clear();
            buffer.extend(window);
            out.push((hash(4, &[&buffer]), false));
        }
    }
}

/// One, two and three characters of a script without spaces; pairs stand for its words.
fn characters(run: &str, out: &mut Vec<Raw>) {
    let chars: Vec<char> = run.chars().collect();
    let mut buffer = String::with_capacity(16);
    for size in 1..=3 {
        for window in chars.windows(size) {
            buffer.clear();
            buffer.extend(window);
            out.push((hash(5, &[&buffer]), size == 2));
        }
    }
}

/// FNV-1a: quick, and the same on every machine.
pub(crate) fn hash(kind: u8, parts: &[&str]) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325u64 ^ u64::from(kind);
    for part in parts {
        for b in part.bytes().chain([0]) {
            h = (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    h
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rare_words_weigh_more_and_unknown_ones_are_counted() {
        let space = Space::learn(&["where is my order", "where is my refund", "where is the parcel"]);
        let (_, known) = space.features("where is the parcel");
        assert!((known - 1.0).abs() < 1e-6);
        let (features, known) = space.features("quantum");
        assert!(known < 0.01 && features.len() < 12, "{known} {features:?}");
        let weight = |text: &str| space.features(text).0.iter().map(|(_, v)| *v).fold(0.0, f32::max);
        assert!(weight("where refund") > weight("where is") * 0.9);
    }

    #[test]
    fn numbers_are_alike_and_long_texts_are_cut() {
        let space = Space::learn(&["order 1042 is late"]);
        assert_eq!(space.features("order 1042"), space.features("order 77"));
        assert_eq!(cut(&"é".repeat(3_000)).len(), 4_000);
    }

    proptest! {
        #[test]
        fn any_text_gives_places_within_the_space(text in "\\PC{0,80}") {
            let space = Space::learn(&["where is my order", "我的订单在哪里", &text]);
            let (features, known) = space.features(&text);
            prop_assert!((0.0..=1.0).contains(&known));
            prop_assert!(features.iter().all(|(place, v)| (*place as usize) < space.places() && v.is_finite()));
            prop_assert!(features.windows(2).all(|w| w[0].0 < w[1].0));
        }
    }
}
