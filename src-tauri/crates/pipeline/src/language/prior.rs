//! What is known of the writer before the message is read, and how much it weighs against the message.
//!
//! Weights are logarithms of odds, added to those of the message. Together they stay below what one clear sentence says, so a
//! customer who changes the language is answered in the new one; a single shared word is read in the language that is known.

use mercator_domain::{language::Language, message::Author, turn::EvidenceCode};

use crate::ports::HistoryLine;

/// The contact's language: about ten to one.
const CONTACT: f32 = 2.3;

/// The language of the customer's earlier messages in this conversation.
const CONVERSATION: f32 = 2.0;

/// The language most spoken in the contact's country.
const COUNTRY: f32 = 1.2;

/// The store's own language says least: the store sells abroad.
const STORE: f32 = 0.2;

/// The sixteen languages of the product before all others: who writes to a shop mostly writes in one that the shop offers.
pub(super) const SUPPORTED: f32 = 1.5;

/// A Japanese text without Kana is rare.
const NO_KANA: f32 = 2.0;

/// Malay and Indonesian are nearly one language in short texts, and Indonesian has many times the writers.
const FEWER: f32 = 0.6;

/// So many of the customer's earlier messages are read.
const EARLIER: usize = 3;

/// What is known before the message is read.
#[derive(Clone, Debug)]
pub struct Prior<'a> {
    /// Set by an agent: wins over everything.
    pub fixed: Option<&'a Language>,
    /// The contact's.
    pub contact: Option<&'a Language>,
    /// Earlier messages of the conversation, oldest first.
    pub history: &'a [HistoryLine],
    /// The contact's country, two capitals.
    pub country: Option<&'a str>,
    /// The store's, when nothing else is known.
    pub store: &'a Language,
}

impl<'a> Prior<'a> {
    /// Nothing but the store's language is known.
    pub const fn store(store: &'a Language) -> Self {
        Self { fixed: None, contact: None, history: &[], country: None, store }
    }

    /// The customer's last messages as one text; empty without any.
    pub(super) fn earlier(&self) -> String {
        let mut lines: Vec<&str> =
            self.history.iter().rev().filter(|line| line.author == Author::Contact).take(EARLIER).map(|line| line.text.as_str()).collect();
        lines.reverse();
        lines.join("\n")
    }

    /// The logarithm of the odds that are given to a language before the message is read.
    pub fn weight(&self, code: &str, conversation: Option<&Language>) -> f32 {
        let is = |language: Option<&Language>, weight: f32| if language.is_some_and(|l| l.code() == code) { weight } else { 0.0 };
        let supported = if Language::SUPPORTED.contains(&code) { SUPPORTED } else { 0.0 };
        let supported = match code {
            // Only texts without any Kana come so far.
            "ja" => supported - NO_KANA,
            "ms" => supported - FEWER,
            _ => supported,
        };
        let country = if self.country.and_then(country_language) == Some(code) { COUNTRY } else { 0.0 };
        supported + is(self.contact, CONTACT) + is(conversation, CONVERSATION) + country + is(Some(self.store), STORE)
    }

    /// The language to fall back to when the message does not tell, and where it comes from.
    pub(super) fn fallback(&self, conversation: Option<&Language>) -> (Language, EvidenceCode) {
        let by_country = || self.country.and_then(country_language).and_then(Language::parse);
        if let Some(language) = conversation {
            (language.clone(), EvidenceCode::FromEarlier)
        } else if let Some(language) = self.contact {
            (language.clone(), EvidenceCode::FromContact)
        } else if let Some(language) = by_country() {
            (language, EvidenceCode::FromCountry)
        } else {
            (self.store.clone(), EvidenceCode::FromStore)
        }
    }
}

/// The language most spoken in a country, where there is one.
pub fn country_language(country: &str) -> Option<&'static str> {
    Some(match country {
        "DE" | "AT" | "LI" => "de",
        "FR" | "MC" => "fr",
        "ES" | "MX" | "AR" | "CO" | "CL" | "PE" | "EC" | "UY" | "BO" | "PY" | "VE" | "GT" | "CR" | "PA" | "DO" | "CU" | "HN" | "NI"
        | "SV" => "es",
        "IT" | "SM" => "it",
        "PT" | "BR" | "AO" | "MZ" => "pt",
        "NL" => "nl",
        "PL" => "pl",
        "TR" => "tr",
        "JP" => "ja",
        "KR" => "ko",
        "CN" => "zh",
        "TW" | "HK" | "MO" => "zh-tw",
        "TH" => "th",
        "RU" | "BY" => "ru",
        "SA" | "AE" | "EG" | "KW" | "QA" | "JO" | "BH" | "OM" | "IQ" | "LB" => "ar",
        "US" | "GB" | "AU" | "NZ" | "IE" => "en",
        "UA" => "uk",
        "SE" => "sv",
        "DK" => "da",
        "NO" => "nb",
        "FI" => "fi",
        "CZ" => "cs",
        "SK" => "sk",
        "RO" => "ro",
        "HU" => "hu",
        "GR" | "CY" => "el",
        "IL" => "he",
        "VN" => "vi",
        "ID" => "id",
        "IR" => "fa",
        "BG" => "bg",
        "HR" => "hr",
        "SI" => "sl",
        _ => return None,
    })
}
