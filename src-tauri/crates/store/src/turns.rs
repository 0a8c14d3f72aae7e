//! Turns: what the bot found and decided for a message, kept whole, and the passages its answers cited.

use std::collections::{BTreeMap, BTreeSet};

use mercator_domain::{
    article::Passage,
    ids::{ArticleId, ConversationId, MessageId, TurnId},
    moment::Moment,
    turn::{Outcome, Turn},
};
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, json_text},
};

/// A turn as it was stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredTurn {
    /// The row.
    pub id: TurnId,
    /// The customer message that it was made for.
    pub message_id: MessageId,
    /// The bot's message that came of it.
    pub reply_id: Option<MessageId>,
    /// When it ran.
    pub at: Moment,
    /// All of it.
    pub turn: Turn,
}

/// A passage that an answer cited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The answer.
    pub message_id: MessageId,
    /// The article.
    pub article_id: ArticleId,
    /// Its title today.
    pub title: String,
    /// Which paragraph, from 0.
    pub passage: u32,
}

const fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Reply { .. } => "reply",
        Outcome::Draft { .. } => "draft",
        Outcome::Act { .. } => "act",
        Outcome::HandOff { .. } => "hand_off",
        Outcome::Silence { .. } => "silence",
    }
}

fn read(row: &AnyRow) -> sqlx::Result<StoredTurn> {
    Ok(StoredTurn {
        id: row.id("id")?,
        message_id: row.id("message_id")?,
        reply_id: row.maybe_id("reply_id")?,
        at: row.moment("at")?,
        turn: row.json("turn")?,
    })
}

impl Store {
    /// The turn of a message: of the customer's that it was made for, or of the bot's that came of it.
    pub async fn turn_of(&self, message: MessageId) -> Result<Option<StoredTurn>, StoreError> {
        let row = sqlx::query("select id, message_id, reply_id, at, turn from turns where message_id = $1 or reply_id = $1 limit 1")
            .bind(message.get())
            .fetch_optional(&mut *self.read().await?)
            .await?;
        Ok(row.as_ref().map(read).transpose()?)
    }

    /// The messages of a conversation that have a turn, on either side of it.
    pub async fn messages_with_turn(&self, conversation: ConversationId) -> Result<BTreeSet<MessageId>, StoreError> {
        let rows: Vec<(i64, Option<i64>)> = sqlx::query_as("select message_id, reply_id from turns where conversation_id = $1")
            .bind(conversation.get())
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(rows.into_iter().flat_map(|(message, reply)| [Some(message), reply]).flatten().map(MessageId).collect())
    }

    /// What the answers of a conversation cited.
    pub async fn citations_of(&self, conversation: ConversationId) -> Result<Vec<Citation>, StoreError> {
        let rows: Vec<(i64, i64, String, i64)> = sqlx::query_as(
            "select c.message_id, c.article_id, a.title, c.passage from messages m join citations c on c.message_id = m.id
             join articles a on a.id = c.article_id where m.conversation_id = $1 order by c.message_id, c.article_id, c.passage",
        )
        .bind(conversation.get())
        .fetch_all(&mut *self.read().await?)
        .await?;
        let citation = |(message, article, title, passage): (i64, i64, String, i64)| Citation {
            message_id: MessageId(message),
            article_id: ArticleId(article),
            title,
            passage: u32::try_from(passage).unwrap_or(0),
        };
        Ok(rows.into_iter().map(citation).collect())
    }

    /// How many answers cited each article since a moment.
    pub async fn citation_counts(&self, since: Moment) -> Result<BTreeMap<ArticleId, i64>, StoreError> {
        let rows: Vec<(i64, i64)> =
            sqlx::query_as("select article_id, count(distinct message_id) from citations where at >= $1 group by article_id")
                .bind(since.ms())
                .fetch_all(&mut *self.read().await?)
                .await?;
        Ok(rows.into_iter().map(|(id, n)| (ArticleId(id), n)).collect())
    }
}

impl Tx {
    /// Stores the turn of a message. A message has one turn: a second one is an error (`Constraint`).
    pub async fn insert_turn(
        &mut self,
        conversation: ConversationId,
        message: MessageId,
        reply: Option<MessageId>,
        turn: &Turn,
    ) -> Result<TurnId, StoreError> {
        let now = self.now().ms();
        let micros: i64 = turn.micros().iter().map(|(_, micros)| i64::from(*micros)).sum();
        let (id,): (i64,) = sqlx::query_as(
            "insert into turns (message_id, reply_id, conversation_id, at, outcome, rule, micros, turn)
             values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        )
        .bind(message.get())
        .bind(reply.map(MessageId::get))
        .bind(conversation.get())
        .bind(now)
        .bind(outcome_word(&turn.outcome))
        .bind(turn.decide.value.rule.as_str())
        .bind(micros)
        .bind(json_text(turn)?)
        .fetch_one(self.conn())
        .await?;
        if let (Some(reply), Outcome::Reply { reply: draft } | Outcome::Draft { reply: draft }) = (reply, &turn.outcome) {
            self.insert_citations(reply, &draft.sources).await?;
        }
        self.changed(ChangeKind::Conversation, conversation.get());
        Ok(TurnId(id))
    }

    /// Notes what an answer cites.
    pub async fn insert_citations(&mut self, message: MessageId, passages: &[Passage]) -> Result<(), StoreError> {
        let now = self.now().ms();
        for passage in passages {
            sqlx::query(
                "insert into citations (message_id, article_id, passage, at) values ($1, $2, $3, $4)
                 on conflict (message_id, article_id, passage) do nothing",
            )
            .bind(message.get())
            .bind(passage.article_id.get())
            .bind(i64::from(passage.index))
            .bind(now)
            .execute(self.conn())
            .await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::{
        inbox::BotMode,
        intent::{Intent, IntentGuess},
        language::Language,
        turn::{Acted, Cleaned, Decided, Decision, Felt, LanguageGuess, ReplyDraft, Retrieved, Staged, Translation, Understood},
    };

    use super::*;
    use crate::{both_engines, samples};

    fn staged<T>(value: T) -> Staged<T> {
        Staged { value, confidence: 1.0, evidence: vec![], micros: 5 }
    }

    fn turn(sources: Vec<Passage>) -> Turn {
        let en = Language::english();
        let reply = ReplyDraft { text: "Two weeks.".into(), language: en.clone(), sources, discloses_ai: true };
        let intent = IntentGuess { name: Intent::DeliveryTime, confidence: 0.9, in_scope: true, alternatives: vec![] };
        Turn {
            rules: vec![],
            clean: staged(Cleaned { visible: "nul \0".into(), ..Cleaned::default() }),
            language: staged(LanguageGuess { code: en, unsure: false, mixed: false }),
            translate: staged(Translation::default()),
            understand: staged(Understood { intent, also: vec![], entities: vec![] }),
            emotion: staged(Felt { emotion: None, risk: Default::default() }),
            retrieve: staged(Retrieved::default()),
            decide: staged(Decided { decision: Decision::Answer, rule: "answerable".into(), mode: BotMode::Auto, reason: None }),
            act: staged(Acted::default()),
            reply: staged(Some(reply.clone())),
            outcome: Outcome::Reply { reply },
        }
    }

    both_engines!(d1_a_turn_is_kept_whole_and_found_from_both_sides, |store| async move {
        let mut tx = store.begin_at(Moment(7)).await.unwrap();
        let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
        let question = samples::say(&mut tx, inbox, conversation, 1, "how long?").await;
        let answer = tx.insert_message(&samples::message(inbox, conversation, Moment(2), "Two weeks.")).await.unwrap();
        let (article,): (i64,) = sqlx::query_as(
            "insert into articles (key, category, title, body, language, state, updated_at)
             values ('delivery', 'logistics', 'Delivery', 'Two weeks.', 'en', 'approved', 1) returning id",
        )
        .fetch_one(tx.conn())
        .await
        .unwrap();
        let source = Passage {
            article_id: ArticleId(article),
            title: "old title".into(),
            index: 1,
            text: "Two weeks.".into(),
            language: Language::english(),
            score: 0.8,
        };
        let turn = turn(vec![source.clone(), source]);
        tx.insert_turn(conversation, question, Some(answer), &turn).await.unwrap();
        tx.commit().await.unwrap();
        let stored = store.turn_of(question).await.unwrap().unwrap();
        assert_eq!((stored.turn.clone(), stored.at, stored.reply_id), (turn, Moment(7), Some(answer)));
        assert_eq!(store.turn_of(answer).await.unwrap(), Some(stored));
        assert_eq!(store.messages_with_turn(conversation).await.unwrap(), BTreeSet::from([question, answer]));
        let expect = Citation { message_id: answer, article_id: ArticleId(article), title: "Delivery".into(), passage: 1 };
        assert_eq!(store.citations_of(conversation).await.unwrap(), [expect]);
        assert_eq!(store.citation_counts(Moment(7)).await.unwrap(), BTreeMap::from([(ArticleId(article), 1)]));
        assert!(store.citation_counts(Moment(8)).await.unwrap().is_empty());
    });

    both_engines!(a_message_is_answered_by_one_turn, |store| async move {
        let mut tx = store.begin_at(Moment(7)).await.unwrap();
        let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
        let question = samples::say(&mut tx, inbox, conversation, 1, "how long?").await;
        tx.insert_turn(conversation, question, None, &turn(vec![])).await.unwrap();
        let second = tx.insert_turn(conversation, question, None, &turn(vec![])).await;
        assert!(matches!(second, Err(StoreError::Constraint(_))), "{second:?}");
    });
}
