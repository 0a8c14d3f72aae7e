//! Where in the model file the weights of the net lie, with their sizes: the net's shape as a table. See [`super::net`] for what is
//! done with them.

use super::{
    DIMENSIONS,
    file::{ModelFile, Place},
};
use crate::error::PipelineError;

/// Width of a block of window features.
pub(super) const BLOCK: usize = 256;
/// For each of the three blocks: pieces in its window, and how many of them lie before the piece that the window belongs to.
pub(super) const WINDOWS: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
/// Width of the three blocks together.
pub(super) const BLOCKS: usize = BLOCK * WINDOWS.len();
/// Width of the features of one piece: its embedding and the blocks.
pub(super) const FEATURES: usize = DIMENSIONS + BLOCKS;
/// Width of the narrow dense layers.
const NARROW: usize = 320;
/// The embedding table is quantised in so many groups, each with its own scale and lowest value; piece `p` is in group `p % GROUPS`.
pub(super) const GROUPS: usize = 17;
/// Rows of the embedding table; the last few belong to no piece.
const TABLE_ROWS: usize = GROUPS * 7530;

/// A matrix, with an addend for each column where it has one.
#[derive(Clone)]
pub(super) struct Layer {
    pub weights: Place,
    pub addend: Option<Place>,
    pub outputs: usize,
}

/// A normalisation of a row: factor and addend for each column.
pub(super) struct Norm {
    pub factor: Place,
    pub addend: Place,
}

/// All weights.
pub(super) struct Weights {
    pub table: Place,
    pub scales: Place,
    pub lows: Place,
    pub projection: Layer,
    pub projected: Norm,
    pub windows: [[Layer; 2]; 3],
    pub featured: Norm,
    pub sentence: Layer,
    pub dense: [Layer; 4],
    /// What goes round the first dense layer, and round the third.
    pub around: [Layer; 2],
}

impl Weights {
    /// Finds every section and checks its size.
    pub fn find(file: &ModelFile) -> Result<Self, PipelineError> {
        let window = |width: usize| {
            let layer = |which| Layer::with_addend(file, &format!("window{width}.{which}"), width * BLOCK, BLOCK);
            Ok::<_, PipelineError>([layer("first")?, layer("second")?])
        };
        Ok(Self {
            table: file.exactly("table", TABLE_ROWS * DIMENSIONS)?,
            scales: file.floats_of("scales", GROUPS)?,
            lows: file.floats_of("lows", GROUPS)?,
            projection: Layer::with_addend(file, "projection", DIMENSIONS, BLOCKS)?,
            projected: Norm::find(file, "projected", BLOCKS)?,
            windows: [window(2)?, window(3)?, window(5)?],
            featured: Norm::find(file, "featured", FEATURES)?,
            sentence: Layer::with_addend(file, "sentence", FEATURES, DIMENSIONS)?,
            dense: [
                Layer::find(file, "dense0", DIMENSIONS, NARROW)?,
                Layer::find(file, "dense1", NARROW, NARROW)?,
                Layer::find(file, "dense2", NARROW, DIMENSIONS)?,
                Layer::find(file, "dense3", DIMENSIONS, DIMENSIONS)?,
            ],
            around: [Layer::find(file, "around0", DIMENSIONS, NARROW)?, Layer::find(file, "around2", NARROW, DIMENSIONS)?],
        })
    }
}

impl Layer {
    fn find(file: &ModelFile, name: &str, inputs: usize, outputs: usize) -> Result<Self, PipelineError> {
        Ok(Self { weights: file.floats_of(name, inputs * outputs)?, addend: None, outputs })
    }

    fn with_addend(file: &ModelFile, name: &str, inputs: usize, outputs: usize) -> Result<Self, PipelineError> {
        let addend = file.floats_of(&format!("{name}.b"), outputs)?;
        Ok(Self { addend: Some(addend), ..Self::find(file, name, inputs, outputs)? })
    }
}

impl Norm {
    fn find(file: &ModelFile, name: &str, width: usize) -> Result<Self, PipelineError> {
        Ok(Self { factor: file.floats_of(&format!("{name}.g"), width)?, addend: file.floats_of(&format!("{name}.s"), width)? })
    }
}
