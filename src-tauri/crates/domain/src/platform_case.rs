//! Cases that a platform, a payment service or a bank opens against the shop, and feedback that waits for an answer.
//!
//! Each has a deadline. The one that the platform states counts; without it, a term by kind says how long there is at least.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ContactId, ConversationId, InboxId, PlatformCaseId},
    moment::{HOUR_MS, Moment},
    money::Money,
    words,
};

words! {
    /// What kind of case it is.
    CaseKind {
        /// A claim under Amazon's A-to-z guarantee.
        AToZ => "a_to_z",
        /// Item not received: a request at a marketplace or a payment service.
        NotReceived => "not_received",
        /// Item not as described: a request at a marketplace or a payment service.
        NotAsDescribed => "not_as_described",
        /// A payment that the buyer's bank takes back, or is asked to.
        Chargeback => "chargeback",
        /// A rating or comment on the seller that can be answered or disputed.
        Feedback => "feedback",
    }
}

words! {
    /// How far it is.
    CaseState {
        /// The shop must answer.
        Open => "open",
        /// The shop has answered; the platform decides.
        Answered => "answered",
        /// Decided for the shop.
        Won => "won",
        /// Decided for the buyer.
        Lost => "lost",
        /// Withdrawn, or settled with the buyer.
        Closed => "closed",
    }
}

/// A case as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct PlatformCase {
    /// The row.
    pub id: PlatformCaseId,
    /// What kind.
    pub kind: CaseKind,
    /// The number that the platform gave it; no two cases have the same.
    pub number: String,
    /// The store that it was opened in, where it is known.
    pub inbox_id: Option<InboxId>,
    /// The order that it is about, by the shop's number.
    pub order_number: Option<String>,
    /// The conversation that a person has linked it to; without one, that about its order counts.
    pub conversation_id: Option<ConversationId>,
    /// What the buyer says, or the platform.
    pub reason: String,
    /// What is at stake.
    pub amount: Option<Money>,
    /// How far it is.
    pub state: CaseState,
    /// When it was opened.
    pub opened_at: Moment,
    /// By when the platform wants an answer, where it says so.
    pub answer_by: Option<Moment>,
    /// When the row last changed.
    pub changed_at: Moment,
    /// Raised by each change: a change of an older version is refused.
    pub version: i32,
}

/// A case as a file or a person gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct NewPlatformCase {
    /// What kind.
    pub kind: CaseKind,
    /// The number that the platform gave it.
    pub number: String,
    /// The store that it was opened in.
    pub inbox_id: Option<InboxId>,
    /// The order that it is about.
    pub order_number: Option<String>,
    /// The conversation that it belongs to.
    pub conversation_id: Option<ConversationId>,
    /// What the buyer says, or the platform.
    pub reason: String,
    /// What is at stake.
    pub amount: Option<Money>,
    /// How far it is.
    pub state: CaseState,
    /// When it was opened.
    pub opened_at: Moment,
    /// By when the platform wants an answer, where it says so.
    pub answer_by: Option<Moment>,
}

/// A case with what it hangs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedCase {
    /// The case.
    pub case: PlatformCase,
    /// Whose order it is, where the order is known.
    pub contact_id: Option<ContactId>,
    /// The customer's name, or first address; empty when nobody is known.
    pub contact: String,
    /// The conversation it belongs to: the linked one, else the newest about its order.
    pub conversation_id: Option<ConversationId>,
    /// The store's name; empty when it is not known.
    pub store: String,
    /// True when the shop knows the order.
    pub order_known: bool,
}

/// How long there is to answer a case of a kind when the platform does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CaseTerm {
    /// The kind.
    pub kind: CaseKind,
    /// Hours from the opening, 1 to 8,760.
    pub hours: i32,
    /// True when the seller has set it.
    pub own: bool,
}

impl CaseKind {
    /// Hours that the platforms give at least, by their help pages as of 2026: where two figures are to be found, the shorter.
    ///
    /// Amazon, A-to-z: 48 hours (seller help, page 1781; page 27951 says 72). eBay, item not received and not as described:
    /// 3 business days (help, pages 4116 and 4701), counted as 72 hours here. Shopify Payments, chargeback: 7 to 21 days by the card
    /// network. Amazon, feedback: a removal can be asked for during 90 days.
    pub const fn shortest_hours(self) -> i32 {
        match self {
            Self::AToZ => 48,
            Self::NotReceived | Self::NotAsDescribed => 72,
            Self::Chargeback => 7 * 24,
            Self::Feedback => 90 * 24,
        }
    }
}

/// The terms of all kinds: the seller's own where there are some, else the shortest of the platforms.
pub fn terms(own: &[CaseTerm]) -> Vec<CaseTerm> {
    let of = |kind: CaseKind| {
        let set = own.iter().find(|term| term.kind == kind && term.hours != kind.shortest_hours());
        set.map_or(CaseTerm { kind, hours: kind.shortest_hours(), own: false }, |term| CaseTerm { own: true, ..*term })
    };
    CaseKind::ALL.iter().copied().map(of).collect()
}

impl PlatformCase {
    /// By when it must be answered, and whether that is only reckoned: the platform's word, else the opening and the term of its kind.
    pub fn deadline(&self, terms: &[CaseTerm]) -> (Moment, bool) {
        if let Some(stated) = self.answer_by {
            return (stated, false);
        }
        let hours = terms.iter().find(|term| term.kind == self.kind).map_or(self.kind.shortest_hours(), |term| term.hours);
        (self.opened_at.plus_ms(i64::from(hours) * HOUR_MS), true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(kind: CaseKind, answer_by: Option<Moment>) -> PlatformCase {
        PlatformCase {
            id: PlatformCaseId(1),
            kind,
            number: "C-1".into(),
            inbox_id: None,
            order_number: None,
            conversation_id: None,
            reason: String::new(),
            amount: None,
            state: CaseState::Open,
            opened_at: Moment(0),
            answer_by,
            changed_at: Moment(0),
            version: 1,
        }
    }

    #[test]
    fn e10_a_stated_deadline_goes_before_a_reckoned_one() {
        let shipped = terms(&[]);
        assert_eq!(case(CaseKind::AToZ, Some(Moment(5))).deadline(&shipped), (Moment(5), false));
        assert_eq!(case(CaseKind::AToZ, None).deadline(&shipped), (Moment(48 * HOUR_MS), true));
        let own = terms(&[CaseTerm { kind: CaseKind::AToZ, hours: 72, own: true }]);
        assert_eq!(case(CaseKind::AToZ, None).deadline(&own), (Moment(72 * HOUR_MS), true));
        assert_eq!(case(CaseKind::Chargeback, None).deadline(&own), (Moment(168 * HOUR_MS), true));
    }

    #[test]
    fn every_kind_has_a_term_and_only_a_changed_one_is_the_sellers_own() {
        let own =
            terms(&[CaseTerm { kind: CaseKind::AToZ, hours: 48, own: true }, CaseTerm { kind: CaseKind::Feedback, hours: 24, own: false }]);
        assert_eq!(own.len(), CaseKind::ALL.len());
        let owned: Vec<_> = own.iter().filter(|term| term.own).map(|term| term.kind).collect();
        assert_eq!(owned, [CaseKind::Feedback]);
    }
}
