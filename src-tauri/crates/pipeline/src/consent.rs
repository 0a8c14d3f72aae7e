//! Hears a yes or a no to what was restated, in any of the languages: by words alone, so that it is the same every time.
//!
//! A yes must stand at the start of what was written (a greeting may come before it), and nothing in the message may take it back or
//! tie it to a condition: no word of refusal, no "but", no question, no other order and no other amount. Everything else is no yes.

use std::sync::LazyLock;

use mercator_domain::{
    action::ActionRequest,
    entity::{Entity, EntityKind, comparable_number},
    language::Language,
    money::Money,
};

use crate::{
    data,
    fold::Folded,
    lexicon::{Hit, Lexicon},
    request,
};

/// The arrays of a file, in the order of the categories.
pub(crate) const ARRAYS: &[&str] = &["yes", "no", "reserve", "greeting"];
const YES: u8 = 0;
const NO: u8 = 1;
const RESERVE: u8 = 2;
const GREETING: u8 = 3;

/// A longer message says more than yes; letters.
const LONGEST: usize = 200;

/// From so many digits on a number is the number of something.
const LONG_NUMBER: usize = 4;

/// What a message says to a question that wants a yes or a no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// An explicit yes.
    Yes,
    /// An explicit no.
    No,
    /// Words of consent or refusal, but no clear ones.
    Unclear,
    /// Nothing of the kind.
    None,
}

/// What was restated.
#[derive(Clone, Copy, Debug)]
pub struct Restated<'a> {
    /// The request.
    pub request: &'a ActionRequest,
    /// The money that it moves.
    pub amount: Option<Money>,
}

static LEXICONS: LazyLock<Vec<(&'static str, Lexicon)>> = LazyLock::new(|| {
    // A file that cannot be read counts as empty: then nothing is taken for a yes. A test reads them all.
    data::languages("consent").filter_map(|code| Some((code, Lexicon::load("consent", code, ARRAYS).ok()?))).collect()
});

/// What a message says; `text` is what the customer wrote now, `language` the one it is in.
pub fn heard(text: &str, language: &Language, entities: &[Entity], restated: &Restated) -> Consent {
    let folded = Folded::new(text);
    let in_own = |wanted: &Language| {
        let lexicon = LEXICONS.iter().find(|(code, _)| *code == wanted.code());
        lexicon.map_or(Consent::None, |(_, lexicon)| in_language(&folded.text, &lexicon.find(&folded), false))
    };
    // The language's own words first; English ones, which buyers use everywhere, only where it has none to say of it.
    let own = language.fallbacks().iter().map(in_own).find(|heard| *heard != Consent::None);
    let (mut yes, mut no, unclear) = (own == Some(Consent::Yes), own == Some(Consent::No), own == Some(Consent::Unclear));
    if own.is_none() {
        // "Ja" in a conversation in English: nothing but such words.
        for (_, lexicon) in LEXICONS.iter() {
            match in_language(&folded.text, &lexicon.find(&folded), true) {
                Consent::Yes => yes = true,
                Consent::No => no = true,
                Consent::Unclear | Consent::None => {}
            }
        }
    }
    match (yes, no) {
        (true, false) if !unclear && fits(text, entities, restated) => Consent::Yes,
        (false, true) if !unclear => Consent::No,
        (false, false) if !unclear => Consent::None,
        _ => Consent::Unclear,
    }
}

/// A yes to something else than what was restated is none.
fn fits(text: &str, entities: &[Entity], restated: &Restated) -> bool {
    let order = restated.request.order().map(comparable_number);
    let other = |entity: &Entity| match entity.kind {
        EntityKind::OrderId => order.as_deref() != Some(comparable_number(&entity.value).as_str()),
        EntityKind::Money => restated
            .amount
            .is_none_or(|amount| request::money(&entity.value, amount.currency).is_none_or(|named| named.minor != amount.minor.abs())),
        _ => false,
    };
    let known = format!("{} {}", order.clone().unwrap_or_default(), restated.amount.map(|amount| amount.amount()).unwrap_or_default());
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let known: Vec<String> = known.split(' ').map(digits).collect();
    // A longer number that is neither the order's nor the amount's is another matter's, whatever it is.
    let numbers = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | ',' | '-')).map(digits);
    let strange = numbers.filter(|number| number.len() >= LONG_NUMBER).any(|number| !known.contains(&number));
    !strange && text.chars().count() <= LONGEST && !text.contains(['?', '？', '؟']) && !entities.iter().any(other)
}

/// By one language's words. In a language that the message is not in, only a message of nothing but such words counts.
fn in_language(text: &str, hits: &[Hit], whole: bool) -> Consent {
    let mut at = 0;
    let mut rest = hits.iter();
    let first = loop {
        let Some(hit) = rest.next() else { return Consent::None };
        let gap = text.get(at..hit.folded.start).unwrap_or_default();
        if gap.chars().any(char::is_alphanumeric) {
            // The message begins with other words.
            return if whole { Consent::None } else { inside(hits) };
        }
        at = hit.folded.end;
        if hit.category != GREETING {
            break hit;
        }
    };
    let later: Vec<&Hit> = rest.collect();
    let has = |category: u8| later.iter().any(|hit| hit.category == category);
    if whole && !only_words(text, hits) {
        return Consent::None;
    }
    match first.category {
        YES if !has(NO) && !has(RESERVE) => Consent::Yes,
        NO if !has(YES) && !has(RESERVE) => Consent::No,
        YES | NO => Consent::Unclear,
        _ => inside(hits),
    }
}

/// Words of consent somewhere in a message that does not begin with them.
fn inside(hits: &[Hit]) -> Consent {
    if hits.iter().any(|hit| matches!(hit.category, YES | NO)) { Consent::Unclear } else { Consent::None }
}

/// Nothing but words of the list stands in the text.
fn only_words(text: &str, hits: &[Hit]) -> bool {
    let mut at = 0;
    for hit in hits {
        if text.get(at..hit.folded.start).unwrap_or_default().chars().any(char::is_alphanumeric) {
            return false;
        }
        at = hit.folded.end;
    }
    !text.get(at..).unwrap_or_default().chars().any(char::is_alphanumeric)
}

#[cfg(test)]
#[path = "consent_tests.rs"]
mod tests;
