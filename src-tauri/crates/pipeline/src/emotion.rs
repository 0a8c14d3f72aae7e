//! Stage 5: the feeling of a message, from cues that can be shown: words, capitals, signs, emoji, repeated demands, haste.
//!
//! The level is the feeling expressed with its history, not the gravity of the matter (a calm solicitor is calm); the gravity is
//! `risk`. Everything that moved the level is in the cues, so that a person can see why and correct it.

use mercator_domain::{
    emotion::{Cue, CueKind, Emotion, EmotionLevel, Sentiment},
    intent::Intent,
    message::Author,
    moment::{MINUTE_MS, Moment},
};

use crate::{
    error::PipelineError,
    fold::{Folded, fold},
    lexicon::{self, Hit, Lexicon},
    ports::HistoryLine,
    tokens,
};

/// The arrays of a file, in the order of the categories.
pub(crate) const ARRAYS: &[&str] = &["concerned", "upset", "angry", "positive", "urgency", "mitigation"];
const CONCERNED: u8 = 0;
const UPSET: u8 = 1;
const ANGRY: u8 = 2;
const POSITIVE: u8 = 3;
const URGENCY: u8 = 4;
const MITIGATION: u8 = 5;

/// Messages closer together than this, without an answer between, are haste.
const SHORT_INTERVAL_MS: i64 = 10 * MINUTE_MS;

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
        Self { language: language.to_owned(), lexicon: Lexicon::new(words.iter().copied(), lexicon::Script::of(language)) }
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
}

/// Running sums.
#[derive(Default)]
struct Signs {
    concerned: f32,
    upset: f32,
    angry: f32,
    positive: f32,
    urgency: f32,
    mitigation: f32,
    cues: Vec<(f32, Cue)>,
}

impl Signs {
    fn cue(&mut self, weight: f32, kind: CueKind, text: impl Into<String>) {
        let cue = Cue { kind, text: text.into() };
        if !self.cues.iter().any(|(_, c)| *c == cue) {
            self.cues.push((weight, cue));
        }
    }
}

/// The feeling of a message. `text` is the folded `original`.
pub fn feel(original: &str, text: &Folded, words: &[&EmotionWords], context: &Context) -> Emotion {
    let mut signs = Signs::default();
    for of in words {
        for hit in of.lexicon.find(text) {
            keyword(&mut signs, original, text, &hit, &of.language);
        }
    }
    emoji(&mut signs, original);
    let worded = signs.angry + signs.upset + signs.concerned;
    let happy = signs.positive > 0.0 && worded < 0.3;
    if !happy {
        loudness(&mut signs, original);
    }
    past(&mut signs, original, context);
    if context.intent == Intent::Complaint && !happy {
        signs.upset += 0.3;
    }
    conclude(signs, happy)
}

/// A word or phrase of the lexicon; turned around when it is negated.
fn keyword(signs: &mut Signs, original: &str, text: &Folded, hit: &Hit, language: &str) {
    let shown = original.get(hit.original.clone()).unwrap_or_default().to_owned();
    let negated = matches!(hit.category, CONCERNED | UPSET | ANGRY | POSITIVE) && lexicon::negated(text, hit, language);
    // The first word of a kind weighs most; more of them add less.
    let further = |sum: f32, first: f32, more: f32| if sum > 0.0 { more } else { first };
    match (hit.category, negated) {
        (CONCERNED, false) => {
            signs.concerned += further(signs.concerned, 0.45, 0.15);
            signs.cue(0.45, CueKind::Keyword, shown);
        }
        (UPSET, false) => {
            signs.upset += further(signs.upset, 0.5, 0.25);
            signs.cue(0.6, CueKind::Keyword, shown);
        }
        (ANGRY, false) => {
            signs.angry += further(signs.angry, 0.7, 0.25);
            signs.cue(0.9, CueKind::Keyword, shown);
        }
        (POSITIVE, false) => {
            signs.positive += further(signs.positive, 0.5, 0.2);
            signs.cue(0.3, CueKind::Keyword, shown);
        }
        (POSITIVE, true) => {
            signs.upset += 0.45;
            signs.cue(0.5, CueKind::Keyword, shown);
        }
        (URGENCY, _) => {
            signs.urgency += further(signs.urgency, 0.5, 0.2);
            signs.cue(0.4, CueKind::Urgency, shown);
        }
        (MITIGATION, _) => {
            signs.mitigation += further(signs.mitigation, 0.25, 0.1);
            signs.cue(0.2, CueKind::Mitigation, shown);
        }
        _ => {}
    }
}

fn emoji(signs: &mut Signs, text: &str) {
    for c in text.chars() {
        let weight = match c {
            '😡' | '🤬' | '👿' | '💢' | '🖕' => {
                signs.angry = (signs.angry + 0.6).min(1.5);
                0.8
            }
            '😠' | '😤' | '👎' | '🙄' | '😒' | '😞' | '😣' | '😩' | '😫' => {
                signs.upset = (signs.upset + 0.4).min(1.5);
                0.5
            }
            '😢' | '😭' | '😟' | '😰' | '😨' | '😥' | '😓' | '😕' | '🥺' | '☹' => {
                signs.concerned = (signs.concerned + 0.4).min(1.0);
                0.4
            }
            '😊' | '😀' | '😃' | '😄' | '😁' | '🙂' | '😍' | '🥰' | '❤' | '👍' | '🎉' | '🙏' | '😂' | '🤣' | '😉' | '👏' | '💕' =>
            {
                signs.positive = (signs.positive + 0.4).min(1.5);
                0.3
            }
            _ => continue,
        };
        signs.cue(weight, CueKind::Emoji, c);
    }
}

/// Capitals, repeated marks, drawn-out letters: they make a feeling stronger, and on their own are impatience.
fn loudness(signs: &mut Signs, text: &str) {
    let cased = text.chars().filter(|c| c.is_lowercase() || c.is_uppercase()).count();
    let upper = text.chars().filter(|c| c.is_uppercase()).count();
    let shouted: Vec<&str> = text
        .split_whitespace()
        .filter(|w| w.chars().filter(|c| c.is_uppercase()).count() >= 3 && !w.chars().any(|c| c.is_lowercase() || c.is_ascii_digit()))
        .collect();
    if (cased >= 10 && upper * 10 >= cased * 6 && shouted.len() >= 2) || shouted.len() >= 3 {
        signs.upset += 0.35;
        signs.cue(0.5, CueKind::Caps, shouted.join(" ").chars().take(60).collect::<String>());
    }
    if let Some(marks) = repeated_marks(text) {
        signs.upset += if marks.chars().count() >= 3 { 0.3 } else { 0.12 };
        signs.cue(0.4, CueKind::Punctuation, marks.chars().take(12).collect::<String>());
    }
    if let Some(word) = drawn_out(text) {
        signs.upset += 0.1;
        signs.cue(0.2, CueKind::Elongation, word);
    }
}

/// The longest run of exclamation and question marks, from two on, if one of them exclaims or there are three.
fn repeated_marks(text: &str) -> Option<String> {
    let is_mark = |c: char| matches!(c, '!' | '?' | '！' | '？' | '؟' | '‼' | '⁉');
    let mut longest = String::new();
    let mut run = String::new();
    for c in text.chars().chain(std::iter::once(' ')) {
        if is_mark(c) {
            run.push(c);
            continue;
        }
        if run.chars().count() > longest.chars().count() {
            longest = std::mem::take(&mut run);
        }
        run.clear();
    }
    (longest.chars().count() >= 2).then_some(longest)
}

/// A word with a letter four times in a row, or a vowel three times.
fn drawn_out(text: &str) -> Option<String> {
    text.split_whitespace().find_map(|word| {
        let (mut last, mut run) = (' ', 0u8);
        for c in word.chars().flat_map(char::to_lowercase) {
            run = if c == last { run.saturating_add(1) } else { 1 };
            last = c;
            let vowel = matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'а' | 'е' | 'и' | 'о' | 'у');
            if c.is_alphabetic() && (run >= 4 || (vowel && run >= 3 && !word.starts_with("www"))) {
                return Some(word.chars().take(40).collect());
            }
        }
        None
    })
}

/// The history: the same demand again, a short interval, anger that has not gone.
fn past(signs: &mut Signs, original: &str, context: &Context) {
    let earlier: Vec<&HistoryLine> = context.history.iter().filter(|l| l.author == Author::Contact).collect();
    let asks = !matches!(context.intent, Intent::Thanks | Intent::Feedback | Intent::Other);
    let now = word_set(original);
    let again = earlier.iter().filter(|l| asks && (l.intent == Some(context.intent) || overlap(&now, &word_set(&l.text)) > 0.6)).count();
    if again > 0 {
        let weight = if again == 1 { 0.2 } else { 0.45 };
        if again == 1 {
            signs.concerned += 0.3;
        } else {
            signs.upset += weight;
        }
        signs.cue(weight, CueKind::RepeatedDemand, (again + 1).to_string());
    }
    let unanswered = context.history.iter().rev().take_while(|l| l.author == Author::Contact).filter(|l| {
        let gap = context.at.since(l.at);
        (0..SHORT_INTERVAL_MS).contains(&gap)
    });
    let quick = unanswered.count();
    if quick > 0 {
        signs.urgency += 0.2;
        if quick > 1 {
            signs.upset += 0.15;
        }
        signs.cue(0.2, CueKind::ShortInterval, (quick + 1).to_string());
    }
    let hot = earlier.last().and_then(|l| l.emotion).is_some_and(|e| e >= EmotionLevel::Upset);
    if hot && signs.upset + signs.angry > 0.2 {
        signs.upset += 0.2;
    }
}

fn word_set(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words: Vec<String> = tokens::words(&folded).into_iter().take(200).map(str::to_owned).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Share of words in common, of the smaller set; messages of few words are not compared.
fn overlap(a: &[String], b: &[String]) -> f32 {
    let smaller = a.len().min(b.len());
    if smaller < 3 {
        return 0.0;
    }
    let common = a.iter().filter(|w| b.binary_search(w).is_ok()).count();
    #[allow(clippy::cast_precision_loss, reason = "At most 200 words.")]
    let share = common as f32 / smaller as f32;
    share
}

fn conclude(mut signs: Signs, happy: bool) -> Emotion {
    let calmed = |sum: f32| (sum - signs.mitigation).max(0.0);
    let (angry, upset) = (calmed(signs.angry), calmed(signs.upset));
    // Real anger beside a thanks stays anger; disappointment beside much praise is mild.
    let upset = if signs.positive > signs.upset && signs.angry < 0.3 { upset * 0.5 } else { upset };
    let level = if angry >= 0.6 || upset >= 1.1 || (angry >= 0.4 && upset >= 0.4) {
        EmotionLevel::Angry
    } else if upset >= 0.4 || angry >= 0.3 {
        EmotionLevel::Upset
    } else if signs.concerned >= 0.3 && !happy {
        EmotionLevel::Concerned
    } else {
        EmotionLevel::Calm
    };
    let negative = angry + upset;
    let sentiment = if level >= EmotionLevel::Upset || negative > signs.positive {
        Sentiment::Negative
    } else if signs.positive > 0.0 {
        Sentiment::Positive
    } else {
        Sentiment::Neutral
    };
    signs.cues.sort_by(|a, b| b.0.total_cmp(&a.0));
    Emotion {
        level,
        sentiment,
        anger: (angry * 0.8 + upset * 0.3).min(1.0),
        urgency: signs.urgency.min(1.0),
        cues: signs.cues.into_iter().map(|(_, cue)| cue).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> EmotionWords {
        EmotionWords::of(
            "en",
            &[
                (CONCERNED, "worried"),
                (UPSET, "disappointed"),
                (UPSET, "unacceptable"),
                (ANGRY, "angry"),
                (ANGRY, "liars"),
                (POSITIVE, "happy"),
                (POSITIVE, "love"),
                (POSITIVE, "thank you"),
                (URGENCY, "urgent"),
                (MITIGATION, "just kidding"),
            ],
        )
    }

    fn level(text: &str, history: &[HistoryLine]) -> Emotion {
        feel(text, &Folded::new(text), &[&english()], &Context { history, at: Moment(3_600_000), intent: Intent::OrderStatus })
    }

    #[test]
    fn levels_from_words_and_signs() {
        let check = |text: &str, expect: EmotionLevel| assert_eq!(level(text, &[]).level, expect, "{text}");
        check("Where is my order?", EmotionLevel::Calm);
        check("I am worried about my parcel", EmotionLevel::Concerned);
        check("I am disappointed.", EmotionLevel::Upset);
        check("I am so angry, you liars", EmotionLevel::Angry);
        check("WHERE IS MY ORDER???", EmotionLevel::Upset);
        check("THIS IS UNACCEPTABLE!!! WHERE IS IT", EmotionLevel::Angry);
        check("I LOVE IT SO MUCH!!!! Thank you!!!", EmotionLevel::Calm);
        check("I'm not angry, only asking", EmotionLevel::Calm);
        check("I am not happy with this", EmotionLevel::Upset);
        check("🤬", EmotionLevel::Angry);
        check("You liars, just kidding", EmotionLevel::Upset);
    }

    #[test]
    fn f1_cues_are_shown_as_they_stand() {
        let got = level("This is UNACCEPTABLE, urgent!!! 😡", &[]);
        let shown: Vec<_> = got.cues.iter().map(|c| (c.kind, c.text.as_str())).collect();
        for expect in
            [(CueKind::Keyword, "UNACCEPTABLE"), (CueKind::Punctuation, "!!!"), (CueKind::Emoji, "😡"), (CueKind::Urgency, "urgent")]
        {
            assert!(shown.contains(&expect), "{expect:?} in {shown:?}");
        }
        assert!(got.urgency > 0.0 && got.anger > 0.5);
    }

    #[test]
    fn f1_repeated_demand_and_short_interval_raise_the_level() {
        let line = |minutes: i64| HistoryLine {
            author: Author::Contact,
            text: "Where is my order?".into(),
            at: Moment(3_600_000 - minutes * MINUTE_MS),
            intent: Some(Intent::OrderStatus),
            emotion: None,
            clarified: false,
        };
        assert_eq!(level("Where is my order?", &[line(50)]).level, EmotionLevel::Concerned);
        let third = level("Where is my order?", &[line(50), line(3)]);
        assert_eq!(third.level, EmotionLevel::Upset);
        let kinds: Vec<_> = third.cues.iter().map(|c| c.kind).collect();
        assert!(kinds.contains(&CueKind::RepeatedDemand) && kinds.contains(&CueKind::ShortInterval));
    }
}
