//! Training: the shipped intents, a merchant's corrections and a merchant's own intents by one way.
//!
//! Examples are labelled texts, with their sentence vectors where there is an encoder. The order of the examples does not change
//! the labels' order (they are sorted), and the same examples give the same model, byte for byte.

use std::{
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    classifier::{Classifier, HeldOut, Neighbours, Planes, quantised, softmax},
    scope,
    space::Space,
    svm::{self, Example, Plane},
};
use crate::{encoder::DIMENSIONS, error::PipelineError};

/// What an error costs in training; 0.2 to 2 differ by half a point on the public sets.
const COST: f32 = 1.0;
/// How much the sentence vector counts beside the two groups of words, each of length 1: for messages as buyers wrote them. On
/// public sets of intents 1 to 2 differ by less than a point, and 2 is the better with many examples.
const OF_MESSAGES: f32 = 2.0;
/// The same for the phrases that ship. They are written for their intents and say them plainly, so that a heavy vector fits them
/// all and leaves the words unlearned: on texts that no phrase was written from, 2 is right in 62 of 100, 1 in 67, 0.6 in 69.
pub const OF_PHRASES: f32 = 0.6;
/// Parts for held-out answers.
const FOLDS: usize = 3;
/// How often a label must be right above its threshold, unless the caller says otherwise.
pub const PRECISION: f32 = 0.95;
/// From this probability on a held-out answer counts as being in scope.
pub const IN_SCOPE: f32 = 0.5;
/// A threshold needs so many held-out answers above it to mean anything.
const LEAST_ANSWERS: usize = 8;

/// A labelled text.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled<'a> {
    /// The text.
    pub text: &'a str,
    /// Its label.
    pub label: &'a str,
    /// Its sentence vector; all examples have one, or none has.
    pub vector: Option<Vec<f32>>,
}

/// Ends a training before its time, from another thread.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// The training ends at its next step, with [`PipelineError::Stopped`].
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True once it was asked for.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn check(&self) -> Result<(), PipelineError> {
        if self.is_asked() { Err(PipelineError::Stopped) } else { Ok(()) }
    }
}

/// How to train.
#[derive(Clone, Debug)]
pub struct Training {
    /// The fingerprint of the encoder that made the vectors.
    pub encoder: String,
    /// Answer every example by a model that has not seen it: confidences are calibrated and thresholds chosen on these answers.
    pub hold_out: bool,
    /// With more examples than this only every third is answered so: enough to calibrate on, and half of the time.
    pub whole_up_to: usize,
    /// How often a label must be right above its threshold, 0 to 1.
    pub precision: f32,
    /// How much the sentence vector counts beside the words.
    pub dense_weight: f32,
    /// Labels that mean "none of the others": a held-out answer with one of them is never in scope.
    pub out_of_scope: Vec<String>,
    /// Ends it early.
    pub stop: Stop,
}

impl Default for Training {
    fn default() -> Self {
        let (encoder, out_of_scope, stop) = (String::new(), vec![], Stop::default());
        Self { encoder, hold_out: true, whole_up_to: usize::MAX, precision: PRECISION, dense_weight: OF_MESSAGES, out_of_scope, stop }
    }
}

/// Trains on labelled texts. `progress` is told the share that is done, 0 to 1.
pub fn train(examples: &[Labelled], training: &Training, progress: &(dyn Fn(f32) + Sync)) -> Result<Classifier, PipelineError> {
    let mut labels: Vec<String> = examples.iter().map(|e| e.label.to_owned()).collect();
    labels.sort();
    labels.dedup();
    if labels.len() < 2 {
        return Err(PipelineError::Data { file: "examples".to_owned(), reason: "two labels or more are needed".to_owned() });
    }
    let all: Vec<&Labelled> = examples.iter().collect();
    let rounds = if examples.len() > training.whole_up_to { 1 } else { FOLDS };
    let shares = if training.hold_out { rounds + 1 } else { 1 };
    #[allow(clippy::cast_precision_loss, reason = "A handful of parts.")]
    let part = |done: usize| move |share: f32| progress((done as f32 + share) / shares as f32);
    let mut model = fit(&all, &labels, training, &part(shares - 1));
    training.stop.check()?;
    if training.hold_out {
        let folds = folds(examples, &labels);
        let mut answers: Vec<Option<(Vec<f32>, f32)>> = vec![None; examples.len()];
        for fold in 0..shares - 1 {
            let seen: Vec<&Labelled> = examples.iter().zip(&folds).filter(|(_, f)| **f != fold).map(|(e, _)| e).collect();
            let other = fit(&seen, &labels, training, &part(fold));
            training.stop.check()?;
            for ((example, answer), of) in examples.iter().zip(&mut answers).zip(&folds) {
                if *of == fold {
                    let (scores, signs) = other.measured(example.text, example.vector.as_deref());
                    *answer = Some((scores, other.scope.probability(&signs)));
                }
            }
        }
        calibrate(&mut model, examples, &answers, training);
    }
    progress(1.0);
    Ok(model)
}

/// Each example's part, so that every label is spread evenly; by its place among the label's examples.
fn folds(examples: &[Labelled], labels: &[String]) -> Vec<usize> {
    let mut counts = vec![0usize; labels.len()];
    let class = |label: &str| labels.iter().position(|l| l == label).unwrap_or(0);
    examples
        .iter()
        .map(|example| {
            let count = counts.get_mut(class(example.label));
            count.map_or(0, |count| {
                *count += 1;
                *count % FOLDS
            })
        })
        .collect()
}

/// One model, without calibration.
pub(super) fn fit(examples: &[&Labelled], labels: &[String], training: &Training, progress: &(dyn Fn(f32) + Sync)) -> Classifier {
    let texts: Vec<&str> = examples.iter().map(|e| e.text).collect();
    let space = Space::learn(&texts);
    let rows: Vec<Example> = examples
        .iter()
        .map(|example| Example {
            sparse: space.features(example.text).0,
            dense: example.vector.as_deref().unwrap_or_default().iter().map(|v| v * training.dense_weight).collect(),
            class: labels.binary_search_by(|label| label.as_str().cmp(example.label)).unwrap_or(0),
        })
        .collect();
    let mut planes = planes(&rows, labels.len(), space.places(), &training.stop, progress);
    // The weight goes into the planes, so that a model answers without knowing it.
    planes.dense.iter_mut().for_each(|w| *w *= training.dense_weight);
    let dense = examples.first().is_some_and(|e| e.vector.is_some());
    let scope = if dense { scope::WITH_VECTORS } else { scope::WORDS_ONLY };
    let encoder = if dense { training.encoder.clone() } else { String::new() };
    let mut model = Classifier::new(labels.to_vec(), encoder, space, planes, scope);
    if dense {
        model.neighbours = neighbours(examples, labels);
    }
    model
}

/// All planes, on all cores: the classes do not depend on one another.
fn planes(rows: &[Example], classes: usize, places: usize, stop: &Stop, progress: &(dyn Fn(f32) + Sync)) -> Planes {
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get).min(classes);
    let done = std::sync::atomic::AtomicUsize::new(0);
    let learned: Vec<Vec<(usize, Plane)>> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|worker| {
                let done = &done;
                scope.spawn(move || {
                    let own = (worker..classes).step_by(workers).take_while(|_| !stop.is_asked());
                    own.map(|class| {
                        let plane = svm::learn(rows, class, places, COST);
                        let finished = 1 + done.fetch_add(1, Ordering::Relaxed);
                        #[allow(clippy::cast_precision_loss, reason = "Tens of classes.")]
                        progress(finished as f32 / classes as f32);
                        (class, plane)
                    })
                    .collect()
                })
            })
            .collect();
        handles.into_iter().filter_map(|handle| handle.join().ok()).collect()
    });
    let mut planes = Planes { sparse: vec![0; places * classes], scales: vec![0.0; classes], dense: vec![], bias: vec![0.0; classes] };
    let width = rows.first().map_or(0, |row| row.dense.len());
    planes.dense = vec![0.0; classes * width];
    for (class, plane) in learned.into_iter().flatten() {
        keep(&mut planes, class, classes, &plane);
    }
    planes
}

fn keep(planes: &mut Planes, class: usize, classes: usize, plane: &Plane) {
    let (bytes, scale) = quantised(&plane.sparse);
    bytes.enumerate().for_each(|(place, byte)| {
        if let Some(cell) = planes.sparse.get_mut(place * classes + class) {
            *cell = byte;
        }
    });
    if let (Some(s), Some(b)) = (planes.scales.get_mut(class), planes.bias.get_mut(class)) {
        (*s, *b) = (scale, plane.bias);
    }
    let width = plane.dense.len();
    if let Some(row) = planes.dense.get_mut(class * width..(class + 1) * width) {
        row.copy_from_slice(&plane.dense);
    }
}

fn neighbours(examples: &[&Labelled], labels: &[String]) -> Neighbours {
    let mut found = Neighbours { starts: vec![0], ..Neighbours::default() };
    for label in labels {
        let mut centre = vec![0.0f32; DIMENSIONS];
        for vector in examples.iter().filter(|e| e.label == label).filter_map(|e| e.vector.as_deref()) {
            centre.iter_mut().zip(vector).for_each(|(c, v)| *c += v);
            let (bytes, scale) = quantised(vector);
            found.vectors.extend(bytes);
            found.scales.push(scale);
        }
        let length = svm::dot(&centre, &centre).sqrt().max(1e-9);
        found.centres.extend(centre.iter().map(|c| c / length));
        found.starts.push(u32::try_from(found.scales.len()).unwrap_or(u32::MAX));
    }
    found
}

/// Sharpness, held-out answers and thresholds.
fn calibrate(model: &mut Classifier, examples: &[Labelled], answers: &[Option<(Vec<f32>, f32)>], training: &Training) {
    let class = |label: &str| model.labels.binary_search_by(|l| l.as_str().cmp(label)).unwrap_or(0);
    let scored: Vec<(usize, &Vec<f32>, f32)> =
        examples.iter().zip(answers).filter_map(|(e, a)| a.as_ref().map(|(scores, scope)| (class(e.label), scores, *scope))).collect();
    model.sharpness = sharpness(&scored);
    let outside: Vec<usize> = training.out_of_scope.iter().map(|label| class(label)).collect();
    model.held_out = scored
        .iter()
        .map(|(label, scores, scope)| {
            let probabilities = softmax(scores, model.sharpness);
            let (predicted, confidence) = probabilities.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0));
            let in_scope = if outside.contains(&predicted) { 0.0 } else { *scope };
            let place = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
            HeldOut { label: place(*label), predicted: place(predicted), confidence, in_scope }
        })
        .collect();
    model.thresholds = (0..model.labels.len()).map(|label| threshold(&model.held_out, label, training.precision)).collect();
}

/// The sharpness with the least surprise on held-out answers, by trying a row of them.
fn sharpness(scored: &[(usize, &Vec<f32>, f32)]) -> f32 {
    let surprise = |sharpness: f32| -> f32 {
        scored.iter().map(|(label, scores, _)| -softmax(scores, sharpness).get(*label).copied().unwrap_or(0.0).max(1e-9).ln()).sum()
    };
    let mut best = (f32::MAX, 1.0);
    for step in 0..40u8 {
        // From 0.7 to about 20, each nine per cent above the one before.
        let sharpness = 0.7 * 1.09f32.powi(i32::from(step));
        let found = surprise(sharpness);
        if found < best.0 {
            best = (found, sharpness);
        }
    }
    best.1
}

/// The lowest probability from which on a label was right as often as asked for; 1.1 when it never was.
pub fn threshold(answers: &[HeldOut], label: usize, precision: f32) -> f32 {
    let mut own: Vec<&HeldOut> = answers.iter().filter(|a| usize::from(a.predicted) == label && a.in_scope >= IN_SCOPE).collect();
    own.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let (mut right, mut lowest) = (0.0f32, 1.1f32);
    for (at, answer) in own.iter().enumerate() {
        right += f32::from(u8::from(answer.label == answer.predicted));
        #[allow(clippy::cast_precision_loss, reason = "Thousands of answers.")]
        let share = right / (at as f32 + 1.0);
        if at + 1 >= LEAST_ANSWERS && share >= precision {
            lowest = answer.confidence;
        }
    }
    lowest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> Vec<Labelled<'static>> {
        let rows = [
            ("status", "where is my order"),
            ("status", "has my parcel been sent"),
            ("status", "when does my parcel come"),
            ("status", "my order has not come yet, where is it"),
            ("refund", "I want my money back"),
            ("refund", "please refund my payment"),
            ("refund", "give me the money back"),
            ("refund", "refund me please"),
            ("thanks", "thank you so much"),
            ("thanks", "many thanks"),
            ("thanks", "thanks, great help"),
            ("thanks", "thank you very much indeed"),
        ];
        rows.map(|(label, text)| Labelled { text, label, vector: None }).to_vec()
    }

    fn trained() -> Classifier {
        train(&examples(), &Training::default(), &|_| ()).unwrap()
    }

    #[test]
    fn a_model_learns_from_a_few_phrases() {
        let model = trained();
        let check = |text: &str, expect: &str| assert_eq!(model.labels()[model.predict(text, None).best().0], expect, "{text}");
        check("hello, where is the order?", "status");
        check("i'd like my money back", "refund");
        check("thanks!", "thanks");
    }

    #[test]
    fn the_same_examples_give_the_same_bytes_and_they_read_back() {
        let bytes = trained().to_bytes().unwrap();
        assert_eq!(bytes, trained().to_bytes().unwrap());
        let back = Classifier::from_bytes(&bytes).unwrap();
        assert_eq!(back, trained());
        assert!(Classifier::from_bytes(&bytes[..bytes.len() - 3]).is_err());
        assert!(Classifier::from_bytes(b"").is_err());
    }

    #[test]
    fn one_label_is_no_choice() {
        let one = [Labelled { text: "a", label: "x", vector: None }];
        assert!(train(&one, &Training::default(), &|_| ()).is_err());
    }

    #[test]
    fn a_training_that_is_stopped_gives_no_model() {
        let training = Training::default();
        let result = train(&examples(), &training, &|_| training.stop.stop());
        assert_eq!(result, Err(PipelineError::Stopped));
    }

    #[test]
    fn a_threshold_keeps_what_was_right_often_enough() {
        let answer = |confidence: f32, right: bool| HeldOut { label: u16::from(!right), predicted: 0, confidence, in_scope: 1.0 };
        let mut answers: Vec<HeldOut> = (0..10u8).map(|n| answer(0.99 - f32::from(n) * 0.01, true)).collect();
        answers.push(answer(0.5, false));
        answers.push(answer(0.4, false));
        assert!((threshold(&answers, 0, 0.95) - 0.9).abs() < 1e-6);
        assert!((threshold(&answers, 0, 0.9) - 0.5).abs() < 1e-6);
        assert!(threshold(&answers, 1, 0.9) > 1.0);
    }

    #[test]
    fn held_out_answers_are_as_many_as_the_examples() {
        let model = trained();
        assert_eq!(model.held_out().len(), examples().len());
        assert!(model.held_out().iter().all(|a| (0.0..=1.0).contains(&a.confidence)));
    }
}
