//! Whether a text in Latin letters has two languages in it: `Hola, where is my pedido?`.
//!
//! Word by word, with the same model: how much more each says for another language than for the main one. Two words are the least,
//! and together they must say a good deal. Names and titles do not count, nor do words that many languages share, so a product's
//! English name mixes nothing.

use mercator_domain::language::Language;

use super::{
    letters::Word,
    model::Table,
    prior::SUPPORTED,
    words::{self, is_shared},
};
use crate::fold::fold;

/// Words that are looked at.
const WORDS: usize = 60;

/// A word speaks for the other language when it says so much more (a logarithm of odds) for it than for the main one.
const AHEAD: f32 = 1.0;

/// No word counts more than this: a rare one is soon a name.
const MOST: f32 = 4.0;

/// The other language has to be the best one for the word, or as near to it as this.
const NEAR: f32 = 0.7;

/// All words of the other language together, at least, and how much more for every word that is looked at, since names and rare
/// words add up. Found on half a phrase each of two languages against texts of one.
const TOGETHER: f32 = 5.5;
const EACH: f32 = 0.25;

/// One word in so many has to be of the other language.
const ONE_IN: usize = 5;

/// The language that is mixed into `main`, if there is one.
pub fn other<'a>(table: &Table<'a>, words: &[&Word], main: &str) -> Option<&'a str> {
    let main = table.languages.iter().position(|code| *code == main)?;
    let mut sums = vec![(0usize, 0.0f32); table.languages.len()];
    let mut looked = 0.0f32;
    for word in words.iter().filter(|word| !word.named && !is_shared(&word.text)).take(WORDS) {
        looked += 1.0;
        let scores = alone(table, word, main);
        let top = scores.iter().copied().fold(f32::MIN, f32::max);
        let own = scores.get(main).copied().unwrap_or(top);
        for (score, (count, sum)) in scores.iter().zip(&mut sums) {
            if *score >= top - NEAR && *score >= own + AHEAD {
                *count += 1;
                *sum += (score - own).min(MOST);
            }
        }
    }
    let supported = table.languages.iter().zip(&sums).filter(|(code, _)| Language::SUPPORTED.contains(code));
    let (code, (count, sum)) = supported.max_by(|a, b| a.1.1.total_cmp(&b.1.1))?;
    let often = count * ONE_IN >= words.len().min(WORDS);
    (*count >= 2 && often && *sum >= TOGETHER + EACH * looked).then_some(*code)
}

/// What a word says alone; a greeting or small word that only one language has says more.
fn alone(table: &Table, word: &Word, main: usize) -> Vec<f32> {
    let mut scores = table.weigh(std::iter::once(word)).scores;
    let owner = words::language_of(&fold(&word.text));
    for (at, (code, score)) in table.languages.iter().zip(&mut scores).enumerate() {
        if at == main || Language::SUPPORTED.contains(code) {
            *score += SUPPORTED;
        }
        if owner == Some(code) {
            *score += words::GREETING;
        }
    }
    scores
}
