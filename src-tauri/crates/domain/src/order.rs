//! Orders as the shop knows them: what was bought, what was paid, what was sent.

use serde::{Deserialize, Serialize};

use crate::{
    account::PostalAddress,
    ids::{ContactId, OrderId},
    moment::Moment,
    money::Money,
    shipment::Shipment,
    words,
};

words! {
    /// The state of an order.
    OrderStatus {
        /// Placed, not yet paid or being prepared.
        Pending => "pending",
        /// Paid, being packed.
        Processing => "processing",
        /// On its way.
        Shipped => "shipped",
        /// Arrived.
        Delivered => "delivered",
        /// Called off.
        Cancelled => "cancelled",
        /// Sent back.
        Returned => "returned",
        /// Money given back.
        Refunded => "refunded",
    }
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct OrderLine {
    /// The product's number in the shop.
    pub sku: String,
    /// The title at the time of the order.
    pub title: String,
    /// Pieces.
    pub quantity: i32,
    /// Price of one piece, when known.
    pub unit_price: Option<Money>,
}

words! {
    /// What a payment did.
    PaymentKind {
        /// The customer paid.
        Paid => "paid",
        /// Money went back.
        Refunded => "refunded",
    }
}

/// One movement of money of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Payment {
    /// What it did.
    pub kind: PaymentKind,
    /// How much.
    pub amount: Money,
    /// `paypal`, `card`, as the shop calls it; never a card number.
    pub method: String,
    /// When.
    pub at: Moment,
}

/// An order with everything that hangs on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Order {
    /// The row.
    pub id: OrderId,
    /// The number that the customer sees, without `#`.
    pub number: String,
    /// Whose.
    pub contact_id: ContactId,
    /// The state.
    pub status: OrderStatus,
    /// When it was placed.
    pub ordered_at: Moment,
    /// What it cost in all.
    pub total: Money,
    /// Where it goes, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The address on the label, when the shop says.
    pub address: Option<PostalAddress>,
    /// Items.
    pub lines: Vec<OrderLine>,
    /// Money.
    pub payments: Vec<Payment>,
    /// Parcels.
    pub shipments: Vec<Shipment>,
}
