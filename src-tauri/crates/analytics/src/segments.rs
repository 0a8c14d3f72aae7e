//! RFM: every customer with an order gets three scores from 1 to 5 and exactly one segment.
//!
//! **Method.** A score says in which fifth of all customers a value lies, by its middle rank: `ceil(5 × (smaller + equal / 2) / n)`. Equal values
//! always get equal scores, whatever the order of the rows; when most customers have one order, they share a low fifth instead of being
//! spread over several by chance. The fifths are found by selection (`select_nth_unstable`), not by sorting: linear in the customers.
//! Amounts are compared within one currency, unless rates for all currencies are given. Under [`FEWEST_RANKED`] customers fifths mean nothing;
//! then fixed steps count.

use std::collections::BTreeMap;

use mercator_domain::{
    facts::CustomerOrders,
    ids::ContactId,
    moment::{DAY_MS, Moment},
    money::Currency,
    segment::RfmSegment,
};

use crate::figures;

/// With fewer values than fifths, at least one fifth is empty.
pub const FEWEST_RANKED: usize = 5;

/// What one unit of each currency's minor unit is worth in a common unit.
pub type Rates = BTreeMap<Currency, f64>;

/// A customer with scores and segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scored {
    /// Who.
    pub contact_id: ContactId,
    /// 5: bought lately.
    pub recency: u8,
    /// 5: buys often.
    pub frequency: u8,
    /// 5: for much.
    pub monetary: u8,
    /// The one segment.
    pub segment: RfmSegment,
    /// Whole days since the last order.
    pub days: i64,
    /// Orders.
    pub orders: i64,
    /// Minor units of `currency`.
    pub total_minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// The scores of all customers with at least one order, in the order of the input.
pub fn score(customers: &[CustomerOrders], as_of: Moment, rates: Option<&Rates>) -> Vec<Scored> {
    let buyers: Vec<&CustomerOrders> = customers.iter().filter(|c| c.orders > 0).collect();
    let recency = Scale::of(buyers.iter().map(|c| c.last_at.ms()));
    let frequency = Scale::of(buyers.iter().map(|c| c.orders));
    let money = Money::of(&buyers, rates);
    buyers
        .iter()
        .map(|c| {
            // An order dated after `as_of` (a shop's clock) counts as today.
            let days = as_of.since(c.last_at).max(0) / DAY_MS;
            let recency = recency.as_ref().map_or_else(|| steps(-days, [-365, -180, -90, -30]), |scale| scale.score(c.last_at.ms()));
            let frequency = frequency.as_ref().map_or_else(|| steps(c.orders, [2, 3, 4, 6]), |scale| scale.score(c.orders));
            let monetary = money.score(c);
            let segment = segment_of(recency, frequency, monetary, c.orders == 1);
            Scored {
                contact_id: c.contact_id,
                recency,
                frequency,
                monetary,
                segment,
                days,
                orders: c.orders,
                total_minor: c.total_minor,
                currency: c.currency,
            }
        })
        .collect()
}

/// The segment of a combination of scores; `first_order` when the customer has exactly one.
///
/// Frequency and value count together as their mean, rounded up. "New" needs one order, since with many one-order customers their
/// frequency score is not the lowest.
pub const fn segment_of(recency: u8, frequency: u8, monetary: u8, first_order: bool) -> RfmSegment {
    let worth = (frequency + monetary).div_ceil(2);
    match recency {
        4.. if first_order => RfmSegment::New,
        4.. => match worth {
            5.. => RfmSegment::Champions,
            4 if recency >= 5 => RfmSegment::Champions,
            4 => RfmSegment::Loyal,
            3 => RfmSegment::PotentialLoyal,
            0..=2 => RfmSegment::Promising,
        },
        3 => match worth {
            4.. => RfmSegment::Loyal,
            2 | 3 => RfmSegment::NeedAttention,
            0 | 1 => RfmSegment::AboutToSleep,
        },
        0..=2 => match worth {
            5.. => RfmSegment::CannotLose,
            3 | 4 => RfmSegment::AtRisk,
            0..=2 if recency == 2 => RfmSegment::AboutToSleep,
            0..=2 => RfmSegment::Hibernating,
        },
    }
}

/// Fixed steps: 1 under the first limit, 5 from the last on.
fn steps(value: i64, limits: [i64; 4]) -> u8 {
    limits.iter().fold(1, |score, limit| score + u8::from(value >= *limit))
}

/// The cuts between the fifths of a set of values.
struct Scale {
    cuts: [i64; 4],
    /// The score of a value that equals a cut: there its middle rank must be counted.
    at_cut: [u8; 4],
}

impl Scale {
    /// `None` for fewer than [`FEWEST_RANKED`] values.
    fn of(values: impl Iterator<Item = i64>) -> Option<Self> {
        let mut values: Vec<i64> = values.collect();
        let n = values.len();
        if n < FEWEST_RANKED {
            return None;
        }
        let mut cuts = [0; 4];
        let (mut rest, mut skipped) = (values.as_mut_slice(), 0);
        for (fifth, cut) in (1..).zip(cuts.iter_mut()) {
            let rank = (n * fifth).div_ceil(5) - 1;
            let (_, found, right) = rest.select_nth_unstable(rank - skipped);
            *cut = *found;
            (rest, skipped) = (right, rank + 1);
        }
        let mut smaller = [0u64; 4];
        let mut equal = [0u64; 4];
        for value in &values {
            for ((cut, smaller), equal) in cuts.iter().zip(&mut smaller).zip(&mut equal) {
                *smaller += u64::from(value < cut);
                *equal += u64::from(value == cut);
            }
        }
        let mut at_cut = [0; 4];
        for ((score, smaller), equal) in at_cut.iter_mut().zip(smaller).zip(equal) {
            *score = middle_rank_score(smaller, equal, n as u64);
        }
        Some(Self { cuts, at_cut })
    }

    fn score(&self, value: i64) -> u8 {
        let tied = self.cuts.iter().zip(self.at_cut).find(|(cut, _)| **cut == value);
        tied.map_or_else(|| steps_above(value, self.cuts), |(_, score)| score)
    }
}

/// A value between two cuts lies in the fifth above as many cuts as are smaller.
fn steps_above(value: i64, cuts: [i64; 4]) -> u8 {
    cuts.iter().fold(1, |score, cut| score + u8::from(*cut < value))
}

fn middle_rank_score(smaller: u64, equal: u64, n: u64) -> u8 {
    (5 * (2 * smaller + equal)).div_ceil(2 * n).clamp(1, 5) as u8
}

/// Scales of amounts: one for all when every currency has a rate, else one a currency.
enum Money<'a> {
    Common(Option<Scale>, &'a Rates),
    Apart(BTreeMap<Currency, Option<Scale>>),
}

impl<'a> Money<'a> {
    fn of(buyers: &[&CustomerOrders], rates: Option<&'a Rates>) -> Self {
        if let Some(rates) = rates.filter(|rates| buyers.iter().all(|c| rates.contains_key(&c.currency))) {
            return Self::Common(Scale::of(buyers.iter().map(|c| common(c, rates))), rates);
        }
        let mut amounts: BTreeMap<Currency, Vec<i64>> = BTreeMap::new();
        for c in buyers {
            amounts.entry(c.currency).or_default().push(c.total_minor);
        }
        Self::Apart(amounts.into_iter().map(|(currency, values)| (currency, Scale::of(values.into_iter()))).collect())
    }

    /// The middle where there is nobody to compare with.
    fn score(&self, customer: &CustomerOrders) -> u8 {
        match self {
            Self::Common(scale, rates) => scale.as_ref().map_or(3, |scale| scale.score(common(customer, rates))),
            Self::Apart(scales) => {
                scales.get(&customer.currency).and_then(Option::as_ref).map_or(3, |scale| scale.score(customer.total_minor))
            }
        }
    }
}

/// In thousandths of the common unit, so that small amounts stay apart.
fn common(customer: &CustomerOrders, rates: &Rates) -> i64 {
    rates.get(&customer.currency).map_or(0, |rate| (customer.total_minor as f64 * rate * 1000.0).round() as i64)
}

/// One segment in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentRow {
    /// Which.
    pub segment: RfmSegment,
    /// How many customers.
    pub customers: i64,
    /// Tenths of a per cent; all rows together are 1000.
    pub share_tenths: i64,
    /// Median of whole days since the last order.
    pub median_days: Option<f64>,
    /// Orders in all.
    pub orders: i64,
    /// Median of orders.
    pub median_orders: Option<f64>,
    /// What they bought for, minor units, by currency.
    pub value: BTreeMap<Currency, i64>,
    /// How many of its customers buy in each currency.
    pub customers_by_currency: BTreeMap<Currency, i64>,
}

/// All ten segments, also the empty ones, in their fixed order.
pub fn rows(scored: &[Scored]) -> Vec<SegmentRow> {
    let of = |segment: RfmSegment| scored.iter().filter(move |s| s.segment == segment);
    let counts: Vec<i64> = RfmSegment::ALL.iter().map(|segment| of(*segment).count() as i64).collect();
    let shares = figures::largest_remainder(&counts, 1000);
    RfmSegment::ALL
        .iter()
        .zip(counts.iter().zip(shares))
        .map(|(segment, (customers, share_tenths))| {
            let days: Vec<i64> = of(*segment).map(|s| s.days).collect();
            let orders: Vec<i64> = of(*segment).map(|s| s.orders).collect();
            let (mut value, mut customers_by_currency) = (BTreeMap::new(), BTreeMap::new());
            for s in of(*segment) {
                let sum: &mut i64 = value.entry(s.currency).or_default();
                *sum = sum.saturating_add(s.total_minor);
                *customers_by_currency.entry(s.currency).or_insert(0) += 1;
            }
            SegmentRow {
                segment: *segment,
                customers: *customers,
                share_tenths,
                median_days: figures::median(&days),
                orders: orders.iter().sum(),
                median_orders: figures::median(&orders),
                value,
                customers_by_currency,
            }
        })
        .collect()
}

#[cfg(test)]
#[path = "segments_tests.rs"]
mod tests;
