//! Fits the score for "none of them" on example phrases: whole intents are left out of the training and asked for afterwards.
//!
//! What is left out stands for what a shop's own examples do not cover. Each round draws other intents and other examples from a
//! fixed seed. Used by `examples/train_intents.rs`; the result is written into `scope` by hand, since it is seven numbers.

use super::{
    scope::{Scope, Signs},
    trainer::{self, Labelled, Training},
};

/// A small shop has about this many examples of an intent.
const EXAMPLES: usize = 20;
/// So many texts of each intent are asked for.
const ASKED: usize = 8;
/// One of four intents is left out.
const LEFT_OUT: usize = 4;

/// Rows of signs of one round over the examples of one language. `outside` labels what is never an intent.
pub fn round(examples: &[Labelled], outside: &str, seed: u64) -> Vec<(Signs, bool)> {
    let mut seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut labels: Vec<&str> = examples.iter().map(|e| e.label).filter(|label| *label != outside).collect();
    labels.sort_unstable();
    labels.dedup();
    shuffle(&mut labels, &mut seed);
    let left_out = labels.len() / LEFT_OUT;
    let (mut seen, mut asked) = (vec![], vec![]);
    for (at, label) in labels.iter().enumerate() {
        let mut own: Vec<&Labelled> = examples.iter().filter(|e| e.label == *label).collect();
        shuffle(&mut own, &mut seed);
        let some = if at < left_out { ASKED } else { ASKED.min(own.len() / 4).max(1) };
        asked.extend(own.iter().take(some).map(|e| (*e, at >= left_out)));
        if at >= left_out {
            seen.extend(own.into_iter().skip(some).take(EXAMPLES));
        }
    }
    let mut others: Vec<&Labelled> = examples.iter().filter(|e| e.label == outside).collect();
    shuffle(&mut others, &mut seed);
    let some = asked.len() / 3;
    asked.extend(others.into_iter().take(some).map(|e| (e, false)));
    let mut known: Vec<String> = labels.iter().skip(left_out).map(|label| (*label).to_owned()).collect();
    known.sort();
    // Between the weights of a merchant's own messages and of the shipped phrases: the score serves both.
    let training = Training { dense_weight: 1.0, ..Training::default() };
    let model = trainer::fit(&seen, &known, &training, &|_| ());
    asked.into_iter().map(|(e, inside)| (model.measured(e.text, e.vector.as_deref()).1, inside)).collect()
}

/// The score over many rounds: `languages` holds the examples of each language.
pub fn fit(languages: &[Vec<Labelled>], outside: &str, rounds: u64) -> (Scope, usize) {
    let rows: Vec<(Signs, bool)> =
        languages.iter().flat_map(|examples| (1..=rounds).flat_map(|seed| round(examples, outside, seed))).collect();
    (Scope::fit(&rows), rows.len())
}

fn shuffle<T>(items: &mut [T], seed: &mut u64) {
    for i in (1..items.len()).rev() {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        items.swap(i, usize::try_from(*seed % (i as u64 + 1)).unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_asks_for_intents_that_were_left_out() {
        let texts: Vec<(String, String)> = (0..6)
            .flat_map(|label| (0..16).map(move |n| (format!("l{label}"), format!("word{label} thing{n}"))))
            .chain((0..16).map(|n| ("other".to_owned(), format!("noise{n}"))))
            .collect();
        let examples: Vec<Labelled> = texts.iter().map(|(label, text)| Labelled { text, label, vector: None }).collect();
        let rows = round(&examples, "other", 3);
        let inside = rows.iter().filter(|(_, inside)| *inside).count();
        assert_eq!(inside, 5 * 4);
        assert_eq!(rows.len() - inside, 8 + (inside + 8) / 3);
        assert_eq!(rows, round(&examples, "other", 3));
    }
}
