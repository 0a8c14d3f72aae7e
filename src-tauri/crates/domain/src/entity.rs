//! Things named in a message: numbers, addresses, amounts.

use serde::{Deserialize, Serialize};

use crate::words;

words! {
    /// The kind of an entity.
    EntityKind {
        /// A shop's order number, without a leading `#`.
        OrderId => "order_id",
        /// A carrier's parcel number.
        TrackingNumber => "tracking_number",
        /// A product's number.
        Sku => "sku",
        /// An address of mail.
        Email => "email",
        /// A telephone number.
        Phone => "phone",
        /// An amount with its currency.
        Money => "money",
        /// A link.
        Url => "url",
        /// A date.
        Date => "date",
        /// A number of pieces.
        Quantity => "quantity",
        /// A country.
        Country => "country",
    }
}

/// One thing named in a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Entity {
    /// Its kind.
    pub kind: EntityKind,
    /// As written.
    pub text: String,
    /// In the normal form of its kind: an order or tracking number as written, without `#`; an ISO date; money as currency and amount.
    pub value: String,
    /// First byte in the text it was found in.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// An order or tracking number in the form in which two are compared: upper case, without spaces, hyphens and `#`.
pub fn comparable_number(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_compare_without_spaces_and_hyphens() {
        assert_eq!(super::comparable_number("#w 12-34"), super::comparable_number("W1234"));
    }
}
