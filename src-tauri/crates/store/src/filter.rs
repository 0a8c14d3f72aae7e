//! How a dashboard's filter narrows a select: the same for roll-ups and for the facts behind them, so that a drill-down lists
//! exactly what a number counted.
//!
//! Roll-ups know days only, so the filter's two moments count in whole UTC days everywhere: from the day of `from` to the day
//! of the last millisecond before `to`.

use mercator_domain::{
    channel::ChannelKind,
    facts::DashboardFilter,
    ids::InboxId,
    intent::Intent,
    language::Language,
    moment::{DAY_MS, Moment},
};

use crate::statement::Statement;

/// The columns (or expressions) that hold what a filter asks for.
#[derive(Clone, Copy)]
pub(crate) struct Facets {
    pub(crate) inbox: &'static str,
    pub(crate) channel: &'static str,
    pub(crate) language: &'static str,
    pub(crate) country: &'static str,
    pub(crate) intent: &'static str,
}

/// The columns of the roll-ups, which have no table's name before them.
pub(crate) const ROLL_UP: Facets =
    Facets { inbox: "inbox_id", channel: "channel", language: "language", country: "country", intent: "intent" };

/// First day and one past the last day of a filter.
fn days(filter: &DashboardFilter) -> (Option<i64>, Option<i64>) {
    (filter.from.map(Moment::day), filter.to.map(|m| m.plus_ms(-1).day() + 1))
}

/// Narrows by a column that holds a day.
pub(crate) fn on_days(statement: Statement, column: &'static str, filter: &DashboardFilter) -> Statement {
    let (from, to) = days(filter);
    between(statement, column, from, to)
}

/// Narrows by a column that holds a moment.
pub(crate) fn within_days(statement: Statement, column: &'static str, filter: &DashboardFilter) -> Statement {
    let (from, to) = days(filter);
    between(statement, column, from.map(|d| d.saturating_mul(DAY_MS)), to.map(|d| d.saturating_mul(DAY_MS)))
}

fn between(statement: Statement, column: &'static str, from: Option<i64>, to: Option<i64>) -> Statement {
    statement
        .when(from.is_some(), |s| s.push(" and ").push(column).push(" >= ").bind(from))
        .when(to.is_some(), |s| s.push(" and ").push(column).push(" < ").bind(to))
}

/// Narrows by everything but the time; to be put after a `where`.
pub(crate) fn narrow(statement: Statement, facets: &Facets, filter: &DashboardFilter) -> Statement {
    let statement = one_of(statement, facets.inbox, filter.inboxes.iter().copied().map(InboxId::get).collect());
    let statement = one_of(statement, facets.channel, filter.channels.iter().copied().map(ChannelKind::as_str).collect());
    let statement = one_of(statement, facets.language, filter.languages.iter().map(Language::code).collect());
    let statement = statement.when(filter.language_unknown, |s| s.push(" and ").push(facets.language).push(" = ''"));
    let statement = one_of(statement, facets.country, filter.countries.iter().map(|c| c.to_uppercase()).collect());
    one_of(statement, facets.intent, filter.intents.iter().copied().map(Intent::as_str).collect())
}

fn one_of<'t, T>(statement: Statement, column: &'static str, values: Vec<T>) -> Statement
where
    T: sqlx::Encode<'t, sqlx::Any> + sqlx::Type<sqlx::Any>,
{
    if values.is_empty() { statement } else { statement.push(" and ").push(column).push(" in ").list(values) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_count_in_whole_days() {
        let check = |from: i64, to: i64, expect: (i64, i64)| {
            let filter = DashboardFilter { from: Some(Moment(from)), to: Some(Moment(to)), ..DashboardFilter::default() };
            assert_eq!(days(&filter), (Some(expect.0), Some(expect.1)), "{from} {to}");
        };
        check(0, DAY_MS, (0, 1));
        check(1, DAY_MS + 1, (0, 2));
        check(-1, 0, (-1, 0));
        check(0, i64::MAX, (0, i64::MAX / DAY_MS + 1));
    }
}
