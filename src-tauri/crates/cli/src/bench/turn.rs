//! `turn`: what the bot does with one message in a workspace that is full: 5,000 articles, and a million stored messages beside it.
//!
//! The whole of it, as the running program does it: the conversation, the customer and the orders are read from the database, the
//! turn runs, and the turn with its answer is stored for good; once with made mails, once with what the demo's buyers write. Beside each
//! the turn alone, as it has noted its own time.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use anyhow::{Context, Result, ensure};
use mercator_app::{
    App,
    clock::micros,
    demo,
    views::{ImportKind, InboxCard, InboxPatch},
};
use mercator_domain::inbox::{BotMode, BotModes, Inbox};
use serde_json::{Value, json};

use super::{
    Plan,
    live::{as_pull, fresh_mails, inbox_of},
    measure::{Times, status_kib},
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
    Ok(json!({ "sizes": sizes }))
}

async fn at(app: &Arc<App>, plan: &Plan, size: usize) -> Result<Value> {
    let card = app.list_inboxes().await?.into_iter().next().context("The database has no inbox")?;
    answer_all(app, &card).await?;
    let inbox = inbox_of(app.list_inboxes().await?.into_iter().next().context("The database has no inbox")?);
    let count = plan.messages.first().copied().unwrap_or(ARTICLES);
    let report = app.import_bytes(ImportKind::Articles, "articles.csv", articles(count).as_bytes(), false).await?;
    ensure!(report.rejected == 0, "Generated articles were refused: {:?}", report.rows.first());
    note("Reading the articles' meanings; a later run on the same database finds them.");
    app.search_knowledge("How long does delivery take?", &mercator_domain::language::Language::english(), 1).await?;
    let samples = plan.samples.unwrap_or(SAMPLES);
    // Made mails are long, and most of their words are none: the hardest there is for a model that reads pieces of words.
    let warm = WARM.min(samples);
    let made = of_mails(app, &inbox, fresh_mails(app, samples + warm), warm).await?;
    let written = of_mails(app, &inbox, letters(app, samples + warm)?, warm).await?;
    Ok(json!({
        "articles": count, "stored": size, "made": made, "written": written,
        "resident_kib": status_kib("VmRSS"), "own_resident_kib": status_kib("RssAnon"),
    }))
}

/// Each mail comes in, uncounted, and is then answered.
async fn of_mails(app: &Arc<App>, inbox: &Inbox, mails: Vec<Vec<u8>>, warm: usize) -> Result<Value> {
    let (mut whole, mut alone) = (Times::default(), Times::default());
    for (number, mail) in mails.into_iter().enumerate() {
        let taken = app.receive(inbox, "INBOX", as_pull(app, inbox, mail)).await?;
        let start = micros();
        let answered = app.run_bot().await?;
        let took = micros().saturating_sub(start);
        if number < warm || answered != 1 {
            continue;
        }
        whole.push(took);
        let conversation = *taken.conversations.first().context("The mail is in no conversation")?;
        alone.push(of_turn(app, conversation).await?);
    }
    Ok(json!({ "whole": whole.spread(), "turn_alone": alone.spread() }))
}

/// What the demo's buyers write, as mails of buyers that no database has met.
fn letters(app: &App, count: usize) -> Result<Vec<Vec<u8>>> {
    let run = app.now().ms();
    let mail = |(number, (subject, text)): (usize, (String, String))| {
        let from = format!("buyer{number}.{run}@mail.example");
        format!(
            "From: Buyer <{from}>\r\nSubject: {subject}\r\nMessage-ID: <{number}.{run}.written@mail.example>\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        )
        .into_bytes()
    };
    Ok(demo::letters()?.into_iter().take(count).enumerate().map(mail).collect())
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

/// Words of each language that the articles share: a shop writes its articles in its own few thousand words.
const VOCABULARY: usize = 2_000;

/// Articles in all languages of the messages, each with a title of its own.
fn articles(count: usize) -> String {
    let mut random = Random::new(9);
    let mut known: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut csv = String::from("key,title,body,language\n");
    for number in 0..count {
        let phrases = phrases::of(number);
        let words = known.entry(phrases.language).or_insert_with(|| {
            let mut text = String::new();
            phrases.words(&mut random, VOCABULARY, &mut text);
            text.split_whitespace().map(str::to_owned).collect()
        });
        let mut some = |count: usize, text: &mut String| {
            for _ in 0..count {
                text.push(' ');
                text.push_str(words.get(random.below(words.len())).map_or("", String::as_str));
            }
        };
        let mut title = String::new();
        some(2, &mut title);
        let mut bodies = vec![String::new(); 3];
        bodies.iter_mut().for_each(|body| some(30, body));
        let sentence = |random: &mut Random| random.of(phrases.sentences).replace("{}", "");
        let title = format!("{}{title}", random.of(phrases.subjects).replace("{}", ""));
        let body = bodies.iter().map(|body| format!("{}{body}", sentence(&mut random))).collect::<Vec<_>>().join("\n\n");
        let quoted = |text: &str| format!("\"{}\"", text.trim().replace('"', "\"\""));
        let _infallible = writeln!(csv, "article-{number},{},{},{}", quoted(&title), quoted(&body), phrases.language);
    }
    csv
}
