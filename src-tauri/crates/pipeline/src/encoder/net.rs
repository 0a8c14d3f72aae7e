//! The net of the Universal Sentence Encoder, multilingual v3: numbers of pieces in, one vector of unit length a text out.
//!
//! Source: Y. Yang and others, "Multilingual Universal Sentence Encoder for Semantic Retrieval" (2019), the variant with windows
//! (convolutions); the order of the operations is that of the published weights, held to them by golden vectors. In words: each
//! piece has an embedding of 512 numbers; three projections of it, one for each width of window (2, 3, 5 pieces), are normalised
//! together; in each width two windows follow one another, each added to what it came from; embedding and the three results are
//! normalised, summed over the text, divided by the root of its length, and go through four dense layers.
//!
//! The texts of a batch lie under one another with empty rows between, so that a window at a text's edge reads zeros.

use std::{iter::zip, ops::Range};

use pulp::Arch;

use super::{
    DIMENSIONS,
    file::{ModelFile, Place},
    matrix::{Rows, multiply},
    weights::{BLOCK, BLOCKS, FEATURES, GROUPS, Layer, Norm, WINDOWS, Weights},
};

/// Empty rows before, between and after the texts: the widest window reaches two to each side.
const GAP: usize = 2;

/// Keeps a division from a variance or a length of zero; the value of the training.
const EPSILON: f32 = 1e-12;

/// Rows of numbers.
struct Grid {
    values: Vec<f32>,
    width: usize,
}

impl Grid {
    fn zeros(height: usize, width: usize) -> Self {
        Self { values: vec![0.0; height * width], width }
    }

    fn row(&self, index: usize) -> &[f32] {
        self.values.get(index * self.width..(index + 1) * self.width).unwrap_or_default()
    }

    fn row_mut(&mut self, index: usize) -> &mut [f32] {
        self.values.get_mut(index * self.width..(index + 1) * self.width).unwrap_or_default()
    }

    /// Everything from a row on.
    fn from(&self, index: usize) -> &[f32] {
        self.values.get(index * self.width..).unwrap_or_default()
    }

    fn height(&self) -> usize {
        self.values.len() / self.width
    }
}

/// The features of a text's pieces, added up; from these a vector is a small step.
#[derive(Clone, Debug)]
pub(super) struct Summed {
    all: Vec<f32>,
    /// Of the marks of begin and end, which every text has once.
    begin: Vec<f32>,
    end: Vec<f32>,
    pieces: usize,
}

impl Summed {
    /// How many pieces were read, both marks included.
    pub fn pieces(&self) -> usize {
        self.pieces
    }

    /// Texts that follow one another as one text: their pieces, the first one's mark of begin and the last one's of end.
    pub fn joined<'a>(texts: impl Iterator<Item = &'a Self>) -> Self {
        let mut whole: Option<Self> = None;
        for text in texts {
            let Some(so_far) = &mut whole else {
                whole = Some(text.clone());
                continue;
            };
            add(&mut so_far.all, &text.all);
            for (value, (end, begin)) in zip(&mut so_far.all, zip(&so_far.end, &text.begin)) {
                *value -= end + begin;
            }
            so_far.end.clone_from(&text.end);
            so_far.pieces += text.pieces - 2;
        }
        whole.unwrap_or_else(|| Self { all: vec![0.0; FEATURES], begin: vec![], end: vec![], pieces: 1 })
    }
}

/// The net over the weights of an opened file.
pub(super) struct Net<'a> {
    pub file: &'a ModelFile,
    pub weights: &'a Weights,
    pub arch: Arch,
}

impl Net<'_> {
    /// The sum of each text, given as the numbers of its pieces: all that is costly.
    pub fn sums(&self, texts: &[Vec<u32>]) -> Vec<Summed> {
        let places = places(texts);
        let height = GAP + texts.iter().map(|text| text.len() + GAP).sum::<usize>();
        let mut features = Grid::zeros(height, FEATURES);
        for (text, rows) in zip(texts, &places) {
            for (piece, row) in zip(text, rows.clone()) {
                self.embed(*piece, features.row_mut(row));
            }
        }
        let rows = || places.iter().cloned().flatten();
        let mut projected = Grid::zeros(height, BLOCKS);
        let inputs = Rows { values: features.from(GAP), stride: FEATURES, width: DIMENSIONS, count: height - 2 * GAP };
        self.apply(&self.weights.projection, &inputs, &mut projected, GAP);
        for row in rows() {
            self.normalize(projected.row_mut(row), &self.weights.projected);
        }
        for block in 0..WINDOWS.len() {
            self.windows(block, &projected, &mut features, rows);
        }
        let summed = |rows: &Range<usize>| {
            let mut sum = Summed { all: vec![0.0; FEATURES], begin: vec![], end: vec![], pieces: rows.len() };
            for row in rows.clone() {
                self.normalize(features.row_mut(row), &self.weights.featured);
                add(&mut sum.all, features.row(row));
            }
            sum.begin = features.row(rows.start).to_vec();
            sum.end = features.row(rows.end.saturating_sub(1)).to_vec();
            sum
        };
        places.iter().map(summed).collect()
    }

    /// The vectors of summed texts.
    pub fn finished(&self, sums: &[Summed]) -> Vec<Vec<f32>> {
        let mut grid = Grid::zeros(sums.len(), FEATURES);
        for (index, sum) in sums.iter().enumerate() {
            grid.row_mut(index).copy_from_slice(&sum.all);
        }
        self.dense(&grid, sums)
    }

    /// The embedding of a piece, to the start of its row of features. Only these rows of the table are ever read.
    fn embed(&self, piece: u32, row: &mut [f32]) {
        let start = piece as usize * DIMENSIONS;
        let quantised = self.file.bytes(&self.weights.table).get(start..start + DIMENSIONS).unwrap_or_default();
        let group = |place: &Place| self.file.floats(place).get(piece as usize % GROUPS).copied().unwrap_or_default();
        let (scale, low) = (group(&self.weights.scales), group(&self.weights.lows));
        for (to, level) in zip(row, quantised) {
            *to = f32::from(*level) * scale + low;
        }
    }

    /// Two windows after one another over one block of the projections; the result goes to its columns of the features.
    fn windows<I: Iterator<Item = usize>>(&self, block: usize, projected: &Grid, features: &mut Grid, rows: impl Fn() -> I) {
        let (Some((pieces, before)), Some(layers)) = (WINDOWS.get(block), self.weights.windows.get(block)) else { return };
        let mut state = Grid::zeros(projected.height(), BLOCK);
        for row in rows() {
            state.row_mut(row).copy_from_slice(projected.row(row).chunks(BLOCK).nth(block).unwrap_or_default());
        }
        let mut change = Grid::zeros(state.height(), BLOCK);
        for layer in layers {
            let count = state.height() - 2 * GAP;
            let windows = Rows { values: state.from(GAP - before), stride: BLOCK, width: pieces * BLOCK, count };
            self.apply(layer, &windows, &mut change, GAP);
            for row in rows() {
                positive(change.row_mut(row));
                add(state.row_mut(row), change.row(row));
            }
        }
        let start = DIMENSIONS + block * BLOCK;
        for row in rows() {
            for (to, from) in zip(features.row_mut(row).iter_mut().skip(start), state.row(row)) {
                *to = *from;
            }
        }
    }

    /// From the summed features of each text to its vector.
    fn dense(&self, sums: &Grid, texts: &[Summed]) -> Vec<Vec<f32>> {
        let [first, second, third, fourth] = &self.weights.dense;
        let [around_first, around_third] = &self.weights.around;
        let mut mean = self.through(&Layer { addend: None, ..self.weights.sentence.clone() }, sums);
        let addend = self.weights.sentence.addend.as_ref().map_or(&[][..], |place| self.file.floats(place));
        for (index, text) in texts.iter().enumerate() {
            // Every piece of the sum carries the addend; the root of the length is the paper's.
            let length = text.pieces as f32;
            for (value, addend) in zip(mean.row_mut(index), addend) {
                *value = (*value + length * addend) / length.sqrt();
            }
        }
        let mut one = self.through(first, &mean);
        positive(&mut one.values);
        let mut two = self.through(second, &one);
        add(&mut two.values, &self.through(around_first, &mean).values);
        positive(&mut two.values);
        let mut three = self.through(third, &two);
        positive(&mut three.values);
        let mut out = self.through(fourth, &three);
        add(&mut out.values, &self.through(around_third, &two).values);
        out.values.chunks_exact(DIMENSIONS).map(unit).collect()
    }

    /// All rows of a grid through a layer.
    fn through(&self, layer: &Layer, inputs: &Grid) -> Grid {
        let mut out = Grid::zeros(inputs.height(), layer.outputs);
        let rows = Rows { values: &inputs.values, stride: inputs.width, width: inputs.width, count: inputs.height() };
        self.apply(layer, &rows, &mut out, 0);
        out
    }

    /// Rows through a layer into a grid, from its row `first` on.
    fn apply(&self, layer: &Layer, inputs: &Rows, out: &mut Grid, first: usize) {
        let values = out.values.get_mut(first * layer.outputs..(first + inputs.count) * layer.outputs).unwrap_or_default();
        multiply(self.arch, inputs, self.file.floats(&layer.weights), layer.outputs, values);
        if let Some(addend) = &layer.addend {
            let addend = self.file.floats(addend);
            for row in values.chunks_exact_mut(layer.outputs) {
                add(row, addend);
            }
        }
    }

    /// A row to mean 0 and variance 1, then factor and addend of each column.
    fn normalize(&self, row: &mut [f32], norm: &Norm) {
        let width = row.len() as f32;
        let mean = sum(row, |x| x) / width;
        let variance = sum(row, |x| (x - mean) * (x - mean)) / width;
        let scale = 1.0 / (variance + EPSILON).sqrt();
        let (factors, addends) = (self.file.floats(&norm.factor), self.file.floats(&norm.addend));
        for ((value, factor), addend) in zip(zip(row, factors), addends) {
            *value = (*value - mean) * scale * factor + addend;
        }
    }
}

/// The rows of each text of a batch.
fn places(texts: &[Vec<u32>]) -> Vec<Range<usize>> {
    let mut next = GAP;
    let place = |text: &Vec<u32>| {
        let start = next;
        next += text.len() + GAP;
        start..start + text.len()
    };
    texts.iter().map(place).collect()
}

fn add(to: &mut [f32], from: &[f32]) {
    for (to, from) in zip(to, from) {
        *to += from;
    }
}

fn positive(values: &mut [f32]) {
    for value in values {
        *value = value.max(0.0);
    }
}

/// A sum in sixteen lanes: exact enough, and the compiler may use vectors, which it may not for a sum in one row.
fn sum(values: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let (lanes, rest) = values.as_chunks::<16>();
    let mut sums = [0.0; 16];
    for lane in lanes {
        for (sum, value) in zip(&mut sums, lane) {
            *sum += of(*value);
        }
    }
    sums.iter().sum::<f32>() + rest.iter().map(|value| of(*value)).sum::<f32>()
}

/// Bends every number into -1…1, and the whole to length 1.
fn unit(values: &[f32]) -> Vec<f32> {
    let bent: Vec<f32> = values.iter().map(|value| value.tanh()).collect();
    let length = sum(&bent, |x| x * x).max(EPSILON).sqrt();
    bent.iter().map(|value| value / length).collect()
}
