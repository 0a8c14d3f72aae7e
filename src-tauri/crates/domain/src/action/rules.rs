//! What a shop allows: one row a kind of action, as data that the seller edits and the customer can be told.

use serde::{Deserialize, Serialize};

use super::ActionKind;
use crate::{money::Money, order::OrderStatus, words};

words! {
    /// Who may set an action going.
    WhoDecides {
        /// Nobody: the shop does not offer it.
        Nobody => "nobody",
        /// A person of the shop, each time.
        Person => "person",
        /// The customer's yes is enough, within the limits.
        Customer => "customer",
    }
}

/// The rule of one kind of action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct KindRule {
    /// Of which kind.
    pub kind: ActionKind,
    /// Who decides.
    pub who: WhoDecides,
    /// The states of the order in which it is done; empty means any.
    pub states: Vec<OrderStatus>,
    /// What must not have been done before on the same order.
    pub not_after: Vec<ActionKind>,
    /// At most so many days after delivery, or after the order where nothing was delivered; `None` means any time.
    pub within_days: Option<u32>,
    /// The reasons that are accepted; empty means that none is asked for.
    pub reasons: Vec<String>,
}

/// The rules of a shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ActionRules {
    /// One a kind; a kind without one is not offered.
    pub kinds: Vec<KindRule>,
    /// Money that goes back above these amounts waits for a person; one amount a currency. In a currency that is not listed every
    /// amount waits.
    pub approval_above: Vec<Money>,
    /// False: no amount waits, whatever is listed.
    pub approvals: bool,
}

impl ActionRules {
    /// The rule of a kind.
    pub fn of(&self, kind: ActionKind) -> Option<&KindRule> {
        self.kinds.iter().find(|rule| rule.kind == kind && rule.who != WhoDecides::Nobody)
    }

    /// True when so much money back must wait for a person.
    pub fn needs_approval(&self, kind: ActionKind, back: Option<Money>) -> bool {
        if self.of(kind).is_some_and(|rule| rule.who == WhoDecides::Person) {
            return true;
        }
        let Some(back) = back.filter(|money| self.approvals && money.minor > 0) else { return false };
        self.approval_above.iter().find(|limit| limit.currency == back.currency).is_none_or(|limit| back.minor > limit.minor)
    }
}

impl Default for ActionRules {
    /// What a careful shop would allow: changes before anything has left, returns within thirty days of delivery, and no money back
    /// without a person until the seller sets limits.
    fn default() -> Self {
        use ActionKind::{
            Cancel, ChangeAccountAddress, ChangeAddress, ChangeItems, ChangePayment, Discount, Exchange, Refund, Reship, Return,
        };
        let rule = |kind, who, states: &[OrderStatus], not_after: &[ActionKind], within_days| KindRule {
            kind,
            who,
            states: states.to_vec(),
            not_after: not_after.to_vec(),
            within_days,
            reasons: vec![],
        };
        let (pending, delivered) = ([OrderStatus::Pending], [OrderStatus::Delivered]);
        let kinds = vec![
            rule(Cancel, WhoDecides::Customer, &pending, &[ChangeItems], None),
            rule(ChangeAddress, WhoDecides::Customer, &pending, &[], None),
            rule(ChangeItems, WhoDecides::Customer, &pending, &[ChangeItems], None),
            rule(ChangePayment, WhoDecides::Person, &pending, &[ChangePayment], None),
            rule(ChangeAccountAddress, WhoDecides::Customer, &[], &[], None),
            rule(Return, WhoDecides::Customer, &delivered, &[Return, Exchange], Some(30)),
            rule(Exchange, WhoDecides::Customer, &delivered, &[Return, Exchange], Some(30)),
            rule(Refund, WhoDecides::Customer, &[], &[Refund], Some(90)),
            rule(Reship, WhoDecides::Person, &[], &[Reship], Some(90)),
            rule(Discount, WhoDecides::Person, &[], &[Discount], Some(90)),
        ];
        Self { kinds, approval_above: vec![], approvals: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn e7_money_over_the_limit_and_in_other_currencies_waits() {
        let (eur, usd) = (Currency::parse("EUR").unwrap(), Currency::parse("USD").unwrap());
        let rules = ActionRules { approval_above: vec![Money::new(2000, eur)], ..ActionRules::default() };
        let check = |kind, back: Option<Money>, expect| assert_eq!(rules.needs_approval(kind, back), expect, "{kind} {back:?}");
        check(ActionKind::Refund, Some(Money::new(1500, eur)), false);
        check(ActionKind::Refund, Some(Money::new(2000, eur)), false);
        check(ActionKind::Refund, Some(Money::new(2001, eur)), true);
        check(ActionKind::Refund, Some(Money::new(100, usd)), true);
        check(ActionKind::ChangeAddress, None, false);
        check(ActionKind::Reship, None, true);
        assert!(ActionRules::default().needs_approval(ActionKind::Refund, Some(Money::new(1, eur))), "no limit set: a person looks");
    }

    #[test]
    fn every_kind_has_a_rule() {
        let rules = ActionRules::default();
        assert!(ActionKind::ALL.iter().all(|kind| rules.of(*kind).is_some()));
    }
}
