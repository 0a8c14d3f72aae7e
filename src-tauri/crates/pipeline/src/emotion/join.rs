//! Signs and the trained head joined into a level, a sentiment and two figures.
//!
//! The signs alone give a level. The head raises it only where it is very sure, or sure and some sign agrees; it lowers what rests on
//! a word that means nothing here. So that an ordinary message of a shop is not called angry, which costs more than an angry one
//! that is called upset: both stand high in the list of those who wait.

use mercator_domain::emotion::{CueKind, Emotion, EmotionLevel, Sentiment};

use super::{cues::Signs, head::Reading};

/// From here on the head alone is believed; by words alone it never is.
const SURE_ANGRY: f32 = 0.8;
const SURE_UPSET: f32 = 0.45;
/// The same for a message that wishes for a person or its money, which calm people write as well.
const SURE_OF_WISH: f32 = 0.72;
const SURE_CONCERNED: f32 = 0.75;
/// From here on it is believed where a sign agrees.
const LIKELY_ANGRY: f32 = 0.5;
const LIKELY_UPSET: f32 = 0.35;
const LIKELY_CONCERNED: f32 = 0.5;
/// Below this a word of anger is not believed: the rest of the message does not read so.
const CONTRADICTED: f32 = 0.1;
/// Kind words in a message that reads as upset with this probability are not meant so.
const SARCASTIC: f32 = 0.65;
/// Where nothing but praise is worded, only this much is believed against it.
const AGAINST_PRAISE: f32 = 0.75;
/// Praise that reads as positive with this probability, and not as upset, is happy, however loud.
const HAPPY: f32 = 0.5;
/// How much a word of the lexicon counts for the sentiment: one of praise makes it half as likely again.
const WORDED: f32 = 0.8;
/// What an upset customer writes counts as negative as so many words of it, where the wording does not say otherwise.
const UPSETTING: f32 = 0.6;
/// Where hearts stand, only this much is believed against them.
const AGAINST_HEARTS: f32 = 0.95;
/// A text of which no more words are known is not read as happy: "???".
const KNOWN: f32 = 0.3;
/// A matter that went wrong reads at least so; then praise alone at the beginning is not meant so.
const TROUBLED: f32 = 0.12;

/// What the message is about, as far as it matters for the feeling.
#[derive(Clone, Copy)]
pub(super) struct Matter {
    /// It tells of something that went wrong and asks nothing.
    pub trouble: bool,
    /// It wishes for something that reads as displeasure in itself.
    pub wish: bool,
}

/// The feeling.
pub(super) fn level(mut signs: Signs, reading: Option<&Reading>, matter: Matter) -> Emotion {
    let happy = is_happy(&signs, reading);
    if !happy {
        signs.upset += signs.loud;
    }
    let sarcastic = mark_sarcasm(&mut signs, reading, matter.trouble);
    signs.upset += signs.past;
    let calmed = |sum: f32| (sum - signs.mitigation).max(0.0);
    let (angry, upset) = (calmed(signs.angry), calmed(signs.upset));
    // Real anger beside a thanks stays anger; disappointment beside much praise is mild.
    let ironic = sarcastic || (!signs.joy && reading.is_some_and(|r| r.whole && r.upset + r.concerned >= TROUBLED));
    let upset = if signs.positive > signs.upset && signs.angry < 0.3 && !ironic { upset * 0.5 } else { upset };
    let by_signs = if angry >= 0.6 || upset >= 1.1 || (angry >= 0.4 && upset >= 0.4) {
        EmotionLevel::Angry
    } else if upset >= 0.4 || angry >= 0.3 {
        EmotionLevel::Upset
    } else if signs.concerned >= 0.3 && !happy {
        EmotionLevel::Concerned
    } else {
        EmotionLevel::Calm
    };
    let level = reading.map_or(by_signs, |reading| {
        let agreed = angry + upset > 0.0 && signs.mitigation <= 0.0 || sarcastic;
        let worried = signs.concerned > 0.0;
        let kind = signs.positive > 0.0 && angry + upset <= 0.0 && !worried && !matter.trouble;
        joined(by_signs, reading, &Worded { agreed, worried, happy, kind, wish: matter.wish })
    });
    let anger = anger(angry, upset, level, reading);
    let told = sentiment(&signs, angry + upset + signs.concerned * 0.5, level, reading);
    // What the words themselves call upset is meant so, also beside a thanks: "na toll, vielen Dank auch".
    let worded = by_signs >= EmotionLevel::Upset && !signs.joy;
    let sentiment = if sarcastic || worded { Sentiment::Negative } else { told };
    reasons(&mut signs, level, sentiment, reading);
    signs.cues.sort_by(|a, b| b.0.total_cmp(&a.0));
    let cues = signs.cues.into_iter().map(|(_, cue)| cue).collect();
    Emotion { level, sentiment, anger, urgency: signs.urgency.min(1.0), cues, trend: None }
}

/// Praise without a word of trouble; the head may say that a cry without a known word is one of joy.
fn is_happy(signs: &Signs, reading: Option<&Reading>) -> bool {
    let worded = signs.angry + signs.upset + signs.concerned;
    let most = if signs.joy { AGAINST_HEARTS } else { SARCASTIC };
    let reads_upset = reading.is_some_and(|r| r.whole && r.upset >= most);
    let reads_happy = reading.is_some_and(|r| r.positive >= HAPPY && r.upset < LIKELY_UPSET && r.known >= KNOWN);
    worded < 0.3 && !reads_upset && (signs.positive > 0.0 || reads_happy)
}

/// Kind words that are not meant so.
fn mark_sarcasm(signs: &mut Signs, reading: Option<&Reading>, trouble: bool) -> bool {
    let meant = |r: &Reading| r.upset >= SARCASTIC && r.negative > r.positive;
    let reads_so = |r: &Reading| meant(r) || (trouble && signs.praise_alone && r.upset + r.concerned >= TROUBLED);
    let sarcastic = !signs.praise.is_empty() && !signs.joy && signs.mitigation <= 0.0 && reading.is_some_and(|r| r.whole && reads_so(r));
    if sarcastic {
        let words = std::mem::take(&mut signs.praise).join(", ");
        signs.cues.retain(|(_, cue)| cue.kind != CueKind::Keyword || !words.contains(&cue.text));
        signs.cue(0.7, CueKind::Sarcasm, words);
        signs.positive = 0.0;
        signs.upset += 0.5;
    }
    sarcastic
}

/// What the words and signs say beside the head.
#[expect(clippy::struct_excessive_bools, reason = "Each is a sign of its own.")]
struct Worded {
    /// A word or a sign of displeasure.
    agreed: bool,
    /// One of worry.
    worried: bool,
    /// Plain joy.
    happy: bool,
    /// Praise alone.
    kind: bool,
    /// What is wished for reads as displeasure in itself.
    wish: bool,
}

/// The level of the signs, raised or lowered by the head.
fn joined(by_signs: EmotionLevel, reading: &Reading, worded: &Worded) -> EmotionLevel {
    // What reads as praise as well must read so much the more as anger.
    let praised = reading.positive > reading.negative;
    let sure = |probability: f32, alone: f32, likely: f32, sign: bool| {
        let alone = if praised {
            AGAINST_HEARTS.max(alone)
        } else if worded.kind {
            AGAINST_PRAISE.max(alone)
        } else {
            alone
        };
        (reading.whole && probability >= alone) || (sign && probability >= likely)
    };
    let by_head = if worded.happy {
        EmotionLevel::Calm
    } else if sure(reading.angry, SURE_ANGRY, LIKELY_ANGRY, worded.agreed) {
        EmotionLevel::Angry
    } else if sure(reading.upset, if worded.wish { SURE_OF_WISH } else { SURE_UPSET }, LIKELY_UPSET, worded.agreed) {
        EmotionLevel::Upset
    } else if sure(reading.concerned, SURE_CONCERNED, LIKELY_CONCERNED, worded.worried || worded.agreed) {
        EmotionLevel::Concerned
    } else {
        EmotionLevel::Calm
    };
    let believed = match by_signs {
        EmotionLevel::Angry if reading.whole && reading.upset < CONTRADICTED => EmotionLevel::Upset,
        other => other,
    };
    believed.max(by_head)
}

/// How angry, 0 to 1: one half is where anger counts as shown.
fn anger(angry: f32, upset: f32, level: EmotionLevel, reading: Option<&Reading>) -> f32 {
    let by_signs = (angry * 0.8 + upset * 0.3).min(1.0);
    let Some(reading) = reading else { return by_signs };
    let by_level = if level == EmotionLevel::Angry { 0.6 } else { 0.0 };
    reading.anger.max(reading.angry * by_level).max(by_level).max(by_signs.min(if reading.whole { 0.45 } else { 1.0 }))
}

/// The head's, with the words of the lexicon counted beside it, since it knows some languages better than others.
fn sentiment(signs: &Signs, negative: f32, level: EmotionLevel, reading: Option<&Reading>) -> Sentiment {
    if level == EmotionLevel::Angry {
        return Sentiment::Negative;
    }
    // What upsets is negative, unless the wording reads otherwise: tears of joy.
    let negative = if level == EmotionLevel::Upset { negative.max(UPSETTING) } else { negative };
    match reading.filter(|r| r.whole || r.known >= 0.5) {
        Some(reading) => {
            let weighed = |p: f32, words: f32| p * (WORDED * words).exp();
            let (negative, positive) = (weighed(reading.negative, negative), weighed(reading.positive, signs.positive));
            Reading { negative, positive, ..*reading }.sentiment()
        }
        None if negative > signs.positive => Sentiment::Negative,
        None if signs.positive > 0.0 => Sentiment::Positive,
        None => Sentiment::Neutral,
    }
}

/// What the head's reading was, where it had a part in the level or the sentiment.
fn reasons(signs: &mut Signs, level: EmotionLevel, sentiment: Sentiment, reading: Option<&Reading>) {
    let Some(reading) = reading else { return };
    let percent = |p: f32| format!("{:.0} %", p * 100.0);
    match level {
        EmotionLevel::Angry if reading.angry >= LIKELY_ANGRY => signs.cue(reading.angry, CueKind::ReadsAngry, percent(reading.angry)),
        EmotionLevel::Upset | EmotionLevel::Angry if reading.upset >= LIKELY_UPSET => {
            signs.cue(reading.upset * 0.9, CueKind::ReadsUpset, percent(reading.upset));
        }
        EmotionLevel::Concerned if reading.concerned >= LIKELY_CONCERNED => {
            signs.cue(reading.concerned * 0.8, CueKind::ReadsWorried, percent(reading.concerned));
        }
        EmotionLevel::Calm if sentiment == Sentiment::Positive => {
            signs.cue(reading.positive * 0.3, CueKind::ReadsHappy, percent(reading.positive));
        }
        _ => {}
    }
}
