//! Parcel numbers: how many are found inside sentences, whose they are, what is said of wrong ones, and what ordinary messages are
//! taken for one.
//!
//! The numbers are a set's; the sentences are ours. The ordinary messages are drawn from eight sets by the hash of their text, the
//! same ones at every run.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result};
use mercator_app::clock::micros;
use mercator_domain::entity::{EntityKind, comparable_number};
use mercator_pipeline::entities::{
    self,
    tracking::{self, CheckDigit},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::column;
use crate::packed::open;

/// What buyers write around a number, in sixteen languages.
const SENTENCES: &[&str] = &[
    "Where is my parcel {}?",
    "My tracking number is {} and it has not moved for a week.",
    "Hi, {} was supposed to arrive yesterday",
    "{}\nno update since Monday",
    "Order 10023, tracking {}, thanks",
    "Is {} stuck in customs?",
    "Wo ist mein Paket {}? Danke",
    "Die Sendungsnummer lautet {}.",
    "Bonjour, mon colis {} n'est pas arrivé",
    "numéro de suivi : {}",
    "¿Dónde está el paquete {}?",
    "Il mio pacco {} è fermo in dogana",
    "Mijn pakket {} is nog niet bezorgd",
    "Gdzie jest przesyłka {}?",
    "Onde está a encomenda, código {}",
    "Где посылка {}? Жду уже месяц",
    "{} numaralı kargom nerede?",
    "أين الشحنة رقم {}؟",
    "พัสดุ {} อยู่ที่ไหน",
    "荷物 {} はどこですか",
    "택배 {} 언제 와요",
    "快递{}到哪里了",
    "包裹號碼{}沒有更新",
];

/// Folder and file of a set, and the column that holds the messages; JSON lines have it as a key.
const ORDINARY: &[(&str, &str)] = &[
    ("multidogo_turns/customer_turns.csv.zst", "utterance"),
    ("hint3_retail_oos/utterances.csv.zst", "text"),
    ("bitext_customer_service/utterances.csv.zst", "text"),
    ("banking77/utterances.csv.zst", "text"),
    ("clinc150_oos/utterances.csv.zst", "text"),
    ("xlmt_sentiment8/tweets.csv.zst", "text"),
    ("brighter_emotions/texts.csv.zst", "text"),
    ("nlupp_multi_intent/utterances.jsonl.zst", "text"),
];

/// From each set: ten thousand in all.
const DRAWN: usize = 1_250;

/// A row of the set of numbers.
#[derive(Debug, Deserialize)]
struct Row {
    courier_code: String,
    #[serde(rename = "type")]
    kind: String,
    number: String,
    expected: String,
}

/// Counts over the valid numbers in their sentences.
#[derive(Default)]
struct Valid {
    sentences: usize,
    found: usize,
    possible: usize,
    first: usize,
    checked: usize,
}

/// Measures on the sets under `data`.
pub fn measure(data: &Path) -> Result<Value> {
    let file = data.join("tracking_numbers/test_numbers.csv.zst");
    let content = open(&file)?;
    let mut reader = csv::Reader::from_reader(content.as_slice());
    let rows: Vec<Row> = reader.deserialize().collect::<Result<_, _>>().with_context(|| format!("Cannot read {}", file.display()))?;
    let (valid, wrong): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.expected == "valid");
    let found = recognised(&valid);
    let (refused, refused_in_sentences, in_sentences) = refused(&wrong);
    let ordinary = false_alarms(data)?;
    Ok(json!({
        "numbers": valid.len(),
        "sentences": found.sentences,
        "recall": share(found.found, found.sentences),
        "carrier_possible": share(found.possible, found.sentences),
        "carrier_first": share(found.first, found.sentences),
        "check_digit_right": share(found.checked, found.sentences),
        "wrong_numbers": wrong.len(),
        "wrong_refused": share(refused, wrong.len()),
        "wrong_refused_in_sentences": share(refused_in_sentences, in_sentences),
        "ordinary_messages": ordinary.messages,
        "false_positives": ordinary.by_set.values().sum::<usize>(),
        "false_positives_by_set": ordinary.by_set,
        "micros_per_message": ordinary.micros / u64::try_from(ordinary.messages.max(1))?,
        "examples": ordinary.examples,
    }))
}

#[allow(clippy::cast_precision_loss, reason = "Shares of a few thousand.")]
fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

/// The valid numbers, each in each sentence.
fn recognised(rows: &[&Row]) -> Valid {
    let mut counts = Valid::default();
    for row in rows {
        let key = comparable_number(&row.number);
        for sentence in SENTENCES {
            let text = sentence.replace("{}", row.number.trim());
            counts.sentences += 1;
            let entities = entities::find(&text);
            let named = |e: &&mercator_domain::entity::Entity| e.kind == EntityKind::TrackingNumber && comparable_number(&e.value) == key;
            counts.found += usize::from(entities.iter().any(|e| named(&e)));
            let Some(number) = tracking::find(&text).into_iter().find(|n| n.number == key) else { continue };
            let own = number.carriers.iter().position(|c| c.code == row.courier_code && c.check_digit != CheckDigit::Wrong);
            counts.possible += usize::from(own.is_some());
            counts.first += usize::from(own == Some(0));
            counts.checked += usize::from(number.check_digit() != CheckDigit::Wrong);
        }
    }
    counts
}

/// The invalid numbers that are not accepted as that kind of their carrier's numbers: alone, and in the sentences. (What is wrong as
/// one kind may be right as another: Purolator has two.)
fn refused(rows: &[&Row]) -> (usize, usize, usize) {
    let accepted = |found: &[tracking::TrackingNumber], row: &Row| {
        let right = |c: &tracking::Carrier| c.code == row.courier_code && c.kind == row.kind && c.check_digit != CheckDigit::Wrong;
        found.iter().any(|number| number.carriers.iter().any(right))
    };
    let alone = rows.iter().filter(|row| !accepted(tracking::identify(&row.number).as_slice(), row)).count();
    let all = rows.iter().flat_map(|row| SENTENCES.iter().map(move |sentence| (row, sentence.replace("{}", row.number.trim()))));
    let (mut refused, mut sentences) = (0, 0);
    for (row, text) in all {
        sentences += 1;
        refused += usize::from(!accepted(&tracking::find(&text), row));
    }
    (alone, refused, sentences)
}

/// Ordinary messages, and what in them is taken for a parcel's number.
#[derive(Default)]
struct Ordinary {
    messages: usize,
    micros: u64,
    by_set: BTreeMap<&'static str, usize>,
    examples: Vec<String>,
}

fn false_alarms(data: &Path) -> Result<Ordinary> {
    let mut seen = Ordinary::default();
    for (file, name) in ORDINARY {
        let alarms = seen.by_set.entry(file.split('/').next().unwrap_or(file)).or_default();
        for text in drawn(texts(&data.join(file), name)?) {
            let start = micros();
            let found = entities::find(&text);
            seen.micros += micros().saturating_sub(start);
            seen.messages += 1;
            if let Some(entity) = found.iter().find(|e| e.kind == EntityKind::TrackingNumber) {
                *alarms += 1;
                seen.examples.push(entity.text.clone());
            }
        }
    }
    Ok(seen)
}

fn texts(file: &Path, name: &str) -> Result<Vec<String>> {
    if !file.to_string_lossy().ends_with(".jsonl.zst") {
        return column(file, name);
    }
    let content = open(file)?;
    let lines = content.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    let text = |line: &[u8]| -> Result<String> {
        let row: Value = serde_json::from_slice(line)?;
        Ok(row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned())
    };
    lines.map(text).collect::<Result<_>>().with_context(|| format!("Cannot read {}", file.display()))
}

/// The messages with the smallest hashes: an even draw that is the same at every run and on every machine.
fn drawn(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_by_cached_key(|text| hash(text));
    texts.truncate(DRAWN);
    texts
}

/// FNV-1a with 64 bits.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(courier_code: &str, kind: &str, number: &str) -> Row {
        let [courier_code, kind, number] = [courier_code, kind, number].map(str::to_owned);
        Row { courier_code, kind, number, expected: String::new() }
    }

    #[test]
    fn numbers_of_our_own_are_found_in_every_sentence_and_wrong_ones_are_refused() {
        let right = [
            row("s10", "S10", "RB473124829GB"),
            row("ups", "UPS", "1Z 999 AA1 01 2345 6784"),
            row("fedex", "FedEx Express (12)", "100000000172"),
        ];
        let counts = recognised(&right.iter().collect::<Vec<_>>());
        assert_eq!((counts.found, counts.possible, counts.checked), (counts.sentences, counts.sentences, counts.sentences));
        assert_eq!(counts.sentences, right.len() * SENTENCES.len());
        let wrong = [row("s10", "S10", "RB473124820GB"), row("ups", "UPS", "1Z999AA10123456785")];
        let (alone, refused, sentences) = refused(&wrong.iter().collect::<Vec<_>>());
        assert_eq!((alone, refused), (2, sentences));
    }

    #[test]
    fn the_same_messages_are_drawn_whatever_their_order() {
        let texts = |n: usize| (0..n).map(|i| format!("message {i}")).collect::<Vec<_>>();
        let mut other = texts(3_000);
        other.reverse();
        let first = drawn(texts(3_000));
        assert_eq!(first.len(), DRAWN);
        assert_eq!(first, drawn(other));
    }
}
