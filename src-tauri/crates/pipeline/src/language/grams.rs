//! The pieces of a word that the model weighs: runs of one to five characters, borders included, and the word as a whole.
//! Of Chinese and Japanese, which show no borders: characters, pairs, and on which side of the sea a form is written.
//!
//! Pieces are numbered by a hash, so no list of them is kept; what falls on one number shares a weight.

use super::{han, script::Script};

/// Longest run of characters.
const LONGEST: usize = 5;

/// Most characters of a word that are looked at.
const MOST: usize = 42;

/// Odd number with well-spread bits (2^64 divided by the golden ratio).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Calls `each` with the number (below `2^bits`) of every piece of a word.
pub fn each(word: &str, script: Script, bits: u32, each: impl FnMut(usize)) {
    let shift = 64 - bits.clamp(1, 32);
    if script == Script::Han { characters(word, shift, each) } else { runs(word, shift, each) }
}

fn runs(word: &str, shift: u32, mut each: impl FnMut(usize)) {
    let mut chars = [' '; MOST + 2];
    let mut length = 1;
    for (slot, c) in chars.iter_mut().skip(1).zip(word.chars().take(MOST)) {
        *slot = c;
        length += 1;
    }
    let chars = chars.get(..=length).unwrap_or_default();
    for start in 0..chars.len() {
        let mut hash = 0;
        for (n, c) in chars.iter().skip(start).take(LONGEST).enumerate() {
            hash = step(hash, *c);
            // The border alone tells nothing.
            if n > 0 || *c != ' ' {
                each(number(hash, shift));
            }
        }
    }
    if chars.len() > LONGEST {
        each(number(chars.iter().fold(SPREAD, |hash, c| step(hash, *c)), shift));
    }
}

fn characters(word: &str, shift: u32, mut each: impl FnMut(usize)) {
    let mut before = None;
    for c in word.chars() {
        each(number(step(0, c), shift));
        if let Some(form) = han::form(c) {
            each(number(step(SPREAD, form.mark()), shift));
        }
        if let Some(before) = before {
            each(number(step(step(0, before), c), shift));
        }
        before = Some(c);
    }
}

fn step(hash: u64, c: char) -> u64 {
    (hash ^ u64::from(u32::from(c))).wrapping_mul(SPREAD).rotate_left(23)
}

fn number(hash: u64, shift: u32) -> usize {
    usize::try_from((hash ^ (hash >> 29)).wrapping_mul(SPREAD) >> shift).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_few_repeatable_and_in_range() {
        let of = |word: &str, script| {
            let mut found = vec![];
            each(word, script, 12, |number| found.push(number));
            found
        };
        // " abc ": 3 of one, 4 of two, 3 of three, 2 of four, 1 of five.
        assert_eq!(of("abc", Script::Latin).len(), 13);
        assert_eq!(of("abc", Script::Latin), of("abc", Script::Latin));
        assert!(of(&"x".repeat(10_000), Script::Latin).len() < 250);
        assert!(of("abcdefghij", Script::Latin).iter().all(|number| *number < 4096));
        // Two borders and nothing between.
        assert_eq!(of("", Script::Latin).len(), 1);
    }

    #[test]
    fn a_chinese_word_gives_characters_pairs_and_forms() {
        let mut count = 0;
        // Two characters, one pair; 订 and 单 are written so in simplified Chinese only.
        each("订单", Script::Han, 12, |_| count += 1);
        assert_eq!(count, 5);
    }
}
