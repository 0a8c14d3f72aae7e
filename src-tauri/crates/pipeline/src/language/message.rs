//! A message as the stage sees it: its words by writing system, judged by the system that most of it is in.

use mercator_domain::{
    language::Language,
    turn::{Evidence, EvidenceCode, EvidenceKind, EvidenceValue, LanguageGuess},
};

use super::{
    Guess, han,
    judge::Judged,
    letters::{self, Word},
    mixed,
    model::{self, Model, Reading},
    prior::Prior,
    script::Script,
    words::{self, is_shared},
};
use crate::fold::fold;

/// Confidence where the message says nothing at all.
const NOTHING: f32 = 0.3;

/// Confidence of a language that a writing system decides alone; one letter of it might be a slip.
const ALONE: f32 = 0.99;
const ONE_LETTER: f32 = 0.8;

/// Confidence of a language is lowered by so much where another is mixed in.
const MIXED: f32 = 0.7;

/// A language with less confidence is not the main one of a message, so nothing can be said to be mixed into it.
const MAIN: f32 = 0.45;

/// A message of so many words is a greeting or an answer.
const FEW: usize = 3;

/// A message as the stage sees it.
pub struct Message<'m, 'a> {
    model: Option<&'m Model<'a>>,
    pub(super) words: Vec<Word>,
    /// Letters by writing system, most first; weighted, so that a system of few letters a word counts its words.
    shares: Vec<(Script, f32)>,
}

impl<'m, 'a> Message<'m, 'a> {
    /// Takes the words out of a text.
    pub fn new(text: &str, model: Option<&'m Model<'a>>) -> Self {
        let words = letters::words(text);
        let mut shares: Vec<(Script, f32)> = vec![];
        for word in &words {
            let weight = word.text.chars().map(|_| letter_weight(word)).sum::<f32>();
            let script = if word.script == Script::Kana { Script::Han } else { word.script };
            match shares.iter_mut().find(|(known, _)| *known == script) {
                Some((_, sum)) => *sum += weight,
                None => shares.push((script, weight)),
            }
        }
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        Self { model, words, shares }
    }

    /// The language by the system that most of the text is written in, and whether another one is mixed in.
    pub fn judge(&self, prior: &Prior, conversation: Option<&Language>) -> Guess {
        let Some((script, most)) = self.shares.first().copied() else { return unsure(why(EvidenceCode::NoWords), prior, conversation) };
        let (mut guess, mut confidence, mut evidence) = self.by_script(script, prior, conversation);
        if let Some(other) = self.mixed_in(script, most, &guess, confidence) {
            // Which of the two to answer in is open, and what the message says of its writer is not to be learned.
            (guess.mixed, guess.unsure) = (true, true);
            confidence *= MIXED;
            evidence.push(Evidence::said(EvidenceKind::Script, EvidenceCode::MixedIn, [other]));
        }
        (guess, confidence, evidence)
    }

    fn by_script(&self, script: Script, prior: &Prior, conversation: Option<&Language>) -> Guess {
        if let Some(code) = script.alone().or_else(|| self.is_japanese(script).then_some("ja")) {
            return self.alone(script, code);
        }
        let words: Vec<&Word> = self.of(script).collect();
        let Some(table) = self.model.and_then(|model| model.table(script)) else {
            return by_vote(script, &words, prior, conversation);
        };
        let mut reading = table.weigh(words.iter().copied());
        if script == Script::Han {
            han::steady(&mut reading, &words);
        }
        if words.len() <= FEW {
            greet(&mut reading, &words);
        }
        if reading.pieces <= 0.0 {
            return unsure(why(EvidenceCode::SharedWords), prior, conversation);
        }
        let Some(judged) = Judged::new(&reading, prior, conversation) else {
            return unsure(why(EvidenceCode::NoLanguageModel), prior, conversation);
        };
        told(&judged, words.len(), prior, conversation)
    }

    /// The words of a writing system that tell something.
    fn of(&self, script: Script) -> impl Iterator<Item = &Word> {
        self.words.iter().filter(move |word| word.script == script && !is_shared(&word.text))
    }

    /// Japanese text has Kana between its Chinese characters; a Chinese one at most a single の.
    fn is_japanese(&self, script: Script) -> bool {
        let count = |script: Script| self.words.iter().filter(|w| w.script == script).map(|w| w.text.chars().count()).sum::<usize>();
        let kana = count(Script::Kana);
        script == Script::Han && kana > 0 && kana * 8 >= count(Script::Han) + kana
    }

    fn alone(&self, script: Script, code: &str) -> Guess {
        let letters: usize = self.words.iter().filter(|word| word.script == script).map(|word| word.text.chars().count()).sum();
        // Tigrinya is written in the same letters as Amharic: it is the likelier of the two and no more.
        let shared = script == Script::Ethiopic;
        let confidence = if shared {
            0.6
        } else if letters < 2 && code != "ja" {
            ONE_LETTER
        } else {
            ALONE
        };
        let code = Language::parse(code).unwrap_or_else(Language::english);
        let values = [EvidenceValue::count(letters), EvidenceValue::language(&code)];
        let evidence = vec![Evidence::said(EvidenceKind::Script, EvidenceCode::ScriptLetters, values)];
        (LanguageGuess { code, unsure: shared, mixed: false }, confidence, evidence)
    }

    /// Another language beside the one that was found.
    fn mixed_in(&self, script: Script, most: f32, guess: &LanguageGuess, confidence: f32) -> Option<EvidenceValue> {
        let table = self.model?.table(Script::Latin)?;

        let latin: Vec<&Word> = self.of(Script::Latin).collect();
        if script == Script::Latin {
            let other = self.shares.get(1).filter(|(_, letters)| letters * 5.0 >= most);
            return other.map(|(script, _)| system(*script)).or_else(|| {
                let main = guess.code.code();
                if confidence < MAIN { None } else { mixed::other(table, &latin, main).map(spoken) }
            });
        }
        let second = self.shares.iter().skip(1).find(|(other, letters)| *other != Script::Latin && letters * 5.0 >= most);
        second.map(|(script, _)| system(*script)).or_else(|| {
            let share = self.shares.iter().find(|(other, _)| *other == Script::Latin).map_or(0.0, |(_, letters)| *letters);
            let foreign = if share * 4.0 > most { mixed::other(table, &latin, guess.code.code()) } else { None };
            foreign.map(spoken)
        })
    }
}

/// A Chinese character says about as much as three Latin letters, a Korean or Kana one as two; names count less.
fn letter_weight(word: &Word) -> f32 {
    match word.script {
        Script::Han => 4.0,
        Script::Hangul | Script::Kana => 3.0,
        Script::Latin if word.named => model::NAMED,
        Script::Latin => 1.0,
        // Whoever writes in another system puts names in Latin letters between; the other way round is rare.
        _ => 1.6,
    }
}

/// In a message of a few words each greeting or small word of one language alone counts once more: customers write just these,
/// while the model has learned from texts in which each word is one of many.
fn greet(reading: &mut Reading, words: &[&Word]) {
    for code in words.iter().filter_map(|word| words::language_of(&fold(&word.text))) {
        let place = reading.table.languages.iter().position(|known| *known == code);
        if let Some(score) = place.and_then(|at| reading.scores.get_mut(at)) {
            *score += words::GREETING;
        }
    }
}

/// A reason that needs no values.
fn why(code: EvidenceCode) -> Evidence {
    Evidence::said(EvidenceKind::Phrase, code, [])
}

/// A language of the model; a tilde in front marks one that the product does not name itself.
fn spoken(code: &str) -> EvidenceValue {
    EvidenceValue::Language(code.trim_start_matches('~').to_owned())
}

fn system(script: Script) -> EvidenceValue {
    EvidenceValue::Script(script.iso().to_owned())
}

/// A judgement as the stage's result.
fn told(judged: &Judged, words: usize, prior: &Prior, conversation: Option<&Language>) -> Guess {
    let Judged { code, share, next } = judged;
    let first = [spoken(code), EvidenceValue::share(*share)];
    let words = EvidenceValue::count(words);
    let why = match next {
        Some((next, share)) => {
            let values = first.into_iter().chain([spoken(next), EvidenceValue::share(*share), words]);
            Evidence::said(EvidenceKind::Phrase, EvidenceCode::LanguageShares, values)
        }
        None => Evidence::said(EvidenceKind::Phrase, EvidenceCode::LanguageShare, first.into_iter().chain([words])),
    };
    let sure = judged.is_sure();
    if !sure && !judged.is_offered() {
        return unsure(why, prior, conversation);
    }
    let code = Language::parse(code).unwrap_or_else(Language::english);
    let evidence = vec![why];
    (LanguageGuess { code, unsure: !sure, mixed: false }, share.min(ALONE), evidence)
}

/// Without a model: the main language of the system, or a vote of small words.
fn by_vote(script: Script, words: &[&Word], prior: &Prior, conversation: Option<&Language>) -> Guess {
    let code = match script {
        Script::Latin => words::vote(words),
        Script::Cyrillic => Some("ru"),
        Script::Arabic => Some("ar"),
        Script::Han => Some("zh"),
        _ => Some("hi"),
    };
    let Some(code) = code.and_then(Language::parse) else { return unsure(why(EvidenceCode::NoLanguageModel), prior, conversation) };
    (LanguageGuess { code, unsure: false, mixed: false }, 0.75, vec![why(EvidenceCode::SmallWords)])
}

/// The message does not tell: what is known of the writer does.
fn unsure(why: Evidence, prior: &Prior, conversation: Option<&Language>) -> Guess {
    let (code, from) = prior.fallback(conversation);
    let evidence = vec![why, Evidence::said(EvidenceKind::History, from, [EvidenceValue::language(&code)])];
    (LanguageGuess { code, unsure: true, mixed: false }, NOTHING, evidence)
}
