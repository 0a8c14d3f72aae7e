//! Everything that an allowed action will change: what is restated before the yes, and what is compared with what is read back.

use super::ActionKind;
use crate::{
    account::{CustomerAccount, PaymentMethodKind},
    moment::Moment,
    money::Money,
    order::{Order, OrderLine, Payment, PaymentKind},
};

/// An action that may be carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Of which kind.
    pub kind: ActionKind,
    /// The order as it will be; `None` for an action on the account alone.
    pub order: Option<Order>,
    /// The account as it will be, where it changes.
    pub account: Option<CustomerAccount>,
    /// What the customer pays (positive) or gets (negative), now or once the goods are back; `None` where no money is in it.
    pub amount: Option<Money>,
    /// The way to pay that it goes by; empty where the shop did not say how the order was paid.
    pub payment_method: String,
    /// True when a person must agree first.
    pub needs_approval: bool,
}

impl Plan {
    /// What goes back to the customer.
    pub fn back(&self) -> Option<Money> {
        self.amount.filter(|money| money.minor < 0).map(|money| Money::new(-money.minor, money.currency))
    }
}

/// What was paid in each way and not given back, in the order of the first payments.
pub(super) fn paid(order: &Order) -> Vec<(String, Money)> {
    let mut sums: Vec<(String, Money)> = vec![];
    for payment in &order.payments {
        let signed = match payment.kind {
            PaymentKind::Paid => payment.amount.minor,
            PaymentKind::Refunded => -payment.amount.minor,
        };
        match sums.iter_mut().find(|(method, sum)| *method == payment.method && sum.currency == payment.amount.currency) {
            Some((_, sum)) => sum.minor += signed,
            None => sums.push((payment.method.clone(), Money::new(signed, payment.amount.currency))),
        }
    }
    sums.retain(|(_, sum)| sum.minor > 0);
    sums
}

/// Adds a movement of money to an order, and takes it from a gift card or puts it there. `minor` is positive when the customer pays.
pub(super) fn book(order: &mut Order, account: &mut CustomerAccount, method: &str, money: Money, at: Moment) {
    if money.minor == 0 {
        return;
    }
    let kind = if money.minor > 0 { PaymentKind::Paid } else { PaymentKind::Refunded };
    let amount = Money::new(money.minor.abs(), money.currency);
    order.payments.push(Payment { kind, amount, method: method.to_owned(), at });
    let card = account.payment_methods.iter_mut().find(|known| known.id == method && known.kind == PaymentMethodKind::GiftCard);
    if let Some(balance) = card.and_then(|card| card.balance.as_mut()).filter(|balance| balance.currency == money.currency) {
        balance.minor -= money.minor;
    }
}

/// Puts another item in the place of one piece of an ordered one; a line of several pieces is parted.
pub(super) fn swap_line(lines: &mut Vec<OrderLine>, from: &str, to: OrderLine) {
    let Some(place) = lines.iter().position(|line| line.sku == from && line.quantity > 0) else { return };
    match lines.get_mut(place) {
        Some(line) if line.quantity > 1 => {
            line.quantity -= 1;
            lines.insert(place + 1, to);
        }
        Some(line) => *line = to,
        None => {}
    }
}
