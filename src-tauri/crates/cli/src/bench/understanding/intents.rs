//! Intents: a merchant's own (three public sets, each trained and answered by the product's trainer) and the shipped ones (a
//! template-made set of customer service, never trained on, mapped to our taxonomy).

use std::path::Path;

use anyhow::{Context, Result};
use mercator_app::clock::micros;
use mercator_domain::{language::Language, moment::Moment};
use mercator_pipeline::{
    Bot,
    bot::AnalysisInput,
    intents::evaluate::{self, Figures},
};
use serde_json::{Value, json};

use super::rows;
use crate::{
    bench::measure::Times,
    intents::{Row, answers},
};

/// The mapping of the mapped set: its label, ours, why.
const MAPPING: &str = include_str!("../../../../pipeline/data/bitext_mapping.tsv");

/// The moment of all analyses.
const NOW: Moment = Moment(1_793_404_800_000);

/// Measures every set.
pub fn measure(bot: &Bot, data: &Path) -> Result<Value> {
    let mut all = serde_json::Map::new();
    for shop in ["curekart", "sofmattress", "powerplay11"] {
        all.insert(format!("hint3_{shop}"), hint3(bot, data, shop)?);
    }
    all.insert("banking77_held_out_fifth".to_owned(), banking77(bot, data)?);
    all.insert("clinc150_validation".to_owned(), clinc150(bot, data)?);
    all.insert("bitext_mapped".to_owned(), bitext(bot, data)?);
    Ok(Value::Object(all))
}

/// The label of what is about none of the intents in the set of merchants.
pub const OUTSIDE: &str = "NO_NODES_DETECTED";

fn hint3(bot: &Bot, data: &Path, shop: &str) -> Result<Value> {
    trained(bot, &hint3_rows(data, shop, "train")?, &hint3_rows(data, shop, "test")?, Some(OUTSIDE))
}

/// The rows of one merchant in one of the set's own parts, `train` or `test`.
pub fn hint3_rows(data: &Path, shop: &str, split: &str) -> Result<Vec<Row>> {
    let all = rows(&data.join("hint3_retail_oos/utterances.csv.zst"), ["bot", "official_split", "text", "intent"])?;
    let wanted = all.iter().filter(|[of, in_split, ..]| of == shop && in_split == split);
    Ok(wanted.map(|[_, _, text, intent]| row(text, intent)).collect())
}

/// The set's own test is kept apart: every fifth row is answered by a model of the others.
fn banking77(bot: &Bot, data: &Path) -> Result<Value> {
    let all = rows(&data.join("banking77/utterances.csv.zst"), ["text", "intent"])?;
    let part = |test: bool| -> Vec<Row> {
        all.iter().enumerate().filter(|(at, _)| (at % 5 == 2) == test).map(|(_, [text, intent])| row(text, intent)).collect()
    };
    trained(bot, &part(false), &part(true), None)
}

fn clinc150(bot: &Bot, data: &Path) -> Result<Value> {
    let all = rows(&data.join("clinc150_oos/utterances.csv.zst"), ["official_split", "text", "intent"])?;
    let part = |train: bool| -> Vec<Row> {
        all.iter().filter(|[split, ..]| (split == "train") == train).map(|[_, text, intent]| row(text, intent)).collect()
    };
    trained(bot, &part(true), &part(false), Some("oos"))
}

fn row(text: &str, intent: &str) -> Row {
    Row { text: text.to_owned(), intent: intent.to_owned() }
}

fn trained(bot: &Bot, train: &[Row], test: &[Row], outside: Option<&str>) -> Result<Value> {
    let evaluated = answers(train, test, bot.encoder(), outside)?;
    let Figures { n, accuracy, macro_f1, mcc, in_scope_accuracy, out_of_scope_recall, out_of_scope_auroc, .. } =
        evaluate::figures(&evaluated.answers, outside);
    Ok(json!({
        "trained_on": train.len(), "n": n, "accuracy": accuracy, "macro_f1": macro_f1, "mcc": mcc, "in_scope_accuracy": in_scope_accuracy,
        "out_of_scope_recall": out_of_scope_recall, "out_of_scope_auroc": out_of_scope_auroc,
        "train_micros": evaluated.train_micros, "micros_per_message": evaluated.micros_per_message,
    }))
}

/// The shipped taxonomy on texts whose labels are mapped to it; a label without a counterpart is left out.
fn bitext(bot: &Bot, data: &Path) -> Result<Value> {
    let mapping: Vec<(&str, &str)> =
        MAPPING.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t')).map(|(a, b)| (a, first(b))).collect();
    let (mut n, mut right, mut times) = (0usize, 0usize, Times::default());
    let mut by_label: std::collections::BTreeMap<String, (usize, usize)> = std::collections::BTreeMap::new();
    for [text, label] in rows(&data.join("bitext_customer_service/utterances.csv.zst"), ["text", "intent"])? {
        let Some((_, ours)) = mapping.iter().find(|(theirs, _)| *theirs == label) else { continue };
        if *ours == "-" {
            continue;
        }
        let start = micros();
        let found = analyze(bot, &text);
        times.push_since(start);
        let hit = usize::from(found == *ours);
        (n, right) = (n + 1, right + hit);
        let count = by_label.entry(label).or_default();
        (count.0, count.1) = (count.0 + 1, count.1 + hit);
    }
    let by_label: serde_json::Map<String, Value> =
        by_label.into_iter().map(|(label, (n, right))| (label, json!({ "n": n, "right": right }))).collect();
    let accuracy = share(right, n).context("The mapped set has no row")?;
    Ok(json!({ "n": n, "accuracy": accuracy, "by_label": by_label, "analyze": times.spread() }))
}

fn first(rest: &str) -> &str {
    rest.split('\t').next().unwrap_or_default().trim()
}

fn analyze(bot: &Bot, text: &str) -> &'static str {
    let english = Language::english();
    let input = AnalysisInput { text, history: &[], country: None, contact_language: None, store_language: &english, at: NOW };
    bot.analyze(&input, &micros).understand.value.intent.name.as_str()
}

#[allow(clippy::cast_precision_loss, reason = "Counts of rows.")]
fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}
