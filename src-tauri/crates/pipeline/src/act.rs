//! Stage 8: what was done. In this version the bot writes nothing into the shop: it only says what it looked up.
//!
//! Actions (cancel, refund, change an address) come here, each after restating the details and an explicit yes.

use mercator_domain::turn::{Acted, Evidence, EvidenceCode, EvidenceKind, EvidenceValue};

use crate::retrieve::Found;

/// What was looked up: in words for the command line, and as reasons that the window says in its reader's language.
pub fn act(found: &Found) -> (Acted, Vec<Evidence>) {
    let mut steps = Vec::new();
    if let Some(order) = &found.retrieved.order {
        steps.push(Evidence::said(EvidenceKind::Order, EvidenceCode::ReadOrder, [EvidenceValue::text(&order.number)]));
    }
    if let Some(number) = &found.asked_number {
        steps.push(Evidence::said(EvidenceKind::Order, EvidenceCode::LookedForOrder, [EvidenceValue::text(number)]));
    }
    let passages = found.retrieved.passages.len();
    if passages > 0 {
        steps.push(Evidence::said(EvidenceKind::Passage, EvidenceCode::ReadPassages, [EvidenceValue::count(passages)]));
    }
    (Acted { done: steps.iter().map(|step| step.text.clone()).collect() }, steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_was_looked_up() {
        let found = Found { asked_number: Some("12".into()), ..Found::default() };
        assert_eq!(act(&found).0.done, ["looked for order 12"]);
        assert!(act(&Found::default()).0.done.is_empty());
    }
}
