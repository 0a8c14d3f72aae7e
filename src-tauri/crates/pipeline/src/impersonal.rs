//! Takes out of a text what belongs to one person: names, addresses, numbers of orders and parcels, mail, telephone, accounts.
//!
//! What is taken out leaves a mark in brackets, so that whoever reads the proposal sees that something stood there.

use std::sync::LazyLock;

use mercator_domain::{account::PostalAddress, entity::EntityKind};
use regex::Regex;

use crate::{
    clean,
    entities::{self, OwnNumbers, pattern},
    tokens,
};

/// Numbers of cards and accounts, with or without spaces: 12 digits or more, or an IBAN.
static ACCOUNTS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}|\d(?:[ -]?\d){11,18})\b"));

/// A part of a name that is shorter is too common a word.
const SHORTEST_NAME: usize = 3;
/// A first line that is longer is no greeting.
const LONGEST_GREETING: usize = 40;

/// Whose text it is.
#[derive(Clone, Debug, Default)]
pub struct Persons<'a> {
    /// Names of the customer and of the team.
    pub names: Vec<&'a str>,
    /// Addresses of the customer.
    pub addresses: Vec<&'a PostalAddress>,
}

/// The text without them.
pub fn without_persons(text: &str, persons: &Persons, own: &OwnNumbers) -> String {
    let accounts = ACCOUNTS.replace_all(text, "[number]").into_owned();
    let mut out = without_entities(&accounts, own);
    for address in &persons.addresses {
        for part in [&address.line1, &address.line2, &address.postal_code, &address.city] {
            if part.trim().chars().count() >= SHORTEST_NAME {
                out = replace_word(&out, part.trim(), "[address]");
            }
        }
    }
    let parts = persons.names.iter().flat_map(|name| std::iter::once(*name).chain(name.split_whitespace()));
    let mut parts: Vec<&str> = parts.map(str::trim).filter(|part| part.chars().count() >= SHORTEST_NAME).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    for part in parts {
        out = replace_word(&out, part, "[name]");
    }
    out
}

fn without_entities(text: &str, own: &OwnNumbers) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for entity in entities::find_with(text, own) {
        let mark = match entity.kind {
            EntityKind::Email => "[mail]",
            EntityKind::Phone => "[phone]",
            EntityKind::OrderId => "[order]",
            EntityKind::TrackingNumber => "[tracking]",
            _ => continue,
        };
        let (start, end) = (entity.start as usize, entity.end as usize);
        if start < at {
            continue;
        }
        // "#10023" is one number.
        out.push_str(text.get(at..start).unwrap_or_default().trim_end_matches('#'));
        out.push_str(mark);
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Each whole-word occurrence in any case; in scripts without spaces every occurrence.
fn replace_word(text: &str, word: &str, mark: &str) -> String {
    let pattern = format!(r"(?i){}", regex::escape(word));
    let Ok(pattern) = Regex::new(&pattern) else { return text.to_owned() };
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for found in pattern.find_iter(text) {
        let before = text.get(..found.start()).and_then(|t| t.chars().next_back());
        let after = text.get(found.end()..).and_then(|t| t.chars().next());
        let unspaced = word.chars().any(tokens::is_unspaced);
        let inside = [before, after].into_iter().flatten().any(char::is_alphanumeric);
        if inside && !unspaced {
            continue;
        }
        out.push_str(text.get(at..found.start()).unwrap_or_default());
        out.push_str(mark);
        at = found.end();
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// The matter of an answer: without quotes, signature and greeting.
pub fn matter(text: &str) -> String {
    let visible = clean::part(text).cleaned.visible;
    let mut lines: Vec<&str> = visible.lines().collect();
    let greeting = lines.first().is_some_and(|line| {
        let line = line.trim();
        line.chars().count() <= LONGEST_GREETING && line.ends_with([',', '!', '，', '！', '、', ':', '：']) && lines.len() > 1
    });
    if greeting {
        lines.remove(0);
    }
    lines.join("\n").trim().to_owned()
}

/// True when something personal stood in the text: then it cannot be used as it is.
pub fn has_marks(text: &str) -> bool {
    ["[name]", "[mail]", "[phone]", "[order]", "[tracking]", "[address]", "[number]"].iter().any(|mark| text.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(text: &str) -> String {
        let address =
            PostalAddress { line1: "Hauptstr. 5".into(), city: "Berlin".into(), postal_code: "10115".into(), ..PostalAddress::default() };
        let persons = Persons { names: vec!["Ana López", "王小明"], addresses: vec![&address] };
        without_persons(text, &persons, &OwnNumbers::default())
    }

    #[test]
    fn h1_what_is_personal_is_taken_out() {
        let check = |text: &str, expect: &str| assert_eq!(bare(text), expect, "{text}");
        check("Dear Ana, your order #10023 is on its way.", "Dear [name], your order [order] is on its way.");
        check("Write to ana@buyers.test, ANA LÓPEZ.", "Write to [mail], [name].");
        check("It goes to Hauptstr. 5, 10115 Berlin.", "It goes to [address], [address] [address].");
        check("您好王小明，订单已发出", "您好[name]，订单已发出");
        check("The banana is fine.", "The banana is fine.");
        check("IBAN DE89 3704 0044 0532 0130 00", "IBAN [number]");
        check("card 4111 1111 1111 1111", "card [number]");
        check("Yes, with any LED dimmer up to 100 W.", "Yes, with any LED dimmer up to 100 W.");
        assert!(has_marks("order [order]") && !has_marks("[see above]"));
    }

    #[test]
    fn the_matter_is_without_greeting_and_quotes() {
        assert_eq!(matter("Dear Ana,\n\nyes, it is dimmable.\n\nOn Monday Ana wrote:\n> Is it?"), "yes, it is dimmable.");
        assert_eq!(matter("Yes, it is dimmable."), "Yes, it is dimmable.");
    }
}
