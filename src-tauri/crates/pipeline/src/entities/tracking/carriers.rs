//! The table of carriers: which shapes their numbers have, and what the check digit of a number says for each that fits.
//!
//! The table itself is `data/carriers.toml`, which also names its sources. Whether a number that fits is a parcel's at all is for
//! the module above to judge; nothing here sees the text around it.

use std::{
    collections::BTreeMap,
    sync::{LazyLock, OnceLock},
};

use regex::{Regex, RegexSet};
use toml::{Table, Value};

use super::{Carrier, CheckDigit, checks::Rule};
use crate::fold::fold;

/// How much a shape alone is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Telling {
    /// Any digits may have it: only beside words about parcels.
    WithWords,
    /// Not as a whole message, which may be any code.
    InSentence,
    /// Nothing else looks like it.
    Always,
}

/// What is known of a type's check digit.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Check {
    Rule(Rule),
    None,
    NotKnown,
}

/// One shape of number of one carrier.
#[derive(Debug)]
struct NumberType {
    carrier: String,
    kind: String,
    pattern: String,
    compiled: OnceLock<Option<Regex>>,
    check: Check,
    prepend: String,
    telling: Telling,
    only_if_named: bool,
    least_digits: usize,
}

/// The whole table.
#[derive(Debug, Default)]
struct Carriers {
    types: Vec<NumberType>,
    /// All shapes at once, since most words have none.
    any: Option<RegexSet>,
    names: BTreeMap<String, String>,
    words: Vec<(String, String)>,
    posts: BTreeMap<String, String>,
}

static CARRIERS: LazyLock<Carriers> = LazyLock::new(|| {
    // A table that cannot be read finds nothing; a test reads it.
    read(include_str!("../../../data/carriers.toml")).unwrap_or_default()
});

/// A carrier that may have given a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fit {
    pub(super) carrier: Carrier,
    pub(super) telling: Telling,
}

/// The words that name a carrier, for the words beside numbers.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    CARRIERS.words.iter().map(|(_, word)| word.as_str())
}

/// The keys of the carriers that a folded text names.
pub(super) fn named(folded: &str) -> Vec<&'static str> {
    let bordered = |at: usize, word: &str| {
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        !word.is_ascii()
            || !(letter(folded.get(..at).and_then(|t| t.chars().next_back()))
                || letter(folded.get(at + word.len()..).and_then(|t| t.chars().next())))
    };
    let stands = |word: &str| folded.match_indices(word).any(|(at, _)| bordered(at, word));
    CARRIERS.words.iter().filter(|(key, word)| !key.is_empty() && stands(word)).map(|(key, _)| key.as_str()).collect()
}

/// True when some carrier's numbers look like this one (capitals and digits only).
pub(super) fn has_shape(number: &str) -> bool {
    CARRIERS.any.as_ref().is_some_and(|any| any.is_match(number))
}

/// The carriers whose numbers look like this one, the likeliest first; `named` are those that the text names.
///
/// Where some fit, those whose check digit is wrong are left out: they did not give the number.
pub(super) fn fits(number: &str, named: &[&str]) -> Vec<Fit> {
    let Some(any) = &CARRIERS.any else { return Vec::new() };
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let mut fits: Vec<Fit> = Vec::new();
    for of in any.matches(number).iter().filter_map(|i| CARRIERS.types.get(i)) {
        let is_named = named.contains(&of.carrier.as_str());
        if digits < of.least_digits || (of.only_if_named && !is_named) {
            continue;
        }
        if let Some(check_digit) = of.check_digit(number) {
            fits.push(Fit { carrier: of.as_carrier(number, check_digit), telling: of.telling });
        }
    }
    keep_possible(&mut fits);
    fits.sort_by_key(|fit| (!named.contains(&fit.carrier.code), fit.carrier.check_digit != CheckDigit::Valid));
    fits.dedup_by(|later, earlier| later.carrier.code == earlier.carrier.code && later.carrier.name == earlier.carrier.name);
    fits
}

/// Out with the wrong ones, unless nothing else is left; and out with what has no check digit where a more telling shape has a wrong
/// one: a mistyped registered letter is not suddenly the parcel of a carrier that checks nothing.
fn keep_possible(fits: &mut Vec<Fit>) {
    let wrong = |fit: &Fit| fit.carrier.check_digit == CheckDigit::Wrong;
    if fits.iter().any(|fit| fit.carrier.check_digit == CheckDigit::Valid) {
        fits.retain(|fit| !wrong(fit));
        return;
    }
    let strongest = fits.iter().filter(|fit| wrong(fit)).map(|fit| fit.telling).max();
    fits.retain(|fit| wrong(fit) || strongest.is_none_or(|telling| fit.telling >= telling));
    if fits.iter().any(|fit| !wrong(fit)) {
        fits.retain(|fit| !wrong(fit));
    }
}

impl NumberType {
    /// What the check digit of a number of this shape says; `None` when it is of another shape after all.
    fn check_digit(&self, number: &str) -> Option<CheckDigit> {
        let rule = match &self.check {
            Check::None => return Some(CheckDigit::None),
            Check::NotKnown => return Some(CheckDigit::NotKnown),
            Check::Rule(rule) => rule,
        };
        if *rule == Rule::S10 && self.post(number).is_none() {
            return None;
        }
        let pattern = self.compiled.get_or_init(|| Regex::new(&self.pattern).ok()).as_ref()?;
        let parts = pattern.captures(number)?;
        let whole = number.char_indices().next_back().map(|(last, check)| (number.get(..last).unwrap_or_default(), check));
        let (serial, check) = match (parts.name("serial"), parts.name("check")) {
            (Some(serial), Some(check)) => (serial.as_str(), check.as_str().chars().next()?),
            _ => whole?,
        };
        let fits = if self.prepend.is_empty() || serial.starts_with(&self.prepend) {
            rule.fits(serial, check)
        } else {
            rule.fits(&format!("{}{serial}", self.prepend), check)
        };
        Some(if fits { CheckDigit::Valid } else { CheckDigit::Wrong })
    }

    fn post(&self, number: &str) -> Option<&'static str> {
        CARRIERS.posts.get(number.get(number.len().checked_sub(2)?..)?).map(String::as_str)
    }

    fn as_carrier(&'static self, number: &str, check_digit: CheckDigit) -> Carrier {
        let post = (self.check == Check::Rule(Rule::S10)).then(|| self.post(number)).flatten();
        let name = post.or_else(|| CARRIERS.names.get(&self.carrier).map(String::as_str)).unwrap_or_default();
        Carrier { code: &self.carrier, name, kind: &self.kind, check_digit }
    }
}

/// Reads the table. `None` when anything in it is not understood.
fn read(text: &str) -> Option<Carriers> {
    let table: Table = text.parse().ok()?;
    let mut carriers =
        Carriers { words: strings(table.get("more_words")?).map(|w| (String::new(), fold(&w))).collect(), ..Carriers::default() };
    for (key, value) in table.get("carriers")?.as_table()? {
        carriers.names.insert(key.clone(), value.get("name")?.as_str()?.to_owned());
        carriers.words.extend(strings(value.get("words")?).map(|word| (key.clone(), fold(&word))));
    }
    for (country, post) in table.get("posts")?.as_table()? {
        carriers.posts.insert(country.clone(), post.as_str()?.to_owned());
    }
    for value in table.get("types")?.as_array()? {
        let of = number_type(value)?;
        carriers.names.get(&of.carrier)?;
        carriers.types.push(of);
    }
    carriers.any = Some(RegexSet::new(carriers.types.iter().map(|of| of.pattern.as_str())).ok()?);
    Some(carriers)
}

fn strings(value: &Value) -> impl Iterator<Item = String> {
    value.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned))
}

fn number_type(value: &Value) -> Option<NumberType> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let flag = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
    let telling = match text("telling")? {
        "always" => Telling::Always,
        "in_sentence" => Telling::InSentence,
        "with_words" => Telling::WithWords,
        _ => return None,
    };
    let check = match value.get("check")? {
        Value::String(word) if word == "none" => Check::None,
        Value::String(word) if word == "not_known" => Check::NotKnown,
        Value::Table(of) => Check::Rule(rule(of, flag("right_to_left"))?),
        _ => return None,
    };
    Some(NumberType {
        carrier: text("carrier")?.to_owned(),
        kind: text("kind")?.to_owned(),
        pattern: format!("^(?:{})$", text("shape")?),
        compiled: OnceLock::new(),
        check,
        prepend: text("prepend").unwrap_or_default().to_owned(),
        telling,
        only_if_named: flag("only_if_named"),
        least_digits: value.get("least_digits").and_then(Value::as_integer).and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
    })
}

fn rule(of: &Table, right_to_left: bool) -> Option<Rule> {
    let number = |value: Option<&Value>| value.and_then(Value::as_integer).and_then(|n| u32::try_from(n).ok());
    let numbers = |key: &str| of.get(key)?.as_array()?.iter().map(|v| number(Some(v))).collect::<Option<Vec<u32>>>();
    Some(match of.get("rule")?.as_str()? {
        "mod7" => Rule::Mod7,
        "mod10" => Rule::Mod10 { even: number(of.get("even"))?, odd: number(of.get("odd"))?, right_to_left },
        "luhn" => Rule::Luhn,
        "s10" => Rule::S10,
        "weights" => {
            let [first, second] = numbers("modulo")?.try_into().ok()?;
            Rule::Weights { weights: numbers("weights")?, modulo: (first, second) }
        }
        "mod37_36" => Rule::Mod37,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_whole_and_every_shape_compiles() {
        let carriers = read(include_str!("../../../data/carriers.toml")).unwrap();
        assert!(carriers.types.len() >= 39, "the types of the source, and more");
        assert!(carriers.posts.len() >= 190);
        for of in &carriers.types {
            let pattern = Regex::new(&of.pattern).unwrap();
            let rule = matches!(of.check, Check::Rule(_));
            let named = pattern.capture_names().flatten().count();
            assert_eq!(named, if rule { 2 } else { 0 }, "{}: a rule needs a serial and a check character, and only a rule", of.kind);
        }
    }

    #[test]
    fn the_likeliest_carrier_stands_first() {
        let check = |number: &str, named: &[&str], expect: &[(&str, CheckDigit)]| {
            let found: Vec<_> = fits(number, named).iter().map(|f| (f.carrier.name, f.carrier.check_digit)).collect();
            assert_eq!(found, expect, "{number}");
        };
        check("RB473124829GB", &[], &[("Royal Mail", CheckDigit::Valid)]);
        check("RB473124820GB", &[], &[("Royal Mail", CheckDigit::Wrong)]);
        // No post has this country: no S10 number at all.
        check("RB473124829XX", &[], &[]);
        // Three letters and nine digits, of which two carriers make numbers.
        check("JKL123456789", &[], &[("Purolator", CheckDigit::None), ("DHL", CheckDigit::None)]);
        check("JKL123456789", &["dhl"], &[("DHL", CheckDigit::None), ("Purolator", CheckDigit::None)]);
        // A wrong check digit of the registered letter is no parcel of a carrier without check digits.
        check("LX473124820DE", &[], &[("Deutsche Post", CheckDigit::Wrong)]);
        // Some shapes count only where the carrier is named, and then first.
        check("123456789012", &[], &[("FedEx", CheckDigit::Valid)]);
        check("123456789012", &["aramex"], &[("Aramex", CheckDigit::NotKnown), ("FedEx", CheckDigit::Valid)]);
    }

    #[test]
    fn carriers_named_in_a_text() {
        let check = |text: &str, expect: &[&str]| assert_eq!(named(text), expect, "{text}");
        check("it came by dhl today", &["dhl"]);
        check("dhlx", &[]);
        check("顺丰快递", &["sf"]);
    }
}
