//! Numbers of cards and accounts in a text, however they are written: with spaces, dashes or dots between, over two lines, in digits of
//! other scripts. Rather one number too many than one too few.

use std::ops::Range;

/// A number with more digits in a row is a card's or an account's whatever its check digit says.
const SURELY: usize = 13;
/// Cards have 12 to 19 digits.
const CARD: std::ops::RangeInclusive<usize> = 12..=19;
/// Where account numbers follow ISO 13616, with their length: the registry of SWIFT, release 99 (2024-12).
const IBANS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];
/// So many characters may stand between two digits of one number.
const MOST_BETWEEN: usize = 3;

/// The value of a digit of any script that buyers write in.
pub(crate) fn digit(c: char) -> Option<u32> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{0660}'..='\u{0669}' => '\u{0660}',
        '\u{06f0}'..='\u{06f9}' => '\u{06f0}',
        '\u{0966}'..='\u{096f}' => '\u{0966}',
        '\u{0e50}'..='\u{0e59}' => '\u{0e50}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    Some(u32::from(c) - u32::from(zero))
}

/// A sign of a number, with where it stands.
#[derive(Clone, Copy)]
struct Sign {
    value: u32,
    from: usize,
    to: usize,
    /// How many characters stand between it and the one before.
    gap: usize,
}

/// The ranges of all numbers of cards and accounts, in order, not overlapping.
pub(crate) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = cards(text);
    found.extend(ibans(text));
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in found {
        match out.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

/// What may stand between the digits of one number.
fn separates(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '.' | ',' | '/' | '_' | '*' | '·' | '•' | '|' | '\u{2010}'..='\u{2015}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{00ad}' | '，' | '、' | '－' | '−')
}

fn cards(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut run: Vec<Sign> = Vec::new();
    let mut gap = 0;
    for (at, c) in text.char_indices() {
        match digit(c) {
            Some(value) => {
                run.push(Sign { value, from: at, to: at + c.len_utf8(), gap });
                gap = 0;
            }
            None if separates(c) && gap < MOST_BETWEEN && !run.is_empty() => gap += 1,
            None => {
                close(&mut run, &mut out);
                gap = 0;
            }
        }
    }
    close(&mut run, &mut out);
    out
}

/// A run of digits has ended: all of it where it is long and written closely, else the parts whose check digit is right.
fn close(run: &mut Vec<Sign>, out: &mut Vec<Range<usize>>) {
    let signs = std::mem::take(run);
    let close: Vec<&[Sign]> = split_where(&signs, |sign| sign.gap > 1);
    for part in close {
        if part.len() >= SURELY {
            out.extend(range(part));
        }
    }
    let groups: Vec<usize> = signs.iter().enumerate().filter(|(at, sign)| *at == 0 || sign.gap > 0).map(|(at, _)| at).collect();
    for start in groups {
        // The longest first: a card's number inside of a longer one goes with it.
        let right = CARD.rev().find(|length| signs.get(start..start + length).is_some_and(luhn));
        if let Some(part) = right.and_then(|length| signs.get(start..start + length)) {
            out.extend(range(part));
        }
    }
}

fn split_where(signs: &[Sign], begins: impl Fn(&Sign) -> bool) -> Vec<&[Sign]> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, sign) in signs.iter().enumerate().skip(1) {
        if begins(sign) {
            parts.extend(signs.get(from..at));
            from = at;
        }
    }
    parts.extend(signs.get(from..));
    parts
}

fn range(part: &[Sign]) -> Option<Range<usize>> {
    Some(part.first()?.from..part.last()?.to)
}

/// ISO/IEC 7812-1, annex B.
fn luhn(signs: &[Sign]) -> bool {
    let sum: u32 = signs
        .iter()
        .rev()
        .enumerate()
        .map(|(at, sign)| match (at % 2, sign.value) {
            (0, value) => value,
            (_, value) if value > 4 => value * 2 - 9,
            (_, value) => value * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Account numbers by ISO 13616 whose check digits are right, at the beginning of a word.
fn ibans(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut before = None;
    for (at, c) in text.char_indices() {
        let begins = c.is_ascii_alphabetic() && !before.is_some_and(|c: char| c.is_ascii_alphanumeric());
        before = Some(c);
        if begins && let Some(range) = iban(text, at) {
            out.push(range);
        }
    }
    out
}

fn iban(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = text.get(start..)?;
    let country: String = rest.chars().filter(|c| !separates(*c)).take(2).flat_map(char::to_uppercase).collect();
    let (_, length) = IBANS.iter().find(|(known, _)| *known == country)?;
    let mut signs: Vec<Sign> = Vec::new();
    let mut gap = 0;
    for (at, c) in rest.char_indices() {
        match digit(c).or_else(|| c.to_digit(36)) {
            Some(value) => {
                signs.push(Sign { value, from: start + at, to: start + at + c.len_utf8(), gap });
                gap = 0;
            }
            None if separates(c) && gap < MOST_BETWEEN => gap += 1,
            None => return None,
        }
        if signs.len() == *length {
            break;
        }
    }
    (signs.len() == *length && mod_97(&signs)).then(|| range(&signs)).flatten()
}

/// ISO 7064, MOD 97-10, as ISO 13616 uses it: the first four characters go to the end.
fn mod_97(signs: &[Sign]) -> bool {
    let (head, tail) = signs.split_at(signs.len().min(4));
    let rest = tail.iter().chain(head).fold(0_u32, |rest, sign| {
        let shift = if sign.value > 9 { 100 } else { 10 };
        (rest * shift + sign.value) % 97
    });
    rest == 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn k4_cards_and_accounts_are_found_however_they_are_written() {
        let check = |text: &str, expect: &[&str]| assert_eq!(found(text), expect, "{text}");
        check("my card is 4111 1111 1111 1111, thanks", &["4111 1111 1111 1111"]);
        check("4111-1111-1111-1111", &["4111-1111-1111-1111"]);
        check("4111111111111111", &["4111111111111111"]);
        check("4111.1111.1111.1111.", &["4111.1111.1111.1111"]);
        check("4111\n1111\n1111\n1111", &["4111\n1111\n1111\n1111"]);
        check("卡号４１１１１１１１１１１１１１１１谢谢", &["４１１１１１１１１１１１１１１１"]);
        check("٤١١١ ١١١١ ١١١١ ١١١١", &["٤١١١ ١١١١ ١١١١ ١١١١"]);
        check("amex 3782 822463 10005", &["3782 822463 10005"]);
        check("IBAN: DE89 3704 0044 0532 0130 00.", &["DE89 3704 0044 0532 0130 00"]);
        check("gb29nwbk60161331926819", &["gb29nwbk60161331926819"]);
        check("MT84MALT011000012345MTLCAST001S", &["MT84MALT011000012345MTLCAST001S"]);
        check("FR14 2004 1010 0505 0001 3M02 606", &["FR14 2004 1010 0505 0001 3M02 606"]);
        check("order 10023 of 2026-11-27 costs 19.90 EUR", &[]);
        check("call +49 30 1234567", &[]);
        check("My order LM-48213 came on 2026-11-27 at 10:30", &[]);
    }

    const BETWEEN: &[&str] = &["", " ", "-", ".", "\u{a0}", "\u{200b}", " - ", "\n", ", ", "/"];
    const AROUND: &[(&str, &str)] = &[
        ("my card ", " please"),
        ("卡号是", "，谢谢"),
        ("カードは", "です"),
        ("номер карты: ", "!"),
        ("بطاقتي ", " شكرا"),
        ("(", ")"),
        ("", ""),
    ];

    fn squashed(text: &str) -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
    }

    fn without(text: &str) -> String {
        let mut out = text.to_owned();
        for range in find(text).into_iter().rev() {
            out.replace_range(range, "X");
        }
        out
    }

    /// The digits with their check digit.
    fn card(body: &[u32]) -> String {
        let with = |last: u32| body.iter().copied().chain([last]).collect::<Vec<_>>();
        let sum = |digits: &[u32]| -> u32 {
            let doubled = |d: u32| if d > 4 { d * 2 - 9 } else { d * 2 };
            digits.iter().rev().enumerate().map(|(at, d)| if at % 2 == 1 { doubled(*d) } else { *d }).sum()
        };
        let digits = (0..10).map(with).find(|digits| sum(digits) % 10 == 0).unwrap();
        digits.iter().map(ToString::to_string).collect()
    }

    fn iban(country: &str, body: &str) -> String {
        let moved = format!("{body}{country}00");
        let number = moved.chars().fold(0_u32, |rest, c| {
            let value = c.to_digit(36).unwrap();
            (rest * if value > 9 { 100 } else { 10 } + value) % 97
        });
        format!("{country}{:02}{body}", 98 - number)
    }

    fn grouped(number: &str, size: usize, between: &str) -> String {
        let letters: Vec<char> = number.chars().collect();
        letters.chunks(size).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join(between)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn k4_no_card_is_ever_left(body in prop::collection::vec(0..10_u32, 11..=18), size in 3..=6_usize, between in 0..BETWEEN.len(), around in 0..AROUND.len()) {
            let number = card(&body);
            let (before, after) = AROUND[around];
            let text = format!("{before}{}{after}", grouped(&number, size, BETWEEN[between]));
            prop_assert!(!squashed(&without(&text)).contains(&number), "{text:?} -> {:?}", without(&text));
        }

        #[test]
        fn k4_no_account_is_ever_left(country in 0..IBANS.len(), letters in "[0-9A-Z]{30}", size in 2..=5_usize, between in 0..BETWEEN.len(), around in 0..AROUND.len(), lower in any::<bool>()) {
            let (country, length) = IBANS[country];
            let number = iban(country, &letters[..length - 4]);
            let (before, after) = AROUND[around];
            let shown = grouped(&number, size, BETWEEN[between]);
            let shown = if lower { shown.to_lowercase() } else { shown };
            let text = format!("{before}{shown}{after}");
            prop_assert!(!squashed(&without(&text)).contains(&number), "{text:?} -> {:?}", without(&text));
        }
    }
}
