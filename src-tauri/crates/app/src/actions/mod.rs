//! Actions on orders and accounts, from the request to what was read back.
//!
//! The rules are `mercator_domain::action`; here the facts are read, and what the rules allow is stored, agreed to and carried out.
//! Each step is one transaction that moves the row from one state to the next, so that a second instance, a second click or a
//! repeated yes finds it gone on and does nothing. What was tried leaves an audit row with request, result and actor.
//!
//! Where orders are kept in Mercator itself ([`ActionSettings::kept_here`]) the plan is written and read back at once; else a work
//! order asks a person, with everything filled in, and nothing is called done before that person says so.

mod carry_out;
mod deciding;
pub(crate) mod dialogue;
mod facts;
pub(crate) mod identity;
pub(crate) mod port;

use anyhow::Result;
use mercator_domain::{
    action::{Action, ActionRequest, ActionRules, ActionState, NewAction, Plan, Refusal, check},
    ids::{ActionId, ContactId, ConversationId},
};
use mercator_store::Tx;
use serde::{Deserialize, Serialize};

pub use self::deciding::ActionRow;
use self::facts::Known;
use crate::{App, error::refuse, views::AppEvent};

/// The row of the settings.
const KEY: &str = "actions";

/// What the seller sets for actions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(default)]
pub struct ActionSettings {
    /// The shop's rules.
    pub rules: ActionRules,
    /// True when Mercator is where the orders are kept: then an action is done by writing it here. False, the default: orders come
    /// from elsewhere, and a person does there what a work order says.
    pub kept_here: bool,
}

/// A request with who asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// For whom.
    pub contact: ContactId,
    /// In which conversation.
    pub conversation: Option<ConversationId>,
    /// Who asks has shown to be that person.
    pub verified: bool,
    /// What.
    pub request: ActionRequest,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The action as it is now.
    Now(Box<Action>),
    /// The rules forbid it; nothing was stored.
    Refused(Refusal),
}

/// What a check says: the plan, or why not.
pub type Checked = Result<Plan, Refusal>;

impl App {
    /// The rules, and where actions are done.
    pub async fn action_settings(&self) -> Result<ActionSettings> {
        Ok(self.store.setting::<ActionSettings>(KEY).await?.unwrap_or_default())
    }

    /// Stores the rules; they hold from the next check on.
    pub async fn save_action_settings(&self, settings: &ActionSettings) -> Result<()> {
        if let Some(limit) = settings.rules.approval_above.iter().find(|limit| limit.minor < 0) {
            return Err(refuse(format!("The limit {limit} is below zero"), "Use 0 to look at every amount."));
        }
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_setting(KEY, settings).await?;
        tx.insert_audit(&self.member.name, "actions.rules", "settings", &serde_json::json!({ "kept_here": settings.kept_here })).await?;
        tx.changed(mercator_store::ChangeKind::Settings, 0);
        tx.commit().await?;
        self.tell(AppEvent::SettingsChanged);
        Ok(())
    }

    /// Whether a request would be allowed now, and what it would change. Nothing is stored. `beside` is an action that is given up for
    /// this one.
    pub async fn check_action(&self, asked: &Asked, beside: Option<ActionId>) -> Result<Checked> {
        let rules = self.action_settings().await?.rules;
        let mut tx = self.store.begin_at(self.now()).await?;
        let known = Known::read(&mut tx, asked, beside).await?;
        let checked = check(&asked.request, &rules, &known.facts(asked, tx.now()));
        tx.rollback().await?;
        Ok(checked)
    }

    /// Stores a request that the rules allow: it waits for the customer's yes.
    pub async fn propose_action(&self, asked: &Asked) -> Result<Step> {
        let rules = self.action_settings().await?.rules;
        let mut tx = self.store.begin_at(self.now()).await?;
        let step = propose(&mut tx, asked, &rules).await?;
        tx.commit().await?;
        Ok(step)
    }

    /// The customer has said yes: carried out, handed to a person, or put before one where it is over a limit.
    pub async fn confirm_action(&self, id: ActionId) -> Result<Action> {
        self.go_on(id, ActionState::Proposed, "customer").await
    }

    async fn end(&self, id: ActionId, from: ActionState, to: ActionState, actor: &str, why: &str) -> Result<Action> {
        let mut tx = self.store.begin_at(self.now()).await?;
        if !tx.move_action(id, from, to, actor, why).await? {
            tx.rollback().await?;
            return Err(refuse("This action has gone on meanwhile", "Look at its state."));
        }
        let action = tx.action(id).await?;
        note(&mut tx, &action).await?;
        tx.commit().await?;
        self.told(&action);
        Ok(action)
    }

    fn told(&self, action: &Action) {
        self.tell(AppEvent::OrdersChanged);
        if let Some(id) = action.conversation_id {
            self.tell(AppEvent::ConversationChanged { id });
        }
    }
}

/// Checks a request and stores it as proposed, in the open transaction.
pub(crate) async fn propose(tx: &mut Tx, asked: &Asked, rules: &ActionRules) -> Result<Step> {
    let known = Known::read(tx, asked, None).await?;
    let plan = match check(&asked.request, rules, &known.facts(asked, tx.now())) {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Step::Refused(refusal)),
    };
    let new = NewAction {
        conversation_id: asked.conversation,
        contact_id: asked.contact,
        order_id: known.order.as_ref().map(|order| order.id),
        request: asked.request.clone(),
        amount: plan.amount,
        state: ActionState::Proposed,
        actor: "bot".to_owned(),
    };
    let action = tx.insert_action(&new).await?;
    note(tx, &action).await?;
    Ok(Step::Now(Box::new(action)))
}

/// The audit row of a step. The request itself stays in the action's row, where an erasure finds it.
async fn note(tx: &mut Tx, action: &Action) -> Result<()> {
    let detail = serde_json::json!({
        "kind": action.request.kind(), "state": action.state, "amount": action.amount, "why": action.why, "order": action.order_id,
    });
    tx.insert_audit(&action.actor, &format!("action.{}", action.state), &format!("action:{}", action.id), &detail).await?;
    Ok(())
}

#[cfg(test)]
#[path = "actions_tests.rs"]
mod tests;
