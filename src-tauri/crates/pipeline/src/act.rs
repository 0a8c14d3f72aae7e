//! Stage 8: what was done: what was looked up, and what became of an action that the customer has said yes to.
//!
//! The action itself is carried out by the engine behind [`crate::ports::Actions`]; here it is only said what came of it.

use mercator_domain::{
    action::Action,
    turn::{Acted, Evidence, EvidenceCode, EvidenceKind, EvidenceValue},
};

use crate::retrieve::Found;

/// What was looked up: in words for the command line, and as reasons that the window says in its reader's language.
pub fn act(found: &Found, acted: Option<&Result<Action, String>>) -> (Acted, Vec<Evidence>) {
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
    match acted {
        Some(Ok(action)) => {
            let values = [EvidenceValue::Action(action.request.kind()), EvidenceValue::Stage(action.state)];
            steps.push(Evidence::said(EvidenceKind::Rule, EvidenceCode::ActionEnded, values));
        }
        Some(Err(why)) => steps.push(Evidence::said(EvidenceKind::Rule, EvidenceCode::ActionUnchecked, [EvidenceValue::text(why)])),
        None => {}
    }
    let action = acted.and_then(|acted| acted.as_ref().ok()).cloned().map(Box::new);
    (Acted { done: steps.iter().map(|step| step.text.clone()).collect(), action }, steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_was_looked_up() {
        let found = Found { asked_number: Some("12".into()), ..Found::default() };
        assert_eq!(act(&found, None).0.done, ["looked for order 12"]);
        assert!(act(&Found::default(), None).0.done.is_empty());
    }
}
