//! What writing a thing by its natural key did: the counts of an import's report come from it.

/// The result of writing something that may be there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It was not there.
    Inserted,
    /// It was there and differed.
    Changed,
    /// It was there, the same in everything: nothing was written.
    Unchanged,
}
