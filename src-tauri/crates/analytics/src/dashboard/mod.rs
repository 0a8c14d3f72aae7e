//! The three dashboards: segments, satisfaction, handoffs. Each is a row of figures, then charts; every number says what a click on it lists.
//!
//! Facts come in already filtered; the period before comes beside them, for the change. A dashboard without facts has all its figures and
//! charts, marked as empty.

mod handoffs;
mod satisfaction;
mod segments;

use std::collections::BTreeSet;

pub use handoffs::{HandoffFacts, handoffs};
use mercator_domain::{channel::ChannelKind, language::Language, words};
pub use satisfaction::{SatisfactionFacts, satisfaction};
pub use segments::{SegmentFacts, segments};
use serde::Serialize;

use crate::{
    charts::{Chart, Frame, Point},
    figures::{Figure, Unit},
    labels::Labels,
    table::Table,
};

words! {
    /// The dashboards.
    DashboardKey {
        /// Groups of customers.
        Segments => "segments",
        /// Ratings.
        Satisfaction => "satisfaction",
        /// Bot and people.
        Handoffs => "handoffs",
    }
}

/// A dashboard, ready to show.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
pub struct Dashboard {
    /// Which.
    pub key: DashboardKey,
    /// Its name in words.
    pub title: String,
    /// The row of numbers on top.
    pub figures: Vec<Figure>,
    /// The charts.
    pub charts: Vec<Chart>,
    /// Tables that are no chart's.
    pub tables: Vec<Table>,
    /// What the reader should know about the numbers.
    pub notes: Vec<String>,
}

/// Days from the first to the last, both counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySpan {
    /// Days since the epoch.
    pub first: i64,
    /// Days since the epoch.
    pub last: i64,
}

/// More points than this are too dense for a line of this width: then a point is a week.
const MOST_POINTS: i64 = 120;
/// A span that a broken date made longer than this (about 27 years) is cut at its old end.
const MOST_DAYS: i64 = 10_000;

/// The given span, or the one that the facts cover.
fn span_of(given: Option<DaySpan>, days: impl Iterator<Item = i64>) -> Option<DaySpan> {
    let found = days.fold(None, |span: Option<DaySpan>, day| {
        Some(span.map_or(DaySpan { first: day, last: day }, |s| DaySpan { first: s.first.min(day), last: s.last.max(day) }))
    });
    given.or(found).map(|s| DaySpan { first: s.first.max(s.last.saturating_sub(MOST_DAYS)), last: s.last })
}

/// The points of a line: days, or weeks that end with the last day.
fn points(span: Option<DaySpan>, mut point: impl FnMut(DaySpan) -> Point) -> Vec<Point> {
    let Some(span) = span else { return Vec::new() };
    let width = if span.last - span.first < MOST_POINTS { 1 } else { 7 };
    let mut all = Vec::new();
    let mut last = span.last;
    while last >= span.first {
        all.push(point(DaySpan { first: (last - width + 1).max(span.first), last }));
        last -= width;
    }
    all.reverse();
    all
}

/// Every language that occurs, the unknown one last.
fn languages<'a>(all: impl Iterator<Item = &'a Option<Language>>) -> Vec<Option<Language>> {
    let set: BTreeSet<(bool, &Option<Language>)> = all.map(|language| (language.is_none(), language)).collect();
    set.into_iter().map(|(_, language)| language.clone()).collect()
}

fn channels(all: impl Iterator<Item = ChannelKind>) -> BTreeSet<ChannelKind> {
    all.collect()
}

fn language_label(labels: &Labels<'_>, language: Option<&Language>) -> String {
    language.map_or_else(|| labels.get("language.unknown"), |language| labels.get(&format!("language.{language}")))
}

/// A chart's frame whose words are `chart.<key>`, `axis.<axis>`, `of.<of>`; its id begins with the dashboard's name.
fn frame(labels: &Labels<'_>, dashboard: DashboardKey, key: &str, unit: Unit, axis: &str, of: &str) -> Frame {
    Frame {
        id: format!("{dashboard}-{}", key.replace('_', "-")),
        title: labels.get(&format!("chart.{key}")),
        axis: labels.get(&format!("axis.{axis}")),
        of: labels.get(&format!("of.{of}")),
        unit,
        currency: None,
    }
}

#[cfg(test)]
#[path = "dashboard_tests.rs"]
mod tests;
