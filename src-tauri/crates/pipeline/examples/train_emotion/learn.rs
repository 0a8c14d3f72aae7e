//! The learner: a linear support vector machine with squared hinge loss and a cost of its own for each example.
//!
//! Dual coordinate descent with shrinking (Hsieh, Chang, Lin, Keerthi, Sundararajan 2008, algorithm 3). The pipeline's own learner
//! (`intents/svm`) has one cost for all; here a text that ends in a false alarm must cost more than others. The order of the visits is
//! drawn from a fixed seed, in one thread a column: the same examples give the same weights.

use crate::random::Random;

/// A text as the learner sees it.
pub struct Row {
    /// Words, pieces and signs.
    pub sparse: Vec<(u32, f32)>,
    /// The sentence vector, already weighed.
    pub dense: Vec<f32>,
    /// The place of its language among those with weights of their own.
    pub own: Option<usize>,
}

/// What a row is to be learned as.
#[derive(Clone, Copy)]
pub struct Target {
    /// Which row.
    pub row: usize,
    /// It is one of them.
    pub yes: bool,
    /// What an error costs.
    pub cost: f32,
}

/// The weights of a column.
#[derive(Clone)]
pub struct Plane {
    /// Of the places.
    pub sparse: Vec<f32>,
    /// Of the vector.
    pub dense: Vec<f32>,
    /// Further weights of the vector by language; empty for a column without. What languages have in common is learned together, the
    /// rest apart (Daumé 2007).
    pub own: Vec<Vec<f32>>,
    /// The constant.
    pub bias: f32,
    /// How much faster the vector's weights learn: as if the vector were longer by the root of it.
    step: f32,
}

/// Passes over the examples at most.
const PASSES: usize = 40;
/// Ends when the steepest and the flattest slope differ by less than this.
const TOLERANCE: f32 = 0.1;

/// How a column is learned.
pub struct Manner {
    /// Number of places.
    pub places: usize,
    /// Number of languages with weights of their own.
    pub languages: usize,
    /// How much more the vector counts than its rows say.
    pub dense: f32,
    /// Of the order of visits.
    pub seed: u64,
}

/// Learns a column.
pub fn learn(rows: &[Row], targets: &[Target], manner: &Manner) -> Plane {
    let width = rows.first().map_or(0, |row| row.dense.len());
    let own = vec![vec![0.0; width]; manner.languages];
    let mut plane = Plane { sparse: vec![0.0; manner.places], dense: vec![0.0; width], own, bias: 0.0, step: manner.dense * manner.dense };
    let norms: Vec<f32> = targets.iter().map(|t| 1.0 + plane.squared(&rows[t.row]) + 0.5 / t.cost).collect();
    let mut alpha = vec![0.0f32; targets.len()];
    let everyone: Vec<u32> = (0..targets.len() as u32).collect();
    let mut active = everyone.clone();
    let mut random = Random(manner.seed);
    let mut before = f32::INFINITY;
    for _ in 0..PASSES {
        for at in (1..active.len()).rev() {
            active.swap(at, random.below(at + 1));
        }
        let (mut steepest, mut flattest) = (f32::NEG_INFINITY, f32::INFINITY);
        active.retain(|at| {
            let at = *at as usize;
            let (target, row) = (targets[at], &rows[targets[at].row]);
            let sign = if target.yes { 1.0 } else { -1.0 };
            let gradient = sign * plane.score(row) - 1.0 + alpha[at] * 0.5 / target.cost;
            if alpha[at] == 0.0 && gradient > before {
                return false;
            }
            let projected = if alpha[at] == 0.0 { gradient.min(0.0) } else { gradient };
            (steepest, flattest) = (steepest.max(projected), flattest.min(projected));
            if projected.abs() > 1e-9 {
                let old = alpha[at];
                alpha[at] = (old - gradient / norms[at]).max(0.0);
                plane.add(row, (alpha[at] - old) * sign);
            }
            true
        });
        if steepest - flattest < TOLERANCE {
            if active.len() == everyone.len() {
                break;
            }
            active.clone_from(&everyone);
            before = f32::INFINITY;
        } else {
            before = if steepest > 0.0 { steepest } else { f32::INFINITY };
        }
    }
    plane
}

impl Plane {
    /// Which side, and how far.
    pub fn score(&self, row: &Row) -> f32 {
        let (words, vector) = self.parts(row);
        words + vector
    }

    /// The score of words and constant, and that of the vector.
    pub fn parts(&self, row: &Row) -> (f32, f32) {
        let words: f32 = row.sparse.iter().map(|(place, value)| self.sparse[*place as usize] * value).sum();
        let own = row.own.and_then(|at| self.own.get(at)).map_or(0.0, |own| dot(own, &row.dense));
        (self.bias + words, dot(&self.dense, &row.dense) + own)
    }

    fn squared(&self, row: &Row) -> f32 {
        let times = if row.own.is_some_and(|at| at < self.own.len()) { 2.0 } else { 1.0 };
        row.sparse.iter().map(|(_, value)| value * value).sum::<f32>() + times * self.step * dot(&row.dense, &row.dense)
    }

    fn add(&mut self, row: &Row, step: f32) {
        self.bias += step;
        for (place, value) in &row.sparse {
            self.sparse[*place as usize] += step * value;
        }
        let faster = step * self.step;
        let own = row.own.and_then(|at| self.own.get_mut(at)).into_iter();
        for weights in own.chain([&mut self.dense]) {
            weights.iter_mut().zip(&row.dense).for_each(|(weight, value)| *weight += faster * value);
        }
    }
}

/// The inner product, in eight lanes in a fixed order.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a8.remainder().iter().zip(b8.remainder()).map(|(x, y)| x * y).sum();
    let mut lanes = [0.0f32; 8];
    for (x, y) in a8.zip(b8) {
        lanes.iter_mut().zip(x.iter().zip(y)).for_each(|(lane, (x, y))| *lane += x * y);
    }
    lanes.iter().sum::<f32>() + rest
}
