//! Actions on orders and accounts: what can be asked for, under which rules it is done, and what becomes of it.
//!
//! One engine for all of them. A request is checked against the shop's rules ([`ActionRules`], data that the seller edits) and the
//! facts ([`check()`]); what passes is a [`Plan`] that says everything that will change, so that it can be restated to the customer,
//! weighed against the money limits, carried out, and compared with what is read back afterwards.

pub mod check;
pub mod plan;
pub mod rules;

use serde::{Deserialize, Serialize};

pub use self::{
    check::{ActionFacts, check},
    plan::Plan,
    rules::{ActionRules, KindRule},
};
use crate::{
    account::PostalAddress,
    ids::{ActionId, ContactId, ConversationId, OrderId},
    moment::Moment,
    money::Money,
    words,
};

words! {
    /// What is done.
    ActionKind {
        /// Call an order off before it leaves.
        Cancel => "cancel",
        /// Send an order to another address, before it leaves.
        ChangeAddress => "change_address",
        /// Another variant of an ordered item, before it leaves.
        ChangeItems => "change_items",
        /// Pay an order in another way, before it leaves.
        ChangePayment => "change_payment",
        /// Another default address of the customer.
        ChangeAccountAddress => "change_account_address",
        /// Send delivered items back for money.
        Return => "return",
        /// Send delivered items back for another variant.
        Exchange => "exchange",
        /// Give money back without a return.
        Refund => "refund",
        /// Send delivered or lost items again.
        Reship => "reship",
        /// Give money off an order.
        Discount => "discount",
    }
}

impl ActionKind {
    /// True when money goes back to the customer, so that a limit can hold.
    pub const fn gives_money(self) -> bool {
        matches!(self, Self::Cancel | Self::Return | Self::Refund | Self::Discount)
    }
}

/// One item against another of the same product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Swap {
    /// The number of the ordered item.
    pub from: String,
    /// The number of the item that takes its place.
    pub to: String,
}

/// What is asked for. Orders are named by the shop's number, items by theirs; a way to pay that is left out is the one that was
/// paid with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ActionRequest {
    /// See [`ActionKind::Cancel`].
    Cancel {
        /// The order.
        order: String,
        /// Why, where the shop's rules ask for it.
        reason: Option<String>,
    },
    /// See [`ActionKind::ChangeAddress`].
    ChangeAddress {
        /// The order.
        order: String,
        /// Where to.
        address: PostalAddress,
    },
    /// See [`ActionKind::ChangeItems`].
    ChangeItems {
        /// The order.
        order: String,
        /// Item by item; an item that was ordered twice may stand here twice.
        swaps: Vec<Swap>,
        /// Pays or gets the difference.
        payment_method: Option<String>,
    },
    /// See [`ActionKind::ChangePayment`].
    ChangePayment {
        /// The order.
        order: String,
        /// The new way.
        payment_method: String,
    },
    /// See [`ActionKind::ChangeAccountAddress`].
    ChangeAccountAddress {
        /// Where to.
        address: PostalAddress,
    },
    /// See [`ActionKind::Return`].
    Return {
        /// The order.
        order: String,
        /// The items, one number a piece.
        items: Vec<String>,
        /// Gets the money.
        payment_method: Option<String>,
    },
    /// See [`ActionKind::Exchange`].
    Exchange {
        /// The order.
        order: String,
        /// Item by item.
        swaps: Vec<Swap>,
        /// Pays or gets the difference.
        payment_method: Option<String>,
    },
    /// See [`ActionKind::Refund`].
    Refund {
        /// The order.
        order: String,
        /// How much.
        amount: Money,
        /// Gets the money.
        payment_method: Option<String>,
    },
    /// See [`ActionKind::Reship`].
    Reship {
        /// The order.
        order: String,
        /// The items, one number a piece.
        items: Vec<String>,
    },
    /// See [`ActionKind::Discount`].
    Discount {
        /// The order.
        order: String,
        /// How much.
        amount: Money,
    },
}

impl ActionRequest {
    /// Its kind.
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::Cancel { .. } => ActionKind::Cancel,
            Self::ChangeAddress { .. } => ActionKind::ChangeAddress,
            Self::ChangeItems { .. } => ActionKind::ChangeItems,
            Self::ChangePayment { .. } => ActionKind::ChangePayment,
            Self::ChangeAccountAddress { .. } => ActionKind::ChangeAccountAddress,
            Self::Return { .. } => ActionKind::Return,
            Self::Exchange { .. } => ActionKind::Exchange,
            Self::Refund { .. } => ActionKind::Refund,
            Self::Reship { .. } => ActionKind::Reship,
            Self::Discount { .. } => ActionKind::Discount,
        }
    }

    /// The order that it is about.
    pub fn order(&self) -> Option<&str> {
        match self {
            Self::ChangeAccountAddress { .. } => None,
            Self::Cancel { order, .. }
            | Self::ChangeAddress { order, .. }
            | Self::ChangeItems { order, .. }
            | Self::ChangePayment { order, .. }
            | Self::Return { order, .. }
            | Self::Exchange { order, .. }
            | Self::Refund { order, .. }
            | Self::Reship { order, .. }
            | Self::Discount { order, .. } => Some(order),
        }
    }

    /// The items that it takes from the order, one number a piece.
    pub fn items(&self) -> Vec<&str> {
        match self {
            Self::ChangeItems { swaps, .. } | Self::Exchange { swaps, .. } => swaps.iter().map(|swap| swap.from.as_str()).collect(),
            Self::Return { items, .. } | Self::Reship { items, .. } => items.iter().map(String::as_str).collect(),
            _ => vec![],
        }
    }

    /// The way to pay that is named.
    pub fn payment_method(&self) -> Option<&str> {
        match self {
            Self::ChangePayment { payment_method, .. } => Some(payment_method),
            Self::ChangeItems { payment_method, .. }
            | Self::Return { payment_method, .. }
            | Self::Exchange { payment_method, .. }
            | Self::Refund { payment_method, .. } => payment_method.as_deref(),
            _ => None,
        }
    }
}

words! {
    /// Why a request is refused; the window and the bot have words for each.
    Refusal {
        /// The shop does not offer this.
        NotOffered => "not_offered",
        /// There is no such order.
        UnknownOrder => "unknown_order",
        /// The order is another customer's.
        NotTheirs => "not_theirs",
        /// Who asks has not shown who they are.
        NotVerified => "not_verified",
        /// The order is in a state in which this is not done.
        WrongState => "wrong_state",
        /// Something that was done before on this order forbids it.
        DoneBefore => "done_before",
        /// The time for it is over.
        TooLate => "too_late",
        /// The shop does not accept this reason.
        ReasonNotAccepted => "reason_not_accepted",
        /// The order does not hold this item, or not so often.
        ItemNotInOrder => "item_not_in_order",
        /// Nothing is named that could be changed.
        NothingToDo => "nothing_to_do",
        /// The new item is the old one.
        SameItem => "same_item",
        /// The new item is unknown, or of another product.
        OtherProduct => "other_product",
        /// The new item is out of stock.
        OutOfStock => "out_of_stock",
        /// The customer has no such way to pay.
        UnknownPaymentMethod => "unknown_payment_method",
        /// Money goes back to the way it came, or to a gift card.
        PaymentMethodNotAllowed => "payment_method_not_allowed",
        /// The order is paid in this way already.
        SamePaymentMethod => "same_payment_method",
        /// The gift card does not hold enough.
        BalanceTooLow => "balance_too_low",
        /// More than was paid, or nothing.
        AmountNotAllowed => "amount_not_allowed",
        /// The address lacks what a carrier needs.
        AddressIncomplete => "address_incomplete",
        /// What the order cost is not known well enough.
        PriceUnknown => "price_unknown",
        /// Another action of this conversation is still open.
        OneAtATime => "one_at_a_time",
    }
}

words! {
    /// How far an action is.
    ActionState {
        /// Restated; waits for the customer's yes.
        Proposed => "proposed",
        /// The customer said yes; a person must agree, for it is over a limit.
        AwaitingApproval => "awaiting_approval",
        /// Being carried out; after a crash it stays here until a person has looked.
        Running => "running",
        /// Carried out and read back.
        Done => "done",
        /// A work order says what a person must do.
        WorkOrder => "work_order",
        /// It could not be carried out.
        Failed => "failed",
        /// The customer said no, or went on to something else.
        Declined => "declined",
        /// A person said no.
        Rejected => "rejected",
    }
}

impl ActionState {
    /// True while something is still to come of it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::AwaitingApproval | Self::Running)
    }

    /// True when it counts as done before: what is asked of a person is as good as done for the rules.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Running | Self::Done | Self::WorkOrder | Self::AwaitingApproval)
    }
}

/// An action as it is stored: the request, what becomes of it, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Action {
    /// The row.
    pub id: ActionId,
    /// Asked for in this conversation, when in one.
    pub conversation_id: Option<ConversationId>,
    /// For whom.
    pub contact_id: ContactId,
    /// On which order.
    pub order_id: Option<OrderId>,
    /// What.
    pub request: ActionRequest,
    /// What money moves: back to the customer when negative.
    pub amount: Option<Money>,
    /// How far.
    pub state: ActionState,
    /// The number that the customer writes on the parcel, for what is sent back.
    pub rma: Option<String>,
    /// Who decided last: `customer`, `bot`, a member's name.
    pub actor: String,
    /// Why it failed or was rejected; empty otherwise.
    pub why: String,
    /// When it was proposed.
    pub at: Moment,
    /// When its state last changed.
    pub changed_at: Moment,
    /// Raised by each change: a change of an older version is refused.
    pub version: i32,
}

/// An action to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAction {
    /// See [`Action::conversation_id`].
    pub conversation_id: Option<ConversationId>,
    /// See [`Action::contact_id`].
    pub contact_id: ContactId,
    /// See [`Action::order_id`].
    pub order_id: Option<OrderId>,
    /// See [`Action::request`].
    pub request: ActionRequest,
    /// See [`Action::amount`].
    pub amount: Option<Money>,
    /// See [`Action::state`].
    pub state: ActionState,
    /// See [`Action::actor`].
    pub actor: String,
}
