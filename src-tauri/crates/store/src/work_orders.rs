//! Work orders: what a person must do outside of a conversation.

use mercator_domain::{
    ids::{ConversationId, WorkOrderId},
    work_order::{NewWorkOrder, WorkOrder, WorkState},
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
        kind: row.word("kind")?,
        details: row.text("details")?,
        order_number: row.maybe_text("order_number")?,
        state: row.word("state")?,
        at: row.moment("at")?,
        changed_at: row.moment("changed_at")?,
        version: row.small("version")?,
    })
}

impl Store {
    /// The work orders of a conversation: the open ones first, then the newest.
    pub async fn work_orders(&self, conversation: ConversationId) -> Result<Vec<WorkOrder>, StoreError> {
        let rows = sqlx::query(
            "select id, conversation_id, kind, details, order_number, state, at, changed_at, version from work_orders
             where conversation_id = $1 order by case when state = 'open' then 0 else 1 end, at desc, id desc",
        )
        .bind(conversation.get())
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(each(&rows, work_order)?)
    }

    /// Work orders of all conversations with a row above `after`, by rows: for the export.
    pub async fn work_orders_after(&self, after: WorkOrderId, limit: i64) -> Result<Vec<WorkOrder>, StoreError> {
        let rows = sqlx::query(
            "select id, conversation_id, kind, details, order_number, state, at, changed_at, version from work_orders
             where id > $1 order by id limit $2",
        )
        .bind(after.get())
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(each(&rows, work_order)?)
    }
}

impl Tx {
    /// Makes a work order now.
    pub async fn insert_work_order(&mut self, conversation: ConversationId, new: &NewWorkOrder) -> Result<WorkOrderId, StoreError> {
        let now = self.now();
        let row = sqlx::query(
            "insert into work_orders (conversation_id, kind, details, order_number, at, changed_at) values ($1, $2, $3, $4, $5, $5)
             returning id",
        )
        .bind(conversation.get())
        .bind(new.kind.as_str())
        .bind(new.details.as_str())
        .bind(new.order_number.as_deref())
        .bind(now.ms())
        .fetch_one(self.conn())
        .await?;
        self.changed(ChangeKind::Conversation, conversation.get());
        Ok(row.id("id")?)
    }

    /// Changes the state of a work order as it was read; gives its conversation. [`StoreError::Conflict`] when its version is no longer
    /// the one that was read.
    pub async fn set_work_order_state(&mut self, id: WorkOrderId, seen: i32, state: WorkState) -> Result<ConversationId, StoreError> {
        let now = self.now();
        // `done` is what a version before this one reads.
        let row = sqlx::query(
            "update work_orders set state = $3, done = $4, changed_at = $5, version = version + 1
             where id = $1 and version = $2 returning conversation_id",
        )
        .bind(id.get())
        .bind(seen)
        .bind(state.as_str())
        .bind(flag(state != WorkState::Open))
        .bind(now.ms())
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else {
            let known = sqlx::query("select id from work_orders where id = $1").bind(id.get()).fetch_optional(self.conn()).await?;
            return Err(if known.is_some() { StoreError::Conflict } else { StoreError::NotFound });
        };
        let conversation: ConversationId = row.id("conversation_id")?;
        self.changed(ChangeKind::Conversation, conversation.get());
        Ok(conversation)
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::{moment::Moment, work_order::WorkKind};

    use super::*;
    use crate::{both_engines, people};

    fn refund() -> NewWorkOrder {
        NewWorkOrder { kind: WorkKind::Refund, details: "EUR 19.90, the glass is broken".into(), order_number: Some("W1001".into()) }
    }

    both_engines!(a_work_order_is_read_back_and_open_ones_come_first, |store| async move {
        let mut tx = store.begin_at(Moment(3)).await.unwrap();
        let conversation = people::one_conversation(&mut tx).await;
        let id = tx.insert_work_order(conversation, &refund()).await.unwrap();
        tx.commit().await.unwrap();
        let expect = WorkOrder {
            id,
            conversation_id: conversation,
            kind: WorkKind::Refund,
            details: "EUR 19.90, the glass is broken".into(),
            order_number: Some("W1001".into()),
            state: WorkState::Open,
            at: Moment(3),
            changed_at: Moment(3),
            version: 1,
        };
        assert_eq!(store.work_orders(conversation).await.unwrap(), std::slice::from_ref(&expect));
        let mut tx = store.begin_at(Moment(4)).await.unwrap();
        let later = NewWorkOrder { kind: WorkKind::Reship, order_number: None, ..refund() };
        let second = tx.insert_work_order(conversation, &later).await.unwrap();
        assert_eq!(tx.set_work_order_state(second, 1, WorkState::Done).await.unwrap(), conversation);
        tx.commit().await.unwrap();
        let listed = store.work_orders(conversation).await.unwrap();
        assert_eq!(listed.iter().map(|w| (w.id, w.state)).collect::<Vec<_>>(), [(id, WorkState::Open), (second, WorkState::Done)]);
        assert_eq!(store.work_orders_after(WorkOrderId(0), 1).await.unwrap(), [expect]);
        assert_eq!(store.work_orders_after(id, 10).await.unwrap().len(), 1);
    });

    both_engines!(a_change_of_an_older_version_is_refused, |store| async move {
        let mut tx = store.begin_at(Moment(3)).await.unwrap();
        let conversation = people::one_conversation(&mut tx).await;
        let id = tx.insert_work_order(conversation, &refund()).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.begin_at(Moment(4)).await.unwrap();
        tx.set_work_order_state(id, 1, WorkState::Done).await.unwrap();
        let late = tx.set_work_order_state(id, 1, WorkState::Cancelled).await;
        assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
        let none = tx.set_work_order_state(WorkOrderId(id.get() + 9), 1, WorkState::Done).await;
        assert!(matches!(none, Err(StoreError::NotFound)), "{none:?}");
        tx.set_work_order_state(id, 2, WorkState::Open).await.unwrap();
        tx.commit().await.unwrap();
        let [stored] = &store.work_orders(conversation).await.unwrap()[..] else { panic!() };
        assert_eq!((stored.state, stored.version, stored.changed_at, stored.at), (WorkState::Open, 3, Moment(4), Moment(3)));
    });
}
