//! `replay`: what the bot would have done with stored messages, beside what a person wrote.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write},
};

use anyhow::{Context, Result};
use mercator_app::replay::{IntentReplay, Replayed, by_intent};
use mercator_domain::intent::Intent;
use mercator_pipeline::intents::trainer::Stop;
use serde_json::json;

use crate::{
    Done,
    args::Replay,
    output::{Output, Progress},
    session,
};

/// Replays the messages and shows the figures by intent.
pub async fn replay(workspace: Option<&str>, what: &Replay, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let progress = Progress::of("messages");
    let replayed = app.replay(what.since, &|done, all| progress.show(done, all), &Stop::default()).await;
    drop(progress);
    app.stop().await;
    let replayed = replayed?;
    if let Some(path) = &what.out {
        let mut file = BufWriter::new(File::create(path).with_context(|| format!("Cannot write {}", path.display()))?);
        for one in &replayed {
            writeln!(file, "{}", serde_json::to_string(one)?)?;
        }
        file.flush()?;
    }
    let figures = by_intent(&replayed);
    output.give(&json!({ "messages": replayed.len(), "by_intent": figures }), || text(&replayed, &figures))?;
    Ok(Done::Well)
}

fn text(replayed: &[Replayed], figures: &BTreeMap<Intent, IntentReplay>) -> String {
    if replayed.is_empty() {
        return "There are no messages of customers in this time.".to_owned();
    }
    let mut lines = vec![format!(
        "{:<24} {:>8} {:>8} {:>6} {:>8} {:>8} {:>8} {:>6} {:>9} {:>7}",
        "intent", "messages", "answered", "drafts", "proposed", "handed", "compared", "agreed", "differing", "at risk"
    )];
    lines.extend(figures.iter().map(|(intent, of)| {
        format!(
            "{:<24} {:>8} {:>8} {:>6} {:>8} {:>8} {:>8} {:>6} {:>9} {:>7}",
            intent.as_str(),
            of.messages,
            of.answered,
            of.drafted,
            of.proposed,
            of.handed_over,
            of.compared,
            of.agreed,
            of.differing,
            of.answered_at_risk
        )
    }));
    lines.push(
        "differing: the bot would have sent something else than a person wrote. Read them with --out before you set an intent to auto."
            .to_owned(),
    );
    lines.join("\n")
}
