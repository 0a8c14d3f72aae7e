//! Makes the sentence encoder's model file out of the two data files of the package: the weights in the order in which they are
//! read, the pieces as a trie that is used where it lies. The same input gives the same bytes, so that its checksum is in the lock
//! file. The reader is `pipeline/src/encoder`.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use yada::builder::DoubleArrayBuilder;

use super::{
    flat::FlatFile,
    numbers::{self, Array},
    pieces,
};

/// Columns of a panel of weights, as `pipeline/src/encoder/matrix.rs` reads them.
const PANEL: usize = 32;
/// The embedding table comes in so many parts: row `r` of part `k` is piece `17·r + k − 1`.
const PARTS: usize = 17;

/// Builds the file; `name` is what it calls itself.
pub fn sentence_encoder(name: &str, weights: &[u8], model: &[u8]) -> Result<Vec<u8>> {
    let arrays = Arrays(numbers::read(weights)?);
    let mut file = FlatFile::default();
    file.add("name", name.as_bytes().to_vec());
    add_pieces(&mut file, model)?;
    file.add("table", arrays.table()?);
    file.add("scales", arrays.floats("scale")?.bytes.clone());
    file.add("lows", arrays.floats("lo")?.bytes.clone());
    add_projection(&mut file, &arrays)?;
    for width in [2, 3, 5] {
        for (which, number) in [("first", 1), ("second", 2)] {
            file.add(&format!("window{width}.{which}"), arrays.panels(&[&format!("w{number}_{width}")])?);
            file.add(&format!("window{width}.{which}.b"), arrays.floats(&format!("b{number}_{width}"))?.bytes.clone());
        }
    }
    file.add("featured.g", arrays.floats("ln_g")?.bytes.clone());
    file.add("featured.s", arrays.floats("ln_b")?.bytes.clone());
    file.add("sentence", arrays.panels(&["cnn_W"])?);
    file.add("sentence.b", arrays.floats("cnn_b")?.bytes.clone());
    for (ours, theirs) in [("dense0", "d0"), ("dense1", "d1"), ("dense2", "d2"), ("dense3", "d3"), ("around0", "p1"), ("around2", "p3")] {
        file.add(ours, arrays.panels(&[theirs])?);
    }
    file.finish()
}

/// The three projections side by side are one multiplication, and their normalisations one over the whole row.
fn add_projection(file: &mut FlatFile, arrays: &Arrays) -> Result<()> {
    let side_by_side = |kind: &str| {
        let parts = [2, 3, 5].map(|width| Ok::<_, anyhow::Error>(arrays.floats(&format!("{kind}{width}"))?.bytes.clone()));
        Ok::<_, anyhow::Error>(parts.into_iter().collect::<Result<Vec<_>>>()?.concat())
    };
    file.add("projection", arrays.panels(&["proj2", "proj3", "proj5"])?);
    file.add("projection.b", side_by_side("proj_b")?);
    file.add("projected.g", side_by_side("ln_g")?);
    file.add("projected.s", side_by_side("ln_b")?);
    Ok(())
}

fn add_pieces(file: &mut FlatFile, model: &[u8]) -> Result<()> {
    let model = pieces::read(model)?;
    let mut keys: Vec<(&[u8], u32)> = vec![];
    for (index, piece) in model.pieces.iter().enumerate().filter(|(_, piece)| piece.is_text) {
        keys.push((&piece.text, u32::try_from(index)?));
    }
    keys.sort_unstable();
    let trie = DoubleArrayBuilder::build(&keys).context("Cannot build the trie of the pieces")?;
    file.add("rules", model.rules);
    file.add("replacements", model.replacements);
    file.add("pieces", trie);
    file.add("scores", model.pieces.iter().flat_map(|piece| piece.score.to_le_bytes()).collect());
    Ok(())
}

/// The arrays of the weights file.
struct Arrays(BTreeMap<String, Array>);

impl Arrays {
    fn floats(&self, name: &str) -> Result<&Array> {
        self.0.get(name).filter(|array| array.size == 4).with_context(|| format!("The weights have no array {name}"))
    }

    /// Matrices of the same height side by side, in panels of columns, each panel row after row.
    fn panels(&self, names: &[&str]) -> Result<Vec<u8>> {
        let mut all = vec![];
        for name in names {
            let matrix = self.floats(name)?;
            let [_, columns] = matrix.shape[..] else { anyhow::bail!("The array {name} is no matrix") };
            ensure!(columns.is_multiple_of(PANEL), "The columns of {name} do not make whole panels");
            for panel in (0..columns).step_by(PANEL) {
                for row in matrix.bytes.chunks_exact(columns * 4) {
                    all.extend_from_slice(row.get(panel * 4..(panel + PANEL) * 4).unwrap_or_default());
                }
            }
        }
        Ok(all)
    }

    /// The embedding table in the order of the pieces.
    fn table(&self) -> Result<Vec<u8>> {
        let part = |index: usize| self.0.get(&format!("q{}", index + 1)).filter(|part| part.size == 1 && part.shape.len() == 2);
        let parts = (0..PARTS).map(|index| part(index).context("The weights have no complete embedding table"));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        let width = parts.first().and_then(|part| part.shape.last().copied()).context("The embedding table is empty")?;
        let mut rows: Vec<_> = parts.iter().map(|part| part.bytes.chunks_exact(width)).collect();
        let mut table = Vec::with_capacity(parts.iter().map(|part| part.bytes.len()).sum());
        while let Some(row) = rows.first_mut().and_then(Iterator::next) {
            table.extend_from_slice(row);
            for rows in rows.iter_mut().skip(1) {
                table.extend_from_slice(rows.next().context("The parts of the embedding table differ in length")?);
            }
        }
        Ok(table)
    }
}
