//! Single numbers and the statistics behind them.

use mercator_domain::{facts::DrillKey, money::Currency, words};
use serde::Serialize;

use crate::{labels::Labels, numbers};

words! {
    /// What a number is in.
    Unit {
        /// Per hundred.
        Percent => "percent",
        /// Things.
        Count => "count",
        /// Milliseconds.
        DurationMs => "duration_ms",
        /// Minor units of a currency.
        Money => "money",
        /// 1 to 5.
        Score => "score",
        /// Days.
        Days => "days",
    }
}

/// One number with everything that its tile shows.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
pub struct Figure {
    /// Its fixed name (`csat`).
    pub key: String,
    /// Its name in words.
    pub title: String,
    /// The number; `None` when there is nothing to count, which is not the same as 0.
    pub value: Option<f64>,
    /// What it is in.
    pub unit: Unit,
    /// The currency of [`Unit::Money`].
    pub currency: Option<Currency>,
    /// The number in words.
    pub text: String,
    /// Of how many.
    #[specta(type = i32)]
    pub n: i64,
    /// The name of its formula (`formula.csat`).
    pub formula_key: String,
    /// Its formula in words, for the hover.
    pub formula: String,
    /// The same number in the period before.
    pub previous: Option<f64>,
    /// That in words.
    pub previous_text: Option<String>,
    /// What a click lists.
    pub drill: Option<DrillKey>,
}

impl Figure {
    /// A figure whose words are found under `figure.<key>` and `formula.<key>`.
    pub fn new(labels: &Labels<'_>, key: &str, unit: Unit, value: Option<f64>, n: i64) -> Self {
        Self {
            key: key.to_owned(),
            title: labels.get(&format!("figure.{key}")),
            value,
            unit,
            currency: None,
            text: numbers::show(labels, unit, None, value),
            n,
            formula_key: format!("formula.{key}"),
            formula: labels.get(&format!("formula.{key}")),
            previous: None,
            previous_text: None,
            drill: None,
        }
    }

    /// With the value of the period before.
    #[must_use]
    pub fn before(mut self, labels: &Labels<'_>, previous: Option<f64>) -> Self {
        self.previous_text = previous.map(|value| numbers::show(labels, self.unit, self.currency, Some(value)));
        self.previous = previous;
        self
    }

    /// With what a click lists.
    #[must_use]
    pub fn opens(mut self, drill: DrillKey) -> Self {
        self.drill = Some(drill);
        self
    }
}

/// `part / whole × 100`; `None` when the whole is nothing.
pub fn percent(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64 * 100.0)
}

/// The arithmetic mean. Summed in 128 bits, so that no sum of milliseconds overflows.
pub fn mean(values: &[i64]) -> Option<f64> {
    let sum: i128 = values.iter().map(|v| i128::from(*v)).sum();
    (!values.is_empty()).then(|| sum as f64 / values.len() as f64)
}

/// The median: the middle value, or the mean of the two middle ones.
pub fn median(values: &[i64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    let lower = if sorted.len().is_multiple_of(2) { *sorted.get(middle.checked_sub(1)?)? } else { upper };
    Some((lower as f64 + upper as f64) / 2.0)
}

/// A percentile by nearest rank: the smallest value that at least `percent` per cent of the values do not exceed. No interpolation, so the
/// number shown is one that really happened.
pub fn nearest_rank(values: &[i64], percent: u32) -> Option<i64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent.min(100) as usize).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// Shares of `parts` in steps of `1/steps` of the whole that add up to exactly `steps`, by the largest remainder (ties: the first part).
///
/// With `steps = 1000` each is in tenths of a per cent. Empty or all-zero parts give zeros, since there is no whole to share.
pub fn largest_remainder(parts: &[i64], steps: i64) -> Vec<i64> {
    let whole: i128 = parts.iter().map(|p| i128::from((*p).max(0))).sum();
    if whole == 0 {
        return vec![0; parts.len()];
    }
    let scaled = |part: i64| i128::from(part.max(0)) * i128::from(steps);
    let mut shares: Vec<i64> = parts.iter().map(|p| (scaled(*p) / whole) as i64).collect();
    let mut order: Vec<(i128, usize)> = parts.iter().enumerate().map(|(at, p)| (-(scaled(*p) % whole), at)).collect();
    order.sort_unstable();
    let missing = (steps - shares.iter().sum::<i64>()).max(0) as usize;
    for (_, at) in order.into_iter().take(missing) {
        if let Some(share) = shares.get_mut(at) {
            *share += 1;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn statistics_by_hand() {
        let waits = [50, 10, 40, 20, 30, 60, 70, 80, 90, 100];
        assert_eq!(mean(&waits), Some(55.0));
        assert_eq!(median(&waits), Some(55.0));
        assert_eq!(median(&[3, 1, 2]), Some(2.0));
        assert_eq!(nearest_rank(&waits, 90), Some(90));
        assert_eq!(nearest_rank(&[1, 2, 3], 90), Some(3));
        assert_eq!(nearest_rank(&[7], 0), Some(7));
        assert_eq!((mean(&[]), median(&[]), nearest_rank(&[], 90)), (None, None, None));
        assert_eq!(mean(&[i64::MAX, i64::MAX]), Some(i64::MAX as f64));
        assert_eq!(percent(1, 0), None);
        assert_eq!(percent(1, 4), Some(25.0));
    }

    #[test]
    fn remainders_go_to_the_largest() {
        let check = |parts: &[i64], expect: &[i64]| assert_eq!(largest_remainder(parts, 1000), expect, "{parts:?}");
        check(&[1, 1, 1], &[334, 333, 333]);
        check(&[2, 1], &[667, 333]);
        check(&[0, 0], &[0, 0]);
        check(&[], &[]);
        check(&[1, 2, 3, 1], &[143, 286, 428, 143]);
    }

    proptest! {
        #[test]
        fn shares_add_up_and_stay_within_one_step(parts in prop::collection::vec(0i64..1_000_000, 1..9)) {
            let whole: i64 = parts.iter().sum();
            let shares = largest_remainder(&parts, 1000);
            prop_assert_eq!(shares.iter().sum::<i64>(), if whole == 0 { 0 } else { 1000 });
            for (part, share) in parts.iter().zip(&shares) {
                let exact = if whole == 0 { 0.0 } else { *part as f64 * 1000.0 / whole as f64 };
                prop_assert!((*share as f64 - exact).abs() < 1.0);
            }
        }
    }
}
