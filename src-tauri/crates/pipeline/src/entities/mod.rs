//! Things named in a message: order and tracking numbers, items, money, dates, addresses, amounts of pieces, countries.
//!
//! The text is narrowed first (digits of every script as ASCII), and every finder works on that with linear expressions or one pass;
//! offsets lead back to bytes of the text as it was given. Where two findings overlap, the more certain one wins (the order of
//! [`find_with`]). Nothing here looks anything up: `retrieve` does.

pub mod amounts;
mod contacts;
mod context;
pub mod dates;
mod narrow;
pub mod orders;
pub mod own;
pub mod places;
mod relative;
mod skus;
pub mod tracking;

use std::{collections::BTreeMap, ops::Range};

use mercator_domain::entity::{Entity, EntityKind};
use regex::Regex;

use crate::fold::Folded;
use context::Words;
use narrow::Narrow;
pub use own::OwnNumbers;
use tracking::Certainty;

#[allow(clippy::expect_used, reason = "The patterns are constants, and each has a test.")]
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// A found thing before overlaps are settled.
pub(crate) struct Found {
    pub kind: EntityKind,
    pub range: Range<usize>,
    pub value: String,
}

/// A text on its way through the finders.
pub(crate) struct Reading<'a> {
    /// Narrowed.
    pub text: &'a str,
    /// Made from the narrowed text.
    pub folded: &'a Folded,
    /// The words beside numbers.
    pub words: Words<'a>,
}

/// All entities of a text, in the order of the text, none overlapping another.
pub fn find(text: &str) -> Vec<Entity> {
    find_with(text, &OwnNumbers::default())
}

/// The same for a merchant whose own order and item numbers are known.
pub fn find_with(text: &str, own: &OwnNumbers) -> Vec<Entity> {
    let narrow = Narrow::new(text);
    let folded = Folded::new(&narrow.text);
    let mut settled = Settled::default();
    settled.add(contacts::links(&narrow.text));
    if narrow.text.bytes().any(|b| b.is_ascii_digit()) {
        let words = Words::new(&narrow.text, &folded);
        numbers(&Reading { text: &narrow.text, folded: &folded, words }, own, &mut settled);
    }
    settled.add(relative::find(&folded));
    settled.add(places::find(&folded));
    settled.0.into_iter().filter_map(|(start, (end, kind, value))| entity(text, narrow.original(start..end), kind, value)).collect()
}

/// Everything that has digits: from certain to uncertain, since what looks like several things is the first of them.
fn numbers(reading: &Reading, own: &OwnNumbers, settled: &mut Settled) {
    let tracking = tracking::judged(reading.text, reading.folded, &reading.words);
    let sure = |certainty: Certainty| {
        let these = tracking.iter().filter(move |(_, c)| *c == certainty);
        these.map(|(number, _)| tracking::entity(reading.text, number)).collect()
    };
    settled.add(orders::marketplace(reading.text));
    settled.add(orders::own_lettered(reading, own));
    settled.add(skus::own(reading, own));
    settled.add(sure(Certainty::Certain));
    settled.add(dates::find(reading.text, reading.folded));
    settled.add(amounts::money(reading.text));
    settled.add(orders::named(reading));
    settled.add(skus::named(reading));
    settled.add(orders::shaped(reading));
    settled.add(sure(Certainty::Likely));
    settled.add(contacts::phones(reading));
    settled.add(orders::own_digits(reading, own));
    settled.add(sure(Certainty::Mistyped));
    settled.add(amounts::quantities(reading.text));
}

/// What was found so far, by where it begins; nothing in it overlaps.
#[derive(Default)]
struct Settled(BTreeMap<usize, (usize, EntityKind, String)>);

impl Settled {
    /// Takes in what does not overlap anything found before.
    fn add(&mut self, found: Vec<Found>) {
        for one in found {
            let Range { start, end } = one.range;
            let before = self.0.range(..=start).next_back().is_some_and(|(_, (taken, _, _))| *taken > start);
            let behind = self.0.range(start..).next().is_some_and(|(taken, _)| *taken < end);
            if start < end && !before && !behind {
                self.0.insert(start, (end, one.kind, one.value));
            }
        }
    }
}

fn entity(text: &str, range: Range<usize>, kind: EntityKind, value: String) -> Option<Entity> {
    Some(Entity {
        kind,
        text: text.get(range.clone())?.to_owned(),
        value,
        start: u32::try_from(range.start).ok()?,
        end: u32::try_from(range.end).ok()?,
    })
}

/// True when neither a letter nor a digit touches the range.
pub(crate) fn alone(text: &str, range: &Range<usize>) -> bool {
    let touches = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    let before = text.get(..range.start).and_then(|s| s.chars().next_back());
    let after = text.get(range.end..).and_then(|s| s.chars().next());
    !touches(before) && !touches(after)
}

#[cfg(test)]
#[path = "entities_tests.rs"]
pub(crate) mod tests;
