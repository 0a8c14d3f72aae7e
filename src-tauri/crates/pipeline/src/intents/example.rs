//! A customer's message as an example keeps it: what it says, and nothing of who says it.
//!
//! The same parts are left out that the models do not see anyway (quotes, signature, the writer's name at the end, numbers,
//! addresses), so an example is compared with later messages as they are read. Storing it is left to `mercator-app`.

use super::plain;
use crate::{clean, entities, own_name, understand};

/// More of a message than this teaches nothing more about what it wants, and long letters would slow the training.
const CHARS: usize = 500;

/// The words of a message by which it can be an example; empty where there are none. `name` is the writer's.
pub fn words(text: &str, name: &str) -> String {
    let parted = clean::part(text);
    let (content, _) = own_name::without(&parted.cleaned.visible, name);
    // Addresses, links and numbers that name a person or an order go here.
    let masked = understand::mask(content, &entities::find(content));
    let lines = masked.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let whole = lines.collect::<Vec<_>>().join("\n");
    whole.trim().chars().take(CHARS).collect::<String>().trim().to_owned()
}

/// A text in the form in which it is known again: the same for the same words.
pub fn key(text: &str, name: &str) -> String {
    plain(&words(text, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_says_what_is_wanted_and_not_who_wants_it() {
        let check = |text: &str, name: &str, expect: &str| assert_eq!(words(text, name), expect, "{text}");
        check("Where is my order #10023?\n\nBest regards\nAna Silva", "Ana Silva", "Where is my order #0?\n\nBest regards");
        check("Please write to ana@mail.example or call +49 30 1234567", "", "Please write to or call 0");
        check("", "", "");
        assert_eq!(words(&"word ".repeat(1_000), "").chars().count(), CHARS - 1);
    }

    #[test]
    fn the_same_words_have_the_same_key() {
        assert_eq!(key("WHERE is my order 10023?!", ""), key("where is my order 7", ""));
        assert_ne!(key("where is my order", ""), key("where is my refund", ""));
    }
}
