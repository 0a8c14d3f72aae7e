//! `search`: the newest 50 of what the search field finds: words, two words, Chinese, operators, and beginnings as they are typed;
//! and the line of row A7 of the feature list by itself, which has a limit of its own.

use std::{collections::BTreeMap, path::Path};

use anyhow::Result;
use mercator_app::{App, clock::micros, error::user, views::ListQuery};
use mercator_domain::conversation::Status;
use serde_json::{Value, json};

use super::{Plan, measure::Times, phrases::push_word, random::Random, stored};
use crate::session;

/// Queries of one measurement.
const QUERIES: usize = 200;

/// The line of row A7, with the channel that imported mail has. It must answer within 300 ms at 100,000 messages.
const A7: &str = "channel:file label:refund 退款 -status:resolved created>2026-01-01";

/// How often that line is asked.
const A7_QUERIES: usize = 50;

/// So many conversations get the label and are opened, so that the line finds something among many that it must leave out.
const LABELLED: i32 = 200;

/// Measures at every size.
pub async fn measure(plan: &Plan) -> Result<Value> {
    let mut sizes = vec![];
    for size in Plan::sizes(&plan.stored, &[100_000]) {
        let folder = stored::folder(&plan.folder, size).await?;
        let app = session::open(Some(&folder.to_string_lossy())).await?;
        let figures = figures(&app, &folder, plan.samples.unwrap_or(QUERIES), size).await;
        app.stop().await;
        sizes.push(figures?);
    }
    Ok(json!({ "sizes": sizes }))
}

async fn figures(app: &App, folder: &Path, queries: usize, size: usize) -> Result<Value> {
    label(app, folder).await?;
    let mut figures = at(app, queries, size).await?;
    let a7 = a7(app).await?;
    if let Some(figures) = figures.as_object_mut() {
        figures.insert("a7".to_owned(), a7);
    }
    Ok(figures)
}

fn asked(words: &str, limit: i32) -> ListQuery {
    ListQuery { view: "all".to_owned(), search: words.to_owned(), limit, ..ListQuery::default() }
}

/// Labels and opens some conversations, once for a kept database.
async fn label(app: &App, folder: &Path) -> Result<()> {
    let marker = folder.join("labelled");
    if marker.exists() {
        return Ok(());
    }
    for row in app.list_conversations(&asked("退款", LABELLED)).await?.rows {
        app.set_labels(row.id, &["refund".to_owned()]).await?;
        app.set_status(row.id, Status::Open, None).await?;
    }
    Ok(std::fs::write(marker, "")?)
}

async fn a7(app: &App) -> Result<Value> {
    let (mut times, mut rows, query) = (Times::default(), 0, asked(A7, 50));
    for _ in 0..A7_QUERIES {
        let start = micros();
        rows = app.list_conversations(&query).await?.rows.len();
        times.push(micros().saturating_sub(start));
    }
    if rows == 0 {
        return Err(user("internal", "The line of row A7 found nothing", "Report this: a search that finds nothing measures nothing."));
    }
    Ok(json!({ "line": A7, "rows_found": rows, "search": times.spread() }))
}

async fn at(app: &App, queries: usize, size: usize) -> Result<Value> {
    let (mut all, mut kinds, mut found) = (Times::default(), BTreeMap::<&str, Times>::new(), 0_u64);
    for (kind, words) in lines().into_iter().cycle().take(queries) {
        let query = asked(&words, 50);
        let start = micros();
        let page = app.list_conversations(&query).await?;
        let taken = micros().saturating_sub(start);
        all.push(taken);
        kinds.entry(kind).or_default().push(taken);
        found += u64::try_from(page.rows.len()).unwrap_or(0);
    }
    let kinds: BTreeMap<&str, Value> = kinds.into_iter().map(|(kind, times)| (kind, json!(times.spread()))).collect();
    Ok(json!({ "stored": size, "search": all.spread(), "by_kind": kinds, "rows_found": found }))
}

/// What people type, with its kind.
fn lines() -> Vec<(&'static str, String)> {
    let mut random = Random::new(11);
    let mut all: Vec<(&'static str, String)> = vec![];
    for words in ["refund", "lamp", "customs", "invoice", "Rücksendung", "colis", "pedido", "paczka", "注文"] {
        all.push(("common_word", words.to_owned()));
    }
    for words in ["订单", "退款", "物流", "灯罩", "海关", "插头", "收货地址", "订单 退款"] {
        all.push(("chinese", words.to_owned()));
    }
    for words in ["tracking delivery", "broken shade", "Sendungsverfolgung Tage", "lampe commande", "\"desk lamp\""] {
        all.push(("two_words", words.to_owned()));
    }
    for word in ["tracking", "customs", "zamówienie"] {
        for length in 2..=word.chars().count().min(6) {
            all.push(("as_you_type", word.chars().take(length).collect()));
        }
    }
    for words in ["channel:file refund", "-status:resolved lamp", "created>2026-01-01 invoice", "status:resolved 订单"] {
        all.push(("operators", words.to_owned()));
    }
    for _ in 0..12 {
        let mut word = String::new();
        push_word(random.below(40_000), &mut word);
        all.push(("rare_word", word));
        all.push(("order_number", (10_000 + random.below(20_000)).to_string()));
    }
    all
}
