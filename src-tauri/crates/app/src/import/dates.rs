//! Dates as lists write them: ISO 8601 always, a day-month form only where the whole file shows its order.
//!
//! A date without a zone is UTC: the file does not say more, and a wrong guess would move orders to another day.

use jiff::{civil, tz::TimeZone};
use mercator_domain::moment::Moment;

/// In which order `3/4/2026` is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayOrder {
    /// 3 April.
    DayFirst,
    /// 4 March.
    MonthFirst,
    /// Nothing in the file tells.
    Unknown,
    /// The file has both.
    Mixed,
}

/// A date as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dated {
    /// When; midnight where no time was given.
    pub at: Moment,
    /// True when there was no time: an end "on" that day is the end of that day.
    pub whole_day: bool,
}

/// Years outside are typing errors (`0026`, `20226`).
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

impl DayOrder {
    /// The order of a file, from all its dates.
    pub(crate) fn of_file<'t>(dates: impl Iterator<Item = &'t str>) -> Self {
        let (mut day, mut month) = (false, false);
        for (first, second, year, _) in dates.filter_map(numeric) {
            let fits = |month: i8, day: i8| civil::Date::new(year, month, day).is_ok();
            match (fits(second, first), fits(first, second)) {
                (true, false) => day = true,
                (false, true) => month = true,
                _ => {}
            }
        }
        match (day, month) {
            (true, false) => Self::DayFirst,
            (false, true) => Self::MonthFirst,
            (false, false) => Self::Unknown,
            (true, true) => Self::Mixed,
        }
    }

    /// Reads one date.
    pub(crate) fn read(self, text: &str) -> Result<Dated, String> {
        let text = text.trim();
        if let Some(dated) = iso(text).or_else(|| named_month(text)) {
            return dated.ok_or_else(|| format!("'{text}' is no date"));
        }
        let Some((first, second, year, time)) = numeric(text) else { return Err(format!("'{text}' is no date")) };
        // Points part day, month and year in that order wherever they are used.
        let dotted = text.find(['.', '/', '-']).is_some_and(|at| text.get(at..).is_some_and(|r| r.starts_with('.')));
        let (day, month) = match self {
            _ if dotted || first == second => (first, second),
            Self::DayFirst => (first, second),
            Self::MonthFirst => (second, first),
            Self::Unknown => return Err(format!("'{text}' could be two dates, and nothing in the file tells which")),
            Self::Mixed => return Err(format!("'{text}': the file has days first and months first")),
        };
        civil::Date::new(year, month, day).ok().and_then(|date| dated(date, time, None)).ok_or_else(|| format!("'{text}' is no date"))
    }
}

/// A civil date and time in UTC, or in the zone given.
fn dated(date: civil::Date, time: Option<civil::Time>, offset: Option<jiff::tz::Offset>) -> Option<Dated> {
    if !YEARS.contains(&date.year()) {
        return None;
    }
    let zone = offset.map_or(TimeZone::UTC, TimeZone::fixed);
    let zoned = date.to_datetime(time.unwrap_or(civil::Time::midnight())).to_zoned(zone).ok()?;
    Some(Dated { at: zoned.timestamp().into(), whole_day: time.is_none() })
}

/// `Some(None)` when it has the shape of ISO 8601 and is no date.
fn iso(text: &str) -> Option<Option<Dated>> {
    let (date, rest) = text.split_at_checked(10).filter(|(d, _)| is_iso_day(d)).or_else(|| {
        text.split_at_checked(8).filter(|(d, r)| d.bytes().all(|b| b.is_ascii_digit()) && (r.is_empty() || r.starts_with(['T', 't'])))
    })?;
    let digits: String = date.chars().filter(char::is_ascii_digit).collect();
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|d| d.parse::<i16>().ok()).unwrap_or(0);
    let small = |n: i16| i8::try_from(n).unwrap_or(0);
    let Ok(day) = civil::Date::new(number(0, 4), small(number(4, 6)), small(number(6, 8))) else { return Some(None) };
    let rest = rest.strip_prefix(['T', 't', ' ']).unwrap_or(rest).trim();
    if rest.is_empty() {
        return Some(dated(day, None, None));
    }
    let at = rest.find(['Z', 'z', '+', '-', '−']).or_else(|| rest.find(" UTC")).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(at);
    let (Some(time), Some(offset)) = (clock(time.trim()), zone_of(zone.trim())) else { return Some(None) };
    Some(dated(day, Some(time), offset))
}

/// `2026-01-31`, and the same with slashes or points: with the year first nobody means anything else.
fn is_iso_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mark = bytes.get(4).copied();
    mark.is_some_and(|m| matches!(m, b'-' | b'/' | b'.'))
        && bytes.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { Some(*b) == mark } else { b.is_ascii_digit() })
}

/// `None`: no zone at all; `Some(None)` inside: none was written.
#[expect(clippy::option_option, reason = "the outer says whether it can be read, the inner whether there is one")]
fn zone_of(text: &str) -> Option<Option<jiff::tz::Offset>> {
    if text.is_empty() {
        return Some(None);
    }
    if text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") {
        return Some(Some(jiff::tz::Offset::UTC));
    }
    let (sign, digits) = match text.chars().next()? {
        '+' => (1, text.get(1..)?),
        '-' => (-1, text.get(1..)?),
        _ => (-1, text.strip_prefix('−')?),
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits.get(..2)?.parse::<i32>().ok()?, digits.get(2..)?.parse::<i32>().ok()?),
        _ => return None,
    };
    let valid = hours <= 23 && minutes <= 59;
    jiff::tz::Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok().filter(|_| valid).map(Some)
}

/// `14:05`, `14:05:09`, `14:05:09.123`, `2:05 PM`, `140509`.
fn clock(text: &str) -> Option<civil::Time> {
    let lower = text.to_ascii_lowercase();
    let (text, half) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(rest), _) => (rest.trim(), Some(0)),
        (_, Some(rest)) => (rest.trim(), Some(12)),
        _ => (lower.trim(), None),
    };
    let (text, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let spread: String;
    let text = if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
        spread = format!("{}:{}:{}", text.get(..2)?, text.get(2..4)?, text.get(4..)?);
        &spread
    } else {
        text
    };
    let parts: Vec<i8> = text.split(':').map(|p| p.parse().ok().filter(|_| p.len() <= 2)).collect::<Option<_>>()?;
    let (hour, minute, second) = match parts.as_slice() {
        [h, m] => (*h, *m, 0),
        [h, m, s] => (*h, *m, *s),
        _ => return None,
    };
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(add) => hour % 12 + add,
        None => hour,
    };
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanos: i32 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    civil::Time::new(hour, minute, second, nanos).ok()
}

/// Two numbers whose order is open, the year, the time: `31/12/2026`, `12-31-2026 14:05`, `31.12.2026`.
fn numeric(text: &str) -> Option<(i8, i8, i16, Option<civil::Time>)> {
    let text = text.trim();
    let (date, time) = match text.split_once(' ') {
        Some((date, time)) => (date.trim_end_matches(','), Some(clock(time.trim())?)),
        None => (text, None),
    };
    let mark = ['/', '.', '-'].into_iter().find(|m| date.contains(*m))?;
    let mut parts = date.split(mark);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let short = |s: &str| (1..=2).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    // A year of two digits could be the day as well: not read.
    let shape = parts.next().is_none() && short(first) && short(second) && year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
    shape.then_some(())?;
    Some((first.parse().ok()?, second.parse().ok()?, year.parse().ok()?, time))
}

/// English names of months stand in the exports of many shops: `3 Apr 2026`, `Apr 3, 2026`, `03-April-2026 14:05`, and mail dates.
fn named_month(text: &str) -> Option<Option<Dated>> {
    const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if let Ok(zoned) = jiff::fmt::rfc2822::parse(text) {
        return Some(YEARS.contains(&zoned.year()).then(|| Dated { at: zoned.timestamp().into(), whole_day: false }));
    }
    let words: Vec<&str> = text.split([' ', ',', '-']).filter(|w| !w.is_empty()).collect();
    let month_of = |word: &&str| {
        let start = word.get(..3)?.to_ascii_lowercase();
        let number = MONTHS.iter().position(|m| *m == start)?;
        word.bytes().all(|b| b.is_ascii_alphabetic()).then(|| i8::try_from(number + 1).ok())?
    };
    let at = words.iter().take(2).position(|w| month_of(w).is_some())?;
    let month = words.get(at).and_then(month_of)?;
    let day = words.get(1 - at)?.parse::<i8>().ok();
    let year = words.get(2)?.parse::<i16>().ok().filter(|_| words.get(2).is_some_and(|w| w.len() == 4));
    let time = words.get(3..).unwrap_or_default().join(" ");
    let (Some(day), Some(year)) = (day, year) else { return Some(None) };
    let Ok(date) = civil::Date::new(year, month, day) else { return Some(None) };
    if time.is_empty() {
        return Some(dated(date, None, None));
    }
    Some(clock(&time).and_then(|time| dated(date, Some(time), None)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(order: DayOrder, text: &str, expect: &str) {
        assert_eq!(order.read(text).map_or_else(|e| e, |d| d.at.to_string()), expect, "{text}");
    }

    #[test]
    fn iso_dates_are_read_in_any_file() {
        for order in [DayOrder::Unknown, DayOrder::Mixed, DayOrder::DayFirst] {
            check(order, "2026-01-31", "2026-01-31T00:00:00Z");
            check(order, "2026-01-31T14:05", "2026-01-31T14:05:00Z");
            check(order, "2026-01-31 14:05:09.123", "2026-01-31T14:05:09Z");
            check(order, "2026-01-31T14:05:09+08:00", "2026-01-31T06:05:09Z");
            check(order, "2026-01-31T14:05:09-0330", "2026-01-31T17:35:09Z");
            check(order, "20260131T140509Z", "2026-01-31T14:05:09Z");
            check(order, "2026/01/31", "2026-01-31T00:00:00Z");
            check(order, "2026-01-31 14:05:09 UTC", "2026-01-31T14:05:09Z");
        }
    }

    #[test]
    fn what_is_no_date_is_said() {
        for text in [
            "2026-02-30",
            "2026-13-01",
            "tomorrow",
            "",
            "0026-01-01",
            "2026-01-31T25:00",
            "31/12/26",
            "2026-01",
            "2026-01-31T14:05+99",
            "1/2",
        ] {
            check(DayOrder::DayFirst, text, &format!("'{text}' is no date"));
        }
    }

    #[test]
    fn the_order_of_day_and_month_is_found_over_the_whole_file() {
        let of = |dates: &[&str]| DayOrder::of_file(dates.iter().copied());
        assert_eq!(of(&["03/04/2026", "25/12/2026"]), DayOrder::DayFirst);
        assert_eq!(of(&["03/04/2026", "12/25/2026 2:05 PM"]), DayOrder::MonthFirst);
        assert_eq!(of(&["03/04/2026", "2026-01-31"]), DayOrder::Unknown);
        assert_eq!(of(&["25/12/2026", "12/25/2026"]), DayOrder::Mixed);
        assert_eq!(of(&["45/45/2026"]), DayOrder::Unknown);
        check(DayOrder::DayFirst, "03/04/2026", "2026-04-03T00:00:00Z");
        check(DayOrder::MonthFirst, "3/4/2026 2:05 PM", "2026-03-04T14:05:00Z");
        check(DayOrder::Unknown, "03/04/2026", "'03/04/2026' could be two dates, and nothing in the file tells which");
        check(DayOrder::Unknown, "04/04/2026", "2026-04-04T00:00:00Z");
        check(DayOrder::Mixed, "25/12/2026", "'25/12/2026': the file has days first and months first");
        check(DayOrder::Unknown, "3.4.2026", "2026-04-03T00:00:00Z");
    }

    #[test]
    fn months_by_name_are_certain() {
        for text in ["3 Apr 2026", "Apr 3, 2026", "03-April-2026", "April 3 2026"] {
            check(DayOrder::Unknown, text, "2026-04-03T00:00:00Z");
        }
        check(DayOrder::Unknown, "3 Apr 2026 14:05", "2026-04-03T14:05:00Z");
        check(DayOrder::Unknown, "Fri, 3 Apr 2026 14:05:00 +0200", "2026-04-03T12:05:00Z");
        check(DayOrder::Unknown, "31 Feb 2026", "'31 Feb 2026' is no date");
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in ".{0,40}") {
            let _ = DayOrder::of_file(std::iter::once(text.as_str())).read(&text);
        }

        #[test]
        fn a_day_reads_back_in_every_form(ms in 0i64..4_000_000_000_000) {
            let day = Moment(ms - ms % 86_400_000);
            let date = day.timestamp().to_zoned(TimeZone::UTC).date();
            let forms = [
                date.to_string(),
                date.strftime("%d.%m.%Y").to_string(),
                date.strftime("%d %b %Y").to_string(),
                date.strftime("%Y%m%d").to_string(),
            ];
            for form in forms {
                prop_assert_eq!(DayOrder::Unknown.read(&form).unwrap().at, day, "{}", form);
            }
            prop_assert_eq!(DayOrder::MonthFirst.read(&date.strftime("%m/%d/%Y").to_string()).unwrap().at, day);
        }
    }
}
