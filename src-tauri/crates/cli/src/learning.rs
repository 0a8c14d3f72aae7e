//! `intents retrain` and `intents report`: the workspace's own model, as the page "Understanding" of the window has it.

use std::convert::Infallible;

use anyhow::Result;
use mercator_app::{
    App,
    understanding::views::{IntentFigures, ModelVersion, UnderstandingReport},
    views::AppEvent,
};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    Done,
    output::{Output, Progress},
    session,
};

/// `intents retrain`
pub async fn retrain(workspace: Option<&str>, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let feed = app.events();
    let trained = tokio::select! {
        trained = app.retrain() => trained,
        never = show_progress(feed) => match never {},
    };
    app.stop().await;
    let trained = trained?;
    output.give(&trained, || {
        let used = if trained.activated { "in use" } else { "kept, and not used: it is worse than the one in use" };
        let accuracy = trained.accuracy * 100.0;
        format!("Version {}: {} own examples, {accuracy:.1} % right on examples held out; {used}", trained.id, trained.examples)
    })?;
    Ok(Done::unless(!trained.activated))
}

/// Shows how far it is, as long as it is asked to.
async fn show_progress(mut feed: Receiver<AppEvent>) -> Infallible {
    let progress = Progress::of("per cent");
    loop {
        match feed.recv().await {
            Ok(AppEvent::Progress { task, done, .. }) if task == "training" => progress.show(usize::try_from(done).unwrap_or(0), 100),
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// `intents report`
pub async fn report(workspace: Option<&str>, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let report = text_of(&app, output).await;
    app.stop().await;
    report?;
    Ok(Done::Well)
}

async fn text_of(app: &App, output: Output) -> Result<()> {
    let report = app.understanding().await?;
    output.give(&report, || lines(&report).join("\n"))
}

fn lines(report: &UnderstandingReport) -> Vec<String> {
    let mut lines: Vec<String> = report.versions.iter().map(version).collect();
    match &report.figures {
        Some(figures) => lines.extend(figure_lines(figures)),
        None => {
            lines.push("No trained model is in use: the bot understands by words and example phrases. See: mercator-cli doctor".to_owned());
        }
    }
    lines.push(format!("{} own examples, {} changes since the training", report.examples, report.waiting));
    let emotions = &report.emotions;
    lines.push(format!("Emotions: {} of {} corrected", emotions.corrected, emotions.messages));
    lines.extend(emotions.pairs.iter().map(|pair| format!("  {} -> {}: {}", pair.from, pair.to, pair.count)));
    lines
}

fn version(version: &ModelVersion) -> String {
    let name = version.id.map_or_else(|| "shipped".to_owned(), |id| format!("version {id}"));
    let accuracy = version.accuracy.map_or_else(String::new, |share| format!(", {:.1} % right", share * 100.0));
    let state = match (version.active, version.held_back, version.kept) {
        (true, ..) => ", in use",
        (false, true, true) => ", held back",
        (false, false, true) => "",
        (false, _, false) => ", no longer kept",
    };
    format!("{name}: {} own examples{accuracy}{state}", version.examples)
}

fn figure_lines(figures: &IntentFigures) -> Vec<String> {
    let share = |part: i32, of: i32| if of == 0 { "-".to_owned() } else { format!("{:.1} %", f64::from(part) * 100.0 / f64::from(of)) };
    let mut lines = vec![format!("{} of {} right on examples held out ({})", figures.right, figures.n, share(figures.right, figures.n))];
    lines.extend(figures.by_intent.iter().map(|line| {
        let threshold = line.threshold.map_or_else(|| "never".to_owned(), |from| format!("{:.0} %", from * 100.0));
        format!("  {}: {} of {} ({}), alone from {threshold}", line.intent, line.right, line.n, share(line.right, line.n))
    }));
    lines.extend(figures.confused.iter().map(|pair| format!("  {} taken for {}: {}", pair.intent, pair.predicted, pair.count)));
    lines
}
