//! The stage that a carrier's own words say, in ten languages.
//!
//! Services sort the events of hundreds of carriers into a dozen codes, and customs suffer most from it: "held, papers missing" and
//! "duty to pay" arrive as "in transit". The phrases lie in `data/carrier_events.toml`, one list a stage and language, so that a
//! translator can mend them. Both sides are brought into one form first: small letters, no accents, no punctuation.

use std::{collections::BTreeMap, str::FromStr, sync::LazyLock};

use mercator_domain::shipment::ShipmentStage;
use unicode_normalization::UnicodeNormalization;

/// The phrases as written by people: stage, then language, then phrases.
const WRITTEN: &str = include_str!("../../data/carrier_events.toml");

static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| read(WRITTEN).unwrap_or_default());

/// One phrase in the form in which it is looked for.
#[derive(Debug)]
struct Phrase {
    stage: ShipmentStage,
    /// With a space at each end that must be the end of a word.
    form: String,
    /// The whole text must be this phrase.
    whole: bool,
    /// What decides between two phrases of one text: first what they are about, then how much of the text they explain.
    weight: (u8, usize),
}

/// The stage that a text says; `None` when no phrase is in it.
///
/// A phrase inside a longer one does not count: "not yet released from customs" does not say "released". Of the others the weightiest
/// decides: a way back before what customs want or have decided, that before their work, that before everything else; then the longest.
pub fn stage_of(text: &str) -> Option<ShipmentStage> {
    let text = format!(" {} ", form_of(text));
    let found: Vec<Match> = PHRASES.iter().flat_map(|phrase| phrase.matches(&text)).collect();
    let counting = found.iter().filter(|one| !found.iter().any(|other| other.holds(one)));
    counting.max_by_key(|one| one.phrase.weight).map(|one| one.phrase.stage)
}

/// A phrase at its place in a text, in bytes.
struct Match {
    phrase: &'static Phrase,
    start: usize,
    end: usize,
}

impl Match {
    const fn holds(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end && other.end - other.start < self.end - self.start
    }
}

impl Phrase {
    fn matches<'a>(&'static self, text: &'a str) -> impl Iterator<Item = Match> + 'a {
        let places = text.match_indices(self.form.as_str()).filter(move |_| !self.whole || self.form == text);
        places.map(move |(start, form)| Match { phrase: self, start, end: start + form.len() })
    }
}

/// True for the stages at customs.
pub(super) const fn is_customs(stage: ShipmentStage) -> bool {
    matches!(
        stage,
        ShipmentStage::CustomsExport
            | ShipmentStage::CustomsImport
            | ShipmentStage::CustomsHeld
            | ShipmentStage::DutyDue
            | ShipmentStage::CustomsReleased
    )
}

fn read(written: &str) -> Result<Vec<Phrase>, String> {
    let stages: BTreeMap<String, BTreeMap<String, Vec<String>>> = toml::from_str(written).map_err(|error| error.to_string())?;
    let mut phrases = vec![];
    for (stage, languages) in stages {
        let stage = ShipmentStage::from_str(&stage).map_err(|error| error.to_string())?;
        phrases.extend(languages.values().flatten().map(|text| phrase_of(stage, text)));
    }
    Ok(phrases)
}

/// `=` before a phrase: the whole text; `*` behind it: a word may go on.
fn phrase_of(stage: ShipmentStage, text: &str) -> Phrase {
    let whole = text.starts_with('=');
    let open = text.ends_with('*');
    let bare = form_of(text);
    let mut form = String::new();
    if whole || bare.chars().next().is_some_and(|c| !is_unspaced(c)) {
        form.push(' ');
    }
    form.push_str(&bare);
    if whole || (!open && bare.chars().last().is_some_and(|c| !is_unspaced(c))) {
        form.push(' ');
    }
    let about = match stage {
        ShipmentStage::Returned => 5,
        ShipmentStage::CustomsHeld | ShipmentStage::DutyDue => 4,
        ShipmentStage::CustomsReleased => 3,
        ShipmentStage::CustomsExport => 2,
        ShipmentStage::CustomsImport => 1,
        _ => 0,
    };
    Phrase { stage, form, whole, weight: (about, bare.chars().count()) }
}

/// Small letters without accents; what is neither letter nor digit becomes one space, and none between signs of a script that
/// writes without spaces, so that "海关/放行" and "海关放行" are one.
fn form_of(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfkd().flat_map(char::to_lowercase) {
        if ('\u{300}'..='\u{36f}').contains(&c) {
            continue;
        }
        // The marks that make か a が belong to the sign before them, though they are no letters.
        if !c.is_alphanumeric() && !is_unspaced(c) {
            gap = true;
            continue;
        }
        if let Some(last) = form.chars().last() {
            let (before, here) = (is_unspaced(last), is_unspaced(c));
            if before != here || (gap && !before) {
                form.push(' ');
            }
        }
        gap = false;
        match c {
            'ł' => form.push('l'),
            'ß' => form.push_str("ss"),
            'ø' => form.push('o'),
            c => form.push(c),
        }
    }
    form
}

/// Chinese and Japanese signs.
const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
