//! Erasing one person: everything that says something about them goes, the numbers that say nothing stay.
//!
//! Messages, files, names, addresses, notes, cards and comments are deleted. Conversation, episode and handoff rows stay as empty
//! shells, so that last month's figures do not change, and orders stay, since a shop must keep its books; all of them belong to a
//! contact without a name. What was seen stays noted too, so that the mailbox does not bring the same mails in again.

use mercator_domain::{
    handoff::{EmotionTrend, HandoffCard},
    ids::{ContactId, MessageId},
};

use crate::{
    ChangeKind, Engine, Store, StoreError, Tx,
    columns::{Columns, each, json_text},
    dialect,
    statement::Statement,
};

/// What was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Conversations emptied.
    pub conversations: u64,
    /// Messages deleted.
    pub messages: u64,
    /// Addresses forgotten.
    pub identities: u64,
    /// Models that had learned from the messages, and are gone with them.
    pub models: u64,
}

/// What refers to a message and goes with it; the messages themselves come last.
const OF_MESSAGES: &[&str] = &[
    "delete from intent_examples where message_id in ",
    "delete from emotion_corrections where message_id in ",
    "delete from proposals where message_id in ",
    "delete from regression_cases where message_id in ",
    "delete from citations where message_id in ",
    "update turns set reply_id = null where reply_id in ",
    "delete from turns where message_id in ",
    "delete from outbox where message_id in ",
    "delete from message_refs where message_id in ",
    "delete from raw_messages where message_id in ",
    "delete from attachments where message_id in ",
    "update handoffs set message_id = null where message_id in ",
    "update surveys set message_id = null where message_id in ",
    "update actions set message_id = null where message_id in ",
    "delete from messages where id in ",
];

/// What belongs to a conversation and speaks of the person.
const OF_CONVERSATIONS: &[&str] = &[
    "delete from proposals where conversation_id in ",
    "delete from notes where conversation_id in ",
    "delete from drafts where conversation_id in ",
    "delete from work_orders where conversation_id in ",
    "update platform_cases set reason = '', conversation_id = null, version = version + 1 where conversation_id in ",
    "delete from activities where conversation_id in ",
    "delete from conversation_labels where conversation_id in ",
    "update ratings set comment = '' where conversation_id in ",
    "update conversations set subject = '', preview = '', thread_key = null, waiting_since = null, unread = 0, status = 'resolved',
     snoozed_until = null, version = version + 1 where id in ",
];

/// What the shop knows of the person beside the books: orders stay, without the address that they went to, and so do the cases
/// about them, without what was said.
const OF_THE_PERSON: &[&str] = &[
    "delete from actions where contact_id = $1",
    "delete from payment_methods where contact_id = $1",
    "delete from accounts where contact_id = $1",
    "update orders set address = null where contact_id = $1",
    "update platform_cases set reason = '', conversation_id = null, version = version + 1
     where order_key in (select number_key from orders where contact_id = $1)",
];

fn blank_card() -> HandoffCard {
    HandoffCard {
        summary: String::new(),
        language: None,
        identity: String::new(),
        order: String::new(),
        emotion: EmotionTrend::default(),
        tried: vec![],
        open_question: String::new(),
        suggested_reply: String::new(),
        intent: None,
        facts: None,
    }
}

impl Tx {
    /// Erases a person. Afterwards `Store::scrub` makes the space that they had unreadable.
    pub async fn erase_contact(&mut self, contact: ContactId) -> Result<Erased, StoreError> {
        let rows = sqlx::query("select id from conversations where contact_id = $1").bind(contact.get()).fetch_all(self.conn()).await?;
        let conversations = each(&rows, |row| row.number("id"))?;
        let rows = sqlx::query("select m.id from messages m join conversations c on c.id = m.conversation_id where c.contact_id = $1")
            .bind(contact.get())
            .fetch_all(self.conn())
            .await?;
        let messages = each(&rows, |row| row.id::<MessageId>("id"))?;
        let message_list = json_text(&messages)?;
        sqlx::query(dialect::delete_search(self.engine())).bind(message_list.as_str()).execute(self.conn()).await?;
        let models = self.forget_models(&message_list).await?;
        for sql in OF_MESSAGES {
            self.run_on(sql, &message_list).await?;
        }
        let conversation_list = json_text(&conversations)?;
        for sql in OF_CONVERSATIONS {
            self.run_on(sql, &conversation_list).await?;
        }
        self.blank_cards(&conversation_list).await?;
        let now = self.now();
        for id in &conversations {
            // Nobody is to be alarmed about a person who is no more.
            self.close_handoff((*id).into(), now).await?;
        }
        let identities = self.forget(contact).await?;
        for id in &conversations {
            self.changed(ChangeKind::Conversation, *id);
        }
        self.changed(ChangeKind::Contact, contact.get());
        // Others forget what they have read of the messages.
        self.changed(ChangeKind::Understanding, 0);
        Ok(Erased { conversations: conversations.len() as u64, messages: messages.len() as u64, identities, models })
    }

    /// A model keeps traces of the texts that it was trained on (their sentence vectors), so the models go that were trained since
    /// the first of these messages became an example. The bot then works with the one that ships until it is trained again.
    async fn forget_models(&mut self, messages: &str) -> Result<u64, StoreError> {
        let (before, after) = dialect::numbers_of_json(self.engine());
        let forgotten = Statement::new("update intent_models set model = null, active = 0 where model is not null and created_at >= ")
            .push("(select min(created_at) from intent_examples where message_id in ")
            .push(before)
            .bind(messages.to_owned())
            .push(after)
            .push(")")
            .run(self.conn())
            .await?;
        Ok(forgotten)
    }

    async fn run_on(&mut self, sql: &'static str, ids: &str) -> Result<(), StoreError> {
        let (before, after) = dialect::numbers_of_json(self.engine());
        Statement::new(sql).push(before).bind(ids.to_owned()).push(after).run(self.conn()).await?;
        Ok(())
    }

    async fn blank_cards(&mut self, conversations: &str) -> Result<(), StoreError> {
        let (before, after) = dialect::numbers_of_json(self.engine());
        Statement::new("update handoffs set card = ")
            .bind(json_text(&blank_card())?)
            .push(" where conversation_id in ")
            .push(before)
            .bind(conversations.to_owned())
            .push(after)
            .run(self.conn())
            .await?;
        Ok(())
    }

    async fn forget(&mut self, contact: ContactId) -> Result<u64, StoreError> {
        for sql in OF_THE_PERSON.iter().copied() {
            sqlx::query(sql).bind(contact.get()).execute(self.conn()).await?;
        }
        let done = sqlx::query("delete from identities where contact_id = $1").bind(contact.get()).execute(self.conn()).await?;
        let found = sqlx::query("update contacts set name = '', time_zone = null, tags = '[]', consent_marketing = 0 where id = $1")
            .bind(contact.get())
            .execute(self.conn())
            .await?;
        self.found(found.rows_affected())?;
        sqlx::query("update behaviour_events set contact_id = null, visitor = '', url = '' where contact_id = $1")
            .bind(contact.get())
            .execute(self.conn())
            .await?;
        // Content that no message has any more.
        sqlx::query("delete from blobs where sha256 not in (select sha256 from attachments)").execute(self.conn()).await?;
        Ok(done.rows_affected())
    }
}

impl Store {
    /// Rewrites the file so that what was deleted is not in it any more, not even in free space. Slow on a large database.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        if self.engine() == Engine::Postgres {
            // The server's own clean-up does it; a full vacuum would lock everybody out.
            return Ok(());
        }
        let mut conn = self.0.writer.acquire().await?;
        sqlx::query("insert into message_search (message_search) values ('optimize')").execute(&mut *conn).await?;
        sqlx::raw_sql("vacuum; pragma wal_checkpoint(truncate);").execute(&mut *conn).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::{
        account::{CustomerAccount, PostalAddress},
        action::{ActionRequest, ActionState, NewAction},
        emotion::EmotionLevel,
        intent::{ExampleSource, Intent},
        moment::Moment,
    };

    use super::*;
    use crate::{
        OpenOptions, Target, both_engines,
        conversation_lines::ListFilter,
        intent_examples::NewExample,
        intent_models::NewIntentModel,
        messages::{NewAttachment, NewMessage},
        samples,
        search::SearchFilter,
    };

    async fn secret(tx: &mut Tx, buyer: &str) -> ContactId {
        let (inbox, contact, conversation) = samples::world(tx, buyer).await;
        let file = NewAttachment {
            name: format!("{buyer}.jpg"),
            media_type: "x/y".into(),
            bytes: 3,
            sha256: buyer.into(),
            content: Some(buyer.as_bytes().to_vec()),
        };
        let text = format!("{buyer} lives in canary street");
        let new = NewMessage {
            attachments: vec![file],
            raw: Some(text.clone().into_bytes()),
            ..samples::message(inbox, conversation, Moment(1), &text)
        };
        tx.insert_message(&new).await.unwrap();
        samples::say(tx, inbox, conversation, 2, &text).await;
        let address = PostalAddress { line1: text, ..PostalAddress::default() };
        let request = ActionRequest::ChangeAccountAddress { address: address.clone() };
        let action = NewAction {
            conversation_id: Some(conversation),
            contact_id: contact,
            order_id: None,
            request,
            amount: None,
            state: ActionState::Done,
            actor: "bot".into(),
        };
        tx.insert_action(&action).await.unwrap();
        let account = CustomerAccount { address: Some(address), payment_methods: vec![] };
        tx.put_account(contact, &account).await.unwrap();
        contact
    }

    both_engines!(k2_an_erased_person_is_found_nowhere_and_others_stay, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let gone = secret(&mut tx, "Xanthippe").await;
        let stays = secret(&mut tx, "Bo").await;
        let erased = tx.erase_contact(gone).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(erased, Erased { conversations: 1, messages: 2, identities: 1, models: 0 });
        let found = async |words: &str| {
            let search = SearchFilter { words: words.into(), ..SearchFilter::default() };
            store.conversation_page(&ListFilter { search, limit: 9, ..ListFilter::default() }).await.unwrap().0
        };
        assert_eq!((found("xanthippe").await, found("canary").await), (0, 1));
        assert_eq!(store.contact(gone).await.unwrap().name, "");
        assert!(store.identities_of(gone).await.unwrap().is_empty());
        assert_eq!(store.contact(stays).await.unwrap().name, "Bo");
        assert_eq!(store.account(gone).await.unwrap(), CustomerAccount::default());
        assert!(store.account(stays).await.unwrap().address.is_some());
        assert_eq!(store.actions_in(ActionState::Done, 9).await.unwrap().len(), 1);
        let (blobs,): (i64,) = sqlx::query_as("select count(*) from blobs").fetch_one(&mut *store.read().await.unwrap()).await.unwrap();
        assert_eq!(blobs, 1);
        assert!(store.verify().await.unwrap().problems.is_empty());
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        assert!(matches!(tx.erase_contact(ContactId(999)).await, Err(StoreError::NotFound)));
    });

    both_engines!(k2_what_the_bot_learned_from_an_erased_person_goes_too, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let (inbox, gone, conversation) = samples::world(&mut tx, "Xanthippe").await;
        let message = samples::say(&mut tx, inbox, conversation, 1, "where is it").await;
        let (other_inbox, _, other) = samples::world(&mut tx, "Bo").await;
        let stays = samples::say(&mut tx, other_inbox, other, 1, "thank you").await;
        tx.put_emotion_correction(message, EmotionLevel::Angry, EmotionLevel::Calm, "Ann").await.unwrap();
        tx.put_emotion_correction(stays, EmotionLevel::Upset, EmotionLevel::Calm, "Ann").await.unwrap();
        tx.commit().await.unwrap();
        let train = async |at: i64| {
            let mut tx = store.begin_at(Moment(at)).await.unwrap();
            let report = serde_json::json!({});
            let new = NewIntentModel { member: "Ann", examples: 1, encoder: "e", report: &report, model: b"m" };
            let id = tx.insert_intent_model(&new).await.unwrap();
            tx.activate_intent_model(Some(id)).await.unwrap();
            tx.commit().await.unwrap();
        };
        let label = async |at: i64, key: &str, message| {
            let mut tx = store.begin_at(Moment(at)).await.unwrap();
            let source = ExampleSource::Correction;
            let new =
                NewExample { key, text: key, language: None, intent: Intent::Thanks, source, message_id: Some(message), member: "Ann" };
            tx.put_intent_example(&new).await.unwrap();
            tx.commit().await.unwrap();
        };
        label(2, "bo", stays).await;
        train(3).await;
        label(4, "xanthippe", message).await;
        train(5).await;
        label(6, "xanthippe", message).await;
        let mut tx = store.begin_at(Moment(7)).await.unwrap();
        assert_eq!(tx.erase_contact(gone).await.unwrap().models, 1);
        tx.commit().await.unwrap();
        let kept: Vec<_> = store.intent_models(9).await.unwrap().into_iter().map(|v| (v.created_at, v.kept, v.active)).collect();
        assert_eq!(kept, [(Moment(5), false, false), (Moment(3), true, false)]);
        assert_eq!(store.all_intent_examples().await.unwrap().iter().map(|e| e.message_id).collect::<Vec<_>>(), [Some(stays)]);
        let left = store.emotion_corrections().await.unwrap().1;
        assert_eq!((left.len(), left[0].from), (1, EmotionLevel::Upset));
    });

    #[tokio::test]
    async fn k2_the_raw_file_has_no_trace_after_a_scrub() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let store = Store::open(&Target::File(path), OpenOptions::default()).await.unwrap();
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let gone = secret(&mut tx, "Xanthippe").await;
        secret(&mut tx, "Bo").await;
        tx.commit().await.unwrap();
        let traces = || {
            let files = std::fs::read_dir(folder.path()).unwrap().map(|f| std::fs::read(f.unwrap().path()).unwrap());
            let low = files.map(|bytes| bytes.to_ascii_lowercase()).collect::<Vec<_>>().concat();
            low.windows(9).filter(|w| w == b"xanthippe").count()
        };
        assert!(traces() > 0);
        let mut tx = store.begin_at(Moment(2)).await.unwrap();
        tx.erase_contact(gone).await.unwrap();
        tx.commit().await.unwrap();
        store.scrub().await.unwrap();
        assert_eq!(traces(), 0);
    }
}
