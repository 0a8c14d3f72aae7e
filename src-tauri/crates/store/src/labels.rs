//! Labels: coloured marks, and which conversations bear them.

use std::collections::BTreeMap;

use mercator_domain::{
    ids::{ConversationId, LabelId},
    team::Label,
};
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each},
    statement::Statement,
};

fn label(row: &AnyRow) -> sqlx::Result<Label> {
    Ok(Label { id: row.id("id")?, name: row.text("name")?, colour: row.text("colour")? })
}

impl Store {
    /// Every label, by name.
    pub async fn labels(&self) -> Result<Vec<Label>, StoreError> {
        let rows = sqlx::query("select id, name, colour from labels order by name").fetch_all(&mut *self.read().await?).await?;
        Ok(each(&rows, label)?)
    }

    /// The labels of some conversations, by name; conversations without any are left out.
    pub async fn labels_of(&self, conversations: &[ConversationId]) -> Result<BTreeMap<ConversationId, Vec<Label>>, StoreError> {
        let rows = Statement::new(
            "select c.conversation_id, l.id, l.name, l.colour from conversation_labels c
             join labels l on l.id = c.label_id where c.conversation_id in ",
        )
        .list(conversations.iter().map(|c| c.get()))
        .push(" order by c.conversation_id, l.name")
        .rows(&mut *self.read().await?)
        .await?;
        let mut found: BTreeMap<ConversationId, Vec<Label>> = BTreeMap::new();
        for row in &rows {
            found.entry(row.id("conversation_id")?).or_default().push(label(row)?);
        }
        Ok(found)
    }
}

impl Tx {
    /// Makes a label, or gives an existing one another colour; the name is kept in lower case.
    pub async fn put_label(&mut self, name: &str, colour: &str) -> Result<LabelId, StoreError> {
        let row = sqlx::query(
            "insert into labels (name, colour) values ($1, $2) on conflict (name) do update set colour = excluded.colour
             returning id",
        )
        .bind(name.trim().to_lowercase())
        .bind(colour)
        .fetch_one(self.conn())
        .await?;
        self.changed(ChangeKind::Settings, 0);
        Ok(row.id("id")?)
    }

    /// The label with this name, in any case.
    pub async fn label_named(&mut self, name: &str) -> Result<Option<Label>, StoreError> {
        let row = sqlx::query("select id, name, colour from labels where name = $1").bind(name.trim().to_lowercase());
        Ok(row.fetch_optional(self.conn()).await?.as_ref().map(label).transpose()?)
    }

    /// Removes a label everywhere.
    pub async fn delete_label(&mut self, id: LabelId) -> Result<(), StoreError> {
        for text in ["delete from conversation_labels where label_id = $1", "delete from labels where id = $1"] {
            sqlx::query(text).bind(id.get()).execute(self.conn()).await?;
        }
        self.changed(ChangeKind::Settings, 0);
        Ok(())
    }

    /// Marks a conversation; gives whether it was not marked before.
    pub async fn add_label(&mut self, conversation: ConversationId, id: LabelId) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "insert into conversation_labels (conversation_id, label_id) values ($1, $2)
             on conflict (conversation_id, label_id) do nothing",
        )
        .bind(conversation.get())
        .bind(id.get())
        .execute(self.conn())
        .await?;
        self.changed(ChangeKind::Conversation, conversation.get());
        Ok(done.rows_affected() > 0)
    }

    /// Takes a mark away; gives whether it was there.
    pub async fn remove_label(&mut self, conversation: ConversationId, id: LabelId) -> Result<bool, StoreError> {
        let done = sqlx::query("delete from conversation_labels where conversation_id = $1 and label_id = $2")
            .bind(conversation.get())
            .bind(id.get())
            .execute(self.conn())
            .await?;
        self.changed(ChangeKind::Conversation, conversation.get());
        Ok(done.rows_affected() > 0)
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::moment::Moment;

    use super::*;
    use crate::{both_engines, people};

    both_engines!(labels_are_put_on_and_taken_off, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let conversation = people::one_conversation(&mut tx).await;
        let refund = tx.put_label(" Refund ", "red").await.unwrap();
        assert_eq!(tx.put_label("refund", "amber").await.unwrap(), refund);
        let vip = tx.put_label("vip", "blue").await.unwrap();
        assert!(tx.add_label(conversation, vip).await.unwrap());
        assert!(tx.add_label(conversation, refund).await.unwrap());
        assert!(!tx.add_label(conversation, refund).await.unwrap());
        assert_eq!(tx.label_named("REFUND").await.unwrap().map(|l| l.colour).as_deref(), Some("amber"));
        tx.commit().await.unwrap();
        let names = |labels: &[Label]| labels.iter().map(|l| l.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&store.labels().await.unwrap()), ["refund", "vip"]);
        let of = store.labels_of(&[conversation, ConversationId(9)]).await.unwrap();
        assert_eq!(of.len(), 1);
        assert_eq!(names(&of[&conversation]), ["refund", "vip"]);

        let mut tx = store.begin_at(Moment(2)).await.unwrap();
        assert!(tx.remove_label(conversation, vip).await.unwrap());
        assert!(!tx.remove_label(conversation, vip).await.unwrap());
        tx.delete_label(refund).await.unwrap();
        tx.commit().await.unwrap();
        assert!(store.labels_of(&[conversation]).await.unwrap().is_empty());
        assert_eq!(names(&store.labels().await.unwrap()), ["vip"]);
    });
}
