//! What a message means by what was said before it: an answer to a question of ours, or a yes or no to what we restated.
//!
//! Only our own last message is looked at: whoever goes on to another matter is taken at the new word.

use mercator_domain::{
    entity::{Entity, EntityKind},
    intent::Intent,
    message::Author,
    turn::{Evidence, EvidenceCode, EvidenceKind, EvidenceValue},
};

use crate::{
    bot::Read,
    consent::{self, Consent, Restated},
    entities,
    facts::SURE_ENOUGH,
    ports::{HistoryLine, TurnInput},
    questions, request, tokens,
};

/// An answer to a question of ours is at most this long, in words; in scripts without spaces in pairs of letters.
const ANSWER: usize = 40;
/// A message that says with this probability that something else is to be done is no answer.
const ANOTHER: f32 = 0.8;

/// What the conversation before the message makes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Talk {
    /// What is said to what was restated.
    pub consent: Consent,
    /// What the message goes on about, where it answers a question of ours or what we restated.
    pub carried: Option<Intent>,
}

/// Reads a message in the light of ours before it; what it wants is then what the earlier message wanted.
pub(crate) fn take_up(input: &TurnInput, read: &mut Read) -> Talk {
    let mut talk = Talk { consent: Consent::None, carried: None };
    let Some(last) = input.history.last().filter(|line| line.author == Author::Bot && !input.human_owns) else { return talk };
    let wanted = input.history.iter().rev().find(|line| line.author == Author::Contact).and_then(|line| line.intent);
    if let Some(pending) = &input.pending {
        let restated = Restated { request: &pending.request, amount: pending.amount };
        talk.consent = consent::heard(read.content(), &read.language.value.code, &read.understand.value.entities, &restated);
        if talk.consent == Consent::None && is_mumbled(read) {
            talk.consent = Consent::Unclear;
        }
        talk.carried = wanted.filter(|_| talk.consent != Consent::None);
        read.understand.evidence.extend(heard(talk.consent, read.content()));
    } else if last.clarified {
        talk.carried = wanted.filter(|wanted| *wanted != Intent::Other && answers(read));
    }
    if let Some(intent) = talk.carried {
        let guess = &mut read.understand.value.intent;
        (guess.name, guess.in_scope, guess.confidence) = (intent, true, guess.confidence.max(SURE_ENOUGH));
        let why = Evidence::said(EvidenceKind::History, EvidenceCode::CarriedOn, [EvidenceValue::Intent(intent)]);
        read.understand.evidence.push(why);
    }
    talk
}

fn heard(consent: Consent, words: &str) -> Option<Evidence> {
    let words: String = words.chars().take(80).collect();
    let (code, values) = match consent {
        Consent::Yes => (EvidenceCode::SaidYes, vec![EvidenceValue::text(words)]),
        Consent::No => (EvidenceCode::SaidNo, vec![EvidenceValue::text(words)]),
        Consent::Unclear => (EvidenceCode::NoClearYes, vec![]),
        Consent::None => return None,
    };
    Some(Evidence::said(EvidenceKind::Phrase, code, values))
}

/// A word or two that mean nothing by themselves ("hm", "what?"): what was restated is asked once more.
fn is_mumbled(read: &Read) -> bool {
    let guess = &read.understand.value.intent;
    tokens::words(read.content()).len() <= 3 && (guess.name == Intent::Other || !guess.in_scope)
}

/// The message could be the answer to a question of ours: no question itself, and no other clear wish.
fn answers(read: &Read) -> bool {
    let (content, guess) = (read.content(), &read.understand.value.intent);
    let asks = tokens::sentences(content).iter().any(|(_, sentence)| questions::is_asked(sentence));
    let other_wish = guess.in_scope
        && guess.confidence >= ANOTHER
        && (request::can_act(guess.name) || matches!(guess.name, Intent::Thanks | Intent::HumanRequest | Intent::Complaint));
    !asks && !other_wish && tokens::words(content).len() <= ANSWER && read.reading.person.is_none()
}

/// The messages of the buyer on the matter that is carried on, the newest first.
pub(crate) fn before<'a>(input: &'a TurnInput, talk: &Talk) -> Vec<&'a HistoryLine> {
    let Some(intent) = talk.carried else { return vec![] };
    let own = input.history.iter().rev().filter(|line| line.author == Author::Contact);
    own.take_while(|line| line.intent == Some(intent)).collect()
}

/// The order that the matter was about, where the message itself names none.
pub(crate) fn order_before(input: &TurnInput, talk: &Talk, named: &[Entity]) -> Option<Entity> {
    if talk.carried.is_none() || named.iter().any(|entity| entity.kind == EntityKind::OrderId) {
        return None;
    }
    if let Some(number) = input.pending.as_ref().and_then(|action| action.request.order()) {
        return Some(Entity { kind: EntityKind::OrderId, text: number.to_owned(), value: number.to_owned(), start: 0, end: 0 });
    }
    let found = before(input, talk).into_iter().flat_map(|line| entities::find_with(&line.text, &input.own));
    found.into_iter().find(|entity| entity.kind == EntityKind::OrderId)
}
