//! The lists of the inbox: views with their counts, rows, the search line.

use std::sync::atomic::Ordering;

use anyhow::Result;
use mercator_domain::{ids::InboxId, moment::Moment};
use mercator_store::conversation_lines::{ConversationLine, ListFilter, View};

use crate::{
    App, search_query,
    views::{AppEvent, ConversationPage, ConversationRow, ListQuery, ViewEntry, WaitingMark},
};

/// Rows that one page may have.
const MOST_ROWS: i64 = 200;

impl App {
    /// The first column: views, then inboxes, each with its count.
    pub async fn list_views(&self) -> Result<Vec<ViewEntry>> {
        let counts = self.store.view_counts(Some(self.member.id)).await?;
        let views = [
            ("waiting", counts.waiting),
            ("mine", counts.mine),
            ("unassigned", counts.unassigned),
            ("drafts", counts.drafts),
            ("bot", counts.bot),
            ("snoozed", counts.snoozed),
            ("failed", counts.failed),
            ("resolved", counts.resolved),
            ("all", counts.all),
        ];
        let entry = |(key, count): (&str, i64)| ViewEntry {
            key: key.to_owned(),
            name: String::new(),
            channel: None,
            state: None,
            count: small(count),
        };
        let mut entries: Vec<ViewEntry> = views.into_iter().map(entry).collect();
        for stored in self.store.inboxes().await? {
            let inbox = stored.inbox;
            entries.push(ViewEntry {
                key: format!("inbox:{}", inbox.id),
                count: small(counts.inboxes.get(&inbox.id).copied().unwrap_or(0)),
                name: inbox.name,
                channel: Some(inbox.channel),
                state: Some(inbox.state),
            });
        }
        Ok(entries)
    }

    /// What needs a human now: handoffs that wait, drafts to approve, deliveries to decide. An error counts as nothing.
    pub async fn badge(&self) -> i32 {
        match self.store.needing_a_person().await {
            Ok(count) => {
                self.badge.store(small(count), Ordering::Relaxed);
                small(count)
            }
            Err(error) => {
                tracing::warn!(%error, "The badge could not be counted");
                0
            }
        }
    }

    pub(crate) async fn tell_counts(&self) {
        self.tell(AppEvent::CountsChanged { badge: self.badge().await });
    }

    /// The lists have changed, but not what needs a person: that was counted last time, and counting it again would keep every message
    /// that comes in waiting.
    pub(crate) async fn tell_same_counts(&self) {
        match self.badge.load(Ordering::Relaxed) {
            badge @ 0.. => self.tell(AppEvent::CountsChanged { badge }),
            _ => self.tell_counts().await,
        }
    }

    /// One page of a view, a search, or a drill-down.
    pub async fn list_conversations(&self, query: &ListQuery) -> Result<ConversationPage> {
        let zone = jiff::tz::TimeZone::system();
        let search = search_query::parse(&query.search, &zone);
        let filter = ListFilter {
            view: view_of(&query.view),
            member: Some(self.member.id),
            only: query.only.clone(),
            search: search.filter,
            offset: i64::from(query.offset.max(0)),
            limit: if query.limit <= 0 { 50 } else { i64::from(query.limit).min(MOST_ROWS) },
        };
        let (total, lines) = self.store.conversation_page(&filter).await?;
        let now = self.now();
        Ok(ConversationPage {
            total: small(total),
            rows: lines.into_iter().map(|line| row(line, now)).collect(),
            warnings: search.warnings,
        })
    }
}

/// An unknown key shows everything: a view of a newer version must not look empty.
fn view_of(key: &str) -> View {
    match key {
        "mine" => View::Mine,
        "unassigned" => View::Unassigned,
        "waiting" => View::Waiting,
        "drafts" => View::Drafts,
        "bot" => View::Bot,
        "snoozed" => View::Snoozed,
        "resolved" => View::Resolved,
        "failed" => View::Failed,
        other => match other.strip_prefix("inbox:").and_then(|id| id.parse::<i64>().ok()) {
            Some(id) => View::Inbox(InboxId(id)),
            None => View::All,
        },
    }
}

/// A count for the window; four thousand million conversations are out of its sight anyway.
pub(crate) fn small(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A line of the store as a row of the window.
pub(crate) fn row(line: ConversationLine, now: Moment) -> ConversationRow {
    ConversationRow {
        id: line.id,
        channel: line.channel,
        family: line.channel.family(),
        store: line.store,
        contact_id: line.contact_id,
        contact: line.contact,
        country: line.country,
        language: line.language,
        subject: line.subject,
        preview: line.preview,
        last_is_ours: line.last_is_ours,
        last_at: line.last_at,
        status: line.status,
        owner: line.owner,
        assignee: line.assignee,
        unread: line.unread,
        emotion: line.emotion,
        intent: line.intent,
        high_risk: line.high_risk,
        labels: line.labels,
        waiting: line.waiting.map(|waiting| WaitingMark {
            reason: waiting.reason,
            since: waiting.since,
            promised_at: waiting.promised_at,
            overdue: waiting.promised_at < now,
        }),
        has_bot_draft: line.has_bot_draft,
        delivery_problem: line.delivery_problem,
    }
}
