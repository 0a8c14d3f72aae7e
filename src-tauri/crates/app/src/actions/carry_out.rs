//! From the yes to what was read back.

use anyhow::{Context, Result, anyhow, ensure};
use mercator_domain::{
    action::{Action, ActionKind, ActionRequest, ActionState, Plan, check},
    ids::ActionId,
    order::{Order, OrderLine},
    work_order::{NewWorkOrder, WorkKind},
};
use mercator_store::Tx;

use super::{ActionSettings, Asked, Checked, facts::Known, note};
use crate::App;

impl App {
    /// Takes an action on from `from`: whoever comes second gets it as it is by then.
    pub(super) async fn go_on(&self, id: ActionId, from: ActionState, actor: &str) -> Result<Action> {
        let settings = self.action_settings().await?;
        let Some(action) = self.claim(id, from, actor, &settings).await? else { return self.told_action(id).await };
        if let Err(error) = self.carry(&action, actor, &settings).await {
            tracing::error!(code = %crate::views::UserError::from(&error).code, kind = %action.request.kind(), "An action failed");
            // Rolled back: nothing of it is in the orders. The reason in words is for the seller.
            self.end(id, ActionState::Running, ActionState::Failed, actor, &crate::views::UserError::from(&error).message).await?;
        }
        self.told_action(id).await
    }

    async fn told_action(&self, id: ActionId) -> Result<Action> {
        let action = self.store.action(id).await?;
        self.told(&action);
        Ok(action)
    }

    /// Checks again (what was allowed when it was proposed may not be now), and marks it as running; `None` when it does not run.
    async fn claim(&self, id: ActionId, from: ActionState, actor: &str, settings: &ActionSettings) -> Result<Option<Action>> {
        let mut tx = self.store.begin_at(self.now()).await?;
        let action = tx.action(id).await?;
        if action.state != from {
            tx.rollback().await?;
            return Ok(None);
        }
        let (to, why) = match planned(&mut tx, &action, settings).await? {
            Err(refusal) => (ActionState::Failed, refusal.as_str()),
            Ok(plan) if plan.needs_approval && from == ActionState::Proposed => (ActionState::AwaitingApproval, ""),
            Ok(_) => (ActionState::Running, ""),
        };
        let moved = tx.move_action(id, from, to, actor, why).await?;
        let action = tx.action(id).await?;
        note(&mut tx, &action).await?;
        tx.commit().await?;
        Ok((moved && to == ActionState::Running).then_some(action))
    }

    /// Writes the plan and reads it back, or makes the work order; all of it or nothing.
    ///
    /// The plan is made anew in the transaction that writes it: an import meanwhile must not be written over with an older order.
    async fn carry(&self, action: &Action, actor: &str, settings: &ActionSettings) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        let plan = planned(&mut tx, action, settings).await?.map_err(|refusal| anyhow!("The rules forbid it now: {refusal}"))?;
        ensure!(plan.amount == action.amount, "It would move another amount now than the one that was agreed to");
        let end = if settings.kept_here {
            write(&mut tx, action, &plan).await?;
            read_back(&mut tx, action, &plan).await?;
            ActionState::Done
        } else {
            let conversation = action.conversation_id.context("A work order belongs to a conversation")?;
            tx.insert_work_order(conversation, &work_order(action, &plan)).await?;
            ActionState::WorkOrder
        };
        ensure!(tx.move_action(action.id, ActionState::Running, end, actor, "").await?, "The action is no longer running");
        let ended = tx.action(action.id).await?;
        note(&mut tx, &ended).await?;
        tx.commit().await?;
        self.orders_changed();
        Ok(())
    }
}

/// What a stored action would change now. Who it is was shown when it was proposed.
async fn planned(tx: &mut Tx, action: &Action, settings: &ActionSettings) -> Result<Checked> {
    let (contact, conversation, request) = (action.contact_id, action.conversation_id, action.request.clone());
    let asked = Asked { contact, conversation, verified: true, request };
    let known = Known::read(tx, &asked, Some(action.id)).await?;
    Ok(check(&asked.request, &settings.rules, &known.facts(&asked, tx.now())))
}

async fn write(tx: &mut Tx, action: &Action, plan: &Plan) -> Result<()> {
    if let Some(order) = &plan.order {
        tx.put_order(order).await?;
    }
    if let Some(account) = &plan.account {
        tx.put_account(action.contact_id, account).await?;
    }
    Ok(())
}

/// "Done" is said only of what is there when it is read again.
async fn read_back(tx: &mut Tx, action: &Action, plan: &Plan) -> Result<()> {
    if let Some(expect) = &plan.order {
        let stored = tx.order_by_number(&expect.number).await?.context("The order is gone")?;
        ensure!(same(&stored, expect), "The order is not as it should be after the change");
    }
    if let Some(expect) = &plan.account {
        let mut expect = expect.clone();
        expect.payment_methods.sort_by(|a, b| a.id.cmp(&b.id));
        ensure!(tx.account(action.contact_id).await? == expect, "The account is not as it should be after the change");
    }
    Ok(())
}

fn same(stored: &Order, expect: &Order) -> bool {
    stored.status == expect.status
        && stored.total == expect.total
        && stored.address == expect.address
        && stored.lines == expect.lines
        && stored.payments.len() == expect.payments.len()
        && expect.payments.iter().all(|payment| stored.payments.contains(payment))
}

/// What a person must do, with everything that is known.
fn work_order(action: &Action, plan: &Plan) -> NewWorkOrder {
    let kind = match action.request.kind() {
        ActionKind::Cancel | ActionKind::ChangeAddress | ActionKind::ChangeItems | ActionKind::ChangePayment => WorkKind::OrderChange,
        ActionKind::Return | ActionKind::Exchange => WorkKind::Return,
        ActionKind::Refund | ActionKind::Discount => WorkKind::Refund,
        ActionKind::Reship => WorkKind::Reship,
        ActionKind::ChangeAccountAddress => WorkKind::Other,
    };
    NewWorkOrder { kind, details: details(action, plan), order_number: plan.order.as_ref().map(|order| order.number.clone()) }
}

fn details(action: &Action, plan: &Plan) -> String {
    let mut lines = vec![format!("{} (the customer has agreed)", action.request.kind())];
    let title = |sku: &str| {
        plan.order.as_ref().and_then(|order| order.lines.iter().find(|line| line.sku == sku)).map(|line: &OrderLine| line.title.clone())
    };
    match &action.request {
        ActionRequest::Cancel { reason: Some(reason), .. } => lines.push(format!("Reason: {reason}")),
        ActionRequest::ChangeAddress { address, .. } | ActionRequest::ChangeAccountAddress { address } => {
            lines.push(format!("New address: {}", address.one_line()));
        }
        ActionRequest::ChangeItems { swaps, .. } | ActionRequest::Exchange { swaps, .. } => {
            lines.extend(swaps.iter().map(|swap| format!("{} -> {}", swap.from, swap.to)));
        }
        ActionRequest::Return { items, .. } | ActionRequest::Reship { items, .. } => {
            lines.extend(items.iter().map(|sku| format!("{sku} {}", title(sku).unwrap_or_default()).trim().to_owned()));
        }
        _ => {}
    }
    if let Some(amount) = plan.amount {
        let way = if plan.payment_method.is_empty() { String::new() } else { format!(" ({})", plan.payment_method) };
        let what = if amount.minor < 0 { "Back to the customer" } else { "To be paid" };
        let plain = mercator_domain::money::Money::new(amount.minor.abs(), amount.currency);
        lines.push(format!("{what}: {plain}{way}"));
    }
    lines.extend(action.rma.iter().map(|rma| format!("On the parcel: {rma}")));
    lines.join("\n")
}
