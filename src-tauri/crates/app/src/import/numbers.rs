//! Numbers as lists write them: the decimal mark is found once over the whole file and never guessed for a single value.
//!
//! Gives a plain decimal with a point, ready for `Money::parse`; symbols and words beside a number make it no number.

/// What parts whole from broken in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decimals {
    /// `1,234.50`
    Point,
    /// `1.234,50`
    Comma,
    /// Nothing in the file tells: only numbers that read the same both ways are read.
    Unknown,
    /// The file has both: no number with a mark is read.
    Mixed,
}

/// What a single number tells of its file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tells {
    Point,
    Comma,
    Nothing,
}

/// Spaces and apostrophes group digits everywhere and are decimal marks nowhere.
const GROUPING: &[char] = &[' ', '\u{A0}', '\u{202F}', '\u{2009}', '\'', '’'];

fn tells(text: &str) -> Tells {
    let number = text.trim().trim_start_matches(['-', '+', '−']);
    if number.is_empty() || !number.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',' || GROUPING.contains(&c)) {
        return Tells::Nothing;
    }
    let of = |mark: char| if mark == '.' { Tells::Point } else { Tells::Comma };
    let other = |mark: char| if mark == '.' { Tells::Comma } else { Tells::Point };
    let (points, commas) = (number.matches('.').count(), number.matches(',').count());
    match (points, commas, number.rfind(['.', ','])) {
        (0, 0, _) | (_, _, None) => Tells::Nothing,
        // Both marks: the last one parts, when it stands once.
        (1.., 1.., Some(last)) => {
            let mark = if number.get(last..).is_some_and(|r| r.starts_with('.')) { '.' } else { ',' };
            if number.matches(mark).count() == 1 { of(mark) } else { Tells::Nothing }
        }
        (2.., 0, _) => other('.'),
        (0, 2.., _) => other(','),
        (_, _, Some(last)) => {
            let (before, after) = number.split_at(last);
            let mark = if points == 1 { '.' } else { ',' };
            let like_a_group = after.len() == 4 && (1..=3).contains(&before.len()) && !before.starts_with('0');
            if like_a_group { Tells::Nothing } else { of(mark) }
        }
    }
}

impl Decimals {
    /// The mark of a file, from all its numbers.
    pub(crate) fn of_file<'t>(numbers: impl Iterator<Item = &'t str>) -> Self {
        let (mut point, mut comma) = (false, false);
        for number in numbers {
            match tells(number) {
                Tells::Point => point = true,
                Tells::Comma => comma = true,
                Tells::Nothing => {}
            }
        }
        match (point, comma) {
            (true, false) => Self::Point,
            (false, true) => Self::Comma,
            (false, false) => Self::Unknown,
            (true, true) => Self::Mixed,
        }
    }

    /// A number as a plain decimal with a point: `-1234.5`.
    pub(crate) fn plain(self, text: &str) -> Result<String, String> {
        let text = text.trim();
        let no_number = || format!("'{text}' is no number");
        let (sign, digits) = match text.strip_prefix(['-', '−']) {
            Some(rest) => ("-", rest),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        let has_mark = digits.contains(['.', ',']);
        let (decimal, group) = match self {
            Self::Point => ('.', ','),
            Self::Comma => (',', '.'),
            Self::Unknown | Self::Mixed if !has_mark => ('.', ','),
            Self::Unknown => return Err(format!("'{text}' could be read in two ways, and nothing in the file tells which")),
            Self::Mixed => return Err(format!("'{text}': the file has decimal points and decimal commas")),
        };
        let (whole, fraction) = digits.split_once(decimal).map_or((digits, None), |(w, f)| (w, Some(f)));
        let whole = ungrouped(whole, group).ok_or_else(no_number)?;
        let fraction_ok = fraction.is_none_or(|f| !f.is_empty() && f.bytes().all(|b| b.is_ascii_digit()));
        if !fraction_ok {
            return Err(no_number());
        }
        Ok(fraction.map_or_else(|| format!("{sign}{whole}"), |f| format!("{sign}{whole}.{f}")))
    }
}

/// The digits of a whole number, its groups of three checked: `1.23.4` is no number in any file.
fn ungrouped(whole: &str, group: char) -> Option<String> {
    let is_group = |c: char| c == group || GROUPING.contains(&c);
    let mut parts = whole.split(is_group);
    let first = parts.next()?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let rest: Vec<&str> = parts.collect();
    let grouped = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|p| p.len() == 3 && digits(p)));
    (digits(first) && grouped).then(|| std::iter::once(first).chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_mark_is_found_over_the_whole_file() {
        let check = |numbers: &[&str], expect: Decimals| assert_eq!(Decimals::of_file(numbers.iter().copied()), expect, "{numbers:?}");
        check(&["12.5", "1.234"], Decimals::Point);
        check(&["12,50", "1.234"], Decimals::Comma);
        check(&["1.234,56"], Decimals::Comma);
        check(&["1,234,567"], Decimals::Point);
        check(&["0.125"], Decimals::Point);
        check(&["1.234", "12"], Decimals::Unknown);
        check(&["1.5", "2,5"], Decimals::Mixed);
        check(&["abc", ""], Decimals::Unknown);
    }

    #[test]
    fn numbers_are_read_by_the_mark_of_their_file() {
        let check = |mark: Decimals, text: &str, expect: &str| assert_eq!(mark.plain(text).unwrap_or_else(|e| e), expect, "{text}");
        check(Decimals::Point, "1,234.50", "1234.50");
        check(Decimals::Comma, "1.234,50", "1234.50");
        check(Decimals::Comma, "1 234,5", "1234.5");
        check(Decimals::Point, "1’234", "1234");
        check(Decimals::Comma, "-0,5", "-0.5");
        check(Decimals::Point, "1,23", "'1,23' is no number");
        check(Decimals::Point, "€12.50", "'€12.50' is no number");
        check(Decimals::Point, "12.50 EUR", "'12.50 EUR' is no number");
        check(Decimals::Point, "1e3", "'1e3' is no number");
        check(Decimals::Point, ".5", "'.5' is no number");
        check(Decimals::Unknown, "1.234", "'1.234' could be read in two ways, and nothing in the file tells which");
        check(Decimals::Unknown, "1234", "1234");
        check(Decimals::Mixed, "1,5", "'1,5': the file has decimal points and decimal commas");
    }

    proptest! {
        #[test]
        fn either_style_gives_the_same_value(whole in 0u32..10_000_000, cents in 0u32..100) {
            let mut grouped = String::new();
            for (index, digit) in whole.to_string().chars().rev().enumerate() {
                if index > 0 && index % 3 == 0 { grouped.insert(0, '|'); }
                grouped.insert(0, digit);
            }
            let expect = format!("{whole}.{cents:02}");
            for (group, mark) in [(".", ','), (",", '.'), ("", '.'), (" ", ',')] {
                let text = format!("{}{mark}{cents:02}", grouped.replace('|', group));
                let found = Decimals::of_file(std::iter::once(text.as_str()));
                prop_assert_eq!(found.plain(&text).unwrap(), expect.clone());
            }
        }

        #[test]
        fn any_text_can_be_read(text in ".{0,30}") {
            for mark in [Decimals::Point, Decimals::Comma, Decimals::Unknown, Decimals::Mixed] {
                if let Ok(plain) = mark.plain(&text) {
                    prop_assert!(plain.parse::<f64>().is_ok());
                }
            }
        }
    }
}
