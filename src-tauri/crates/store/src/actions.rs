//! Actions on orders and accounts: proposed, agreed to, done.

use mercator_domain::{
    action::{Action, ActionKind, ActionState, NewAction},
    ids::{ActionId, ContactId, ConversationId, MessageId, OrderId},
};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, json_text},
    statement::Statement,
};

const COLUMNS: &str = "select id, conversation_id, contact_id, order_id, request, amount_minor, currency, state, rma, actor, why, at,
    changed_at, version from actions";

fn action(row: &AnyRow) -> sqlx::Result<Action> {
    let amount = match row.maybe_number("amount_minor")? {
        Some(_) => Some(row.money("amount_minor", "currency")?),
        None => None,
    };
    Ok(Action {
        id: row.id("id")?,
        conversation_id: row.maybe_id("conversation_id")?,
        contact_id: row.id("contact_id")?,
        order_id: row.maybe_id("order_id")?,
        request: row.json("request")?,
        amount,
        state: row.word("state")?,
        rma: row.maybe_text("rma")?,
        actor: row.text("actor")?,
        why: row.text("why")?,
        at: row.moment("at")?,
        changed_at: row.moment("changed_at")?,
        version: row.small("version")?,
    })
}

async fn list(connection: &mut AnyConnection, statement: Statement) -> Result<Vec<Action>, StoreError> {
    Ok(each(&statement.rows(connection).await?, action)?)
}

fn of_order(order: OrderId) -> Statement {
    Statement::new(COLUMNS).push(" where order_id = ").bind(order.get()).push(" order by id")
}

fn of_conversation(conversation: ConversationId) -> Statement {
    Statement::new(COLUMNS).push(" where conversation_id = ").bind(conversation.get()).push(" order by id")
}

impl Store {
    /// One action.
    pub async fn action(&self, id: ActionId) -> Result<Action, StoreError> {
        let statement = Statement::new(COLUMNS).push(" where id = ").bind(id.get());
        list(&mut *self.read().await?, statement).await?.pop().ok_or(StoreError::NotFound)
    }

    /// What was asked for on an order, oldest first.
    pub async fn actions_of_order(&self, order: OrderId) -> Result<Vec<Action>, StoreError> {
        list(&mut *self.read().await?, of_order(order)).await
    }

    /// What was asked for in a conversation, oldest first.
    pub async fn actions_of_conversation(&self, conversation: ConversationId) -> Result<Vec<Action>, StoreError> {
        list(&mut *self.read().await?, of_conversation(conversation)).await
    }

    /// The action that a message of ours restates.
    pub async fn action_of_message(&self, message: MessageId) -> Result<Option<Action>, StoreError> {
        let statement = Statement::new(COLUMNS).push(" where message_id = ").bind(message.get()).push(" order by id desc limit 1");
        Ok(list(&mut *self.read().await?, statement).await?.pop())
    }

    /// Actions with a row above `after`, by rows: for the export.
    pub async fn actions_after(&self, after: ActionId, limit: i64) -> Result<Vec<Action>, StoreError> {
        let statement = Statement::new(COLUMNS).push(" where id > ").bind(after.get()).push(" order by id limit ").bind(limit);
        list(&mut *self.read().await?, statement).await
    }

    /// The actions in a state, those that wait longest first.
    pub async fn actions_in(&self, state: ActionState, limit: i64) -> Result<Vec<Action>, StoreError> {
        let statement = Statement::new(COLUMNS).push(" where state = ").bind(state.as_str().to_owned());
        list(&mut *self.read().await?, statement.push(" order by at, id limit ").bind(limit)).await
    }
}

impl Tx {
    /// As [`Store::action`].
    pub async fn action(&mut self, id: ActionId) -> Result<Action, StoreError> {
        let statement = Statement::new(COLUMNS).push(" where id = ").bind(id.get());
        list(self.conn(), statement).await?.pop().ok_or(StoreError::NotFound)
    }

    /// As [`Store::actions_of_order`].
    pub async fn actions_of_order(&mut self, order: OrderId) -> Result<Vec<Action>, StoreError> {
        list(self.conn(), of_order(order)).await
    }

    /// As [`Store::actions_of_conversation`].
    pub async fn actions_of_conversation(&mut self, conversation: ConversationId) -> Result<Vec<Action>, StoreError> {
        list(self.conn(), of_conversation(conversation)).await
    }

    /// The kinds and states of what was asked for on an account as a whole.
    pub async fn account_actions(&mut self, contact: ContactId) -> Result<Vec<(ActionKind, ActionState)>, StoreError> {
        let statement = Statement::new(COLUMNS).push(" where order_id is null and contact_id = ").bind(contact.get());
        let found = list(self.conn(), statement.push(" order by id")).await?;
        Ok(found.iter().map(|action| (action.request.kind(), action.state)).collect())
    }

    /// Stores an action; what is sent back gets a number from its row.
    pub async fn insert_action(&mut self, new: &NewAction) -> Result<Action, StoreError> {
        let now = self.now();
        let kind = new.request.kind();
        let row = sqlx::query(
            "insert into actions (conversation_id, contact_id, order_id, kind, request, amount_minor, currency, state, actor, at, changed_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) returning id",
        )
        .bind(new.conversation_id.map(ConversationId::get))
        .bind(new.contact_id.get())
        .bind(new.order_id.map(OrderId::get))
        .bind(kind.as_str())
        .bind(json_text(&new.request)?)
        .bind(new.amount.map(|amount| amount.minor))
        .bind(new.amount.map(|amount| amount.currency.code().to_owned()))
        .bind(new.state.as_str())
        .bind(new.actor.as_str())
        .bind(now.ms())
        .fetch_one(self.conn())
        .await?;
        let id: ActionId = row.id("id")?;
        if matches!(kind, ActionKind::Return | ActionKind::Exchange) {
            let rma = format!("RMA-{:05}", id.get());
            sqlx::query("update actions set rma = $2 where id = $1").bind(id.get()).bind(rma).execute(self.conn()).await?;
        }
        self.tell_of(new.conversation_id);
        self.action(id).await
    }

    /// Notes which message of ours restates an action: the customer's next words are the answer to it.
    pub async fn set_restated(&mut self, id: ActionId, message: MessageId) -> Result<(), StoreError> {
        let done = sqlx::query("update actions set message_id = $2 where id = $1").bind(id.get()).bind(message.get());
        let done = done.execute(self.conn()).await?;
        self.found(done.rows_affected())
    }

    /// Takes an action from one state to the next; false when it is no longer in that state, so that whoever comes second does nothing.
    pub async fn move_action(
        &mut self,
        id: ActionId,
        from: ActionState,
        to: ActionState,
        actor: &str,
        why: &str,
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let row = sqlx::query(
            "update actions set state = $3, actor = $4, why = $5, changed_at = $6, version = version + 1 where id = $1 and state = $2
             returning conversation_id",
        )
        .bind(id.get())
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(actor)
        .bind(why)
        .bind(now.ms())
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(false) };
        let conversation = row.maybe_id("conversation_id")?;
        self.tell_of(conversation);
        Ok(true)
    }

    fn tell_of(&mut self, conversation: Option<ConversationId>) {
        self.changed(ChangeKind::Order, 0);
        if let Some(id) = conversation {
            self.changed(ChangeKind::Conversation, id.get());
        }
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::{
        action::ActionRequest,
        moment::Moment,
        money::{Currency, Money},
    };

    use super::*;
    use crate::{both_engines, samples};

    both_engines!(e9_an_action_goes_from_state_to_state_once, |store| async move {
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let (_, contact, conversation) = samples::world(&mut tx, "Ana").await;
        let new = NewAction {
            conversation_id: Some(conversation),
            contact_id: contact,
            order_id: None,
            request: ActionRequest::Return { order: "W1".into(), items: vec!["A".into()], payment_method: None },
            amount: Some(Money::new(-500, Currency::parse("USD").unwrap())),
            state: ActionState::Proposed,
            actor: "bot".into(),
        };
        let stored = tx.insert_action(&new).await.unwrap();
        assert_eq!((stored.amount, stored.at, stored.version), (new.amount, Moment(5), 1));
        assert_eq!(stored.rma, Some(format!("RMA-{:05}", stored.id.get())));
        tx.commit().await.unwrap();
        assert_eq!(store.actions_in(ActionState::Proposed, 9).await.unwrap(), std::slice::from_ref(&stored));
        let mut tx = store.begin_at(Moment(6)).await.unwrap();
        let run = (ActionState::Proposed, ActionState::Running);
        assert!(tx.move_action(stored.id, run.0, run.1, "customer", "").await.unwrap());
        assert!(!tx.move_action(stored.id, run.0, run.1, "customer", "").await.unwrap(), "the second comes too late");
        assert!(tx.move_action(stored.id, run.1, ActionState::Failed, "bot", "the shop is away").await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = store.begin_at(Moment(7)).await.unwrap();
        let question = crate::people::message(&mut tx, 1, conversation).await;
        tx.set_restated(stored.id, question).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.action_of_message(question).await.unwrap().map(|action| action.id), Some(stored.id));
        assert_eq!(store.action_of_message(MessageId(999_999)).await.unwrap(), None);
        let end = store.action(stored.id).await.unwrap();
        assert_eq!((end.state, end.version, end.why.as_str(), end.changed_at), (ActionState::Failed, 3, "the shop is away", Moment(6)));
        assert_eq!(store.actions_of_conversation(conversation).await.unwrap(), [end]);
        assert!(matches!(store.action(ActionId(999)).await, Err(StoreError::NotFound)));
    });
}
