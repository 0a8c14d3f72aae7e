//! Corrected emotions: what the bot said of a message's feeling and what a person says. The text stands in `messages` only.

use mercator_domain::{emotion::EmotionLevel, ids::MessageId, moment::Moment};
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each},
};

/// How often one level was corrected to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmotionCorrections {
    /// What the bot had said.
    pub from: EmotionLevel,
    /// What people said.
    pub to: EmotionLevel,
    /// How often.
    pub count: i64,
}

/// A corrected message, with what is needed to know the same words again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectedMessage {
    /// What was written.
    pub text: String,
    /// The writer's name.
    pub contact: String,
    /// What a person said of it.
    pub level: EmotionLevel,
    /// When.
    pub at: Moment,
}

fn pair(row: &AnyRow) -> sqlx::Result<EmotionCorrections> {
    Ok(EmotionCorrections { from: row.word("from_level")?, to: row.word("to_level")?, count: row.number("n")? })
}

fn corrected(row: &AnyRow) -> sqlx::Result<CorrectedMessage> {
    Ok(CorrectedMessage { text: row.text("text")?, contact: row.text("name")?, level: row.word("to_level")?, at: row.moment("at")? })
}

impl Store {
    /// How many messages have an emotion, and what was corrected of it, the most frequent first.
    pub async fn emotion_corrections(&self) -> Result<(i64, Vec<EmotionCorrections>), StoreError> {
        let mut conn = self.read().await?;
        let (all,): (i64,) = sqlx::query_as("select count(*) from messages where emotion is not null").fetch_one(&mut *conn).await?;
        let rows = sqlx::query(
            "select from_level, to_level, count(*) as n from emotion_corrections group by from_level, to_level
             order by n desc, from_level, to_level",
        )
        .fetch_all(&mut *conn)
        .await?;
        Ok((all, each(&rows, pair)?))
    }

    /// The messages that were corrected last, newest first.
    pub async fn corrected_messages(&self, limit: i64) -> Result<Vec<CorrectedMessage>, StoreError> {
        let rows = sqlx::query(
            "select m.text, p.name, e.to_level, e.at from emotion_corrections e join messages m on m.id = e.message_id
             join conversations c on c.id = m.conversation_id join contacts p on p.id = c.contact_id order by e.at desc limit $1",
        )
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(each(&rows, corrected)?)
    }
}

impl Tx {
    /// Notes that a person reads a message at another level now. Of several corrections the bot's own word and the last one stay;
    /// when they agree, nothing was corrected.
    pub async fn put_emotion_correction(
        &mut self,
        message: MessageId,
        from: EmotionLevel,
        to: EmotionLevel,
        member: &str,
    ) -> Result<(), StoreError> {
        let now = self.now().ms();
        sqlx::query(
            "insert into emotion_corrections (message_id, from_level, to_level, member, at) values ($1, $2, $3, $4, $5)
             on conflict (message_id) do update set to_level = excluded.to_level, member = excluded.member, at = excluded.at",
        )
        .bind(message.get())
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(member)
        .bind(now)
        .execute(self.conn())
        .await?;
        sqlx::query("delete from emotion_corrections where message_id = $1 and from_level = to_level")
            .bind(message.get())
            .execute(self.conn())
            .await?;
        self.changed(ChangeKind::Understanding, 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::emotion::{Emotion, Sentiment};

    use super::*;
    use crate::{both_engines, samples, statement::Statement};

    fn emotion(level: EmotionLevel) -> Emotion {
        Emotion { level, sentiment: Sentiment::Negative, anger: 0.9, urgency: 0.0, cues: vec![], trend: None }
    }

    both_engines!(f4_corrections_are_kept_once_a_message_and_counted_by_pair, |store| async move {
        use EmotionLevel::{Angry, Calm, Upset};
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
        let mut ids = vec![];
        for at in 1..=4 {
            let id = samples::say(&mut tx, inbox, conversation, at, &format!("words {at}")).await;
            tx.set_message_understanding(id, None, (at < 4).then(|| emotion(Angry)).as_ref(), None).await.unwrap();
            ids.push(id);
        }
        tx.put_emotion_correction(ids[0], Angry, Upset, "Ann").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.begin_at(Moment(9)).await.unwrap();
        // The second word of a person counts, from what the bot had said.
        tx.put_emotion_correction(ids[0], Upset, Calm, "Bo").await.unwrap();
        tx.put_emotion_correction(ids[1], Angry, Calm, "Bo").await.unwrap();
        tx.put_emotion_correction(ids[2], Angry, Upset, "Bo").await.unwrap();
        tx.commit().await.unwrap();
        let count = |from, to, count| EmotionCorrections { from, to, count };
        assert_eq!(store.emotion_corrections().await.unwrap(), (3, vec![count(Angry, Calm, 2), count(Angry, Upset, 1)]));
        let mut tx = store.begin_at(Moment(10)).await.unwrap();
        tx.put_emotion_correction(ids[2], Upset, Angry, "Bo").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.emotion_corrections().await.unwrap().1, [count(Angry, Calm, 2)], "taken back");
        let words = store.corrected_messages(9).await.unwrap();
        assert_eq!(words.iter().map(|c| (c.contact.as_str(), c.level)).collect::<Vec<_>>(), [("Ana", Calm), ("Ana", Calm)]);
        assert_eq!(store.corrected_messages(1).await.unwrap().len(), 1);
    });

    #[tokio::test]
    async fn messages_with_an_emotion_are_counted_from_their_index() {
        let store = Store::memory().await.unwrap();
        let statement = Statement::new("select count(*) from messages where emotion is not null");
        let plan = statement.plan(&mut store.read().await.unwrap()).await;
        assert!(plan.contains("messages_with_emotion"), "{plan}");
    }
}
