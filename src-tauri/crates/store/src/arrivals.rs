//! The arrival of an event: was it seen before, and to which conversation does it belong?
//!
//! Each way of finding the conversation is one small read; in which order they are asked is decided by `mercator-app`.

use std::collections::BTreeMap;

use mercator_domain::{
    contact::{Contact, Identity},
    conversation::Conversation,
    ids::{ContactId, ConversationId, InboxId, MessageId},
    inbound::ExternalKey,
    moment::Moment,
};
use sqlx::{Row, any::AnyRow};

use crate::{
    StoreError, Tx,
    columns::{Columns, json_text},
    contacts, conversations, dialect,
    messages::storable,
    statement::{Script, Statement},
};

/// An event that comes in, by what it is recognised and placed.
#[derive(Clone, Copy, Debug)]
pub struct Arriving<'a> {
    /// Its key in its stream.
    pub key: &'a ExternalKey,
    /// Its own identity (Message-ID).
    pub reference: &'a str,
    /// Earlier messages that it names.
    pub chain: &'a [String],
    /// Who wrote it.
    pub writer: &'a Identity,
}

/// What is known of an event that comes in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrival {
    /// False when it was seen before; then nothing else counts.
    pub new: bool,
    /// The message that is stored under the same identity.
    pub stored: Option<MessageId>,
    /// The contact with the writer's address.
    pub contact: Option<Contact>,
    /// The conversation of the newest message that it names.
    pub thread: Option<Conversation>,
}

impl Arrival {
    /// Reads a row of one of the questions: their columns tell them apart.
    fn take(&mut self, row: &AnyRow) -> sqlx::Result<()> {
        let has = |column: &str| row.try_column(column).is_ok();
        if has("tags") {
            self.contact = Some(contacts::read(row)?);
        } else if has("subject") {
            self.thread = Some(conversations::read(row)?);
        } else if has("message_id") {
            self.stored = Some(row.id("message_id")?);
        } else {
            self.new = true;
        }
        Ok(())
    }
}

impl Tx {
    /// Notes an event as seen and looks up everything by which it is placed, in one go: each question on its own would wait for the
    /// engine's thread longer than for the answer.
    pub async fn arrive(&mut self, inbox: InboxId, event: Arriving<'_>) -> Result<Arrival, StoreError> {
        let key = event.key;
        let seen = Statement::new("insert into seen_events (inbox_id, stream, external_id, revision) values (")
            .bind(inbox.get())
            .push(", ")
            .bind(key.stream.clone())
            .push(", ")
            .bind(storable(&key.external_id))
            .push(", ")
            .bind(key.revision)
            .push(") on conflict (inbox_id, stream, external_id, revision) do nothing returning revision");
        let stored = Statement::new("select message_id from message_refs where inbox_id = ")
            .bind(inbox.get())
            .push(" and external_id = ")
            .bind(storable(event.reference));
        let mut script = Script::default().then(seen).then(stored).then(contacts::with_identity(event.writer));
        if !event.chain.is_empty() {
            script = script.then(self.newest_of(inbox, event.chain)?);
        }
        let mut arrival = Arrival::default();
        for row in &script.rows(self.conn()).await? {
            arrival.take(row)?;
        }
        Ok(arrival)
    }

    /// The conversation of the newest message among these identities.
    fn newest_of(&self, inbox: InboxId, refs: &[String]) -> Result<Statement, StoreError> {
        let (before, after) = dialect::texts_of_json(self.engine());
        // A thread's last 200 identities are enough, and bound the statement against a hostile References header.
        let refs: Vec<String> = refs.iter().rev().take(200).map(|r| storable(r)).collect();
        Ok(Statement::new(conversations::SELECT_BY_ID)
            .push("(select conversation_id from message_refs where inbox_id = ")
            .bind(inbox.get())
            .push(" and external_id in ")
            .push(before)
            .bind(json_text(&refs)?)
            .push(after)
            .push(" order by message_id desc limit 1)"))
    }

    /// Notes an event as seen; false when it was seen before, and then nothing must be stored.
    pub async fn record_seen(&mut self, inbox: InboxId, key: &ExternalKey) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "insert into seen_events (inbox_id, stream, external_id, revision) values ($1, $2, $3, $4)
             on conflict (inbox_id, stream, external_id, revision) do nothing",
        )
        .bind(inbox.get())
        .bind(key.stream.as_str())
        .bind(storable(&key.external_id))
        .bind(key.revision)
        .execute(self.conn())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The same for many; gives for each whether it is new. Of two equal keys in one call the first is.
    pub async fn record_seen_many(&mut self, inbox: InboxId, keys: &[ExternalKey]) -> Result<Vec<bool>, StoreError> {
        let mut new = BTreeMap::new();
        for part in keys.chunks(500) {
            // One statement must not touch one row twice on PostgreSQL.
            let once: BTreeMap<(&str, String, i64), ()> =
                part.iter().map(|k| ((k.stream.as_str(), storable(&k.external_id), k.revision), ())).collect();
            let mut statement = Statement::new("insert into seen_events (inbox_id, stream, external_id, revision) values ");
            for (index, ((stream, id, revision), ())) in once.into_iter().enumerate() {
                statement = statement
                    .push(if index == 0 { "(" } else { ", (" })
                    .bind(inbox.get())
                    .push(", ")
                    .bind(stream.to_owned())
                    .push(", ")
                    .bind(id)
                    .push(", ")
                    .bind(revision)
                    .push(")");
            }
            let rows = statement
                .push(" on conflict (inbox_id, stream, external_id, revision) do nothing returning stream, external_id, revision")
                .rows(self.conn())
                .await?;
            for row in &rows {
                new.insert((row.text("stream")?, row.text("external_id")?, row.number("revision")?), ());
            }
        }
        Ok(keys.iter().map(|k| new.remove(&(k.stream.clone(), storable(&k.external_id), k.revision)).is_some()).collect())
    }

    /// Notes which message came of an event.
    pub async fn set_seen_message(&mut self, inbox: InboxId, key: &ExternalKey, message: MessageId) -> Result<(), StoreError> {
        sqlx::query("update seen_events set message_id = $5 where inbox_id = $1 and stream = $2 and external_id = $3 and revision = $4")
            .bind(inbox.get())
            .bind(key.stream.as_str())
            .bind(storable(&key.external_id))
            .bind(key.revision)
            .bind(message.get())
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Notes one more identity (Message-ID) of a message; the first message under it keeps it.
    pub async fn add_ref(
        &mut self,
        inbox: InboxId,
        external_id: &str,
        conversation: ConversationId,
        message: MessageId,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into message_refs (inbox_id, external_id, conversation_id, message_id) values ($1, $2, $3, $4)
             on conflict (inbox_id, external_id) do nothing",
        )
        .bind(inbox.get())
        .bind(storable(external_id))
        .bind(conversation.get())
        .bind(message.get())
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The newest message among these identities, and its conversation.
    pub async fn conversation_by_refs(
        &mut self,
        inbox: InboxId,
        refs: &[String],
    ) -> Result<Option<(ConversationId, MessageId)>, StoreError> {
        if refs.is_empty() {
            return Ok(None);
        }
        // A thread's last 200 identities are enough, and bound the statement against a hostile References header.
        let rows = Statement::new("select conversation_id, message_id from message_refs where inbox_id = ")
            .bind(inbox.get())
            .push(" and external_id in ")
            .list(refs.iter().rev().take(200).map(|r| storable(r)))
            .push(" order by message_id desc limit 1")
            .rows(self.conn())
            .await?;
        rows.first().map(|row| Ok((row.id("conversation_id")?, row.id("message_id")?))).transpose()
    }

    /// Which of these identities are known, with conversation and message; for imports in bulk.
    pub async fn known_refs(
        &mut self,
        inbox: InboxId,
        refs: &[String],
    ) -> Result<BTreeMap<String, (ConversationId, MessageId)>, StoreError> {
        let mut known = BTreeMap::new();
        for part in refs.chunks(1000) {
            let rows = Statement::new("select external_id, conversation_id, message_id from message_refs where inbox_id = ")
                .bind(inbox.get())
                .push(" and external_id in ")
                .list(part.iter().map(|r| storable(r)))
                .rows(self.conn())
                .await?;
            for row in &rows {
                known.insert(row.text("external_id")?, (row.id("conversation_id")?, row.id("message_id")?));
            }
        }
        Ok(known)
    }

    /// The conversation of a channel's own thread.
    pub async fn conversation_by_thread(&mut self, inbox: InboxId, thread: &str) -> Result<Option<ConversationId>, StoreError> {
        let row: Option<(i64,)> =
            sqlx::query_as("select id from conversations where inbox_id = $1 and thread_key = $2 order by id desc limit 1")
                .bind(inbox.get())
                .bind(thread)
                .fetch_optional(self.conn())
                .await?;
        Ok(row.map(|r| ConversationId(r.0)))
    }

    /// The contact's latest conversation in this inbox with the same subject (case aside) and a message since `since`.
    pub async fn conversation_by_subject(
        &mut self,
        inbox: InboxId,
        contact: ContactId,
        subject: &str,
        since: Moment,
    ) -> Result<Option<ConversationId>, StoreError> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "select id, subject from conversations where contact_id = $1 and inbox_id = $2 and last_message_at >= $3
             order by last_message_at desc limit 50",
        )
        .bind(contact.get())
        .bind(inbox.get())
        .bind(since.ms())
        .fetch_all(self.conn())
        .await?;
        // Compared here, since SQLite's lower() knows ASCII only.
        let wanted = subject.to_lowercase();
        Ok(rows.into_iter().find(|(_, s)| s.to_lowercase() == wanted).map(|(id, _)| ConversationId(id)))
    }

    /// The contact's latest conversation in this inbox about an order, with a message since `since`.
    pub async fn conversation_by_order(
        &mut self,
        inbox: InboxId,
        contact: ContactId,
        order_number: &str,
        since: Moment,
    ) -> Result<Option<ConversationId>, StoreError> {
        let row: Option<(i64,)> = sqlx::query_as(
            "select id from conversations where contact_id = $1 and inbox_id = $2 and order_number = $3 and last_message_at >= $4
             order by last_message_at desc limit 1",
        )
        .bind(contact.get())
        .bind(inbox.get())
        .bind(order_number)
        .bind(since.ms())
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(|r| ConversationId(r.0)))
    }
}

/// What an answer in a conversation refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadRefs {
    /// The identity of the customer's last message.
    pub answered: Option<String>,
    /// The identities of all messages of the conversation, oldest first, at most the newest hundred.
    pub earlier: Vec<String>,
}

impl Tx {
    /// What the next answer in a conversation refers to: whatever both sides have sent that a mail program can know.
    pub async fn thread_refs(&mut self, conversation: ConversationId) -> Result<ThreadRefs, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "select r.external_id, m.author from messages m join message_refs r on r.message_id = m.id
             where m.conversation_id = $1 and m.delivery in ('received', 'sent') order by m.at desc, m.id desc limit 100",
        )
        .bind(conversation.get())
        .fetch_all(self.conn())
        .await?;
        let answered = rows.iter().find(|(_, author)| author == "contact").map(|(id, _)| id.clone());
        Ok(ThreadRefs { answered, earlier: rows.into_iter().rev().map(|(id, _)| id).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{both_engines, messages::NewMessage, samples};

    fn key(id: &str, revision: i64) -> ExternalKey {
        ExternalKey { stream: "INBOX".into(), external_id: id.into(), revision }
    }

    both_engines!(an_event_is_taken_in_once, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let (inbox, ..) = samples::world(&mut tx, "Ana").await;
        assert!(tx.record_seen(inbox, &key("a", 0)).await.unwrap());
        assert!(!tx.record_seen(inbox, &key("a", 0)).await.unwrap());
        assert!(tx.record_seen(inbox, &key("a", 1)).await.unwrap(), "a newer revision is another event");
        assert!(tx.record_seen(inbox, &ExternalKey { stream: "Sent".into(), ..key("a", 0) }).await.unwrap());
        assert!(tx.record_seen(InboxId(inbox.get() + 1), &key("a", 0)).await.unwrap());
        let many = [key("a", 0), key("b", 0), key("b", 0), key("c", 0)];
        assert_eq!(tx.record_seen_many(inbox, &many).await.unwrap(), [false, true, false, true]);
    });

    both_engines!(a_conversation_is_found_by_the_newest_reference, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let (inbox, contact, first) = samples::world(&mut tx, "Ana").await;
        let second = tx.insert_conversation(&samples::conversation(inbox, contact, "Other")).await.unwrap();
        let new = |c, id: &str| NewMessage { external_id: Some(id.into()), ..samples::message(inbox, c, Moment(1), "x") };
        let a = tx.insert_message(&new(first, "a")).await.unwrap();
        let b = tx.insert_message(&new(second, "b")).await.unwrap();
        let refs = |ids: &[&str]| ids.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(tx.conversation_by_refs(inbox, &refs(&["a"])).await.unwrap(), Some((first, a)));
        assert_eq!(tx.conversation_by_refs(inbox, &refs(&["b", "a", "zz"])).await.unwrap(), Some((second, b)));
        assert_eq!(tx.conversation_by_refs(inbox, &refs(&["zz"])).await.unwrap(), None);
        assert_eq!(tx.conversation_by_refs(inbox, &[]).await.unwrap(), None);
        tx.insert_message(&new(second, "a")).await.unwrap();
        assert_eq!(tx.conversation_by_refs(inbox, &refs(&["a"])).await.unwrap(), Some((first, a)), "a copy steals no thread");
        assert_eq!(tx.known_refs(inbox, &refs(&["a", "b", "c"])).await.unwrap().len(), 2);
    });

    both_engines!(a_conversation_is_found_by_subject_and_by_order, |store| async move {
        let mut tx = store.begin_at(Moment(1_000)).await.unwrap();
        let (inbox, contact, id) = samples::world(&mut tx, "Ana").await;
        tx.set_order_number(id, Some("A-1"), false).await.unwrap();
        let since = Moment(500);
        assert_eq!(tx.conversation_by_subject(inbox, contact, "PARCEL", since).await.unwrap(), Some(id));
        assert_eq!(tx.conversation_by_subject(inbox, contact, "Refund", since).await.unwrap(), None);
        assert_eq!(tx.conversation_by_subject(inbox, contact, "Parcel", Moment(2_000)).await.unwrap(), None, "too old");
        assert_eq!(tx.conversation_by_order(inbox, contact, "A-1", since).await.unwrap(), Some(id));
        assert_eq!(tx.conversation_by_order(inbox, contact, "A-2", since).await.unwrap(), None);
    });

    both_engines!(a_chat_is_found_by_its_own_thread, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let (inbox, contact, _) = samples::world(&mut tx, "Ana").await;
        let mut new = samples::conversation(inbox, contact, "");
        new.thread_key = Some("chat-7".into());
        let id = tx.insert_conversation(&new).await.unwrap();
        assert_eq!(tx.conversation_by_thread(inbox, "chat-7").await.unwrap(), Some(id));
        assert_eq!(tx.conversation_by_thread(inbox, "chat-8").await.unwrap(), None);
    });
}
