//! What became of the episodes that the bot was involved in, and how the handoffs among them went.
//!
//! Each involved episode has exactly one outcome, so the four shares add up to 100 %. The whole is the sum of the four outcomes and not a
//! count kept beside them: a roll-up that has drifted shows as [`Outcomes::drift`] instead of as shares that do not add up.

use std::collections::BTreeMap;

use mercator_domain::{
    facts::{EpisodeDay, EpisodeOutcome, HandoffFact},
    moment::Moment,
};

use crate::figures::{largest_remainder, mean, median, nearest_rank, percent};

/// Episodes of any group, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// All episodes.
    pub episodes: i64,
    /// As the roll-up counted them.
    pub involved_counted: i64,
    /// In the order of [`EpisodeOutcome::ALL`]: handed off, confirmed, assumed, open.
    pub counts: [i64; 4],
}

impl Outcomes {
    /// Adds up rows.
    pub fn sum<'a>(days: impl IntoIterator<Item = &'a EpisodeDay>) -> Self {
        let mut all = Self::default();
        for day in days {
            all.add(day);
        }
        all
    }

    fn add(&mut self, day: &EpisodeDay) {
        self.episodes += day.episodes;
        self.involved_counted += day.involved;
        let counts = [day.handed_off, day.confirmed, day.assumed, day.open];
        for (sum, count) in self.counts.iter_mut().zip(counts) {
            *sum += count;
        }
    }

    /// Episodes that the bot was involved in.
    pub fn involved(&self) -> i64 {
        self.counts.iter().sum()
    }

    /// How many of an outcome.
    pub const fn count(&self, outcome: EpisodeOutcome) -> i64 {
        let [handed_off, confirmed, assumed, open] = self.counts;
        match outcome {
            EpisodeOutcome::HandedOff => handed_off,
            EpisodeOutcome::ResolvedConfirmed => confirmed,
            EpisodeOutcome::ResolvedAssumed => assumed,
            EpisodeOutcome::Open => open,
        }
    }

    /// The share of an outcome in the involved, in per cent.
    pub fn share(&self, outcome: EpisodeOutcome) -> Option<f64> {
        percent(self.count(outcome), self.involved())
    }

    /// The shares as shown, in tenths of a per cent: exactly 1000 together.
    pub fn shown_tenths(&self) -> Vec<i64> {
        largest_remainder(&self.counts, 1000)
    }

    /// 100 − handoff rate.
    pub fn containment(&self) -> Option<f64> {
        percent(self.involved() - self.count(EpisodeOutcome::HandedOff), self.involved())
    }

    /// Involved / all.
    pub fn involvement(&self) -> Option<f64> {
        percent(self.involved(), self.episodes)
    }

    /// (Confirmed + assumed) / involved.
    pub fn resolution(&self) -> Option<f64> {
        percent(self.resolved(), self.involved())
    }

    /// Involvement × resolution; the involved cancel out.
    pub fn automation(&self) -> Option<f64> {
        percent(self.resolved(), self.episodes)
    }

    /// Resolved by the bot, confirmed or assumed.
    pub const fn resolved(&self) -> i64 {
        self.count(EpisodeOutcome::ResolvedConfirmed) + self.count(EpisodeOutcome::ResolvedAssumed)
    }

    /// By how many the roll-up's own count of the involved differs: not 0 means that `verify` should be run.
    pub fn drift(&self) -> i64 {
        self.involved_counted - self.involved()
    }
}

/// Sums by a group, in the order of the group.
pub fn by<K: Ord>(days: &[EpisodeDay], group: impl Fn(&EpisodeDay) -> K) -> BTreeMap<K, Outcomes> {
    let mut groups: BTreeMap<K, Outcomes> = BTreeMap::new();
    for day in days {
        groups.entry(group(day)).or_default().add(day);
    }
    groups
}

/// How long customers waited for a person after the handoff.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Waiting {
    /// Answered handoffs.
    pub n: i64,
    /// Milliseconds.
    pub mean: Option<f64>,
    /// Milliseconds.
    pub median: Option<f64>,
    /// Milliseconds, by nearest rank.
    pub p90: Option<f64>,
}

/// Waiting time of the answered ones. Who still waits is counted apart: a wait without an end would make any mean a guess.
pub fn waiting(handoffs: &[HandoffFact]) -> Waiting {
    let waits: Vec<i64> = handoffs.iter().filter_map(|h| h.answered_at.map(|answered| answered.since(h.at).max(0))).collect();
    Waiting { n: waits.len() as i64, mean: mean(&waits), median: median(&waits), p90: nearest_rank(&waits, 90).map(|ms| ms as f64) }
}

/// Handoffs without a human reply by the promised time.
pub fn orphans(handoffs: &[HandoffFact], now: Moment) -> i64 {
    handoffs.iter().filter(|h| h.is_orphan(now)).count() as i64
}

/// Counts by a group, in the order of the group.
pub fn count_by<K: Ord>(handoffs: &[HandoffFact], group: impl Fn(&HandoffFact) -> K) -> BTreeMap<K, i64> {
    let mut groups = BTreeMap::new();
    for handoff in handoffs {
        *groups.entry(group(handoff)).or_insert(0) += 1;
    }
    groups
}

#[cfg(test)]
mod tests {
    use mercator_domain::{channel::ChannelKind, handoff::HandoffReason, ids::ConversationId, moment::HOUR_MS};
    use proptest::prelude::*;

    use super::*;

    fn episodes(episodes: i64, [handed_off, confirmed, assumed, open]: [i64; 4]) -> EpisodeDay {
        let involved = handed_off + confirmed + assumed + open;
        EpisodeDay { day: 0, channel: ChannelKind::Email, language: None, episodes, involved, handed_off, confirmed, assumed, open }
    }

    fn handoff(answered: Option<i64>, closed: Option<i64>) -> HandoffFact {
        HandoffFact {
            conversation_id: ConversationId(1),
            channel: ChannelKind::Email,
            language: None,
            reason: HandoffReason::Limit,
            at: Moment(0),
            promised_at: Moment(4 * HOUR_MS),
            answered_at: answered.map(|h| Moment(h * HOUR_MS)),
            closed_at: closed.map(|h| Moment(h * HOUR_MS)),
        }
    }

    #[test]
    fn j4_handed_off_resolved_and_open_are_all_of_the_involved() {
        let all = Outcomes::sum(&[episodes(10, [2, 1, 3, 1]), episodes(5, [1, 1, 0, 0])]);
        assert_eq!((all.involved(), all.episodes, all.drift()), (9, 15, 0));
        assert_eq!(EpisodeOutcome::ALL.iter().map(|o| all.count(*o)).sum::<i64>(), all.involved());
        assert_eq!(all.shown_tenths(), [334, 222, 333, 111]);
        assert_eq!(all.shown_tenths().iter().sum::<i64>(), 1000);
        assert_eq!(all.share(EpisodeOutcome::HandedOff), Some(3.0 / 9.0 * 100.0));
    }

    #[test]
    fn j5_automation_is_involvement_times_resolution() {
        let all = Outcomes::sum(&[episodes(20, [4, 3, 3, 0])]);
        assert_eq!((all.involvement(), all.resolution(), all.automation()), (Some(50.0), Some(60.0), Some(30.0)));
        assert_eq!(all.containment(), Some(60.0));
        assert_eq!(Outcomes::default().automation(), None);
    }

    #[test]
    fn a_drifted_roll_up_is_seen_and_shares_still_add_up() {
        let mut day = episodes(10, [1, 1, 1, 0]);
        day.involved = 5;
        let all = Outcomes::sum(&[day]);
        assert_eq!((all.drift(), all.shown_tenths().iter().sum::<i64>()), (2, 1000));
    }

    #[test]
    fn waiting_time_and_orphans_by_hand() {
        let handoffs =
            [handoff(Some(1), None), handoff(Some(3), None), handoff(Some(8), None), handoff(None, None), handoff(None, Some(2))];
        let waited = waiting(&handoffs);
        let hours = |h: f64| Some(h * HOUR_MS as f64);
        assert_eq!(waited, Waiting { n: 3, mean: hours(4.0), median: hours(3.0), p90: hours(8.0) });
        assert_eq!(orphans(&handoffs, Moment(4 * HOUR_MS)), 1, "the one answered late; the open one has until now");
        assert_eq!(orphans(&handoffs, Moment(4 * HOUR_MS + 1)), 2);
        assert_eq!(waiting(&[]), Waiting::default());
    }

    proptest! {
        #[test]
        fn j4_shown_shares_always_sum_to_100(counts in prop::array::uniform4(0i64..5000)) {
            let all = Outcomes::sum(&[episodes(20_000, counts)]);
            prop_assert_eq!(all.shown_tenths().iter().sum::<i64>(), if all.involved() == 0 { 0 } else { 1000 });
        }
    }
}
