//! Dates: ISO, day and month in digits, day and month name in sixteen languages. The value is ISO when the text decides it, else as written.

use std::sync::LazyLock;

use mercator_domain::entity::EntityKind;
use regex::Regex;

use super::{Found, pattern};
use crate::{calendar, fold::Folded};

static ISO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?-u:\b)(?P<y>(?:19|20)\d{2})(?:[-/.]|年\s?)(?P<m>0?[1-9]|1[0-2])(?:[-/.]|月\s?)(?P<d>3[01]|[12]\d|0?[1-9])(?:(?-u:\b)|日)")
});
static KOREAN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:(?P<y>(?:19|20)\d{2})년\s?)?(?P<m>1[0-2]|0?[1-9])월\s?(?P<d>3[01]|[12]\d|0?[1-9])일"));
static HAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?P<m>1[0-2]|0?[1-9])月\s?(?P<d>3[01]|[12]\d|0?[1-9])[日号號]"));
static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?-u:\b)(?P<a>3[01]|[12]\d|0?[1-9])(?P<s>[./\-])(?P<b>3[01]|[12]\d|0?[1-9])[./\-](?P<y>(?:19|20)?\d{2})(?-u:\b)")
});
static POINTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?P<d>3[01]|[12]\d|0?[1-9])\.\s?(?P<m>1[0-2]|0?[1-9])\.(?:\s|$)"));

/// Day then month name, or month name then day, over the folded text.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let mut names: Vec<String> = calendar::month_names().map(|(name, _)| regex::escape(&name)).collect();
    names.sort_by_key(|n| std::cmp::Reverse(n.len()));
    names.dedup();
    let names = names.join("|");
    pattern(&format!(
        r"\b(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|er|\.|º|°)?\s?(?:de\s|of\s)?(?P<m>{names})\b\.?(?:,?\s(?:de\s|del\s)?(?P<y>(?:19|20)\d{{2}}))?|\b(?P<m2>{names})\b\.?\s(?P<d2>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b(?:,?\s(?P<y2>(?:19|20)\d{{2}}))?"
    ))
});

/// The dates of a text.
pub(crate) fn find(text: &str) -> Vec<Found> {
    let mut out = Vec::new();
    let mut push = |range, value: String| out.push(Found { kind: EntityKind::Date, range, value });
    for c in ISO.captures_iter(text).chain(KOREAN.captures_iter(text)).chain(HAN.captures_iter(text)).chain(POINTED.captures_iter(text)) {
        let (Some(whole), Some(month), Some(day)) = (c.get(0), c.name("m"), c.name("d")) else { continue };
        let end = whole.start() + whole.as_str().trim_end().len();
        push(whole.start()..end, written(c.name("y").map(|m| m.as_str()), month.as_str(), day.as_str()));
    }
    for c in DIGITS.captures_iter(text) {
        let (Some(whole), Some(a), Some(b), Some(y)) = (c.get(0), c.name("a"), c.name("b"), c.name("y")) else { continue };
        push(whole.range(), digits(whole.as_str(), c.name("s").map_or("", |s| s.as_str()), a.as_str(), b.as_str(), y.as_str()));
    }
    let folded = Folded::new(text);
    for c in NAMED.captures_iter(&folded.text) {
        let (Some(whole), Some(month), Some(day)) = (c.get(0), c.name("m").or(c.name("m2")), c.name("d").or(c.name("d2"))) else {
            continue;
        };
        let Some((_, number)) = calendar::month_names().find(|(name, _)| name == month.as_str()) else { continue };
        let range = folded.original(whole.range());
        // "You may 5 times": a month before the day is written with a capital.
        if c.name("m2").is_some() && !text.get(range.clone()).is_some_and(|t| t.starts_with(char::is_uppercase)) {
            continue;
        }
        push(range, written(c.name("y").or(c.name("y2")).map(|m| m.as_str()), &number.to_string(), day.as_str()));
    }
    out
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
    }

    #[test]
    fn a_number_beside_a_word_is_no_date() {
        check("You may 5 times", &[]);
        check("1.5.2 firmware", &[]);
    }
}
