//! How customers of a country are addressed: by which name, with which greeting and sign-off, and which words are not written to them.

use serde::{Deserialize, Serialize};

use crate::{language::Language, words};

words! {
    /// Which part of a name a greeting uses.
    NameForm {
        /// The whole name, as the customer writes it.
        Full => "full",
        /// The given name alone, where the name shows which it is.
        Given => "given",
        /// No name.
        NoName => "none",
    }
}

/// The courtesy of one country in one language. What is empty is as the texts of the language have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CourtesyProfile {
    /// The customer's country, ISO 3166-1 alpha-2.
    pub country: String,
    /// The language that is answered in.
    pub language: Language,
    /// Which part of the name.
    pub name: NameForm,
    /// The greeting with `{name}` in it; used where a name is known.
    #[serde(default)]
    pub greeting: String,
    /// A sentence before the first answer of a conversation, where the customer is calm: some expect thanks before the matter.
    #[serde(default)]
    pub opening: String,
    /// The line above the signature.
    #[serde(default)]
    pub sign_off: String,
    /// Words that are not written to this country: an answer with one of them waits for a person.
    #[serde(default)]
    pub avoid: Vec<String>,
}

/// The longest of its texts, in characters.
const MOST: usize = 300;
/// Words to avoid, at most.
const MOST_WORDS: usize = 50;

/// Why a profile cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CourtesyFault {
    /// No country.
    #[error("'{0}' is no country; write its two letters, like JP")]
    Country(String),
    /// Two for one country and language.
    #[error("{0} has two profiles in {1}")]
    Twice(String, String),
    /// A greeting without a place for the name, or with another place.
    #[error("the greeting for {0} must have {{name}} in it once, and no other braces")]
    Greeting(String),
    /// A text with braces, which nothing would fill, or too long a one.
    #[error("a text for {0} has braces in it, or is longer than {MOST} characters")]
    Text(String),
    /// Too many words.
    #[error("{0} has more than {MOST_WORDS} words to avoid")]
    Words(String),
}

/// Each profile can be, and no country has two in one language.
pub fn check(profiles: &[CourtesyProfile]) -> Result<(), CourtesyFault> {
    for (at, profile) in profiles.iter().enumerate() {
        let country = || profile.country.clone();
        if profile.country.len() != 2 || !profile.country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(CourtesyFault::Country(country()));
        }
        if profiles.iter().take(at).any(|other| other.is_for(&profile.country, &profile.language)) {
            return Err(CourtesyFault::Twice(country(), profile.language.code().to_owned()));
        }
        let rest = profile.greeting.replacen("{name}", "", 1);
        if !profile.greeting.is_empty() && (rest.len() == profile.greeting.len() || rest.contains(['{', '}'])) {
            return Err(CourtesyFault::Greeting(country()));
        }
        let texts = [&profile.opening, &profile.sign_off];
        let long = |text: &str| text.chars().count() > MOST;
        if texts.iter().any(|text| text.contains(['{', '}']) || long(text))
            || long(&profile.greeting)
            || profile.avoid.iter().any(|w| long(w))
        {
            return Err(CourtesyFault::Text(country()));
        }
        if profile.avoid.len() > MOST_WORDS {
            return Err(CourtesyFault::Words(country()));
        }
    }
    Ok(())
}

impl CourtesyProfile {
    /// True for this country and language.
    pub fn is_for(&self, country: &str, language: &Language) -> bool {
        self.country == country && self.language == *language
    }

    /// The first word to avoid that stands in a text: whole words where they are written with spaces, in any case.
    pub fn avoided(&self, text: &str) -> Option<&str> {
        let text = text.to_lowercase();
        self.avoid.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).find(|word| stands_in(&word.to_lowercase(), &text))
    }
}

fn stands_in(word: &str, text: &str) -> bool {
    // Scripts without spaces have no borders of words to look at.
    let spaced = |c: char| c.is_alphanumeric() && !is_unspaced(c);
    text.match_indices(word).any(|(at, found)| {
        let before = text.get(..at).and_then(|rest| rest.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|rest| rest.chars().next());
        let inside = |edge: Option<char>, beside: Option<char>| edge.is_some_and(spaced) && beside.is_some_and(spaced);
        !inside(found.chars().next(), before) && !inside(found.chars().next_back(), after)
    })
}

/// Han, kana, Thai: written without spaces.
const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{0E00}'..='\u{0E7F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(country: &str) -> CourtesyProfile {
        CourtesyProfile {
            country: country.into(),
            language: Language::english(),
            name: NameForm::Given,
            greeting: String::new(),
            opening: String::new(),
            sign_off: String::new(),
            avoid: vec![],
        }
    }

    #[test]
    fn what_cannot_be_is_named() {
        assert_eq!(check(&[profile("US"), profile("GB")]), Ok(()));
        assert_eq!(check(&[profile("usa")]), Err(CourtesyFault::Country("usa".into())));
        assert_eq!(check(&[profile("US"), profile("US")]), Err(CourtesyFault::Twice("US".into(), "en".into())));
        for wrong in ["Hi,", "Hi {name} {name},", "Hi {name} {order},"] {
            let given = CourtesyProfile { greeting: wrong.into(), ..profile("US") };
            assert_eq!(check(&[given]), Err(CourtesyFault::Greeting("US".into())), "{wrong}");
        }
        let braces = CourtesyProfile { opening: "{order}".into(), ..profile("US") };
        assert_eq!(check(&[braces]), Err(CourtesyFault::Text("US".into())));
    }

    #[test]
    fn words_to_avoid_are_whole_words_in_any_case() {
        let given = CourtesyProfile { avoid: vec![" Cheap".into(), "安い".into(), String::new()], ..profile("JP") };
        assert_eq!(given.avoided("It is CHEAP."), Some("Cheap"));
        assert_eq!(given.avoided("It is cheaper."), None);
        assert_eq!(given.avoided("とても安いです"), Some("安い"));
        assert_eq!(given.avoided("fine"), None);
    }
}
