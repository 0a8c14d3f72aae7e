//! Languages as BCP-47 codes.

use serde::{Deserialize, Serialize};

/// A language, named by a BCP-47 code in its short form (`en`, `zh`, `pt`); `zh-tw` only where the script matters. Lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
#[serde(transparent)]
pub struct Language(String);

impl Language {
    /// The sixteen languages in which the bot has texts and examples of its own.
    pub const SUPPORTED: &'static [&'static str] =
        &["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh", "zh-tw"];

    /// Reads a code such as `de`, `DE-at`, `pt_BR`; keeps the region only for `zh-tw`/`zh-hant`. `None` when it is no language code.
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.trim().to_ascii_lowercase().replace('_', "-");
        let mut parts = code.split('-');
        let primary = parts.next().unwrap_or_default();
        if !(2..=3).contains(&primary.len()) || !primary.bytes().all(|b| b.is_ascii_lowercase()) {
            return None;
        }
        let traditional = primary == "zh" && parts.any(|p| matches!(p, "tw" | "hk" | "mo" | "hant"));
        Some(Self(if traditional { "zh-tw".to_owned() } else { primary.to_owned() }))
    }

    /// English, the last resort of every fallback chain.
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// Where to look for a text when this language has none: the language itself, its base, English.
    pub fn fallbacks(&self) -> Vec<Self> {
        let mut chain = vec![self.clone()];
        if self.0 == "zh-tw" {
            chain.push(Self("zh".to_owned()));
        }
        if self.0 != "en" {
            chain.push(Self::english());
        }
        chain
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_common_spellings() {
        let check = |input: &str, expect: Option<&str>| assert_eq!(Language::parse(input).as_ref().map(Language::code), expect, "{input}");
        check("de", Some("de"));
        check("de-AT", Some("de"));
        check("pt_BR", Some("pt"));
        check("zh-Hant", Some("zh-tw"));
        check("zh-CN", Some("zh"));
        check("english", None);
        check("", None);
        check("d1", None);
    }

    #[test]
    fn every_supported_code_reads_as_itself() {
        for code in Language::SUPPORTED {
            assert_eq!(Language::parse(code).unwrap().code(), *code);
        }
    }
}
