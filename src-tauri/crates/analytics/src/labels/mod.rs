//! Words for numbers and charts: English and Simplified Chinese are built in, others come in as a function.
//!
//! A word that is missing shows as the last part of its key, so that a chart is never without a label (a language outside our list, say).

mod words;

use mercator_domain::language::Language;

use self::words::WORDS;

/// Finds the words by their key.
#[derive(Clone, Copy)]
pub struct Labels<'a> {
    look_up: &'a (dyn Fn(&str) -> Option<String> + Sync),
}

impl<'a> Labels<'a> {
    /// Words from somewhere else; `None` falls back to the key's last part.
    pub fn new(look_up: &'a (dyn Fn(&str) -> Option<String> + Sync)) -> Self {
        Self { look_up }
    }

    /// The words of a key.
    pub fn get(&self, key: &str) -> String {
        (self.look_up)(key).unwrap_or_else(|| key.rsplit('.').next().unwrap_or(key).to_owned())
    }

    /// The words of a key with `{name}` filled in.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.get(key), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

impl Labels<'static> {
    /// English.
    pub fn english() -> Self {
        Self { look_up: &|key| find(key).map(|(english, _)| english.to_owned()) }
    }

    /// Simplified Chinese.
    pub fn chinese() -> Self {
        Self { look_up: &|key| find(key).map(|(_, chinese)| chinese.to_owned()) }
    }

    /// The words for a merchant's language: Chinese for any Chinese, else English.
    pub fn of(language: &Language) -> Self {
        if language.code().starts_with("zh") { Self::chinese() } else { Self::english() }
    }
}

impl std::fmt::Debug for Labels<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Labels")
    }
}

fn find(key: &str) -> Option<(&'static str, &'static str)> {
    let at = WORDS.binary_search_by(|(known, _, _)| (*known).cmp(key)).ok()?;
    WORDS.get(at).map(|(_, english, chinese)| (*english, *chinese))
}

#[cfg(test)]
mod tests {
    use mercator_domain::{
        channel::ChannelKind,
        facts::{EpisodeOutcome, WaitingBand},
        handoff::HandoffReason,
        satisfaction::ServedBy,
        segment::RfmSegment,
    };

    use super::*;

    #[test]
    fn words_are_sorted_complete_and_keep_their_gaps() {
        assert!(WORDS.is_sorted_by(|a, b| a.0 < b.0), "binary search needs the order");
        for (key, english, chinese) in WORDS {
            assert!(!english.is_empty() && !chinese.is_empty(), "{key}");
            for gap in ["{n}", "{a}", "{b}"] {
                assert_eq!(english.contains(gap), chinese.contains(gap), "{key} {gap}");
            }
        }
    }

    #[test]
    fn every_domain_word_has_a_label() {
        let mut keys: Vec<String> = Vec::new();
        keys.extend(ChannelKind::ALL.iter().map(|w| format!("channel.{w}")));
        keys.extend(EpisodeOutcome::ALL.iter().map(|w| format!("outcome.{w}")));
        keys.extend(HandoffReason::ALL.iter().map(|w| format!("reason.{w}")));
        keys.extend(ServedBy::ALL.iter().map(|w| format!("served_by.{w}")));
        keys.extend(RfmSegment::ALL.iter().map(|w| format!("segment.{w}")));
        keys.extend(WaitingBand::ALL.iter().map(|w| format!("waiting.{w}")));
        keys.extend(Language::SUPPORTED.iter().map(|w| format!("language.{w}")));
        for key in keys {
            assert!(find(&key).is_some(), "{key}");
        }
    }

    #[test]
    fn an_unknown_word_shows_as_itself() {
        assert_eq!(Labels::english().get("language.sv"), "sv");
        assert_eq!(Labels::of(&Language::parse("zh-TW").unwrap()).get("of.channel"), "渠道");
    }
}
