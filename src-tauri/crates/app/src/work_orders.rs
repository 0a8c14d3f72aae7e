//! Work orders: what an agent notes down to be done outside of a conversation, and ticks off.

use anyhow::Result;
use mercator_domain::{
    entity::comparable_number,
    ids::{ConversationId, WorkOrderId},
    work_order::{NewWorkOrder, WorkOrder, WorkState},
};

use crate::{App, error::refuse};

/// More than this is no note but a document.
const MAX_DETAILS: usize = 4000;

impl App {
    /// Makes a work order for a conversation.
    pub async fn add_work_order(&self, id: ConversationId, new: &NewWorkOrder) -> Result<WorkOrderId> {
        let details = new.details.trim();
        if details.is_empty() {
            return Err(refuse("The work order says nothing", "Write what is to be done."));
        }
        if details.chars().count() > MAX_DETAILS {
            return Err(refuse("The work order is too long", format!("Say it in at most {MAX_DETAILS} characters.")));
        }
        let number = new.order_number.as_deref().map(str::trim).filter(|number| !number.is_empty());
        let order = match number {
            Some(number) => Some(self.known_order(number).await?),
            None => None,
        };
        let new = NewWorkOrder { kind: new.kind, details: details.to_owned(), order_number: order };
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.conversation(id).await?;
        let made = tx.insert_work_order(id, &new).await?;
        // The audit says who and what kind; the details are the customer's matter and stay in the row, where an erasure finds them.
        let detail = serde_json::json!({ "conversation": id, "kind": new.kind });
        tx.insert_audit(&self.member.name, "work_order.add", &made.to_string(), &detail).await?;
        self.finish(tx, id).await?;
        Ok(made)
    }

    /// Changes the state of a work order as the agent saw it; refused when somebody else was quicker.
    pub async fn set_work_order_state(&self, id: WorkOrderId, seen_version: i32, state: WorkState) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        let conversation = tx.set_work_order_state(id, seen_version, state).await?;
        let detail = serde_json::json!({ "conversation": conversation, "state": state });
        tx.insert_audit(&self.member.name, "work_order.state", &id.to_string(), &detail).await?;
        self.finish(tx, conversation).await
    }

    /// The work orders of a conversation, the open ones first.
    pub async fn work_orders(&self, id: ConversationId) -> Result<Vec<WorkOrder>> {
        Ok(self.store.work_orders(id).await?)
    }

    /// The shop's own writing of an order's number.
    async fn known_order(&self, number: &str) -> Result<String> {
        let found = self.store.order_by_number(&comparable_number(number)).await?;
        found.map(|order| order.number).ok_or_else(|| refuse(format!("There is no order {number}"), "Check the number, or leave it out."))
    }
}
