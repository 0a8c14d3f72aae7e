//! What the shop knows of a customer's account: the default address, and the ways to pay.

use serde::{Deserialize, Serialize};

use crate::{money::Money, words};

/// An address that a parcel can go to, as the shop or the customer writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(default)]
pub struct PostalAddress {
    /// Street and number.
    pub line1: String,
    /// Flat, floor, company; often empty.
    pub line2: String,
    /// The town.
    pub city: String,
    /// State, province or region; empty where none is written.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// As it stands on the label: a code or a name.
    pub country: String,
}

impl PostalAddress {
    /// The address in one line, without its empty parts.
    pub fn one_line(&self) -> String {
        let parts = [&self.line1, &self.line2, &self.city, &self.region, &self.postal_code, &self.country];
        parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// True when a carrier could deliver there: a street, and a town or a postal code.
    pub fn is_complete(&self) -> bool {
        !self.line1.trim().is_empty() && (!self.city.trim().is_empty() || !self.postal_code.trim().is_empty())
    }
}

words! {
    /// How a customer pays.
    PaymentMethodKind {
        /// A credit or debit card.
        Card => "credit_card",
        /// A PayPal account.
        PayPal => "paypal",
        /// A gift card of the shop, with a balance.
        GiftCard => "gift_card",
        /// Anything else.
        Other => "other",
    }
}

/// One way to pay that the shop has on file for a customer; never a whole card number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct PaymentMethod {
    /// The shop's own name for it.
    pub id: String,
    /// Of which kind.
    pub kind: PaymentMethodKind,
    /// What the customer knows it by: `mastercard 9212`; may be empty.
    pub label: String,
    /// What is left on a gift card.
    pub balance: Option<Money>,
}

/// The account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CustomerAccount {
    /// Where parcels go unless an order says otherwise.
    pub address: Option<PostalAddress>,
    /// The ways to pay, by their names.
    pub payment_methods: Vec<PaymentMethod>,
}

impl CustomerAccount {
    /// The way to pay with this name.
    pub fn method(&self, id: &str) -> Option<&PaymentMethod> {
        self.payment_methods.iter().find(|method| method.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_said_in_one_line_without_its_gaps() {
        let address = PostalAddress { line1: "2 High St".into(), city: " Leeds ".into(), country: "GB".into(), ..PostalAddress::default() };
        assert_eq!(address.one_line(), "2 High St, Leeds, GB");
        assert!(address.is_complete());
        assert!(!PostalAddress { line1: String::new(), ..address }.is_complete());
    }
}
