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
        /// Kind words that are not meant so, beside a matter that went wrong.
        Sarcasm => "sarcasm",
        /// The whole wording reads as angry; the text says how sure the trained head is.
        ReadsAngry => "reads_angry",
        /// The whole wording reads as annoyed or disappointed.
        ReadsUpset => "reads_upset",
        /// The whole wording reads as worried.
        ReadsWorried => "reads_worried",
        /// The whole wording reads as happy.
        ReadsHappy => "reads_happy",
        /// The customer's earlier messages became more and more heated; the text is their number.
        RisingTrend => "rising_trend",
    }
}

words! {
    /// How the feeling went over the customer's messages of an episode.
    Trend {
        /// More heated than before.
        Rising => "rising",
        /// Calmer than before.
        Falling => "falling",
        /// Neither.
        Steady => "steady",
    }
}

impl Trend {
    /// The trend over levels, oldest first; `None` for fewer than two, which go nowhere.
    ///
    /// The last level is compared with the mean of up to three before it, so that one odd message long ago does not decide, and a
    /// step of one level counts.
    pub fn of(levels: &[EmotionLevel]) -> Option<Self> {
        let (last, before) = levels.split_last()?;
        let recent: Vec<i32> = before.iter().rev().take(3).map(|level| level.height()).collect();
        let count = i32::try_from(recent.len()).ok().filter(|count| *count > 0)?;
        // Compared without division: last and mean, both times the number.
        let apart = last.height() * count - recent.iter().sum::<i32>();
        Some(match apart * 2 {
            up if up >= count => Self::Rising,
            down if down <= -count => Self::Falling,
            _ => Self::Steady,
        })
    }
}

impl EmotionLevel {
    /// 0 for calm to 3 for angry.
    pub const fn height(self) -> i32 {
        match self {
            Self::Calm => 0,
            Self::Concerned => 1,
            Self::Upset => 2,
            Self::Angry => 3,
        }
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
    /// How it goes with the customer's earlier messages of the episode; `None` for the first one.
    #[serde(default)]
    pub trend: Option<Trend>,
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

#[cfg(test)]
mod tests {
    use super::{
        EmotionLevel::{Angry, Calm, Concerned, Upset},
        *,
    };

    #[test]
    fn the_trend_compares_the_last_message_with_those_before_it() {
        let check = |levels: &[EmotionLevel], expect: Option<Trend>| assert_eq!(Trend::of(levels), expect, "{levels:?}");
        check(&[], None);
        check(&[Angry], None);
        check(&[Calm, Concerned], Some(Trend::Rising));
        check(&[Calm, Calm], Some(Trend::Steady));
        check(&[Calm, Concerned, Upset, Angry], Some(Trend::Rising));
        check(&[Angry, Angry, Concerned], Some(Trend::Falling));
        check(&[Calm, Angry, Calm], Some(Trend::Falling));
        // One heated message long ago no longer counts.
        check(&[Angry, Concerned, Concerned, Concerned, Concerned], Some(Trend::Steady));
        check(&[Calm, Concerned, Calm, Calm], Some(Trend::Steady));
    }

    #[test]
    fn an_emotion_that_was_stored_without_a_trend_reads_back() {
        let stored = r#"{"level":"calm","sentiment":"neutral","anger":0.0,"urgency":0.0,"cues":[]}"#;
        assert_eq!(serde_json::from_str::<Emotion>(stored).unwrap().trend, None);
    }
}
