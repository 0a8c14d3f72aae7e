//! Work orders: what a person must do outside of a conversation.

use mercator_domain::{
    ids::{ConversationId, WorkOrderId},
    team::WorkOrder,
};
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, flag},
};

fn work_order(row: &AnyRow) -> sqlx::Result<WorkOrder> {
    Ok(WorkOrder {
        id: row.id("id")?,
        conversation_id: row.id("conversation_id")?,
        kind: row.text("kind")?,
        details: row.text("details")?,
        done: row.flag("done")?,
        at: row.moment("at")?,
    })
}

impl Store {
    /// The work orders of a conversation, oldest first.
    pub async fn work_orders(&self, conversation: ConversationId) -> Result<Vec<WorkOrder>, StoreError> {
        let rows =
            sqlx::query("select id, conversation_id, kind, details, done, at from work_orders where conversation_id = $1 order by at, id")
                .bind(conversation.get())
                .fetch_all(&mut *self.read().await?)
                .await?;
        Ok(each(&rows, work_order)?)
    }

    /// Every work order that nobody has done yet, oldest first.
    pub async fn open_work_orders(&self) -> Result<Vec<WorkOrder>, StoreError> {
        let rows = sqlx::query("select id, conversation_id, kind, details, done, at from work_orders where done = 0 order by at, id")
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(each(&rows, work_order)?)
    }
}

impl Tx {
    /// Makes a work order now.
    pub async fn insert_work_order(&mut self, conversation: ConversationId, kind: &str, details: &str) -> Result<WorkOrderId, StoreError> {
        let now = self.now();
        let row = sqlx::query("insert into work_orders (conversation_id, kind, details, at) values ($1, $2, $3, $4) returning id")
            .bind(conversation.get())
            .bind(kind)
            .bind(details)
            .bind(now.ms())
            .fetch_one(self.conn())
            .await?;
        self.changed(ChangeKind::Conversation, conversation.get());
        Ok(row.id("id")?)
    }

    /// Marks it as done or not; gives whether that is new.
    pub async fn set_work_order_done(&mut self, id: WorkOrderId, done: bool) -> Result<bool, StoreError> {
        let row = sqlx::query("update work_orders set done = $2 where id = $1 and done <> $2 returning conversation_id")
            .bind(id.get())
            .bind(flag(done))
            .fetch_optional(self.conn())
            .await?;
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

    both_engines!(a_work_order_is_open_until_it_is_done, |store| async move {
        let mut tx = store.begin_at(Moment(3)).await.unwrap();
        let conversation = people::one_conversation(&mut tx).await;
        let id = tx.insert_work_order(conversation, "refund", "W1001, EUR 19.90").await.unwrap();
        tx.commit().await.unwrap();
        let expect = WorkOrder {
            id,
            conversation_id: conversation,
            kind: "refund".into(),
            details: "W1001, EUR 19.90".into(),
            done: false,
            at: Moment(3),
        };
        assert_eq!(store.open_work_orders().await.unwrap(), [expect]);
        let mut tx = store.begin_at(Moment(4)).await.unwrap();
        assert!(tx.set_work_order_done(id, true).await.unwrap());
        assert!(!tx.set_work_order_done(id, true).await.unwrap());
        tx.commit().await.unwrap();
        assert!(store.open_work_orders().await.unwrap().is_empty());
        assert!(store.work_orders(conversation).await.unwrap()[0].done);
    });
}
