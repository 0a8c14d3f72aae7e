//! The demo workspace at a fixed moment: what it holds, and that the dashboards equal the answer key number by number.
//!
//! The key (`tests/demo_key.json`) is the dashboards' figures as they were checked; beside it the central numbers are counted anew
//! from the threads, by loops that share nothing with the roll-ups.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use mercator_analytics::dashboard::DashboardKey;
use mercator_app::{
    App, OpenApp,
    clock::FixedClock,
    views::{ConversationRow, ExportFormat, ListQuery, ThreadItem},
};
use mercator_domain::{
    conversation::ActivityKind,
    facts::{DashboardFilter, DrillKey, DrillOf},
    message::Author,
    moment::{DAY_MS, Moment},
};

/// 2026-11-20T18:00:00Z, a Friday evening.
const NOW: Moment = Moment(1_795_197_600_000);

async fn demo(folder: &std::path::Path) -> Arc<App> {
    let app = App::open(OpenApp {
        workspace: Some(folder.to_string_lossy().into_owned()),
        clock: Some(Arc::new(FixedClock::at(NOW))),
        ..OpenApp::default()
    })
    .await
    .unwrap();
    app.load_demo(&|_, _| {}).await.unwrap();
    app
}

async fn every_row(app: &App) -> Vec<ConversationRow> {
    let mut rows = vec![];
    loop {
        let offset = i32::try_from(rows.len()).unwrap();
        let page = app.list_conversations(&ListQuery { offset, limit: 200, ..ListQuery::default() }).await.unwrap();
        if page.rows.is_empty() {
            return rows;
        }
        rows.extend(page.rows);
    }
}

/// What the threads say, counted one by one.
#[derive(Default)]
struct Recount {
    surveys: i64,
    scores: BTreeMap<u8, i64>,
    handoffs: BTreeMap<String, i64>,
}

async fn recount(app: &App, rows: &[ConversationRow], from: Moment) -> Recount {
    let mut counted = Recount::default();
    for row in rows {
        let thread = app.thread(row.id).await.unwrap();
        for item in thread.items {
            let ThreadItem::Activity { activity, detail, at, .. } = item else { continue };
            match activity {
                ActivityKind::SurveySent if at >= from => counted.surveys += 1,
                ActivityKind::Rated => *counted.scores.entry(detail.parse().unwrap()).or_default() += 1,
                ActivityKind::HandedOff if at >= from => *counted.handoffs.entry(detail).or_default() += 1,
                _ => {}
            }
        }
    }
    counted
}

#[tokio::test(flavor = "multi_thread")]
async fn j2_j4_j8_the_dashboards_of_the_demo_equal_the_answer_key() {
    let folder = tempfile::tempdir().unwrap();
    let app = demo(folder.path()).await;
    let rows = every_row(&app).await;

    // A1: every family is there, and each row says its store.
    let families: BTreeSet<_> = rows.iter().map(|row| row.family).collect();
    assert_eq!(families.len(), 5);
    assert!(rows.len() >= 200, "{}", rows.len());
    assert!(rows.iter().all(|row| !row.store.is_empty()));
    let languages: BTreeSet<_> = rows.iter().filter_map(|row| row.language.clone()).collect();
    assert!(languages.len() >= 10, "{languages:?}");

    // All of it is within the period, so that a recount of the threads and the roll-ups mean the same.
    let from = Moment((NOW.day() - 40) * DAY_MS);
    let filter = DashboardFilter { from: Some(from), to: Some(Moment((NOW.day() + 1) * DAY_MS)), ..DashboardFilter::default() };
    let counted = recount(&app, &rows, from).await;

    let satisfaction = app.dashboard(DashboardKey::Satisfaction, &filter).await.unwrap();
    let figure = |key: &str| satisfaction.figures.iter().find(|figure| figure.key == key).unwrap_or_else(|| panic!("no figure {key}"));
    let ratings: i64 = counted.scores.values().sum();
    let positive: i64 = counted.scores.iter().filter(|(score, _)| **score >= 4).map(|(_, n)| n).sum();
    assert!(ratings > 20 && counted.surveys > ratings, "{ratings} of {}", counted.surveys);
    let percent = |part: i64, whole: i64| 100.0 * part as f64 / whole as f64;
    assert!((figure("csat").value.unwrap() - percent(positive, ratings)).abs() < 1e-9);
    assert!((figure("response_rate").value.unwrap() - percent(ratings, counted.surveys)).abs() < 1e-9);

    let handoffs = app.dashboard(DashboardKey::Handoffs, &filter).await.unwrap();
    for (reason, n) in &counted.handoffs {
        let key = DrillKey { reason: Some(reason.parse().unwrap()), ..DrillKey::all(DrillOf::Handoffs) };
        let listed = app.drill(&filter, &key).await.unwrap();
        let facts: i64 = *n;
        assert!(i64::try_from(listed.len()).unwrap() <= facts && !listed.is_empty(), "{reason}: {} of {facts}", listed.len());
    }
    let total: i64 = counted.handoffs.values().sum();
    let reasons = handoffs.charts.iter().find(|chart| chart.id.contains("reason")).unwrap();
    let drawn: f64 = reasons.marks.iter().filter_map(|mark| mark.value).sum();
    assert!((drawn - total as f64).abs() < 1e-9, "{drawn} drawn, {total} counted");

    // The key, number by number.
    let segments = app.dashboard(DashboardKey::Segments, &filter).await.unwrap();
    let mut key = serde_json::Map::new();
    for dashboard in [&satisfaction, &handoffs, &segments] {
        for figure in &dashboard.figures {
            key.insert(format!("{}.{}", dashboard.key, figure.key), serde_json::json!({ "value": figure.value, "n": figure.n }));
        }
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/demo_key.json");
    if std::env::var_os("MERCATOR_UPDATE_KEY").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&key).unwrap() + "\n").unwrap();
    }
    let kept: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(kept, key, "look at the numbers, then MERCATOR_UPDATE_KEY=1");

    // J8: files, offline, whose rows add up to the figures.
    let out = folder.path().join("out");
    for format in [ExportFormat::Csv, ExportFormat::Svg, ExportFormat::Png] {
        let written = app.export_dashboard(DashboardKey::Handoffs, &filter, format, &out.to_string_lossy()).await.unwrap().files;
        assert!(!written.is_empty());
        assert!(written.iter().all(|path| std::fs::metadata(path).unwrap().len() > 20));
    }
    bot_speaks_for_itself(&app, &rows).await;
}

/// K1 and D7 on the whole demo: every first bot message discloses itself, every bot answer has its Turn.
async fn bot_speaks_for_itself(app: &App, rows: &[ConversationRow]) {
    let (mut answers, mut silent_starts) = (0, 0);
    for row in rows {
        let thread = app.thread(row.id).await.unwrap();
        let mut first = true;
        for item in thread.items {
            let ThreadItem::Message { message, has_turn, .. } = item else { continue };
            if message.author != Author::Bot {
                continue;
            }
            assert!(has_turn, "message {} has no turn", message.id);
            let turn = app.turn(message.id).await.unwrap().unwrap().turn;
            if first && !turn.reply.value.as_ref().is_some_and(|reply| reply.discloses_ai) {
                silent_starts += 1;
            }
            first = false;
            answers += 1;
        }
    }
    assert!(answers > 150, "{answers}");
    assert_eq!(silent_starts, 0, "a first bot message without its disclosure");
}

#[tokio::test(flavor = "multi_thread")]
async fn e10_the_demos_cases_are_sorted_by_deadline_and_linked_to_order_and_conversation() {
    let folder = tempfile::tempdir().unwrap();
    let app = demo(folder.path()).await;
    let open = app.platform_cases(false).await.unwrap();
    let kinds: Vec<&str> = open.iter().map(|row| row.case.kind.as_str()).collect();
    assert_eq!(kinds, ["a_to_z", "not_received", "chargeback", "feedback"]);
    assert!(open.is_sorted_by_key(|row| row.deadline));
    assert_eq!(open.iter().map(|row| row.estimated).collect::<Vec<_>>(), [true, false, false, true], "the platform's word goes first");
    for row in &open {
        assert!(row.order_known && !row.overdue && !row.store.is_empty() && !row.contact.is_empty(), "{row:?}");
        let number = row.case.order_number.as_deref().unwrap();
        let thread = app.thread(row.conversation_id.unwrap()).await.unwrap();
        assert_eq!(thread.order.as_ref().unwrap().number, number);
        assert!(thread.cases.iter().any(|beside| beside.case.id == row.case.id), "the conversation shows its case");
    }
    let settled = app.platform_cases(true).await.unwrap();
    assert_eq!(settled.iter().map(|row| row.case.state.as_str()).collect::<Vec<_>>(), ["won"]);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_something_to_approve_and_rules_to_look_at() {
    let folder = tempfile::tempdir().unwrap();
    let app = demo(folder.path()).await;
    let waiting = app.actions_for_people().await.unwrap();
    let shown: Vec<_> = waiting.iter().map(|row| (row.action.request.kind().as_str(), row.action.state.as_str())).collect();
    assert_eq!(shown, [("return", "awaiting_approval")], "money goes back when it has come: above every limit of a shop that has set none");
    assert_eq!(waiting[0].action.request.order(), Some("41627"));
    let rules = app.automation_rules().await.unwrap();
    assert_eq!(rules.iter().map(|rule| rule.enabled).collect::<Vec<_>>(), [true, false]);
    let found =
        app.list_conversations(&ListQuery { search: "label:\"large order\"".into(), limit: 200, ..ListQuery::default() }).await.unwrap();
    assert!(found.total > 5, "{}", found.total);
    app.stop().await;
}
