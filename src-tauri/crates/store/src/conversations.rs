//! Conversations: one row each, and every change that can happen to it. Each change raises the version.
//!
//! Lists of conversations are `conversation_lines.rs`, their filters `search.rs`. What a change means (reopen, take over) is
//! decided in `mercator-app`; here it is only written.

use mercator_domain::{
    conversation::{Conversation, Owner, Status},
    emotion::EmotionLevel,
    ids::{ContactId, ConversationId, InboxId, MemberId},
    intent::Intent,
    language::Language,
    message::Author,
    moment::Moment,
};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, flag},
    messages::storable,
    statement::{MOST_PARAMETERS, Statement},
};

/// A conversation that begins now.
#[derive(Clone, Debug, PartialEq)]
pub struct NewConversation {
    /// In which inbox.
    pub inbox_id: InboxId,
    /// With whom.
    pub contact_id: ContactId,
    /// Without `Re:`.
    pub subject: String,
    /// The state.
    pub status: Status,
    /// Who answers next.
    pub owner: Owner,
    /// The language, when known.
    pub language: Option<Language>,
    /// The channel's own thread.
    pub thread_key: Option<String>,
    /// The order it is about, when the channel knows.
    pub order_number: Option<String>,
}

/// What only the store and the use cases know of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationFacts {
    /// The channel's own thread.
    pub thread_key: Option<String>,
    /// The order it is linked to.
    pub order_number: Option<String>,
    /// True when an agent chose the order (or none): then no message changes it.
    pub order_fixed: bool,
    /// True when the customer was told that a bot answers.
    pub disclosed: bool,
    /// True when a risk was named.
    pub high_risk: bool,
}

/// A message's effect on the row of its conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// When it was written.
    pub at: Moment,
    /// Its text; the first characters are kept.
    pub preview: String,
    /// Who wrote it: a customer starts the waiting, bot and agent end it, the console changes nothing of it.
    pub author: Author,
}

/// What the bot understood of the last customer message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Understanding {
    /// The language, when sure.
    pub language: Option<Language>,
    /// The level.
    pub emotion: Option<EmotionLevel>,
    /// The intent.
    pub intent: Option<Intent>,
    /// True when a risk was named; never taken back by a later message.
    pub high_risk: bool,
    /// Higher first in Waiting for you; never lowered by a later message.
    pub priority: i32,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, inbox_id, contact_id, subject, status, owner, assignee, priority, language, emotion, intent, episode,
             last_message_at, waiting_since, snoozed_until, unread, version from conversations ",
            $rest
        )
    };
}

/// The conversation whose id the rest of the statement gives.
pub(crate) const SELECT_BY_ID: &str = select!("where id = ");

impl NewConversation {
    /// The row that [`Tx::insert_conversation`] has just made of it, without reading it.
    pub fn as_stored(&self, id: ConversationId, now: Moment) -> Conversation {
        Conversation {
            id,
            inbox_id: self.inbox_id,
            contact_id: self.contact_id,
            subject: storable(&self.subject),
            status: self.status,
            owner: self.owner,
            assignee: None,
            priority: 0,
            language: self.language.clone(),
            emotion: None,
            intent: None,
            episode: 1,
            last_message_at: now,
            waiting_since: None,
            snoozed_until: None,
            unread: false,
            version: 1,
        }
    }
}

pub(crate) fn read(row: &AnyRow) -> sqlx::Result<Conversation> {
    Ok(Conversation {
        id: row.id("id")?,
        inbox_id: row.id("inbox_id")?,
        contact_id: row.id("contact_id")?,
        subject: row.text("subject")?,
        status: row.word("status")?,
        owner: row.word("owner")?,
        assignee: row.maybe_id("assignee")?,
        priority: row.small("priority")?,
        language: row.maybe_language("language")?,
        emotion: row.maybe_word("emotion")?,
        intent: row.maybe_word("intent")?,
        episode: row.small("episode")?,
        last_message_at: row.moment("last_message_at")?,
        waiting_since: row.maybe_moment("waiting_since")?,
        snoozed_until: row.maybe_moment("snoozed_until")?,
        unread: row.flag("unread")?,
        version: row.number("version")?,
    })
}

async fn one(conn: &mut AnyConnection, id: ConversationId) -> Result<Conversation, StoreError> {
    Ok(read(&sqlx::query(select!("where id = $1")).bind(id.get()).fetch_one(conn).await?)?)
}

async fn facts(conn: &mut AnyConnection, id: ConversationId) -> Result<ConversationFacts, StoreError> {
    let row = sqlx::query("select thread_key, order_number, order_fixed, disclosed, high_risk from conversations where id = $1")
        .bind(id.get())
        .fetch_one(conn)
        .await?;
    Ok(ConversationFacts {
        thread_key: row.maybe_text("thread_key")?,
        order_number: row.maybe_text("order_number")?,
        order_fixed: row.flag("order_fixed")?,
        disclosed: row.flag("disclosed")?,
        high_risk: row.flag("high_risk")?,
    })
}

impl Store {
    /// One conversation.
    pub async fn conversation(&self, id: ConversationId) -> Result<Conversation, StoreError> {
        one(&mut *self.read().await?, id).await
    }

    /// What only the use cases need of it.
    pub async fn conversation_facts(&self, id: ConversationId) -> Result<ConversationFacts, StoreError> {
        facts(&mut *self.read().await?, id).await
    }

    /// When the next snoozed conversation wakes.
    pub async fn next_wake(&self) -> Result<Option<Moment>, StoreError> {
        let (at,): (Option<i64>,) = sqlx::query_as("select min(snoozed_until) from conversations where snoozed_until is not null")
            .fetch_one(&mut *self.read().await?)
            .await?;
        Ok(at.map(Moment))
    }
}

impl Tx {
    /// One conversation.
    pub async fn conversation(&mut self, id: ConversationId) -> Result<Conversation, StoreError> {
        one(self.conn(), id).await
    }

    /// These conversations, in no order; missing ones are left out. For imports in bulk.
    pub async fn conversations(&mut self, ids: &[ConversationId]) -> Result<Vec<Conversation>, StoreError> {
        let mut found = Vec::with_capacity(ids.len());
        for part in ids.chunks(MOST_PARAMETERS) {
            let rows = Statement::new(select!("where id in ")).list(part.iter().map(|id| id.get())).rows(self.conn()).await?;
            found.extend(each(&rows, read)?);
        }
        Ok(found)
    }

    /// What only the use cases need of it.
    pub async fn conversation_facts(&mut self, id: ConversationId) -> Result<ConversationFacts, StoreError> {
        facts(self.conn(), id).await
    }

    /// `Conflict` when the conversation has changed since this version was read.
    pub async fn check_version(&mut self, id: ConversationId, seen: i64) -> Result<(), StoreError> {
        let (version,): (i64,) =
            sqlx::query_as("select version from conversations where id = $1").bind(id.get()).fetch_one(self.conn()).await?;
        if version > seen { Err(StoreError::Conflict) } else { Ok(()) }
    }

    /// Begins a conversation.
    pub async fn insert_conversation(&mut self, new: &NewConversation) -> Result<ConversationId, StoreError> {
        self.insert_conversations(std::slice::from_ref(new)).await?.pop().ok_or(StoreError::NotFound)
    }

    /// Writes a message's effect: time, preview, unread, who waits. An older message (an import) does not cover a newer one.
    pub async fn touch_conversation(&mut self, id: ConversationId, touch: &Touch) -> Result<(), StoreError> {
        self.touch_conversations(std::slice::from_ref(&(id, touch.clone()))).await
    }

    /// Writes what was understood of the last customer message.
    pub async fn set_understanding(&mut self, id: ConversationId, what: &Understanding) -> Result<(), StoreError> {
        let done = sqlx::query(
            "update conversations set version = version + 1, language = coalesce($2, language), emotion = $3, intent = coalesce($4, intent),
             high_risk = case when $5 = 1 then 1 else high_risk end, priority = case when $6 > priority then $6 else priority end
             where id = $1",
        )
        .bind(id.get())
        .bind(what.language.as_ref().map(Language::code))
        .bind(what.emotion.map(EmotionLevel::as_str))
        .bind(what.intent.map(Intent::as_str))
        .bind(flag(what.high_risk))
        .bind(i64::from(what.priority))
        .execute(self.conn())
        .await?;
        self.conversation_written(id, done.rows_affected())
    }

    /// Sets the state; `until` is kept for snoozed conversations only. A resolved one waits for nobody and has no priority.
    pub async fn set_status(&mut self, id: ConversationId, status: Status, until: Option<Moment>) -> Result<(), StoreError> {
        let until = until.filter(|_| status == Status::Snoozed);
        let done = sqlx::query(
            "update conversations set version = version + 1, status = $2, snoozed_until = $3,
             waiting_since = case when $4 = 1 then null else waiting_since end,
             priority = case when $4 = 1 then 0 else priority end, high_risk = case when $4 = 1 then 0 else high_risk end
             where id = $1",
        )
        .bind(id.get())
        .bind(status.as_str())
        .bind(until.map(Moment::ms))
        .bind(flag(status == Status::Resolved))
        .execute(self.conn())
        .await?;
        self.conversation_written(id, done.rows_affected())
    }

    /// Sets who answers next.
    pub async fn set_owner(&mut self, id: ConversationId, owner: Owner) -> Result<(), StoreError> {
        let done = sqlx::query("update conversations set version = version + 1, owner = $2 where id = $1")
            .bind(id.get())
            .bind(owner.as_str())
            .execute(self.conn())
            .await?;
        self.conversation_written(id, done.rows_affected())
    }

    /// Gives it to an agent, or to nobody.
    pub async fn assign(&mut self, id: ConversationId, member: Option<MemberId>) -> Result<(), StoreError> {
        let done = sqlx::query("update conversations set version = version + 1, assignee = $2 where id = $1")
            .bind(id.get())
            .bind(member.map(MemberId::get))
            .execute(self.conn())
            .await?;
        self.conversation_written(id, done.rows_affected())
    }

    /// Marks it as read or unread. Reading is no change that an answer must be asked about, so the version stays.
    pub async fn set_unread(&mut self, id: ConversationId, unread: bool) -> Result<(), StoreError> {
        let done = sqlx::query("update conversations set unread = $2 where id = $1 and unread <> $2")
            .bind(id.get())
            .bind(flag(unread))
            .execute(self.conn())
            .await?;
        if done.rows_affected() > 0 {
            self.changed(ChangeKind::Conversation, id.get());
        }
        Ok(())
    }

    /// Links an order. `fixed`: an agent chose it. An automatic link never replaces a fixed one; false when it was refused.
    pub async fn set_order_number(&mut self, id: ConversationId, number: Option<&str>, fixed: bool) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "update conversations set version = version + 1, order_number = $2, order_fixed = $3
             where id = $1 and (order_fixed = 0 or $3 = 1)",
        )
        .bind(id.get())
        .bind(number)
        .bind(flag(fixed))
        .execute(self.conn())
        .await?;
        if done.rows_affected() > 0 {
            self.changed(ChangeKind::Conversation, id.get());
        }
        Ok(done.rows_affected() > 0)
    }

    /// Notes that the customer was told that a bot answers.
    pub async fn set_disclosed(&mut self, id: ConversationId) -> Result<(), StoreError> {
        let done = sqlx::query("update conversations set disclosed = 1 where id = $1").bind(id.get()).execute(self.conn()).await?;
        self.found(done.rows_affected())
    }

    /// Begins the next episode (a reopening); gives its number.
    pub async fn next_episode(&mut self, id: ConversationId) -> Result<i32, StoreError> {
        let row = sqlx::query("update conversations set version = version + 1, episode = episode + 1 where id = $1 returning episode")
            .bind(id.get())
            .fetch_one(self.conn())
            .await?;
        self.changed(ChangeKind::Conversation, id.get());
        Ok(row.small("episode")?)
    }

    /// Wakes every snoozed conversation whose time has come; gives them.
    pub async fn wake_due(&mut self) -> Result<Vec<ConversationId>, StoreError> {
        let now = self.now().ms();
        let rows = sqlx::query(
            "update conversations set version = version + 1, snoozed_until = null,
             status = case owner when 'bot' then 'pending' else 'open' end
             where snoozed_until is not null and snoozed_until <= $1 and status = 'snoozed' returning id",
        )
        .bind(now)
        .fetch_all(self.conn())
        .await?;
        let mut ids = each(&rows, |row| row.id::<ConversationId>("id"))?;
        ids.sort_unstable();
        for id in &ids {
            self.changed(ChangeKind::Conversation, id.get());
        }
        Ok(ids)
    }

    pub(crate) fn conversation_written(&mut self, id: ConversationId, rows: u64) -> Result<(), StoreError> {
        self.found(rows)?;
        self.changed(ChangeKind::Conversation, id.get());
        Ok(())
    }
}

#[cfg(test)]
#[path = "conversations_tests.rs"]
mod tests;
