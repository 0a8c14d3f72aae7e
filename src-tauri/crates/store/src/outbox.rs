//! The outbox: what is on its way out, so that each message leaves exactly once.
//!
//! queued → sending → sent | uncertain | failed. A row is claimed for a while before anything happens to it; the wire key is fixed
//! when it is queued. After a crash in `sending` the claim runs out, and `claim_in_doubt` gives it to be reconciled with the
//! channel before any resend. Talking to the channel is not done here.

use mercator_domain::{
    ids::{ConversationId, InboxId, MessageId, OutboxId},
    inbound::Party,
    message::{Author, Delivery},
    moment::Moment,
    outgoing::{OutboxState, Outgoing, OutgoingAttachment},
};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, json_text},
    dialect,
    statement::Statement,
};

/// A message to be sent. Its files are those of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOutgoing {
    /// The message in the thread.
    pub message_id: MessageId,
    /// In which conversation.
    pub conversation_id: ConversationId,
    /// Through which account.
    pub inbox_id: InboxId,
    /// The key that the channel will know it by; unique for ever.
    pub wire_key: String,
    /// Who writes.
    pub author: Author,
    /// Everything else of the wire form.
    pub envelope: Envelope,
    /// Not before this moment: until then it can be taken back.
    pub not_before: Moment,
}

/// What makes the wire form besides key and files; stored as it is, so that two attempts give the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// From whom.
    pub from: Party,
    /// To whom.
    pub to: Vec<Party>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same text as HTML of our own making, for channels that show it.
    #[serde(default)]
    pub html: Option<String>,
    /// The Message-ID it answers.
    pub in_reply_to: Option<String>,
    /// Earlier Message-IDs, oldest first.
    pub references: Vec<String>,
    /// The channel's own thread.
    pub thread: Option<String>,
    /// When it was written.
    pub at: Moment,
}

/// A row of the outbox as the thread shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxLine {
    /// The row.
    pub id: OutboxId,
    /// The message.
    pub message_id: MessageId,
    /// In which conversation.
    pub conversation_id: ConversationId,
    /// Through which account.
    pub inbox_id: InboxId,
    /// The key that the channel knows it by.
    pub wire_key: String,
    /// Where it stands.
    pub state: OutboxState,
    /// Not before this moment.
    pub not_before: Moment,
    /// Attempts so far.
    pub attempts: i32,
    /// Why it did not leave.
    pub error: String,
    /// When the channel took it.
    pub sent_at: Option<Moment>,
}

macro_rules! select_line {
    ($rest:literal) => {
        concat!(
            "select id, message_id, conversation_id, inbox_id, wire_key, state, not_before, attempts, error, sent_at from outbox ",
            $rest
        )
    };
}

fn read_line(row: &AnyRow) -> sqlx::Result<OutboxLine> {
    Ok(OutboxLine {
        id: row.id("id")?,
        message_id: row.id("message_id")?,
        conversation_id: row.id("conversation_id")?,
        inbox_id: row.id("inbox_id")?,
        wire_key: row.text("wire_key")?,
        state: row.word("state")?,
        not_before: row.moment("not_before")?,
        attempts: row.small("attempts")?,
        error: row.text("error")?,
        sent_at: row.maybe_moment("sent_at")?,
    })
}

fn read_outgoing(row: &AnyRow) -> sqlx::Result<Outgoing> {
    let envelope: Envelope = row.json("envelope")?;
    Ok(Outgoing {
        id: row.id("id")?,
        inbox_id: row.id("inbox_id")?,
        conversation_id: row.id("conversation_id")?,
        message_id: row.id("message_id")?,
        wire_key: row.text("wire_key")?,
        author: row.word("author")?,
        from: envelope.from,
        to: envelope.to,
        subject: envelope.subject,
        text: envelope.text,
        html: envelope.html,
        in_reply_to: envelope.in_reply_to,
        references: envelope.references,
        thread: envelope.thread,
        attachments: vec![],
        at: envelope.at,
        attempts: row.small("attempts")?,
    })
}

impl Store {
    /// The outbox rows of a conversation, oldest first.
    pub async fn outbox_of_conversation(&self, conversation: ConversationId) -> Result<Vec<OutboxLine>, StoreError> {
        let rows = sqlx::query(select_line!("where conversation_id = $1 order by id"))
            .bind(conversation.get())
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(each(&rows, read_line)?)
    }

    /// The outbox row of a message.
    pub async fn outbox_of_message(&self, message: MessageId) -> Result<Option<OutboxLine>, StoreError> {
        let row = sqlx::query(select_line!("where message_id = $1")).bind(message.get()).fetch_optional(&mut *self.read().await?).await?;
        Ok(row.as_ref().map(read_line).transpose()?)
    }

    /// When the next queued message is due; how long the sender may sleep.
    pub async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        let (at,): (Option<i64>,) =
            sqlx::query_as("select min(not_before) from outbox where state in ('queued', 'sending') and state = 'queued'")
                .fetch_one(&mut *self.read().await?)
                .await?;
        Ok(at.map(Moment))
    }
}

impl Tx {
    /// Queues a message; its delivery becomes `queued`.
    pub async fn enqueue(&mut self, new: &NewOutgoing) -> Result<OutboxId, StoreError> {
        let now = self.now().ms();
        let (id,): (i64,) = sqlx::query_as(
            "insert into outbox (message_id, conversation_id, inbox_id, wire_key, state, author, envelope, not_before, created_at)
             values ($1, $2, $3, $4, 'queued', $5, $6, $7, $8) returning id",
        )
        .bind(new.message_id.get())
        .bind(new.conversation_id.get())
        .bind(new.inbox_id.get())
        .bind(new.wire_key.as_str())
        .bind(new.author.as_str())
        .bind(json_text(&new.envelope)?.replace("\\u0000", "\u{FFFD}"))
        .bind(new.not_before.ms())
        .bind(now)
        .fetch_one(self.conn())
        .await?;
        self.set_delivery(new.message_id, Delivery::Queued, "").await?;
        self.changed(ChangeKind::Outbox, id);
        Ok(OutboxId(id))
    }

    /// Claims messages whose time has come for `holder` until `until`; nobody else gets them before that.
    pub async fn claim_due(&mut self, holder: &str, until: Moment, limit: i64) -> Result<Vec<Outgoing>, StoreError> {
        self.claim(OutboxState::Queued, holder, until, limit).await
    }

    /// Claims messages that some instance began to send and did not finish: to be reconciled with the channel, never simply resent.
    pub async fn claim_in_doubt(&mut self, holder: &str, until: Moment, limit: i64) -> Result<Vec<Outgoing>, StoreError> {
        self.claim(OutboxState::Sending, holder, until, limit).await
    }

    async fn claim(&mut self, state: OutboxState, holder: &str, until: Moment, limit: i64) -> Result<Vec<Outgoing>, StoreError> {
        let now = self.now().ms();
        let rows = sqlx::query(dialect::claim_outbox(self.engine()))
            .bind(holder)
            .bind(until.ms())
            .bind(state.as_str())
            .bind(now)
            .bind(limit)
            .fetch_all(self.conn())
            .await?;
        let mut claimed = each(&rows, read_outgoing)?;
        claimed.sort_by_key(|outgoing| outgoing.id);
        self.add_files(&mut claimed).await?;
        Ok(claimed)
    }

    async fn add_files(&mut self, claimed: &mut [Outgoing]) -> Result<(), StoreError> {
        if claimed.is_empty() {
            return Ok(());
        }
        let rows = Statement::new(
            "select a.message_id, a.name, a.media_type, b.content from attachments a join blobs b on b.sha256 = a.sha256
             where a.message_id in ",
        )
        .list(claimed.iter().map(|outgoing| outgoing.message_id.get()))
        .push(" order by a.id")
        .rows(self.conn())
        .await?;
        for row in &rows {
            let message: MessageId = row.id("message_id")?;
            let content = sqlx::Row::try_get::<Vec<u8>, _>(row, "content")?;
            if let Some(outgoing) = claimed.iter_mut().find(|o| o.message_id == message) {
                let file = OutgoingAttachment { name: row.text("name")?, media_type: row.text("media_type")?, content };
                outgoing.attachments.push(file);
            }
        }
        Ok(())
    }

    /// Fixes, before the first byte goes out, that an attempt has begun. False when the claim is no longer `holder`'s, or the message
    /// was taken back: then it must not be sent.
    pub async fn mark_sending(&mut self, id: OutboxId, holder: &str) -> Result<bool, StoreError> {
        let now = self.now().ms();
        let row: Option<(i64,)> = sqlx::query_as(
            "update outbox set state = 'sending', attempts = attempts + 1
             where id = $1 and state = 'queued' and claimed_by = $2 and claimed_until > $3 returning message_id",
        )
        .bind(id.get())
        .bind(holder)
        .bind(now)
        .fetch_optional(self.conn())
        .await?;
        let Some((message,)) = row else { return Ok(false) };
        self.set_delivery(MessageId(message), Delivery::Sending, "").await?;
        Ok(true)
    }

    /// The channel took it. `external_id`: what the channel calls it, when that is not the wire key. False when that was noted
    /// already: whoever reads the folder of sent mail may see the copy before the sender hears of its success.
    pub async fn mark_sent(&mut self, id: OutboxId, external_id: Option<&str>) -> Result<bool, StoreError> {
        let now = self.now().ms();
        let row: Option<(i64,)> = sqlx::query_as(
            "update outbox set state = 'sent', sent_at = $2, external_id = $3, error = '', claimed_by = null, claimed_until = null
             where id = $1 and state in ('queued', 'sending', 'uncertain', 'failed') returning message_id",
        )
        .bind(id.get())
        .bind(now)
        .bind(external_id)
        .fetch_optional(self.conn())
        .await?;
        if row.is_none() {
            let known = sqlx::query("select id from outbox where id = $1 and state = 'sent'").bind(id.get()).fetch_optional(self.conn());
            if known.await?.is_some() {
                return Ok(false);
            }
        }
        self.moved(id, row, Delivery::Sent, "").await?;
        Ok(true)
    }

    /// Nobody can tell whether it left.
    pub async fn mark_uncertain(&mut self, id: OutboxId, error: &str) -> Result<(), StoreError> {
        self.end(id, OutboxState::Uncertain, Delivery::Uncertain, error).await
    }

    /// It did not leave and will not by itself.
    pub async fn mark_failed(&mut self, id: OutboxId, error: &str) -> Result<(), StoreError> {
        self.end(id, OutboxState::Failed, Delivery::Failed, error).await
    }

    /// A person decided to forget it.
    pub async fn discard(&mut self, id: OutboxId) -> Result<(), StoreError> {
        self.end(id, OutboxState::Cancelled, Delivery::Cancelled, "").await
    }

    async fn end(&mut self, id: OutboxId, state: OutboxState, delivery: Delivery, error: &str) -> Result<(), StoreError> {
        let row: Option<(i64,)> = sqlx::query_as(
            "update outbox set state = $2, error = $3, claimed_by = null, claimed_until = null
             where id = $1 and state not in ('sent', 'cancelled') returning message_id",
        )
        .bind(id.get())
        .bind(state.as_str())
        .bind(error)
        .fetch_optional(self.conn())
        .await?;
        self.moved(id, row, delivery, error).await
    }

    /// Certainly did not leave, and is tried again at `at` (or a person asked for it).
    pub async fn retry_at(&mut self, id: OutboxId, at: Moment, error: &str) -> Result<(), StoreError> {
        let row: Option<(i64,)> = sqlx::query_as(
            "update outbox set state = 'queued', not_before = $2, error = $3, claimed_by = null, claimed_until = null
             where id = $1 and state not in ('sent', 'cancelled') returning message_id",
        )
        .bind(id.get())
        .bind(at.ms())
        .bind(error)
        .fetch_optional(self.conn())
        .await?;
        self.moved(id, row, Delivery::Queued, error).await
    }

    /// Takes a message back; true only while it is queued and its undo time has not passed.
    pub async fn cancel(&mut self, message: MessageId) -> Result<bool, StoreError> {
        let now = self.now().ms();
        let row: Option<(i64,)> = sqlx::query_as(
            "update outbox set state = 'cancelled' where message_id = $1 and state = 'queued' and not_before > $2 returning id",
        )
        .bind(message.get())
        .bind(now)
        .fetch_optional(self.conn())
        .await?;
        let Some((id,)) = row else { return Ok(false) };
        self.moved(OutboxId(id), Some((message.get(),)), Delivery::Cancelled, "").await?;
        Ok(true)
    }

    /// Takes back everything of the bot that is still queued in a conversation: a person has taken over. Gives how many.
    pub async fn cancel_bot_messages(&mut self, conversation: ConversationId) -> Result<usize, StoreError> {
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "update outbox set state = 'cancelled' where conversation_id = $1 and author = 'bot' and state = 'queued'
             returning id, message_id",
        )
        .bind(conversation.get())
        .fetch_all(self.conn())
        .await?;
        for (id, message) in &rows {
            self.moved(OutboxId(*id), Some((*message,)), Delivery::Cancelled, "").await?;
        }
        Ok(rows.len())
    }

    /// The outbox row under a wire key: how a copy in the Sent folder or a delivery report is recognised as ours.
    pub async fn outbox_by_wire_key(&mut self, wire_key: &str) -> Result<Option<OutboxLine>, StoreError> {
        let row = sqlx::query(select_line!("where wire_key = $1")).bind(wire_key).fetch_optional(self.conn()).await?;
        Ok(row.as_ref().map(read_line).transpose()?)
    }

    /// The outbox row of a message.
    pub async fn outbox_of_message(&mut self, message: MessageId) -> Result<Option<OutboxLine>, StoreError> {
        let row = sqlx::query(select_line!("where message_id = $1")).bind(message.get()).fetch_optional(self.conn()).await?;
        Ok(row.as_ref().map(read_line).transpose()?)
    }

    async fn moved(&mut self, id: OutboxId, row: Option<(i64,)>, delivery: Delivery, error: &str) -> Result<(), StoreError> {
        let (message,) = row.ok_or(StoreError::NotFound)?;
        self.set_delivery(MessageId(message), delivery, error).await?;
        self.changed(ChangeKind::Outbox, id.get());
        Ok(())
    }
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
