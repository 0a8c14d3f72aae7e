//! What an agent has typed and not sent: one value a conversation and member. Its shape is the composer's, so it is kept as JSON.

use mercator_domain::ids::{ConversationId, MemberId};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Store, StoreError, Tx,
    columns::{Columns, json_text},
};

impl Store {
    /// The draft of a member in a conversation.
    pub async fn draft<T: DeserializeOwned>(&self, conversation: ConversationId, member: MemberId) -> Result<Option<T>, StoreError> {
        let row = sqlx::query("select draft from drafts where conversation_id = $1 and member_id = $2")
            .bind(conversation.get())
            .bind(member.get())
            .fetch_optional(&mut *self.read().await?)
            .await?;
        Ok(row.map(|row| row.json("draft")).transpose()?)
    }
}

impl Tx {
    /// Keeps a draft. No change is noted for other instances: it is nobody else's.
    pub async fn set_draft<T: Serialize>(&mut self, conversation: ConversationId, member: MemberId, draft: &T) -> Result<(), StoreError> {
        let now = self.now();
        sqlx::query(
            "insert into drafts (conversation_id, member_id, draft, updated_at) values ($1, $2, $3, $4)
             on conflict (conversation_id, member_id) do update set draft = excluded.draft, updated_at = excluded.updated_at",
        )
        .bind(conversation.get())
        .bind(member.get())
        .bind(json_text(draft)?)
        .bind(now.ms())
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Forgets a draft.
    pub async fn remove_draft(&mut self, conversation: ConversationId, member: MemberId) -> Result<(), StoreError> {
        sqlx::query("delete from drafts where conversation_id = $1 and member_id = $2")
            .bind(conversation.get())
            .bind(member.get())
            .execute(self.conn())
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::moment::Moment;

    use crate::{both_engines, people};

    both_engines!(b9_a_draft_is_kept_for_its_conversation_and_member, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let conversation = people::one_conversation(&mut tx).await;
        let (ann, bo) = (people::agent(&mut tx, "Ann").await, people::agent(&mut tx, "Bo").await);
        tx.set_draft(conversation, ann, &("Dear", 4)).await.unwrap();
        tx.set_draft(conversation, ann, &("Dear Ana", 8)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.draft(conversation, ann).await.unwrap(), Some(("Dear Ana".to_owned(), 8)));
        assert_eq!(store.draft::<(String, i32)>(conversation, bo).await.unwrap(), None);
        let mut tx = store.begin_at(Moment(2)).await.unwrap();
        tx.remove_draft(conversation, ann).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.draft::<(String, i32)>(conversation, ann).await.unwrap(), None);
    });
}
