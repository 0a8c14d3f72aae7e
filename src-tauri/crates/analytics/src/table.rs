//! Tables: the rows behind a chart, read by screen readers and written to CSV.

use mercator_domain::{facts::DrillKey, money::Currency};
use serde::Serialize;

use crate::{figures::Unit, labels::Labels, numbers};

/// A table with its words.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
pub struct Table {
    /// Its fixed name.
    pub key: String,
    /// Its name in words.
    pub title: String,
    /// The heads of the columns, with the unit where there is one.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
pub struct Row {
    /// As many as there are columns.
    pub cells: Vec<Cell>,
    /// What a click lists.
    pub drill: Option<DrillKey>,
}

/// One cell: the words, and the plain number that the CSV carries.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
pub struct Cell {
    /// As it is shown.
    pub text: String,
    /// The number, where it is one.
    pub value: Option<f64>,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), value: None }
    }

    /// A number. Money is given in minor units and kept in major ones, since that is what a spreadsheet adds up.
    pub fn number(labels: &Labels<'_>, unit: Unit, currency: Option<Currency>, value: Option<f64>) -> Self {
        let scale = currency.filter(|_| unit == Unit::Money).map_or(1.0, |c| 10f64.powi(c.exponent() as i32));
        Self { text: numbers::show(labels, unit, currency, value), value: value.map(|v| v / scale) }
    }

    /// A count.
    pub fn count(labels: &Labels<'_>, count: i64) -> Self {
        Self::number(labels, Unit::Count, None, Some(count as f64))
    }
}
