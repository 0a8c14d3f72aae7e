//! `ingest`: the import of a maildir as real ones are, in messages per CPU second, with the most memory it ever took; beside it the
//! indexers notmuch and mu on the same maildir, where they are installed.
//!
//! Every size is imported by a process of its own, since a process's highest memory never falls again.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use mercator_app::clock::micros;
use serde_json::{Value, json};

use super::{
    Plan,
    mails::Mails,
    measure::{cpu_seconds, other_program, ratio, status_kib},
};
use crate::{output::note, session};

/// What is read back from the process of one size.
#[derive(serde::Deserialize)]
struct Sizes {
    sizes: Vec<Value>,
}

/// Imports and compares.
pub async fn measure(plan: &Plan) -> Result<Value> {
    let sizes = Plan::sizes(&plan.messages, &[20_000, 100_000]);
    // More than one size: each in a process of its own.
    if let [only] = sizes.as_slice() {
        return Ok(json!({ "sizes": [one(plan, *only).await?] }));
    }
    let mut all = vec![];
    for size in sizes {
        let mut child = std::process::Command::new(std::env::current_exe()?);
        child.args(["bench", "ingest", "--messages", &size.to_string(), "--dir"]).arg(&plan.folder);
        let output = child.stderr(std::process::Stdio::inherit()).output().context("Cannot start a process for the import")?;
        let figures: Sizes = serde_json::from_slice(&output.stdout).context("The process of the import failed")?;
        all.extend(figures.sizes);
    }
    Ok(json!({ "sizes": all }))
}

async fn one(plan: &Plan, messages: usize) -> Result<Value> {
    let (maildir, bytes) = maildir(&plan.folder, messages)?;
    let workspace = tempfile::tempdir_in(&plan.folder).context("Cannot make a folder for the workspace")?;
    let app = session::open(Some(&workspace.path().to_string_lossy())).await?;
    let idle = status_kib("VmRSS");
    let (cpu, start) = (cpu_seconds(), micros());
    let report = app.import_mail(None, std::slice::from_ref(&maildir), &|_, _| {}).await;
    let (cpu, wall) = (cpu_seconds().zip(cpu).map(|(after, before)| after - before), micros().saturating_sub(start) as f64 / 1e6);
    let stored = app.list_conversations(&mercator_app::views::ListQuery::default()).await;
    app.stop().await;
    let (report, stored) = (report?, stored?);
    drop(workspace);
    let ours = cpu.and_then(|cpu| ratio(messages as f64, cpu));
    let other = |taken: Option<(f64, f64)>| {
        taken.map(|(cpu, wall)| {
            let theirs = ratio(messages as f64, cpu);
            let times = ours.zip(theirs).and_then(|(ours, theirs)| ratio(ours, theirs));
            json!({ "cpu_seconds": cpu, "wall_seconds": wall, "messages_per_cpu_second": theirs, "we_are_times_faster": times })
        })
    };
    Ok(json!({
        "messages": messages, "megabytes": bytes / 1_000_000, "imported": report.imported, "rejected": report.rejected,
        "conversations": stored.total, "cpu_seconds": cpu, "wall_seconds": wall, "messages_per_cpu_second": ours,
        "messages_per_second": ratio(messages as f64, wall), "idle_kib": idle, "peak_kib": status_kib("VmHWM"),
        "notmuch": other(notmuch(&plan.folder, &maildir)?), "mu": other(mu(&plan.folder, &maildir)?),
    }))
}

/// The maildir of a size, made once; its bytes.
fn maildir(place: &Path, messages: usize) -> Result<(PathBuf, u64)> {
    let folder = place.join(format!("maildir-{messages}-v1"));
    let finished = folder.join("finished");
    if let Ok(bytes) = std::fs::read_to_string(&finished) {
        return Ok((folder, bytes.trim().parse().unwrap_or(0)));
    }
    note(&format!("Making a maildir with {messages} mails; the next run finds it."));
    for part in ["cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"] {
        std::fs::create_dir_all(folder.join(part))?;
    }
    let mut bytes = 0;
    for (number, mail) in Mails::new(messages, true).take(messages).enumerate() {
        let part = if mail.sent { ".Sent/cur" } else { "cur" };
        let path = folder.join(part).join(format!("17{number:08}.M{number}P1.lamps:2,S"));
        bytes += u64::try_from(mail.raw.len()).unwrap_or(0);
        std::fs::write(&path, &mail.raw).with_context(|| format!("Cannot write {}", path.display()))?;
    }
    std::fs::write(finished, bytes.to_string())?;
    Ok((folder, bytes))
}

/// `notmuch new` with an index and a configuration of its own.
fn notmuch(place: &Path, maildir: &Path) -> Result<Option<(f64, f64)>> {
    let own = tempfile::tempdir_in(place)?;
    let config = own.path().join("config");
    let text = format!(
        "[database]\npath={}\nmail_root={}\n[new]\ntags=new\nignore=finished\n[user]\nname=Lamps\nprimary_email={}\n[search]\nexclude_tags=\n",
        own.path().display(),
        maildir.display(),
        super::mails::SHOP
    );
    std::fs::write(&config, text)?;
    let home = [("HOME", own.path().as_os_str()), ("NOTMUCH_CONFIG", config.as_os_str())];
    other_program("notmuch", &["new", "--quiet"].map(OsStr::new), &home)
}

/// `mu index` with an index of its own.
fn mu(place: &Path, maildir: &Path) -> Result<Option<(f64, f64)>> {
    let own = tempfile::tempdir_in(place)?;
    let home = [("HOME", own.path().as_os_str()), ("MUHOME", own.path().as_os_str())];
    let mut init = OsStr::new("--maildir=").to_owned();
    init.push(maildir);
    if other_program("mu", &[OsStr::new("init"), &init, OsStr::new("--my-address=service@lamps.example")], &home)?.is_none() {
        return Ok(None);
    }
    other_program("mu", &["index", "--quiet"].map(OsStr::new), &home)
}
