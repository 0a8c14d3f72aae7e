//! Rows of numbers times a matrix of weights, as fast as the processor allows: AVX-512, AVX2, NEON or plain, chosen at run time
//! by the crate `pulp`, which keeps the unsafe part to itself.
//!
//! The general crates (`matrixmultiply`, `gemm`) rearrange the weights at each call, which for a message of ten to forty rows
//! costs more than the multiplication. Here the file holds them rearranged already ([`PANEL`]), which makes a short message
//! three times and a message of thirty pieces two times as fast. Knows nothing of what the numbers mean: see [`super::net`].

use pulp::{Arch, Simd, WithSimd};

/// Weights are kept in panels of so many columns, each panel row after row: two vectors of AVX-512, four of AVX2.
pub(super) const PANEL: usize = 32;

/// Rows that share one pass over a panel: six rows of two vectors are twelve running sums, which hide the latency of a
/// multiplication and still fit the sixteen registers of AVX2.
const TILE: usize = 6;

/// Rows of the left side: `count` rows of `width` numbers, each `stride` after the one before. Rows may overlap, which is how a
/// window over neighbouring pieces is one row without being copied together.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub values: &'a [f32],
    pub stride: usize,
    pub width: usize,
    pub count: usize,
}

/// Writes `rows × weights` to `out`, `outputs` numbers a row. The weights are in panels, `rows.width` rows of [`PANEL`] each.
pub(super) fn multiply(arch: Arch, rows: &Rows, panels: &[f32], outputs: usize, out: &mut [f32]) {
    if rows.width > 0 && outputs > 0 {
        arch.dispatch(Product { rows, panels, outputs, out });
    }
}

struct Product<'a> {
    rows: &'a Rows<'a>,
    panels: &'a [f32],
    outputs: usize,
    out: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { rows, panels, outputs, out } = self;
        let interleaved = interleave(rows);
        for (index, panel) in panels.chunks_exact(PANEL * rows.width).enumerate() {
            let blocks = interleaved.chunks(TILE * rows.width).zip(out.chunks_mut(TILE * outputs));
            for (inputs, out) in blocks {
                let out = out.get_mut(index * PANEL..).unwrap_or_default();
                match inputs.len() / rows.width {
                    1 => tile::<S, 1>(simd, inputs, panel, outputs, out),
                    2 => tile::<S, 2>(simd, inputs, panel, outputs, out),
                    3 => tile::<S, 3>(simd, inputs, panel, outputs, out),
                    4 => tile::<S, 4>(simd, inputs, panel, outputs, out),
                    5 => tile::<S, 5>(simd, inputs, panel, outputs, out),
                    _ => tile::<S, TILE>(simd, inputs, panel, outputs, out),
                }
            }
        }
    }
}

/// Brings each block of [`TILE`] rows (the last may have fewer) into the order in which it is read: first numbers of all its rows,
/// second numbers, and so on.
fn interleave(rows: &Rows) -> Vec<f32> {
    let mut all = vec![0.0; rows.count * rows.width];
    for (block, out) in all.chunks_mut(TILE * rows.width).enumerate() {
        let height = out.len() / rows.width;
        for offset in 0..height {
            let start = (block * TILE + offset) * rows.stride;
            let row = rows.values.get(start..start + rows.width).unwrap_or_default();
            for (to, from) in out.iter_mut().skip(offset).step_by(height).zip(row) {
                *to = *from;
            }
        }
    }
    all
}

/// One block of rows times one panel: for each pair of vectors in the panel's width, `R` times two running sums.
#[inline(always)]
fn tile<S: Simd, const R: usize>(simd: S, inputs: &[f32], panel: &[f32], outputs: usize, out: &mut [f32]) {
    let inputs = inputs.as_chunks::<R>().0;
    let panel = panel.as_chunks::<PANEL>().0;
    for pair in (0..PANEL / S::F32_LANES).step_by(2) {
        let mut sums = [[simd.splat_f32s(0.0); 2]; R];
        for (inputs, weights) in inputs.iter().zip(panel) {
            let Some([left, right]) = S::as_simd_f32s(weights).0.get(pair..).and_then(<[_]>::first_chunk) else { return };
            for ([a, b], input) in sums.iter_mut().zip(inputs) {
                let input = simd.splat_f32s(*input);
                *a = simd.mul_add_f32s(input, *left, *a);
                *b = simd.mul_add_f32s(input, *right, *b);
            }
        }
        for (sums, out) in sums.iter().zip(out.chunks_mut(outputs)) {
            let out = out.get_mut(..PANEL).unwrap_or_default();
            for (to, sum) in S::as_mut_simd_f32s(out).0.iter_mut().skip(pair).zip(sums) {
                *to = *sum;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The weights of a plain matrix, row after row, in panels.
    fn panels(weights: &[f32], outputs: usize) -> Vec<f32> {
        let columns = (0..outputs).step_by(PANEL);
        columns.flat_map(|column| weights.chunks(outputs).flat_map(move |row| &row[column..column + PANEL])).copied().collect()
    }

    fn plain(rows: &Rows, weights: &[f32], outputs: usize) -> Vec<f32> {
        let mut out = vec![];
        for row in 0..rows.count {
            let row = &rows.values[row * rows.stride..][..rows.width];
            out.extend(
                (0..outputs).map(|column| row.iter().zip(weights.iter().skip(column).step_by(outputs)).map(|(a, b)| a * b).sum::<f32>()),
            );
        }
        out
    }

    #[test]
    fn equals_the_plain_sum_of_products_for_every_number_of_rows_also_overlapping_ones() {
        let mut state = 1_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        let (width, outputs) = (40, 96);
        let weights: Vec<f32> = (0..width * outputs).map(|_| random()).collect();
        let values: Vec<f32> = (0..20 * width).map(|_| random()).collect();
        let panels = panels(&weights, outputs);
        for count in 0..=20 {
            for stride in [width, 8] {
                let rows = Rows { values: &values, stride, width, count };
                let expected = plain(&rows, &weights, outputs);
                for arch in [Arch::new(), Arch::Scalar] {
                    let mut out = vec![f32::NAN; count * outputs];
                    multiply(arch, &rows, &panels, outputs, &mut out);
                    let worst = out.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                    assert!(worst < 1e-4 && out.iter().all(|x| x.is_finite()), "{arch:?}, {count} rows, stride {stride}: off by {worst}");
                }
            }
        }
    }
}
