//! Numbers of items: the merchant's own, and what stands next to a word for one ("SKU", "Artikelnummer", 型号).

use mercator_domain::entity::EntityKind;
use regex::Match;

use super::{
    Found, OwnNumbers, Reading, alone,
    context::Word,
    orders::{codes, continues},
};

/// A short number of digits is an item's only where the text says so.
const TELLING: usize = 6;

/// The merchant's own, wherever they stand.
pub(crate) fn own(reading: &Reading, own: &OwnNumbers) -> Vec<Found> {
    if own.skus.is_empty() {
        return Vec::new();
    }
    let known = codes(reading.text, true).filter(|m| own.skus.contains(m.as_str()) && alone(reading.text, &m.range()));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let telling = |text: &str| text.bytes().any(|b| b.is_ascii_alphabetic()) || (digits(text) && text.len() >= TELLING);
    let fits = |m: &Match| match reading.words.label(&m.range()) {
        Some(Word::Sku) => true,
        Some(Word::Order | Word::Either | Word::Tracking | Word::Carrier | Word::Phone | Word::Other) => false,
        _ => telling(m.as_str()),
    };
    known.filter(fits).map(|m| Found { kind: EntityKind::Sku, range: m.range(), value: m.as_str().to_owned() }).collect()
}

/// What the text calls an item's number.
pub(crate) fn named(reading: &Reading) -> Vec<Found> {
    let year = |text: &str| text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
    let is_number = |text: &str| text.len() >= 3 && !text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && !year(text);
    codes(reading.text, true)
        .filter(|m| is_number(m.as_str()) && alone(reading.text, &m.range()) && !continues(reading.text, m.end()))
        .filter(|m| reading.words.before(m.start()) == Some(Word::Sku))
        .map(|m| Found { kind: EntityKind::Sku, range: m.range(), value: m.as_str().to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{OwnNumbers, find_with, tests::check};
    use mercator_domain::entity::EntityKind::{OrderId, Sku};

    #[test]
    fn numbers_next_to_a_word_for_an_item() {
        let one = |input: &str, value: &str| check(input, &[(Sku, value)]);
        one("Is SKU LMP-BLK-01 in stock?", "LMP-BLK-01");
        one("item no. 4711", "4711");
        one("Artikelnummer: 100.234.56", "100.234.56");
        one("référence article AB12/3", "AB12/3");
        one("型号：XJ-900有货吗", "XJ-900");
        one("артикул 55123", "55123");
        check("the model is great", &[]);
        check("model 2024", &[]);
    }

    #[test]
    fn the_merchants_own_are_known_without_a_word() {
        let own = OwnNumbers::learn([], ["LMP-BLK-01", "771", "900123"]);
        let found = |text: &str| find_with(text, &own).into_iter().map(|e| (e.kind, e.value)).collect::<Vec<_>>();
        let check = |text: &str, expect: &[&str]| {
            assert_eq!(found(text), expect.iter().map(|v| (Sku, (*v).to_owned())).collect::<Vec<_>>(), "{text}");
        };
        check("is lmp-blk-01 in stock", &["lmp-blk-01"]);
        check("two of LMPBLK01 please", &["LMPBLK01"]);
        check("do you have 900123", &["900123"]);
        check("I walked 771 steps", &[]);
        check("SKU 771", &["771"]);
        check("it is at 9001.23", &[]);
        assert_eq!(found("order 900123"), [(OrderId, "900123".to_owned())], "what the text says counts more");
    }
}
