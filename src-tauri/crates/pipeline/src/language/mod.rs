//! Stage 2: in which language a message is, honestly: short or shared words are unsure, two languages at once are mixed.
//!
//! `letters` takes what can tell a language out of the text. The writing system decides where it can (Thai, Hangul, Kana, Greek and
//! others); where languages share one (Latin, Cyrillic, Arabic, Devanagari, Han), a small linear model over pieces of words says how
//! likely each is (`model`), and `judge` joins that with what is known of the writer (`prior`). A language that an agent fixed
//! always wins. What is below the threshold is unsure: the guess then is what is most likely with all that is known. A mixed message
//! is unsure as well, since which of the two to answer in is open.
//!
//! What was weighed, over the sixteen languages of the product, nothing known but the text; ours on texts that the model has not
//! seen (five-fold, `examples/train_language`):
//!
//! | | sentences | two words | one word | time | memory |
//! |---|---|---|---|---|---|
//! | this stage: right | 0.998 | 0.937 | 0.809 | 10 µs | 2.2 MB, read in place |
//! | … where sure (share that is) | 0.999 (0.99) | 0.983 (0.88) | 0.961 (0.64) | | |
//! | `lingua` 1.8, 29 languages | 0.996 | 0.944 | 0.834 | 330 to 1,870 µs | 245 MB, a binary of 148 MB |
//! | `whichlang` 0.1, no confidence, no Polish | 0.856 | 0.727 | 0.570 | 1 to 3 µs | |
//!
//! (`lingua` and `whichlang` on every fourth row.) fastText's `lid.176.ftz` is CC BY-SA 3.0 and so not for a file that ships inside.
//! The expected calibration error is 0.012 on sentences and 0.015 on our own phrases, 0.05 on single words. Never trained on, and
//! measured with the shipped model: tweets right 0.981 (where sure 0.992, and most of the rest are English ones filed as German),
//! requests with foreign titles in them 0.981 (0.997).
//!
//! Other languages come out as themselves or as unsure: of 60 of them, sentences are right in 0.92 (four have no name of their own
//! here), and in 0.994 where sure. Weak: Danish from Norwegian and Indonesian from Malay in a few words, Hindi in Latin letters among
//! English words, Nigerian Pidgin (told as English), dialects (told as their standard language), lower-case titles inside a sentence.

pub mod grams;
mod han;
mod judge;
pub mod letters;
mod message;
mod mixed;
pub mod model;
mod prior;
pub mod script;
mod words;

#[cfg(test)]
mod tests;

use mercator_domain::turn::{Evidence, EvidenceCode, EvidenceKind, EvidenceValue, LanguageGuess};

pub(crate) use self::words::WORDS;
use self::{message::Message, model::Model};
pub use self::{
    prior::{Prior, country_language},
    words::is_shared,
};

/// The result of the stage.
pub type Guess = (LanguageGuess, f32, Vec<Evidence>);

/// Below this confidence the earlier messages of the conversation are asked as well; above it they could not change the answer.
const CLEAR: f32 = 0.97;

/// Tells the language of a text.
pub fn detect(text: &str, prior: &Prior) -> Guess {
    detect_with(model::shipped(), text, prior)
}

/// The same with a model of one's own, for the measurements of the trainer; `None` is a model that cannot be read.
pub fn detect_with(model: Option<&Model>, text: &str, prior: &Prior) -> Guess {
    if let Some(fixed) = prior.fixed {
        let guess = LanguageGuess { code: fixed.clone(), unsure: false, mixed: false };
        let why = Evidence::said(EvidenceKind::History, EvidenceCode::LanguageFixed, [EvidenceValue::language(fixed)]);
        return (guess, 1.0, vec![why]);
    }
    let message = Message::new(text, model);
    let alone = message.judge(prior, None);
    if prior.history.is_empty() || (!alone.0.unsure && alone.1 >= CLEAR) {
        return alone;
    }
    let earlier = prior.earlier();
    let (spoken, _, _) = Message::new(&earlier, model).judge(prior, None);
    if spoken.unsure { alone } else { message.judge(prior, Some(&spoken.code)) }
}
