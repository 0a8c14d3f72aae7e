//! A softmax regression over words, pairs of words and pieces of words: small, exact to repeat, trained in milliseconds.
//!
//! Chosen over nearest-example and naive Bayes since on few phrases a class it is better calibrated. Labels are numbers here, so
//! that a merchant's own intents can use the same trainer.

use std::collections::HashMap;

use crate::{fold::Folded, knowledge::concepts, tokens};

/// Passes over the examples. Set by trying a few values against every fifth shipped phrase held out, not by cross-validation.
const EPOCHS: usize = 14;
/// First step; it falls to a tenth. Inputs have length 1, so large steps are stable.
const STEP: f32 = 4.0;
/// Sharpens the probabilities. Set by eye on a handful of messages: confidences are not calibrated yet.
const TEMPERATURE: f32 = 0.85;

/// Weights of the kinds of features.
const WORD: f32 = 1.0;
const PAIR: f32 = 0.8;
const PIECE: f32 = 0.45;
/// Of the trade's concepts, which mean the same in every language.
const CONCEPT: f32 = 1.5;
/// Examples of other languages teach by their concepts only, and more gently.
const BORROWED: f32 = 0.6;

/// A trained model.
#[derive(Clone, Debug, Default)]
pub struct LinearModel {
    classes: usize,
    index: HashMap<u64, u32>,
    rarity: Vec<f32>,
    /// Per feature one weight a class.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

/// An example ready for training: label, features with their values, how much it teaches.
type Example = (usize, Vec<(u32, f32)>, f32);

/// A feature of a text: its hash, the weight of its kind, whether it is a whole word.
type Feature = (u64, f32, bool);

impl LinearModel {
    /// Trains on labelled texts; labels are below `classes`. `others` are examples in other languages.
    pub fn train(examples: &[(usize, &str)], others: &[(usize, &str)], classes: usize) -> Self {
        let texts: Vec<Vec<Feature>> = examples.iter().map(|(_, text)| features(text)).collect();
        let mut model = Self::vocabulary(&texts, classes);
        let own = examples.iter().zip(&texts).map(|((label, _), f)| (*label, model.vector(f).0, 1.0));
        let borrowed = others.iter().map(|(label, text)| (*label, model.vector(&concept_features(&Folded::new(text))).0, BORROWED));
        let inputs: Vec<Example> = own.chain(borrowed).filter(|(_, input, _)| !input.is_empty()).collect();
        let mut order: Vec<usize> = (0..inputs.len()).collect();
        let mut seed = 0x9e37_79b9_u64;
        for epoch in 0..EPOCHS {
            shuffle(&mut order, &mut seed);
            #[allow(clippy::cast_precision_loss, reason = "A handful of passes.")]
            let step = STEP * (1.0 - 0.9 * epoch as f32 / EPOCHS as f32);
            for &i in &order {
                if let Some((label, input, weight)) = inputs.get(i) {
                    model.step(input, *label, step * weight);
                }
            }
        }
        model
    }

    /// Features that occur, with how rare they are; pieces of words that occur once say nothing and are left out.
    fn vocabulary(texts: &[Vec<Feature>], classes: usize) -> Self {
        let mut counts: HashMap<u64, (u32, bool, f32)> = HashMap::new();
        for text in texts {
            for (hash, weight, word) in text {
                let entry = counts.entry(*hash).or_insert((0, *word, *weight));
                entry.0 += 1;
            }
        }
        let mut kept: Vec<(u64, u32)> =
            counts.into_iter().filter(|(_, (n, word, weight))| *n > 1 || *word || *weight > PIECE).map(|(h, (n, ..))| (h, n)).collect();
        kept.sort_unstable();
        #[allow(clippy::cast_precision_loss, reason = "Counts of phrases are small.")]
        let total = texts.len().max(1) as f32;
        #[allow(clippy::cast_precision_loss, reason = "Counts of phrases are small.")]
        let rarity = kept.iter().map(|(_, n)| (total / (*n as f32)).ln() + 0.5).collect();
        let index: HashMap<u64, u32> = kept.iter().zip(0u32..).map(|((h, _), i)| (*h, i)).collect();
        Self { classes, weights: vec![0.0; index.len() * classes], index, rarity, bias: vec![0.0; classes] }
    }

    /// The text as a vector of length 1, and the share of its words that are known.
    fn vector(&self, features: &[Feature]) -> (Vec<(u32, f32)>, f32) {
        let (mut out, mut norm, mut seen, mut all) = (Vec::with_capacity(features.len()), 0.0f32, 0.0f32, 0.0f32);
        for (hash, weight, word) in features {
            let found = self.index.get(hash).copied();
            if *word {
                all += 1.0;
                seen += f32::from(u8::from(found.is_some()));
            }
            if let Some(i) = found {
                let value = weight * self.rarity.get(i as usize).copied().unwrap_or(0.0);
                norm += value * value;
                out.push((i, value));
            }
        }
        let norm = norm.sqrt().max(f32::EPSILON);
        out.iter_mut().for_each(|(_, v)| *v /= norm);
        (out, if all > 0.0 { seen / all } else { 0.0 })
    }

    fn logits(&self, input: &[(u32, f32)]) -> Vec<f32> {
        let mut logits = self.bias.clone();
        for (i, value) in input {
            let from = *i as usize * self.classes;
            if let Some(row) = self.weights.get(from..from + self.classes) {
                logits.iter_mut().zip(row).for_each(|(l, w)| *l += w * value);
            }
        }
        logits
    }

    fn step(&mut self, input: &[(u32, f32)], label: usize, step: f32) {
        let mut error = softmax(&self.logits(input), 1.0);
        if let Some(right) = error.get_mut(label) {
            *right -= 1.0;
        }
        self.bias.iter_mut().zip(&error).for_each(|(b, e)| *b -= 0.05 * step * e);
        for (i, value) in input {
            let from = *i as usize * self.classes;
            let rate = step * value;
            if let Some(row) = self.weights.get_mut(from..from + self.classes) {
                row.iter_mut().zip(&error).for_each(|(w, e)| *w -= rate * e);
            }
        }
    }

    /// Probabilities of the classes, and the share of the text's words that are known.
    pub fn probabilities(&self, text: &str) -> (Vec<f32>, f32) {
        let (input, known) = self.vector(&features(text));
        if input.is_empty() {
            // Nothing known: no class is likelier than another.
            #[allow(clippy::cast_precision_loss, reason = "Tens of classes.")]
            return (vec![1.0 / self.classes.max(1) as f32; self.classes], 0.0);
        }
        (softmax(&self.logits(&input), TEMPERATURE), known)
    }
}

fn softmax(logits: &[f32], temperature: f32) -> Vec<f32> {
    let top = logits.iter().copied().fold(f32::MIN, f32::max);
    let mut out: Vec<f32> = logits.iter().map(|l| ((l - top) / temperature).exp()).collect();
    let sum: f32 = out.iter().sum();
    out.iter_mut().for_each(|p| *p /= sum.max(f32::EPSILON));
    out
}

/// A fixed shuffle: the same examples always give the same model.
fn shuffle(order: &mut [usize], seed: &mut u64) {
    for i in (1..order.len()).rev() {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        let j = usize::try_from(*seed % (i as u64 + 1)).unwrap_or(0);
        order.swap(i, j);
    }
}

/// FNV-1a: quick, and the same on every machine.
fn hash(kind: u8, parts: &[&str]) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325u64 ^ u64::from(kind);
    for part in parts {
        for b in part.bytes().chain([0]) {
            h = (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    h
}

/// The features of a text, each once.
fn features(text: &str) -> Vec<Feature> {
    let folded = Folded::new(text);
    let mut out = concept_features(&folded);
    let folded = folded.text;
    let runs = tokens::runs(&folded);
    out.reserve(runs.len() * 12);
    let mut previous = "^";
    for run in &runs {
        if run.unspaced {
            characters(run.text, &mut out);
            previous = "\u{1}";
            continue;
        }
        let word = if run.text.bytes().any(|b| b.is_ascii_digit()) { "0" } else { run.text };
        out.push((hash(1, &[word]), WORD, true));
        out.push((hash(2, &[previous, word]), PAIR, false));
        pieces(word, &mut out);
        previous = word;
    }
    if runs.is_empty() {
        out.extend(folded.chars().filter(|c| !c.is_whitespace()).map(|c| (hash(3, &[c.encode_utf8(&mut [0; 4])]), WORD, true)));
    }
    out.sort_unstable_by_key(|(h, ..)| *h);
    out.dedup_by_key(|(h, ..)| *h);
    out
}

/// The concepts of a text.
fn concept_features(text: &Folded) -> Vec<Feature> {
    concepts::find(text).iter().map(|hit| (hash(6, &[concepts::name(hit.category)]), CONCEPT, false)).collect()
}

/// Pieces of three to five letters of a word with its borders: they carry endings, compounds and misspellings.
fn pieces(word: &str, out: &mut Vec<Feature>) {
    let framed: Vec<char> = std::iter::once('<').chain(word.chars().take(40)).chain(std::iter::once('>')).collect();
    let mut buffer = String::with_capacity(24);
    for size in 3..=5 {
        for window in framed.windows(size) {
            buffer.clear();
            buffer.extend(window);
            out.push((hash(4, &[&buffer]), PIECE, false));
        }
    }
}

/// One, two and three characters of a script without spaces.
fn characters(run: &str, out: &mut Vec<Feature>) {
    let chars: Vec<char> = run.chars().collect();
    let mut buffer = String::with_capacity(16);
    for (size, weight) in [(1, PIECE), (2, WORD), (3, PAIR)] {
        for window in chars.windows(size) {
            buffer.clear();
            buffer.extend(window);
            out.push((hash(5, &[&buffer]), weight, size == 2));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_examples_give_the_same_model() {
        let examples = [(0, "where is it"), (1, "thank you"), (0, "where is my parcel"), (1, "many thanks")];
        let (a, b) = (LinearModel::train(&examples, &[], 2), LinearModel::train(&examples, &[], 2));
        assert_eq!(a.probabilities("where are you"), b.probabilities("where are you"));
    }

    #[test]
    fn no_known_word_gives_no_opinion() {
        let model = LinearModel::train(&[(0, "alpha"), (1, "beta")], &[], 2);
        assert_eq!(model.probabilities("訂單"), (vec![0.5, 0.5], 0.0));
    }
}
