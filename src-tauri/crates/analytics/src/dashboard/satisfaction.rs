//! The satisfaction dashboard: score and response rate, by channel, language and who served, and over time.

use mercator_domain::{
    facts::{DrillKey, DrillOf, SatisfactionDay},
    satisfaction::ServedBy,
};

use super::{Dashboard, DashboardKey, DaySpan, channels, frame, language_label, languages, points, span_of};
use crate::{
    charts::{Bar, Bars, Chart, ChartError, Frame, Line, Point},
    figures::{Figure, Unit},
    labels::Labels,
    satisfaction::Ratings,
};

/// What the dashboard counts.
#[derive(Clone, Copy, Debug)]
pub struct SatisfactionFacts<'a> {
    /// Of the period.
    pub days: &'a [SatisfactionDay],
    /// Of the period before, as long.
    pub previous: &'a [SatisfactionDay],
    /// The period; without one, what the facts cover.
    pub span: Option<DaySpan>,
}

/// Builds it.
pub fn satisfaction(facts: &SatisfactionFacts<'_>, labels: &Labels<'_>) -> Result<Dashboard, ChartError> {
    Ok(Dashboard {
        key: DashboardKey::Satisfaction,
        title: labels.get("dashboard.satisfaction"),
        figures: figures(facts, labels),
        charts: vec![
            by_channel(facts, labels, true)?,
            by_language(facts, labels)?,
            by_served(facts, labels)?,
            distribution(facts, labels)?,
            over_time(facts, labels)?,
            by_channel(facts, labels, false)?,
        ],
        tables: Vec::new(),
        notes: Vec::new(),
    })
}

fn figures(facts: &SatisfactionFacts<'_>, labels: &Labels<'_>) -> Vec<Figure> {
    let (now, before) = (Ratings::sum(facts.days), Ratings::sum(facts.previous));
    let count = |key: &str, value: i64, before: i64, of| {
        Figure::new(labels, key, Unit::Count, Some(value as f64), value)
            .before(labels, (!facts.previous.is_empty()).then_some(before as f64))
            .opens(DrillKey::all(of))
    };
    let mut all = vec![
        Figure::new(labels, "csat", Unit::Percent, now.csat(), now.ratings())
            .before(labels, before.csat())
            .opens(DrillKey::all(DrillOf::Ratings)),
        Figure::new(labels, "response_rate", Unit::Percent, now.response_rate(), now.surveys)
            .before(labels, before.response_rate())
            .opens(DrillKey::all(DrillOf::Surveys)),
        Figure::new(labels, "mean_score", Unit::Score, now.mean_score(), now.ratings())
            .before(labels, before.mean_score())
            .opens(DrillKey::all(DrillOf::Ratings)),
        count("ratings", now.ratings(), before.ratings(), DrillOf::Ratings),
        count("surveys", now.surveys, before.surveys, DrillOf::Surveys),
    ];
    for served in ServedBy::ALL {
        let of = |days: &[SatisfactionDay]| Ratings::sum(days.iter().filter(|d| d.served_by == *served));
        let (now, before) = (of(facts.days), of(facts.previous));
        all.push(
            Figure::new(labels, &format!("csat_{served}"), Unit::Percent, now.csat(), now.ratings())
                .before(labels, before.csat())
                .opens(DrillKey { served_by: Some(*served), ..DrillKey::all(DrillOf::Ratings) }),
        );
    }
    all
}

fn csat_bar(label: String, ratings: Ratings, drill: DrillKey) -> Bar {
    Bar { label, value: ratings.csat(), n: ratings.ratings(), drill: Some(drill) }
}

fn by_channel(facts: &SatisfactionFacts<'_>, labels: &Labels<'_>, score: bool) -> Result<Chart, ChartError> {
    let bar = |channel| {
        let ratings = Ratings::sum(facts.days.iter().filter(|d| d.channel == channel));
        let label = labels.get(&format!("channel.{channel}"));
        let drill = |of| DrillKey { channel: Some(channel), ..DrillKey::all(of) };
        if score {
            csat_bar(label, ratings, drill(DrillOf::Ratings))
        } else {
            Bar { label, value: ratings.response_rate(), n: ratings.surveys, drill: Some(drill(DrillOf::Surveys)) }
        }
    };
    let bars = channels(facts.days.iter().map(|d| d.channel)).into_iter().map(bar).collect();
    let (key, axis) = if score { ("csat_by_channel", "csat") } else { ("response_by_channel", "response_rate") };
    chart(frame(labels, DashboardKey::Satisfaction, key, Unit::Percent, axis, "channel"), bars, labels)
}

fn by_language(facts: &SatisfactionFacts<'_>, labels: &Labels<'_>) -> Result<Chart, ChartError> {
    let bar = |language: Option<mercator_domain::language::Language>| {
        let ratings = Ratings::sum(facts.days.iter().filter(|d| d.language == language));
        let drill = DrillKey::all(DrillOf::Ratings).in_language(language.as_ref());
        csat_bar(language_label(labels, language.as_ref()), ratings, drill)
    };
    let bars = languages(facts.days.iter().map(|d| &d.language)).into_iter().map(bar).collect();
    chart(frame(labels, DashboardKey::Satisfaction, "csat_by_language", Unit::Percent, "csat", "language"), bars, labels)
}

fn by_served(facts: &SatisfactionFacts<'_>, labels: &Labels<'_>) -> Result<Chart, ChartError> {
    let bar = |served: &ServedBy| {
        let ratings = Ratings::sum(facts.days.iter().filter(|d| d.served_by == *served));
        let drill = DrillKey { served_by: Some(*served), ..DrillKey::all(DrillOf::Ratings) };
        csat_bar(labels.get(&format!("served_by.{served}")), ratings, drill)
    };
    let bars = ServedBy::ALL.iter().map(bar).collect();
    chart(frame(labels, DashboardKey::Satisfaction, "csat_by_served_by", Unit::Percent, "csat", "served_by"), bars, labels)
}

fn distribution(facts: &SatisfactionFacts<'_>, labels: &Labels<'_>) -> Result<Chart, ChartError> {
    let all = Ratings::sum(facts.days);
    let bar = |(score, count): (u8, i64)| Bar {
        label: labels.get(&format!("score.{score}")),
        value: Some(count as f64),
        n: count,
        drill: Some(DrillKey { scores: vec![score], ..DrillKey::all(DrillOf::Ratings) }),
    };
    let bars = (1..).zip(all.scores).map(bar).collect();
    chart(frame(labels, DashboardKey::Satisfaction, "score_distribution", Unit::Count, "ratings", "score"), bars, labels)
}

fn over_time(facts: &SatisfactionFacts<'_>, labels: &Labels<'_>) -> Result<Chart, ChartError> {
    let point = |span: DaySpan| {
        let ratings = Ratings::sum(facts.days.iter().filter(|d| (span.first..=span.last).contains(&d.day)));
        let drill = Some(DrillKey::all(DrillOf::Ratings));
        Point { first_day: span.first, last_day: span.last, value: ratings.csat(), n: ratings.ratings(), drill }
    };
    let points = points(span_of(facts.span, facts.days.iter().map(|d| d.day)), point);
    Line { frame: frame(labels, DashboardKey::Satisfaction, "csat_over_time", Unit::Percent, "csat", "day"), points }.chart(labels)
}

fn chart(frame: Frame, bars: Vec<Bar>, labels: &Labels<'_>) -> Result<Chart, ChartError> {
    let n = bars.iter().map(|bar| bar.n).sum();
    Bars { frame, n, bars }.chart(labels)
}
