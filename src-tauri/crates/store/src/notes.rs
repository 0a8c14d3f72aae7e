//! Internal notes. They are rows of their own and no messages, so no path of the outbox can reach one.

use mercator_domain::{
    ids::{ConversationId, MemberId, NoteId},
    team::Note,
};
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each},
};

fn note(row: &AnyRow) -> sqlx::Result<Note> {
    Ok(Note {
        id: row.id("id")?,
        conversation_id: row.id("conversation_id")?,
        member_id: row.id("member_id")?,
        text: row.text("text")?,
        at: row.moment("at")?,
    })
}

impl Store {
    /// The notes of a conversation, oldest first.
    pub async fn notes(&self, conversation: ConversationId) -> Result<Vec<Note>, StoreError> {
        let rows = sqlx::query("select id, conversation_id, member_id, text, at from notes where conversation_id = $1 order by at, id")
            .bind(conversation.get())
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(each(&rows, note)?)
    }
}

impl Tx {
    /// Adds a note now.
    pub async fn insert_note(&mut self, conversation: ConversationId, by: MemberId, text: &str) -> Result<NoteId, StoreError> {
        let now = self.now();
        let row = sqlx::query("insert into notes (conversation_id, member_id, text, at) values ($1, $2, $3, $4) returning id")
            .bind(conversation.get())
            .bind(by.get())
            .bind(text)
            .bind(now.ms())
            .fetch_one(self.conn())
            .await?;
        self.changed(ChangeKind::Conversation, conversation.get());
        Ok(row.id("id")?)
    }

    /// Removes a note; gives whether it was there.
    pub async fn delete_note(&mut self, id: NoteId) -> Result<bool, StoreError> {
        let row =
            sqlx::query("delete from notes where id = $1 returning conversation_id").bind(id.get()).fetch_optional(self.conn()).await?;
        if let Some(row) = &row {
            self.changed(ChangeKind::Conversation, row.number("conversation_id")?);
        }
        Ok(row.is_some())
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::moment::Moment;

    use super::*;
    use crate::{both_engines, people};

    both_engines!(b10_a_note_is_in_its_conversation_and_in_no_outbox, |store| async move {
        let mut tx = store.begin_at(Moment(7)).await.unwrap();
        let conversation = people::one_conversation(&mut tx).await;
        let ann = people::agent(&mut tx, "Ann").await;
        let id = tx.insert_note(conversation, ann, "Call @Bo").await.unwrap();
        let other = tx.insert_note(conversation, ann, "again").await.unwrap();
        assert!(tx.delete_note(other).await.unwrap());
        assert!(!tx.delete_note(other).await.unwrap());
        for text in ["select count(*) as n from messages", "select count(*) as n from outbox"] {
            assert_eq!(sqlx::query(text).fetch_one(tx.conn()).await.unwrap().number("n").unwrap(), 0);
        }
        tx.commit().await.unwrap();
        let expect = Note { id, conversation_id: conversation, member_id: ann, text: "Call @Bo".into(), at: Moment(7) };
        assert_eq!(store.notes(conversation).await.unwrap(), [expect]);
    });
}
