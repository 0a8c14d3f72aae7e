//! A merchant's own numbers: the shapes of the order numbers that the shop gave out, and the numbers of its items.
//!
//! Learned from what is stored, small, and given to [`super::find_with`] by the caller. A shape is what the numbers have in common:
//! letters that stand in all of them, how many digits, which marks between. Nothing here knows a shop system; `orders` has the
//! shapes of the marketplaces.

use std::collections::{BTreeMap, BTreeSet};

use mercator_domain::entity::comparable_number;
use serde::{Deserialize, Serialize};

/// So many numbers are looked at: more tell nothing new.
const SAMPLE: usize = 5_000;
/// So many items are kept.
const ITEMS: usize = 50_000;
/// So many shapes are kept, the commonest: one or two a channel.
const SHAPES: usize = 24;
/// Numbers of one length that mix letters and digits in more ways than this are random ones.
const WAYS: usize = 4;
/// Longer ones are no order numbers.
const LONGEST: usize = 40;
/// A shape that fewer than one in so many numbers have is a slip of the import.
const RARE: usize = 100;
/// So many different prefixes are kept word by word; a part with more is any letters.
const PREFIXES: usize = 4;
/// Numbers of at most so many digits count up, so the next ones are a little larger than those seen.
const COUNTING: usize = 9;
/// Digits alone are telling from this length on.
const LONG: usize = 12;
/// So much larger at least: a shop of ten orders grows, too.
const GROWTH: u64 = 1_000;

/// What is known of a merchant's numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnNumbers {
    /// The shapes of the order numbers.
    pub orders: OrderShapes,
    /// The numbers of the items.
    pub skus: OwnSkus,
}

impl OwnNumbers {
    /// Learns from order numbers and item numbers as they are stored.
    pub fn learn<'a>(orders: impl IntoIterator<Item = &'a str>, skus: impl IntoIterator<Item = &'a str>) -> Self {
        Self { orders: OrderShapes::learn(orders), skus: OwnSkus::new(skus) }
    }
}

/// The numbers of a merchant's items, in the form in which two are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSkus(BTreeSet<String>);

impl OwnSkus {
    /// Those that can be told from a word: with a digit, and three characters at least.
    pub fn new<'a>(skus: impl IntoIterator<Item = &'a str>) -> Self {
        let keys = skus.into_iter().map(comparable_number);
        Self(keys.filter(|key| key.len() >= 3 && key.bytes().any(|b| b.is_ascii_digit())).take(ITEMS).collect())
    }

    /// True when the merchant has an item with this number.
    pub fn contains(&self, number: &str) -> bool {
        self.0.contains(&comparable_number(number))
    }

    /// True when none is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The shapes of a merchant's order numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderShapes {
    shapes: Vec<Shape>,
}

/// One shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Shape {
    parts: Vec<Part>,
}

/// A run of characters of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    /// One of these words.
    Words(Vec<String>),
    /// Any letters, from so many to so many.
    Letters(usize, usize),
    /// Digits, from so many to so many; and the largest number that may stand here, where they count up.
    Digits(usize, usize, Option<u64>),
    /// So many letters and digits in any order.
    Mixed(usize),
    /// A mark, which a buyer may leave out.
    Mark(char),
}

/// How much a number that fits tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnFit {
    /// It has letters, marks or many digits: nothing else looks like it.
    Strong,
    /// A few digits.
    Weak,
}

impl OrderShapes {
    /// Learns from numbers as the shop wrote them; what cannot be a number of an order is passed over.
    pub fn learn<'a>(numbers: impl IntoIterator<Item = &'a str>) -> Self {
        let mut outlines: BTreeMap<String, BTreeMap<String, Vec<Vec<String>>>> = BTreeMap::new();
        let mut seen = 0;
        for number in numbers.into_iter().take(SAMPLE) {
            let number = number.trim().trim_start_matches('#').to_ascii_uppercase();
            if (3..=LONGEST).contains(&number.len()) && number.is_ascii() && number.bytes().any(|b| b.is_ascii_digit()) {
                let runs = runs(&number);
                outlines.entry(outline(&number)).or_default().entry(frame(&runs)).or_default().push(runs);
                seen += 1;
            }
        }
        // Random numbers are known by their outline; the others by their frame, whatever the lengths of its parts.
        let mut shapes: Vec<(usize, Vec<Part>)> = Vec::new();
        let mut frames: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
        for (outline, of) in outlines {
            if of.len() > WAYS {
                shapes.push((of.values().map(Vec::len).sum(), mixed(&outline)));
            } else {
                of.into_iter().for_each(|(frame, numbers)| frames.entry(frame).or_default().extend(numbers));
            }
        }
        shapes.extend(frames.into_values().map(|of| (of.len(), parts(&of))));
        shapes.retain(|(count, _)| count * RARE >= seen);
        shapes.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        Self { shapes: shapes.into_iter().take(SHAPES).map(|(_, parts)| Shape { parts }).collect() }
    }

    /// True when nothing is known.
    pub fn is_empty(&self) -> bool {
        self.shapes.is_empty()
    }

    /// How much a number tells that has one of the shapes; marks may be missing, and case does not matter.
    pub(crate) fn fit(&self, number: &str) -> Option<OwnFit> {
        if number.len() > LONGEST || !number.is_ascii() {
            return None;
        }
        let upper = number.to_ascii_uppercase();
        let shape = self.shapes.iter().find(|shape| walk(&shape.parts, upper.as_bytes()))?;
        let digits = upper.bytes().filter(u8::is_ascii_digit).count();
        // Random numbers without a digit are words, and without a letter they are any number.
        let mixed = shape.parts.iter().any(|part| matches!(part, Part::Mixed(_)));
        if mixed && (digits == 0 || digits == upper.len()) {
            return None;
        }
        // Without letters and marks (which may have been left out) a number looks like any other.
        Some(if digits == upper.len() && digits < LONG { OwnFit::Weak } else { OwnFit::Strong })
    }
}

/// Runs of letters, of digits, and single marks.
fn runs(number: &str) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    for c in number.chars() {
        let kind = kind_of(c);
        match runs.last_mut() {
            Some(run) if kind != 'm' && run.chars().next().is_some_and(|first| kind_of(first) == kind) => run.push(c),
            _ => runs.push(c.to_string()),
        }
    }
    runs
}

fn kind_of(c: char) -> char {
    if c.is_ascii_digit() {
        'd'
    } else if c.is_ascii_alphabetic() {
        'l'
    } else {
        'm'
    }
}

/// Kinds of runs and the marks themselves: numbers of one frame are compared part by part.
fn frame(runs: &[String]) -> String {
    runs.iter().filter_map(|run| run.chars().next()).map(|c| if kind_of(c) == 'm' { c } else { kind_of(c) }).collect()
}

/// The parts that the numbers of one frame have in common.
fn parts(numbers: &[Vec<String>]) -> Vec<Part> {
    let length = numbers.first().map_or(0, Vec::len);
    let alone = length == 1;
    (0..length).map(|at| part(&numbers.iter().filter_map(|runs| runs.get(at)).map(String::as_str).collect::<Vec<_>>(), alone)).collect()
}

fn part(values: &[&str], alone: bool) -> Part {
    let first = values.first().and_then(|v| v.chars().next()).unwrap_or('-');
    let lengths = values.iter().map(|v| v.len());
    let (least, most) = (lengths.clone().min().unwrap_or(0), lengths.max().unwrap_or(0));
    match kind_of(first) {
        'l' => {
            let words: BTreeSet<&str> = values.iter().copied().collect();
            if words.len() <= PREFIXES { Part::Words(words.into_iter().map(str::to_owned).collect()) } else { Part::Letters(least, most) }
        }
        'd' if alone && most <= COUNTING => {
            let numbers = values.iter().filter_map(|v| v.parse::<u64>().ok());
            let (low, high) = (numbers.clone().min().unwrap_or(0), numbers.max().unwrap_or(0));
            let top = high + (high - low).max(GROWTH);
            Part::Digits(least, most.max(top.to_string().len()), Some(top))
        }
        // The counter inside a longer number may gain a digit.
        'd' => Part::Digits(least, if least == most { most } else { most + 1 }, None),
        _ => Part::Mark(first),
    }
}

/// The number with an `a` for every letter and digit.
fn outline(number: &str) -> String {
    number.chars().map(|c| if kind_of(c) == 'm' { c } else { 'a' }).collect()
}

/// The parts of random numbers: nothing in common but an outline.
fn mixed(outline: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for c in outline.chars() {
        match parts.last_mut() {
            Some(Part::Mixed(length)) if c == 'a' => *length += 1,
            _ => parts.push(if c == 'a' { Part::Mixed(1) } else { Part::Mark(c) }),
        }
    }
    parts
}

/// True when the parts, in their order, make up the whole number.
fn walk(parts: &[Part], number: &[u8]) -> bool {
    let Some((part, rest)) = parts.split_first() else { return number.is_empty() };
    let run = |of: fn(&u8) -> bool| number.iter().take_while(|b| of(b)).count();
    let lengths = |least: usize, most: usize, there: usize| (least..=most.min(there)).rev();
    let then = |length: usize| number.get(length..).is_some_and(|left| walk(rest, left));
    match part {
        Part::Words(words) => words.iter().any(|word| number.starts_with(word.as_bytes()) && then(word.len())),
        Part::Letters(least, most) => lengths(*least, *most, run(u8::is_ascii_alphabetic)).any(then),
        Part::Digits(least, most, top) => lengths(*least, *most, run(u8::is_ascii_digit)).any(|length| {
            let value = number.get(..length).and_then(|b| std::str::from_utf8(b).ok()).and_then(|s| s.parse::<u64>().ok());
            top.is_none_or(|top| value.is_some_and(|value| value <= top)) && then(length)
        }),
        Part::Mixed(length) => run(u8::is_ascii_alphanumeric) >= *length && then(*length),
        Part::Mark(_) => then(usize::from(number.first().is_some_and(|b| b"-_/. ".contains(b)))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(numbers: &[&str], number: &str, expect: Option<OwnFit>) {
        assert_eq!(OrderShapes::learn(numbers.iter().copied()).fit(number), expect, "{number} by {numbers:?}");
    }

    #[test]
    fn a_number_of_the_shop_is_told_by_what_its_numbers_have_in_common() {
        let shop = ["LL-10023", "LL-10024", "LL-10999"];
        check(&shop, "LL-10500", Some(OwnFit::Strong));
        check(&shop, "ll10500", Some(OwnFit::Strong));
        check(&shop, "LL 10500", Some(OwnFit::Strong));
        check(&shop, "10500", None);
        check(&shop, "LX-10500", None);
        check(&shop, "LL-1050", None);
        check(&["W2378156", "W6390527"], "W1234567", Some(OwnFit::Strong));
        check(&["2024-000123", "2024-000777"], "2024-001000", Some(OwnFit::Strong));
        check(&["2024-000123", "2024-000777"], "2024001000", Some(OwnFit::Weak));
    }

    #[test]
    fn plain_numbers_count_up_to_a_little_above_the_largest() {
        let shop = ["#1001", "#1002", "#1480"];
        check(&shop, "1499", Some(OwnFit::Weak));
        check(&shop, "2400", Some(OwnFit::Weak));
        check(&shop, "9900", None);
        check(&shop, "999", None);
        check(&["9998", "9999"], "10250", Some(OwnFit::Weak));
        check(&["302123456789012"], "302999999999999", Some(OwnFit::Strong));
    }

    #[test]
    fn random_numbers_have_their_length_in_common_and_slips_count_for_nothing() {
        let random: Vec<String> = (0..60u32).map(|n| format!("{:08X}", n.wrapping_mul(2_654_435_761))).collect();
        let random: Vec<&str> = random.iter().map(String::as_str).collect();
        check(&random, "9E37A1B2", Some(OwnFit::Strong));
        check(&random, "9E37A1", None);
        check(&random, "DELIVERY", None);
        let mut shop: Vec<String> = (10_000..10_300).map(|n| n.to_string()).collect();
        shop.push("test-1".to_owned());
        check(&shop.iter().map(String::as_str).collect::<Vec<_>>(), "test-2", None);
    }

    #[test]
    fn nothing_learned_finds_nothing() {
        check(&[], "10023", None);
        check(&["", "#", "ab", "no digits"], "10023", None);
    }

    proptest! {
        #[test]
        fn what_was_learned_alone_fits_itself(number in "[A-Z]{0,4}[-/]?[0-9]{3,12}") {
            let shapes = OrderShapes::learn([number.as_str()]);
            prop_assert!(shapes.fit(&number).is_some());
        }

        #[test]
        fn any_text_is_learned_and_compared_without_panic(numbers in proptest::collection::vec("\\PC{0,45}", 0..20), asked in "\\PC{0,60}") {
            let shapes = OrderShapes::learn(numbers.iter().map(String::as_str));
            let _any = shapes.fit(&asked);
        }
    }
}
