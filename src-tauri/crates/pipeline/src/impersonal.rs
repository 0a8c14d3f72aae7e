//! Takes out of a text what belongs to one person: names, addresses, numbers of orders and parcels, mail, telephone, accounts.
//!
//! What is taken out leaves a mark in brackets, so that whoever reads the proposal sees that something stood there.

use crate::{
    clean,
    entities::OwnNumbers,
    personal::{self, Personal, Persons},
};

/// A first line that is longer is no greeting.
const LONGEST_GREETING: usize = 40;

/// The text without them. Links stay: an article may hold one.
pub fn without_persons(text: &str, persons: &Persons, own: &OwnNumbers) -> String {
    let mut spans = personal::find(text, persons, own);
    spans.retain(|span| span.kind != Personal::Link);
    personal::replaced(text, &spans, |kind, _| mark(kind).to_owned())
}

const fn mark(kind: Personal) -> &'static str {
    match kind {
        Personal::Account => "[number]",
        Personal::Mail => "[mail]",
        Personal::Phone => "[phone]",
        Personal::Order => "[order]",
        Personal::Parcel => "[tracking]",
        Personal::Link => "[link]",
        Personal::Address => "[address]",
        Personal::Name => "[name]",
    }
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
    use mercator_domain::account::PostalAddress;

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
