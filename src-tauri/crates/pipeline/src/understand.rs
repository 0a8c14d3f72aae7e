//! Stage 4: what the buyer wants, and what the message names.
//!
//! Long messages are read sentence by sentence: a greeting or a thanks beside a question is not the matter. Also tells whether a
//! person is asked for anywhere in the message, and whether the message asks about a rule of the shop rather than for an action.

use mercator_domain::{
    entity::Entity,
    intent::{Intent, IntentGuess, ScoredIntent},
    language::Language,
    turn::{Evidence, Understood},
};

use crate::{
    entities,
    intents::{IntentModel, IntentScores, Models},
    person, questions, tokens,
};

/// Below this probability a message counts as not understood at all.
const IN_SCOPE: f32 = 0.25;
/// With fewer known words than this the model guesses.
const KNOWN: f32 = 0.2;
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
    /// Why.
    pub evidence: Vec<Evidence>,
}

/// Reads a visible text. `subject` helps when the text alone says little.
pub fn understand(text: &str, subject: &str, language: &Language, models: &Models) -> Reading {
    let entities = entities::find(text);
    let masked = mask(text, &entities);
    let mut evidence = Vec::new();
    let mut probabilities = vec![0.0; Intent::ALL.len()];
    let mut known = 0.0;
    let mut person_sentence = None;
    if let Some((code, model)) = models.of(language) {
        let read = join(&masked, model.as_ref());
        (probabilities, known, person_sentence) = (read.probabilities, read.known, read.person);
        if best(&probabilities) < 0.5 && !subject.trim().is_empty() {
            let with_subject = join(&format!("{subject}\n{masked}"), model.as_ref());
            if best(&with_subject.probabilities) > best(&probabilities) {
                evidence.push(Evidence::new("phrase", "the subject helped"));
                (probabilities, known) = (with_subject.probabilities, with_subject.known.max(known));
            }
        }
        evidence.push(Evidence::new("phrase", format!("examples of {code}, {:.0} % of the words known", known * 100.0)));
    }
    if let Some(intent) = models.anywhere(text).filter(|_| best(&probabilities) < 0.8) {
        evidence.push(Evidence::new("phrase", format!("the whole message is an example of {intent}")));
        raise(&mut probabilities, intent, 0.9);
        known = 1.0;
    }
    let person = person::request(text).or(person_sentence);
    if let Some(words) = &person {
        evidence.push(Evidence::new("phrase", format!("asks for a person: {words}")));
        raise(&mut probabilities, Intent::HumanRequest, 0.85);
    }
    let intent = guess(&probabilities, known, person.is_some());
    let payment_failed = questions::payment_failed(text);
    if payment_failed {
        evidence.push(Evidence::new("phrase", "a payment went wrong"));
    }
    Reading {
        asks_about_rule: questions::asks_about_rule(text),
        payment_failed,
        understood: Understood { intent, entities },
        person,
        evidence,
    }
}

/// Numbers, names of mail and links tell nothing about the intent, and an order number is like any other.
fn mask(text: &str, entities: &[Entity]) -> String {
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

/// A message read sentence by sentence.
struct Joined {
    probabilities: Vec<f32>,
    known: f32,
    person: Option<String>,
}

/// The whole and its sentences, each sentence weighed by how much it says; courtesy counts only when there is nothing else.
fn join(text: &str, model: &dyn IntentModel) -> Joined {
    let whole = model.scores(text);
    let sentences = tokens::sentences(text);
    if sentences.len() < 2 || whole.exact {
        let person = (whole.of(Intent::HumanRequest) >= PERSON && (whole.known >= 0.5 || whole.exact)).then(|| text.trim().to_owned());
        return Joined { probabilities: whole.probabilities, known: whole.known, person };
    }
    let read: Vec<(&str, IntentScores)> = sentences.iter().take(SENTENCES).map(|(_, s)| (*s, model.scores(s))).collect();
    let person = read.iter().find(|(_, s)| s.of(Intent::HumanRequest) >= PERSON && s.known >= 0.5).map(|(text, _)| (*text).to_owned());
    let courtesy = |s: &IntentScores| matches!(s.best().0, Intent::Thanks | Intent::Other);
    let matter = read.iter().any(|(_, s)| !courtesy(s) && s.best().1 >= 0.4);
    let mut sums = vec![0.0f32; whole.probabilities.len()];
    let mut weights = 0.0f32;
    for (text, scores) in &read {
        #[allow(clippy::cast_precision_loss, reason = "A sentence's length.")]
        let length = (text.chars().count() as f32).sqrt().min(10.0);
        // A clear sentence says more than several vague ones.
        let weight = length * scores.best().1 * scores.known.max(0.1) * if matter && courtesy(scores) { 0.1 } else { 1.0 };
        weights += weight;
        sums.iter_mut().zip(&scores.probabilities).for_each(|(sum, p)| *sum += p * weight);
    }
    if weights <= 0.0 {
        return Joined { probabilities: whole.probabilities, known: whole.known, person };
    }
    let probabilities = sums.iter().zip(&whole.probabilities).map(|(s, w)| 0.6 * s / weights + 0.4 * w).collect();
    let known = read.iter().map(|(_, s)| s.known).fold(whole.known, f32::max);
    Joined { probabilities, known, person }
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

fn guess(probabilities: &[f32], known: f32, person: bool) -> IntentGuess {
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
    let in_scope = person || (name != Intent::Other && confidence >= IN_SCOPE && known >= KNOWN);
    IntentGuess { name, confidence, in_scope, alternatives }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    fn intent(text: &str, code: &str) -> (Intent, bool) {
        static MODELS: LazyLock<Models> = LazyLock::new(|| Models::load().unwrap());
        let reading = understand(text, "", &Language::parse(code).unwrap(), &MODELS);
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
