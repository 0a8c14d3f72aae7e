//! Satisfaction from daily roll-ups: CSAT = ratings of 4 and 5 / ratings × 100, response rate = ratings / surveys delivered × 100.
//!
//! A rating counts on the day on which its survey was delivered, so a rating of today can raise a rate of last week but no rate can pass 100 %.

use std::collections::BTreeMap;

use mercator_domain::facts::SatisfactionDay;

use crate::figures::percent;

/// Surveys and ratings of any group, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratings {
    /// Surveys delivered.
    pub surveys: i64,
    /// Ratings by score, 1 to 5.
    pub scores: [i64; 5],
}

impl Ratings {
    /// Adds up rows.
    pub fn sum<'a>(days: impl IntoIterator<Item = &'a SatisfactionDay>) -> Self {
        let mut all = Self::default();
        for day in days {
            all.add(day);
        }
        all
    }

    fn add(&mut self, day: &SatisfactionDay) {
        self.surveys += day.surveys;
        for (sum, count) in self.scores.iter_mut().zip(day.scores) {
            *sum += count;
        }
    }

    /// Ratings of any score.
    pub fn ratings(&self) -> i64 {
        self.scores.iter().sum()
    }

    /// Ratings of 4 and 5.
    pub const fn positive(&self) -> i64 {
        let [_, _, _, good, amazing] = self.scores;
        good + amazing
    }

    /// The satisfaction score in per cent.
    pub fn csat(&self) -> Option<f64> {
        percent(self.positive(), self.ratings())
    }

    /// The share of surveys that were answered, in per cent.
    pub fn response_rate(&self) -> Option<f64> {
        percent(self.ratings(), self.surveys)
    }

    /// The mean of the scores.
    pub fn mean_score(&self) -> Option<f64> {
        let weighted: i64 = (1..).zip(self.scores).map(|(score, count)| score * count).sum();
        let ratings = self.ratings();
        (ratings > 0).then(|| weighted as f64 / ratings as f64)
    }
}

/// Sums by a group, in the order of the group.
pub fn by<K: Ord>(days: &[SatisfactionDay], group: impl Fn(&SatisfactionDay) -> K) -> BTreeMap<K, Ratings> {
    let mut groups: BTreeMap<K, Ratings> = BTreeMap::new();
    for day in days {
        groups.entry(group(day)).or_default().add(day);
    }
    groups
}

#[cfg(test)]
mod tests {
    use mercator_domain::{channel::ChannelKind, satisfaction::ServedBy};

    use super::*;

    fn day(day: i64, channel: ChannelKind, surveys: i64, scores: [i64; 5]) -> SatisfactionDay {
        SatisfactionDay { day, channel, language: None, served_by: ServedBy::Bot, surveys, scores }
    }

    #[test]
    fn j2_score_and_response_rate_by_hand() {
        let days = [day(1, ChannelKind::Email, 10, [1, 0, 1, 2, 4]), day(2, ChannelKind::Amazon, 6, [0, 0, 0, 1, 0])];
        let all = Ratings::sum(&days);
        // 4-5: 2 + 4 + 1 = 7 of 9 ratings; 9 of 16 surveys; (1 + 3 + 12 + 20) / 9.
        assert_eq!((all.positive(), all.ratings(), all.surveys), (7, 9, 16));
        assert_eq!(all.csat(), Some(7.0 / 9.0 * 100.0));
        assert_eq!(all.response_rate(), Some(56.25));
        assert_eq!(all.mean_score(), Some(4.0));
        let groups = by(&days, |d| d.channel);
        assert_eq!(groups[&ChannelKind::Email].csat(), Some(75.0));
        assert_eq!(groups[&ChannelKind::Amazon].csat(), Some(100.0));
    }

    #[test]
    fn nothing_rated_is_none_and_not_zero() {
        let unanswered = Ratings::sum(&[day(1, ChannelKind::Email, 3, [0; 5])]);
        assert_eq!((unanswered.csat(), unanswered.response_rate(), unanswered.mean_score()), (None, Some(0.0), None));
        assert_eq!(Ratings::default().response_rate(), None);
    }
}
