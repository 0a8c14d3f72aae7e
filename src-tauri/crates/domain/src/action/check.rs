//! Whether a request may be carried out, and what it will change: pure rules over the facts, the first that forbids is the answer.

use std::collections::BTreeMap;

use super::{
    ActionKind, ActionRequest, ActionRules, ActionState, Refusal, Swap,
    plan::{Plan, book, paid, swap_line},
    rules::KindRule,
};
use crate::{
    account::{CustomerAccount, PaymentMethodKind},
    ids::ContactId,
    moment::{DAY_MS, Moment},
    money::Money,
    order::{Order, OrderLine, OrderStatus, PaymentKind},
    product::Product,
};

/// What is known when a request is checked.
#[derive(Clone, Copy, Debug)]
pub struct ActionFacts<'a> {
    /// Who asks.
    pub contact: ContactId,
    /// Who asks has shown to be that person: by the address, or by the order's number and a second fact.
    pub verified: bool,
    /// The order that is named, whosever it is.
    pub order: Option<&'a Order>,
    /// The account of who asks.
    pub account: &'a CustomerAccount,
    /// The products that the order and the request name, by their numbers.
    pub products: &'a BTreeMap<String, Product>,
    /// What was asked for on the same order before.
    pub earlier: &'a [(ActionKind, ActionState)],
    /// Another action of the same conversation is still open.
    pub busy: bool,
    /// Now.
    pub now: Moment,
}

/// The plan of a request that the rules allow, or why they do not.
pub fn check(request: &ActionRequest, rules: &ActionRules, facts: &ActionFacts) -> Result<Plan, Refusal> {
    let kind = request.kind();
    let rule = rules.of(kind).ok_or(Refusal::NotOffered)?;
    if !facts.verified {
        return Err(Refusal::NotVerified);
    }
    if facts.busy {
        return Err(Refusal::OneAtATime);
    }
    let mut plan = match request {
        ActionRequest::ChangeAccountAddress { address } => {
            if !address.is_complete() {
                return Err(Refusal::AddressIncomplete);
            }
            let account = CustomerAccount { address: Some(address.clone()), ..facts.account.clone() };
            Plan { kind, order: None, account: Some(account), amount: None, payment_method: String::new(), needs_approval: false }
        }
        _ => on_order(request, rule, facts)?,
    };
    plan.needs_approval = rules.needs_approval(kind, plan.back());
    Ok(plan)
}

/// The checks that every action on an order shares, then its own.
fn on_order(request: &ActionRequest, rule: &KindRule, facts: &ActionFacts) -> Result<Plan, Refusal> {
    let order = facts.order.ok_or(Refusal::UnknownOrder)?;
    if order.contact_id != facts.contact {
        return Err(Refusal::NotTheirs);
    }
    if !rule.states.is_empty() && !rule.states.contains(&order.status) {
        return Err(Refusal::WrongState);
    }
    if facts.earlier.iter().any(|(kind, state)| state.counts() && rule.not_after.contains(kind)) {
        return Err(Refusal::DoneBefore);
    }
    if rule.within_days.is_some_and(|days| facts.now.since(starts(order)) > i64::from(days) * DAY_MS) {
        return Err(Refusal::TooLate);
    }
    let case = Case { order, facts, kind: request.kind() };
    case.items_are_there(&request.items())?;
    match request {
        ActionRequest::Cancel { reason, .. } => case.cancel(rule, reason.as_deref()),
        ActionRequest::ChangeAddress { address, .. } => {
            if !address.is_complete() {
                return Err(Refusal::AddressIncomplete);
            }
            Ok(case.plan(Order { address: Some(address.clone()), ..order.clone() }, None, String::new()))
        }
        ActionRequest::ChangeItems { swaps, payment_method, .. } => case.change_items(swaps, payment_method.as_deref()),
        ActionRequest::ChangePayment { payment_method, .. } => case.change_payment(payment_method),
        ActionRequest::Return { items, payment_method, .. } => case.send_back(items, payment_method.as_deref()),
        ActionRequest::Exchange { swaps, payment_method, .. } => {
            let (difference, _) = case.difference(swaps)?;
            let method = case.method_for(payment_method.as_deref(), difference)?;
            Ok(case.plan(order.clone(), Some(difference), method))
        }
        ActionRequest::Refund { amount, payment_method, .. } => case.give_back(*amount, payment_method.as_deref()),
        ActionRequest::Reship { items, .. } if items.is_empty() => Err(Refusal::NothingToDo),
        ActionRequest::Reship { .. } => Ok(case.plan(order.clone(), None, String::new())),
        ActionRequest::Discount { amount, .. } => case.give_back(*amount, None),
        ActionRequest::ChangeAccountAddress { .. } => Err(Refusal::NotOffered),
    }
}

/// When the days of a rule begin: with the last delivery, else with the order.
fn starts(order: &Order) -> Moment {
    order.shipments.iter().filter_map(|parcel| parcel.delivered_at).max().unwrap_or(order.ordered_at)
}

/// An order that may be changed, and the facts around it.
struct Case<'a> {
    order: &'a Order,
    facts: &'a ActionFacts<'a>,
    kind: ActionKind,
}

impl Case<'_> {
    fn plan(&self, after: Order, amount: Option<Money>, payment_method: String) -> Plan {
        Plan { kind: self.kind, order: Some(after), account: None, amount, payment_method, needs_approval: false }
    }

    /// The order holds each item at least as often as it is named.
    fn items_are_there(&self, items: &[&str]) -> Result<(), Refusal> {
        let held = |sku: &str| self.order.lines.iter().filter(|line| line.sku == sku).map(|line| i64::from(line.quantity)).sum::<i64>();
        let named = |sku: &str| i64::try_from(items.iter().filter(|item| **item == sku).count()).unwrap_or(i64::MAX);
        let missing = items.iter().any(|sku| named(sku) > held(sku));
        if missing { Err(Refusal::ItemNotInOrder) } else { Ok(()) }
    }

    fn line(&self, sku: &str) -> Option<&OrderLine> {
        self.order.lines.iter().find(|line| line.sku == sku)
    }

    /// The way in which the order was paid first; empty where the shop does not say.
    fn original_method(&self) -> &str {
        self.order.payments.iter().find(|payment| payment.kind == PaymentKind::Paid).map_or("", |payment| payment.method.as_str())
    }

    /// The way to pay that is named: the customer's own, or the one that was paid with.
    fn known_method(&self, named: Option<&str>) -> Result<String, Refusal> {
        let original = self.original_method();
        let method = named.unwrap_or(original);
        let known = method == original || self.facts.account.method(method).is_some();
        if known { Ok(method.to_owned()) } else { Err(Refusal::UnknownPaymentMethod) }
    }

    /// As [`Self::known_method`]; a gift card must hold what is to be paid.
    fn method_for(&self, named: Option<&str>, money: Money) -> Result<String, Refusal> {
        let method = self.known_method(named)?;
        let card = self.facts.account.method(&method).filter(|known| known.kind == PaymentMethodKind::GiftCard);
        let covers = |balance: Money| balance.currency == money.currency && balance.minor >= money.minor;
        let too_low = card.is_some_and(|card| money.minor > 0 && !card.balance.is_some_and(covers));
        if too_low { Err(Refusal::BalanceTooLow) } else { Ok(method) }
    }

    fn cancel(&self, rule: &KindRule, reason: Option<&str>) -> Result<Plan, Refusal> {
        let accepted = |reason: &str| rule.reasons.iter().any(|known| known == reason);
        if !rule.reasons.is_empty() && !reason.is_some_and(accepted) {
            return Err(Refusal::ReasonNotAccepted);
        }
        let (mut after, mut account) = (self.order.clone(), self.facts.account.clone());
        after.status = OrderStatus::Cancelled;
        let sums = paid(self.order);
        let method = sums.first().map(|(method, _)| method.clone()).unwrap_or_default();
        let mut back: Option<Money> = None;
        for (method, sum) in &sums {
            let money = Money::new(-sum.minor, sum.currency);
            book(&mut after, &mut account, method, money, self.facts.now);
            back = Some(Money::new(back.map_or(0, |known| known.minor) + money.minor, money.currency));
        }
        Ok(Plan { account: self.changed(account), ..self.plan(after, back, method) })
    }

    fn change_items(&self, swaps: &[Swap], named: Option<&str>) -> Result<Plan, Refusal> {
        let (difference, lines) = self.difference(swaps)?;
        let method = self.method_for(named, difference)?;
        let (mut after, mut account) = (self.order.clone(), self.facts.account.clone());
        for (swap, line) in swaps.iter().zip(lines) {
            swap_line(&mut after.lines, &swap.from, line);
        }
        after.total.minor += difference.minor;
        book(&mut after, &mut account, &method, difference, self.facts.now);
        Ok(Plan { account: self.changed(account), ..self.plan(after, Some(difference), method) })
    }

    /// What the new items cost more than the old ones, and the lines that take their place.
    fn difference(&self, swaps: &[Swap]) -> Result<(Money, Vec<OrderLine>), Refusal> {
        if swaps.is_empty() {
            return Err(Refusal::NothingToDo);
        }
        let currency = self.order.total.currency;
        let (mut minor, mut lines) = (0, vec![]);
        for Swap { from, to } in swaps {
            if from == to {
                return Err(Refusal::SameItem);
            }
            let (old, new) = (self.facts.products.get(from), self.facts.products.get(to).ok_or(Refusal::OtherProduct)?);
            let same = old.and_then(|old| old.item_group.as_deref()).is_some_and(|group| new.item_group.as_deref() == Some(group));
            if !same {
                return Err(Refusal::OtherProduct);
            }
            if new.stock == Some(0) {
                return Err(Refusal::OutOfStock);
            }
            let before = self.line(from).and_then(|line| line.unit_price).ok_or(Refusal::PriceUnknown)?;
            if new.price.currency != currency || before.currency != currency {
                return Err(Refusal::PriceUnknown);
            }
            minor += new.price.minor - before.minor;
            lines.push(OrderLine { sku: new.sku.clone(), title: new.title.clone(), quantity: 1, unit_price: Some(new.price) });
        }
        Ok((Money::new(minor, currency), lines))
    }

    fn change_payment(&self, new: &str) -> Result<Plan, Refusal> {
        let [only] = &self.order.payments[..] else { return Err(Refusal::DoneBefore) };
        if only.kind != PaymentKind::Paid {
            return Err(Refusal::DoneBefore);
        }
        if self.facts.account.method(new).is_none() {
            return Err(Refusal::UnknownPaymentMethod);
        }
        if only.method == new {
            return Err(Refusal::SamePaymentMethod);
        }
        let method = self.method_for(Some(new), only.amount)?;
        let (mut after, mut account) = (self.order.clone(), self.facts.account.clone());
        book(&mut after, &mut account, &method, only.amount, self.facts.now);
        let back = Money::new(-only.amount.minor, only.amount.currency);
        book(&mut after, &mut account, &only.method, back, self.facts.now);
        Ok(Plan { account: self.changed(account), ..self.plan(after, None, method) })
    }

    /// Money for what is sent back goes the way it came, or to a gift card of the customer.
    fn send_back(&self, items: &[String], named: Option<&str>) -> Result<Plan, Refusal> {
        if items.is_empty() {
            return Err(Refusal::NothingToDo);
        }
        let method = self.way_back(named)?;
        let currency = self.order.total.currency;
        let prices: Option<i64> = items.iter().map(|sku| self.line(sku)?.unit_price.map(|price| price.minor)).sum();
        Ok(self.plan(self.order.clone(), prices.map(|minor| Money::new(-minor, currency)), method))
    }

    fn way_back(&self, named: Option<&str>) -> Result<String, Refusal> {
        let method = self.known_method(named)?;
        let card = self.facts.account.method(&method).is_some_and(|known| known.kind == PaymentMethodKind::GiftCard);
        if card || method == self.original_method() { Ok(method) } else { Err(Refusal::PaymentMethodNotAllowed) }
    }

    /// At most what was paid and not given back yet.
    fn give_back(&self, amount: Money, named: Option<&str>) -> Result<Plan, Refusal> {
        let sums = paid(self.order);
        let left = if self.order.payments.is_empty() {
            self.order.total.minor
        } else {
            sums.iter().filter(|(_, sum)| sum.currency == amount.currency).map(|(_, sum)| sum.minor).sum()
        };
        if amount.minor <= 0 || amount.currency != self.order.total.currency || amount.minor > left {
            return Err(Refusal::AmountNotAllowed);
        }
        let method = self.way_back(named)?;
        let (mut after, mut account) = (self.order.clone(), self.facts.account.clone());
        let back = Money::new(-amount.minor, amount.currency);
        book(&mut after, &mut account, &method, back, self.facts.now);
        Ok(Plan { account: self.changed(account), ..self.plan(after, Some(back), method) })
    }

    fn changed(&self, account: CustomerAccount) -> Option<CustomerAccount> {
        (account != *self.facts.account).then_some(account)
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
