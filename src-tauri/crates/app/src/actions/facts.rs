//! What a check looks at, read in one transaction.

use std::collections::BTreeMap;

use anyhow::Result;
use mercator_domain::{
    account::CustomerAccount,
    action::{ActionFacts, ActionKind, ActionRequest, ActionState},
    ids::ActionId,
    moment::Moment,
    order::Order,
    product::Product,
};
use mercator_store::Tx;

use super::Asked;

/// The facts around a request.
pub(super) struct Known {
    pub(super) order: Option<Order>,
    pub(super) account: CustomerAccount,
    products: BTreeMap<String, Product>,
    earlier: Vec<(ActionKind, ActionState)>,
    busy: bool,
}

impl Known {
    /// Reads them; `own` is the row of the request itself, which does not stand in its own way.
    pub(super) async fn read(tx: &mut Tx, asked: &Asked, own: Option<ActionId>) -> Result<Self> {
        let order = match asked.request.order() {
            Some(number) => tx.order_by_number(number).await?,
            None => None,
        };
        let earlier = match &order {
            Some(order) => {
                let actions = tx.actions_of_order(order.id).await?;
                actions.iter().filter(|action| Some(action.id) != own).map(|action| (action.request.kind(), action.state)).collect()
            }
            None => tx.account_actions(asked.contact).await?,
        };
        let busy = match asked.conversation {
            Some(id) => tx.actions_of_conversation(id).await?.iter().any(|action| action.state.is_open() && Some(action.id) != own),
            None => false,
        };
        let products = tx.products_by_sku(&named(&asked.request)).await?;
        let products = products.into_iter().map(|product| (product.sku.clone(), product)).collect();
        Ok(Self { order, account: tx.account(asked.contact).await?, products, earlier, busy })
    }

    pub(super) fn facts(&self, asked: &Asked, now: Moment) -> ActionFacts<'_> {
        ActionFacts {
            contact: asked.contact,
            verified: asked.verified,
            order: self.order.as_ref(),
            account: &self.account,
            products: &self.products,
            earlier: &self.earlier,
            busy: self.busy,
            now,
        }
    }
}

/// The products that a request names.
fn named(request: &ActionRequest) -> Vec<String> {
    match request {
        ActionRequest::ChangeItems { swaps, .. } | ActionRequest::Exchange { swaps, .. } => {
            swaps.iter().flat_map(|swap| [swap.from.clone(), swap.to.clone()]).collect()
        }
        _ => request.items().into_iter().map(str::to_owned).collect(),
    }
}
