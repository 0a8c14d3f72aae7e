//! `kb search`: the passages that the bot would rest on.

use anyhow::Result;
use mercator_app::{
    clock::{Clock, SystemClock, micros},
    models::load_bot,
};
use mercator_domain::language::Language;
use mercator_pipeline::bot::AnalysisInput;
use serde_json::json;

use crate::{Done, args::KbSearch, output::Output, session};

/// Finds passages.
pub async fn search(workspace: Option<&str>, what: &KbSearch, output: Output) -> Result<Done> {
    let language = match &what.language {
        Some(language) => language.clone(),
        None => language_of(&what.text)?,
    };
    let app = session::open_existing(workspace).await?;
    let found = app.search_knowledge(&what.text, &language, what.limit).await;
    app.stop().await;
    let found = found?;
    let text = || {
        let lines: Vec<String> = found
            .iter()
            .map(|passage| format!("{:.2}  {} [{}]  {}", passage.score, passage.title, passage.language, first_line(&passage.text)))
            .collect();
        if lines.is_empty() { "Nothing in the knowledge base fits.".to_owned() } else { lines.join("\n") }
    };
    output.give(&json!({ "language": language, "passages": &found }), text)?;
    Ok(Done::Well)
}

fn language_of(text: &str) -> Result<Language> {
    let english = Language::english();
    let input = AnalysisInput {
        text,
        history: &[],
        country: None,
        contact_language: None,
        store_language: &english,
        at: SystemClock::default().now(),
    };
    Ok(load_bot(None)?.analyze(&input, &micros).language.value.code)
}

/// Enough to recognise a passage by.
fn first_line(text: &str) -> String {
    const WIDTH: usize = 100;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= WIDTH { line.to_owned() } else { line.chars().take(WIDTH).chain(['…']).collect() }
}
