//! `bench`: measurements of the real application on data made for it, each one JSON object.
//!
//! Every measurement calls what the product calls; nothing is measured that a user does not wait for. Data is generated from fixed
//! numbers, so two runs measure the same; databases are made once by the real import and kept for the next run. Figures count in a
//! release build only. One file a measurement; `mails` and `phrases` make the data, `measure` counts, `stored` keeps databases.

mod dashboards;
mod ingest;
mod live;
mod mails;
mod measure;
mod phrases;
mod pipeline;
mod random;
mod search;
mod start;
mod stored;
mod turn;
mod understanding;

use std::path::PathBuf;

use anyhow::Result;
use mercator_app::error::user;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    Done,
    args::Bench,
    output::{Output, json_line},
};

/// Name and what it measures.
const NAMES: &[(&str, &str)] = &[
    ("ingest", "import of a generated maildir: messages per CPU second, memory; beside notmuch and mu where they are installed"),
    ("live", "one message, durable and indexed, at several sizes of the database, beside the bare commit"),
    ("pipeline", "a whole turn of the bot, with knowledge of 40 and of 5,000 articles"),
    ("turn", "what the bot does with one message in a full workspace: 5,000 articles, a million stored messages; read, decided, stored"),
    ("search", "the inbox search, newest 50, in words, Chinese and as-you-type beginnings"),
    ("dashboards", "the three dashboards after one new message"),
    ("understanding", "how right each stage is on public sets in --data DIR: intents, language, tracking numbers and the rest"),
    ("start", "opening a workspace to the first list, in a fresh process, and its memory"),
];

/// What is printed.
#[derive(Serialize)]
struct Figures<'a> {
    bench: &'a str,
    /// Only those of a release build count.
    release_build: bool,
    #[serde(flatten)]
    figures: Value,
}

/// What a measurement is given.
struct Plan {
    messages: Vec<usize>,
    stored: Vec<usize>,
    samples: Option<usize>,
    folder: PathBuf,
}

/// Runs one measurement, or lists the names.
pub async fn bench(what: Bench, output: Output) -> Result<Done> {
    if let Some(workspace) = &what.one_start {
        start::one(workspace).await?;
        return Ok(Done::Well);
    }
    let Some(name) = what.name else {
        let names: Vec<Value> = NAMES.iter().map(|(name, about)| json!({ "name": name, "measures": about })).collect();
        output.give(&names, || NAMES.iter().map(|(name, about)| format!("{name:<12}{about}")).collect::<Vec<_>>().join("\n"))?;
        return Ok(Done::Well);
    };
    let folder = what.dir.unwrap_or_else(|| std::env::temp_dir().join("mercator-bench"));
    std::fs::create_dir_all(&folder)?;
    let plan = Plan { messages: what.messages, stored: what.stored, samples: what.samples, folder };
    let figures = match name.as_str() {
        "ingest" => ingest::measure(&plan).await?,
        "live" => live::measure(&plan).await?,
        "pipeline" => pipeline::measure(&plan).await?,
        "turn" => turn::measure(&plan).await?,
        "search" => search::measure(&plan).await?,
        "dashboards" => dashboards::measure(&plan).await?,
        "start" => start::measure(&plan).await?,
        "understanding" => {
            let data = what.data.ok_or_else(|| user("bad_input", "No folder of sets is named", "Name it: --data DIR."))?;
            understanding::measure(&data, &what.part).await?
        }
        other => return Err(user("bad_input", format!("There is no measurement '{other}'"), "mercator-cli bench lists the names.")),
    };
    json_line(&Figures { bench: &name, release_build: !cfg!(debug_assertions), figures })?;
    Ok(Done::Well)
}

impl Plan {
    /// The sizes asked for, or the usual ones.
    fn sizes(given: &[usize], usual: &[usize]) -> Vec<usize> {
        if given.is_empty() { usual.to_vec() } else { given.to_vec() }
    }
}
