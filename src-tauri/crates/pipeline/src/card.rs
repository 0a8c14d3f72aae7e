//! The handoff card: what an agent must know to answer without scrolling, each field filled or said to be unknown.
//!
//! Written in the store's language (the merchant reads it), except for the customer's own words and the suggested reply. The same facts
//! stand beside it without words, for a window that is read in another language.

use mercator_domain::{
    emotion::Trend,
    handoff::{CardFacts, CardOrder, CardParcel, EmotionTrend, HandoffCard},
    intent::Intent,
    language::Language,
    message::Author,
    order::Order,
    turn::{Evidence, EvidenceCode, EvidenceKind, EvidenceValue},
};

use crate::{
    emotion, files, order_reply,
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
    // Switched off, a card holds nothing of it either.
    let mut levels = if on.input.rules.emotion_enabled { emotion::levels(&on.input.history) } else { vec![] };
    levels.extend(on.input.rules.emotion_enabled.then_some(on.level));
    let emotion = EmotionTrend::of(levels);
    HandoffCard {
        summary: or_unknown(summary(matter, on, reader) + &direction(&emotion, reader)),
        language: Some(on.language.clone()),
        identity: or_unknown(identity(on, reader)),
        order,
        emotion,
        tried: tried(on).iter().map(|step| tried_words(step, reader)).filter(|line| !line.is_empty()).collect(),
        open_question: or_unknown(open_question(matter)),
        suggested_reply: or_unknown(matter.draft.map_or_else(|| reply::suggestion(on), str::to_owned)),
        intent: Some(matter.intent),
        facts: Some(Box::new(facts(matter, on))),
    }
}

/// What the texts are made of.
fn facts(matter: &Matter, on: &Occasion) -> CardFacts {
    let writer = &on.input.writer;
    let order = on.found.retrieved.order.as_ref();
    CardFacts {
        name: writer_name(on).unwrap_or_default().to_owned(),
        address: writer.address.trim().to_owned(),
        country: writer.country.clone(),
        verified: order.is_some(),
        about_order: about_order(on).map(str::to_owned),
        said: telling_sentence(matter.translation.unwrap_or(matter.visible)),
        order: order.map(card_order),
        tried: tried(on),
    }
}

fn card_order(order: &Order) -> CardOrder {
    let parcel = |s: &mercator_domain::shipment::Shipment| CardParcel {
        carrier: s.carrier.clone(),
        tracking_number: s.tracking_number.clone(),
        stage: s.stage,
        moved_at: s.last_movement(),
    };
    CardOrder {
        number: order.number.clone(),
        status: order.status,
        total: order.total,
        parcels: order.shipments.iter().map(parcel).collect(),
    }
}

fn writer_name<'a>(on: &'a Occasion) -> Option<&'a str> {
    let writer = &on.input.writer;
    [writer.name.trim(), writer.address.trim()].into_iter().find(|n| !n.is_empty())
}

/// The order that the message is about, found or not.
fn about_order<'a>(on: &'a Occasion) -> Option<&'a str> {
    on.found.retrieved.order.as_ref().map(|o| o.number.as_str()).or(on.found.asked_number.as_deref())
}

fn summary(matter: &Matter, on: &Occasion, reader: &Language) -> String {
    let intent = texts::words(reader, &format!("intent_{}", matter.intent), &[]);
    let name = writer_name(on).unwrap_or("?");
    let head = match about_order(on) {
        Some(number) => texts::words(reader, "card_summary_order", &[("name", name), ("order", number), ("intent", &intent)]),
        None => texts::words(reader, "card_summary", &[("name", name), ("intent", &intent)]),
    };
    let said = matter.translation.unwrap_or(matter.visible);
    let first = telling_sentence(said);
    format!("{head} “{first}”").replace(" “”", "")
}

/// A sentence on where the feeling goes, where it goes anywhere.
fn direction(emotion: &EmotionTrend, reader: &Language) -> String {
    let key = match emotion.direction {
        Some(Trend::Rising) => "card_trend_rising",
        Some(Trend::Falling) => "card_trend_falling",
        Some(Trend::Steady) | None => return String::new(),
    };
    format!(" {}", texts::words(reader, key, &[]))
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

/// What the bot looked up and said.
fn tried(on: &Occasion) -> Vec<Evidence> {
    let text = EvidenceValue::text;
    let passages = &on.found.retrieved.passages;
    let mut steps = Vec::new();
    if passages.is_empty() {
        steps.push(Evidence::said(EvidenceKind::Passage, EvidenceCode::FoundNothing, []));
    } else {
        let titles: Vec<&str> = passages.iter().map(|p| p.title.as_str()).collect();
        steps.push(Evidence::said(EvidenceKind::Passage, EvidenceCode::FoundArticles, [text(titles.join(", "))]));
    }
    match (&on.found.retrieved.order, on.found.retrieved.order_missing) {
        (Some(order), _) => steps.push(Evidence::said(EvidenceKind::Order, EvidenceCode::ReadOrder, [text(order.number.clone())])),
        (None, Some(_)) => steps.push(Evidence::said(EvidenceKind::Order, EvidenceCode::FoundNoOrder, [])),
        (None, None) => {}
    }
    if on.input.history.iter().any(|l| l.author == Author::Bot && l.clarified) {
        steps.push(Evidence::said(EvidenceKind::History, EvidenceCode::AskedBack, []));
    }
    let unread = files::unread_names(on.input);
    if !unread.is_empty() {
        steps.push(Evidence::said(EvidenceKind::File, EvidenceCode::Unread, [text(unread.join(", "))]));
    }
    steps
}

/// A step in the store's language.
fn tried_words(step: &Evidence, reader: &Language) -> String {
    let value = step.values.first().map(ToString::to_string).unwrap_or_default();
    match step.code {
        Some(EvidenceCode::FoundArticles) => texts::words(reader, "card_tried_articles", &[("titles", &value)]),
        Some(EvidenceCode::FoundNothing) => texts::words(reader, "card_tried_nothing_found", &[]),
        Some(EvidenceCode::ReadOrder) => texts::words(reader, "card_tried_order", &[("order", &value)]),
        Some(EvidenceCode::FoundNoOrder) => texts::words(reader, "card_tried_order_missing", &[]),
        Some(EvidenceCode::Unread) => texts::words(reader, "card_tried_unread", &[("names", &value)]),
        Some(EvidenceCode::AskedBack) => texts::words(reader, "card_tried_asked", &[]),
        _ => step.text.clone(),
    }
}

/// The customer's question in own words: the last sentence that asks, else the telling one.
fn open_question(matter: &Matter) -> String {
    let sentences = tokens::sentences(matter.visible);
    let asks = |s: &str| s.ends_with(['?', '？', '؟']);
    let question = sentences.iter().rev().find(|(_, s)| asks(s)).map(|(_, s)| *s);
    question.map_or_else(|| telling_sentence(matter.visible), |q| shortened(q, QUESTION_CHARS))
}
