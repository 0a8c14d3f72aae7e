//! Who writes, as far as orders go: the buyer whose address it is, or who knows an order's number and a second fact of it.
//!
//! The second fact is the postal code of the order's address: it stands in no mail of ours, and a stranger who has found a number does
//! not know it. It must have been written by the customer in this conversation. Whoever tries many codes has shown nothing.

use anyhow::Result;
use mercator_domain::{action::Action, ids::ContactId, order::Order};
use mercator_store::Store;

/// A postal code has at least so many letters and digits.
const SHORTEST: usize = 4;
/// More numbers than this in what was written are an attempt to guess.
const MOST_NUMBERS: usize = 8;

/// Who writes, and what they wrote in this conversation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer {
    /// The contact of the conversation; `None` in the test bench.
    pub(crate) contact: Option<ContactId>,
    /// The customer's own messages, the current one among them.
    pub(crate) said: Vec<String>,
    /// Whose order was acted on in this conversation before: there is one customer a conversation.
    pub(crate) before: Option<ContactId>,
}

impl Writer {
    /// True when the order may be told to the writer and acted on.
    pub(crate) async fn owns(&self, store: &Store, order: &Order) -> Result<bool> {
        if self.contact == Some(order.contact_id) {
            return Ok(true);
        }
        if self.before.is_some_and(|before| before != order.contact_id) {
            return Ok(false);
        }
        // Whoever has orders under the own address asks for another person's.
        if let Some(contact) = self.contact
            && !store.orders_of_contact(contact, 1).await?.is_empty()
        {
            return Ok(false);
        }
        let account = store.account(order.contact_id).await?;
        let addresses = [order.address.as_ref(), account.address.as_ref()];
        let codes = addresses.into_iter().flatten().map(|address| joined(&address.postal_code));
        Ok(codes.filter(|code| code.chars().count() >= SHORTEST).any(|code| said(&self.said, &code)))
    }
}

/// Letters and digits alone, upper case.
fn joined(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// The code stands in one of the texts as a word or as two words side by side.
fn said(texts: &[String], code: &str) -> bool {
    let words: Vec<String> = texts.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).map(joined).collect();
    let words: Vec<&String> = words.iter().filter(|word| !word.is_empty()).collect();
    let numbers = words.iter().filter(|word| word.chars().count() >= SHORTEST && word.chars().any(|c| c.is_ascii_digit())).count();
    let pair = |pair: &[&String]| matches!(pair, [a, b] if format!("{a}{b}") == code);
    numbers <= MOST_NUMBERS && (words.iter().any(|word| *word == code) || words.windows(2).any(pair))
}

/// Whose orders were acted on.
pub(crate) fn customer_of(actions: &[Action]) -> Option<ContactId> {
    actions.first().map(|action| action.contact_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e8_a_postal_code_is_a_second_fact_and_a_list_of_them_is_none() {
        let check = |text: &str, code: &str, expect: bool| assert_eq!(said(&[text.to_owned()], &joined(code)), expect, "{text}");
        check("my code is LS1 4DY, thanks", "LS1 4DY", true);
        check("postal code: ls14dy", "LS1 4DY", true);
        check("10115 Berlin", "10115", true);
        check("110115", "10115", false);
        check("order 10023", "10115", false);
        check("10110 10111 10112 10113 10114 10115 10116 10117 10118", "10115", false);
    }
}
