//! The segments dashboard: RFM groups with how many, how lately, how often and for how much.

use std::collections::BTreeMap;

use mercator_domain::{
    facts::{CustomerOrders, DrillKey, DrillOf},
    moment::Moment,
    money::Currency,
    segment::RfmSegment,
};

use super::{Dashboard, DashboardKey, frame};
use crate::{
    charts::{Bar, Bars, Chart, ChartError},
    figures::{Figure, Unit, median, percent},
    labels::Labels,
    segments::{Rates, SegmentRow, rows, score},
    table::{Cell, Row, Table},
};

/// More currencies than these would each need a chart of their own; the table has all.
const MOST_CURRENCIES: usize = 3;

/// What the dashboard counts.
#[derive(Clone, Copy, Debug)]
pub struct SegmentFacts<'a> {
    /// All customers with their orders.
    pub customers: &'a [CustomerOrders],
    /// The day of asking.
    pub as_of: Moment,
    /// To compare amounts of different currencies; without them each is compared within its own.
    pub rates: Option<&'a Rates>,
}

/// Builds it.
pub fn segments(facts: &SegmentFacts<'_>, labels: &Labels<'_>) -> Result<Dashboard, ChartError> {
    let scored = score(facts.customers, facts.as_of, facts.rates);
    let rows = rows(&scored);
    let n = scored.len() as i64;
    let repeat = scored.iter().filter(|s| s.orders > 1).count() as i64;
    let days: Vec<i64> = scored.iter().map(|s| s.days).collect();
    let customers = || DrillKey::all(DrillOf::Customers);
    let mut figures = vec![
        Figure::new(labels, "customers", Unit::Count, Some(n as f64), n).opens(customers()),
        Figure::new(labels, "repeat_rate", Unit::Percent, percent(repeat, n), n).opens(customers()),
        Figure::new(labels, "median_recency", Unit::Days, median(&days), n).opens(customers()),
    ];
    for segment in [RfmSegment::Champions, RfmSegment::AtRisk, RfmSegment::CannotLose] {
        let count = rows.iter().find(|r| r.segment == segment).map_or(0, |r| r.customers);
        let drill = DrillKey { segment: Some(segment), ..customers() };
        figures.push(Figure::new(labels, &format!("share_{segment}"), Unit::Percent, percent(count, n), n).opens(drill));
    }
    let mut charts = vec![by_count(&rows, n, labels)?];
    for currency in main_currencies(&rows) {
        charts.push(by_value(&rows, currency, labels)?);
    }
    let tables = vec![table(&rows, labels)];
    Ok(Dashboard {
        key: DashboardKey::Segments,
        title: labels.get("dashboard.segments"),
        figures,
        charts,
        tables,
        notes: vec![labels.get("note.rfm")],
    })
}

fn drill(row: &SegmentRow) -> DrillKey {
    DrillKey { segment: Some(row.segment), ..DrillKey::all(DrillOf::Customers) }
}

fn label(labels: &Labels<'_>, segment: RfmSegment) -> String {
    labels.get(&format!("segment.{segment}"))
}

fn by_count(rows: &[SegmentRow], n: i64, labels: &Labels<'_>) -> Result<Chart, ChartError> {
    let bar = |row: &SegmentRow| Bar {
        label: label(labels, row.segment),
        value: Some(row.customers as f64),
        n: row.customers,
        drill: Some(drill(row)),
    };
    let frame = frame(labels, DashboardKey::Segments, "customers_by_segment", Unit::Count, "customers", "segment");
    Bars { frame, n, bars: rows.iter().map(bar).collect() }.chart(labels)
}

/// The currencies in which most customers buy; ties by code.
fn main_currencies(rows: &[SegmentRow]) -> Vec<Currency> {
    let mut counts: BTreeMap<Currency, i64> = BTreeMap::new();
    for row in rows {
        for (currency, customers) in &row.customers_by_currency {
            *counts.entry(*currency).or_default() += customers;
        }
    }
    let mut order: Vec<(i64, Currency)> = counts.into_iter().map(|(currency, count)| (-count, currency)).collect();
    order.sort_unstable();
    order.into_iter().take(MOST_CURRENCIES).map(|(_, currency)| currency).collect()
}

fn by_value(rows: &[SegmentRow], currency: Currency, labels: &Labels<'_>) -> Result<Chart, ChartError> {
    let bar = |row: &SegmentRow| Bar {
        label: label(labels, row.segment),
        value: row.value.get(&currency).map(|minor| *minor as f64),
        n: row.customers_by_currency.get(&currency).copied().unwrap_or(0),
        drill: Some(DrillKey { currency: Some(currency), ..drill(row) }),
    };
    let mut frame = frame(labels, DashboardKey::Segments, "value_by_segment", Unit::Money, "value", "segment");
    frame.id = format!("{}-{}", frame.id, currency.code().to_ascii_lowercase());
    frame.axis = format!("{} ({currency})", frame.axis);
    frame.currency = Some(currency);
    let bars: Vec<Bar> = rows.iter().map(bar).collect();
    Bars { frame, n: bars.iter().map(|bar| bar.n).sum(), bars }.chart(labels)
}

fn table(rows: &[SegmentRow], labels: &Labels<'_>) -> Table {
    let mut currencies: Vec<Currency> = rows.iter().flat_map(|row| row.value.keys().copied()).collect();
    currencies.sort_unstable();
    currencies.dedup();
    let mut columns: Vec<String> = ["of.segment", "axis.customers", "axis.share", "axis.median_days", "axis.orders", "axis.median_orders"]
        .map(|key| labels.get(key))
        .into();
    columns.extend(currencies.iter().map(|currency| format!("{} ({currency})", labels.get("axis.value"))));
    let line = |row: &SegmentRow| {
        let share = row.share_tenths as f64 / 10.0;
        let number = |unit, value| Cell::number(labels, unit, None, value);
        let mut cells = vec![
            Cell::text(label(labels, row.segment)),
            Cell::count(labels, row.customers),
            number(Unit::Percent, Some(share)),
            number(Unit::Days, row.median_days),
            Cell::count(labels, row.orders),
            number(Unit::Count, row.median_orders),
        ];
        let value = |currency: &Currency| row.value.get(currency).map(|minor| *minor as f64);
        cells.extend(currencies.iter().map(|currency| Cell::number(labels, Unit::Money, Some(*currency), value(currency))));
        Row { cells, drill: Some(drill(row)) }
    };
    Table { key: "segments-table".to_owned(), title: labels.get("dashboard.segments"), columns, rows: rows.iter().map(line).collect() }
}
