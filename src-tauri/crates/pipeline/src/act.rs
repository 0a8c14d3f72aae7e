//! Stage 8: what was done. In this version the bot writes nothing into the shop: it only says what it looked up.
//!
//! Actions (cancel, refund, change an address) come here, each after restating the details and an explicit yes.

use mercator_domain::turn::Acted;

use crate::retrieve::Found;

/// What was looked up, for the card and the audit.
pub fn act(found: &Found) -> Acted {
    let mut done = Vec::new();
    if let Some(order) = &found.retrieved.order {
        done.push(format!("read order {}", order.number));
    }
    if let Some(number) = &found.asked_number {
        done.push(format!("looked for order {number}"));
    }
    if !found.retrieved.passages.is_empty() {
        done.push(format!("read {} passages", found.retrieved.passages.len()));
    }
    Acted { done }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_was_looked_up() {
        let found = Found { asked_number: Some("12".into()), ..Found::default() };
        assert_eq!(act(&found).done, ["looked for order 12"]);
        assert!(act(&Found::default()).done.is_empty());
    }
}
