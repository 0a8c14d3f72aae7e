//! Dates: ISO, day and month in digits, day and month name in sixteen languages. The value is ISO when the text decides it, else as written.

use std::{collections::BTreeMap, ops::Range, sync::LazyLock};

use mercator_domain::entity::EntityKind;
use regex::Regex;

use super::{Found, pattern};
use crate::{calendar, fold::Folded};

static ISO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u:\b)(?P<y>(?:19|20)[0-9]{2})(?:[-/.]|年 ?|년 ?)(?P<m>0?[1-9]|1[0-2])(?:[-/.]|月 ?|월 ?)(?P<d>3[01]|[12][0-9]|0?[1-9])(?:[日号號일]|(?-u:\b))",
    )
});
static ASIAN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?-u:\b)(?P<m>1[0-2]|0?[1-9])(?:月 ?(?P<d>3[01]|[12][0-9]|0?[1-9])[日号號]|월 ?(?P<d2>3[01]|[12][0-9]|0?[1-9])일)")
});
static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u:\b)(?P<a>3[01]|[12][0-9]|0?[1-9])(?P<s>[./\-])(?P<b>3[01]|[12][0-9]|0?[1-9])(?P<s2>[./\-])(?P<y>(?:19|20)?[0-9]{2})(?-u:\b)",
    )
});
static POINTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?-u:\b)(?P<d>3[01]|[12][0-9]|0?[1-9])\. ?(?P<m>1[0-2]|0?[1-9])\.(?:\s|$)"));

/// Day then month name, or month name then day, over the folded text. Where a name ends is looked at afterwards.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let mut names: Vec<String> = MONTHS.keys().map(|name| regex::escape(name)).collect();
    names.sort_by_key(|n| std::cmp::Reverse(n.len()));
    let names = names.join("|");
    pattern(&format!(
        r"(?-u:\b)(?P<d>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th|er|\.|º|°)?\s?(?:de\s|of\s)?(?P<m>{names})\.?(?:,?\s(?:de\s|del\s)?(?P<y>(?:19|20)[0-9]{{2}}))?|(?P<m2>{names})\.?\s(?P<d2>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?(?-u:\b)(?:,?\s(?P<y2>(?:19|20)[0-9]{{2}}))?"
    ))
});

/// The names of the months with their numbers, folded.
static MONTHS: LazyLock<BTreeMap<String, u8>> = LazyLock::new(|| calendar::month_names().collect());

/// The dates of a narrowed text.
pub(crate) fn find(text: &str, folded: &Folded) -> Vec<Found> {
    let mut out = Vec::new();
    let mut push = |range, value: String| out.push(Found { kind: EntityKind::Date, range, value });
    for c in ISO.captures_iter(text).chain(ASIAN.captures_iter(text)).chain(POINTED.captures_iter(text)) {
        let (Some(whole), Some(month), Some(day)) = (c.get(0), c.name("m"), c.name("d").or(c.name("d2"))) else { continue };
        let end = whole.start() + whole.as_str().trim_end().len();
        push(whole.start()..end, written(c.name("y").map(|m| m.as_str()), month.as_str(), day.as_str()));
    }
    for c in DIGITS.captures_iter(text) {
        let (Some(whole), Some(a), Some(b), Some(y)) = (c.get(0), c.name("a"), c.name("b"), c.name("y")) else { continue };
        // 12.345-67 is no date, and a date is no part of a longer number.
        if c.name("s").map(|m| m.as_str()) == c.name("s2").map(|m| m.as_str()) && !in_number(text, whole.start(), whole.end()) {
            push(whole.range(), digits(whole.as_str(), c.name("s").map_or("", |s| s.as_str()), a.as_str(), b.as_str(), y.as_str()));
        }
    }
    for c in NAMED.captures_iter(&folded.text) {
        let (Some(month), Some(day)) = (c.name("m").or(c.name("m2")), c.name("d").or(c.name("d2"))) else { continue };
        let (Some(whole), Some(number)) = (c.get(0), MONTHS.get(month.as_str())) else { continue };
        let range = folded.original(whole.range());
        // "You may 5 times": a month before the day is written with a capital.
        let first = c.name("m2").is_some();
        if !stands_alone(&folded.text, &month.range())
            || first && !text.get(range.clone()).is_some_and(|t| t.starts_with(char::is_uppercase))
        {
            continue;
        }
        push(range, written(c.name("y").or(c.name("y2")).map(|m| m.as_str()), &number.to_string(), day.as_str()));
    }
    out
}

/// A digit goes on behind a mark: 1.2.34-5.
fn in_number(text: &str, start: usize, end: usize) -> bool {
    let mark = |c: Option<char>| c.is_some_and(|c| matches!(c, '.' | '-' | '/' | '_'));
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let mut before = text.get(..start).unwrap_or_default().chars().rev();
    let mut behind = text.get(end..).unwrap_or_default().chars();
    (mark(before.next()) && digit(before.next())) || (mark(behind.next()) && digit(behind.next()))
}

/// No letter goes on before or behind the name; scripts without spaces have no borders.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && !crate::tokens::is_unspaced(c));
    let before = text.get(..range.start).and_then(|t| t.chars().next_back());
    let behind = text.get(range.end..).and_then(|t| t.chars().next());
    !letter(behind) && (!letter(before) || before.is_some_and(|c| c.is_ascii_alphabetic() && ordinal_before(text, range.start)))
}

/// "3rdMarch" does not happen, but "3er août" and "3 de noviembre" put letters with a space between; none may touch.
fn ordinal_before(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    ["st", "nd", "rd", "th", "er"].iter().any(|o| before.strip_suffix(o).is_some_and(|t| t.ends_with(|c: char| c.is_ascii_digit())))
}

/// `2026-11-03`, or `--11-03` (ISO 8601 without a year) when the year is not said.
fn written(year: Option<&str>, month: &str, day: &str) -> String {
    let number = |s: &str| s.parse::<u8>().unwrap_or(0);
    year.map_or_else(|| format!("--{:02}-{:02}", number(month), number(day)), |y| format!("{y}-{:02}-{:02}", number(month), number(day)))
}

/// Day and month in digits: decided by a number over 12 or by the point, which only day-first countries use; else left as written.
fn digits(whole: &str, separator: &str, a: &str, b: &str, year: &str) -> String {
    let (Ok(first), Ok(second)) = (a.parse::<u8>(), b.parse::<u8>()) else { return whole.to_owned() };
    let year = if year.len() == 2 { format!("20{year}") } else { year.to_owned() };
    match (first > 12, second > 12, separator) {
        (true, false, _) | (false, false, ".") => written(Some(&year), b, a),
        (false, true, _) => written(Some(&year), a, b),
        _ => whole.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use mercator_domain::entity::EntityKind::Date;

    #[test]
    fn dates_in_many_languages() {
        let one = |input: &str, value: &str| check(input, &[(Date, value)]);
        one("on 2026-11-03", "2026-11-03");
        one("2026年11月3日", "2026-11-03");
        one("11月3日に", "--11-03");
        one("2026년 11월 3일에", "2026-11-03");
        one("am 3.11.2026", "2026-11-03");
        one("3/25/2026", "2026-03-25");
        one("3/4/2026", "3/4/2026");
        one("on November 3rd, 2026", "2026-11-03");
        one("3 November", "--11-03");
        one("3. März 2026", "2026-03-03");
        one("le 3 août 2026", "2026-08-03");
        one("3 de noviembre de 2026", "2026-11-03");
        one("3 listopada 2026", "2026-11-03");
        one("3 ноября 2026", "2026-11-03");
        one("3 Kasım 2026", "2026-11-03");
        one("3 มกราคมนี้", "--01-03");
        one("٣ نوفمبر ٢٠٢٦", "2026-11-03");
        one("2026년11월3일에", "2026-11-03");
    }

    #[test]
    fn a_number_beside_a_word_is_no_date() {
        check("You may 5 times", &[]);
        check("1.5.2 firmware", &[]);
        check("version 1.2.20.3", &[]);
        check("3 maybe 4", &[]);
    }
}
