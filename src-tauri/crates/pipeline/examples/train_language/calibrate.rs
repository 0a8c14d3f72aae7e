//! Fits the sharpness of a table on texts that it has not seen, so that a confidence of 0.9 is right in nine of ten cases.

use mercator_pipeline::language::model::KNOTS;

/// A held-out text: scores with a sharpness of one, number of pieces, right column, and what it counts.
pub struct Held {
    /// Scores as the table gives them with a sharpness of one.
    pub scores: Vec<f32>,
    /// Number of pieces.
    pub pieces: f32,
    /// The right column.
    pub column: usize,
    /// What it counts: languages beside those of the product count as seldom as they write.
    pub counts: f64,
}

/// The sharpness at each knot, found for the texts that are nearest to it; `prior` is added to the scores as at run time.
pub fn fit(held: &[Held], prior: &[f32]) -> [f32; KNOTS.len()] {
    let mut sharpness = [1.0f32; KNOTS.len()];
    for (knot, slot) in sharpness.iter_mut().enumerate() {
        let near: Vec<&Held> = held.iter().filter(|text| nearest(text.pieces) == knot).collect();
        if near.len() < 50 {
            continue;
        }
        let tried = (10..=100).map(|n| n as f32 / 25.0);
        let best = tried.min_by(|a, b| loss(&near, prior, *a).total_cmp(&loss(&near, prior, *b)));
        *slot = best.unwrap_or(1.0);
    }
    // A knot without texts is as sharp as the one before it.
    for at in 1..sharpness.len() {
        if !held.iter().any(|text| nearest(text.pieces) == at) {
            sharpness[at] = sharpness[at - 1];
        }
    }
    sharpness
}

fn nearest(pieces: f32) -> usize {
    let distance = |knot: &f32| (knot.ln() - pieces.max(1.0).ln()).abs();
    (0..KNOTS.len()).min_by(|a, b| distance(&KNOTS[*a]).total_cmp(&distance(&KNOTS[*b]))).unwrap_or(0)
}

/// Mean surprise at the right answers.
fn loss(held: &[&Held], prior: &[f32], sharpness: f32) -> f64 {
    let mut sum = 0.0;
    for text in held {
        let mut shares: Vec<f32> = text.scores.iter().zip(prior).map(|(score, prior)| score * sharpness + prior).collect();
        crate::learn::softmax(&mut shares);
        sum -= f64::from(shares[text.column].max(1e-6)).ln() * text.counts;
    }
    sum / held.len() as f64
}
