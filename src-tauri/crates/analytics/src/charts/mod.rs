//! Charts: what to draw in, a [`Chart`] out. An SVG for the window with the places of its marks, and the table behind it.
//!
//! Bars for amounts, stacked bars for shares, lines for days: lengths and places are read more surely than angles, so there is no pie.
//! Drawn in sentinel colours that become CSS variables (`canvas`), so one picture serves the light and the dark look.

mod bars;
mod canvas;
mod lines;
mod stacks;

pub use bars::{Bar, Bars};
pub(crate) use canvas::{LIGHT_THEME, ROOT_FONT};
pub use lines::{Line, Point};
use mercator_domain::{facts::DrillKey, money::Currency, words};
use serde::Serialize;
pub use stacks::{Part, Stack, Stacks};

use crate::{figures::Unit, labels::Labels, numbers, table::Table};

words! {
    /// How a chart is drawn.
    ChartKind {
        /// Horizontal bars.
        Bars => "bars",
        /// Horizontal bars of shares that fill 100 %.
        Stacks => "stacks",
        /// A line over days.
        Line => "line",
    }
}

/// A chart that cannot be drawn; its numbers are still in the tables.
#[derive(Debug, thiserror::Error)]
#[error("Cannot draw chart '{chart}': {reason}")]
pub struct ChartError {
    /// Which.
    pub chart: String,
    /// What the drawing library said.
    pub reason: String,
}

/// A chart for the window.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
pub struct Chart {
    /// Unique on the page; the ids inside the SVG begin with it.
    pub id: String,
    /// How it is drawn.
    pub kind: ChartKind,
    /// Its name in words; it is drawn inside, too.
    pub title: String,
    /// What it shows in one sentence, for who does not see it.
    pub description: String,
    /// The picture. Colours are `var(--chart-1)` to `var(--chart-6)`, `--chart-text`, `--chart-muted`, `--chart-grid`; the font is the page's.
    pub svg: String,
    /// What can be pointed at and clicked, in the coordinates of the `viewBox`.
    pub marks: Vec<Mark>,
    /// Of the `viewBox`.
    pub width: u32,
    /// Of the `viewBox`.
    pub height: u32,
    /// True when there is nothing to count: show the empty state instead.
    pub empty: bool,
    /// The numbers.
    pub table: Table,
}

/// A bar, a part of one, or a point.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
pub struct Mark {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// At least some pixels, so that a small bar can be hit.
    pub width: i32,
    /// Likewise.
    pub height: i32,
    /// What it stands for.
    pub label: String,
    /// The number; `None` where there is nothing to count.
    pub value: Option<f64>,
    /// The number in words, for the tooltip.
    pub text: String,
    /// Of how many.
    #[specta(type = i32)]
    pub n: i64,
    /// What a click lists.
    pub drill: Option<DrillKey>,
}

/// What every kind of chart needs to be told.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Unique on the page: ASCII letters, digits, hyphen; others are replaced.
    pub id: String,
    /// The name in words.
    pub title: String,
    /// What the value axis shows, with its unit.
    pub axis: String,
    /// What the rows are (`Channel`).
    pub of: String,
    /// The unit.
    pub unit: Unit,
    /// The currency of [`Unit::Money`].
    pub currency: Option<Currency>,
}

/// A round number at or above `value`, of the form 1, 2 or 5 times a power of ten, and at least 1: the end of an axis with four steps.
pub(crate) fn round_up(value: f64) -> f64 {
    let value = value.max(1.0);
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 4.0, 5.0, 10.0].iter().map(|step| step * power).find(|end| *end >= value).unwrap_or(value)
}

/// The text at a step of the value axis: whole per cents and whole amounts, since steps are round.
pub(crate) fn tick(labels: &Labels<'_>, unit: Unit, currency: Option<Currency>, value: f64) -> String {
    match (unit, currency) {
        (Unit::Percent, _) => labels.fill("format.percent", &[("n", &format!("{value:.0}"))]),
        (Unit::Money, Some(currency)) => numbers::grouped((value / 10f64.powi(currency.exponent() as i32)).round() as i64),
        _ => numbers::show(labels, unit, currency, Some(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_on_round_numbers() {
        let check = |value: f64, expect: f64| assert!((round_up(value) - expect).abs() < 1e-9, "{value}");
        check(0.0, 1.0);
        check(3.0, 4.0);
        check(100.0, 100.0);
        check(101.0, 200.0);
        check(4_321.0, 5_000.0);
        check(7.0, 10.0);
    }
}
