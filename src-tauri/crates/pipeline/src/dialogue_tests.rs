//! Conversations in which something is to be done: what is asked, what is restated, what a yes does, and what never happens without one.

use mercator_domain::{
    action::{ActionKind, ActionRequest, ActionState},
    handoff::HandoffReason,
    inbox::{BotMode, BotModes},
    intent::Intent,
    message::Author,
    moment::MINUTE_MS,
    money::{Currency, Money},
    order::{Order, OrderLine, OrderStatus},
    shipment::ShipmentStage,
    turn::{Decision, Outcome, Turn},
};

use crate::{
    ports::{Attached, HistoryLine, TurnInput},
    support::{self, NOW, Shop, input, turn},
};

/// An order that has not left.
fn pending(number: &str) -> Order {
    let lines = vec![OrderLine {
        sku: "L-1".into(),
        title: "Aurora lamp".into(),
        quantity: 1,
        unit_price: Some(Money::new(4990, Currency::parse("EUR").unwrap())),
    }];
    Order { status: OrderStatus::Pending, lines, shipments: vec![], ..support::order(number, ShipmentStage::InfoReceived) }
}

fn delivered(number: &str) -> Order {
    Order { status: OrderStatus::Delivered, lines: pending(number).lines, ..support::order(number, ShipmentStage::Delivered) }
}

/// An answer of the customer to our question about an earlier message.
fn answer(text: &str, earlier: &str, intent: Intent, asked: &str) -> TurnInput {
    let line = |author, text: &str, intent, ago: i64, clarified| HistoryLine {
        author,
        text: text.into(),
        at: NOW.plus_ms(-ago * MINUTE_MS),
        intent,
        emotion: None,
        clarified,
    };
    let mut input = input(text);
    input.history = vec![line(Author::Contact, earlier, Some(intent), 9, false), line(Author::Bot, asked, None, 8, true)];
    input
}

/// An answer to what was restated.
fn to_proposal(text: &str) -> TurnInput {
    let mut input = answer(text, "Please cancel my order #10023", Intent::OrderCancel, "Is this right?");
    input.history[1].clarified = false;
    input.pending = Some(Box::new(support::proposed(7, ActionRequest::Cancel { order: "10023".into(), reason: None })));
    input
}

fn said(turn: &Turn) -> String {
    turn.reply.value.as_ref().map(|reply| reply.text.clone()).unwrap_or_default()
}

fn restated(turn: &Turn) -> Option<&ActionRequest> {
    match &turn.outcome {
        Outcome::Act { action, .. } => Some(action),
        _ => None,
    }
}

fn reason(turn: &Turn) -> Option<HandoffReason> {
    turn.decide.value.reason
}

#[test]
fn e5_cancelling_is_restated_with_its_order_and_done_by_nobody_yet() {
    let shop = Shop::with(vec![pending("10023")]);
    let got = turn(&input("Please cancel my order #10023"), &shop);
    assert_eq!(restated(&got), Some(&ActionRequest::Cancel { order: "10023".into(), reason: None }), "{:?}", got.decide);
    assert!(said(&got).contains("cancel order 10023") && said(&got).contains("“yes”"), "{}", said(&got));
    assert!(shop.confirmed.lock().unwrap().is_empty());
}

#[test]
fn e5_a_shipped_order_is_refused_with_the_reason_and_who_insists_gets_a_person() {
    let shop = Shop::with(vec![support::order("10023", ShipmentStage::InTransit)]);
    let got = turn(&input("Please cancel my order #10023"), &shop);
    assert_eq!((got.decide.value.decision, restated(&got)), (Decision::Refuse, None), "{:?}", got.decide);
    assert!(said(&got).contains("already left our warehouse"), "{}", said(&got));
    let mut again = answer("But I want to cancel my order #10023!", "Please cancel my order #10023", Intent::OrderCancel, "Sorry");
    again.history[1].clarified = false;
    assert_eq!(reason(&turn(&again, &shop)), Some(HandoffReason::PolicyRestriction));
}

#[test]
fn e9_done_is_said_only_of_what_was_read_back() {
    let check = |ends: Option<ActionState>, words: &str, reason_is: Option<HandoffReason>| {
        let shop = Shop { ends, ..Shop::with(vec![pending("10023")]) };
        let got = turn(&to_proposal("Yes, please"), &shop);
        assert_eq!(shop.confirmed.lock().unwrap().len(), 1, "{ends:?}");
        assert_eq!((got.decide.value.rule.as_str(), reason(&got)), ("consent_given", reason_is), "{ends:?}");
        assert!(said(&got).contains(words), "{ends:?}: {}", said(&got));
        assert_eq!(said(&got).contains("is cancelled"), ends == Some(ActionState::Done), "{ends:?}: {}", said(&got));
    };
    check(Some(ActionState::Done), "Order 10023 is cancelled.", None);
    check(Some(ActionState::WorkOrder), "A colleague carries it out", Some(HandoffReason::UnsupportedRequest));
    check(Some(ActionState::AwaitingApproval), "has to agree", Some(HandoffReason::Limit));
    check(Some(ActionState::Failed), "could not be carried out", Some(HandoffReason::ToolFailure));
    // Neither done nor certainly undone: no word about it.
    check(Some(ActionState::Running), "A colleague will answer", Some(HandoffReason::ToolFailure));
    check(None, "A colleague will answer", Some(HandoffReason::ToolFailure));
}

#[test]
fn e5_a_no_changes_nothing_and_what_is_unclear_is_asked_once_more() {
    let shop = Shop { ends: Some(ActionState::Done), ..Shop::with(vec![pending("10023")]) };
    let got = turn(&to_proposal("No, leave it"), &shop);
    assert_eq!(got.decide.value.decision, Decision::Decline, "{:?}", got.decide);
    assert!(said(&got).contains("nothing has been changed"), "{}", said(&got));
    let got = turn(&to_proposal("Yes, but only if I get 10 EUR on top"), &shop);
    assert_eq!(restated(&got).map(ActionRequest::kind), Some(ActionKind::Cancel), "{:?}", got.decide);
    let mut third = to_proposal("hm");
    let last = third.history[1].clone();
    third.history.extend([HistoryLine { text: "hm".into(), ..third.history[0].clone() }, last]);
    assert_eq!(reason(&turn(&third, &shop)), Some(HandoffReason::UnsupportedRequest));
    // Another matter is taken at its word.
    let got = turn(&to_proposal("Which payment methods do you accept?"), &shop);
    assert_eq!(got.decide.value.decision, Decision::Answer, "{:?}", got.decide);
    assert!(shop.confirmed.lock().unwrap().is_empty());
}

#[test]
fn e5_a_yes_without_a_question_does_nothing() {
    let shop = Shop { ends: Some(ActionState::Done), ..Shop::with(vec![pending("10023")]) };
    let mut none = to_proposal("Yes, please cancel it");
    none.pending = None;
    let _got = turn(&none, &shop);
    let mut person = to_proposal("Yes, please");
    person.human_owns = true;
    let _got = turn(&person, &shop);
    assert!(shop.confirmed.lock().unwrap().is_empty());
}

#[test]
fn e6_damage_is_asked_a_photo_and_then_restated_as_a_return() {
    let shop = Shop::with(vec![delivered("10023")]);
    let got = turn(&input("The lamp from order #10023 arrived broken"), &shop);
    assert_eq!(got.decide.value.rule, "photos_missing", "{:?}", got.decide);
    assert!(said(&got).contains("photo"), "{}", said(&got));
    let mut photo = answer("", "The lamp from order #10023 arrived broken", Intent::DamagedItem, "Please send us a photo");
    photo.attachments = vec![Attached { name: "broken.jpg".into(), media_type: "image/jpeg".into(), ..Attached::default() }];
    let got = turn(&photo, &shop);
    assert_eq!(restated(&got).map(ActionRequest::kind), Some(ActionKind::Return), "{:?}", got.decide);
    assert!(said(&got).contains("Aurora lamp"), "{}", said(&got));
}

#[test]
fn e5_what_is_missing_is_asked_and_the_answer_is_taken_for_one() {
    let mut two = delivered("10023");
    two.lines.push(OrderLine { sku: "B-2".into(), title: "Alpaca blanket".into(), ..two.lines[0].clone() });
    let shop = Shop::with(vec![two]);
    let first = "I want to return something from order #10023";
    let got = turn(&input(first), &shop);
    assert_eq!(got.decide.value.rule, "items_missing", "{:?}", got.decide);
    let got = turn(&answer("The blanket", first, Intent::ReturnRequest, "Which items?"), &shop);
    assert_eq!(restated(&got).map(|request| request.items()), Some(vec!["B-2"]), "{:?}", got.decide);

    let shop = Shop::with(vec![pending("10023")]);
    let first = "I need to change the delivery address of order #10023";
    let got = turn(&input(first), &shop);
    assert_eq!(got.decide.value.rule, "address_missing", "{:?}", got.decide);
    let got = turn(&answer("Hauptstraße 5, 10115 Berlin", first, Intent::AddressChange, "The new address?"), &shop);
    assert_eq!(restated(&got).map(ActionRequest::kind), Some(ActionKind::ChangeAddress), "{:?}", got.decide);
    assert!(said(&got).contains("Hauptstraße 5, Berlin, 10115"), "{}", said(&got));
}

#[test]
fn e5_an_order_that_is_named_later_is_the_one_of_the_matter() {
    let shop = Shop::with(vec![pending("10023"), pending("10024")]);
    let got = turn(&input("I want to cancel my order"), &shop);
    assert_eq!(got.decide.value.rule, "which_order_to_change", "{:?}", got.decide);
    let got = turn(&answer("#10024", "I want to cancel my order", Intent::OrderCancel, "Which order?"), &shop);
    assert_eq!(restated(&got).and_then(ActionRequest::order), Some("10024"), "{:?}", got.decide);
}

#[test]
fn d6_without_auto_nothing_is_restated() {
    let shop = Shop::with(vec![pending("10023")]);
    let mut draft = input("Please cancel my order #10023");
    draft.store.modes = BotModes { default: BotMode::Draft, ..BotModes::default() };
    assert_eq!(restated(&turn(&draft, &shop)), None);
    // Switched off between the question and the yes: a person goes on.
    let shop = Shop { ends: Some(ActionState::Done), ..Shop::with(vec![pending("10023")]) };
    let mut yes = to_proposal("Yes, please");
    yes.store.modes = BotModes { default: BotMode::Draft, ..BotModes::default() };
    let got = turn(&yes, &shop);
    assert_eq!(reason(&got), Some(HandoffReason::UnsupportedRequest), "{:?}", got.decide);
    assert!(shop.confirmed.lock().unwrap().is_empty());
}

#[test]
fn e9_rules_that_cannot_be_read_are_a_failure_of_the_tool() {
    let shop = Shop { failing: true, ..Shop::with(vec![pending("10023")]) };
    let got = turn(&input("Please cancel my order #10023"), &shop);
    assert_eq!(reason(&got), Some(HandoffReason::ToolFailure), "{:?}", got.decide);
}
