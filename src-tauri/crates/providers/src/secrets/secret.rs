//! A secret text that cannot be printed by accident and leaves no copy behind.

use zeroize::Zeroizing;

/// A password or token. Debug shows nothing of it, not even its length; it has no Display and no serde form, so it cannot slip into
/// a log, an error or an export; the memory is overwritten when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text in.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, at the one place that needs it: signing in, sealing. The long name makes each use easy to find.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True when nothing was entered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        let shown = format!("{:?} {:#?}", Secret::new("canary-4711"), Some(Secret::new("")));
        assert!(!shown.contains("canary") && !shown.contains("11"), "{shown}");
        assert_eq!(Secret::new("a").expose(), "a");
        assert!(Secret::new("").is_empty());
    }
}
