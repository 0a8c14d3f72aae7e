//! Points in time and spans, both in whole milliseconds, since that is what every engine stores alike.

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z. Never read from a clock here; `mercator-app` passes it in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
#[serde(transparent)]
pub struct Moment(#[specta(type = i32)] pub i64);

/// One second in milliseconds.
pub const SECOND_MS: i64 = 1_000;
/// One minute in milliseconds.
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
/// One hour in milliseconds.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// One day of 24 hours in milliseconds.
pub const DAY_MS: i64 = 24 * HOUR_MS;

impl Moment {
    /// Milliseconds since the epoch.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// This moment moved by `ms` milliseconds; stays at the limit instead of wrapping around.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; negative when `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The same point as a `jiff` timestamp; out of its range gives the nearest it has.
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX })
    }

    /// Days since 1970-01-01 in UTC: the key of daily roll-ups.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY_MS)
    }
}

impl From<jiff::Timestamp> for Moment {
    fn from(t: jiff::Timestamp) -> Self {
        Self(t.as_millisecond())
    }
}

impl std::fmt::Display for Moment {
    /// RFC 3339 in UTC, to the second.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_downwards_before_the_epoch() {
        assert_eq!(Moment(-1).day(), -1);
        assert_eq!(Moment(DAY_MS).day(), 1);
    }

    #[test]
    fn shows_as_rfc_3339_and_never_panics() {
        assert_eq!(Moment(0).to_string(), "1970-01-01T00:00:00Z");
        assert!(!Moment(i64::MAX).to_string().is_empty());
        assert!(!Moment(i64::MIN).to_string().is_empty());
    }
}
