//! `demo`: a workspace with a small seller's last thirty days, its summary, and its dashboards as files.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use mercator_app::{App, views::Exported};
use mercator_domain::{channel::ChannelKind, facts::DashboardFilter, language::Language};
use serde::Serialize;

use crate::{
    Done, dashboards,
    output::{Output, Progress, note},
    run::until_asked_to_stop,
    session,
};

/// Fills the workspace, lets it play, prints the summary. Without a workspace it is a temporary one: the user's own stays as it is.
pub async fn demo(workspace: Option<&str>, out: Option<&Path>, minutes: u32, output: Output) -> Result<Done> {
    let temporary = tempfile::tempdir().context("Cannot make a temporary folder")?;
    let place = workspace.map_or_else(|| temporary.path().to_string_lossy().into_owned(), str::to_owned);
    let app = session::open(Some(&place)).await?;
    let summary = play(&app, out, minutes).await;
    app.stop().await;
    let summary = summary?;
    output.give(&summary, || text(&summary))?;
    Ok(Done::Well)
}

async fn play(app: &Arc<App>, out: Option<&Path>, minutes: u32) -> Result<Summary> {
    let progress = Progress::of("Playing the last thirty days");
    app.load_demo(&|done, total| progress.show(done, total)).await?;
    drop(progress);
    if minutes > 0 {
        app.start();
        note(&format!("The day goes on for {minutes} minutes; Ctrl-C ends it."));
        let over = tokio::time::sleep(Duration::from_secs(u64::from(minutes) * 60));
        tokio::select! {
            () = over => {}
            asked = until_asked_to_stop() => asked?,
        }
    }
    let written = match out {
        Some(folder) => dashboards::all_files(app, &DashboardFilter::default(), folder).await?,
        None => Exported::default(),
    };
    dashboards::warn(written.warning.as_ref());
    summary(app, written.files).await
}

/// What is told of the workspace at the end.
#[derive(Debug, Serialize)]
struct Summary {
    inboxes: Vec<InboxLine>,
    /// By view.
    conversations: BTreeMap<String, i32>,
    orders: i32,
    languages: Vec<Language>,
    dashboards: BTreeMap<&'static str, Vec<Tile>>,
    /// What was written.
    files: Vec<String>,
}

#[derive(Debug, Serialize)]
struct InboxLine {
    name: String,
    channel: ChannelKind,
    conversations: i32,
}

/// One number of a dashboard.
#[derive(Debug, Serialize)]
struct Tile {
    key: String,
    title: String,
    value: Option<f64>,
    text: String,
    n: i64,
}

async fn summary(app: &App, files: Vec<String>) -> Result<Summary> {
    let (mut conversations, mut inboxes) = (BTreeMap::new(), vec![]);
    for entry in app.list_views().await? {
        match entry.channel {
            Some(channel) => inboxes.push(InboxLine { name: entry.name, channel, conversations: entry.count }),
            None => {
                conversations.insert(entry.key, entry.count);
            }
        }
    }
    let mut tiles = BTreeMap::new();
    for key in dashboards::KEYS {
        let dashboard = app.dashboard(key.parse()?, &DashboardFilter::default()).await?;
        let figures = dashboard.figures.into_iter();
        let of_key =
            figures.map(|figure| Tile { key: figure.key, title: figure.title, value: figure.value, text: figure.text, n: figure.n });
        tiles.insert(*key, of_key.collect());
    }
    let languages = app.dashboard_choices().await?.languages;
    let orders = app.list_orders("", 0, 1).await?.total;
    Ok(Summary { inboxes, conversations, orders, languages, dashboards: tiles, files })
}

fn text(summary: &Summary) -> String {
    let mut lines = vec!["Inboxes".to_owned()];
    for inbox in &summary.inboxes {
        lines.push(format!("  {:<28} {:<12} {} conversations", inbox.name, inbox.channel, inbox.conversations));
    }
    lines.push("Conversations".to_owned());
    lines.extend(summary.conversations.iter().map(|(view, count)| format!("  {view:<28} {count}")));
    let languages: Vec<&str> = summary.languages.iter().map(Language::code).collect();
    lines.push(format!("Orders: {}. Languages: {}.", summary.orders, languages.join(", ")));
    for (key, tiles) in &summary.dashboards {
        lines.push(format!("Dashboard {key}"));
        lines.extend(tiles.iter().map(|tile| format!("  {:<40} {} (n = {})", tile.title, tile.text, tile.n)));
    }
    lines.extend(summary.files.iter().map(|file| format!("Written: {file}")));
    lines.join("\n")
}
