//! A trained model over any list of labels: the shipped intents, or a merchant's own.
//!
//! One linear model over the sentence vector and hashed words, turned into probabilities by one sharpness (an inverse temperature) that was chosen on
//! examples held out, with a score of its own for "none of them" (`scope`) and a threshold a label for a stated precision.
//! Training is in `trainer`; here is what is kept, how it is read back, and how it answers.

use serde::{Deserialize, Serialize};

use super::{
    scope::{Scope, Signs},
    space::Space,
    svm::dot,
};
use crate::{encoder::DIMENSIONS, error::PipelineError};

/// The version of the form in which a model is kept.
const FORM: u32 = 2;

/// What a model says of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Probability by label, in the model's order.
    pub probabilities: Vec<f32>,
    /// Probability that the text is about any of them.
    pub in_scope: f32,
    /// Share of the text's words that the examples have.
    pub known: f32,
}

impl Prediction {
    /// The best label's place and its probability.
    pub fn best(&self) -> (usize, f32) {
        self.probabilities.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
    }
}

/// An example as it was answered by a model that had not seen it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldOut {
    /// Its label's place.
    pub label: u16,
    /// The label that was given.
    pub predicted: u16,
    /// With this probability.
    pub confidence: f32,
    /// With this probability of being in scope.
    pub in_scope: f32,
}

impl HeldOut {
    /// The label that was given is its own.
    pub const fn is_right(&self) -> bool {
        self.label == self.predicted
    }
}

/// A trained model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classifier {
    pub(super) form: u32,
    pub(super) labels: Vec<String>,
    /// Which encoder made the vectors; empty when there was none.
    pub(super) encoder: String,
    pub(super) space: Space,
    pub(super) planes: Planes,
    pub(super) sharpness: f32,
    pub(super) scope: Scope,
    pub(super) neighbours: Neighbours,
    pub(super) thresholds: Vec<f32>,
    pub(super) held_out: Vec<HeldOut>,
}

/// The weights of all classes, in one byte each with a scale by class: a quarter of the memory, and no difference in accuracy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Planes {
    /// `place * classes + class`.
    pub sparse: Vec<i8>,
    pub scales: Vec<f32>,
    /// `class * DIMENSIONS + d`, for vectors of unit length; empty without an encoder.
    pub dense: Vec<f32>,
    pub bias: Vec<f32>,
}

/// The examples' own vectors, by class, and the classes' centres.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Neighbours {
    /// `DIMENSIONS` bytes an example, the classes one after the other.
    pub vectors: Vec<i8>,
    /// A byte's value, by example.
    pub scales: Vec<f32>,
    /// For each class the first example; one more at the end.
    pub starts: Vec<u32>,
    /// `class * DIMENSIONS + d`, of unit length.
    pub centres: Vec<f32>,
}

/// The sharpness of a model that was not calibrated: about what calibration finds on the shipped phrases.
const SHARPNESS: f32 = 4.3;

/// Only so many of the best classes are searched for near examples: the others cannot win.
const SEARCHED: usize = 5;

impl Classifier {
    /// The labels, in the order of the probabilities.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// True when it wants the vector of a text.
    pub fn wants_vectors(&self) -> bool {
        !self.planes.dense.is_empty()
    }

    /// The fingerprint of the encoder whose vectors it was trained on.
    pub fn encoder(&self) -> &str {
        &self.encoder
    }

    /// What scores are multiplied with before they become probabilities.
    pub fn sharpness(&self) -> f32 {
        self.sharpness
    }

    /// Every example as a model that had not seen it answered, in the order of the examples; empty when it was not asked for.
    pub fn held_out(&self) -> &[HeldOut] {
        &self.held_out
    }

    /// From this probability on a label was right as often as was asked for in training; above 1 when it never was.
    pub fn threshold(&self, label: usize) -> f32 {
        self.thresholds.get(label).copied().unwrap_or(1.1)
    }

    /// What a text is about. `vector` is the sentence vector, when the model wants one.
    pub fn predict(&self, text: &str, vector: Option<&[f32]>) -> Prediction {
        let (features, known) = self.space.features(text);
        let scores = self.planes.scores(&features, vector);
        let signs = self.signs(text, known, &scores, vector);
        Prediction { probabilities: softmax(&scores, self.sharpness), in_scope: self.scope.probability(&signs), known }
    }

    /// The raw scores and the signs, for training.
    pub(super) fn measured(&self, text: &str, vector: Option<&[f32]>) -> (Vec<f32>, Signs) {
        let (features, known) = self.space.features(text);
        let scores = self.planes.scores(&features, vector);
        let signs = self.signs(text, known, &scores, vector);
        (scores, signs)
    }

    fn signs(&self, text: &str, known: f32, scores: &[f32], vector: Option<&[f32]>) -> Signs {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| value(scores, *b).total_cmp(&value(scores, *a)));
        let best = order.first().copied().unwrap_or(0);
        let top = value(scores, best);
        #[allow(clippy::cast_precision_loss, reason = "Words of one text.")]
        let length = (1.0 + crate::tokens::words(&crate::fold::fold(super::space::cut(text))).len() as f32).ln();
        let Some(vector) = vector.filter(|_| self.wants_vectors()) else {
            let second = order.get(1).map_or(0.0, |at| value(scores, *at));
            return [top, known, top - second, 0.0, 0.0, length, 0.0];
        };
        let centres: Vec<f32> = self.neighbours.centres.chunks_exact(DIMENSIONS).map(|centre| dot(centre, vector)).collect();
        let (nearest, centre) = centres.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0));
        let mut near = order.iter().take(SEARCHED).map(|class| self.neighbours.nearest(*class, vector));
        let own = near.next().unwrap_or(0.0);
        let any = near.fold(own, f32::max);
        [top, any, centre, value(&centres, best), own, length, f32::from(u8::from(nearest == best))]
    }

    /// The model as bytes, to be stored.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PipelineError> {
        postcard::to_allocvec(self).map_err(|error| damaged(&error.to_string()))
    }

    /// A model from stored bytes; anything that does not fit together is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PipelineError> {
        let model: Self = postcard::from_bytes(bytes).map_err(|error| damaged(&error.to_string()))?;
        let (classes, places, dense) = (model.labels.len(), model.space.places(), model.planes.dense.len());
        let whole = model.form == FORM
            && model.space.is_whole()
            && classes > 0
            && model.planes.sparse.len() == places * classes
            && model.planes.scales.len() == classes
            && model.planes.bias.len() == classes
            && (dense == 0 || (dense == classes * DIMENSIONS && model.neighbours.is_whole(classes)));
        if whole { Ok(model) } else { Err(damaged("its parts do not fit together")) }
    }

    pub(super) fn new(labels: Vec<String>, encoder: String, space: Space, planes: Planes, scope: Scope) -> Self {
        Self {
            form: FORM,
            labels,
            encoder,
            space,
            planes,
            sharpness: SHARPNESS,
            scope,
            neighbours: Neighbours::default(),
            thresholds: vec![],
            held_out: vec![],
        }
    }
}

fn damaged(reason: &str) -> PipelineError {
    PipelineError::Data { file: "the intent model".to_owned(), reason: reason.to_owned() }
}

fn value(values: &[f32], at: usize) -> f32 {
    values.get(at).copied().unwrap_or(f32::MIN)
}

impl Planes {
    /// A score by class.
    pub(super) fn scores(&self, features: &[(u32, f32)], vector: Option<&[f32]>) -> Vec<f32> {
        let classes = self.bias.len();
        let mut sums = vec![0.0f32; classes];
        for (place, value) in features {
            let from = *place as usize * classes;
            if let Some(row) = self.sparse.get(from..from + classes) {
                sums.iter_mut().zip(row).for_each(|(sum, w)| *sum += f32::from(*w) * value);
            }
        }
        let mut scores: Vec<f32> = sums.iter().zip(&self.scales).zip(&self.bias).map(|((sum, scale), bias)| sum * scale + bias).collect();
        if let Some(vector) = vector {
            for (score, row) in scores.iter_mut().zip(self.dense.chunks_exact(DIMENSIONS)) {
                *score += dot(row, vector);
            }
        }
        scores
    }
}

impl Neighbours {
    fn is_whole(&self, classes: usize) -> bool {
        let last = self.starts.last().copied().unwrap_or(0) as usize;
        self.starts.len() == classes + 1
            && self.starts.is_sorted()
            && self.centres.len() == classes * DIMENSIONS
            && self.scales.len() == last
            && self.vectors.len() == last * DIMENSIONS
    }

    /// The similarity of the nearest example of a class, -1 to 1.
    fn nearest(&self, class: usize, vector: &[f32]) -> f32 {
        let range = match (self.starts.get(class), self.starts.get(class + 1)) {
            (Some(from), Some(to)) => *from as usize..*to as usize,
            _ => return 0.0,
        };
        let rows = self.vectors.get(range.start * DIMENSIONS..range.end * DIMENSIONS).unwrap_or_default().chunks_exact(DIMENSIONS);
        rows.zip(self.scales.get(range).unwrap_or_default()).map(|(row, scale)| bytes_dot(row, vector) * scale).fold(-1.0, f32::max)
    }
}

fn bytes_dot(a: &[i8], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    for (x, y) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        lanes.iter_mut().zip(x.iter().zip(y)).for_each(|(lane, (x, y))| *lane += f32::from(*x) * y);
    }
    lanes.iter().sum()
}

/// A vector in bytes, and what one of them is worth.
pub(crate) fn quantised(values: &[f32]) -> (impl Iterator<Item = i8> + '_, f32) {
    let most = values.iter().fold(0.0f32, |most, v| most.max(v.abs())).max(1e-9);
    let scale = most / 127.0;
    #[allow(clippy::cast_possible_truncation, reason = "Between -127 and 127 by construction.")]
    let bytes = values.iter().map(move |v| (v / scale).round() as i8);
    (bytes, scale)
}

pub(super) fn softmax(scores: &[f32], sharpness: f32) -> Vec<f32> {
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut out: Vec<f32> = scores.iter().map(|s| ((s - top) * sharpness).exp()).collect();
    let sum: f32 = out.iter().sum();
    out.iter_mut().for_each(|p| *p /= sum.max(f32::EPSILON));
    out
}
