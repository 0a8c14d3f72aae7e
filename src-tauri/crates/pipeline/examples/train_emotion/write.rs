//! Lays out the file that `emotion/head.rs` reads.

use mercator_pipeline::{
    emotion::head::{Column, Head, MAGIC, OUTPUTS, Own, STRIDE},
    encoder::DIMENSIONS,
    language::model::check_sum,
};

use crate::learn::Plane;

/// What one step of a rarity is worth: the rarest of a hundred thousand texts comes to 12.
pub const RARITY_STEP: f32 = 0.05;

/// What a file holds beside the weights.
pub struct Parts<'a> {
    /// The encoder's fingerprint.
    pub encoder: &'a str,
    /// How much the vector counts.
    pub dense: f32,
    /// Factor and addend by column.
    pub calibration: [(f32, f32); OUTPUTS.len()],
    /// The same by words alone.
    pub by_words: [(f32, f32); OUTPUTS.len()],
    /// Shift of anger by language: the first for all others, then those with weights of their own.
    pub anger_from: &'a [(&'a str, f32)],
    /// Lines that name the inputs.
    pub inputs: &'a [String],
    /// By place, in steps.
    pub rarities: &'a [u8],
}

/// The whole file: header, rarities, weights, check sum.
pub fn file(planes: &[Plane], with: &Parts) -> Vec<u8> {
    let mut columns = [Column::default(); OUTPUTS.len()];
    let mut weights = vec![0u8; with.rarities.len() * STRIDE];
    let mut vector = vec![0u8; DIMENSIONS * STRIDE];
    for (at, plane) in planes.iter().enumerate() {
        let scale = quantise(&plane.sparse, at, &mut weights);
        let dense_scale = quantise(&plane.dense, at, &mut vector);
        let (calibration, by_words) = (with.calibration[at], with.by_words[at]);
        columns[at] = Column { scale, dense_scale, bias: plane.bias, calibration, by_words };
    }
    let mut own_weights = vec![];
    let own = with.anger_from.iter().enumerate().map(|(at, (language, shift))| {
        let mut rows = vec![0u8; DIMENSIONS * STRIDE];
        let scale = at.checked_sub(1).and_then(|at| planes[0].own.get(at)).map_or(0.0, |weights| quantise(weights, 0, &mut rows));
        if scale > 0.0 {
            own_weights.extend(rows.chunks(STRIDE).map(|row| row[0]));
        }
        Own::new(language, *shift, scale)
    });
    let own = own.collect();
    let head = Head::new(with.encoder, (crate::BITS, RARITY_STEP, with.dense), columns, own);
    let mut header = format!("{MAGIC}\n");
    for line in head.lines().iter().chain(with.inputs) {
        header.push_str(line);
        header.push('\n');
    }
    let mut file = header.into_bytes();
    file.extend_from_slice(b"end\n");
    file.extend_from_slice(with.rarities);
    file.extend_from_slice(&weights);
    file.extend_from_slice(&vector);
    file.extend_from_slice(&own_weights);
    let sum = check_sum(&file);
    file.extend_from_slice(&sum.to_le_bytes());
    file
}

/// Weights as signed bytes into their column; gives what a step is worth. The largest one in ten thousand is cut, so that a few
/// do not make all others coarse.
fn quantise(values: &[f32], column: usize, rows: &mut [u8]) -> f32 {
    let mut sizes: Vec<f32> = values.iter().map(|v| v.abs()).filter(|v| *v > 0.0).collect();
    sizes.sort_by(f32::total_cmp);
    let most = sizes.len().checked_sub(1 + sizes.len() / 10_000).map_or(1.0, |at| sizes[at]);
    let scale = most / 127.0;
    for (row, value) in rows.chunks_mut(STRIDE).zip(values) {
        row[column] = ((value / scale).round().clamp(-127.0, 127.0) as i8).to_ne_bytes()[0];
    }
    scale
}
