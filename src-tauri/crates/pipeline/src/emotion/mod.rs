//! Stage 5: the feeling of a message, with reasons that can be shown.
//!
//! `cues` finds the signs in the message (words, capitals, marks, emoji), `past` those of the history (the demand again, haste), `head`
//! reads the whole wording with a trained model, and `join` makes one level of all of them. The level is the feeling expressed with
//! its history, not the gravity of the matter (a calm solicitor is calm); the gravity is `risk`. Everything that moved the level is
//! in the cues, so that a person can see why and correct it. Without the encoder the head reads words alone, without a head the
//! signs decide; the evidence says which.

mod cues;
pub mod features;
pub mod head;
mod join;
mod negation;
mod past;

use mercator_domain::{
    emotion::{Emotion, Trend},
    intent::Intent,
    moment::Moment,
};

use crate::{error::PipelineError, fold::Folded, lexicon::Lexicon, ports::HistoryLine};
pub(crate) use past::levels;

/// The arrays of a file, in the order of the categories.
pub(crate) const ARRAYS: &[&str] = &["concerned", "upset", "angry", "positive", "urgency", "mitigation"];

/// Wishes that are mostly written in few words, and read as displeasure by what they ask for alone: a person, the money, the end of it.
const WISHES: &[Intent] = &[Intent::HumanRequest, Intent::OrderCancel, Intent::ReturnRequest, Intent::ExchangeRequest];

/// What a message is about when something went wrong; thanks among them, since irony reads so.
const TROUBLES: &[Intent] = &[
    Intent::OrderStatus,
    Intent::DeliveryTime,
    Intent::TrackingProblem,
    Intent::CustomsHeld,
    Intent::RefundStatus,
    Intent::DamagedItem,
    Intent::WrongItem,
    Intent::MissingItem,
    Intent::PaymentProblem,
    Intent::Complaint,
    Intent::Thanks,
];

/// The words of one language.
pub struct EmotionWords {
    language: String,
    lexicon: Lexicon,
}

impl EmotionWords {
    /// Reads the file of a language.
    pub fn load(language: &str) -> Result<Self, PipelineError> {
        Ok(Self { language: language.to_owned(), lexicon: Lexicon::load("emotion", language, ARRAYS)? })
    }

    /// Words given in code, for tests.
    #[cfg(test)]
    pub(crate) fn of(language: &str, words: &[(u8, &str)]) -> Self {
        let script = crate::lexicon::Script::of(language);
        Self { language: language.to_owned(), lexicon: Lexicon::new(words.iter().copied(), script) }
    }
}

/// What the level rests on beside the words.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Earlier messages, oldest first.
    pub history: &'a [HistoryLine],
    /// When this one was written.
    pub at: Moment,
    /// What it wants.
    pub intent: Intent,
    /// What the head reads in the whole wording.
    pub reading: Option<&'a head::Reading>,
}

/// The feeling of a message. `text` is the folded `original`.
pub fn feel(original: &str, text: &Folded, words: &[&EmotionWords], context: &Context) -> Emotion {
    let mut signs = cues::find(original, text, words);
    past::add(&mut signs, original, context);
    if context.intent == Intent::Complaint && signs.positive <= 0.0 {
        signs.past += 0.3;
    }
    let trouble = TROUBLES.contains(&context.intent) && !original.contains(['?', '？', '؟']);
    let mut emotion = join::level(signs, context.reading, join::Matter { trouble, wish: WISHES.contains(&context.intent) });
    emotion.trend = trend(&emotion, context.history);
    emotion
}

/// How this message goes with the customer's earlier ones.
pub fn trend(emotion: &Emotion, history: &[HistoryLine]) -> Option<Trend> {
    let mut all = levels(history);
    all.push(emotion.level);
    Trend::of(&all)
}

#[cfg(test)]
mod stage_tests;
#[cfg(test)]
mod tests;
