//! The courtesy of the customer's country in a reply: by which name, with which greeting, opening and sign-off.
//!
//! `data/courtesy.toml` ships; the seller's own profiles come with the turn's input and go before it.

use std::sync::LazyLock;

use mercator_domain::{
    courtesy::{CourtesyProfile, NameForm},
    language::Language,
};
use serde::Deserialize;

use crate::{ports::TurnInput, tokens};

const SHIPPED: &str = include_str!("../data/courtesy.toml");

#[derive(Deserialize)]
struct File {
    profile: Vec<CourtesyProfile>,
}

/// The profiles that ship.
pub fn shipped() -> &'static [CourtesyProfile] {
    static READ: LazyLock<Vec<CourtesyProfile>> =
        LazyLock::new(|| toml::from_str::<File>(SHIPPED).map(|file| file.profile).unwrap_or_default());
    &READ
}

/// The profile of the writer's country in a language: the seller's own, else the one that ships.
pub fn of<'a>(input: &'a TurnInput, language: &Language) -> Option<&'a CourtesyProfile> {
    let country = input.writer.country.as_deref()?;
    input.courtesy.iter().chain(shipped()).find(|profile| profile.is_for(country, language))
}

/// A name as it is used; `None` where none is. A given name is taken only where the writing shows which part it is: two or more words
/// of letters with spaces between. Elsewhere the whole name stands.
pub fn called(name: &str, form: NameForm) -> Option<&str> {
    match form {
        NameForm::NoName => None,
        NameForm::Full => Some(name),
        NameForm::Given => {
            let mut words = name.split_whitespace();
            let (first, more) = (words.next()?, words.next().is_some());
            let fits = more
                && first.chars().count() > 1
                && !TITLES.contains(&first.to_lowercase().as_str())
                && first.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'))
                && !name.chars().any(|c| tokens::is_unspaced(c) || tokens::is_hangul(c));
            Some(if fits { first } else { name })
        }
    }
}

/// What stands before a name and is none.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "sir", "dr", "prof", "sr", "sra", "srta", "don", "doña", "dhr", "mevr", "mw", "de", "van", "el", "la",
    "the", "señor", "señora", "senhor", "senhora", "herr", "frau",
];

#[cfg(test)]
mod tests {
    use mercator_domain::courtesy;

    use super::*;

    #[test]
    fn what_ships_can_be_and_is_for_supported_languages() {
        assert!(shipped().len() > 10);
        courtesy::check(shipped()).unwrap();
        for profile in shipped() {
            assert!(Language::SUPPORTED.contains(&profile.language.code()), "{}", profile.language);
        }
    }

    #[test]
    fn c7_a_given_name_is_taken_only_where_the_writing_shows_it() {
        let check = |name: &str, expect: &str| assert_eq!(called(name, NameForm::Given), Some(expect), "{name}");
        check("Ana María Ruiz", "Ana");
        check("Jean-Luc Picard", "Jean-Luc");
        check("Ana", "Ana");
        check("J Smith", "J Smith");
        check("Dr Ana Ruiz", "Dr Ana Ruiz");
        check("渡辺 真由", "渡辺 真由");
        check("김 철수", "김 철수");
        assert_eq!(called("Ana Ruiz", NameForm::Full), Some("Ana Ruiz"));
        assert_eq!(called("Ana Ruiz", NameForm::NoName), None);
    }
}
