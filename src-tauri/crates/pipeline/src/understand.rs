//! Stage 4: what the buyer wants, and what the message names.
//!
//! Long messages are read sentence by sentence: a greeting or a thanks beside a question is not the matter. Also tells whether a
//! person is asked for anywhere in the message, and whether the message asks about a rule of the shop rather than for an action.

use mercator_domain::{
    entity::Entity,
    intent::{Intent, IntentGuess, ScoredIntent},
    language::Language,
    turn::{Evidence, EvidenceCode, EvidenceKind, EvidenceValue, Understood},
};

use crate::{
    entities::{self, OwnNumbers},
    intents::{IntentScores, Models},
    person, questions, tokens,
};

/// From this on a message counts as being about something that the examples are about (`intents::scope`: both sides alike there).
const IN_SCOPE: f32 = 0.5;
/// A further intent is named when a sentence of its own says it with this probability.
const CLEAR: f32 = 0.6;
/// A sentence that asks for a person with this probability is enough.
const PERSON: f32 = 0.7;
/// More sentences than this are not looked at one by one.
const SENTENCES: usize = 12;
/// How many alternatives are given.
const ALTERNATIVES: usize = 3;

/// What the stage found, with two signs that only the rules need.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Intent and entities.
    pub understood: Understood,
    /// The words that ask for a person.
    pub person: Option<String>,
    /// It asks how something is done or whether it is allowed, not for it to be done.
    pub asks_about_rule: bool,
    /// It says that a payment of the writer's went wrong.
    pub payment_failed: bool,
    /// The probability of each of `Intent::ALL`; nothing where no model tells.
    pub probabilities: Vec<f32>,
    /// The sentence vector of the whole text, for the stages behind, so that the encoder runs once.
    pub vector: Option<Vec<f32>>,
    /// Why.
    pub evidence: Vec<Evidence>,
}

/// Makes sentence vectors of several texts at once; `None` where there is no encoder.
pub type Vectors<'a> = &'a dyn Fn(&[&str]) -> Option<Vec<Vec<f32>>>;

/// Reads a visible text. `subject` helps when the text alone says little; `own` are the shop's own numbers.
pub fn understand(text: &str, subject: &str, language: &Language, own: &OwnNumbers, models: &Models, vectors: Vectors) -> Reading {
    let entities = entities::find_with(text, own);
    let masked = mask(text, &entities);
    let mut evidence = Vec::new();
    let mut read = join(&masked, language, models, vectors);
    // That of the text without its subject, which may be none of the writer's words.
    let vector = read.vector.take();
    if best(&read.probabilities) < 0.5 && !subject.trim().is_empty() {
        let with_subject = join(&format!("{subject}\n{masked}"), language, models, vectors);
        if best(&with_subject.probabilities) > best(&read.probabilities) {
            evidence.push(phrase(EvidenceCode::SubjectHelped, None));
            read = with_subject;
        }
    }
    if let Some(model) = read.model {
        evidence.push(examples(model, read.in_scope));
    }
    if let Some(intent) = models.anywhere(text).filter(|_| best(&read.probabilities) < 0.8) {
        evidence.push(phrase(EvidenceCode::WholeExample, Some(EvidenceValue::Intent(intent))));
        raise(&mut read.probabilities, intent, 0.9);
        read.in_scope = 1.0;
    }
    let person = person::request(text).or(read.person);
    if let Some(words) = &person {
        evidence.push(phrase(EvidenceCode::PersonWords, Some(EvidenceValue::text(words))));
        raise(&mut read.probabilities, Intent::HumanRequest, 0.85);
    }
    let intent = guess(&read.probabilities, read.in_scope, person.is_some());
    let also = read.clear.into_iter().filter(|scored| scored.name != intent.name).collect();
    let payment_failed = questions::payment_failed(text);
    if payment_failed {
        evidence.push(phrase(EvidenceCode::PaymentFailed, None));
    }
    Reading {
        asks_about_rule: questions::asks_about_rule(text),
        payment_failed,
        probabilities: read.probabilities,
        vector,
        understood: Understood { intent, also, entities },
        person,
        evidence,
    }
}

fn phrase(code: EvidenceCode, value: Option<EvidenceValue>) -> Evidence {
    Evidence::said(EvidenceKind::Phrase, code, value)
}

/// Which examples told the intent: those of one language, or all together.
fn examples(model: &str, in_scope: f32) -> Evidence {
    let sure = EvidenceValue::share(in_scope);
    match Language::parse(model) {
        Some(language) => Evidence::said(EvidenceKind::Phrase, EvidenceCode::ExamplesOf, [EvidenceValue::language(&language), sure]),
        None => phrase(EvidenceCode::ExamplesOfAll, Some(sure)),
    }
}

/// Numbers, names of mail and links tell nothing about the intent, and an order number is like any other.
pub(crate) fn mask(text: &str, entities: &[Entity]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for e in entities {
        use mercator_domain::entity::EntityKind::{Email, OrderId, Phone, TrackingNumber, Url};
        if !matches!(e.kind, Email | OrderId | Phone | TrackingNumber | Url) {
            continue;
        }
        out.push_str(text.get(at..e.start as usize).unwrap_or_default());
        out.push_str(if matches!(e.kind, OrderId | TrackingNumber | Phone) { "0" } else { " " });
        at = e.end as usize;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// A message read as a whole and sentence by sentence.
#[derive(Default)]
struct Joined {
    model: Option<&'static str>,
    /// Of the whole.
    vector: Option<Vec<f32>>,
    probabilities: Vec<f32>,
    in_scope: f32,
    person: Option<String>,
    /// What sentences of their own say clearly, each intent once.
    clear: Vec<ScoredIntent>,
}

/// The whole and its sentences, each sentence weighed by how much it says; courtesy counts only when there is nothing else.
fn join(text: &str, language: &Language, models: &Models, vectors: Vectors) -> Joined {
    let mut parts = vec![text];
    let sentences: Vec<&str> = tokens::sentences(text).into_iter().take(SENTENCES).map(|(_, sentence)| sentence).collect();
    if sentences.len() > 1 {
        parts.extend(&sentences);
    }
    let mut made = vectors(&parts).unwrap_or_default().into_iter();
    let vector = made.next();
    let Some((model, whole)) = models.scores(text, language, vector.as_deref()) else {
        return Joined { vector, probabilities: vec![0.0; Intent::ALL.len()], ..Joined::default() };
    };
    let mut joined = Joined { model: Some(model), vector, in_scope: whole.in_scope, ..Joined::default() };
    let read: Vec<(&str, IntentScores)> = parts
        .iter()
        .skip(1)
        .filter_map(|part| models.scores(part, language, made.next().as_deref()).map(|(_, scores)| (*part, scores)))
        .collect();
    let asks_for_person = |s: &IntentScores| s.of(Intent::HumanRequest) >= PERSON && s.in_scope >= IN_SCOPE;
    if read.is_empty() || whole.exact {
        joined.person = asks_for_person(&whole).then(|| text.trim().to_owned());
        joined.probabilities = whole.probabilities;
        return joined;
    }
    joined.person = read.iter().find(|(_, s)| asks_for_person(s)).map(|(text, _)| (*text).to_owned());
    weigh(&mut joined, &whole, &read);
    joined
}

/// Joins the sentences' probabilities with those of the whole.
fn weigh(joined: &mut Joined, whole: &IntentScores, read: &[(&str, IntentScores)]) {
    let courtesy = |s: &IntentScores| matches!(s.best().0, Intent::Thanks | Intent::Other);
    let matter = read.iter().any(|(_, s)| !courtesy(s) && s.best().1 >= 0.4);
    let mut sums = vec![0.0f32; whole.probabilities.len()];
    let mut weights = 0.0f32;
    for (text, scores) in read {
        #[allow(clippy::cast_precision_loss, reason = "A sentence's length.")]
        let length = (text.chars().count() as f32).sqrt().min(10.0);
        // A clear sentence says more than several vague ones.
        let weight = length * scores.best().1 * scores.in_scope.max(0.1) * if matter && courtesy(scores) { 0.1 } else { 1.0 };
        weights += weight;
        sums.iter_mut().zip(&scores.probabilities).for_each(|(sum, p)| *sum += p * weight);
        joined.in_scope = joined.in_scope.max(scores.in_scope);
        let (name, confidence) = scores.best();
        if !courtesy(scores) && confidence >= CLEAR && scores.in_scope >= IN_SCOPE {
            match joined.clear.iter_mut().find(|c| c.name == name) {
                Some(known) => known.confidence = known.confidence.max(confidence),
                None => joined.clear.push(ScoredIntent { name, confidence }),
            }
        }
    }
    joined.probabilities = if weights > 0.0 {
        sums.iter().zip(&whole.probabilities).map(|(s, w)| 0.6 * s / weights + 0.4 * w).collect()
    } else {
        whole.probabilities.clone()
    };
}

fn best(probabilities: &[f32]) -> f32 {
    probabilities.iter().copied().fold(0.0, f32::max)
}

/// Gives one intent at least this probability, the others the rest.
fn raise(probabilities: &mut [f32], intent: Intent, to: f32) {
    let Some(at) = Intent::ALL.iter().position(|i| *i == intent) else { return };
    let now = probabilities.get(at).copied().unwrap_or(0.0);
    if now >= to {
        return;
    }
    let rest = (1.0 - to) / (1.0 - now).max(f32::EPSILON);
    for (i, p) in probabilities.iter_mut().enumerate() {
        *p = if i == at { to } else { *p * rest };
    }
}

fn guess(probabilities: &[f32], in_scope: f32, person: bool) -> IntentGuess {
    let mut ranked: Vec<(Intent, f32)> = Intent::ALL.iter().copied().zip(probabilities.iter().copied()).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let (mut name, mut confidence) = ranked.first().copied().unwrap_or((Intent::Other, 0.0));
    // Several readings of "where is my parcel" share its probability: together they may be likelier than the first.
    let about_parcel = |intent: Intent| matches!(intent, Intent::OrderStatus | Intent::TrackingProblem | Intent::DeliveryTime);
    let together: f32 = ranked.iter().filter(|(i, _)| about_parcel(*i)).map(|(_, p)| p).sum();
    if !person && !about_parcel(name) && confidence < 0.5 && together > confidence * 1.25 {
        let best = ranked.iter().position(|(i, _)| about_parcel(*i)).unwrap_or(0);
        ranked.get_mut(..=best).into_iter().for_each(|head| head.rotate_right(1));
        (name, confidence) = (ranked.first().map_or(name, |(i, _)| *i), together);
    }
    let alternatives =
        ranked.iter().skip(1).take(ALTERNATIVES).map(|(name, confidence)| ScoredIntent { name: *name, confidence: *confidence }).collect();
    let in_scope = person || (name != Intent::Other && in_scope >= IN_SCOPE);
    IntentGuess { name, confidence, in_scope, alternatives }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    fn intent(text: &str, code: &str) -> (Intent, bool) {
        static MODELS: LazyLock<Models> = LazyLock::new(|| Models::load(crate::support::intents(), &[]).unwrap());
        let vectors = |texts: &[&str]| crate::support::encoder().map(|encoder| encoder.vectors(texts));
        let reading = understand(text, "", &Language::parse(code).unwrap(), &OwnNumbers::default(), &MODELS, &vectors);
        (reading.understood.intent.name, reading.understood.intent.in_scope)
    }

    #[test]
    fn d5_intents_of_whole_messages() {
        let check = |text: &str, code: &str, expect: Intent| assert_eq!(intent(text, code).0, expect, "{text}");
        check("Hello,\n\nI ordered two weeks ago. Where is my order #10023?\n\nThanks and kind regards\nAnn", "en", Intent::OrderStatus);
        check("Hi there! The glass of the lamp arrived broken. Here is a photo.", "en", Intent::DamagedItem);
        check("Please cancel order 10023, I ordered it twice.", "en", Intent::OrderCancel);
        check("Guten Tag, wo bleibt meine Bestellung 10023? Vielen Dank!", "de", Intent::OrderStatus);
        check("Bonjour, je voudrais me faire rembourser. Merci", "fr", Intent::RefundRequest);
        check("你好，我的包裹到哪里了？谢谢", "zh", Intent::OrderStatus);
        check("Thank you very much!", "en", Intent::Thanks);
    }

    #[test]
    fn out_of_scope_is_said_so() {
        let check = |text: &str| assert!(!intent(text, "en").1, "{text}");
        check("We offer SEO services for your website at a great price");
        check("xkcd qwerty zzz");
        check("👍👍");
    }
}
