//! One file with everything: made, proved, put back; and the proof that the open workspace is sound.
//!
//! How a file is copied and read is the store's; here is who may do it when. A workspace on a server has the server's own tools.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use mercator_domain::{
    facts::{DashboardFilter, EpisodeDay},
    moment::SECOND_MS,
    order::OrderStatus,
};
use mercator_store::{
    StoreError,
    backup::{restore_file, verify_file},
    contacts::ContactFilter,
    order_list::OrderFilter,
};

use crate::{
    App,
    error::{refuse, user},
    views::CheckLine,
};

/// How long the trial of a lease lasts: only long enough to see whether it can be had.
const TRIAL_MS: i64 = 5 * SECOND_MS;

/// Rows that are read at once.
const PAGE: i64 = 500;

impl App {
    /// Writes everything into one new file and reads it back; gives the file's path.
    pub async fn backup(&self, path: &str) -> Result<String> {
        if self.workspace.file().is_none() {
            return Err(on_a_server("backed up", "pg_dump"));
        }
        let file = std::path::absolute(path).with_context(|| format!("Cannot write {path}"))?;
        if file.exists() {
            return Err(refuse(format!("{} exists already", file.display()), "Choose another name: a backup never replaces a file."));
        }
        self.store.backup_to(&file).await.with_context(|| format!("Cannot write the backup {}", file.display()))?;
        Ok(file.display().to_string())
    }

    /// Puts a backup in the place of the workspace; gives where the replaced database is kept. The workspace is closed afterwards,
    /// whatever came of it from the moment on that it was stopped: open it anew.
    pub async fn restore(&self, path: &str) -> Result<String> {
        let Some(target) = self.workspace.file() else { return Err(on_a_server("restored", "pg_restore")) };
        let copy = std::path::absolute(path).with_context(|| format!("Cannot read {path}"))?;
        let target = std::path::absolute(target).context("Cannot find the workspace")?;
        if copy == target {
            return Err(refuse("This is the workspace itself", "Choose the file of a backup."));
        }
        verify_file(&copy).await.map_err(|error| no_backup(&copy, error))?;
        self.refuse_while_others_read().await?;
        self.stop().await;
        // SQLite removes its log when the last program closes the database.
        if with_suffix(&target, "-wal").exists() {
            return Err(others_are_here());
        }
        let kept = keep_older(&target)?;
        restore_file(&copy, &target).await.with_context(|| format!("Cannot restore {}", copy.display()))?;
        Ok(kept.display().to_string())
    }

    /// Another instance that reads an inbox holds its lease.
    async fn refuse_while_others_read(&self) -> Result<()> {
        let now = self.now();
        for stored in self.store.inboxes().await? {
            let mut tx = self.store.begin_at(now).await?;
            let held = tx.acquire_lease(&format!("inbox:{}", stored.inbox.id), self.store.instance(), now.plus_ms(TRIAL_MS)).await?;
            // Only a look: nothing of it stays.
            tx.rollback().await?;
            if held.is_none() {
                return Err(others_are_here());
            }
        }
        Ok(())
    }

    /// Reads the whole database: damage, rows that point to nothing, figures that differ from their facts.
    pub async fn verify(&self) -> Result<Vec<CheckLine>> {
        let found = self.store.verify().await?;
        let mut lines = vec![match found.problems.as_slice() {
            [] => line("integrity", "ok", "The database is sound and complete"),
            problems => line("integrity", "failed", problems.join("; ")),
        }];
        lines.push(self.check_episodes().await?);
        lines.push(self.check_ratings().await?);
        lines.push(self.check_orders().await?);
        let counts = found.counts.iter().map(|(table, n)| format!("{table} {n}")).collect::<Vec<_>>().join(", ");
        lines.push(line("counts", "ok", counts));
        Ok(lines)
    }

    /// Day by day, not only in sum: an episode that is counted in the wrong group would not show in the sum.
    async fn check_episodes(&self) -> Result<CheckLine> {
        let everything = DashboardFilter::default();
        let (kept, counted) = (self.store.episode_days(&everything).await?, self.recounted_days(&everything).await?);
        let sum = |days: &[EpisodeDay]| days.iter().map(|day| day.episodes).sum::<i64>();
        if sum(&kept) == sum(&counted) && kept != counted {
            return Ok(line("figures_of_episodes", "failed", "The figures of some days count other episodes than are stored"));
        }
        Ok(compare("figures_of_episodes", sum(&kept), sum(&counted)))
    }

    /// The days of the dashboards counted from every episode: for the check-up, and to measure what the roll-ups save.
    pub async fn recounted_days(&self, filter: &DashboardFilter) -> Result<Vec<EpisodeDay>> {
        Ok(self.store.recounted_days(filter).await?)
    }

    async fn check_ratings(&self) -> Result<CheckLine> {
        let filter = DashboardFilter::default();
        let counted: i64 = self.store.satisfaction_days(&filter).await?.iter().flat_map(|day| day.scores).sum();
        let stored = i64::try_from(self.store.rating_facts(&filter).await?.len()).unwrap_or(i64::MAX);
        Ok(compare("figures_of_ratings", counted, stored))
    }

    async fn check_orders(&self) -> Result<CheckLine> {
        let mut counted = 0;
        for offset in (0..).step_by(PAGE as usize) {
            let (_, lines) = self.store.contact_page(&ContactFilter { offset, limit: PAGE, ..ContactFilter::default() }).await?;
            counted += lines.iter().map(|line| line.orders).sum::<i64>();
            if lines.len() < PAGE as usize {
                break;
            }
        }
        let total =
            async |status| self.store.order_lines(&OrderFilter { status, limit: 1, ..OrderFilter::default() }).await.map(|page| page.total);
        let stored = total(None).await? - total(Some(OrderStatus::Cancelled)).await?;
        Ok(compare("figures_of_orders", counted, stored))
    }
}

pub(crate) fn line(name: &str, result: &str, detail: impl Into<String>) -> CheckLine {
    CheckLine { name: name.to_owned(), result: result.to_owned(), detail: detail.into() }
}

fn compare(name: &str, counted: i64, stored: i64) -> CheckLine {
    if counted == stored {
        line(name, "ok", format!("{counted}, as stored"))
    } else {
        line(name, "failed", format!("The figures count {counted}, stored are {stored}"))
    }
}

fn on_a_server(what: &str, tool: &str) -> anyhow::Error {
    refuse(format!("A workspace on a PostgreSQL server is not {what} here"), format!("Use the server's own tool: {tool}."))
}

fn others_are_here() -> anyhow::Error {
    refuse("Another program has this workspace open", "Close Mercator on every computer that uses it, then restore again.")
}

fn no_backup(file: &Path, error: StoreError) -> anyhow::Error {
    match error {
        StoreError::CannotOpen { .. } => anyhow::Error::from(error).context(format!("Cannot read the backup {}", file.display())),
        StoreError::NewerDatabase { .. } => error.into(),
        other => user(
            "bad_input",
            format!("{} is no sound backup: {other}", file.display()),
            "Choose another backup. The workspace was not touched.",
        ),
    }
}

/// The store keeps what it replaces as `.before`; one that is there from an earlier time gets a number.
fn keep_older(target: &Path) -> Result<PathBuf> {
    let kept = with_suffix(target, ".before");
    if kept.exists() {
        let free = (1_u32..).map(|n| with_suffix(target, &format!(".before-{n}"))).find(|path| !path.exists());
        let free = free.context("Cannot find a free name for the database that was kept before")?;
        std::fs::rename(&kept, &free).with_context(|| format!("Cannot rename {}", kept.display()))?;
    }
    Ok(kept)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
#[path = "backup_tests.rs"]
mod tests;
