//! Actions in a conversation: what a turn has restated is stored with the message that restates it, and what the customer goes past is
//! given up.

use anyhow::{Result, ensure};
use mercator_domain::{
    action::{Action, ActionKind, ActionRequest, ActionRules, ActionState},
    entity::comparable_number,
    ids::MessageId,
    money::Money,
    turn::{Outcome, SilenceReason, Turn},
};
use mercator_store::Tx;

use super::{Asked, Step, note, propose as store_proposal};
use crate::turn_input::Subject;

/// The mark of conversations in which goods are to come back.
const RETURNS: (&str, &str) = ("return", "violet");

/// True for an action about which the customer's next words say something: restated and waiting, or set going by those very words in
/// a turn whose end was lost.
pub(crate) const fn is_asked_about(action: &Action) -> bool {
    !matches!(action.state, ActionState::Declined | ActionState::Rejected)
}

/// Stores what a message of ours restates; the same request restated once more is the same action.
pub(crate) async fn propose(
    tx: &mut Tx,
    subject: &Subject,
    (request, amount): (&ActionRequest, Option<Money>),
    rules: &ActionRules,
    message: MessageId,
) -> Result<()> {
    let again = subject.pending.as_ref().filter(|pending| pending.request == *request && pending.state == ActionState::Proposed);
    let id = match again {
        Some(pending) => pending.id,
        None => {
            let owner = owner(tx, subject, request).await?;
            let asked = Asked { contact: owner, conversation: Some(subject.conversation.id), verified: true, request: request.clone() };
            let Step::Now(action) = store_proposal(tx, &asked, rules).await? else {
                anyhow::bail!("The rules forbid by now what was restated")
            };
            ensure!(action.amount == amount, "It would move another amount by now than the one that was restated");
            action.id
        }
    };
    tx.set_restated(id, message).await?;
    if matches!(request.kind(), ActionKind::Return | ActionKind::Exchange) {
        mark_return(tx, subject).await?;
    }
    Ok(())
}

/// Whose order it is: the turn has looked at who may speak of it.
async fn owner(tx: &mut Tx, subject: &Subject, request: &ActionRequest) -> Result<mercator_domain::ids::ContactId> {
    let Some(number) = request.order() else { return Ok(subject.contact.id) };
    let order = tx.order_by_number(&comparable_number(number)).await?;
    Ok(order.map_or(subject.contact.id, |order| order.contact_id))
}

async fn mark_return(tx: &mut Tx, subject: &Subject) -> Result<()> {
    let (name, colour) = RETURNS;
    let label = match tx.label_named(name).await? {
        Some(label) => label.id,
        None => tx.put_label(name, colour).await?,
    };
    tx.add_label(subject.conversation.id, label).await?;
    Ok(())
}

/// What waits for a yes is given up as soon as the customer says no or goes on to something else.
pub(crate) async fn give_up(tx: &mut Tx, subject: &Subject, turn: &Turn) -> Result<()> {
    // A machine's note says nothing about it.
    if matches!(turn.outcome, Outcome::Silence { reason: SilenceReason::Automatic | SilenceReason::Empty }) {
        return Ok(());
    }
    let restated = match &turn.outcome {
        Outcome::Act { action, .. } => Some(action.as_ref()),
        _ => None,
    };
    for action in tx.actions_of_conversation(subject.conversation.id).await? {
        let goes_on = restated == Some(&action.request) && subject.pending.as_ref().is_some_and(|pending| pending.id == action.id);
        if action.state == ActionState::Proposed && !goes_on {
            tx.move_action(action.id, ActionState::Proposed, ActionState::Declined, "customer", "").await?;
            let declined = tx.action(action.id).await?;
            note(tx, &declined).await?;
        }
    }
    Ok(())
}
