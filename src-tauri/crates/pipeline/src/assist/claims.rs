//! Promises beyond numbers: money back, free of charge, a discount, a replacement, a guarantee, a day, something done, a gift, another channel.
//! What a reply promises must stand in what it rests on. One file a language under `data/claims`.

use std::sync::LazyLock;

use mercator_domain::{assist::Claim, language::Language};

use crate::{
    data,
    fold::{Folded, fold},
    lexicon::Lexicon,
};

/// A promise that stands in no source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfounded {
    /// Its kind.
    pub claim: Claim,
    /// Its words.
    pub words: String,
}

/// The phrases of each language, in the order of [`Claim::ALL`].
static PHRASES: LazyLock<Vec<(&'static str, Lexicon)>> = LazyLock::new(|| {
    let names: Vec<&str> = Claim::ALL.iter().map(|claim| claim.as_str()).collect();
    let of = |language| Lexicon::load("claims", language, &names).ok().map(|lexicon| (language, lexicon));
    data::languages("claims").filter_map(of).collect()
});

/// The promises of a text, read in the languages that `wanted` picks.
fn promises(text: &str, wanted: impl Fn(&str) -> bool) -> Vec<Unfounded> {
    let folded = Folded::new(text);
    let lexicons = PHRASES.iter().filter(|(language, _)| wanted(language));
    let hits = lexicons.flat_map(|(_, lexicon)| lexicon.find(&folded));
    let found = hits.filter_map(|hit| {
        let claim = *Claim::ALL.get(usize::from(hit.category))?;
        Some(Unfounded { claim, words: text.get(hit.original)?.to_owned() })
    });
    found.collect()
}

/// The first promise of a reply of whose kind no source has one. A day must be the very same.
pub fn unfounded(reply: &str, language: &Language, sources: &[&str]) -> Option<Unfounded> {
    let codes: Vec<String> = language.fallbacks().iter().map(|l| l.code().to_owned()).collect();
    // A source may be in another language than the reply.
    let founded: Vec<Unfounded> = sources.iter().flat_map(|source| promises(source, |_| true)).collect();
    let stands = |promise: &Unfounded| {
        let same_day = |other: &Unfounded| promise.claim != Claim::DeliveryDay || fold(&other.words) == fold(&promise.words);
        founded.iter().any(|other| other.claim == promise.claim && same_day(other))
    };
    promises(reply, |l| codes.iter().any(|code| code == l)).into_iter().find(|promise| !stands(promise))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sentences written for this test: language, the kind or `none`, the sentence.
    const EXAMPLES: &str = include_str!("../../tests/data/claims.tsv");

    #[test]
    fn d3_promises_are_found_in_every_language_and_ordinary_words_are_none() {
        let mut languages = std::collections::BTreeSet::new();
        let mut wrong = Vec::new();
        let lines = EXAMPLES.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        for line in lines {
            let mut parts = line.split('\t');
            let (code, kind, text) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
            languages.insert(code);
            let found = unfounded(text, &Language::parse(code).unwrap(), &[]);
            let all = promises(text, |l| l == code || l == "en");
            let right = if kind == "none" { found.is_none() } else { all.iter().any(|p| p.claim.as_str() == kind) };
            if !right {
                wrong.push(format!("{line} -> {all:?}"));
            }
        }
        assert_eq!(languages.len(), 16);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn d3_a_day_must_be_the_same_day() {
        let english = Language::english();
        assert_eq!(unfounded("It arrives on Friday.", &english, &["Delivery on friday."]), None);
        assert_eq!(unfounded("It arrives tomorrow.", &english, &["It left today."]).map(|promise| promise.words), Some("tomorrow".into()));
    }

    #[test]
    fn d3_what_a_source_promises_may_be_promised_in_another_language() {
        let german = Language::parse("de").unwrap();
        let reply = "Sie bekommen Ihr Geld zurück.";
        assert_eq!(unfounded(reply, &german, &[]).map(|promise| promise.claim), Some(Claim::MoneyBack));
        assert_eq!(unfounded(reply, &german, &["You get a full refund within 14 days."]), None);
        assert_eq!(unfounded(reply, &german, &["The parcel is on its way."]).map(|promise| promise.claim), Some(Claim::MoneyBack));
    }
}
