//! Dashboards from small facts, number by number, and their pictures.

use mercator_domain::{
    channel::ChannelKind,
    facts::{CustomerOrders, DrillOf, EpisodeDay, HandoffFact, SatisfactionDay},
    handoff::HandoffReason,
    ids::{ContactId, ConversationId},
    moment::{DAY_MS, HOUR_MS, Moment},
    money::Currency,
    satisfaction::ServedBy,
};

use super::*;

const FIRST: i64 = 20_000;
const NOW: Moment = Moment((FIRST + 10) * DAY_MS);

fn german() -> Option<Language> {
    Language::parse("de")
}

fn episode_days() -> Vec<EpisodeDay> {
    let row = |day, channel, language, episodes, [handed_off, confirmed, assumed, open]: [i64; 4]| EpisodeDay {
        day: FIRST + day,
        channel,
        language,
        episodes,
        involved: handed_off + confirmed + assumed + open,
        handed_off,
        confirmed,
        assumed,
        open,
    };
    vec![row(0, ChannelKind::Email, german(), 10, [2, 1, 3, 1]), row(2, ChannelKind::Telegram, None, 5, [1, 1, 0, 0])]
}

fn handoff_facts() -> Vec<HandoffFact> {
    let row = |id, reason, answered: Option<i64>| HandoffFact {
        conversation_id: ConversationId(id),
        channel: if id == 3 { ChannelKind::Telegram } else { ChannelKind::Email },
        language: if id == 3 { None } else { german() },
        reason,
        at: Moment(FIRST * DAY_MS + id * HOUR_MS),
        promised_at: Moment(FIRST * DAY_MS + (id + 4) * HOUR_MS),
        answered_at: answered.map(|hours| Moment(FIRST * DAY_MS + (id + hours) * HOUR_MS)),
        closed_at: None,
    };
    vec![
        row(1, HandoffReason::EmotionRisk, Some(1)),
        row(2, HandoffReason::MissingKnowledge, Some(5)),
        row(3, HandoffReason::MissingKnowledge, None),
    ]
}

fn handoff_dashboard(labels: &Labels<'_>) -> Dashboard {
    let (days, facts) = (episode_days(), handoff_facts());
    let facts = HandoffFacts { days: &days, handoffs: &facts, previous_days: &[], previous_handoffs: &[], now: NOW, span: None };
    handoffs(&facts, labels).unwrap()
}

fn satisfaction_dashboard(labels: &Labels<'_>) -> Dashboard {
    let row = |day, channel, language, served_by, surveys, scores| SatisfactionDay {
        day: FIRST + day,
        channel,
        language,
        served_by,
        surveys,
        scores,
    };
    let days = [
        row(0, ChannelKind::Email, german(), ServedBy::Bot, 10, [1, 0, 1, 2, 4]),
        row(2, ChannelKind::Amazon, None, ServedBy::Human, 6, [0, 0, 0, 1, 0]),
    ];
    satisfaction(&SatisfactionFacts { days: &days, previous: &days[1..], span: None }, labels).unwrap()
}

fn segment_dashboard(labels: &Labels<'_>) -> Dashboard {
    let customers: Vec<CustomerOrders> = (1..=12)
        .map(|i| CustomerOrders {
            contact_id: ContactId(i),
            orders: 1 + i % 4,
            first_at: Moment(0),
            last_at: NOW.plus_ms(-i * 20 * DAY_MS),
            total_minor: i * 1_050,
            currency: Currency::parse(if i % 3 == 0 { "JPY" } else { "EUR" }).unwrap(),
            country: None,
        })
        .collect();
    segments(&SegmentFacts { customers: &customers, as_of: NOW, rates: None }, labels).unwrap()
}

fn texts(dashboard: &Dashboard) -> Vec<(String, String, i64)> {
    dashboard.figures.iter().map(|f| (f.key.clone(), f.text.clone(), f.n)).collect()
}

#[test]
fn j4_the_four_shown_shares_are_exactly_100() {
    let dashboard = handoff_dashboard(&Labels::english());
    let tenths: i64 = dashboard.figures[..4].iter().map(|f| f.text.trim_end_matches('%').replace('.', "").parse::<i64>().unwrap()).sum();
    assert_eq!(tenths, 1000);
    insta::assert_json_snapshot!("handoff_figures", texts(&dashboard));
}

#[test]
fn j2_figures_and_the_period_before() {
    let dashboard = satisfaction_dashboard(&Labels::english());
    let csat = &dashboard.figures[0];
    assert_eq!((csat.text.as_str(), csat.n, csat.previous_text.as_deref()), ("77.8%", 9, Some("100.0%")));
    insta::assert_json_snapshot!("satisfaction_figures", texts(&dashboard));
}

#[test]
fn j4_a_click_on_a_bar_lists_exactly_its_n() {
    let facts = handoff_facts();
    let dashboard = handoff_dashboard(&Labels::english());
    let mut seen = 0;
    for mark in dashboard.charts.iter().flat_map(|c| &c.marks) {
        let Some(drill) = mark.drill.as_ref().filter(|d| matches!(d.of, DrillOf::Handoffs | DrillOf::Orphans)) else { continue };
        let listed = facts.iter().filter(|fact| drill.holds_handoff(fact, NOW)).count();
        assert_eq!(mark.value, Some(listed as f64), "{mark:?}");
        seen += listed;
    }
    assert_eq!(seen, 3 + 3 + 2, "reasons, bands, orphans");
}

#[test]
fn golden_pictures() {
    let english = Labels::english();
    let all = [handoff_dashboard(&english), satisfaction_dashboard(&english), segment_dashboard(&english)];
    for chart in all.iter().flat_map(|d| &d.charts) {
        insta::assert_snapshot!(chart.id.clone(), chart.svg);
    }
}

#[test]
fn every_picture_is_well_formed_named_and_coloured_by_variables() {
    let mut ids = BTreeSet::new();
    for labels in [Labels::english(), Labels::chinese()] {
        for chart in
            [handoff_dashboard(&labels), satisfaction_dashboard(&labels), segment_dashboard(&labels)].iter().flat_map(|d| &d.charts)
        {
            ids.insert(chart.id.clone());
            resvg::usvg::roxmltree::Document::parse(&chart.svg).unwrap();
            assert!(chart.svg.contains("<title") && chart.svg.contains("<desc") && chart.svg.contains("n = "), "{}", chart.id);
            assert!(!chart.svg.contains("=\"#"), "a fixed colour in {}", chart.svg);
            let inside = |m: &crate::charts::Mark| {
                m.x >= 0 && m.y >= 0 && m.x + m.width <= chart.width as i32 && m.y + m.height <= chart.height as i32
            };
            assert!(chart.marks.iter().all(inside), "{:?}", chart.marks);
        }
    }
    assert_eq!(ids.len(), 6 + 6 + 3);
}

#[test]
fn hostile_words_stay_text() {
    let look_up = |key: &str| (!key.starts_with("format")).then(|| "</text><script>\u{1}\"x\"&".to_owned());
    let dashboard = satisfaction_dashboard(&Labels::new(&look_up));
    for chart in &dashboard.charts {
        assert!(!chart.svg.contains("<script"), "{}", chart.svg);
        resvg::usvg::roxmltree::Document::parse(&chart.svg).unwrap();
    }
}

#[test]
fn without_facts_everything_is_there_and_empty() {
    let labels = Labels::chinese();
    let none = HandoffFacts { days: &[], handoffs: &[], previous_days: &[], previous_handoffs: &[], now: NOW, span: None };
    let all = [
        handoffs(&none, &labels).unwrap(),
        satisfaction(&SatisfactionFacts { days: &[], previous: &[], span: None }, &labels).unwrap(),
        segments(&SegmentFacts { customers: &[], as_of: NOW, rates: None }, &labels).unwrap(),
    ];
    for dashboard in all {
        assert!(dashboard.charts.iter().all(|chart| chart.empty), "{}", dashboard.key);
        assert!(dashboard.figures.iter().all(|f| f.value.is_none_or(|v| v == 0.0)));
    }
}

#[test]
fn long_spans_become_weeks_that_hold_every_day_once() {
    let make = |span: DaySpan| Point { first_day: span.first, last_day: span.last, value: None, n: 0, drill: None };
    assert_eq!(points(Some(DaySpan { first: 0, last: 119 }), make).len(), 120);
    let weeks = points(Some(DaySpan { first: 0, last: 365 }), make);
    assert_eq!((weeks.len(), weeks[0].first_day, weeks[0].last_day, weeks[52].last_day), (53, 0, 1, 365));
    assert!(weeks.windows(2).all(|pair| pair[0].last_day + 1 == pair[1].first_day));
    let broken = span_of(None, [-1_000_000, 20_000].into_iter()).unwrap();
    assert_eq!(broken.last - broken.first, MOST_DAYS);
}

#[test]
fn value_bars_count_the_customers_of_their_currency() {
    let dashboard = segment_dashboard(&Labels::english());
    let n: Vec<i64> = dashboard.charts[1..].iter().map(|chart| chart.marks.iter().map(|mark| mark.n).sum()).collect();
    assert_eq!(n, [8, 4], "eight buy in EUR, four in JPY; the larger first");
}
