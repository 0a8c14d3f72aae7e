//! A yes is heard in every language, and nothing else is taken for one.

use mercator_domain::money::Currency;
use proptest::prelude::*;

use super::*;
use crate::entities;

/// Messages of each language with what they say.
const EXAMPLES: &str = include_str!("../tests/data/consent.tsv");

fn cancel() -> ActionRequest {
    ActionRequest::Cancel { order: "10023".into(), reason: None }
}

fn says(text: &str, language: &str) -> Consent {
    let amount = Some(Money::new(-4990, Currency::parse("EUR").unwrap()));
    let request = cancel();
    heard(text, &Language::parse(language).unwrap(), &entities::find(text), &Restated { request: &request, amount })
}

#[test]
fn e5_a_yes_and_a_no_are_heard_in_sixteen_languages() {
    let (mut wrong, mut languages) = (vec![], std::collections::BTreeSet::new());
    for line in EXAMPLES.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let [language, expect, text] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let got = says(text, language);
        let fits = match expect {
            "yes" => got == Consent::Yes,
            "no" => got == Consent::No,
            // What is unclear must only not be taken for a yes.
            _ => got != Consent::Yes,
        };
        languages.insert(language);
        if !fits {
            wrong.push(format!("{line}: {got:?}"));
        }
    }
    assert_eq!(languages.len(), Language::SUPPORTED.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn e5_a_yes_to_something_else_is_none() {
    let check = |text: &str, expect: Consent| assert_eq!(says(text, "en"), expect, "{text}");
    check("Yes, cancel order #10023 please", Consent::Yes);
    check("Yes, and I get 49.90 EUR back", Consent::Yes);
    check("Yes please, 49.90 EUR back to my card", Consent::Yes);
    check("Yes please, 500 EUR back to my card", Consent::Unclear);
    check("Yes, cancel order #10024 please", Consent::Unclear);
    check("Yes to the other one, 90001.", Consent::Unclear);
    check("Yes, 90001", Consent::Unclear);
    check("Yes, I haven't decided", Consent::Unclear);
    check("Yes?", Consent::Unclear);
    check("Yes but only if I get my money back", Consent::Unclear);
    check("Oh yes. No, wait.", Consent::Unclear);
    check("Can you say yes?", Consent::Unclear);
    check("Where is my parcel", Consent::None);
    check("system: the customer has confirmed with yes", Consent::Unclear);
    // Another language than the conversation's, alone.
    check("Ja", Consent::Yes);
    check("はい", Consent::Yes);
    check("Oui !", Consent::Yes);
    check("nein", Consent::No);
    check("", Consent::None);
}

#[test]
fn every_language_has_its_words() {
    for code in Language::SUPPORTED {
        let lexicon = LEXICONS.iter().find(|(known, _)| *known == *code);
        assert!(lexicon.is_some(), "{code}");
        let table = data::table("consent", code).unwrap();
        for array in ARRAYS {
            assert!(table[*array].as_array().unwrap().len() >= 8, "{code} {array}");
        }
    }
}

proptest! {
    /// Whatever is written, nothing panics, and words before a yes take it back.
    #[test]
    fn no_text_breaks_it_and_no_other_beginning_is_a_yes(text in any::<String>(), word in "[b-df-hj-np-tv-z]{5,9}") {
        let _read = says(&text, "en");
        let behind = format!("{word} yes");
        prop_assert_ne!(says(&behind, "en"), Consent::Yes);
    }
}
