//! From what a buyer wants and the order that is meant to a request that the action engine can check: or what is still missing for one.
//!
//! Nothing is guessed for good: whatever is read here is restated to the buyer in full, and nothing happens without a yes.

pub mod address;
mod items;
mod variants;

pub(crate) use variants::label;

use mercator_domain::{
    action::{ActionKind, ActionRequest, ActionRules, Plan, Refusal},
    entity::{Entity, EntityKind},
    intent::Intent,
    money::{Currency, Money},
    order::{Order, OrderStatus},
};

use crate::{
    fold::fold,
    ports::{Actions, ActionsChecked},
};

/// What is still needed before an action can be restated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Pictures of the damage.
    Photos,
    /// Which items of the order: the titles to choose from.
    Items(Vec<String>),
    /// Which other variant: what there is.
    Variant(Vec<String>),
    /// A complete address.
    Address,
}

/// What the wish for an action has come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Wish {
    /// Nothing that an action could do, or nothing that could be read from the message.
    #[default]
    None,
    /// Something must be asked first.
    Missing(Missing),
    /// The rules allow it.
    Allowed(Box<(ActionRequest, Plan)>),
    /// The rules forbid it.
    Refused(ActionKind, Refusal),
    /// It could not be checked.
    Unchecked(String),
}

/// What a wish is read from.
pub struct Matter<'a> {
    /// What the buyer wants.
    pub intent: Intent,
    /// The order that is meant.
    pub order: &'a Order,
    /// The message.
    pub text: &'a str,
    /// What it names.
    pub entities: &'a [Entity],
    /// Earlier messages on the same matter, the newest first.
    pub before: Vec<&'a str>,
    /// Pictures came with this message or an earlier one.
    pub pictures: bool,
}

/// True for what an action can do something about.
pub const fn can_act(intent: Intent) -> bool {
    use Intent::{
        AddressChange, DamagedItem, ExchangeRequest, MissingItem, OrderCancel, OrderChange, RefundRequest, ReturnRequest, WrongItem,
    };
    matches!(
        intent,
        AddressChange | DamagedItem | ExchangeRequest | MissingItem | OrderCancel | OrderChange | RefundRequest | ReturnRequest | WrongItem
    )
}

/// Reads the wish and has it checked.
pub fn wish(matter: &Matter, actions: &dyn Actions) -> Wish {
    let rules = match actions.rules() {
        Ok(rules) => rules,
        Err(why) => return Wish::Unchecked(why),
    };
    let request = match request(matter, &rules, actions) {
        Ok(Some(request)) => request,
        Ok(None) => return Wish::None,
        // What is refused whatever the missing part is, is refused at once: nobody wants to look for a photo for nothing.
        Err(missing) => return early_refusal(matter, actions).unwrap_or(Wish::Missing(missing)),
    };
    let kind = request.kind();
    match actions.check(&request) {
        ActionsChecked::Allowed(plan) => Wish::Allowed(Box::new((request, *plan))),
        ActionsChecked::Refused(refusal) => Wish::Refused(kind, refusal),
        ActionsChecked::Failed(why) => Wish::Unchecked(why),
    }
}

/// The request, nothing where none fits, or what is missing.
fn request(matter: &Matter, rules: &ActionRules, actions: &dyn Actions) -> Result<Option<ActionRequest>, Missing> {
    let order = matter.order.number.clone();
    Ok(Some(match matter.intent {
        Intent::OrderCancel => return Ok(cancel(matter, rules)),
        Intent::AddressChange => {
            let given = std::iter::once(matter.text).chain(matter.before.iter().copied());
            let address = given.filter_map(|text| address::read(text, matter.order)).next().ok_or(Missing::Address)?;
            ActionRequest::ChangeAddress { order, address }
        }
        Intent::OrderChange => match variants::swaps(matter, actions)? {
            Some(swaps) => ActionRequest::ChangeItems { order, swaps, payment_method: None },
            None => return Ok(None),
        },
        Intent::ExchangeRequest => match variants::swaps(matter, actions)? {
            Some(swaps) => ActionRequest::Exchange { order, swaps, payment_method: None },
            None => return Ok(None),
        },
        Intent::DamagedItem if !matter.pictures => return Err(Missing::Photos),
        Intent::ReturnRequest | Intent::DamagedItem | Intent::WrongItem => {
            ActionRequest::Return { order, items: items::meant(matter)?, payment_method: None }
        }
        Intent::MissingItem => ActionRequest::Reship { order, items: items::meant(matter)? },
        Intent::RefundRequest => return refund(matter, rules),
        _ => return Ok(None),
    }))
}

/// With a reason where the shop asks for one; nothing where the message gives none of those.
fn cancel(matter: &Matter, rules: &ActionRules) -> Option<ActionRequest> {
    let accepted = rules.of(ActionKind::Cancel).map(|rule| rule.reasons.as_slice()).unwrap_or_default();
    let said = fold(matter.text);
    let reason = accepted.iter().find(|reason| said.contains(fold(reason).trim())).cloned();
    let given = accepted.is_empty() || reason.is_some();
    given.then(|| ActionRequest::Cancel { order: matter.order.number.clone(), reason })
}

/// An amount that is named is asked for; else the money comes with calling the order off, or with sending it back.
fn refund(matter: &Matter, rules: &ActionRules) -> Result<Option<ActionRequest>, Missing> {
    let (order, total) = (matter.order.number.clone(), matter.order.total);
    let named = matter.entities.iter().filter(|entity| entity.kind == EntityKind::Money);
    let amounts: Vec<Money> = named.filter_map(|entity| money(&entity.value, total.currency)).collect();
    if let [amount] = amounts[..]
        && amount.minor < total.minor
    {
        return Ok(Some(ActionRequest::Refund { order, amount, payment_method: None }));
    }
    match matter.order.status {
        OrderStatus::Pending => Ok(cancel(matter, rules)),
        OrderStatus::Delivered => Ok(Some(ActionRequest::Return { order, items: items::meant(matter)?, payment_method: None })),
        _ => Ok(None),
    }
}

/// Whether the rules forbid the action for this order whatever the missing part is.
fn early_refusal(matter: &Matter, actions: &dyn Actions) -> Option<Wish> {
    let order = matter.order.number.clone();
    let probe = match matter.intent {
        Intent::AddressChange => ActionRequest::ChangeAddress { order, address: matter.order.address.clone().unwrap_or_default() },
        Intent::OrderChange => ActionRequest::ChangeItems { order, swaps: vec![], payment_method: None },
        Intent::ExchangeRequest => ActionRequest::Exchange { order, swaps: vec![], payment_method: None },
        _ => ActionRequest::Return { order, items: vec![], payment_method: None },
    };
    let kind = probe.kind();
    match actions.check(&probe) {
        ActionsChecked::Refused(why) if whatever_is_missing(why) => Some(Wish::Refused(kind, why)),
        ActionsChecked::Failed(why) => Some(Wish::Unchecked(why)),
        _ => None,
    }
}

/// Refusals that no further word of the buyer would change.
const fn whatever_is_missing(why: Refusal) -> bool {
    matches!(why, Refusal::NotOffered | Refusal::WrongState | Refusal::DoneBefore | Refusal::TooLate | Refusal::OneAtATime)
}

/// A money entity (`EUR 19.90`, `$ 15`) in a currency; `None` where it is in another, or has more decimals than that one.
pub(crate) fn money(value: &str, currency: Currency) -> Option<Money> {
    let (sign, number) = value.rsplit_once(' ')?;
    let fits = match sign {
        "$" => matches!(currency.code(), "USD" | "CAD" | "AUD" | "NZD" | "SGD" | "HKD" | "TWD" | "MXN"),
        "¥" | "￥" => matches!(currency.code(), "JPY" | "CNY"),
        "kr" => matches!(currency.code(), "SEK" | "NOK" | "DKK" | "ISK"),
        code => code == currency.code(),
    };
    Money::parse(number, currency).ok().filter(|_| fits)
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
