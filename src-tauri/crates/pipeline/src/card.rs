//! The handoff card: what an agent must know to answer without scrolling, each field filled or said to be unknown.
//!
//! Written in the store's language (the merchant reads it), except for the customer's own words and the suggested reply.

use mercator_domain::{
    handoff::{EmotionTrend, HandoffCard},
    intent::Intent,
    language::Language,
    message::Author,
    turn::OrderMissing,
};

use crate::{
    order_reply,
    reply::{self, Occasion},
    texts, tokens,
};

/// More of the customer's question than this does not fit the card.
const QUESTION_CHARS: usize = 300;

/// What the card is made from, beside the occasion.
pub struct Matter<'a> {
    /// The visible text.
    pub visible: &'a str,
    /// What the customer wants.
    pub intent: Intent,
    /// The text in the merchant's language, if there is one.
    pub translation: Option<&'a str>,
    /// The words that the bot had before it handed over.
    pub draft: Option<&'a str>,
}

/// Makes the card.
pub fn make(matter: &Matter, on: &Occasion) -> HandoffCard {
    let reader = &on.input.store.language;
    let unknown = texts::words(reader, "card_unknown", &[]);
    let or_unknown = |text: String| if text.trim().is_empty() { unknown.clone() } else { text };
    let zone = on.input.store.hours.time_zone.as_str();
    let order = on.found.retrieved.order.as_ref();
    let order = order.map_or_else(|| unknown.clone(), |o| order_reply::card_lines(o, reader, zone));
    let levels = on.input.history.iter().filter(|l| l.author == Author::Contact).filter_map(|l| l.emotion);
    // Switched off, a card holds nothing of it either.
    let trend = if on.input.rules.emotion_enabled { levels.chain(std::iter::once(on.level)).collect() } else { vec![] };
    HandoffCard {
        summary: or_unknown(summary(matter, on, reader)),
        language: Some(on.language.clone()),
        identity: or_unknown(identity(on, reader)),
        order,
        emotion: EmotionTrend { levels: trend },
        tried: tried(on, reader),
        open_question: or_unknown(open_question(matter)),
        suggested_reply: or_unknown(matter.draft.map_or_else(|| reply::suggestion(on), str::to_owned)),
        intent: Some(matter.intent),
    }
}

fn summary(matter: &Matter, on: &Occasion, reader: &Language) -> String {
    let intent = texts::words(reader, &format!("intent_{}", matter.intent), &[]);
    let writer = &on.input.writer;
    let name = [writer.name.trim(), writer.address.trim()].into_iter().find(|n| !n.is_empty()).unwrap_or("?");
    let order = on.found.retrieved.order.as_ref().map(|o| o.number.as_str()).or(on.found.asked_number.as_deref());
    let head = match order {
        Some(number) => texts::words(reader, "card_summary_order", &[("name", name), ("order", number), ("intent", &intent)]),
        None => texts::words(reader, "card_summary", &[("name", name), ("intent", &intent)]),
    };
    let said = matter.translation.unwrap_or(matter.visible);
    let first = telling_sentence(said);
    format!("{head} “{first}”").replace(" “”", "")
}

/// The first sentence that is more than a greeting.
fn telling_sentence(text: &str) -> String {
    let sentences = tokens::sentences(text);
    let telling = sentences.iter().find(|(_, s)| s.chars().count() >= 20 || s.chars().any(tokens::is_unspaced) && s.chars().count() >= 6);
    shortened(telling.or(sentences.first()).map_or("", |(_, s)| *s), 160)
}

fn shortened(text: &str, chars: usize) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= chars { one_line } else { one_line.chars().take(chars).chain(std::iter::once('…')).collect() }
}

/// Who, and how sure: the address is proved only by an order that was placed with it.
fn identity(on: &Occasion, reader: &Language) -> String {
    let writer = &on.input.writer;
    let proved = on.found.retrieved.order.is_some();
    let sure = texts::words(reader, if proved { "card_verified" } else { "card_unverified" }, &[]);
    let parts = [writer.name.trim(), writer.address.trim(), writer.country.as_deref().unwrap_or_default(), &sure];
    parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn tried(on: &Occasion, reader: &Language) -> Vec<String> {
    let mut out = Vec::new();
    let titles: Vec<&str> = on.found.retrieved.passages.iter().map(|p| p.title.as_str()).collect();
    if titles.is_empty() {
        out.push(texts::words(reader, "card_tried_nothing_found", &[]));
    } else {
        out.push(texts::words(reader, "card_tried_articles", &[("titles", &titles.join(", "))]));
    }
    match (&on.found.retrieved.order, on.found.retrieved.order_missing) {
        (Some(order), _) => out.push(texts::words(reader, "card_tried_order", &[("order", &order.number)])),
        (None, Some(OrderMissing::Unknown | OrderMissing::NotFound | OrderMissing::NotTheirs | OrderMissing::Several)) => {
            out.push(texts::words(reader, "card_tried_order_missing", &[]));
        }
        (None, None) => {}
    }
    if on.input.history.iter().any(|l| l.author == Author::Bot && l.clarified) {
        out.push(texts::words(reader, "card_tried_asked", &[]));
    }
    out.retain(|line| !line.is_empty());
    out
}

/// The customer's question in own words: the last sentence that asks, else the telling one.
fn open_question(matter: &Matter) -> String {
    let sentences = tokens::sentences(matter.visible);
    let asks = |s: &str| s.ends_with(['?', '？', '؟']);
    let question = sentences.iter().rev().find(|(_, s)| asks(s)).map(|(_, s)| *s);
    question.map_or_else(|| telling_sentence(matter.visible), |q| shortened(q, QUESTION_CHARS))
}
