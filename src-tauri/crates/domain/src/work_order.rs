//! What a person must do outside of a conversation: book a refund, send something again.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ConversationId, WorkOrderId},
    moment::Moment,
    words,
};

words! {
    /// What is to be done; the details say the rest.
    WorkKind {
        /// Give money back.
        Refund => "refund",
        /// Send it again, or what was missing.
        Reship => "reship",
        /// Take something back.
        Return => "return",
        /// Ask the carrier, or open a search.
        CarrierInquiry => "carrier_inquiry",
        /// Change an order or its address before it leaves.
        OrderChange => "order_change",
        /// Write an invoice.
        Invoice => "invoice",
        /// Anything else.
        Other => "other",
    }
}

words! {
    /// How far it is.
    WorkState {
        /// Somebody must do it.
        Open => "open",
        /// Somebody has done it.
        Done => "done",
        /// It is not needed any more.
        Cancelled => "cancelled",
    }
}

/// Something a person must do outside of the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct WorkOrder {
    /// The row.
    pub id: WorkOrderId,
    /// For which conversation.
    pub conversation_id: ConversationId,
    /// What kind.
    pub kind: WorkKind,
    /// Everything that is known, in words.
    pub details: String,
    /// The order that it is about, by the shop's number.
    pub order_number: Option<String>,
    /// How far it is.
    pub state: WorkState,
    /// When it was made.
    pub at: Moment,
    /// When its state last changed.
    pub changed_at: Moment,
    /// Raised by each change: a change of an older version is refused.
    pub version: i32,
}

/// A work order as a person makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct NewWorkOrder {
    /// What kind.
    pub kind: WorkKind,
    /// Everything that is known, in words.
    pub details: String,
    /// The order that it is about.
    pub order_number: Option<String>,
}
