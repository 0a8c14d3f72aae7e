//! Customer segments by recency, frequency and monetary value.

use crate::words;

words! {
    /// The named groups of an RFM analysis; every customer with an order is in exactly one.
    RfmSegment {
        /// Bought lately, often and for much.
        Champions => "champions",
        /// Buy often.
        Loyal => "loyal",
        /// Lately, and more than once.
        PotentialLoyal => "potential_loyal",
        /// The first order was lately.
        New => "new",
        /// Lately, but little.
        Promising => "promising",
        /// Middle of all three.
        NeedAttention => "need_attention",
        /// Have not bought for some time, and never much.
        AboutToSleep => "about_to_sleep",
        /// Were good customers and stay away.
        AtRisk => "at_risk",
        /// Were the best customers and stay away.
        CannotLose => "cannot_lose",
        /// Long ago, seldom, little.
        Hibernating => "hibernating",
    }
}
