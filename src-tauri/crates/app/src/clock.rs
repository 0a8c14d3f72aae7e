//! The one place that reads the clock; everything else is passed a [`Moment`].

use std::sync::{
    Mutex,
    atomic::{AtomicI64, Ordering},
};

use mercator_domain::moment::Moment;

/// What time it is.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Moment;
}

/// The computer's clock, kept from running backwards within one process: a correction of the clock must not put an answer before
/// its question.
#[derive(Default)]
pub struct SystemClock {
    last: AtomicI64,
}

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn now(&self) -> Moment {
        let read = jiff::Timestamp::now().as_millisecond();
        let last = self.last.fetch_max(read, Ordering::Relaxed);
        Moment(read.max(last))
    }
}

/// A clock that stands until it is moved: for tests and for the demo, which plays a past day.
pub struct FixedClock(Mutex<Moment>);

impl FixedClock {
    /// Stands at `now`.
    pub fn at(now: Moment) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves it.
    pub fn set(&self, now: Moment) {
        if let Ok(mut at) = self.0.lock() {
            *at = now;
        }
    }

    /// Moves it on by `ms` milliseconds.
    pub fn advance(&self, ms: i64) {
        if let Ok(mut at) = self.0.lock() {
            *at = at.plus_ms(ms);
        }
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Moment {
        self.0.lock().map(|at| *at).unwrap_or_default()
    }
}

/// Microseconds since the first call in this process: for the times of the bot's stages.
pub fn micros() -> u64 {
    use std::{sync::OnceLock, time::Instant};
    static START: OnceLock<Instant> = OnceLock::new();
    u64::try_from(START.get_or_init(Instant::now).elapsed().as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_never_runs_backwards() {
        let clock = SystemClock::default();
        clock.last.store(i64::MAX, Ordering::Relaxed);
        assert_eq!(clock.now(), Moment(i64::MAX));
    }

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = FixedClock::at(Moment(5));
        assert_eq!(clock.now(), Moment(5));
        clock.advance(3);
        assert_eq!(clock.now(), Moment(8));
    }
}
