//! Business hours: when a person answers, in the store's own time zone.

use jiff::{ToSpan, civil};
use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// One span of a day, in minutes from midnight, local time; `from < to`, `to` at most 1440.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Span {
    /// First minute.
    pub from: u16,
    /// One past the last minute.
    pub to: u16,
}

/// When people answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct BusinessHours {
    /// IANA name of the zone (`Asia/Shanghai`); an unknown one counts as UTC.
    pub time_zone: String,
    /// Monday to Sunday, seven lists of spans.
    pub week: Vec<Vec<Span>>,
    /// Local dates on which nobody answers, `YYYY-MM-DD`.
    pub holidays: Vec<String>,
}

impl Default for BusinessHours {
    /// Monday to Friday, 9 to 17, UTC.
    fn default() -> Self {
        let day = vec![Span { from: 9 * 60, to: 17 * 60 }];
        let mut week = vec![day; 5];
        week.extend([vec![], vec![]]);
        Self { time_zone: "UTC".to_owned(), week, holidays: vec![] }
    }
}

/// How many days ahead an opening is looked for: longer closures have no next opening.
const HORIZON_DAYS: i64 = 60;

impl BusinessHours {
    fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }

    fn spans_on(&self, date: civil::Date) -> &[Span] {
        if self.holidays.iter().any(|h| h.parse::<civil::Date>().is_ok_and(|h| h == date)) {
            return &[];
        }
        let index = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
        self.week.get(index).map_or(&[], Vec::as_slice)
    }

    fn at_minute(&self, date: civil::Date, minute: u16) -> Option<Moment> {
        let midnight = date.at(0, 0, 0, 0);
        let local = midnight.checked_add(i64::from(minute).minutes()).ok()?;
        Some(local.to_zoned(self.zone()).ok()?.timestamp().into())
    }

    /// True when somebody answers at `now`.
    pub fn is_open(&self, now: Moment) -> bool {
        self.next_opening(now).is_some_and(|at| at <= now)
    }

    /// The first moment from `now` on at which somebody answers: `now` itself when open, `None` when there is none within 60 days.
    pub fn next_opening(&self, now: Moment) -> Option<Moment> {
        let today = now.timestamp().to_zoned(self.zone()).date();
        (0..=HORIZON_DAYS).find_map(|ahead| {
            let date = today.checked_add(ahead.days()).ok()?;
            self.spans_on(date)
                .iter()
                .filter(|s| s.from < s.to)
                .filter_map(|span| {
                    let (from, to) = (self.at_minute(date, span.from)?, self.at_minute(date, span.to)?);
                    (now < to).then_some(from.max(now))
                })
                .min()
        })
    }

    /// By when a person is promised to have answered: `within_ms` of open time after the next opening.
    ///
    /// Minutes outside of the hours do not count; without any opening it is simply `now + within_ms`.
    pub fn promise(&self, now: Moment, within_ms: i64) -> Moment {
        let mut left = within_ms;
        let mut at = now;
        // Each round uses up one span; the bound keeps a week of empty spans from looping.
        for _ in 0..1_000 {
            let Some(open) = self.next_opening(at) else { break };
            let date = open.timestamp().to_zoned(self.zone()).date();
            let close = self.spans_on(date).iter().filter_map(|s| self.at_minute(date, s.to)).filter(|c| *c > open).min();
            let Some(close) = close else { break };
            let room = close.since(open);
            if left <= room {
                return open.plus_ms(left);
            }
            left -= room;
            at = close;
        }
        now.plus_ms(within_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shanghai() -> BusinessHours {
        BusinessHours { time_zone: "Asia/Shanghai".into(), ..BusinessHours::default() }
    }

    fn at(text: &str) -> Moment {
        text.parse::<jiff::Timestamp>().unwrap().into()
    }

    #[test]
    fn next_opening_is_in_the_stores_own_zone() {
        let check = |now: &str, expect: &str| assert_eq!(shanghai().next_opening(at(now)), Some(at(expect)), "{now}");
        check("2026-11-23T02:00:00Z", "2026-11-23T02:00:00Z"); // Monday 10:00 local: open.
        check("2026-11-23T12:00:00Z", "2026-11-24T01:00:00Z"); // Monday 20:00 local: Tuesday 9:00.
        check("2026-11-27T09:00:00Z", "2026-11-30T01:00:00Z"); // Friday 17:00 sharp: Monday 9:00.
    }

    #[test]
    fn holidays_are_closed() {
        let mut hours = shanghai();
        hours.holidays.push("2026-11-24".into());
        assert_eq!(hours.next_opening(at("2026-11-23T12:00:00Z")), Some(at("2026-11-25T01:00:00Z")));
    }

    #[test]
    fn a_promise_counts_open_time_only() {
        assert_eq!(shanghai().promise(at("2026-11-23T08:00:00Z"), 2 * 3_600_000), at("2026-11-24T02:00:00Z"));
        assert_eq!(shanghai().promise(at("2026-11-23T12:00:00Z"), 3_600_000), at("2026-11-24T02:00:00Z"));
    }

    #[test]
    fn never_open_gives_no_opening_and_a_plain_promise() {
        let hours = BusinessHours { week: vec![vec![]; 7], ..BusinessHours::default() };
        assert_eq!(hours.next_opening(Moment(0)), None);
        assert_eq!(hours.promise(Moment(0), 5), Moment(5));
    }
}
