//! The learner: a linear support vector machine, one class against the rest, squared hinge loss.
//!
//! Dual coordinate descent with shrinking (Hsieh, Chang, Lin, Keerthi, Sundararajan 2008, algorithm 3): the same as LIBLINEAR's
//! solver 1. Chosen over a softmax with gradient steps since it has one setting (the cost), converges by itself, and did best on
//! few phrases a class. The order of the visits is drawn from a fixed seed: the same examples give the same weights.

/// An example as the learner sees it.
pub(crate) struct Example {
    /// Sparse part.
    pub sparse: Vec<(u32, f32)>,
    /// Dense part (the sentence vector, already weighed); empty without an encoder.
    pub dense: Vec<f32>,
    /// Its class.
    pub class: usize,
}

/// The weights of one class.
pub(crate) struct Plane {
    /// Of the places.
    pub sparse: Vec<f32>,
    /// Of the dense part.
    pub dense: Vec<f32>,
    /// The constant.
    pub bias: f32,
}

/// Passes over the examples at most; with the tolerance below they rarely all run.
const PASSES: usize = 200;
/// Stops when the steepest and the flattest slope differ by less than this (LIBLINEAR's default).
const TOLERANCE: f32 = 0.1;

/// Learns one class against the rest. `cost` weighs an error against the length of the weights.
pub(crate) fn learn(examples: &[Example], class: usize, places: usize, cost: f32) -> Plane {
    let width = examples.first().map_or(0, |e| e.dense.len());
    let mut plane = Plane { sparse: vec![0.0; places], dense: vec![0.0; width], bias: 0.0 };
    let mut descent = Descent {
        diagonal: 0.5 / cost,
        norms: examples.iter().map(|e| 1.0 + squared(&e.sparse, &e.dense) + 0.5 / cost).collect(),
        alpha: vec![0.0; examples.len()],
        steepest_before: f32::INFINITY,
    };
    let everyone: Vec<u32> = (0..u32::try_from(examples.len()).unwrap_or(u32::MAX)).collect();
    let mut active = everyone.clone();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64 ^ class as u64;
    for _ in 0..PASSES {
        shuffle(&mut active, &mut seed);
        let slopes = descent.pass(&mut plane, examples, class, &mut active);
        if slopes.steepest - slopes.flattest < TOLERANCE {
            if active.len() == everyone.len() {
                break;
            }
            // What was left aside is looked at once more before the end.
            active.clone_from(&everyone);
            descent.steepest_before = f32::INFINITY;
        } else {
            descent.steepest_before = if slopes.steepest > 0.0 { slopes.steepest } else { f32::INFINITY };
        }
    }
    plane
}

/// The state of the descent.
struct Descent {
    diagonal: f32,
    norms: Vec<f32>,
    alpha: Vec<f32>,
    /// The steepest slope of the pass before: what lies flatter than it on the right side is left aside.
    steepest_before: f32,
}

/// The extremes of the projected slopes in one pass.
struct Slopes {
    steepest: f32,
    flattest: f32,
}

impl Descent {
    /// Visits every active example once; those that surely stay without weight are taken out.
    fn pass(&mut self, plane: &mut Plane, examples: &[Example], class: usize, active: &mut Vec<u32>) -> Slopes {
        let mut slopes = Slopes { steepest: f32::NEG_INFINITY, flattest: f32::INFINITY };
        let (diagonal, before, norms, alpha) = (self.diagonal, self.steepest_before, &self.norms, &mut self.alpha);
        active.retain(|at| {
            let at = *at as usize;
            let (Some(example), Some(norm), Some(a)) = (examples.get(at), norms.get(at), alpha.get_mut(at)) else { return false };
            let sign = if example.class == class { 1.0 } else { -1.0 };
            let gradient = sign * plane.score(example) - 1.0 + *a * diagonal;
            if *a == 0.0 && gradient > before {
                return false;
            }
            let projected = if *a == 0.0 { gradient.min(0.0) } else { gradient };
            slopes.steepest = slopes.steepest.max(projected);
            slopes.flattest = slopes.flattest.min(projected);
            if projected.abs() > 1e-9 {
                let old = *a;
                *a = (old - gradient / norm).max(0.0);
                plane.add(example, (*a - old) * sign);
            }
            true
        });
        slopes
    }
}

impl Plane {
    /// Which side of the plane, and how far.
    pub(crate) fn score(&self, example: &Example) -> f32 {
        let sparse: f32 = example.sparse.iter().map(|(i, v)| self.sparse.get(*i as usize).copied().unwrap_or(0.0) * v).sum();
        self.bias + sparse + dot(&self.dense, &example.dense)
    }

    fn add(&mut self, example: &Example, step: f32) {
        self.bias += step;
        for (i, v) in &example.sparse {
            if let Some(w) = self.sparse.get_mut(*i as usize) {
                *w += step * v;
            }
        }
        self.dense.iter_mut().zip(&example.dense).for_each(|(w, v)| *w += step * v);
    }
}

fn squared(sparse: &[(u32, f32)], dense: &[f32]) -> f32 {
    sparse.iter().map(|(_, v)| v * v).sum::<f32>() + dot(dense, dense)
}

/// The inner product, in eight lanes so that the compiler can use the machine's vector instructions.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a8.remainder().iter().zip(b8.remainder()).map(|(x, y)| x * y).sum();
    let mut lanes = [0.0f32; 8];
    for (x, y) in a8.zip(b8) {
        lanes.iter_mut().zip(x.iter().zip(y)).for_each(|(lane, (x, y))| *lane += x * y);
    }
    lanes.iter().sum::<f32>() + rest
}

/// A fixed shuffle (Fisher and Yates, xorshift).
fn shuffle(order: &mut [u32], seed: &mut u64) {
    for i in (1..order.len()).rev() {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        let j = usize::try_from(*seed % (i as u64 + 1)).unwrap_or(0);
        order.swap(i, j);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(sparse: &[(u32, f32)], class: usize) -> Example {
        Example { sparse: sparse.to_vec(), dense: vec![], class }
    }

    #[test]
    fn two_classes_are_parted_with_a_margin() {
        let examples =
            [example(&[(0, 1.0)], 0), example(&[(0, 0.9), (2, 0.1)], 0), example(&[(1, 1.0)], 1), example(&[(1, 0.8), (2, 0.2)], 1)];
        let plane = learn(&examples, 0, 3, 10.0);
        let scores: Vec<f32> = examples.iter().map(|e| plane.score(e)).collect();
        assert!(scores[0] > 0.7 && scores[1] > 0.6 && scores[2] < -0.7 && scores[3] < -0.6, "{scores:?}");
    }

    #[test]
    fn the_optimum_of_a_small_case_is_the_one_worked_out_by_hand() {
        // One example (x = 1, and the constant 1) of the class, cost 0.5: minimise w·w/2 + b·b/2 + 0.5 (1 - w - b)².
        // By symmetry w = b, and w = 1 - 2w, so w = 1/3.
        let plane = learn(&[example(&[(0, 1.0)], 0)], 0, 1, 0.5);
        assert!((plane.sparse[0] - 1.0 / 3.0).abs() < 0.02 && (plane.bias - 1.0 / 3.0).abs() < 0.02, "{} {}", plane.sparse[0], plane.bias);
    }

    #[test]
    fn lanes_and_rest_add_up() {
        let a: Vec<f32> = (0..19).map(|n| n as f32).collect();
        assert!((dot(&a, &a) - 2_109.0).abs() < 1e-3);
    }
}
