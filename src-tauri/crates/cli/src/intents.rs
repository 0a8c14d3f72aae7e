//! `intents train` and `intents evaluate`: the trainer that the console uses, on files of labelled texts.
//!
//! Rows are JSON lines `{"text", "intent"}`. Nothing is stored in a workspace by `evaluate`.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
};

use anyhow::{Context, Result};
use mercator_app::{clock::micros, error::user, models};
use mercator_pipeline::{
    Encoder,
    intents::{
        self,
        classifier::Classifier,
        evaluate::{self, Answered},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Done,
    args::{IntentsEvaluate, IntentsTrain},
    output::json_line,
};

/// A labelled text.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    /// What was written.
    pub text: String,
    /// Its label.
    pub intent: String,
}

#[derive(Serialize)]
struct Predicted<'a> {
    text: &'a str,
    intent: &'a str,
    predicted: &'a str,
    confidence: f32,
    in_scope: bool,
}

/// What a training and a test gave.
pub struct Evaluated {
    /// Each row of the test, answered.
    pub answers: Vec<Answered>,
    /// How long the training took.
    pub train_micros: u64,
    /// How long one message took on average, its sentence vector included.
    pub micros_per_message: u64,
}

/// `intents train`: writes a model, to be looked at or moved.
pub fn train(what: &IntentsTrain) -> Result<Done> {
    let rows = read(&what.train)?;
    let encoder = models::encoder();
    let start = micros();
    let model = learn(&rows, encoder.as_ref(), what.out_of_scope.as_deref())?;
    let taken = micros().saturating_sub(start);
    std::fs::write(&what.out, model.to_bytes()?).with_context(|| format!("Cannot write {}", what.out.display()))?;
    let held_out = model.held_out();
    let right = held_out.iter().filter(|a| a.label == a.predicted).count();
    json_line(&json!({
        "n": rows.len(), "labels": model.labels().len(), "right_when_held_out": right, "held_out": held_out.len(),
        "encoder": model.encoder(), "train_seconds": seconds(taken),
    }))?;
    Ok(Done::Well)
}

/// `intents evaluate`: trains on one file, answers another.
pub fn evaluate(what: &IntentsEvaluate) -> Result<Done> {
    let (train, test) = (read(&what.train)?, read(&what.test)?);
    let outside = what.out_of_scope.as_deref();
    let evaluated = answers(&train, &test, models::encoder().as_ref(), outside)?;
    let mut figures = serde_json::to_value(evaluate::figures(&evaluated.answers, outside))?;
    if let Some(figures) = figures.as_object_mut() {
        figures.insert("train_seconds".to_owned(), json!(seconds(evaluated.train_micros)));
        figures.insert("micros_per_message".to_owned(), json!(evaluated.micros_per_message));
    }
    if let Some(path) = &what.predictions {
        let mut file = BufWriter::new(File::create(path).with_context(|| format!("Cannot write {}", path.display()))?);
        for (row, a) in test.iter().zip(&evaluated.answers) {
            let line =
                Predicted { text: &row.text, intent: &row.intent, predicted: &a.predicted, confidence: a.confidence, in_scope: a.in_scope };
            writeln!(file, "{}", serde_json::to_string(&line)?)?;
        }
        file.flush()?;
    }
    json_line(&figures)?;
    Ok(Done::Well)
}

#[allow(clippy::cast_precision_loss, reason = "Seconds of a run.")]
fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

/// Trains on rows and answers others, one after the other as messages come.
pub fn answers(train: &[Row], test: &[Row], encoder: Option<&Encoder>, outside: Option<&str>) -> Result<Evaluated> {
    let start = micros();
    let model = learn(train, encoder, outside)?;
    let train_micros = micros().saturating_sub(start);
    let start = micros();
    let answers: Vec<Answered> = test.iter().map(|row| answer(&model, row, encoder, outside)).collect();
    let taken = micros().saturating_sub(start);
    Ok(Evaluated { answers, train_micros, micros_per_message: taken / (test.len().max(1) as u64) })
}

fn learn(rows: &[Row], encoder: Option<&Encoder>, outside: Option<&str>) -> Result<Classifier> {
    let labelled: Vec<(&str, &str)> = rows.iter().map(|row| (row.intent.as_str(), row.text.as_str())).collect();
    intents::train(&labelled, encoder, outside, &|_| ())
        .map_err(|error| user("bad_input", format!("The examples cannot be learned from: {error}"), "Give examples of two labels or more."))
}

fn answer(model: &Classifier, row: &Row, encoder: Option<&Encoder>, outside: Option<&str>) -> Answered {
    let vector = encoder.filter(|_| model.wants_vectors()).map(|encoder| encoder.vector(&row.text));
    let prediction = model.predict(&row.text, vector.as_deref());
    let (best, confidence) = prediction.best();
    let predicted = model.labels().get(best).cloned().unwrap_or_default();
    let is_outside = outside == Some(predicted.as_str());
    let scope = if is_outside { prediction.in_scope.min(0.5) * 0.5 } else { prediction.in_scope };
    Answered { label: row.intent.clone(), predicted, confidence, scope, in_scope: !is_outside && prediction.in_scope >= 0.5 }
}

fn read(path: &Path) -> Result<Vec<Row>> {
    let file =
        File::open(path).map_err(|error| user("not_found", format!("Cannot open {}: {error}", path.display()), "Check the path."))?;
    let mut rows = vec![];
    let mut faults: HashMap<usize, String> = HashMap::new();
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let line = line.with_context(|| format!("Cannot read {}", path.display()))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            continue;
        }
        match serde_json::from_str::<Row>(line) {
            Ok(row) => rows.push(row),
            Err(error) => {
                faults.insert(number + 1, error.to_string());
            }
        }
    }
    if let Some((line, error)) = faults.iter().min() {
        let (line, rest) = (*line, faults.len() - 1);
        return Err(user(
            "bad_input",
            format!(
                "Line {line} of {} is no row: {error}{}",
                path.display(),
                if rest > 0 { format!(" (and {rest} more)") } else { String::new() }
            ),
            r#"Each line is a JSON object {"text": …, "intent": …}."#,
        ));
    }
    if rows.is_empty() {
        return Err(user(
            "bad_input",
            format!("{} has no rows", path.display()),
            r#"Each line is a JSON object {"text": …, "intent": …}."#,
        ));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(intent: &str, text: &str) -> Row {
        Row { text: text.to_owned(), intent: intent.to_owned() }
    }

    #[test]
    fn the_trainer_is_the_products_own_and_rejects_what_is_foreign() {
        let train: Vec<Row> = ["where is my order", "has my parcel been sent", "track my order", "order status please"]
            .map(|text| row("status", text))
            .into_iter()
            .chain(["I want my money back", "please refund me", "refund my payment", "give the money back"].map(|text| row("refund", text)))
            .collect();
        let test = [row("status", "where is the order"), row("none", "xylophone quartz zebra")];
        let evaluated = answers(&train, &test, None, Some("none")).unwrap();
        assert_eq!(evaluated.answers[0].predicted, "status");
        assert!(evaluated.answers[0].scope > evaluated.answers[1].scope);
    }

    #[test]
    fn a_bad_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        std::fs::write(&path, "{\"text\":\"a\",\"intent\":\"b\"}\nnot json\n").unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains("Line 2"), "{error}");
    }
}
