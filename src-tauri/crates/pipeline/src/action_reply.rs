//! The words about actions: what is restated before a yes, what became of it, why it is not done, and what is still needed.

use mercator_domain::{
    action::{Action, ActionKind, ActionRequest, ActionState, Refusal},
    language::Language,
    money::Money,
    order::{Order, OrderStatus},
    product::Product,
};

use crate::{
    error::PipelineError,
    ports::Actions,
    reply::{Body, Occasion},
    request::{Missing, Wish, label},
};

/// What is restated.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The request.
    pub request: ActionRequest,
    /// What money moves: back to the customer when negative.
    pub amount: Option<Money>,
    /// The items by their names.
    pub items: String,
}

/// The items of a request by their names: `2 × Lamp, Blanket` or `Lamp (red) → Lamp (blue)`.
pub fn items(request: &ActionRequest, order: Option<&Order>, actions: &dyn Actions) -> String {
    let swapped = matches!(request, ActionRequest::ChangeItems { .. } | ActionRequest::Exchange { .. });
    let mut named = if swapped { request.items() } else { vec![] };
    named.dedup();
    let family: Vec<Product> = named.into_iter().flat_map(|sku| actions.variants(sku)).collect();
    items_of(request, order, &family)
}

/// As [`items`], with the variants of the items that are swapped at hand.
pub fn items_of(request: &ActionRequest, order: Option<&Order>, family: &[Product]) -> String {
    let title = |sku: &str| {
        let line = order.and_then(|order| order.lines.iter().find(|line| line.sku == sku));
        line.map(|line| line.title.clone()).filter(|title| !title.trim().is_empty()).unwrap_or_else(|| sku.to_owned())
    };
    let named: Vec<String> = match request {
        ActionRequest::ChangeItems { swaps, .. } | ActionRequest::Exchange { swaps, .. } => swaps
            .iter()
            .map(|swap| {
                let name = |sku: &str| family.iter().find(|product| product.sku == sku).map_or_else(|| title(sku), label);
                format!("{} → {}", name(&swap.from), name(&swap.to))
            })
            .collect(),
        _ => request.items().into_iter().map(title).collect(),
    };
    let mut counted: Vec<(String, usize)> = vec![];
    for name in named {
        match counted.iter_mut().find(|(known, _)| *known == name) {
            Some((_, pieces)) => *pieces += 1,
            None => counted.push((name, 1)),
        }
    }
    let shown = counted.into_iter().map(|(name, pieces)| if pieces > 1 { format!("{pieces} × {name}") } else { name });
    shown.collect::<Vec<_>>().join(", ")
}

/// Everything that would be done, and the question for a yes.
pub fn propose(body: &mut Body, language: &Language, proposal: &Proposal) -> Result<(), PipelineError> {
    let Proposal { request, amount, items } = proposal;
    let amount_text = amount.map(|money| plain(money).to_string()).unwrap_or_default();
    let address = match request {
        ActionRequest::ChangeAddress { address, .. } => address.one_line(),
        _ => String::new(),
    };
    let named = match request {
        ActionRequest::Refund { amount, .. } => amount.to_string(),
        _ => amount_text.clone(),
    };
    let values = [
        ("order", request.order().unwrap_or_default()),
        ("items", items.as_str()),
        ("address", address.as_str()),
        ("amount", named.as_str()),
    ];
    let kind = request.kind();
    body.template(language, &format!("propose_{kind}"), &values)?;
    if let Some(key) = money_key(kind, *amount) {
        body.sentence(language, key, &[("amount", &amount_text)])?;
    }
    body.template(language, "propose_yes", &[])
}

/// How the money of an action is told, where it is not the matter itself.
fn money_key(kind: ActionKind, amount: Option<Money>) -> Option<&'static str> {
    let amount = amount.filter(|amount| amount.minor != 0)?;
    match (kind, amount.minor < 0) {
        (ActionKind::Refund, _) => None,
        (ActionKind::Return | ActionKind::Exchange, true) => Some("propose_money_after_return"),
        (_, true) => Some("propose_money_back"),
        (_, false) => Some("propose_money_due"),
    }
}

/// True for the kinds that the bot proposes, and has words for.
pub const fn has_words(kind: ActionKind) -> bool {
    !matches!(kind, ActionKind::ChangePayment | ActionKind::ChangeAccountAddress | ActionKind::Discount)
}

/// That it is done: for an action that was read back.
pub fn done(body: &mut Body, language: &Language, action: &Action) -> Result<(), PipelineError> {
    let amount = action.amount.map(|money| plain(money).to_string()).unwrap_or_default();
    let named = match &action.request {
        ActionRequest::Refund { amount, .. } => amount.to_string(),
        _ => amount.clone(),
    };
    let values = [
        ("order", action.request.order().unwrap_or_default()),
        ("rma", action.rma.as_deref().unwrap_or_default()),
        ("amount", named.as_str()),
    ];
    let kind = action.request.kind();
    body.template(language, &format!("done_{kind}"), &values)?;
    if matches!(kind, ActionKind::Cancel | ActionKind::ChangeItems) && action.amount.is_some_and(|money| money.minor < 0) {
        body.sentence(language, "done_money_back", &[("amount", &amount)])?;
    }
    Ok(())
}

/// What the customer is told of an action that a person takes on; nothing for what is not certain.
pub const fn notice_key(state: ActionState) -> Option<&'static str> {
    match state {
        ActionState::WorkOrder => Some("action_noted"),
        ActionState::AwaitingApproval => Some("action_awaits"),
        ActionState::Failed => Some("action_failed"),
        _ => None,
    }
}

/// True where the bot has words for a refusal; everything else is for a person to say.
pub const fn explains(why: Refusal) -> bool {
    matches!(why, Refusal::WrongState | Refusal::TooLate | Refusal::DoneBefore | Refusal::OutOfStock)
}

/// Why it is not done.
pub fn refuse(body: &mut Body, on: &Occasion) -> Result<(), PipelineError> {
    let (Wish::Refused(kind, why), Some(order)) = (on.wish, &on.found.retrieved.order) else {
        return Err(PipelineError::UnknownText("refusal".to_owned()));
    };
    let days = on.within_days.map(|days| days.to_string()).unwrap_or_default();
    let early = matches!(order.status, OrderStatus::Pending | OrderStatus::Processing | OrderStatus::Shipped);
    let key = match why {
        // What is sent back must have arrived.
        Refusal::WrongState if early && matches!(kind, ActionKind::Return | ActionKind::Exchange) => "refused_not_yet",
        Refusal::WrongState => "refused_too_far",
        Refusal::TooLate => "refused_too_late",
        Refusal::DoneBefore => "refused_done_before",
        Refusal::OutOfStock => "refused_out_of_stock",
        _ => return Err(PipelineError::UnknownText(format!("refused_{why}"))),
    };
    body.template(on.language, key, &[("order", &order.number), ("days", &days)])
}

/// What is still needed.
pub fn ask(body: &mut Body, missing: &Missing, on: &Occasion) -> Result<(), PipelineError> {
    let order = on.found.retrieved.order.as_ref().map(|order| order.number.as_str()).unwrap_or_default();
    match missing {
        Missing::Photos => body.template(on.language, "ask_photos", &[]),
        Missing::Items(titles) => body.template(on.language, "ask_items", &[("order", order), ("items", &titles.join(", "))]),
        Missing::Variant(titles) => body.template(on.language, "ask_variant", &[("items", &titles.join(", "))]),
        Missing::Address => body.template(on.language, "ask_address", &[]),
    }
}

/// Without its sign: which way it goes, the words say.
const fn plain(money: Money) -> Money {
    Money::new(money.minor.abs(), money.currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts;

    #[test]
    fn e5_every_kind_that_is_proposed_has_words_in_every_language() {
        for kind in ActionKind::ALL.iter().filter(|kind| has_words(**kind)) {
            for code in Language::SUPPORTED {
                let language = Language::parse(code).unwrap();
                for key in [format!("propose_{kind}"), format!("done_{kind}")] {
                    assert_eq!(texts::raw(&language, &key).map(|(found, _)| found), Some(language.clone()), "{key}");
                }
            }
        }
        assert!(texts::raw(&Language::english(), "propose_discount").is_none());
    }
}
