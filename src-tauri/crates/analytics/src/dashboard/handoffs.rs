//! The handoff dashboard: what became of the bot's episodes, why people took over, how long customers waited, whom nobody answered.

use mercator_domain::{
    facts::{DrillKey, DrillOf, EpisodeDay, EpisodeOutcome, HandoffFact, WaitingBand},
    handoff::HandoffReason,
    language::Language,
    moment::Moment,
};

use super::{Dashboard, DashboardKey, DaySpan, channels, frame, language_label, languages, points, span_of};
use crate::{
    charts::{Bar, Bars, Chart, ChartError, Line, Part, Point, Stack, Stacks},
    figures::{Figure, Unit, percent},
    handoffs::{Outcomes, count_by, orphans, waiting},
    labels::Labels,
};

/// What the dashboard counts.
#[derive(Clone, Copy, Debug)]
pub struct HandoffFacts<'a> {
    /// Episodes of the period.
    pub days: &'a [EpisodeDay],
    /// Handoffs of the period.
    pub handoffs: &'a [HandoffFact],
    /// Episodes of the period before, as long.
    pub previous_days: &'a [EpisodeDay],
    /// Handoffs of the period before.
    pub previous_handoffs: &'a [HandoffFact],
    /// The moment of asking: an open handoff is an orphan once its promise lies before it.
    pub now: Moment,
    /// The period; without one, what the facts cover.
    pub span: Option<DaySpan>,
}

/// Builds it.
pub fn handoffs(facts: &HandoffFacts<'_>, labels: &Labels<'_>) -> Result<Dashboard, ChartError> {
    let mut all = rates(facts, labels);
    all.extend(waits(facts, labels));
    let drift = Outcomes::sum(facts.days).drift();
    let notes = if drift == 0 { Vec::new() } else { vec![labels.fill("note.drift", &[("n", &drift.to_string())])] };
    Ok(Dashboard {
        key: DashboardKey::Handoffs,
        title: labels.get("dashboard.handoffs"),
        figures: all,
        charts: vec![
            outcomes_by_channel(facts, labels)?,
            rate_by_language(facts, labels)?,
            reasons(facts, labels)?,
            bands(facts, labels)?,
            over_time(facts, labels)?,
            orphans_by_channel(facts, labels)?,
        ],
        tables: Vec::new(),
        notes,
    })
}

fn rates(facts: &HandoffFacts<'_>, labels: &Labels<'_>) -> Vec<Figure> {
    let (now, before) = (Outcomes::sum(facts.days), Outcomes::sum(facts.previous_days));
    let keys = [
        (EpisodeOutcome::HandedOff, "handoff_rate"),
        (EpisodeOutcome::ResolvedConfirmed, "confirmed"),
        (EpisodeOutcome::ResolvedAssumed, "assumed"),
        (EpisodeOutcome::Open, "open"),
    ];
    let mut all = Vec::new();
    for ((outcome, key), tenths) in keys.into_iter().zip(now.shown_tenths()) {
        let mut figure = Figure::new(labels, key, Unit::Percent, now.share(outcome), now.involved())
            .before(labels, before.share(outcome))
            .opens(DrillKey { outcome: Some(outcome), ..DrillKey::all(DrillOf::Involved) });
        // The words of the four tiles must add up to 100.0, which each rounded for itself need not.
        if figure.value.is_some() {
            figure.text = tenths_text(labels, tenths);
        }
        all.push(figure);
    }
    let rate = |key: &str, of: fn(&Outcomes) -> Option<f64>, n: i64, drill: DrillOf| {
        Figure::new(labels, key, Unit::Percent, of(&now), n).before(labels, of(&before)).opens(DrillKey::all(drill))
    };
    all.push(rate("automation", Outcomes::automation, now.episodes, DrillOf::Episodes));
    all.push(rate("involvement", Outcomes::involvement, now.episodes, DrillOf::Episodes));
    let mut resolution = rate("resolution", Outcomes::resolution, now.involved(), DrillOf::Involved);
    let mut containment = rate("containment", Outcomes::containment, now.involved(), DrillOf::Involved);
    // Who adds up the tiles beside them must get what these say.
    if let ([_, confirmed, assumed, open], true) = (now.shown_tenths().as_slice(), now.involved() > 0) {
        resolution.text = tenths_text(labels, confirmed + assumed);
        containment.text = tenths_text(labels, confirmed + assumed + open);
    }
    all.extend([resolution, containment]);
    all
}

fn tenths_text(labels: &Labels<'_>, tenths: i64) -> String {
    labels.fill("format.percent", &[("n", &format!("{:.1}", tenths as f64 / 10.0))])
}

fn waits(facts: &HandoffFacts<'_>, labels: &Labels<'_>) -> Vec<Figure> {
    let (now, before) = (waiting(facts.handoffs), waiting(facts.previous_handoffs));
    let n = facts.handoffs.len() as i64;
    let had = !facts.previous_handoffs.is_empty();
    // The period before is judged at the same moment: what was an orphan then is one still.
    let (lost, lost_before) = (orphans(facts.handoffs, facts.now), orphans(facts.previous_handoffs, facts.now));
    let wait = |key: &str, value, previous| {
        Figure::new(labels, key, Unit::DurationMs, value, now.n).before(labels, previous).opens(DrillKey::all(DrillOf::Handoffs))
    };
    let still = facts.handoffs.iter().filter(|h| h.waiting_band() == WaitingBand::StillWaiting).count() as i64;
    vec![
        Figure::new(labels, "handoffs", Unit::Count, Some(n as f64), n)
            .before(labels, had.then_some(facts.previous_handoffs.len() as f64))
            .opens(DrillKey::all(DrillOf::Handoffs)),
        wait("wait_median", now.median, before.median),
        wait("wait_p90", now.p90, before.p90),
        wait("wait_mean", now.mean, before.mean),
        Figure::new(labels, "still_waiting", Unit::Count, Some(still as f64), n)
            .opens(DrillKey { waiting: Some(WaitingBand::StillWaiting), ..DrillKey::all(DrillOf::Handoffs) }),
        Figure::new(labels, "orphans", Unit::Count, Some(lost as f64), n)
            .before(labels, had.then_some(lost_before as f64))
            .opens(DrillKey::all(DrillOf::Orphans)),
        Figure::new(labels, "orphan_rate", Unit::Percent, percent(lost, n), n)
            .before(labels, percent(lost_before, facts.previous_handoffs.len() as i64))
            .opens(DrillKey::all(DrillOf::Orphans)),
    ]
}

fn outcomes_by_channel(facts: &HandoffFacts<'_>, labels: &Labels<'_>) -> Result<Chart, ChartError> {
    let row = |channel| {
        let outcomes = Outcomes::sum(facts.days.iter().filter(|d| d.channel == channel));
        let part = |outcome: &EpisodeOutcome| Part {
            count: outcomes.count(*outcome),
            drill: Some(DrillKey { channel: Some(channel), outcome: Some(*outcome), ..DrillKey::all(DrillOf::Involved) }),
        };
        Stack { label: labels.get(&format!("channel.{channel}")), parts: EpisodeOutcome::ALL.iter().map(part).collect() }
    };
    Stacks {
        frame: frame(labels, DashboardKey::Handoffs, "outcomes_by_channel", Unit::Percent, "share_of_involved", "channel"),
        series: EpisodeOutcome::ALL.iter().map(|outcome| labels.get(&format!("outcome.{outcome}"))).collect(),
        rows: channels(facts.days.iter().map(|d| d.channel)).into_iter().map(row).collect(),
    }
    .chart(labels)
}

fn rate_by_language(facts: &HandoffFacts<'_>, labels: &Labels<'_>) -> Result<Chart, ChartError> {
    let bar = |language: Option<Language>| {
        let outcomes = Outcomes::sum(facts.days.iter().filter(|d| d.language == language));
        let key = DrillKey { outcome: Some(EpisodeOutcome::HandedOff), ..DrillKey::all(DrillOf::Involved) };
        Bar {
            label: language_label(labels, language.as_ref()),
            value: outcomes.share(EpisodeOutcome::HandedOff),
            n: outcomes.involved(),
            drill: Some(key.in_language(language.as_ref())),
        }
    };
    let bars: Vec<Bar> = languages(facts.days.iter().map(|d| &d.language)).into_iter().map(bar).collect();
    let n = bars.iter().map(|bar| bar.n).sum();
    let frame = frame(labels, DashboardKey::Handoffs, "handoff_rate_by_language", Unit::Percent, "handoff_rate", "language");
    Bars { frame, n, bars }.chart(labels)
}

/// A bar of counted handoffs.
fn counted(label: String, count: i64, drill: DrillKey) -> Bar {
    Bar { label, value: Some(count as f64), n: count, drill: Some(drill) }
}

fn reasons(facts: &HandoffFacts<'_>, labels: &Labels<'_>) -> Result<Chart, ChartError> {
    let counts = count_by(facts.handoffs, |h| h.reason);
    let bar = |reason: &HandoffReason| {
        let drill = DrillKey { reason: Some(*reason), ..DrillKey::all(DrillOf::Handoffs) };
        counted(labels.get(&format!("reason.{reason}")), counts.get(reason).copied().unwrap_or(0), drill)
    };
    let mut bars: Vec<Bar> = HandoffReason::ALL.iter().map(bar).collect();
    bars.sort_by_key(|bar| std::cmp::Reverse(bar.n));
    let frame = frame(labels, DashboardKey::Handoffs, "handoff_reasons", Unit::Count, "handoffs", "reason");
    Bars { frame, n: facts.handoffs.len() as i64, bars }.chart(labels)
}

fn bands(facts: &HandoffFacts<'_>, labels: &Labels<'_>) -> Result<Chart, ChartError> {
    let counts = count_by(facts.handoffs, HandoffFact::waiting_band);
    let bar = |band: &WaitingBand| {
        let drill = DrillKey { waiting: Some(*band), ..DrillKey::all(DrillOf::Handoffs) };
        counted(labels.get(&format!("waiting.{band}")), counts.get(band).copied().unwrap_or(0), drill)
    };
    let bars = WaitingBand::ALL.iter().map(bar).collect();
    let frame = frame(labels, DashboardKey::Handoffs, "waiting_time", Unit::Count, "handoffs", "waiting");
    Bars { frame, n: facts.handoffs.len() as i64, bars }.chart(labels)
}

fn over_time(facts: &HandoffFacts<'_>, labels: &Labels<'_>) -> Result<Chart, ChartError> {
    let point = |span: DaySpan| {
        let outcomes = Outcomes::sum(facts.days.iter().filter(|d| (span.first..=span.last).contains(&d.day)));
        let drill = DrillKey { outcome: Some(EpisodeOutcome::HandedOff), ..DrillKey::all(DrillOf::Involved) };
        Point {
            first_day: span.first,
            last_day: span.last,
            value: outcomes.share(EpisodeOutcome::HandedOff),
            n: outcomes.involved(),
            drill: Some(drill),
        }
    };
    let points = points(span_of(facts.span, facts.days.iter().map(|d| d.day)), point);
    Line { frame: frame(labels, DashboardKey::Handoffs, "handoff_rate_over_time", Unit::Percent, "handoff_rate", "day"), points }
        .chart(labels)
}

fn orphans_by_channel(facts: &HandoffFacts<'_>, labels: &Labels<'_>) -> Result<Chart, ChartError> {
    let bar = |channel| {
        let count = facts.handoffs.iter().filter(|h| h.channel == channel && h.is_orphan(facts.now)).count() as i64;
        let drill = DrillKey { channel: Some(channel), ..DrillKey::all(DrillOf::Orphans) };
        counted(labels.get(&format!("channel.{channel}")), count, drill)
    };
    let bars = channels(facts.handoffs.iter().map(|h| h.channel)).into_iter().map(bar).collect();
    let frame = frame(labels, DashboardKey::Handoffs, "orphans_by_channel", Unit::Count, "orphans", "channel");
    Bars { frame, n: facts.handoffs.len() as i64, bars }.chart(labels)
}
