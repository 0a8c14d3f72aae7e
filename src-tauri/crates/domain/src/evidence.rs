//! The reasons under "why?": what kind, what is said, and what it is said of.
//!
//! A reason is either the thing itself (an article's title, a word of the message, a rule's name) or a sentence of the bot's own. Of a
//! sentence its code and its values are kept, so that the window says it in the language of whoever reads it; `text` has it in English,
//! for the command line and for turns that an older version stored. A test of the project holds every code to words in each language.

use serde::{Deserialize, Serialize};

use crate::{
    action::{ActionKind, ActionState, Refusal},
    emotion::{CueKind, EmotionLevel},
    intent::Intent,
    language::Language,
    turn::OrderMissing,
    words,
};

words! {
    /// What a reason rests on.
    EvidenceKind {
        /// A rule of the bot.
        Rule => "rule",
        /// Words of the message, or examples of such words.
        Phrase => "phrase",
        /// A sign of feeling.
        Cue => "cue",
        /// A passage of the knowledge base.
        Passage => "passage",
        /// The shop's orders.
        Order => "order",
        /// The writing system of the message.
        Script => "script",
        /// What is known from before.
        History => "history",
        /// An engine that was asked, or is missing.
        Engine => "engine",
        /// An attempt to steer the bot.
        Injection => "injection",
        /// A file that came with the message.
        File => "file",
    }
}

words! {
    /// A sentence of the bot about its own work. Values are filled in by their places: `{0}`, `{1}`.
    EvidenceCode {
        /// Somebody tries to give the bot orders: which words.
        AsText => "as_text",
        /// The writer's own name at the end.
        OwnName => "own_name",
        /// No translation.
        NoEngine => "no_engine",
        /// Words that name a risk.
        RiskWords => "risk_words",
        /// A cue's kind and its text.
        CueSeen => "cue_seen",
        /// The whole wording: three levels, each with how surely it is at least that.
        WordingRead => "wording_read",
        /// The same by words alone, without the sentence encoder.
        WordsRead => "words_read",
        /// No wording was read.
        SignsOnly => "signs_only",
        /// A person read the same words differently: the person's level, the bot's.
        ReadByPerson => "read_by_person",
        /// The subject helped to tell the intent.
        SubjectHelped => "subject_helped",
        /// Which examples told the intent, and how surely the message is about any.
        ExamplesOf => "examples_of",
        /// The examples of all languages together told it: how surely the message is about any.
        ExamplesOfAll => "examples_of_all",
        /// The whole message is an example of an intent.
        WholeExample => "whole_example",
        /// Words that ask for a person.
        PersonWords => "person_words",
        /// A payment went wrong.
        PaymentFailed => "payment_failed",
        /// A passage that is about another place: its title, the countries asked about.
        OtherPlace => "other_place",
        /// An order of the writer.
        OrderOfWriter => "order_of_writer",
        /// The writer's only open order, or the latest.
        OrderLikely => "order_likely",
        /// No number, no order.
        NoOrder => "no_order",
        /// So many open orders and none named.
        SeveralOrders => "several_orders",
        /// A number, and why there is no order.
        NumberMissing => "number_missing",
        /// The shop's data could not be read: why.
        ShopUnreadable => "shop_unreadable",
        /// An intent that is not sure enough to be answered alone, and how sure it is.
        NotSure => "not_sure",
        /// No reply could be written: why.
        NoReply => "no_reply",
        /// No notice could be written: why.
        NoNotice => "no_notice",
        /// An agent fixed the language.
        LanguageFixed => "language_fixed",
        /// So many letters of a language's own script.
        ScriptLetters => "script_letters",
        /// Another language or script is mixed in.
        MixedIn => "mixed_in",
        /// A language with its share, over so many words.
        LanguageShare => "language_share",
        /// A language with its share, the next one with its own, over so many words.
        LanguageShares => "language_shares",
        /// A vote of small words.
        SmallWords => "small_words",
        /// Nothing to tell a language by.
        NoWords => "no_words",
        /// Only words that many languages share.
        SharedWords => "shared_words",
        /// The model of the languages is missing.
        NoLanguageModel => "no_language_model",
        /// The language of the earlier messages.
        FromEarlier => "from_earlier",
        /// The contact's language.
        FromContact => "from_contact",
        /// The language of the contact's country.
        FromCountry => "from_country",
        /// The store's language.
        FromStore => "from_store",
        /// An order was read.
        ReadOrder => "read_order",
        /// An order was looked for under this number.
        LookedForOrder => "looked_for_order",
        /// So many passages were read.
        ReadPassages => "read_passages",
        /// The knowledge base was searched, and gave these articles.
        FoundArticles => "found_articles",
        /// The knowledge base was searched in vain.
        FoundNothing => "found_nothing",
        /// An order was looked for in vain.
        FoundNoOrder => "found_no_order",
        /// A file was read: its name, by what, its first words.
        FileRead => "file_read",
        /// A picture is unread: its name.
        PictureUnread => "picture_unread",
        /// A voice message is unread: its name.
        VoiceUnread => "voice_unread",
        /// A file could not be read: its name, why.
        FileFailed => "file_failed",
        /// Files that nobody has looked at or listened to: their names.
        Unread => "unread",
        /// The bot asked back once.
        AskedBack => "asked_back",
        /// The message answers a question about an earlier one: what that one wanted.
        CarriedOn => "carried_on",
        /// The customer has said yes: the words.
        SaidYes => "said_yes",
        /// The customer has said no: the words.
        SaidNo => "said_no",
        /// Neither a clear yes nor a clear no.
        NoClearYes => "no_clear_yes",
        /// A rule of the seller's holds: its name.
        OwnRule => "own_rule",
        /// A word stands in the answer that is not written to the customer's country: the word.
        AvoidedWord => "avoided_word",
        /// The rules allow an action: its kind.
        ActionAllowed => "action_allowed",
        /// The rules forbid an action: its kind, why.
        ActionRefused => "action_refused",
        /// An action whose rules could not be read: why.
        ActionUnchecked => "action_unchecked",
        /// An action was carried out or tried: its kind, its state.
        ActionEnded => "action_ended",
    }
}

impl EvidenceCode {
    /// The sentence in English with its places.
    pub const fn english(self) -> &'static str {
        match self {
            Self::AsText => "treated as ordinary text: {0}",
            Self::OwnName => "the writer's own name at the end is not read as content",
            Self::NoEngine => "none needed, or none for this pair",
            Self::RiskWords => "risk: {0}",
            Self::CueSeen => "{0}: {1}",
            Self::WordingRead => "wording: {0} {1}, {2} {3}, {4} {5}",
            Self::WordsRead => "by words alone, without the sentence encoder: {0} {1}, {2} {3}, {4} {5}",
            Self::SignsOnly => "no wording was read, only signs",
            Self::ReadByPerson => "a person read the same words as {0}, not as {1}",
            Self::SubjectHelped => "the subject helped",
            Self::ExamplesOf => "examples of {0}, in scope with {1}",
            Self::ExamplesOfAll => "examples of all languages, in scope with {0}",
            Self::WholeExample => "the whole message is an example of {0}",
            Self::PersonWords => "asks for a person: {0}",
            Self::PaymentFailed => "a payment went wrong",
            Self::OtherPlace => "{0}: about another place than {1}",
            Self::OrderOfWriter => "order {0} of the writer",
            Self::OrderLikely => "order {0}, the writer's only open or latest one",
            Self::NoOrder => "no number, and the writer has no order",
            Self::SeveralOrders => "the writer has {0} open orders and named none",
            Self::NumberMissing => "{0}: {1}",
            Self::ShopUnreadable => "the shop's data could not be read: {0}",
            Self::NotSure => "{0} with {1}: not sure enough to be answered alone",
            Self::NoReply => "no reply could be written: {0}",
            Self::NoNotice => "no notice could be written: {0}",
            Self::LanguageFixed => "an agent fixed the language: {0}",
            Self::ScriptLetters => "{0} letters of the script of {1}",
            Self::MixedIn => "{0} is mixed in",
            Self::LanguageShare => "{0} {1}; {2} words",
            Self::LanguageShares => "{0} {1}, {2} {3}; {4} words",
            Self::SmallWords => "a vote of small words, without the model",
            Self::NoWords => "no words",
            Self::SharedWords => "only words that many languages share",
            Self::NoLanguageModel => "no model",
            Self::FromEarlier => "the language of the earlier messages: {0}",
            Self::FromContact => "the contact's language: {0}",
            Self::FromCountry => "the language of the contact's country: {0}",
            Self::FromStore => "the store's language: {0}",
            Self::ReadOrder => "read order {0}",
            Self::LookedForOrder => "looked for order {0}",
            Self::ReadPassages => "read {0} passages",
            Self::FoundArticles => "searched the knowledge base: {0}",
            Self::FoundNothing => "searched the knowledge base: nothing that fits",
            Self::FoundNoOrder => "looked for an order: none found",
            Self::FileRead => "{0}, read by {1}: {2}",
            Self::PictureUnread => "{0}: a picture that nobody has looked at; no program is set up for it",
            Self::VoiceUnread => "{0}: a voice message that nobody has listened to; no program is set up for it",
            Self::FileFailed => "{0} is unread: {1}",
            Self::Unread => "not read yet: {0}",
            Self::CarriedOn => "answers our question about: {0}",
            Self::SaidYes => "the customer says yes: {0}",
            Self::SaidNo => "the customer says no: {0}",
            Self::NoClearYes => "neither a clear yes nor a clear no",
            Self::AvoidedWord => "“{0}” is not written to this country, so the answer waits",
            Self::OwnRule => "your rule “{0}” holds",
            Self::ActionAllowed => "the rules allow it: {0}",
            Self::ActionRefused => "the rules forbid it: {0}, {1}",
            Self::ActionUnchecked => "whether it is allowed could not be checked: {0}",
            Self::ActionEnded => "action {0}: {1}",
            Self::AskedBack => "asked back once",
        }
    }
}

/// What a sentence is said of, so that the window can name it in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum EvidenceValue {
    /// Words of the message, a number of an order, a title: shown as it is.
    Text(String),
    /// How many.
    Number(u32),
    /// Of a hundred.
    Percent(u32),
    /// A language.
    Language(String),
    /// A writing system, as ISO 15924 has it.
    Script(String),
    /// Countries, as ISO 3166-1 has them.
    Countries(Vec<String>),
    /// An intent.
    Intent(Intent),
    /// A level of feeling.
    Level(EmotionLevel),
    /// The kind of a cue.
    Cue(CueKind),
    /// Why there is no order.
    Missing(OrderMissing),
    /// The kind of an action.
    Action(ActionKind),
    /// Why an action is refused.
    Refused(Refusal),
    /// How far an action is.
    Stage(ActionState),
}

impl EvidenceValue {
    /// Shown as it is.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// How many.
    pub fn count(n: usize) -> Self {
        Self::Number(u32::try_from(n).unwrap_or(u32::MAX))
    }

    /// A share of one as a percentage.
    pub fn share(share: f32) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "Clamped to what fits.")]
        Self::Percent((share.clamp(0.0, 1.0) * 100.0).round() as u32)
    }

    /// A language.
    pub fn language(language: &Language) -> Self {
        Self::Language(language.code().to_owned())
    }
}

impl std::fmt::Display for EvidenceValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) | Self::Language(text) | Self::Script(text) => f.write_str(text),
            Self::Number(n) => write!(f, "{n}"),
            Self::Percent(n) => write!(f, "{n} %"),
            Self::Countries(codes) => f.write_str(&codes.join(", ")),
            Self::Intent(intent) => write!(f, "{intent}"),
            Self::Level(level) => write!(f, "{level}"),
            Self::Cue(kind) => write!(f, "{kind}"),
            Self::Missing(why) => write!(f, "{why}"),
            Self::Action(kind) => write!(f, "{kind}"),
            Self::Refused(why) => write!(f, "{why}"),
            Self::Stage(state) => write!(f, "{state}"),
        }
    }
}

/// A reason, shown under "why?".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Evidence {
    /// What kind.
    pub kind: EvidenceKind,
    /// The thing itself, or the sentence in English.
    pub text: String,
    /// The sentence; none where `text` is the thing itself, or an older version wrote it.
    #[serde(default)]
    pub code: Option<EvidenceCode>,
    /// What the sentence is said of, by places.
    #[serde(default)]
    pub values: Vec<EvidenceValue>,
}

impl Evidence {
    /// The thing itself: a title, a rule's name.
    pub fn new(kind: EvidenceKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), code: None, values: vec![] }
    }

    /// A sentence with what it is said of.
    pub fn said(kind: EvidenceKind, code: EvidenceCode, values: impl IntoIterator<Item = EvidenceValue>) -> Self {
        let values: Vec<EvidenceValue> = values.into_iter().collect();
        Self { kind, text: filled(code.english(), &values), code: Some(code), values }
    }
}

/// One pass from left to right, so that a value with braces in it is never read as a place.
fn filled(sentence: &str, values: &[EvidenceValue]) -> String {
    let mut out = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        let (place, after) = tail.split_once('}').unwrap_or((tail, ""));
        if let Some(value) = place.parse::<usize>().ok().and_then(|place| values.get(place)) {
            out.push_str(&value.to_string());
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_filled_once_and_kept_with_its_values() {
        let reason = Evidence::said(
            EvidenceKind::Order,
            EvidenceCode::NumberMissing,
            [EvidenceValue::text("{1}"), EvidenceValue::Missing(OrderMissing::NotFound)],
        );
        assert_eq!(reason.text, "{1}: not_found");
        let json = serde_json::to_string(&reason).unwrap();
        assert_eq!(serde_json::from_str::<Evidence>(&json).unwrap(), reason);
        assert_eq!(EvidenceValue::share(0.876), EvidenceValue::Percent(88));
    }

    #[test]
    fn a_reason_of_an_older_version_is_read() {
        let old: Evidence = serde_json::from_str(r#"{"kind":"engine","text":"none needed"}"#).unwrap();
        assert_eq!((old.kind, old.text.as_str(), old.code), (EvidenceKind::Engine, "none needed", None));
    }
}
