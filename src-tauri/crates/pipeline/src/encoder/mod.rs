//! The sentence encoder: a text in one of sixteen languages as a vector of 512 numbers, near to the vectors of texts that mean the
//! same, whatever their language. Universal Sentence Encoder, multilingual v3 (Google, Apache-2.0; see `src-tauri/NOTICE.md`).
//!
//! `tokenizer` parts the text into pieces, `net` makes the vector, `matrix` does the multiplying, `file` reads the flat file
//! that `cargo xtask models` makes. The model is data that may be missing: who has none gets no encoder, and the stages work without.
//! Opens no file: the bytes are given, mapped or read, by `mercator-app`.

mod file;
mod matrix;
mod message;
mod net;
mod tokenizer;
mod trie;
mod weights;

use std::{iter::zip, sync::Arc};

use pulp::Arch;

use crate::error::PipelineError;
use file::{ModelFile, Place, broken};
pub use message::MessageReader;
use net::{Net, Summed};
use tokenizer::{MOST_PIECES, Tokenizer};
use trie::Trie;
use weights::Weights;

/// Numbers of a vector.
pub const DIMENSIONS: usize = 512;

/// The encoder. Cheap to clone; the model is shared, and may be used by several threads at once.
#[derive(Clone)]
pub struct Encoder(Arc<Model>);

struct Model {
    file: ModelFile,
    weights: Weights,
    tables: Tables,
    arch: Arch,
}

/// Where the tokeniser's tables lie.
struct Tables {
    rules: Place,
    replacements: Place,
    pieces: Place,
    scores: Place,
    unknown_score: f32,
    name: String,
}

impl Encoder {
    /// Opens a model file that is in memory, and checks that it is one, of this version, complete, and of the right shape.
    pub fn open(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, PipelineError> {
        let file = ModelFile::open(bytes)?;
        let weights = Weights::find(&file)?;
        let tables = Tables::find(&file)?;
        Ok(Self(Arc::new(Model { file, weights, tables, arch: Arch::new() })))
    }

    /// The vector of a text, of unit length. Reads the first 256 pieces (some 150 words) of a longer one. A text without content has a
    /// vector too, that of the empty text: always the same one.
    pub fn vector(&self, text: &str) -> Vec<f32> {
        self.vectors(&[text]).pop().unwrap_or_default()
    }

    /// The vectors of many texts, in order: the same as one by one, in less time, since the weights are read once for several.
    pub fn vectors(&self, texts: &[&str]) -> Vec<Vec<f32>> {
        let tokenizer = self.0.tokenizer();
        let pieces = texts.iter().map(|text| tokenizer.pieces(text)).collect();
        self.batches(pieces).iter().flat_map(|sums| self.net().finished(sums)).collect()
    }

    fn net(&self) -> Net<'_> {
        let model = &*self.0;
        Net { file: &model.file, weights: &model.weights, arch: model.arch }
    }

    /// The sums of texts, batch by batch: one of at most so many pieces fits the cache with all that is made of it, some two megabytes.
    fn batches(&self, texts: Vec<Vec<u32>>) -> Vec<Vec<Summed>> {
        let net = self.net();
        let (mut all, mut batch, mut pieces) = (vec![], vec![], 0);
        for next in texts {
            if pieces + next.len() > MOST_PIECES && !batch.is_empty() {
                all.push(net.sums(&std::mem::take(&mut batch)));
                pieces = 0;
            }
            pieces += next.len();
            batch.push(next);
        }
        if !batch.is_empty() {
            all.push(net.sums(&batch));
        }
        all
    }

    /// What the model calls itself.
    pub fn name(&self) -> &str {
        &self.0.tables.name
    }

    /// The contents, and the SHA-256 in hexadecimal that set-up recorded for them: for a check-up. Opening does not compare them,
    /// which takes longer than all else at a start.
    pub fn contents(&self) -> (&[u8], &str) {
        (self.0.file.contents(), self.0.file.checksum())
    }

    /// Names the model and its contents: vectors of two encoders can be compared only when this is the same. For whoever keeps
    /// vectors, or what was trained on them.
    pub fn fingerprint(&self) -> String {
        format!("{}@{}", self.0.tables.name, self.0.file.checksum().get(..16).unwrap_or_default())
    }
}

impl Model {
    fn tokenizer(&self) -> Tokenizer<'_> {
        Tokenizer {
            rules: Trie(self.file.units(&self.tables.rules)),
            replacements: self.file.bytes(&self.tables.replacements),
            pieces: Trie(self.file.units(&self.tables.pieces)),
            scores: self.file.floats(&self.tables.scores),
            unknown_score: self.tables.unknown_score,
        }
    }
}

impl Tables {
    fn find(file: &ModelFile) -> Result<Self, PipelineError> {
        let name = String::from_utf8(file.bytes(&file.any("name")?).to_vec()).map_err(|_| broken("its name is no text"))?;
        let scores = file.any("scores")?;
        // What the library takes from the worst piece for a letter without one.
        const PENALTY: f32 = 10.0;
        let worst = file.floats(&scores).iter().copied().fold(f32::INFINITY, f32::min);
        if !worst.is_finite() {
            return Err(broken("the section scores has no numbers"));
        }
        Ok(Self {
            rules: file.any("rules")?,
            replacements: file.any("replacements")?,
            pieces: file.any("pieces")?,
            scores,
            unknown_score: worst - PENALTY,
            name,
        })
    }
}

/// How near two vectors of unit length are: 1 means the same, 0 nothing in common.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    zip(a, b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
#[path = "encoder_tests.rs"]
mod tests;
