//! Is a text about anything that the examples are about? A score of its own, beside the classes.
//!
//! The classes only say which of them is likeliest; a text about something else lands somewhere too. So a logistic regression over
//! seven signs of distance tells whether the text belongs to the examples at all. Its weights do not depend on a shop: they were
//! fitted on the shipped phrases by leaving whole intents out and asking for them (`examples/train_intents.rs --scope` prints them), and
//! hold for a merchant's own intents too, since every sign is relative to the examples at hand.

use serde::{Deserialize, Serialize};

/// The signs with an encoder: best score of a class, nearest example of the five best classes, nearest centre, the best
/// class's own centre, its own nearest example, logarithm of the words, whether centre and class agree.
pub const SIGNS: usize = 7;

/// The signs of one text; without an encoder the places of the vectors hold what the words say instead.
pub type Signs = [f32; SIGNS];

/// A fitted score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// Means of the signs where it was fitted.
    pub mean: Signs,
    /// Their deviations.
    pub deviation: Signs,
    /// Weights of the standardised signs.
    pub weights: Signs,
    /// The constant.
    pub bias: f32,
}

/// With the sentence encoder.
pub const WITH_VECTORS: Scope = Scope {
    mean: [-0.2363, 0.4769, 0.4207, 0.3960, 0.4378, 1.8894, 0.5989],
    deviation: [0.3683, 0.1342, 0.1289, 0.1418, 0.1468, 0.5987, 0.4901],
    weights: [0.6749, 0.3961, 0.3751, -0.1181, -0.1229, 0.4692, -0.0044],
    bias: 0.1328,
};

/// By words alone: best score, share of known words, distance to the second, length.
pub const WORDS_ONLY: Scope = Scope {
    mean: [-0.3512, 0.6170, 0.2869, 0.0, 0.0, 1.8894, 0.0],
    deviation: [0.3426, 0.2358, 0.3314, 1.0, 1.0, 0.5987, 1.0],
    weights: [1.2678, 0.0223, -0.5131, 0.0, 0.0, 0.3659, 0.0],
    bias: 0.0771,
};

/// The step of the descent: the signs are standardised, so the slope is gentle.
const RATE: f32 = 1.5;

impl Scope {
    /// The probability that a text with these signs is in scope, where both are equally frequent.
    pub fn probability(&self, signs: &Signs) -> f32 {
        let logit = self.bias
            + signs
                .iter()
                .zip(&self.mean)
                .zip(&self.deviation)
                .zip(&self.weights)
                .map(|(((sign, mean), deviation), weight)| (sign - mean) / deviation.max(1e-6) * weight)
                .sum::<f32>();
        1.0 / (1.0 + (-logit).exp())
    }

    /// Fits the weights: logistic regression with a small quadratic penalty, both answers weighed alike, by plain gradient steps.
    pub fn fit(rows: &[(Signs, bool)]) -> Self {
        let mut scope = Self { mean: [0.0; SIGNS], deviation: [1.0; SIGNS], weights: [0.0; SIGNS], bias: 0.0 };
        if rows.is_empty() {
            return scope;
        }
        #[allow(clippy::cast_precision_loss, reason = "Thousands of rows.")]
        let n = rows.len() as f32;
        for at in 0..SIGNS {
            let value = |row: &(Signs, bool)| row.0.get(at).copied().unwrap_or(0.0);
            let mean = rows.iter().map(value).sum::<f32>() / n;
            let variance = rows.iter().map(|row| (value(row) - mean).powi(2)).sum::<f32>() / n;
            if let (Some(m), Some(d)) = (scope.mean.get_mut(at), scope.deviation.get_mut(at)) {
                (*m, *d) = (mean, variance.sqrt().max(1e-6));
            }
        }
        #[allow(clippy::cast_precision_loss, reason = "Thousands of rows.")]
        let inside = rows.iter().filter(|(_, inside)| *inside).count() as f32;
        for _ in 0..20_000 {
            scope.step(rows, n / (2.0 * inside.max(1.0)), n / (2.0 * (n - inside).max(1.0)), n);
        }
        scope
    }

    fn step(&mut self, rows: &[(Signs, bool)], inside: f32, outside: f32, n: f32) {
        let (mut slope, mut constant) = ([0.0f32; SIGNS], 0.0f32);
        for (signs, is_inside) in rows {
            let error = if *is_inside { (self.probability(signs) - 1.0) * inside } else { self.probability(signs) * outside };
            constant += error;
            for (at, s) in slope.iter_mut().enumerate() {
                let (sign, mean) = (signs.get(at).copied().unwrap_or(0.0), self.mean.get(at).copied().unwrap_or(0.0));
                *s += error * (sign - mean) / self.deviation.get(at).copied().unwrap_or(1.0);
            }
        }
        self.bias -= RATE * constant / n;
        self.weights.iter_mut().zip(slope).for_each(|(w, s)| *w -= RATE * (s + *w) / n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_that_tells_gets_the_weight() {
        let row = |near: f32, noise: f32, inside: bool| ([0.0, near, 0.0, 0.0, 0.0, noise, 0.0], inside);
        let rows: Vec<_> = (0..100u8).map(|n| row(f32::from(n) / 100.0, f32::from(n % 7), n >= 50)).collect();
        let scope = Scope::fit(&rows);
        assert!(scope.weights[1] > 1.0 && scope.weights[5].abs() < 0.5, "{scope:?}");
        assert!(scope.probability(&rows[95].0) > 0.8 && scope.probability(&rows[5].0) < 0.2);
    }
}
