//! Messages of conversations: writing them in, one or many at a time, and reading them as a thread.
//!
//! Recognising what was seen before and finding the conversation is `arrivals.rs`; sending is `outbox.rs`. A message, its files,
//! its raw bytes, its Message-ID and its words in the full-text index are always written together.

use mercator_domain::{
    emotion::Emotion,
    ids::{ConversationId, InboxId, MemberId, MessageId},
    intent::Intent,
    language::Language,
    message::{Author, Automatic, Delivery, Message},
    moment::Moment,
};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    ChangeKind, Engine, Store, StoreError, Tx,
    attachments::attachments_of,
    bulk,
    columns::{Columns, each, flag, json_text},
    conversations::Touch,
    dialect, episode_days,
    episodes::{self, NewEpisode},
    segment,
    statement::{Script, Statement},
};

/// A message to be stored. Received now, by the transaction's time.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMessage {
    /// Through which inbox, for its Message-ID.
    pub inbox_id: InboxId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// The episode it belongs to.
    pub episode: i32,
    /// Who wrote it.
    pub author: Author,
    /// Which agent.
    pub member_id: Option<MemberId>,
    /// When it was written.
    pub at: Moment,
    /// The subject as sent.
    pub subject: String,
    /// What was written now.
    pub text: String,
    /// What was quoted.
    pub quoted: String,
    /// Its language, when known already.
    pub language: Option<Language>,
    /// Where it stands.
    pub delivery: Delivery,
    /// Whether a machine wrote it.
    pub automatic: Automatic,
    /// What could not be read.
    pub warnings: Vec<String>,
    /// True when the bot must look at it.
    pub bot_pending: bool,
    /// The channel's own identity of it (Message-ID), under which answers will refer to it.
    pub external_id: Option<String>,
    /// Words that should find it besides its subject and text: the writer's name and address, names of files.
    pub search_also: String,
    /// Files.
    pub attachments: Vec<NewAttachment>,
    /// The bytes as they came, where they are worth keeping.
    pub raw: Option<Vec<u8>>,
}

/// Rows of one insert: 18 parameters each stay far below the limit of both engines.
const ROWS_AT_ONCE: usize = 200;

pub use crate::attachments::NewAttachment;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, conversation_id, episode, author, member_id, at, subject, text, quoted, language, delivery, delivery_error,
             automatic, emotion, intent, warnings from messages ",
            $rest
        )
    };
}

fn read(row: &AnyRow) -> sqlx::Result<Message> {
    let emotion = row.maybe_text("emotion")?;
    Ok(Message {
        id: row.id("id")?,
        conversation_id: row.id("conversation_id")?,
        episode: row.small("episode")?,
        author: row.word("author")?,
        member_id: row.maybe_id("member_id")?,
        at: row.moment("at")?,
        subject: row.text("subject")?,
        text: row.text("text")?,
        quoted: row.text("quoted")?,
        language: row.maybe_language("language")?,
        delivery: row.word("delivery")?,
        delivery_error: row.text("delivery_error")?,
        automatic: row.word("automatic")?,
        // A form of a newer version counts as "not known" here: the thread must open all the same.
        emotion: emotion.and_then(|e| serde_json::from_str(&e).ok()),
        intent: row.maybe_word("intent")?,
        warnings: row.json("warnings")?,
        attachments: vec![],
    })
}

/// Reads the messages of a query and their files with one more query.
async fn with_attachments(conn: &mut AnyConnection, engine: Engine, rows: &[AnyRow]) -> Result<Vec<Message>, StoreError> {
    let mut messages = each(rows, read)?;
    let ids: Vec<MessageId> = messages.iter().map(|m| m.id).collect();
    let mut files = attachments_of(conn, engine, &ids).await?;
    for message in &mut messages {
        message.attachments = files.remove(&message.id).unwrap_or_default();
    }
    Ok(messages)
}

async fn one(conn: &mut AnyConnection, engine: Engine, id: MessageId) -> Result<Message, StoreError> {
    let rows = sqlx::query(select!("where id = $1")).bind(id.get()).fetch_all(&mut *conn).await?;
    with_attachments(conn, engine, &rows).await?.pop().ok_or(StoreError::NotFound)
}

impl Store {
    /// One message.
    pub async fn message(&self, id: MessageId) -> Result<Message, StoreError> {
        one(&mut *self.read().await?, self.engine(), id).await
    }

    /// Every message of a conversation, oldest first; taken-back ones too.
    pub async fn thread(&self, conversation: ConversationId) -> Result<Vec<Message>, StoreError> {
        let mut conn = self.read().await?;
        let rows =
            sqlx::query(select!("where conversation_id = $1 order by at, id")).bind(conversation.get()).fetch_all(&mut *conn).await?;
        with_attachments(&mut conn, self.engine(), &rows).await
    }

    /// Messages that customers themselves wrote from a moment on, in the order in which they came, after one of them.
    pub async fn customer_messages(&self, since: Moment, after: MessageId, limit: i64) -> Result<Vec<MessageId>, StoreError> {
        let rows: Vec<(i64,)> = sqlx::query_as(
            "select id from messages where id > $1 and at >= $2 and author = 'contact' and automatic = 'none' order by id limit $3",
        )
        .bind(after.get())
        .bind(since.ms())
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(rows.into_iter().map(|r| MessageId(r.0)).collect())
    }

    /// Customer messages that wait for the bot, oldest first.
    pub async fn messages_for_bot(&self, limit: i64) -> Result<Vec<MessageId>, StoreError> {
        let rows: Vec<(i64,)> = sqlx::query_as("select id from messages where bot_pending = 1 order by id limit $1")
            .bind(limit)
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(rows.into_iter().map(|r| MessageId(r.0)).collect())
    }
}

impl Store {
    /// What was said in one episode before a message, oldest first, each with whether it was a question back to the customer;
    /// without what was taken back or waits as a draft: what the bot may know.
    pub async fn history_before(
        &self,
        conversation: ConversationId,
        episode: i32,
        before: MessageId,
    ) -> Result<Vec<(Message, bool)>, StoreError> {
        let rows = sqlx::query(
            "select id, conversation_id, episode, author, member_id, at, subject, text, quoted, language, delivery, delivery_error,
             automatic, emotion, intent, warnings, clarified from messages
             where conversation_id = $1 and episode = $2 and id < $3 and delivery not in ('cancelled', 'draft') order by at, id",
        )
        .bind(conversation.get())
        .bind(i64::from(episode))
        .bind(before.get())
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(each(&rows, |row| Ok((read(row)?, row.flag("clarified")?)))?)
    }
}

impl Tx {
    /// One message.
    pub async fn message(&mut self, id: MessageId) -> Result<Message, StoreError> {
        let engine = self.engine();
        one(self.conn(), engine, id).await
    }

    /// The messages of one episode, oldest first, without those that were taken back or wait as drafts: what the bot may know.
    pub async fn history(&mut self, conversation: ConversationId, episode: i32) -> Result<Vec<Message>, StoreError> {
        let engine = self.engine();
        let rows =
            sqlx::query(select!("where conversation_id = $1 and episode = $2 and delivery not in ('cancelled', 'draft') order by at, id"))
                .bind(conversation.get())
                .bind(i64::from(episode))
                .fetch_all(self.conn())
                .await?;
        with_attachments(self.conn(), engine, &rows).await
    }

    /// The bot's drafts of a conversation that wait for approval, oldest first.
    pub async fn bot_drafts(&mut self, conversation: ConversationId) -> Result<Vec<Message>, StoreError> {
        let engine = self.engine();
        let rows = sqlx::query(select!(
            "where delivery in ('draft', 'failed', 'uncertain') and delivery = 'draft' and conversation_id = $1 order by id"
        ))
        .bind(conversation.get())
        .fetch_all(self.conn())
        .await?;
        with_attachments(self.conn(), engine, &rows).await
    }

    /// Stores one message.
    pub async fn insert_message(&mut self, new: &NewMessage) -> Result<MessageId, StoreError> {
        self.store_one(new, None, None).await
    }

    /// Stores one message and its effect on the row of its conversation, as [`Tx::touch_conversation`] after it would; with the first
    /// episode of a conversation that this transaction has made and that has none yet.
    pub async fn insert_message_touching(
        &mut self,
        new: &NewMessage,
        touch: &Touch,
        first_episode: Option<&NewEpisode>,
    ) -> Result<MessageId, StoreError> {
        self.store_one(new, Some(touch), first_episode).await
    }

    /// In one go, since this is what the acknowledgement of every message waits for.
    async fn store_one(
        &mut self,
        new: &NewMessage,
        touch: Option<&Touch>,
        first_episode: Option<&NewEpisode>,
    ) -> Result<MessageId, StoreError> {
        let engine = self.engine();
        let newest = dialect::newest_message(engine);
        let one = std::slice::from_ref(new);
        let search = search_rows(engine, one, |statement, _| statement.push(newest));
        let mut script = Script::default().then(message_rows(one, self.now())?).then(search);
        if let Some(refs) = ref_rows(one, |statement, _| statement.push(newest)) {
            script = script.then(refs);
        }
        if let Some(touch) = touch {
            script = script.then(bulk::touches(&[(new.conversation_id, touch.clone())]));
        }
        if let Some(episode) = first_episode {
            script = script.then(episodes::first(episode)).then(episode_days::one_more(&episode.group()));
        }
        let rows = script.rows(self.conn()).await?;
        let id = rows.first().ok_or(StoreError::NotFound)?.id("id")?;
        self.insert_contents(new, id).await?;
        self.note_message(new, id);
        Ok(id)
    }

    fn note_message(&mut self, message: &NewMessage, id: MessageId) {
        self.changed(ChangeKind::Conversation, message.conversation_id.get());
        if message.bot_pending {
            self.changed(ChangeKind::Bot, id.get());
        }
    }

    /// Stores many messages with few statements; gives their ids in the same order.
    pub async fn insert_messages(&mut self, new: &[NewMessage]) -> Result<Vec<MessageId>, StoreError> {
        let mut ids = Vec::with_capacity(new.len());
        for part in new.chunks(ROWS_AT_ONCE) {
            let rows = message_rows(part, self.now())?.rows(self.conn()).await?;
            let mut part_ids = each(&rows, |row| row.id::<MessageId>("id"))?;
            // Both engines number the rows of one statement in its order, but promise no order of what they return.
            part_ids.sort_unstable();
            let id = |index: usize| part_ids.get(index).map_or(0, |id| id.get());
            search_rows(self.engine(), part, |statement, index| statement.bind(id(index))).run(self.conn()).await?;
            if let Some(refs) = ref_rows(part, |statement, index| statement.bind(id(index))) {
                refs.run(self.conn()).await?;
            }
            for (message, id) in part.iter().zip(&part_ids) {
                self.insert_contents(message, *id).await?;
                self.note_message(message, *id);
            }
            ids.extend(part_ids);
        }
        Ok(ids)
    }

    /// Writes what the bot understood of a customer message.
    pub async fn set_message_understanding(
        &mut self,
        id: MessageId,
        language: Option<&Language>,
        emotion: Option<&Emotion>,
        intent: Option<Intent>,
    ) -> Result<(), StoreError> {
        let emotion = emotion.map(json_text).transpose()?;
        let row: Option<(i64,)> =
            sqlx::query_as("update messages set language = $2, emotion = $3, intent = $4 where id = $1 returning conversation_id")
                .bind(id.get())
                .bind(language.map(Language::code))
                .bind(emotion)
                .bind(intent.map(Intent::as_str))
                .fetch_optional(self.conn())
                .await?;
        self.changed_conversation(row)
    }

    /// Writes where a message stands, and why in words.
    pub async fn set_delivery(&mut self, id: MessageId, delivery: Delivery, error: &str) -> Result<(), StoreError> {
        let row: Option<(i64,)> =
            sqlx::query_as("update messages set delivery = $2, delivery_error = $3 where id = $1 returning conversation_id")
                .bind(id.get())
                .bind(delivery.as_str())
                .bind(error)
                .fetch_optional(self.conn())
                .await?;
        self.changed_conversation(row)
    }

    /// Rewrites a draft: a person has edited what the bot proposed, and becomes its author.
    pub async fn rewrite_draft(&mut self, id: MessageId, text: &str, author: Author, member: Option<MemberId>) -> Result<(), StoreError> {
        let row: Option<(i64, String)> = sqlx::query_as(
            "update messages set text = $2, author = $3, member_id = $4 where id = $1 and delivery = 'draft'
             returning conversation_id, subject",
        )
        .bind(id.get())
        .bind(storable(text))
        .bind(author.as_str())
        .bind(member.map(MemberId::get))
        .fetch_optional(self.conn())
        .await?;
        let (conversation, subject) = row.ok_or(StoreError::NotFound)?;
        let engine = self.engine();
        sqlx::query(dialect::delete_search(engine)).bind(format!("[{id}]")).execute(self.conn()).await?;
        let (start, before, after) = dialect::insert_search(engine);
        let row = Statement::new(start).push("(").bind(id.get()).push(", ").push(before);
        row.bind(segment::index_text(&[&subject, text])).push(after).push(")").run(self.conn()).await?;
        self.changed(ChangeKind::Conversation, conversation);
        Ok(())
    }

    /// Gives a message of ours the identity by which the channel knows it.
    pub async fn set_external_id(&mut self, inbox: InboxId, id: MessageId, external_id: &str) -> Result<(), StoreError> {
        let (conversation,): (i64,) = sqlx::query_as("update messages set external_id = $2 where id = $1 returning conversation_id")
            .bind(id.get())
            .bind(external_id)
            .fetch_one(self.conn())
            .await?;
        self.add_ref(inbox, external_id, ConversationId(conversation), id).await
    }

    /// Takes a message off the bot's list; true for exactly one caller, who stores the turn in the same transaction.
    pub async fn take_for_bot(&mut self, id: MessageId) -> Result<bool, StoreError> {
        let done = sqlx::query("update messages set bot_pending = 0 where id = $1 and bot_pending = 1")
            .bind(id.get())
            .execute(self.conn())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes every message of a conversation off the bot's list: a person has taken over.
    pub async fn clear_bot_pending(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        sqlx::query("update messages set bot_pending = 0 where conversation_id = $1 and bot_pending = 1")
            .bind(conversation.get())
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Notes that the bot asked one question back after this message.
    pub async fn set_clarified(&mut self, id: MessageId) -> Result<(), StoreError> {
        let done = sqlx::query("update messages set clarified = 1 where id = $1").bind(id.get()).execute(self.conn()).await?;
        self.found(done.rows_affected())
    }

    /// True when every customer message of a conversation was written by a machine, and nobody of ours has answered.
    pub async fn only_automatic(&mut self, conversation: ConversationId) -> Result<bool, StoreError> {
        let (count,): (i64,) = sqlx::query_as("select count(*) from messages where conversation_id = $1 and automatic = 'none'")
            .bind(conversation.get())
            .fetch_one(self.conn())
            .await?;
        Ok(count == 0)
    }

    /// How often the bot asked back in an episode.
    pub async fn clarifications(&mut self, conversation: ConversationId, episode: i32) -> Result<i64, StoreError> {
        let (count,): (i64,) =
            sqlx::query_as("select count(*) from messages where conversation_id = $1 and episode = $2 and clarified = 1")
                .bind(conversation.get())
                .bind(i64::from(episode))
                .fetch_one(self.conn())
                .await?;
        Ok(count)
    }

    fn changed_conversation(&mut self, row: Option<(i64,)>) -> Result<(), StoreError> {
        let (conversation,) = row.ok_or(StoreError::NotFound)?;
        self.changed(ChangeKind::Conversation, conversation);
        Ok(())
    }
}

/// The rows of new messages; gives their ids.
fn message_rows(new: &[NewMessage], now: Moment) -> Result<Statement, StoreError> {
    let mut statement = Statement::new(
        "insert into messages (conversation_id, episode, author, member_id, at, received_at, subject, text, quoted, language,
         delivery, automatic, warnings, bot_pending, external_id) values ",
    );
    for (index, message) in new.iter().enumerate() {
        statement = statement
            .push(if index == 0 { "(" } else { ", (" })
            .bind(message.conversation_id.get())
            .push(", ")
            .bind(i64::from(message.episode))
            .push(", ")
            .bind(message.author.as_str())
            .push(", ")
            .bind(message.member_id.map(MemberId::get))
            .push(", ")
            .bind(message.at.ms())
            .push(", ")
            .bind(now.ms())
            .push(", ")
            .bind(storable(&message.subject))
            .push(", ")
            .bind(storable(&message.text))
            .push(", ")
            .bind(storable(&message.quoted))
            .push(", ")
            .bind(message.language.as_ref().map(|l| l.code().to_owned()))
            .push(", ")
            .bind(message.delivery.as_str())
            .push(", ")
            .bind(message.automatic.as_str())
            .push(", ")
            .bind(storable(&json_text(&message.warnings)?))
            .push(", ")
            .bind(flag(message.bot_pending))
            .push(", ")
            .bind(message.external_id.as_deref().map(storable))
            .push(")");
    }
    Ok(statement.push(" returning id"))
}

/// Their words for the full-text index; `id` adds the id of the message that stands at a place.
fn search_rows(engine: Engine, new: &[NewMessage], id: impl Fn(Statement, usize) -> Statement) -> Statement {
    let (start, before, after) = dialect::insert_search(engine);
    let mut statement = Statement::new(start);
    for (index, message) in new.iter().enumerate() {
        statement = id(statement.push(if index == 0 { "(" } else { ", (" }), index).push(", ").push(before);
        statement = statement.bind(segment::index_text(&[&message.subject, &message.text, &message.search_also])).push(after).push(")");
    }
    statement
}

/// Their identities, by which answers refer to them; `None` where none has any.
fn ref_rows(new: &[NewMessage], id: impl Fn(Statement, usize) -> Statement) -> Option<Statement> {
    let mut statement = Statement::new("insert into message_refs (inbox_id, external_id, conversation_id, message_id) values ");
    let mut any = false;
    for (index, message) in new.iter().enumerate() {
        let Some(external_id) = &message.external_id else { continue };
        statement = statement
            .push(if any { ", (" } else { "(" })
            .bind(message.inbox_id.get())
            .push(", ")
            .bind(storable(external_id))
            .push(", ")
            .bind(message.conversation_id.get())
            .push(", ");
        statement = id(statement, index).push(")");
        any = true;
    }
    // The first message under a Message-ID keeps it: a second one (a forged copy) must not steal the thread.
    any.then(|| statement.push(" on conflict (inbox_id, external_id) do nothing"))
}

/// No engine stores the character NUL in a text (PostgreSQL refuses it, SQLite's functions stop at it); mail does contain it.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

#[cfg(test)]
#[path = "messages_tests.rs"]
mod tests;
