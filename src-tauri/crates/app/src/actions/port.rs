//! The action engine as the bot's port: asked from a thread that may wait.

use std::sync::Arc;

use anyhow::{Context, Result};
use mercator_domain::{
    action::{Action, ActionRequest, ActionRules, ActionState, Refusal},
    entity::comparable_number,
    ids::{ActionId, ContactId, ConversationId},
    product::Product,
};
use mercator_pipeline::ports::{Actions, ActionsChecked};

use super::{Asked, identity::Writer};
use crate::App;

/// How often an action that another instance carries out is looked at again, and how long one waits in between.
const LOOKS: u32 = 40;
const WAIT: std::time::Duration = std::time::Duration::from_millis(50);

/// The engine for one turn.
pub(crate) struct ShopActions {
    pub(crate) app: Arc<App>,
    pub(crate) writer: Writer,
    pub(crate) conversation: Option<ConversationId>,
    /// What was restated and is given up when something else is asked for: it does not stand in the way.
    pub(crate) pending: Option<ActionId>,
    pub(crate) runtime: tokio::runtime::Handle,
}

impl ShopActions {
    async fn checked(&self, request: &ActionRequest) -> Result<ActionsChecked> {
        let number = request.order().map(comparable_number).unwrap_or_default();
        let Some(order) = self.app.store.order_by_number(&number).await? else {
            return Ok(ActionsChecked::Refused(Refusal::UnknownOrder));
        };
        let owns = self.writer.owns(&self.app.store, &order).await?;
        let contact = if owns { order.contact_id } else { self.writer.contact.unwrap_or(ContactId(0)) };
        let asked = Asked { contact, conversation: self.conversation, verified: owns, request: request.clone() };
        Ok(match self.app.check_action(&asked, self.pending).await? {
            Ok(plan) => ActionsChecked::Allowed(Box::new(plan)),
            Err(refusal) => ActionsChecked::Refused(refusal),
        })
    }

    /// Carries it out; where another instance does, its end is waited for.
    async fn carried_out(&self, id: ActionId) -> Result<Action> {
        let mut action = self.app.confirm_action(id).await?;
        for _ in 0..LOOKS {
            if action.state != ActionState::Running {
                break;
            }
            tokio::time::sleep(WAIT).await;
            action = self.app.store.action(id).await?;
        }
        Ok(action)
    }
}

impl Actions for ShopActions {
    fn rules(&self) -> Result<ActionRules, String> {
        let read = self.runtime.block_on(self.app.action_settings()).context("The rules could not be read");
        read.map(|settings| settings.rules).map_err(|error| error.to_string())
    }

    fn check(&self, request: &ActionRequest) -> ActionsChecked {
        self.runtime.block_on(self.checked(request)).unwrap_or_else(|error| ActionsChecked::Failed(error.to_string()))
    }

    fn variants(&self, sku: &str) -> Vec<Product> {
        self.runtime.block_on(self.app.store.variants_of(sku)).unwrap_or_else(|error| {
            tracing::warn!(%error, "The variants of a product could not be read");
            vec![]
        })
    }

    fn confirm(&self, id: ActionId) -> Result<Action, String> {
        self.runtime.block_on(self.carried_out(id)).map_err(|error| error.to_string())
    }
}
