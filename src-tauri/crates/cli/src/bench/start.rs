//! `start`: from the start of a process to the first list of the inbox, and the memory that it then holds.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result};
use mercator_app::{clock::micros, views::ListQuery};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Plan,
    measure::{Times, pss_kib, status_kib},
    stored,
};
use crate::{output::json_line, session};

/// Starts of one measurement.
const SAMPLES: usize = 10;

/// What the process that is measured tells of itself.
#[derive(Debug, Default, Serialize, Deserialize)]
struct OneStart {
    open_micros: u64,
    list_micros: u64,
    closing_micros: u64,
    views: usize,
    rows: usize,
    rss_kib: Option<u64>,
    pss_kib: Option<u64>,
}

/// Measures at every size.
pub async fn measure(plan: &Plan) -> Result<Value> {
    let mut sizes = vec![];
    for size in Plan::sizes(&plan.stored, &[10_000, 100_000]) {
        let folder = stored::folder(&plan.folder, size).await?;
        sizes.push(at(&folder, plan.samples.unwrap_or(SAMPLES), size)?);
    }
    Ok(json!({ "sizes": sizes }))
}

fn at(folder: &Path, samples: usize, size: usize) -> Result<Value> {
    let (mut process, mut open, mut list) = (Times::default(), Times::default(), Times::default());
    let mut last = OneStart::default();
    for _ in 0..samples {
        let start = micros();
        let output = Command::new(std::env::current_exe()?).args(["bench", "--one-start"]).arg(folder).stderr(Stdio::inherit()).output();
        let output = output.context("Cannot start a process to measure")?;
        let taken = micros().saturating_sub(start);
        last = serde_json::from_slice(&output.stdout).context("The process that was measured failed")?;
        // The end of the process (closing the database) is no part of the start.
        process.push(taken.saturating_sub(last.closing_micros));
        open.push(last.open_micros);
        list.push(last.list_micros);
    }
    Ok(json!({
        "stored": size, "process_to_list": process.spread(), "open": open.spread(), "first_list": list.spread(),
        "rows": last.rows, "rss_kib": last.rss_kib, "pss_kib": last.pss_kib,
    }))
}

/// One start, in the process that is measured.
pub async fn one(workspace: &Path) -> Result<()> {
    let start = micros();
    let app = session::open(Some(&workspace.to_string_lossy())).await?;
    let opened = micros();
    let views = app.list_views().await?;
    let page = app.list_conversations(&ListQuery { view: "all".to_owned(), limit: 50, ..ListQuery::default() }).await?;
    let listed = micros();
    let (rss, pss) = (status_kib("VmRSS"), pss_kib());
    app.stop().await;
    json_line(&OneStart {
        open_micros: opened.saturating_sub(start),
        list_micros: listed.saturating_sub(opened),
        closing_micros: micros().saturating_sub(listed),
        views: views.len(),
        rows: page.rows.len(),
        rss_kib: rss,
        pss_kib: pss,
    })
}
