//! Things named in a message: order and tracking numbers, money, dates, addresses, amounts of pieces, countries.
//!
//! Every finder works on the text itself with linear regular expressions and gives byte offsets into it; where two overlap, the
//! more certain one wins (the order of [`find`]). Nothing here looks anything up: `retrieve` does.

pub mod amounts;
pub mod dates;
pub mod orders;
pub mod places;
pub mod tracking;

use std::{ops::Range, sync::LazyLock};

use mercator_domain::entity::{Entity, EntityKind};
use regex::Regex;

#[allow(clippy::expect_used, reason = "The patterns are constants, and each has a test.")]
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b[a-z0-9][a-z0-9._%+\-]{0,63}@[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?(?:\.[a-z0-9\-]{1,63}){0,4}\.[a-z]{2,24}\b")
});
static URL: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?i)\b(?:https?://|www\.)[^\s<>"'，。！？、）】」]{3,500}"#));
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\+|\b00)[1-9]\d{0,3}[ .\-/]?(?:\(\d{1,5}\)[ .\-/]?)?\d{1,5}(?:[ .\-/]?\d{1,5}){1,5}|\(\d{2,5}\)[ .\-]?\d{2,5}(?:[ .\-]\d{2,5}){1,3}|\b0\d{1,4}[ \-/]\d{2,5}(?:[ \-]?\d{2,5}){1,3}\b|\b\d{3}[.\-]\d{3}[.\-]\d{4}\b|(?-u:\b)1[3-9]\d{9}(?-u:\b)|(?-u:\b)01[0-9]-?\d{3,4}-?\d{4}(?-u:\b)",
    )
});
/// Before a telephone number, in the line.
static PHONE_WORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\b(?:tel|phone|telefon|mobile|mobil|handy|cell|whatsapp|fax|téléphone|teléfono|telefono|telefoon|móvil|celular|telefone|numer telefonu|тел|телефон)\b|电话|電話|手机|手機|전화|เบอร์|โทร|هاتف|الهاتف)[^\d+]{0,16}$",
    )
});

/// A found thing before overlaps are settled.
pub(crate) struct Found {
    pub kind: EntityKind,
    pub range: Range<usize>,
    pub value: String,
}

/// All entities of a text, in the order of the text, none overlapping another.
pub fn find(text: &str) -> Vec<Entity> {
    let mut taken: Vec<Found> = Vec::new();
    let mut add = |found: Vec<Found>| {
        for one in found {
            if !taken.iter().any(|t| t.range.start < one.range.end && one.range.start < t.range.end) {
                taken.push(one);
            }
        }
    };
    // From certain to uncertain: what looks like several things is the first of them.
    add(links(text));
    add(orders::marketplace(text));
    add(tracking::checked(text));
    add(dates::find(text));
    add(amounts::money(text));
    add(orders::named(text));
    add(tracking::named(text));
    add(phones(text));
    add(orders::shaped(text));
    add(tracking::unchecked(text));
    add(amounts::quantities(text));
    add(places::find(text));
    taken.sort_by_key(|f| f.range.start);
    taken.into_iter().filter_map(|f| entity(text, f)).collect()
}

fn entity(text: &str, found: Found) -> Option<Entity> {
    Some(Entity {
        kind: found.kind,
        text: text.get(found.range.clone())?.to_owned(),
        value: found.value,
        start: u32::try_from(found.range.start).ok()?,
        end: u32::try_from(found.range.end).ok()?,
    })
}

fn links(text: &str) -> Vec<Found> {
    let mail = EMAIL.find_iter(text).map(|m| Found { kind: EntityKind::Email, range: m.range(), value: m.as_str().to_lowercase() });
    let urls = URL.find_iter(text).map(|m| {
        let link = m.as_str().trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '*', '_']);
        Found { kind: EntityKind::Url, range: m.start()..m.start() + link.len(), value: link.to_owned() }
    });
    urls.chain(mail).collect()
}

fn phones(text: &str) -> Vec<Found> {
    static BARE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\+?\d[\d \-/.()]{5,18}\d"));
    let value = |s: &str| s.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect::<String>();
    let long_enough = |v: &str| (7..=16).contains(&v.len());
    let shaped = PHONE.find_iter(text).map(|m| Found { kind: EntityKind::Phone, range: m.range(), value: value(m.as_str()) });
    // A number right after the word for telephone is one, whatever its shape.
    let said = BARE
        .find_iter(text)
        .filter(|m| {
            let mut from = m.start().saturating_sub(48);
            while !text.is_char_boundary(from) {
                from += 1;
            }
            text.get(from..m.start()).is_some_and(|before| PHONE_WORD.is_match(before.rsplit('\n').next().unwrap_or(before)))
        })
        .map(|m| Found { kind: EntityKind::Phone, range: m.range(), value: value(m.as_str()) });
    said.chain(shaped).filter(|f| long_enough(&f.value) && alone(text, &f.range)).collect()
}

/// True when neither a letter nor a digit touches the range.
pub(crate) fn alone(text: &str, range: &Range<usize>) -> bool {
    let touches = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    let before = text.get(..range.start).and_then(|s| s.chars().next_back());
    let after = text.get(range.end..).and_then(|s| s.chars().next());
    !touches(before) && !touches(after)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn check(input: &str, expect: &[(EntityKind, &str)]) {
        let found = find(input);
        let got: Vec<_> = found.iter().map(|e| (e.kind, e.value.as_str())).collect();
        assert_eq!(got, expect, "{input}");
        for e in &found {
            assert_eq!(&input[e.start as usize..e.end as usize], e.text);
        }
    }

    #[test]
    fn addresses_links_and_phones() {
        use EntityKind::*;
        check(
            "Write to Ann.Lee+shop@Mail.Example.co.uk, see https://shop.test/a?b=1.",
            &[(Email, "ann.lee+shop@mail.example.co.uk"), (Url, "https://shop.test/a?b=1")],
        );
        check("Call +49 30 1234567 or (415) 555-2671", &[(Phone, "+49301234567"), (Phone, "4155552671")]);
        check("Tel: 030 1234567", &[(Phone, "0301234567")]);
        check("我的手机：13912345678", &[(Phone, "13912345678")]);
        check("전화번호 010-1234-5678 입니다", &[(Phone, "01012345678")]);
    }

    #[test]
    fn the_number_of_a_phone_a_date_or_a_price_is_no_order() {
        use EntityKind::*;
        check(
            "Order 10023 from 2026-11-03 for EUR 19.90, phone +1 415 555 2671",
            &[(OrderId, "10023"), (Date, "2026-11-03"), (Money, "EUR 19.90"), (Phone, "+14155552671")],
        );
        check("I ordered 3 days ago and paid 1000", &[]);
    }

    proptest! {
        #[test]
        fn never_panics_and_every_entity_is_its_slice(text in "(\\PC|order |#|Nr\\. |EUR |[0-9]{1,14}|[A-Z]{2}|\n|@|\\.){0,40}") {
            let mut end = 0;
            for e in find(&text) {
                prop_assert_eq!(text.get(e.start as usize..e.end as usize), Some(e.text.as_str()));
                prop_assert!(e.start >= end);
                end = e.end;
            }
        }
    }
}
