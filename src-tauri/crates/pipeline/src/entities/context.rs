//! The words beside numbers: what the text itself calls a number (order, parcel, telephone, item, something else), in sixteen languages.
//!
//! The words are in `data/context`; the finders ask what stands right before or behind a number, and what stands somewhere near it.

use std::{ops::Range, sync::LazyLock};

use mercator_domain::language::Language;

use crate::{
    data,
    entities::tracking,
    fold::Folded,
    lexicon::{Lexicon, Script},
    tokens::is_hangul,
};

/// What a word tells of the number beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// A parcel's number.
    Tracking,
    /// A carrier.
    Carrier,
    /// A parcel and what happens to it.
    Parcel,
    /// An order.
    Order,
    /// A number of an order or a parcel: the language has one word for both.
    Either,
    /// A telephone.
    Phone,
    /// An item.
    Sku,
    /// Some other number: a card, an invoice, a postcode.
    Other,
    /// A small word between such a word and the number.
    Filler,
    /// A small word between the number and such a word behind it: 10023 numaralı siparişim.
    Behind,
}

/// The lists of a data file, and the categories they become.
const LISTS: [(&str, Word); 10] = [
    // The names of the carriers stand with their numbers, in `carriers.toml`.
    ("carrier", Word::Carrier),
    ("tracking", Word::Tracking),
    ("parcel", Word::Parcel),
    ("order", Word::Order),
    ("either", Word::Either),
    ("phone", Word::Phone),
    ("sku", Word::Sku),
    ("other", Word::Other),
    ("filler", Word::Filler),
    ("behind", Word::Behind),
];

/// So many small words may stand between: "order number, as follows: …".
const FILLERS: usize = 5;
/// So many bytes of spaces and marks may stand between two words that belong together.
const GAP: usize = 12;
/// How far a word still belongs to a number, in bytes before it and behind it: about two sentences and one.
const NEAR: (usize, usize) = (240, 120);

/// All languages in one automaton a script: the words of one language mean nothing else beside a number in another.
static LEXICONS: LazyLock<[Lexicon; 2]> = LazyLock::new(|| {
    let mut phrases: [Vec<(u8, String)>; 2] = [tracking::carrier_words().map(|w| (0, w.to_owned())).collect(), Vec::new()];
    for code in Language::SUPPORTED {
        let inflected = usize::from(Script::of(code) == Script::Inflected);
        // A file that cannot be read counts as empty; a test reads them all.
        let table = data::table("context", code).unwrap_or_default();
        for (category, (list, _)) in (0u8..).zip(LISTS) {
            let words = table.get(list).and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_str);
            if let Some(of_script) = phrases.get_mut(inflected) {
                of_script.extend(words.map(|word| (category, word.to_owned())));
            }
        }
    }
    let [whole, inflected] = phrases;
    [Lexicon::new(whole, Script::Whole), Lexicon::new(inflected, Script::Inflected)]
});

/// The words of one text.
#[derive(Debug)]
pub(crate) struct Words<'a> {
    text: &'a str,
    /// In the order of the text; an ending that the language hangs on a word belongs to it.
    hits: Vec<(Range<usize>, Word)>,
}

impl<'a> Words<'a> {
    /// The words of a text, which is the one that `folded` was made from.
    pub(crate) fn new(text: &'a str, folded: &Folded) -> Self {
        let found = LEXICONS.iter().flat_map(|lexicon| lexicon.find(folded));
        let word = |category: u8| LISTS.get(usize::from(category)).map(|(_, word)| *word);
        let mut hits: Vec<(Range<usize>, Word)> =
            found.filter_map(|hit| Some((hit.original.start..with_ending(text, hit.original.end), word(hit.category)?))).collect();
        // Two languages may have the same word: the longer one counts, then the more telling one.
        hits.sort_by_key(|(range, word)| (range.start, std::cmp::Reverse(range.end), *word as u8));
        hits.dedup_by(|later, earlier| later.0.end <= earlier.0.end && later.0.start >= earlier.0.start);
        Self { text, hits }
    }

    /// What stands right before the number, with nothing but small words and marks between; else what stands right behind it.
    pub(crate) fn label(&self, number: &Range<usize>) -> Option<Word> {
        self.before(number.start).or_else(|| self.behind(number.end))
    }

    /// What stands right before a place.
    pub(crate) fn before(&self, place: usize) -> Option<Word> {
        let mut end = place;
        for _ in 0..=FILLERS {
            let (range, word) = self.ending_at(end)?;
            if !matches!(word, Word::Filler | Word::Behind) {
                return Some(word);
            }
            end = range.start;
        }
        None
    }

    /// The word that ends at a place, with nothing but spaces and marks between.
    fn ending_at(&self, place: usize) -> Option<(Range<usize>, Word)> {
        let next = self.hits.partition_point(|(range, _)| range.start < place);
        let (range, word) = self.hits.get(next.checked_sub(1)?)?;
        // A word that reaches over the place (an item's name with a number in it) is not before it.
        let gap = self.text.get(range.end..place)?;
        is_gap(gap).then(|| (range.clone(), *word))
    }

    fn behind(&self, place: usize) -> Option<Word> {
        let mut start = place;
        let mut led = false;
        for _ in 0..=FILLERS {
            let next = self.hits.partition_point(|(range, _)| range.start < start);
            let (range, word) = self.hits.get(next)?;
            if !self.text.get(start..range.start).is_some_and(|gap| gap.len() <= 3 && gap.trim().is_empty()) {
                return None;
            }
            match word {
                Word::Behind => led = true,
                // A word of both lists comes as the filler.
                Word::Filler if led || matches!(self.text.get(range.clone()), Some("番" | "号" | "號" | "번")) => led = true,
                Word::Order | Word::Tracking | Word::Carrier | Word::Parcel | Word::Either if led => return Some(*word),
                _ => return None,
            }
            start = range.end;
        }
        None
    }

    /// True when one of the words stands near the number.
    pub(crate) fn near(&self, number: &Range<usize>, words: &[Word]) -> bool {
        self.near_within(number, words, NEAR)
    }

    /// The same, at most so many bytes before and behind.
    pub(crate) fn near_within(&self, number: &Range<usize>, words: &[Word], (before, behind): (usize, usize)) -> bool {
        let from = number.start.saturating_sub(before);
        let first = self.hits.partition_point(|(range, _)| range.start < from);
        let to = number.end.saturating_add(behind);
        let around = self.hits.iter().skip(first).take_while(|(range, _)| range.start <= to);
        // A word inside the number (DPD 123456789) is not beside it.
        around.filter(|(range, _)| range.end <= number.start || range.start >= number.end).any(|(_, word)| words.contains(word))
    }
}

/// A language that inflects hangs its ending on the word, Korean its particle: both belong to it.
fn with_ending(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    let last = text.get(..end).and_then(|t| t.chars().next_back());
    let hangul = last.is_some_and(is_hangul);
    let ending = |c: char| if hangul { is_hangul(c) } else { c.is_alphabetic() && last.is_some_and(char::is_alphabetic) && spaced(c) };
    end + rest.chars().take(8).take_while(|c| ending(*c)).map(char::len_utf8).sum::<usize>()
}

fn spaced(c: char) -> bool {
    !crate::tokens::is_unspaced(c)
}

/// Spaces and marks only, at most one end of a line, and a point only where it shortens the word before it ("Nr. 10023").
fn is_gap(gap: &str) -> bool {
    let mark = |c: char| c.is_whitespace() || ":：#°º№*=\"'“”„«»()（）[]【】「」<>-—/|,，、،_".contains(c);
    gap.len() <= GAP && gap.matches('\n').count() <= 1 && gap.strip_prefix('.').unwrap_or(gap).chars().all(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(text: &str, number: &str) -> Option<Word> {
        let start = text.find(number).unwrap();
        Words::new(text, &Folded::new(text)).label(&(start..start + number.len()))
    }

    #[test]
    fn a_number_is_what_the_text_calls_it() {
        let check = |text: &str, expect: Option<Word>| assert_eq!(label(text, "5551234"), expect, "{text}");
        check("Order no. 5551234", Some(Word::Order));
        check("My tracking number is: 5551234", Some(Word::Tracking));
        check("the parcel 5551234", Some(Word::Parcel));
        check("Call me at 5551234", Some(Word::Phone));
        check("invoice 5551234 for my order", Some(Word::Other));
        check("Sendungsnummer: 5551234", Some(Word::Tracking));
        check("numéro de commande : 5551234", Some(Word::Order));
        check("numer przesyłki 5551234", Some(Word::Tracking));
        check("посылки № 5551234", Some(Word::Parcel));
        check("5551234 numaralı siparişim", Some(Word::Order));
        check("5551234番の注文", Some(Word::Order));
        check("订单号是5551234", Some(Word::Order));
        check("快递单号5551234", Some(Word::Tracking));
        check("单号 5551234", Some(Word::Either));
        check("주문번호는 5551234", Some(Word::Order));
        check("เลขพัสดุคือ 5551234", Some(Word::Tracking));
        check("رقم التتبع هو 5551234", Some(Word::Tracking));
        check("货号：5551234", Some(Word::Sku));
    }

    #[test]
    fn every_language_has_every_list() {
        for code in Language::SUPPORTED {
            let table = data::table("context", code).unwrap();
            for list in ["tracking", "parcel", "order", "phone", "sku", "other", "filler"] {
                assert!(table[list].as_array().is_some_and(|words| words.len() >= 5), "{code}: {list}");
            }
            assert!(table.keys().all(|key| LISTS.iter().any(|(list, _)| list == key)), "{code}: a list that nobody reads");
        }
    }

    #[test]
    fn a_word_farther_away_is_no_label_but_may_be_near() {
        let check = |text: &str, near: bool| {
            let start = text.find("5551234").unwrap();
            let words = Words::new(text, &Folded::new(text));
            let number = start..start + 7;
            assert_eq!(words.label(&number), None, "{text}");
            assert_eq!(words.near(&number, &[Word::Parcel]), near, "{text}");
        };
        check("I want my parcel, thanks a lot. 5551234", true);
        check("The parcel! 5551234", true);
        check("5551234 lamps", false);
        check(&format!("The parcel {} 5551234", "lamp ".repeat(60)), false);
    }
}
