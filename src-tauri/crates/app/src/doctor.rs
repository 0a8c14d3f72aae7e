//! The check-up: everything around the workspace that can be wrong, each with what it is. Changes nothing and sends nothing.

use std::time::Duration;

use anyhow::Result;
use mercator_domain::{
    inbox::{Connection, Inbox, InboxState},
    moment::{DAY_MS, Moment},
};
use mercator_providers::secrets::Account;
use mercator_store::{Engine, conversation_lines::ListFilter};
use tokio::{task::spawn_blocking, time::timeout};

use crate::{
    App,
    backup::line,
    models::{self, Models},
    views::CheckLine,
};

/// An inbox that has not answered by then does not.
const PROBE_WITHIN: Duration = Duration::from_secs(20);

/// Below this the disk fills within days: a photo of a broken lamp has some megabytes.
const LOW_SPACE: u64 = 500 * 1024 * 1024;

/// No clock was right before this program was written (2026-01-01).
const FIRST_YEAR: Moment = Moment(1_767_225_600_000);

/// A message may be this much ahead of the clock: other computers' clocks differ.
const AHEAD_MS: i64 = DAY_MS;

impl App {
    /// Looks at everything; takes as long as the slowest inbox, at most twenty seconds each.
    pub async fn doctor(&self) -> Result<Vec<CheckLine>> {
        let mut lines = vec![self.engine_line(), self.place_line()];
        lines.extend(self.space_line());
        lines.push(self.clock_line().await?);
        let inboxes: Vec<Inbox> = self.store.inboxes().await?.into_iter().map(|stored| stored.inbox).collect();
        lines.push(self.keychain_line(&inboxes));
        for inbox in &inboxes {
            lines.push(self.inbox_line(inbox).await);
        }
        if inboxes.is_empty() {
            lines.push(line("inbox", "warning", "No mailbox is connected: Settings, Mailboxes"));
        }
        lines.push(self.knowledge_line().await?);
        lines.push(models_line().await?);
        lines.push(self.readers_line().await);
        Ok(lines)
    }

    fn engine_line(&self) -> CheckLine {
        match self.store.engine() {
            Engine::Sqlite => line("sqlite_version", "ok", format!("SQLite, 3.51.3 or newer, in {}", self.workspace.shown())),
            Engine::Postgres => line("database", "ok", format!("PostgreSQL, {}", self.workspace.shown())),
        }
    }

    fn place_line(&self) -> CheckLine {
        match self.store.warnings() {
            [] => line("file_system", "ok", "Local: what is acknowledged survives a power cut"),
            warnings => line("file_system", "warning", warnings.join("; ")),
        }
    }

    /// On a server the disk is the server's matter.
    fn space_line(&self) -> Option<CheckLine> {
        self.workspace.file()?;
        Some(match fs4::available_space(self.workspace.folder()) {
            Ok(free) if free < LOW_SPACE => line("disk_space", "warning", format!("Only {} MB are free", free / 1024 / 1024)),
            Ok(free) => line("disk_space", "ok", format!("{} MB are free", free / 1024 / 1024)),
            Err(error) => line("disk_space", "warning", format!("The free space is not known: {error}")),
        })
    }

    async fn clock_line(&self) -> Result<CheckLine> {
        let now = self.now();
        let (_, newest) = self.store.conversation_page(&ListFilter { limit: 1, ..ListFilter::default() }).await?;
        let ahead = newest.first().is_some_and(|row| row.last_at.since(now) > AHEAD_MS);
        Ok(if now < FIRST_YEAR {
            line("clock", "failed", format!("The clock says {now}, which is before this program was made"))
        } else if ahead {
            line("clock", "warning", format!("The clock says {now}, but messages are newer"))
        } else {
            line("clock", "ok", format!("The clock says {now}"))
        })
    }

    /// Reads a name that nobody has: the answer must be that there is none.
    fn keychain_line(&self, inboxes: &[Inbox]) -> CheckLine {
        let trial = self.secrets().and_then(|secrets| {
            secrets.get(&Account::of_workspace(&self.workspace.secret_prefix(), "check_up"))?;
            Ok(secrets.kind())
        });
        match trial {
            Ok(kind) => line("keychain", "ok", format!("Secrets are kept in: {kind}")),
            Err(error) => {
                let needed = inboxes.iter().any(|inbox| matches!(inbox.connection, Connection::Mail(_)));
                let known = crate::views::UserError::from(&error);
                line("keychain", if needed { "failed" } else { "warning" }, format!("{} {}", known.message, known.hint))
            }
        }
    }

    async fn inbox_line(&self, inbox: &Inbox) -> CheckLine {
        if inbox.state == InboxState::Paused {
            return line("inbox", "ok", format!("{}: paused", inbox.name));
        }
        let probe = async { anyhow::Ok(self.open_inbox(inbox)?.probe().await?) };
        match timeout(PROBE_WITHIN, probe).await {
            Ok(Ok(_)) => line("inbox", "ok", format!("{}: can be read and written", inbox.name)),
            Ok(Err(error)) => {
                let known = crate::views::UserError::from(&error);
                line("inbox", "failed", format!("{}: {} {}", inbox.name, known.message, known.hint))
            }
            Err(_) => line("inbox", "failed", format!("{}: no answer within {} seconds", inbox.name, PROBE_WITHIN.as_secs())),
        }
    }

    async fn knowledge_line(&self) -> Result<CheckLine> {
        let approved = self.store.knowledge_fingerprint().await?.approved;
        Ok(if approved == 0 {
            line("knowledge", "warning", "No article is approved: the bot can answer from orders only. Import articles under Knowledge")
        } else {
            line("knowledge", "ok", format!("{approved} articles are approved"))
        })
    }
}

/// Reads the whole model, which takes a moment on a slow disk.
async fn models_line() -> Result<CheckLine> {
    let found = spawn_blocking(|| Models::find(&models::folders()).whole()).await?;
    Ok(line("models", found.state.result(), found.state.to_string()))
}

#[cfg(test)]
#[path = "doctor_tests.rs"]
mod tests;
