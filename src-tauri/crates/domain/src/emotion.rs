//! The feeling that a buyer's message expresses, and the risks it names.

use serde::{Deserialize, Serialize};

use crate::words;

words! {
    /// The level of a message, with its history: the feeling expressed, not the gravity of the matter.
    EmotionLevel {
        /// Neutral, happy, joking.
        Calm => "calm",
        /// Worried, unsure, nervous.
        Concerned => "concerned",
        /// Disappointed, annoyed, sarcastic, tired of asking.
        Upset => "upset",
        /// Fury, insults, an ultimatum, cold fury.
        Angry => "angry",
    }
}

words! {
    /// The direction of a message.
    Sentiment {
        /// Dissatisfied.
        Negative => "negative",
        /// Neither.
        Neutral => "neutral",
        /// Satisfied.
        Positive => "positive",
    }
}

words! {
    /// What kind of sign a cue is.
    CueKind {
        /// A word or phrase of the lexicon.
        Keyword => "keyword",
        /// Words in capitals.
        Caps => "caps",
        /// Repeated exclamation or question marks.
        Punctuation => "punctuation",
        /// Letters drawn out.
        Elongation => "elongation",
        /// An emoji.
        Emoji => "emoji",
        /// The same demand again.
        RepeatedDemand => "repeated_demand",
        /// Messages in a short interval.
        ShortInterval => "short_interval",
        /// A demand for speed.
        Urgency => "urgency",
        /// A threat.
        Threat => "threat",
        /// A word that calms the reading: thanks, a joke.
        Mitigation => "mitigation",
    }
}

/// One sign that led to the level; shown to the agent on hover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Cue {
    /// What kind of sign.
    pub kind: CueKind,
    /// The sign as it stands in the message, or a number for intervals and repetitions.
    pub text: String,
}

/// What the emotion stage says of one message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Emotion {
    /// The level.
    pub level: EmotionLevel,
    /// The direction.
    pub sentiment: Sentiment,
    /// 0 to 1.
    pub anger: f32,
    /// 0 to 1.
    pub urgency: f32,
    /// Why, strongest first.
    pub cues: Vec<Cue>,
}

words! {
    /// A kind of high risk. Any one of them stops the bot and alarms a person.
    RiskKind {
        /// Reversal, bank dispute.
        Chargeback => "chargeback",
        /// Lawyer, court, authority, consumer body.
        Legal => "legal",
        /// Sparks, smoke, fire, injury; threats of self-harm.
        Safety => "safety",
        /// A conditional bad review.
        ReviewThreat => "review_threat",
        /// A-to-z, marketplace or payment-service case.
        PlatformClaim => "platform_claim",
    }
}

/// The risks of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Risk {
    /// True when there is at least one kind.
    pub high: bool,
    /// The kinds, each once.
    pub kinds: Vec<RiskKind>,
}
