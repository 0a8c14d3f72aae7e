//! `turn`: what the bot does with one message in a workspace that is full: 5,000 articles, and a million stored messages beside it.
//!
//! The whole of it, as the running program does it: the conversation, the customer and the orders are read from the database, the
//! turn runs, and the turn with its answer is stored for good. Beside it the turn alone, as it has noted its own time.

use std::{fmt::Write as _, sync::Arc};

use anyhow::{Context, Result, ensure};
use mercator_app::{
    App,
    clock::micros,
    views::{ImportKind, InboxCard, InboxPatch},
};
use mercator_domain::inbox::{BotMode, BotModes};
use serde_json::{Value, json};

use super::{
    Plan,
    live::{as_pull, fresh_mails, inbox_of},
    measure::{Times, pss_kib, status_kib},
    phrases,
    random::Random,
    stored::{self, Scratch},
};
use crate::{output::note, session};

/// Messages of one measurement.
const SAMPLES: usize = 500;
/// Before them, uncounted: models, index and caches are touched for the first time.
const WARM: usize = 25;
/// Articles of a large shop.
const ARTICLES: usize = 5_000;

/// Measures at every size of the database.
pub async fn measure(plan: &Plan) -> Result<Value> {
    let mut sizes = vec![];
    for size in Plan::sizes(&plan.stored, &[1_000_000]) {
        let folder = stored::folder(&plan.folder, size).await?;
        let scratch = Scratch::of(&plan.folder, &folder)?;
        let app = session::open(Some(&scratch.workspace())).await?;
        let figures = at(&app, plan, size).await;
        app.stop().await;
        sizes.push(figures?);
    }
    Ok(json!({ "articles": ARTICLES, "sizes": sizes }))
}

async fn at(app: &Arc<App>, plan: &Plan, size: usize) -> Result<Value> {
    let card = app.list_inboxes().await?.into_iter().next().context("The database has no inbox")?;
    answer_all(app, &card).await?;
    let inbox = inbox_of(app.list_inboxes().await?.into_iter().next().context("The database has no inbox")?);
    let report = app.import_bytes(ImportKind::Articles, "articles.csv", articles().as_bytes(), false).await?;
    ensure!(report.rejected == 0, "Generated articles were refused: {:?}", report.rows.first());
    note("Reading the articles' meanings; a later run on the same database finds them.");
    app.search_knowledge("How long does delivery take?", &mercator_domain::language::Language::english(), 1).await?;
    let samples = plan.samples.unwrap_or(SAMPLES);
    let (mut whole, mut alone) = (Times::default(), Times::default());
    for (number, mail) in fresh_mails(app, samples + WARM).into_iter().enumerate() {
        let taken = app.receive(&inbox, "INBOX", as_pull(app, &inbox, mail)).await?;
        let start = micros();
        let answered = app.run_bot().await?;
        let took = micros().saturating_sub(start);
        if number < WARM || answered != 1 {
            continue;
        }
        whole.push(took);
        let conversation = *taken.conversations.first().context("The mail is in no conversation")?;
        alone.push(of_turn(app, conversation).await?);
    }
    Ok(json!({
        "stored": size, "whole": whole.spread(), "turn_alone": alone.spread(),
        "resident_kib": status_kib("VmRSS"), "proportional_kib": pss_kib(),
    }))
}

/// The bot may answer everything.
async fn answer_all(app: &App, card: &InboxCard) -> Result<()> {
    let patch = InboxPatch {
        name: card.name.clone(),
        language: card.language.clone(),
        signature: card.signature.clone(),
        hours: card.hours.clone(),
        modes: BotModes { default: BotMode::Auto, by_intent: [].into() },
        promise_minutes: card.promise_minutes,
    };
    app.update_inbox(card.id, &patch).await?;
    Ok(())
}

/// The time of all stages of the newest turn of a conversation, in microseconds.
async fn of_turn(app: &App, conversation: mercator_domain::ids::ConversationId) -> Result<u64> {
    use mercator_app::views::ThreadItem;
    let thread = app.thread(conversation).await?;
    let newest = thread.items.iter().rev().find_map(|item| match item {
        ThreadItem::Message { message, has_turn: true, .. } => Some(message.id),
        _ => None,
    });
    let view = app.turn(newest.context("The message has no turn")?).await?.context("The turn is not stored")?;
    Ok(view.turn.micros().into_iter().map(|(_, micros)| u64::from(micros)).sum())
}

/// Articles in all languages of the messages, with passages of their words.
fn articles() -> String {
    let mut random = Random::new(9);
    let mut csv = String::from("key,title,body,language\n");
    for number in 0..ARTICLES {
        let phrases = phrases::of(number);
        let mut body = String::new();
        for _ in 0..3 {
            body.push_str(&random.of(phrases.sentences).replace("{}", ""));
            let words = 20 + random.below(40);
            phrases.words(&mut random, words, &mut body);
            body.push_str("\n\n");
        }
        let title = random.of(phrases.subjects).replace("{}", "");
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let _infallible = writeln!(csv, "article-{number},{},{},{}", quoted(title.trim()), quoted(body.trim()), phrases.language);
    }
    csv
}
