//! Finds in a text what belongs to one person: names, addresses, numbers of orders, parcels, cards and accounts, mail, telephone, links.

pub(crate) mod accounts;

use std::{ops::Range, sync::LazyLock};

use mercator_domain::{account::PostalAddress, entity::EntityKind};
use regex::Regex;

use crate::{
    entities::{self, OwnNumbers, pattern},
    tokens,
};

/// A link with all that stands in it: it may hold a token that opens somebody's order.
static LINKS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:https?://|www\.)[^\s<>\x22）】]+"));

/// A part of a name that is shorter is too common a word.
const SHORTEST_NAME: usize = 3;
/// Chinese names have two or three signs.
const SHORTEST_UNSPACED: usize = 2;

/// Whose text it is.
#[derive(Clone, Debug, Default)]
pub struct Persons<'a> {
    /// Names of the customer and of the team.
    pub names: Vec<&'a str>,
    /// Addresses of the customer.
    pub addresses: Vec<&'a PostalAddress>,
}

/// What kind of personal detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Personal {
    /// A card or an account.
    Account,
    /// An address of mail.
    Mail,
    /// A telephone number.
    Phone,
    /// The number of an order.
    Order,
    /// The number of a parcel.
    Parcel,
    /// A link.
    Link,
    /// A part of a postal address.
    Address,
    /// A name or a part of one.
    Name,
}

/// Where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// In bytes.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Personal,
}

/// Everything personal in a text, in order, not overlapping; where two meet, the one named first in [`Personal`] stays.
pub fn find(text: &str, persons: &Persons, own: &OwnNumbers) -> Vec<Span> {
    let mut spans: Vec<Span> = accounts::find(text).into_iter().map(|range| Span { range, kind: Personal::Account }).collect();
    spans.extend(of_entities(text, own));
    spans.extend(LINKS.find_iter(text).map(|found| Span { range: found.range(), kind: Personal::Link }));
    for address in &persons.addresses {
        for part in [&address.line1, &address.line2, &address.postal_code, &address.city] {
            spans.extend(words(text, part, Personal::Address));
        }
    }
    for name in &persons.names {
        spans.extend(words(text, name, Personal::Name));
        for part in name.split_whitespace() {
            spans.extend(words(text, part, Personal::Name));
        }
    }
    apart(spans)
}

/// Of what overlaps the kind named first stays, and of the same kind the longer.
fn apart(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.kind, std::cmp::Reverse(span.range.len())));
    let mut kept: Vec<Span> = Vec::new();
    for span in spans {
        if !kept.iter().any(|other| span.range.start < other.range.end && other.range.start < span.range.end) {
            kept.push(span);
        }
    }
    kept.sort_by_key(|span| span.range.start);
    kept
}

fn of_entities(text: &str, own: &OwnNumbers) -> Vec<Span> {
    let found = entities::find_with(text, own).into_iter();
    let spans = found.filter_map(|entity| {
        let kind = match entity.kind {
            EntityKind::Email => Personal::Mail,
            EntityKind::Phone => Personal::Phone,
            EntityKind::OrderId => Personal::Order,
            EntityKind::TrackingNumber => Personal::Parcel,
            _ => return None,
        };
        let (mut start, end) = (entity.start as usize, entity.end as usize);
        // "#10023" is one number.
        let before = text.get(..start)?;
        if kind == Personal::Order {
            start = before.trim_end_matches('#').len();
        }
        (start < end).then_some(Span { range: start..end, kind })
    });
    spans.collect()
}

/// Each whole-word occurrence in any case; in scripts without spaces every occurrence.
fn words(text: &str, word: &str, kind: Personal) -> Vec<Span> {
    let word = word.trim();
    let unspaced = word.chars().any(tokens::is_unspaced);
    if word.chars().count() < if unspaced { SHORTEST_UNSPACED } else { SHORTEST_NAME } {
        return vec![];
    }
    let Ok(pattern) = Regex::new(&format!("(?i){}", regex::escape(word))) else { return vec![] };
    let whole = |range: &Range<usize>| {
        let before = text.get(..range.start).and_then(|t| t.chars().next_back());
        let after = text.get(range.end..).and_then(|t| t.chars().next());
        unspaced || !before.into_iter().chain(after).any(char::is_alphanumeric)
    };
    pattern.find_iter(text).map(|found| found.range()).filter(whole).map(|range| Span { range, kind }).collect()
}

/// The text with each span replaced by what `mark` says.
pub fn replaced(text: &str, spans: &[Span], mut mark: impl FnMut(Personal, &str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        out.push_str(text.get(at..span.range.start).unwrap_or_default());
        out.push_str(&mark(span.kind, text.get(span.range.clone()).unwrap_or_default()));
        at = span.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
