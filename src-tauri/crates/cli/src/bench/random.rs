//! Numbers that look random and are the same in every run.

/// SplitMix64: eight lines, good enough for data of a measurement, and no dependency that could change its sequence.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A sequence of its own for each seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to one below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of a list.
    pub fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list.get(self.below(list.len())).copied().unwrap_or_default()
    }

    /// A rank below `end` as words have it: the first is met about as often as all from `end / 2` on together (Zipf's law).
    pub fn rank(&mut self, end: usize) -> usize {
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        let rank = (end.max(1) as f64).powf(unit) - 1.0;
        // Between 0 and `end`, so nothing is cut off but the fraction.
        rank as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_fixed_and_low_ranks_are_frequent() {
        assert_eq!(Random::new(1).next(), Random::new(1).next());
        let mut random = Random::new(7);
        let ranks: Vec<usize> = (0..1000).map(|_| random.rank(1000)).collect();
        assert!(ranks.iter().all(|rank| *rank < 1000));
        assert!(ranks.iter().filter(|rank| **rank < 30).count() > 350);
    }
}
