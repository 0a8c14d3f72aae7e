//! Many contacts and conversations with few statements: an import would otherwise wait for the engine at each of its mails.
//!
//! The single writes of `contacts.rs` and `conversations.rs` are these with one row, so there is one meaning. Messages in bulk are
//! in `messages.rs`, look-ups in bulk in `arrivals.rs`.

use std::collections::{BTreeMap, BTreeSet};

use mercator_domain::{
    channel::ChannelKind,
    contact::Identity,
    ids::{ContactId, ConversationId, InboxId},
    language::Language,
    message::Author,
    moment::Moment,
};

use crate::{
    ChangeKind, StoreError, Tx,
    columns::{Columns, each, flag, json_text},
    contacts::NewContact,
    conversations::{NewConversation, Touch},
    dialect,
    episode_days::{self, EpisodeGroup},
    messages::storable,
    statement::{Script, Statement},
};

/// Rows of one statement; far below the number of parameters that either engine takes.
const ROWS_AT_ONCE: usize = 200;
/// Characters of a message that the list can show.
const PREVIEW_CHARS: usize = 160;

/// What a row begins with in `values (…), (…)`.
const fn opening(index: usize) -> &'static str {
    if index == 0 { "(" } else { ", (" }
}

/// The one episode of a conversation that was over before it was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedEpisode {
    /// Of which conversation; its number is 1.
    pub conversation_id: ConversationId,
    /// Its inbox.
    pub inbox_id: InboxId,
    /// Its channel.
    pub channel: ChannelKind,
    /// When it began.
    pub first: Moment,
    /// When it ended.
    pub last: Moment,
}

impl Tx {
    /// Makes contacts with their addresses; gives their ids in the same order. A taken address is an error (`Constraint`).
    pub async fn insert_contacts(&mut self, new: &[(NewContact, Vec<Identity>)]) -> Result<Vec<ContactId>, StoreError> {
        let now = self.now();
        let mut ids = Vec::with_capacity(new.len());
        for part in new.chunks(ROWS_AT_ONCE) {
            let statement = contact_rows(part, now)?;
            if let [(_, identities)] = part {
                ids.push(self.insert_one_contact(statement, identities).await?);
                continue;
            }
            let rows = statement.rows(self.conn()).await?;
            let mut part_ids = each(&rows, |row| row.id::<ContactId>("id"))?;
            // Both engines number the rows of one statement in its order, but promise no order of what they return.
            part_ids.sort_unstable();
            let identities: Vec<(ContactId, &Identity)> =
                part.iter().zip(&part_ids).flat_map(|((_, list), id)| list.iter().map(|i| (*id, i))).collect();
            self.insert_identities(&identities).await?;
            for id in &part_ids {
                self.changed(ChangeKind::Contact, id.get());
            }
            ids.extend(part_ids);
        }
        Ok(ids)
    }

    /// One contact with its addresses in one go: this is what a new customer's message waits for.
    async fn insert_one_contact(&mut self, insert: Statement, identities: &[Identity]) -> Result<ContactId, StoreError> {
        let rows = self.with_identities(Script::default().then(insert), identities).rows(self.conn()).await?;
        let id: ContactId = rows.first().ok_or(StoreError::NotFound)?.id("id")?;
        self.changed(ChangeKind::Contact, id.get());
        Ok(id)
    }

    /// Adds the addresses of the contact that the script has just made.
    fn with_identities(&self, mut script: Script, identities: &[Identity]) -> Script {
        let newest = dialect::newest_contact(self.engine());
        for identity in identities {
            let row = Statement::new("insert into identities (kind, value, contact_id) values (")
                .bind(identity.kind.as_str())
                .push(", ")
                .bind(storable(&identity.value));
            script = script.then(row.push(", ").push(newest).push(")"));
        }
        script
    }

    /// Makes a contact and begins its first conversation, all in one go; whatever `new` says of the contact is left aside.
    pub async fn begin_with_new_contact(
        &mut self,
        contact: &NewContact,
        identities: &[Identity],
        new: &NewConversation,
    ) -> Result<(ContactId, ConversationId), StoreError> {
        let now = self.now();
        let newest = dialect::newest_contact(self.engine());
        let insert = contact_rows(&[(contact.clone(), vec![])], now)?;
        let begin = conversation_rows(std::slice::from_ref(new), now, |statement, _| statement.push(newest));
        let rows = self.with_identities(Script::default().then(insert), identities).then(begin).rows(self.conn()).await?;
        let id = |index: usize| -> Result<i64, StoreError> { Ok(rows.get(index).ok_or(StoreError::NotFound)?.number("id")?) };
        let (contact, conversation) = (ContactId(id(0)?), ConversationId(id(1)?));
        self.changed(ChangeKind::Contact, contact.get());
        self.changed(ChangeKind::Conversation, conversation.get());
        Ok((contact, conversation))
    }

    async fn insert_identities(&mut self, identities: &[(ContactId, &Identity)]) -> Result<(), StoreError> {
        for part in identities.chunks(ROWS_AT_ONCE) {
            let mut statement = Statement::new("insert into identities (kind, value, contact_id) values ");
            for (index, (contact, identity)) in part.iter().enumerate() {
                statement = statement
                    .push(opening(index))
                    .bind(identity.kind.as_str().to_owned())
                    .push(", ")
                    .bind(storable(&identity.value))
                    .push(", ")
                    .bind(contact.get())
                    .push(")");
            }
            statement.run(self.conn()).await?;
        }
        Ok(())
    }

    /// Begins conversations; gives their ids in the same order.
    pub async fn insert_conversations(&mut self, new: &[NewConversation]) -> Result<Vec<ConversationId>, StoreError> {
        let now = self.now();
        let mut ids = Vec::with_capacity(new.len());
        for part in new.chunks(ROWS_AT_ONCE) {
            let statement = conversation_rows(part, now, |statement, conversation| statement.bind(conversation.contact_id.get()));
            let rows = statement.when(part.len() == 1, Statement::kept).rows(self.conn()).await?;
            let mut part_ids = each(&rows, |row| row.id::<ConversationId>("id"))?;
            part_ids.sort_unstable();
            for id in &part_ids {
                self.changed(ChangeKind::Conversation, id.get());
            }
            ids.extend(part_ids);
        }
        Ok(ids)
    }

    /// Writes the effects of messages on their conversations, in the order given: see [`Tx::touch_conversation`].
    pub async fn touch_conversations(&mut self, touches: &[(ConversationId, Touch)]) -> Result<(), StoreError> {
        let mut left = touches;
        while !left.is_empty() {
            // One statement changes a row once, so each begins where a conversation comes for the second time.
            let mut seen = BTreeSet::new();
            let end = left.iter().take(ROWS_AT_ONCE).take_while(|(id, _)| seen.insert(*id)).count();
            let (part, rest) = left.split_at(end.max(1));
            self.touch_each_once(part).await?;
            left = rest;
        }
        Ok(())
    }

    /// Stores episodes of the past, begun and ended: nobody waits, nothing is measured by them but their number.
    pub async fn insert_ended_episodes(&mut self, ended: &[EndedEpisode]) -> Result<(), StoreError> {
        let mut groups: BTreeMap<EpisodeGroup, i64> = BTreeMap::new();
        for part in ended.chunks(ROWS_AT_ONCE) {
            let mut statement = Statement::new(
                "insert into episodes (conversation_id, no, inbox_id, channel, started_at, last_customer_at, resolved_at, resolved_by) values ",
            );
            for (index, episode) in part.iter().enumerate() {
                statement = statement
                    .push(opening(index))
                    .bind(episode.conversation_id.get())
                    .push(", 1, ")
                    .bind(episode.inbox_id.get())
                    .push(", ")
                    .bind(episode.channel.as_str().to_owned())
                    .push(", ")
                    .bind(episode.first.ms())
                    .push(", ")
                    .bind(episode.first.ms())
                    .push(", ")
                    .bind(episode.last.ms())
                    .push(", ")
                    .bind(Author::System.as_str().to_owned())
                    .push(")");
                *groups.entry(EpisodeGroup::unknown(episode.first.day(), episode.inbox_id, episode.channel)).or_default() += 1;
            }
            statement.run(self.conn()).await?;
        }
        for (group, count) in groups {
            episode_days::add(self.conn(), &group, count).await?;
        }
        Ok(())
    }

    /// Marks conversations of the past: read, and nobody waits.
    pub async fn settle_conversations(&mut self, ids: &[ConversationId]) -> Result<(), StoreError> {
        for part in ids.chunks(ROWS_AT_ONCE) {
            Statement::new("update conversations set waiting_since = null, unread = 0 where id in ")
                .list(part.iter().map(|id| id.get()))
                .run(self.conn())
                .await?;
        }
        Ok(())
    }

    async fn touch_each_once(&mut self, part: &[(ConversationId, Touch)]) -> Result<(), StoreError> {
        let rows = touches(part).run(self.conn()).await?;
        if rows != part.len() as u64 {
            return Err(StoreError::NotFound);
        }
        for (id, _) in part {
            self.changed(ChangeKind::Conversation, id.get());
        }
        Ok(())
    }
}

/// The rows of new contacts, without their addresses; gives their ids.
fn contact_rows(new: &[(NewContact, Vec<Identity>)], now: Moment) -> Result<Statement, StoreError> {
    let mut statement =
        Statement::new("insert into contacts (name, country, language, time_zone, tags, consent_marketing, created_at) values ");
    for (index, (contact, _)) in new.iter().enumerate() {
        statement = statement
            .push(opening(index))
            .bind(storable(&contact.name))
            .push(", ")
            .bind(contact.country.clone())
            .push(", ")
            .bind(contact.language.as_ref().map(|l| l.code().to_owned()))
            .push(", ")
            .bind(contact.time_zone.clone())
            .push(", ")
            .bind(json_text(&contact.tags)?)
            .push(", ")
            .bind(flag(contact.consent_marketing))
            .push(", ")
            .bind(now.ms())
            .push(")");
    }
    Ok(statement.push(" returning id"))
}

/// The rows of new conversations; gives their ids. `contact` adds the id of a conversation's contact.
fn conversation_rows(new: &[NewConversation], now: Moment, contact: impl Fn(Statement, &NewConversation) -> Statement) -> Statement {
    let mut statement = Statement::new(
        "insert into conversations (inbox_id, contact_id, subject, status, owner, language, thread_key, order_number,
         last_message_at, created_at) values ",
    );
    for (index, conversation) in new.iter().enumerate() {
        statement = statement.push(opening(index)).bind(conversation.inbox_id.get()).push(", ");
        statement = contact(statement, conversation)
            .push(", ")
            .bind(storable(&conversation.subject))
            .push(", ")
            .bind(conversation.status.as_str())
            .push(", ")
            .bind(conversation.owner.as_str())
            .push(", ")
            .bind(conversation.language.as_ref().map(|l: &Language| l.code().to_owned()))
            .push(", ")
            .bind(conversation.thread_key.as_deref().map(storable))
            .push(", ")
            .bind(conversation.order_number.as_deref().map(storable))
            .push(", ")
            .bind(now.ms())
            .push(", ")
            .bind(now.ms())
            .push(")");
    }
    statement.push(" returning id")
}

/// The effects of messages on their conversations, each of which comes once.
pub(crate) fn touches(part: &[(ConversationId, Touch)]) -> Statement {
    let mut statement = Statement::new("with t (t_id, t_at, t_preview, t_customer, t_answer) as (values ");
    for (index, (id, touch)) in part.iter().enumerate() {
        statement = statement
            .push(opening(index))
            .bind(id.get())
            .push(", ")
            .bind(touch.at.ms())
            .push(", ")
            .bind(preview(&touch.preview))
            .push(", ")
            .bind(flag(touch.author == Author::Contact))
            .push(", ")
            .bind(flag(matches!(touch.author, Author::Bot | Author::Agent)))
            .push(")");
    }
    statement.push(
        ") update conversations set version = version + 1,
           preview = case when t_at >= last_message_at or preview = '' then t_preview else preview end,
           last_is_ours = case when t_at >= last_message_at or preview = '' then 1 - t_customer else last_is_ours end,
           waiting_since = case when t_customer = 1 then coalesce(waiting_since, t_at) when t_answer = 1 then null
             else waiting_since end,
           unread = case when t_customer = 1 then 1 else unread end,
           last_message_at = case when t_at > last_message_at or preview = '' then t_at else last_message_at end
         from t where conversations.id = t_id",
    )
}

/// The start of a text in one line.
fn preview(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.chars().count() > PREVIEW_CHARS {
            return storable(&line.chars().take(PREVIEW_CHARS).collect::<String>());
        }
    }
    storable(&line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{both_engines, samples};

    both_engines!(ended_episodes_equal_those_begun_and_ended_one_by_one, |store| async move {
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let (inbox, _, id) = samples::world(&mut tx, "Ana").await;
        let ended = EndedEpisode { conversation_id: id, inbox_id: inbox, channel: ChannelKind::Email, first: Moment(1), last: Moment(9) };
        tx.insert_ended_episodes(&[ended]).await.unwrap();
        let one = tx.episode(id, 1).await.unwrap().unwrap();
        assert_eq!((one.started_at, one.resolved_at, one.resolved_by), (Moment(1), Some(Moment(9)), Some(Author::System)));
        tx.settle_conversations(&[id]).await.unwrap();
        tx.commit().await.unwrap();
        let days = store.episode_days(&mercator_domain::facts::DashboardFilter::default()).await.unwrap();
        assert_eq!(days.iter().map(|day| (day.episodes, day.involved)).collect::<Vec<_>>(), [(1, 0)]);
        let row = store.conversation(id).await.unwrap();
        assert!(!row.unread && row.waiting_since.is_none());
    });

    both_engines!(many_rows_come_back_under_their_own_ids, |store| async move {
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let inbox = tx.insert_inbox(&samples::inbox("Shop")).await.unwrap();
        let people: Vec<_> =
            (0..450).map(|n| (samples::contact(&format!("Buyer {n}")), vec![Identity::email(&format!("b{n}@x.example"))])).collect();
        let contacts = tx.insert_contacts(&people).await.unwrap();
        let new: Vec<_> = contacts.iter().enumerate().map(|(n, c)| samples::conversation(inbox, *c, &format!("Subject {n}"))).collect();
        let ids = tx.insert_conversations(&new).await.unwrap();
        for n in [0_usize, 199, 200, 449] {
            assert_eq!(tx.contact(contacts[n]).await.unwrap().name, format!("Buyer {n}"));
            let found = tx.contact_by_identity(&Identity::email(&format!("b{n}@x.example"))).await.unwrap().unwrap();
            assert_eq!(found.id, contacts[n]);
            let conversation = tx.conversation(ids[n]).await.unwrap();
            assert_eq!((conversation.contact_id, conversation.subject), (contacts[n], format!("Subject {n}")));
        }
    });

    both_engines!(many_touches_are_the_same_as_one_after_the_other, |store| async move {
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let (inbox, contact, one) = samples::world(&mut tx, "Ana").await;
        let new: Vec<_> = (0..3).map(|_| samples::conversation(inbox, contact, "x")).collect();
        let others = tx.insert_conversations(&new).await.unwrap();
        let mut touches = vec![];
        for n in 0..300_i64 {
            let id = if n % 4 == 0 { one } else { others[(n % 3) as usize] };
            let author = if n % 7 == 0 { Author::Agent } else { Author::Contact };
            touches.push((id, Touch { at: Moment((n * 37) % 101), preview: format!("p{n}"), author }));
        }
        tx.touch_conversations(&touches).await.unwrap();
        let mut bulk = vec![];
        for id in others.iter().chain([&one]) {
            bulk.push(tx.conversation(*id).await.unwrap());
        }
        tx.rollback().await.unwrap();
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let (inbox, contact, again) = samples::world(&mut tx, "Ana").await;
        let new: Vec<_> = (0..3).map(|_| samples::conversation(inbox, contact, "x")).collect();
        let again_others = tx.insert_conversations(&new).await.unwrap();
        let map = |id: ConversationId| others.iter().position(|o| *o == id).map_or(again, |i| again_others[i]);
        for (id, touch) in &touches {
            tx.touch_conversation(map(*id), touch).await.unwrap();
        }
        for expect in bulk {
            let got = tx.conversation(map(expect.id)).await.unwrap();
            assert_eq!(
                (got.last_message_at, got.waiting_since, got.version),
                (expect.last_message_at, expect.waiting_since, expect.version)
            );
        }
        let missing = tx.touch_conversations(&[(ConversationId(99_999), touches[0].1.clone())]).await;
        assert!(matches!(missing, Err(StoreError::NotFound)));
    });

    #[test]
    fn a_preview_is_one_short_line() {
        assert_eq!(preview(" Hallo\n\n  Welt\t! "), "Hallo Welt !");
        assert_eq!(preview(&"订".repeat(500)).chars().count(), PREVIEW_CHARS);
        assert_eq!(preview("a\0b"), "a\u{FFFD}b");
    }
}
