//! `live`: one message as it comes in, durable and indexed, at several sizes of the database. Beside it, in turns so that the disk's
//! moods meet both: a one-row transaction of the same store, and the bare write and sync of one database page.

use std::{io::Write, sync::Arc};

use anyhow::{Context, Result};
use mercator_app::{
    App,
    clock::micros,
    views::{InboxCard, ListQuery},
};
use mercator_channels::{
    Pull,
    mail::{Found, parse_mail, to_inbound},
};
use mercator_domain::{ids::ConversationId, inbox::Inbox};
use serde_json::{Value, json};

use super::{
    Plan,
    mails::Mails,
    measure::{Times, ratio},
    stored::{self, Scratch},
};
use crate::session;

/// Messages of one measurement.
const SAMPLES: usize = 1_000;

/// Measures at every size.
pub async fn measure(plan: &Plan) -> Result<Value> {
    let mut sizes = vec![];
    let mut medians = vec![];
    for size in Plan::sizes(&plan.stored, &[10_000, 1_000_000]) {
        let folder = stored::folder(&plan.folder, size).await?;
        let scratch = Scratch::of(&plan.folder, &folder)?;
        let app = session::open(Some(&scratch.workspace())).await?;
        let figures = at(&app, plan, size).await;
        app.stop().await;
        let (median, figures) = figures?;
        medians.push(median as f64);
        sizes.push(figures);
    }
    let growth = medians.last().zip(medians.first()).and_then(|(last, first)| ratio(*last, *first));
    Ok(json!({ "sizes": sizes, "p50_of_last_size_to_first": growth }))
}

async fn at(app: &Arc<App>, plan: &Plan, size: usize) -> Result<(u64, Value)> {
    let inbox = inbox_of(app.list_inboxes().await?.into_iter().next().context("The database has no inbox")?);
    let page = app.list_conversations(&ListQuery { limit: 2, ..ListQuery::default() }).await?;
    let shown: Vec<ConversationId> = page.rows.iter().map(|row| row.id).collect();
    let mut page_file = tempfile::NamedTempFile::new_in(&plan.folder)?;
    let (mut whole, mut bare, mut sync) = (Times::default(), Times::default(), Times::default());
    let samples = plan.samples.unwrap_or(SAMPLES);
    for (number, mail) in fresh_mails(app, samples).into_iter().enumerate() {
        let pull = as_pull(app, &inbox, mail);
        let start = micros();
        app.receive(&inbox, "INBOX", pull).await?;
        whole.push_since(start);
        let start = micros();
        app.announce_presence(shown.get(number % 2).copied()).await?;
        bare.push_since(start);
        let start = micros();
        page_file.write_all(&[0; 4_120])?;
        page_file.as_file().sync_data()?;
        sync.push_since(start);
    }
    let median = whole.percentile(50);
    let to = |other: &Times| ratio(median as f64, other.percentile(50) as f64);
    let figures = json!({
        "stored": size, "message": whole.spread(), "bare_commit": bare.spread(), "page_sync": sync.spread(),
        "p50_to_bare_commit": to(&bare), "p50_to_page_sync": to(&sync),
    });
    Ok((median, figures))
}

/// Mails with identities that no database has met: a second run on the same database must not find them known.
pub fn fresh_mails(app: &App, count: usize) -> Vec<Vec<u8>> {
    let run = app.now().ms();
    let renamed = |raw: Vec<u8>| String::from_utf8_lossy(&raw).replace("@mail.example>", &format!(".{run}@mail.example>")).into_bytes();
    Mails::new(count, false).filter(|mail| !mail.sent).take(count).map(|mail| renamed(mail.raw)).collect()
}

/// A mail as the mail channel hands it over.
pub fn as_pull(app: &App, inbox: &Inbox, raw: Vec<u8>) -> Pull {
    let now = app.now();
    let found = Found { stream: "INBOX", sent: false, own_address: &inbox.address, received: Some(now), now };
    Pull { events: vec![to_inbound(parse_mail(&raw), raw, found)], next: None, more: false }
}

/// The inbox as the use cases take it, from what the settings show of it.
pub fn inbox_of(card: InboxCard) -> Inbox {
    Inbox {
        id: card.id,
        channel: card.channel,
        name: card.name,
        address: card.address,
        site: None,
        language: card.language,
        signature: card.signature,
        hours: card.hours,
        modes: card.modes,
        promise_minutes: card.promise_minutes,
        connection: card.connection,
        state: card.state,
        state_reason: card.state_reason,
    }
}
