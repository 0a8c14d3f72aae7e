//! Learns a table: softmax regression over pieces of words, by stochastic steps with a rate of its own for each weight (AdaGrad,
//! Duchi, Hazan and Singer 2011), then rounded to one byte a weight.
//!
//! One thread, fixed order, no function of the machine's library: the same inputs give the same bytes.

use crate::{random::Random, samples::Sample};

/// Rounds over all samples.
const ROUNDS: usize = 5;

/// The first step; it shrinks to a fifth of it.
const RATE: f32 = 0.3;

/// A sample that is right by so much teaches nothing more: leaving it out halves the time.
const LEARNED: f32 = 0.002;

/// Share of weights that may be cut off at the largest byte.
const CUT: f64 = 0.0002;

/// A learned table.
pub struct Learned {
    /// Rows of `columns` weights.
    pub weights: Vec<i8>,
    /// What one step of a weight is worth.
    pub scale: f32,
}

/// Learns from samples. A language with few of them counts up to twice for each.
pub fn learn(mut samples: Vec<Sample>, columns: usize, bits: u32, random: &mut Random) -> Learned {
    samples.retain(|sample| !sample.pieces.is_empty());
    let mut weights = vec![0.0f32; (1 << bits) * columns];
    let mut squares = vec![0.01f32; (1 << bits) * columns];
    let mut counts = vec![0usize; columns];
    samples.iter().for_each(|sample| counts[sample.column] += 1);
    let mean = samples.len() as f32 / columns as f32;
    let worth: Vec<f32> = counts.iter().map(|n| (mean / (*n).max(1) as f32).sqrt().min(2.0)).collect();
    for round in 0..ROUNDS {
        for i in (1..samples.len()).rev() {
            samples.swap(i, random.below(i + 1));
        }
        let rate = RATE * (1.0 - round as f32 / ROUNDS as f32);
        for sample in &samples {
            step(sample, &mut weights, &mut squares, columns, rate, worth[sample.column]);
        }
    }
    rounded(&weights)
}

fn step(sample: &Sample, weights: &mut [f32], squares: &mut [f32], columns: usize, rate: f32, worth: f32) {
    let mut errors = vec![0.0f32; columns];
    for (row, counts) in &sample.pieces {
        let row = &weights[*row as usize * columns..(*row as usize + 1) * columns];
        errors.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight * counts);
    }
    let length: f32 = 1.0 / sample.pieces.iter().map(|(_, counts)| counts).sum::<f32>().max(1.0).sqrt();
    errors.iter_mut().for_each(|sum| *sum *= length);
    softmax(&mut errors);
    errors[sample.column] -= 1.0;
    if errors[sample.column] > -LEARNED {
        return;
    }
    errors.iter_mut().for_each(|error| *error *= worth * length);
    for (row, counts) in &sample.pieces {
        let range = *row as usize * columns..(*row as usize + 1) * columns;
        for ((weight, square), error) in weights[range.clone()].iter_mut().zip(&mut squares[range]).zip(&errors) {
            let slope = error * counts;
            *square += slope * slope;
            *weight -= rate * slope / square.sqrt();
        }
    }
}

/// Scores into shares.
pub fn softmax(scores: &mut [f32]) {
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    scores.iter_mut().for_each(|score| *score = exp(*score - top));
    let total: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= total);
}

/// The exponential function for numbers up to zero, by arithmetic that is exact alike everywhere; its error is below 0.00001.
fn exp(x: f32) -> f32 {
    if x < -80.0 {
        return 0.0;
    }
    let scaled = x * std::f32::consts::LOG2_E;
    let whole = scaled.floor();
    let rest = (scaled - whole) * std::f32::consts::LN_2;
    // Taylor's series up to the sixth power: the rest is below 0.7.
    let series = 1.0 + rest * (1.0 + rest / 2.0 * (1.0 + rest / 3.0 * (1.0 + rest / 4.0 * (1.0 + rest / 5.0 * (1.0 + rest / 6.0)))));
    series * f32::from_bits(((whole as i32 + 127) as u32) << 23)
}

fn rounded(weights: &[f32]) -> Learned {
    let mut sizes: Vec<f32> = weights.iter().map(|weight| weight.abs()).collect();
    let at = ((sizes.len() as f64) * (1.0 - CUT)) as usize;
    let at = at.min(sizes.len() - 1);
    let (_, largest, _) = sizes.select_nth_unstable_by(at, f32::total_cmp);
    let scale = (*largest / 127.0).max(f32::MIN_POSITIVE);
    Learned { weights: weights.iter().map(|weight| (weight / scale).round().clamp(-127.0, 127.0) as i8).collect(), scale }
}
