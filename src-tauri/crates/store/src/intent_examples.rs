//! Examples of intents: labelled texts from which the bot learns. One label a text: whoever labels it last is right.
//!
//! When two texts are the same is known to the caller, who gives each its key. Also reads what the bot made of the newest
//! messages, since that is what people label.

use mercator_domain::{
    ids::{ConversationId, IntentExampleId, MessageId},
    intent::{ExampleSource, Intent, IntentGuess},
    language::Language,
    moment::Moment,
    turn::{Staged, Understood},
};
use serde::Deserialize;
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each},
    messages::storable,
};

/// A labelled text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntentExample {
    /// The row.
    pub id: IntentExampleId,
    /// The words.
    pub text: String,
    /// Their language, when known.
    pub language: Option<Language>,
    /// What they mean.
    pub intent: Intent,
    /// Where it comes from.
    pub source: ExampleSource,
    /// The customer's message.
    pub message_id: Option<MessageId>,
    /// Who labelled it last.
    pub member: String,
    /// When the text first became an example.
    pub created_at: Moment,
    /// When it got its label.
    pub labelled_at: Moment,
}

/// A text to be labelled now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewExample<'a> {
    /// The same for the same text.
    pub key: &'a str,
    /// The words.
    pub text: &'a str,
    /// Their language, when known.
    pub language: Option<&'a Language>,
    /// What they mean.
    pub intent: Intent,
    /// Where it comes from.
    pub source: ExampleSource,
    /// The customer's message.
    pub message_id: Option<MessageId>,
    /// Who labels it.
    pub member: &'a str,
}

/// A customer's message with what the bot made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct UnderstoodMessage {
    /// The message.
    pub id: MessageId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// What was written.
    pub text: String,
    /// In which language.
    pub language: Option<Language>,
    /// When.
    pub at: Moment,
    /// What the bot said.
    pub guess: IntentGuess,
    /// What a person said, where one did.
    pub labelled: Option<Intent>,
}

/// What is read of a stored turn here.
#[derive(Deserialize)]
struct Part {
    understand: Staged<Understood>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!("select id, text, language, intent, source, message_id, member, created_at, labelled_at from intent_examples ", $rest)
    };
}

fn example(row: &AnyRow) -> sqlx::Result<IntentExample> {
    Ok(IntentExample {
        id: row.id("id")?,
        text: row.text("text")?,
        language: row.maybe_language("language")?,
        intent: row.word("intent")?,
        source: row.word("source")?,
        message_id: row.maybe_id("message_id")?,
        member: row.text("member")?,
        created_at: row.moment("created_at")?,
        labelled_at: row.moment("labelled_at")?,
    })
}

/// `None` where the turn was written by a version whose form is another: such a message is not shown.
fn understood(row: &AnyRow) -> sqlx::Result<Option<UnderstoodMessage>> {
    let Ok(part) = serde_json::from_str::<Part>(&row.text("turn")?) else { return Ok(None) };
    Ok(Some(UnderstoodMessage {
        id: row.id("id")?,
        conversation_id: row.id("conversation_id")?,
        text: row.text("text")?,
        language: row.maybe_language("language")?,
        at: row.moment("at")?,
        guess: part.understand.value.intent,
        labelled: row.maybe_word("labelled")?,
    }))
}

impl Store {
    /// A page of examples, the newest label first, with how many there are.
    pub async fn intent_examples(&self, limit: i64, offset: i64) -> Result<(i64, Vec<IntentExample>), StoreError> {
        let mut conn = self.read().await?;
        let (total,): (i64,) = sqlx::query_as("select count(*) from intent_examples").fetch_one(&mut *conn).await?;
        let rows = sqlx::query(select!("order by labelled_at desc, id desc limit $1 offset $2"))
            .bind(limit)
            .bind(offset)
            .fetch_all(&mut *conn)
            .await?;
        Ok((total, each(&rows, example)?))
    }

    /// Every example, in the order in which the texts became examples: the order of training.
    pub async fn all_intent_examples(&self) -> Result<Vec<IntentExample>, StoreError> {
        let rows = sqlx::query(select!("order by id")).fetch_all(&mut *self.read().await?).await?;
        Ok(each(&rows, example)?)
    }

    /// The newest customer messages that the bot has read, newest first, each with what a person said of it.
    pub async fn recently_understood(&self, limit: i64) -> Result<Vec<UnderstoodMessage>, StoreError> {
        let rows = sqlx::query(
            "select m.id, m.conversation_id, m.text, m.language, m.at, t.turn, e.intent as labelled
             from turns t join messages m on m.id = t.message_id left join intent_examples e on e.message_id = m.id
             where m.automatic = 'none' order by t.id desc limit $1",
        )
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(each(&rows, understood)?.into_iter().flatten().collect())
    }
}

impl Tx {
    /// Labels a text now; a text that is an example already gets the new label.
    pub async fn put_intent_example(&mut self, new: &NewExample<'_>) -> Result<IntentExampleId, StoreError> {
        let now = self.now().ms();
        let row = sqlx::query(
            "insert into intent_examples (text_key, text, language, intent, source, message_id, member, created_at, labelled_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
             on conflict (text_key) do update set text = excluded.text, language = excluded.language, intent = excluded.intent,
             source = case when excluded.message_id is null then intent_examples.source else excluded.source end,
             message_id = coalesce(excluded.message_id, intent_examples.message_id),
             member = excluded.member, labelled_at = excluded.labelled_at
             returning id",
        )
        .bind(new.key)
        .bind(storable(new.text))
        .bind(new.language.map(Language::code))
        .bind(new.intent.as_str())
        .bind(new.source.as_str())
        .bind(new.message_id.map(MessageId::get))
        .bind(new.member)
        .bind(now)
        .fetch_one(self.conn())
        .await?;
        self.changed(ChangeKind::Understanding, 0);
        Ok(row.id("id")?)
    }

    /// Takes an example away.
    pub async fn delete_intent_example(&mut self, id: IntentExampleId) -> Result<(), StoreError> {
        let done = sqlx::query("delete from intent_examples where id = $1").bind(id.get()).execute(self.conn()).await?;
        self.changed(ChangeKind::Understanding, 0);
        self.found(done.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{both_engines, samples};

    fn new(key: &'static str, intent: Intent, message_id: Option<MessageId>) -> NewExample<'static> {
        let source = if message_id.is_some() { ExampleSource::Correction } else { ExampleSource::Own };
        NewExample { key, text: "Where is it?", language: None, intent, source, message_id, member: "Ann" }
    }

    both_engines!(a_text_has_one_label_and_the_newest_wins, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
        let message = samples::say(&mut tx, inbox, conversation, 1, "Where is it?").await;
        let first = tx.put_intent_example(&new("a", Intent::OrderStatus, Some(message))).await.unwrap();
        let other = tx.put_intent_example(&new("b", Intent::Thanks, None)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let again = NewExample { member: "Bo", language: Some(&Language::english()), ..new("a", Intent::DeliveryTime, None) };
        assert_eq!(tx.put_intent_example(&again).await.unwrap(), first);
        tx.commit().await.unwrap();
        let (total, page) = store.intent_examples(1, 0).await.unwrap();
        let expect = IntentExample {
            id: first,
            text: "Where is it?".into(),
            language: Some(Language::english()),
            intent: Intent::DeliveryTime,
            source: ExampleSource::Correction,
            message_id: Some(message),
            member: "Bo".into(),
            created_at: Moment(1),
            labelled_at: Moment(5),
        };
        assert_eq!((total, page), (2, vec![expect]));
        assert_eq!(store.intent_examples(9, 1).await.unwrap().1[0].id, other);
        assert_eq!(store.all_intent_examples().await.unwrap().iter().map(|e| e.id).collect::<Vec<_>>(), [first, other]);
        let mut tx = store.begin_at(Moment(6)).await.unwrap();
        tx.delete_intent_example(other).await.unwrap();
        assert!(matches!(tx.delete_intent_example(other).await, Err(StoreError::NotFound)));
        tx.commit().await.unwrap();
        assert_eq!(store.intent_examples(9, 0).await.unwrap().0, 1);
        let kinds: Vec<_> = store.changes_since(0, 99).await.unwrap().into_iter().map(|change| change.kind).collect();
        assert!(kinds.contains(&ChangeKind::Understanding));
    });

    both_engines!(the_newest_messages_come_with_the_bots_guess_and_the_persons_word, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
        let mut ids = vec![];
        for (at, text) in [(1, "where is it"), (2, "thank you")] {
            let id = samples::say(&mut tx, inbox, conversation, at, text).await;
            tx.insert_turn(conversation, id, None, &samples::turn(Intent::OrderStatus, 0.4)).await.unwrap();
            ids.push(id);
        }
        tx.put_intent_example(&new("t", Intent::Thanks, Some(ids[1]))).await.unwrap();
        // A turn that this version cannot read hides its message, and nothing else.
        let odd = samples::say(&mut tx, inbox, conversation, 3, "odd").await;
        tx.insert_turn(conversation, odd, None, &samples::turn(Intent::Other, 0.4)).await.unwrap();
        sqlx::query("update turns set turn = '{}' where message_id = $1").bind(odd.get()).execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        let read = store.recently_understood(9).await.unwrap();
        let seen: Vec<_> = read.iter().map(|m| (m.id, m.text.as_str(), m.guess.name, m.labelled)).collect();
        let expect = [(ids[1], "thank you", Intent::OrderStatus, Some(Intent::Thanks)), (ids[0], "where is it", Intent::OrderStatus, None)];
        assert_eq!(seen, expect);
        assert!((read[0].guess.confidence - 0.4).abs() < 1e-6);
    });
}
