//! Stage 6: what an answer can rest on: passages of the knowledge base, and the order that the message is about.
//!
//! An order is looked up by the numbers in the message and its subject; without a number the writer's only open order is meant.
//! What belongs to somebody else is not told, and why there is no order is said.

use std::borrow::Cow;

use mercator_domain::{
    article::Passage,
    entity::{Entity, EntityKind, comparable_number},
    intent::Intent,
    language::Language,
    order::{Order, OrderStatus},
    turn::{Evidence, EvidenceCode, EvidenceKind, EvidenceValue, OrderMissing, Retrieved},
};

use crate::{
    knowledge::{KnowledgeIndex, Query, meaning::WordVectors, terms::terms},
    ports::{OrderFound, Orders, TurnInput},
    questions, regions,
    regions::Fit,
    tokens,
    understand::Vectors,
};

/// So many passages are kept as evidence.
const PASSAGES: usize = 3;
/// So many asking sentences are looked up alone.
const SENTENCES: usize = 4;
/// So many of the writer's orders are looked at.
const OWN_ORDERS: usize = 5;
/// So many numbers of a message are looked up: a pasted list must not become a search through the shop.
const NUMBERS: usize = 3;
/// A passage about another country has at most this share of the score that an answer needs: too little to be suggested, too.
const ELSEWHERE: f32 = 0.5;
/// How many orders are named when asked which one is meant.
const OFFERED: usize = 3;

/// What the stage found, with what only the rules and the reply need.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Passages and order.
    pub retrieved: Retrieved,
    /// The shop's data could not be read.
    pub failed: bool,
    /// The number that was looked up in vain.
    pub asked_number: Option<String>,
    /// The writer's orders among which one must be named.
    pub several: Vec<String>,
    /// The message or its subject names an order or a parcel.
    pub names_order: bool,
    /// Why.
    pub evidence: Vec<Evidence>,
}

/// What is looked for.
pub struct Question<'a> {
    /// The visible text.
    pub text: &'a str,
    /// The subject, when it was written for this message; else empty.
    pub subject: &'a str,
    /// Its language.
    pub language: &'a Language,
    /// What it wants.
    pub intent: Intent,
    /// The probability of each of `Intent::ALL`.
    pub intents: &'a [f32],
    /// What it names, the subject's last.
    pub entities: &'a [Entity],
    /// The sentence vector of the visible text.
    pub vector: Option<&'a [f32]>,
    /// Makes those of its parts.
    pub vectors: Vectors<'a>,
    /// Makes those of its words.
    pub words: Option<&'a WordVectors>,
}

/// Looks up passages and order.
pub fn retrieve(question: &Question, input: &TurnInput, knowledge: &KnowledgeIndex, orders: &dyn Orders) -> Found {
    let mut found = Found::default();
    found.retrieved.passages = passages(question, input, knowledge, &mut found.evidence);
    for p in &found.retrieved.passages {
        found.evidence.push(Evidence::new(EvidenceKind::Passage, format!("{} ({:.2})", p.title, p.score)));
    }
    let numbers = numbers(question.entities);
    found.names_order = !numbers.is_empty();
    if found.names_order {
        by_number(&numbers, question, orders, &mut found);
    } else if wants_order(question.intent) {
        by_writer(orders, &mut found);
    }
    found
}

/// The passages for the message as a whole and for each of its asking sentences alone, the best score an article.
///
/// What is told beside a question ("I live in the United States") must not count against an article that answers the question.
fn passages(question: &Question, input: &TurnInput, knowledge: &KnowledgeIndex, why: &mut Vec<Evidence>) -> Vec<Passage> {
    let mut best: Vec<Passage> = Vec::new();
    // Also those that are told beside the question: "I live in Brazil. Do I pay duty?" is no question on Europe.
    let countries: Vec<&str> = question.entities.iter().filter(|e| e.kind == EntityKind::Country).map(|e| e.value.as_str()).collect();
    for asked in asked(question, &input.subject, knowledge) {
        // The whole message's is there already.
        let whole = asked == question.text.trim();
        let made = if whole { None } else { (question.vectors)(&[&asked]).and_then(|mut made| made.pop()) };
        let query = Query {
            text: &asked,
            vector: if whole { question.vector } else { made.as_deref() },
            words: question.words,
            intents: question.intents,
            language: question.language,
            country: input.writer.country.as_deref(),
            inbox: input.inbox,
            now: input.now,
            limit: PASSAGES,
        };
        for mut passage in knowledge.search(&query) {
            if !countries.is_empty() {
                of_the_country(&mut passage, &asked, &countries, knowledge, (input.rules.answer_threshold, &mut *why));
            }
            match best.iter_mut().find(|p| p.article_id == passage.article_id) {
                Some(known) if known.score >= passage.score => {}
                Some(known) => *known = passage,
                None => best.push(passage),
            }
        }
    }
    best.sort_by(|a, b| b.score.total_cmp(&a.score));
    best.truncate(PASSAGES);
    best
}

/// Holds a passage against the countries of the question: another passage of the article that speaks of them takes its place; without
/// one it is no evidence, and its score says so.
fn of_the_country(
    passage: &mut Passage,
    asked: &str,
    countries: &[&str],
    knowledge: &KnowledgeIndex,
    (threshold, why): (f32, &mut Vec<Evidence>),
) {
    if regions::fit(asked, countries, &passage.title, &passage.text) != Fit::Elsewhere {
        return;
    }
    let named = |text: &String| regions::fit(asked, countries, &passage.title, text) == Fit::Named;
    match (0u32..).zip(knowledge.passages_of(passage.article_id)).find(|(_, text)| named(text)) {
        Some((index, text)) => (passage.index, passage.text) = (index, text.clone()),
        None if passage.score >= threshold * ELSEWHERE => {
            passage.score = threshold * ELSEWHERE;
            let asked = countries.iter().map(|&code| code.to_owned()).collect();
            let values = [EvidenceValue::text(&passage.title), EvidenceValue::Countries(asked)];
            why.push(Evidence::said(EvidenceKind::Passage, EvidenceCode::OtherPlace, values));
        }
        None => {}
    }
}

/// What is looked up: the whole text, each asking sentence alone, and the parts of one that ask more than one thing.
///
/// The subject is looked up alone only when it asks itself or nothing else does: "Delivery" above "Do you deliver to Mars?" names the
/// matter, and an article on deliveries would be no answer. It completes a question of one known word ("Aurora lamp": is it dimmable?).
fn asked<'a>(question: &Question<'a>, whole_subject: &'a str, knowledge: &KnowledgeIndex) -> Vec<Cow<'a, str>> {
    let text = question.text.trim();
    if text.is_empty() {
        return vec![Cow::Borrowed(whole_subject)];
    }
    let subject = question.subject.trim();
    let sentences = tokens::sentences(text);
    let asking: Vec<&str> = sentences.iter().map(|(_, s)| *s).filter(|s| questions::is_asked(s)).take(SENTENCES).collect();
    let mut out = vec![Cow::Borrowed(text)];
    // One word ("and the price?") hangs on what stands before it; alone it would fit any article of its kind.
    let alone = |s: &&str| *s != text && terms(s).len() > 1;
    let clauses = asking.iter().flat_map(|s| s.split([',', ';', '，', '、', '،'])).map(str::trim).filter(|c| questions::is_asked(c));
    let clauses = clauses.filter(|c| !asking.contains(c)).take(SENTENCES);
    out.extend(asking.iter().copied().chain(clauses).filter(alone).map(Cow::Borrowed));
    if subject.is_empty() {
        return out;
    }
    if questions::is_asked(subject) || asking.is_empty() {
        out.push(Cow::Borrowed(subject));
    }
    let short = asking.iter().filter(|s| terms(s).len() == 1 && knowledge.knows(s));
    out.extend(short.map(|s| Cow::Owned(format!("{subject}\n{s}"))));
    out
}

/// Order numbers first, then parcel numbers, each once.
fn numbers(entities: &[Entity]) -> Vec<&Entity> {
    let of = |kind: EntityKind| entities.iter().filter(move |e| e.kind == kind);
    let mut seen: Vec<String> = Vec::new();
    of(EntityKind::OrderId)
        .chain(of(EntityKind::TrackingNumber))
        .filter(|e| {
            let key = comparable_number(&e.value);
            let new = !seen.contains(&key);
            seen.push(key);
            new
        })
        .take(NUMBERS)
        .collect()
}

/// The intents for which the writer's own order matters.
fn wants_order(intent: Intent) -> bool {
    use Intent::{
        AddressChange, CustomsHeld, DamagedItem, DeliveryTime, ExchangeRequest, InvoiceRequest, MissingItem, OrderCancel, OrderChange,
        OrderStatus, RefundRequest, RefundStatus, ReturnRequest, TrackingProblem, WrongItem,
    };
    matches!(
        intent,
        AddressChange
            | CustomsHeld
            | DamagedItem
            | DeliveryTime
            | ExchangeRequest
            | InvoiceRequest
            | MissingItem
            | OrderCancel
            | OrderChange
            | OrderStatus
            | RefundRequest
            | RefundStatus
            | ReturnRequest
            | TrackingProblem
            | WrongItem
    )
}

fn by_number(numbers: &[&Entity], question: &Question, orders: &dyn Orders, found: &mut Found) {
    for entity in numbers {
        let result = match (orders.find(&entity.value), entity.kind) {
            // A parcel's number is not an order's: look through the writer's own parcels.
            (OrderFound::NotFound, EntityKind::TrackingNumber) => own_parcel(orders, &entity.value),
            (other, _) => other,
        };
        match result {
            OrderFound::Theirs(order) => {
                found.evidence.push(order_reason(EvidenceCode::OrderOfWriter, [EvidenceValue::text(&order.number)]));
                found.retrieved.order = Some(*order);
                found.retrieved.order_missing = None;
                found.asked_number = None;
                return;
            }
            OrderFound::NotTheirs => miss(found, OrderMissing::NotTheirs, &entity.value),
            OrderFound::NotFound => miss(found, OrderMissing::NotFound, &entity.value),
            OrderFound::Failed(why) => fail(found, &why),
        }
    }
    // A number that is no order of ours, in a message that is not about an order, is just a number.
    if !wants_order(question.intent)
        && found.retrieved.order_missing == Some(OrderMissing::NotFound)
        && numbers.iter().all(|e| e.kind != EntityKind::OrderId)
    {
        found.retrieved.order_missing = None;
    }
}

fn own_parcel(orders: &dyn Orders, number: &str) -> OrderFound {
    let wanted = comparable_number(number);
    let own =
        orders.of_contact(OWN_ORDERS).into_iter().find(|o| o.shipments.iter().any(|s| comparable_number(&s.tracking_number) == wanted));
    own.map_or(OrderFound::NotFound, |o| OrderFound::Theirs(Box::new(o)))
}

fn order_reason<const N: usize>(code: EvidenceCode, values: [EvidenceValue; N]) -> Evidence {
    Evidence::said(EvidenceKind::Order, code, values)
}

/// The stronger reason stays: an order of somebody else is more than none.
fn miss(found: &mut Found, why: OrderMissing, number: &str) {
    found.evidence.push(order_reason(EvidenceCode::NumberMissing, [EvidenceValue::text(number), EvidenceValue::Missing(why)]));
    if found.retrieved.order_missing != Some(OrderMissing::NotTheirs) {
        found.retrieved.order_missing = Some(why);
        found.asked_number = Some(number.to_owned());
    }
}

fn fail(found: &mut Found, why: &str) {
    found.evidence.push(order_reason(EvidenceCode::ShopUnreadable, [EvidenceValue::text(why)]));
    found.failed = true;
}

/// The writer's only open order, or the only one at all.
fn by_writer(orders: &dyn Orders, found: &mut Found) {
    let own = orders.of_contact(OWN_ORDERS);
    let is_open = |o: &Order| matches!(o.status, OrderStatus::Pending | OrderStatus::Processing | OrderStatus::Shipped);
    let open: Vec<&Order> = own.iter().filter(|o| is_open(o)).collect();
    let chosen = match (open.as_slice(), own.as_slice()) {
        ([only], _) => Some((*only).clone()),
        ([], [only]) => Some(only.clone()),
        // All are closed: the newest is meant.
        ([], [newest, ..]) => Some(newest.clone()),
        _ => None,
    };
    match chosen {
        Some(order) => {
            found.evidence.push(order_reason(EvidenceCode::OrderLikely, [EvidenceValue::text(&order.number)]));
            found.retrieved.order = Some(order);
        }
        None if own.is_empty() => {
            found.evidence.push(order_reason(EvidenceCode::NoOrder, []));
            found.retrieved.order_missing = Some(OrderMissing::Unknown);
        }
        None => {
            found.several = open.iter().take(OFFERED).map(|o| o.number.clone()).collect();
            found.evidence.push(order_reason(EvidenceCode::SeveralOrders, [EvidenceValue::count(open.len())]));
            found.retrieved.order_missing = Some(OrderMissing::Several);
        }
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::{ids::ArticleId, shipment::ShipmentStage};

    use super::*;
    use crate::{
        ports::IndexedArticle,
        support::{self, Shop},
    };

    fn plain<'a>(text: &'a str, language: &'a Language) -> Question<'a> {
        Question {
            text,
            subject: "",
            language,
            intent: Intent::Other,
            intents: &[],
            entities: &[],
            vector: None,
            vectors: &|_| None,
            words: None,
        }
    }

    fn find(text: &str, intent: Intent, shop: &Shop) -> Found {
        let entities = crate::entities::find(text);
        let english = Language::english();
        let question = Question { intent, entities: &entities, ..plain(text, &english) };
        retrieve(&question, &support::input(text), &KnowledgeIndex::default(), shop)
    }

    #[test]
    fn orders_by_number_by_parcel_and_by_writer() {
        let one = Shop::with(vec![support::order("10023", ShipmentStage::InTransit)]);
        let check = |text: &str, intent, number: Option<&str>, missing| {
            let found = find(text, intent, &one);
            assert_eq!(
                (found.retrieved.order.as_ref().map(|o| o.number.as_str()), found.retrieved.order_missing),
                (number, missing),
                "{text}"
            );
        };
        check("order #10023?", Intent::OrderStatus, Some("10023"), None);
        check("parcel RR123456785CN?", Intent::TrackingProblem, Some("10023"), None);
        check("where is it?", Intent::OrderStatus, Some("10023"), None);
        check("order 99999?", Intent::OrderStatus, None, Some(OrderMissing::NotFound));
        check("Is it dimmable?", Intent::ProductQuestion, None, None);
    }

    #[test]
    fn what_is_told_beside_a_question_does_not_count_against_its_article() {
        let check = |text: &str, subject: &str, answered: bool| {
            let english = Language::english();
            let question = Question { subject, intent: Intent::ProductQuestion, ..plain(text, &english) };
            let input = support::input(text);
            let found = retrieve(&question, &input, &support::knowledge(), &Shop::default());
            let score = found.retrieved.passages.first().map_or(0.0, |p| p.score);
            assert_eq!(score >= input.rules.answer_threshold, answered, "{subject} / {text}: {score}");
        };
        let told = "I moved into a small flat with my cat last summer and the old ceiling looks gloomy.";
        check("Is the Aurora lamp dimmable?", "", true);
        check(&format!("{told} Is the Aurora lamp dimmable? My brother painted the kitchen green."), "", true);
        check(&format!("{told} Please tell me."), "Is the Aurora lamp dimmable?", true);
        check("Is it dimmable?", "Aurora lamp", true);
        check("Can I return an item, if my aunt finds the shape too modern, and how long have I got?", "", true);
        check("How much is it? I mean the Nebula chandelier.", "", false);
        check("And to Mars?", "Delivery time", false);
        check(told, "", false);
        check("Do you deliver to Mars?", "", false);
        check("Do you deliver to Mars?", "Delivery time", false);
        check("We plan a trip. Do you deliver to Mars? The lamp is a gift.", "Question", false);
        check("Who was the designer of the foot? Is it signed?", "Aurora lamp", false);
    }

    #[test]
    fn d3_a_country_that_no_passage_names_is_not_answered_from_another_region() {
        let article = |id: i64, key: &str, title: &str, passages: &[&str]| IndexedArticle {
            id: ArticleId(id),
            key: key.into(),
            title: title.into(),
            passages: passages.iter().map(|p| (*p).to_owned()).collect(),
            language: Language::english(),
            country: None,
            inboxes: vec![],
            valid_from: None,
            valid_to: None,
        };
        let union = "Orders within the European Union are sent from Leipzig: no customs duty and no import tax are added.";
        let others = "For all other countries the carrier collects import duty and tax before delivery.";
        let duty = "Do I have to pay customs duty or import tax?";
        let check = |passages: &[&str], text: &str, expect: Option<u32>| {
            let knowledge = KnowledgeIndex::build(vec![
                article(1, "duty", duty, passages),
                article(2, "time", "How long does delivery take?", &["Within Europe 4 to 7 working days."]),
                article(3, "wash", "How do I wash the blanket?", &["By hand, cold."]),
            ]);
            let entities = crate::entities::find(text);
            let english = Language::english();
            let question = Question { intent: Intent::TariffQuestion, entities: &entities, ..plain(text, &english) };
            let input = support::input(text);
            let found = retrieve(&question, &input, &knowledge, &Shop::default());
            let first = found.retrieved.passages.first().filter(|p| p.score >= input.rules.answer_threshold);
            assert_eq!(first.map(|p| p.index), expect, "{text}: {:?} {:?}", found.retrieved.passages, found.evidence);
        };
        let kingdom = "For the United Kingdom, duty on orders up to 135 GBP is paid at checkout.";
        check(&[union, kingdom], "Customs duty on a blanket sent to the UK?", Some(1));
        check(&[union], "Do I have to pay customs duty in the UK?", None);
        check(&[union, others], "Do I have to pay customs duty in the UK?", Some(1));
        check(&[union], "Do I have to pay customs duty in Spain?", Some(0));
        check(&[union, others], "Do I have to pay customs duty in Brazil?", Some(1));
        check(&[union], "Do I have to pay customs duty in Brazil?", None);
        check(&[union], "I live in Brazil. Do I have to pay customs duty?", None);
        check(&[union, others], "I live in Brazil. Do I have to pay customs duty?", Some(1));
    }

    #[test]
    fn e8_another_persons_order_is_not_told() {
        let mut shop = Shop::default();
        shop.others.push("555".into());
        let found = find("order #555?", Intent::OrderStatus, &shop);
        assert_eq!((found.retrieved.order, found.retrieved.order_missing), (None, Some(OrderMissing::NotTheirs)));
    }

    #[test]
    fn several_open_orders_none_and_a_failing_shop() {
        let several = Shop::with(vec![support::order("2", ShipmentStage::InTransit), support::order("1", ShipmentStage::InTransit)]);
        assert_eq!(find("where is it?", Intent::OrderStatus, &several).several, ["2", "1"]);
        assert_eq!(find("where is it?", Intent::OrderStatus, &Shop::default()).retrieved.order_missing, Some(OrderMissing::Unknown));
        let failing = Shop { failing: true, ..Shop::default() };
        assert!(find("order #10023", Intent::OrderStatus, &failing).failed);
    }
}
