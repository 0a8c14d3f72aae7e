//! `bench understanding`: the stages of understanding on evaluation sets that lie in a folder beside the program, one file a part.
//!
//! Each part reads its sets, calls what the product calls, and gives its figures; nothing is tuned here. The sets are CSV or JSON
//! lines, packed with Zstandard.

mod cleaning;
mod emotion;
mod intents;
mod language;
mod mails;
mod node_nlp;
mod tracking;

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result};
use mercator_app::models::load_bot;
use mercator_pipeline::Bot;
use serde_json::{Value, json};

use super::measure::{pss_kib, status_kib};
use crate::packed::open;

/// A part's name and its measurement.
type Part = (&'static str, fn(&Bot, &Path) -> Result<Value>);

const PARTS: &[Part] = &[
    ("cleaning", |_, data| cleaning::measure(data)),
    ("emotion", emotion::measure),
    ("intents", intents::measure),
    ("language", language::measure),
    ("mails", |_, data| mails::measure(data)),
    ("tracking", |_, data| tracking::measure(data)),
];

/// Measured only where it is named: it needs a library that is no part of this project.
const ON_DEMAND: Part = ("node_nlp", node_nlp::measure);

/// Measures every part, or only those named. A set that is not in the folder is said to be missing and the rest goes on.
pub async fn measure(data: &Path, only: &[String]) -> Result<Value> {
    let (data, only) = (data.to_owned(), only.to_owned());
    tokio::task::spawn_blocking(move || {
        let bot = load_bot(None)?;
        let named = |name: &str| only.iter().any(|o| o == name);
        let wanted = PARTS.iter().filter(|(name, _)| only.is_empty() || named(name)).chain(named(ON_DEMAND.0).then_some(&ON_DEMAND));
        let figures: BTreeMap<&str, Value> =
            wanted.map(|(name, part)| (*name, part(&bot, &data).unwrap_or_else(|error| json!({ "error": format!("{error:#}") })))).collect();
        Ok(json!({ "encoder": bot.encoder().map(|e| e.name().to_owned()), "parts": figures, "peak_resident_kib": status_kib("VmHWM"), "proportional_kib": pss_kib() }))
    })
    .await?
}

/// Some columns of a CSV file with a heading line, row by row.
fn rows<const N: usize>(path: &Path, names: [&str; N]) -> Result<Vec<[String; N]>> {
    let content = open(path)?;
    let mut table = csv::Reader::from_reader(content.as_slice());
    let headings = table.headers()?.clone();
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(names) {
        let at = headings.iter().position(|heading| heading == name);
        *place = at.with_context(|| format!("{} has no column '{name}'", path.display()))?;
    }
    let row = |record: csv::StringRecord| places.map(|at| record.get(at).unwrap_or_default().to_owned());
    table
        .records()
        .map(|record| Ok(row(record?)))
        .collect::<Result<_, csv::Error>>()
        .with_context(|| format!("Cannot read {}", path.display()))
}

/// One column of a CSV file with a heading line.
pub fn column(path: &Path, name: &str) -> Result<Vec<String>> {
    Ok(rows(path, [name])?.into_iter().map(|[value]| value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_read_packed_and_plain() {
        let folder = tempfile::tempdir().unwrap();
        let plain = folder.path().join("a.csv");
        std::fs::write(&plain, "id,text\n1,\"two, words\"\n").unwrap();
        assert_eq!(column(&plain, "text").unwrap(), ["two, words"]);
        assert!(column(&plain, "label").unwrap_err().to_string().contains("no column 'label'"));
        let packed = folder.path().join("a.csv.zst");
        let bytes = ruzstd::encoding::compress_to_vec(&b"id,text\n1,hello\n"[..], ruzstd::encoding::CompressionLevel::Fastest);
        std::fs::write(&packed, bytes).unwrap();
        assert_eq!(column(&packed, "text").unwrap(), ["hello"]);
        assert!(open(&folder.path().join("none.csv")).unwrap_err().to_string().starts_with("Cannot open"));
    }
}
