//! `dashboards`: how long the three dashboards take right after a new message came in, and how long it takes to count the days of all
//! episodes anew, which the roll-ups save.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use mercator_app::{App, clock::micros};
use mercator_domain::facts::DashboardFilter;
use serde_json::{Value, json};

use super::{
    Plan,
    live::{as_pull, inbox_of},
    mails::Mails,
    measure::Times,
    stored::{self, Scratch},
};
use crate::{dashboards::KEYS, session};

/// New messages, each with a look at all dashboards.
const SAMPLES: usize = 30;

/// Counts of everything from the facts.
const SCANS: usize = 5;

/// Measures at every size.
pub async fn measure(plan: &Plan) -> Result<Value> {
    let mut sizes = vec![];
    for size in Plan::sizes(&plan.stored, &[10_000, 100_000]) {
        let folder = stored::folder(&plan.folder, size).await?;
        let scratch = Scratch::of(&plan.folder, &folder)?;
        let app = session::open(Some(&scratch.workspace())).await?;
        let figures = at(&app, plan.samples.unwrap_or(SAMPLES), size).await;
        app.stop().await;
        sizes.push(figures?);
    }
    Ok(json!({ "sizes": sizes }))
}

async fn at(app: &App, samples: usize, size: usize) -> Result<Value> {
    let inbox = inbox_of(app.list_inboxes().await?.into_iter().next().context("The database has no inbox")?);
    let run = app.now().ms();
    let (mut all, mut each, mut scan) = (Times::default(), BTreeMap::<&str, Times>::new(), Times::default());
    let month = DashboardFilter::default();
    for mail in Mails::new(samples, false).filter(|mail| !mail.sent).take(samples) {
        let raw = String::from_utf8_lossy(&mail.raw).replace("@mail.example>", &format!(".{run}@mail.example>")).into_bytes();
        app.receive(&inbox, "INBOX", as_pull(app, &inbox, raw)).await?;
        let whole = micros();
        for key in KEYS {
            let start = micros();
            let _shown = app.dashboard(key.parse()?, &month).await?;
            each.entry(key).or_default().push_since(start);
        }
        all.push_since(whole);
    }
    for _ in 0..SCANS {
        let start = micros();
        let _counted = app.recounted_days(&month).await?;
        scan.push_since(start);
    }
    let each: BTreeMap<&str, Value> = each.into_iter().map(|(key, times)| (key, json!(times.spread()))).collect();
    Ok(json!({ "stored": size, "all_three": all.spread(), "each": each, "scan_of_episodes": scan.spread() }))
}
