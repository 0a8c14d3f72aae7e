//! How good a model is on labelled texts: accuracy, macro-F1, Matthews correlation, the score for "none of them", confusion.
//!
//! Pure counting over answers; who gives the answers is left to the caller. Formulas: macro-F1 is the plain mean of the labels'
//! F1; the correlation is that of Gorodkin 2004 for many labels; AUROC is the share of pairs in the right order, ties half.

use std::collections::BTreeMap;

use serde::Serialize;

/// A text's right label and what was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The right label; the out-of-scope label where nothing fits.
    pub label: String,
    /// The best label, before any rejection.
    pub predicted: String,
    /// Its probability.
    pub confidence: f32,
    /// The score for being in scope at all, higher is likelier.
    pub scope: f32,
    /// Whether the product takes it as in scope.
    pub in_scope: bool,
}

/// How often one label was taken for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confused {
    /// The right label.
    pub intent: String,
    /// What was answered, with rejection.
    pub predicted: String,
    /// How often.
    pub count: usize,
}

/// The figures over a list of answers; a share of nothing is `None`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Rows.
    pub n: usize,
    /// Right among the rows in scope, without rejection.
    pub accuracy: Option<f64>,
    /// Mean F1 of the labels in scope, without rejection, over the rows in scope.
    pub macro_f1: Option<f64>,
    /// Over all rows, with rejection at the product's own threshold.
    pub mcc: Option<f64>,
    /// Right and taken as in scope, among the rows in scope.
    pub in_scope_accuracy: Option<f64>,
    /// Rejected among the rows out of scope.
    pub out_of_scope_recall: Option<f64>,
    /// How well the scope score parts the rows.
    pub out_of_scope_auroc: Option<f64>,
    /// All pairs that came up, most frequent first, with rejection.
    pub confusion: Vec<Confused>,
}

/// Counts. `outside` is the label of rows out of scope; without one all rows are in scope.
pub fn figures(answers: &[Answered], outside: Option<&str>) -> Figures {
    let is_inside = |a: &&Answered| outside != Some(a.label.as_str());
    let inside: Vec<&Answered> = answers.iter().filter(is_inside).collect();
    let rejected = outside.unwrap_or("out_of_scope");
    let given = |a: &Answered| if a.in_scope { a.predicted.clone() } else { rejected.to_owned() };
    let with_rejection: Vec<(String, String)> = answers.iter().map(|a| (a.label.clone(), given(a))).collect();
    let outsiders = answers.len() - inside.len();
    Figures {
        n: answers.len(),
        accuracy: share(inside.iter().filter(|a| a.predicted == a.label).count(), inside.len()),
        macro_f1: macro_f1(&inside),
        mcc: correlation(&with_rejection),
        in_scope_accuracy: share(inside.iter().filter(|a| a.in_scope && a.predicted == a.label).count(), inside.len()),
        out_of_scope_recall: share(answers.iter().filter(|a| !is_inside(a) && given(a) == rejected).count(), outsiders),
        out_of_scope_auroc: auroc(answers.iter().map(|a| (f64::from(a.scope), is_inside(&a)))),
        confusion: confusion(&with_rejection),
    }
}

#[allow(clippy::cast_precision_loss, reason = "Counts of rows.")]
fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

fn confusion(pairs: &[(String, String)]) -> Vec<Confused> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (label, given) in pairs {
        *counts.entry((label, given)).or_default() += 1;
    }
    let mut all: Vec<Confused> = counts
        .into_iter()
        .map(|((intent, predicted), count)| Confused { intent: intent.to_owned(), predicted: predicted.to_owned(), count })
        .collect();
    all.sort_by_key(|confused| std::cmp::Reverse(confused.count));
    all
}

#[allow(clippy::cast_precision_loss, reason = "Counts of rows.")]
fn macro_f1(inside: &[&Answered]) -> Option<f64> {
    // By label: right, given, there.
    let mut counts: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for answer in inside {
        counts.entry(&answer.label).or_default().2 += 1;
        counts.entry(&answer.predicted).or_default().1 += 1;
        if answer.predicted == answer.label {
            counts.entry(&answer.label).or_default().0 += 1;
        }
    }
    let there: Vec<f64> =
        counts.values().filter(|c| c.2 > 0).map(|(right, given, there)| 2.0 * *right as f64 / (given + there) as f64).collect();
    (!there.is_empty()).then(|| there.iter().sum::<f64>() / there.len() as f64)
}

#[allow(clippy::cast_precision_loss, reason = "Counts of rows.")]
fn correlation(pairs: &[(String, String)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let mut counts: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    let mut right = 0.0;
    for (label, given) in pairs {
        counts.entry(label).or_default().0 += 1.0;
        counts.entry(given).or_default().1 += 1.0;
        right += f64::from(u8::from(label == given));
    }
    let both: f64 = counts.values().map(|(there, given)| there * given).sum();
    let there: f64 = counts.values().map(|(there, _)| there * there).sum();
    let given: f64 = counts.values().map(|(_, given)| given * given).sum();
    let below = ((n * n - given) * (n * n - there)).sqrt();
    (below > 0.0).then(|| (right * n - both) / below)
}

/// The share of pairs (one in scope, one not) in which the one in scope has the higher score.
#[allow(clippy::cast_precision_loss, reason = "Counts of rows.")]
fn auroc(rows: impl Iterator<Item = (f64, bool)>) -> Option<f64> {
    let mut rows: Vec<(f64, bool)> = rows.collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let inside = rows.iter().filter(|(_, inside)| *inside).count() as f64;
    let outside = rows.len() as f64 - inside;
    if inside == 0.0 || outside == 0.0 {
        return None;
    }
    let (mut below, mut pairs) = (0.0, 0.0);
    for tied in rows.chunk_by(|a, b| a.0 == b.0) {
        let here = tied.iter().filter(|(_, inside)| *inside).count() as f64;
        let others = tied.len() as f64 - here;
        pairs += here * (below + others / 2.0);
        below += others;
    }
    Some(pairs / (inside * outside))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(label: &str, predicted: &str, scope: f32) -> Answered {
        Answered { label: label.into(), predicted: predicted.into(), confidence: 0.9, scope, in_scope: scope >= 0.5 }
    }

    #[test]
    fn figures_of_a_small_list_are_those_worked_out_by_hand() {
        let rows = [row("a", "a", 0.9), row("a", "b", 0.8), row("b", "b", 0.4), row("none", "a", 0.2), row("none", "a", 0.6)];
        let got = figures(&rows, Some("none"));
        assert_eq!(got.n, 5);
        assert_eq!(got.accuracy, Some(2.0 / 3.0));
        // a: right 1, given 1, there 2: 2/3; b: right 1, given 2, there 1: 2/3.
        assert!((got.macro_f1.unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(got.in_scope_accuracy, Some(1.0 / 3.0));
        assert_eq!(got.out_of_scope_recall, Some(0.5));
        // Pairs: 0.9 and 0.8 above both, 0.4 above one of two: 5 of 6.
        assert!((got.out_of_scope_auroc.unwrap() - 5.0 / 6.0).abs() < 1e-12);
        // Given: a, b, none, none, a. right 2, n 5, there a 2 b 1 none 2, given a 2 b 1 none 2: (10 - 9) / (25 - 9).
        assert!((got.mcc.unwrap() - 1.0 / 16.0).abs() < 1e-12);
        assert_eq!(got.confusion.len(), 5);
    }

    #[test]
    fn without_an_outside_label_nothing_is_outside() {
        let got = figures(&[row("a", "a", 0.9)], None);
        assert_eq!((got.accuracy, got.out_of_scope_recall, got.out_of_scope_auroc), (Some(1.0), None, None));
    }
}
