//! Handoffs: the bot gave a conversation to a person, for one reason, with a promise.
//!
//! A handoff waits until a person answers or the conversation ends otherwise; at most one of a conversation waits at a time.
//! The dashboards' facts and drill-downs are read from the same rows.

use mercator_domain::{
    channel::ChannelKind,
    facts::{DashboardFilter, HandoffFact},
    handoff::{Handoff, HandoffCard, HandoffReason},
    ids::{ConversationId, HandoffId, InboxId, MemberId, MessageId},
    language::Language,
    moment::Moment,
};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, json_text},
    filter::{Facets, narrow, within_days},
    statement::Statement,
};

const COLUMNS: &str = "select id, conversation_id, episode, message_id, reason, card, at, promised_at, answered_at, answered_by, \
                       alarmed_at, closed_at from handoffs";

const FACETS: Facets = Facets {
    inbox: "h.inbox_id",
    channel: "h.channel",
    language: "coalesce(h.language, '')",
    country: "coalesce(h.country, '')",
    intent: "coalesce(e.intent, '')",
};

/// A handoff to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NewHandoff {
    /// Of which conversation.
    pub conversation_id: ConversationId,
    /// In which of its episodes.
    pub episode: i32,
    /// Its inbox.
    pub inbox_id: InboxId,
    /// Its channel.
    pub channel: ChannelKind,
    /// The customer's language.
    pub language: Option<Language>,
    /// The customer's country.
    pub country: Option<String>,
    /// The message that led to it.
    pub message_id: Option<MessageId>,
    /// Why.
    pub reason: HandoffReason,
    /// What the person must know.
    pub card: HandoffCard,
    /// When.
    pub at: Moment,
    /// By when a person has promised to answer.
    pub promised_at: Moment,
}

/// Which handoffs of a dashboard's filter a click asks for; `None` means any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HandoffDrill {
    /// For this reason.
    pub reason: Option<HandoffReason>,
    /// Only those that are orphans as of this moment: no human answer by the promised time.
    pub orphans_at: Option<Moment>,
}

fn handoff(row: &AnyRow) -> sqlx::Result<Handoff> {
    Ok(Handoff {
        id: row.id("id")?,
        conversation_id: row.id("conversation_id")?,
        episode: row.small("episode")?,
        message_id: row.maybe_id("message_id")?,
        reason: row.word("reason")?,
        card: row.json("card")?,
        at: row.moment("at")?,
        promised_at: row.moment("promised_at")?,
        answered_at: row.maybe_moment("answered_at")?,
        answered_by: row.maybe_id("answered_by")?,
        alarmed_at: row.maybe_moment("alarmed_at")?,
        closed_at: row.maybe_moment("closed_at")?,
    })
}

fn fact(row: &AnyRow) -> sqlx::Result<HandoffFact> {
    Ok(HandoffFact {
        conversation_id: row.id("conversation_id")?,
        channel: row.word("channel")?,
        language: row.maybe_language("language")?,
        reason: row.word("reason")?,
        at: row.moment("at")?,
        promised_at: row.moment("promised_at")?,
        answered_at: row.maybe_moment("answered_at")?,
        closed_at: row.maybe_moment("closed_at")?,
    })
}

async fn waiting_of(connection: &mut AnyConnection, conversation: ConversationId) -> Result<Option<Handoff>, StoreError> {
    let rows = Statement::new(COLUMNS)
        .push(" where conversation_id = ")
        .bind(conversation.get())
        .push(" and answered_at is null and closed_at is null order by id desc limit 1")
        .kept()
        .rows(connection)
        .await?;
    Ok(rows.first().map(handoff).transpose()?)
}

impl Store {
    /// One handoff.
    pub async fn handoff(&self, id: HandoffId) -> Result<Handoff, StoreError> {
        let statement = Statement::new(COLUMNS).push(" where id = ").bind(id.get());
        Ok(handoff(&statement.row(&mut *self.read().await?).await?)?)
    }

    /// The handoff of a conversation that waits for an answer.
    pub async fn waiting_handoff(&self, conversation: ConversationId) -> Result<Option<Handoff>, StoreError> {
        waiting_of(&mut *self.read().await?, conversation).await
    }

    /// Every handoff of a conversation, oldest first.
    pub async fn handoffs_of_conversation(&self, conversation: ConversationId) -> Result<Vec<Handoff>, StoreError> {
        let statement = Statement::new(COLUMNS).push(" where conversation_id = ").bind(conversation.get()).push(" order by id");
        Ok(each(&statement.rows(&mut *self.read().await?).await?, handoff)?)
    }

    /// Every handoff that waits for an answer, the nearest promise first.
    pub async fn waiting_handoffs(&self) -> Result<Vec<Handoff>, StoreError> {
        Ok(each(&waiting().rows(&mut *self.read().await?).await?, handoff)?)
    }

    /// Waiting handoffs promised for `until` or earlier about which no alarm was raised yet, the nearest promise first.
    pub async fn handoffs_to_alarm(&self, until: Moment) -> Result<Vec<Handoff>, StoreError> {
        let statement = Statement::new(COLUMNS)
            .push(" where answered_at is null and closed_at is null and alarmed_at is null and promised_at <= ")
            .bind(until.ms())
            .push(" order by promised_at, id");
        Ok(each(&statement.rows(&mut *self.read().await?).await?, handoff)?)
    }

    /// The handoffs that a dashboard counts, oldest first; the filter's times count in whole days (UTC).
    pub async fn handoff_facts(&self, filter: &DashboardFilter) -> Result<Vec<HandoffFact>, StoreError> {
        let select =
            Statement::new("select h.conversation_id, h.channel, h.language, h.reason, h.at, h.promised_at, h.answered_at, h.closed_at");
        let rows = counted(select, filter).push(" order by h.at, h.id").rows(&mut *self.read().await?).await?;
        Ok(each(&rows, fact)?)
    }

    /// The conversations behind a number of the handoff dashboard, the latest handoff first, each once.
    pub async fn handoff_conversations(&self, filter: &DashboardFilter, drill: HandoffDrill) -> Result<Vec<ConversationId>, StoreError> {
        let rows = counted(Statement::new("select h.conversation_id, max(h.at) as latest"), filter)
            .when(drill.reason.is_some(), |s| s.push(" and h.reason = ").bind(drill.reason.map(HandoffReason::as_str)))
            .when(drill.orphans_at.is_some(), |s| {
                s.push(" and coalesce(h.answered_at, h.closed_at, ").bind(drill.orphans_at.map(Moment::ms)).push(") > h.promised_at")
            })
            .push(" group by h.conversation_id order by max(h.at) desc, h.conversation_id desc")
            .rows(&mut *self.read().await?)
            .await?;
        Ok(each(&rows, |row| row.id("conversation_id"))?)
    }
}

/// Every handoff that waits, the nearest promise first.
pub(crate) fn waiting() -> Statement {
    Statement::new(COLUMNS).push(" where answered_at is null and closed_at is null order by promised_at, id")
}

/// Appends source and conditions of the handoffs that a dashboard counts.
pub(crate) fn counted(select: Statement, filter: &DashboardFilter) -> Statement {
    let from =
        select.push(" from handoffs h left join episodes e on e.conversation_id = h.conversation_id and e.no = h.episode where 1 = 1");
    narrow(within_days(from, "h.at", filter), &FACETS, filter)
}

impl Tx {
    /// Stores a handoff; `None` when one of the conversation waits already, which stays as it is.
    pub async fn insert_handoff(&mut self, new: &NewHandoff) -> Result<Option<HandoffId>, StoreError> {
        // The unique index on waiting ones decides, so that two instances cannot both hand over.
        let row = sqlx::query(
            "insert into handoffs (conversation_id, episode, inbox_id, channel, language, country, message_id, reason, card, at,
             promised_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing returning id",
        )
        .bind(new.conversation_id.get())
        .bind(new.episode)
        .bind(new.inbox_id.get())
        .bind(new.channel.as_str())
        .bind(new.language.as_ref().map(Language::code))
        .bind(new.country.as_deref())
        .bind(new.message_id.map(MessageId::get))
        .bind(new.reason.as_str())
        .bind(json_text(&new.card)?)
        .bind(new.at.ms())
        .bind(new.promised_at.ms())
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id: HandoffId = row.id("id")?;
        self.changed(ChangeKind::Handoff, id.get());
        Ok(Some(id))
    }

    /// The handoff of a conversation that waits, within the transaction.
    pub async fn waiting_handoff(&mut self, conversation: ConversationId) -> Result<Option<Handoff>, StoreError> {
        waiting_of(self.conn(), conversation).await
    }

    /// A person answered: the waiting handoff of the conversation ends. Gives it as it was, `None` when none waited.
    pub async fn answer_handoff(
        &mut self,
        conversation: ConversationId,
        by: Option<MemberId>,
        at: Moment,
    ) -> Result<Option<Handoff>, StoreError> {
        let Some(waiting) = waiting_of(self.conn(), conversation).await? else { return Ok(None) };
        sqlx::query("update handoffs set answered_at = $2, answered_by = $3 where id = $1")
            .bind(waiting.id.get())
            .bind(at.ms())
            .bind(by.map(MemberId::get))
            .execute(self.conn())
            .await?;
        self.changed(ChangeKind::Handoff, waiting.id.get());
        Ok(Some(waiting))
    }

    /// It ended without an answer (resolved, handed back). Gives it as it was, `None` when none waited.
    pub async fn close_handoff(&mut self, conversation: ConversationId, at: Moment) -> Result<Option<Handoff>, StoreError> {
        let Some(waiting) = waiting_of(self.conn(), conversation).await? else { return Ok(None) };
        sqlx::query("update handoffs set closed_at = $2 where id = $1").bind(waiting.id.get()).bind(at.ms()).execute(self.conn()).await?;
        self.changed(ChangeKind::Handoff, waiting.id.get());
        Ok(Some(waiting))
    }

    /// Marks that the alarm about the promise was raised; false when another instance was first, or it waits no more.
    pub async fn mark_alarmed(&mut self, id: HandoffId, at: Moment) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "update handoffs set alarmed_at = $2
             where id = $1 and alarmed_at is null and answered_at is null and closed_at is null",
        )
        .bind(id.get())
        .bind(at.ms())
        .execute(self.conn())
        .await?;
        self.changed(ChangeKind::Handoff, id.get());
        Ok(done.rows_affected() > 0)
    }
}

#[cfg(test)]
#[path = "handoffs_tests.rs"]
mod tests;
