//! Lays out the file that `language/model.rs` reads.

use mercator_pipeline::language::model::{KNOTS, MAGIC, Table, check_sum};

use crate::{learn::Learned, samples::TABLES};

/// The whole file: header, tables, check sum.
pub fn file(learned: &[Learned], sharpness: &[[f32; KNOTS.len()]], inputs: &[String]) -> Vec<u8> {
    let mut header = format!("{MAGIC}\n");
    let mut body = vec![];
    for line in inputs {
        header.push_str(line);
        header.push('\n');
    }
    for ((learned, sharpness), (script, bits, columns)) in learned.iter().zip(sharpness).zip(TABLES) {
        let languages = columns.iter().map(|(code, _)| *code).collect();
        let table = Table { script: *script, languages, bits: *bits, scale: learned.scale, sharpness: *sharpness, weights: &[] };
        header.push_str(&table.line());
        header.push('\n');
        for row in learned.weights.chunks(columns.len()) {
            body.extend(row.iter().map(|weight| weight.to_ne_bytes()[0]));
            body.resize(body.len() + table.stride() - columns.len(), 0);
        }
    }
    let mut file = header.into_bytes();
    file.extend_from_slice(b"end\n");
    file.extend_from_slice(&body);
    let sum = check_sum(&file);
    file.extend_from_slice(&sum.to_le_bytes());
    file
}
