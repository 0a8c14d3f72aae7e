//! The last look at a language model's words before a person sees them: nothing in them may come from nowhere.

use std::sync::LazyLock;

use mercator_domain::language::Language;
use regex::Regex;

use crate::{
    assist::claims,
    entities::{OwnNumbers, pattern},
    guard, language,
    language::Prior,
    personal::{self, Personal, Persons},
};

/// A reply or a summary is no longer, in characters.
const LONGEST: usize = 6_000;
/// Below so many letters the language cannot be told.
const TELLING: usize = 60;

/// Models that will not, say so in English.
static REFUSALS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b|\bi(?:'m| am) (?:sorry,? but i )?(?:can(?:no|')?t|unable to|not able to) (?:help|assist|comply|fulfil|provide|answer)|\bi (?:can(?:no|')?t|won't) (?:help|assist|comply) with",
    )
});

/// Why words are not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// There are none.
    Empty,
    /// There are too many.
    TooLong,
    /// A mark that stands for nothing.
    Mark(String),
    /// A number that stands in no source.
    Number(String),
    /// A link, an address of mail, a telephone number or an account that stands in no source.
    Contact(String),
    /// A promise that stands in no source.
    Promise(String),
    /// Another language than was asked for.
    Language(Language),
    /// It speaks of its task or will not.
    Refusal,
}

impl Unsupported {
    /// One word for the list of calls.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Mark(_) => "mark",
            Self::Number(_) => "number",
            Self::Contact(_) => "contact",
            Self::Promise(_) => "promise",
            Self::Language(_) => "language",
            Self::Refusal => "refusal",
        }
    }

    /// What stands in no source, for the person who sees why the words were not used.
    pub fn what(&self) -> &str {
        match self {
            Self::Mark(what) | Self::Number(what) | Self::Contact(what) | Self::Promise(what) => what,
            Self::Language(language) => language.code(),
            Self::Empty | Self::TooLong | Self::Refusal => "",
        }
    }
}

/// Looks at words, with their details put back, against everything that they may rest on.
pub fn check(words: &str, sources: &[&str], wanted: &Language, own: &OwnNumbers) -> Result<(), Unsupported> {
    if words.trim().is_empty() {
        return Err(Unsupported::Empty);
    }
    if words.chars().count() > LONGEST {
        return Err(Unsupported::TooLong);
    }
    if words.contains("<<<") || words.contains(">>>") || REFUSALS.is_match(words) {
        return Err(Unsupported::Refusal);
    }
    if let Some(number) = guard::unsupported_number(words, sources) {
        return Err(Unsupported::Number(number));
    }
    let contact = personal::find(words, &Persons::default(), own).into_iter().find_map(|span| {
        let written = words.get(span.range)?;
        let counts = matches!(span.kind, Personal::Account | Personal::Link | Personal::Mail | Personal::Phone);
        (counts && !sources.iter().any(|source| source.contains(written))).then(|| written.to_owned())
    });
    if let Some(contact) = contact {
        return Err(Unsupported::Contact(contact));
    }
    if let Some(promise) = claims::unfounded(words, wanted, sources) {
        return Err(Unsupported::Promise(promise.words));
    }
    in_language(words, wanted)
}

fn in_language(words: &str, wanted: &Language) -> Result<(), Unsupported> {
    if words.chars().filter(|c| c.is_alphabetic()).count() < TELLING && words.is_ascii() {
        return Ok(());
    }
    let (guess, _, _) = language::detect(words, &Prior::store(wanted));
    let base = |language: &Language| language.code().split('-').next().unwrap_or_default().to_owned();
    if guess.unsure || base(&guess.code) == base(wanted) { Ok(()) } else { Err(Unsupported::Language(guess.code)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d3_words_from_nowhere_are_not_used() {
        let source = "Order LM-48213 left our warehouse on 2026-11-20. Delivery takes 4 to 7 working days. Returns: shop@lumen.test.";
        let check = |words: &str, expect: Option<&str>| {
            let english = Language::english();
            let found = check(words, &[source], &english, &OwnNumbers::default());
            assert_eq!(found.as_ref().err().map(Unsupported::code), expect, "{words}: {found:?}");
        };
        check("Your order LM-48213 is on its way; delivery takes 4 to 7 working days.", None);
        check("Write to shop@lumen.test if you have any questions about this.", None);
        check("It takes 3 days.", Some("number"));
        check("Write to helper@evil.test now.", Some("contact"));
        check("Please look at https://evil.test/pay for more.", Some("contact"));
        check("You will get a full refund for it.", Some("promise"));
        check("I'm sorry, but I can't help with that.", Some("refusal"));
        check("As an AI language model I have no access to orders.", Some("refusal"));
        check("  ", Some("empty"));
        check(&"Delivery. ".repeat(900), Some("too_long"));
        check("Ihre Bestellung ist unterwegs, und die Zustellung dauert in der Regel einige Werktage ab dem Versand.", Some("language"));
    }

    #[test]
    fn d3_the_language_is_held_in_every_script() {
        let check = |words: &str, code: &str, expect: bool| {
            let wanted = Language::parse(code).unwrap();
            assert_eq!(check(words, &[], &wanted, &OwnNumbers::default()).is_ok(), expect, "{code}: {words}");
        };
        check("您的订单正在路上，请耐心等待。", "zh", true);
        check("您的订单正在路上，请耐心等待。", "ja", false);
        check("ご注文の商品は発送済みです。到着までしばらくお待ちください。", "ja", true);
        check("Ваш заказ уже в пути, пожалуйста, подождите.", "ru", true);
        check("Ваш заказ уже в пути, пожалуйста, подождите.", "en", false);
        check("Ok, thanks!", "de", true);
    }
}
