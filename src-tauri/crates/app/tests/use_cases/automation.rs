//! The seller's own rules: tried over stored messages, carried out with each turn (B14, D6).

use mercator_domain::{
    automation::{AutomationRule, RuleCondition, RuleEffect, RuleMoment},
    conversation::{ActivityKind, Owner},
    handoff::HandoffReason,
    ids::MemberId,
    intent::Intent,
    message::{Author, Delivery},
    moment::HOUR_MS,
    money::{Currency, Money},
    shipment::ShipmentStage,
    turn::Decision,
    work_order::WorkKind,
};

use crate::support::{Shop, buyer, code, shop, shops};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::parse("EUR").unwrap())
}

fn rule(name: &str, conditions: Vec<RuleCondition>, effects: Vec<RuleEffect>) -> AutomationRule {
    AutomationRule { name: name.into(), enabled: true, when: RuleMoment::CustomerWrites, conditions, effects }
}

fn label(name: &str) -> RuleEffect {
    RuleEffect::Label { name: name.into() }
}

/// IF somebody asks for a refund of an order of more than an amount.
fn refunds_above(minor: i64, effects: Vec<RuleEffect>) -> AutomationRule {
    let conditions = vec![RuleCondition::Intent { any: vec![Intent::RefundRequest] }, RuleCondition::OrderAbove { amount: eur(minor) }];
    rule("Refunds", conditions, effects)
}

async fn labels(shop: &Shop, id: mercator_domain::ids::ConversationId) -> Vec<String> {
    let mut found = shop.store.labels_of(&[id]).await.unwrap();
    found.remove(&id).unwrap_or_default().into_iter().map(|label| label.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_a_rule_labels_assigns_and_hands_over_what_it_is_about_and_nothing_else() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let me = shop.app.list_members().await.unwrap()[0].id;
        let rules = [refunds_above(4_000, vec![label("Big Refund"), RuleEffect::Assign { member: me }, RuleEffect::HandOver])];
        shop.app.save_automation_rules(&rules).await.unwrap();
        let ana = buyer("ana");
        shop.order(&ana, "10023", ShipmentStage::Delivered, 24).await;
        let big = shop.hear(&ana.writes("Refund", "I want my money back for order 10023, please refund it.")).await;
        let other = shop.hear(&buyer("bo").writes("Question", "How long does delivery take?")).await;
        assert_eq!(labels(&shop, big).await, ["big refund"]);
        assert_eq!(labels(&shop, other).await, [""; 0]);
        let thread = shop.thread(big).await;
        assert_eq!((thread.conversation.owner, thread.conversation.assignee), (Owner::Human, Some(me)));
        let handoff = thread.handoff.unwrap();
        assert_eq!(handoff.reason, HandoffReason::PolicyRestriction);
        let turn = shop.app.turn(shop.asked(big).await).await.unwrap().unwrap().turn;
        assert_eq!(turn.decide.value.rule, "own_rule");
        assert_eq!(turn.rules.iter().map(|hit| hit.name.as_str()).collect::<Vec<_>>(), ["Refunds"]);
        let activities = shop.activities(big).await;
        assert!(activities.contains(&ActivityKind::Labelled) && activities.contains(&ActivityKind::Assigned), "{activities:?}");
        // The other one was answered by the bot as ever.
        assert_eq!(shop.last_of(other, Author::Bot).await.unwrap().delivery, Delivery::Sent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_a_dry_run_lists_what_a_rule_would_have_touched_and_changes_nothing() {
    let shop = shop().await.with_faqs().await;
    let ana = buyer("ana");
    shop.order(&ana, "10023", ShipmentStage::Delivered, 24).await;
    let big = shop.hear(&ana.writes("Refund", "I want my money back for order 10023, please refund it.")).await;
    let other = shop.hear(&buyer("bo").writes("Question", "How long does delivery take?")).await;
    shop.later(HOUR_MS);
    let before = (shop.messages(big).await.len(), shop.sent_by(Author::Bot).len());
    let off = AutomationRule { enabled: false, ..refunds_above(4_000, vec![label("big refund"), RuleEffect::HandOver]) };
    let run = shop.app.dry_run(&off, None).await.unwrap();
    assert_eq!((run.looked_at, run.touched), (2, 1));
    let touched = &run.messages[0];
    assert_eq!((touched.conversation_id, touched.order.as_deref()), (big, Some("10023")));
    assert_eq!(touched.after, Decision::HandOff);
    assert_eq!((touched.contact.as_str(), touched.intent), ("Ana", Intent::RefundRequest));
    // The order costs 49.90: above fifty it is none of the rule's matter.
    assert_eq!(shop.app.dry_run(&refunds_above(5_000, vec![label("x")]), None).await.unwrap().touched, 0);
    assert_eq!(labels(&shop, big).await, [""; 0]);
    assert_eq!((shop.messages(big).await.len(), shop.sent_by(Author::Bot).len()), before);
    assert_eq!(shop.app.automation_rules().await.unwrap(), []);
    // What holds an answer back is shown against what the bot would do by itself.
    let held = rule("Hold", vec![RuleCondition::Words { any: vec!["delivery".into()] }], vec![RuleEffect::Draft]);
    let run = shop.app.dry_run(&held, None).await.unwrap();
    assert_eq!(run.messages.iter().map(|one| one.conversation_id).collect::<Vec<_>>(), [other]);
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_a_rule_holds_an_answer_back_and_never_makes_the_bot_bolder() {
    let shop = shop().await.with_faqs().await;
    let held = rule("Hold", vec![RuleCondition::Words { any: vec!["delivery".into()] }], vec![RuleEffect::Draft]);
    shop.app.save_automation_rules(std::slice::from_ref(&held)).await.unwrap();
    let id = shop.hear(&buyer("bo").writes("Question", "How long does delivery take?")).await;
    assert_eq!(shop.last_of(id, Author::Bot).await.unwrap().delivery, Delivery::Draft);
    // Switched off it does nothing.
    shop.app.save_automation_rules(&[AutomationRule { enabled: false, ..held }]).await.unwrap();
    let id = shop.hear(&buyer("cy").writes("Question", "How long does delivery take?")).await;
    assert_eq!(shop.last_of(id, Author::Bot).await.unwrap().delivery, Delivery::Sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_after_a_handoff_a_work_order_is_noted_once() {
    let shop = shop().await.with_faqs().await;
    let after = AutomationRule {
        when: RuleMoment::HandedOver,
        ..rule("Note", vec![], vec![RuleEffect::WorkOrder { work: WorkKind::Other, details: "Call back".into() }, label("person")])
    };
    shop.app.save_automation_rules(&[after]).await.unwrap();
    let ana = buyer("ana");
    let first = ana.writes("Hello", "I want to talk to a person");
    let id = shop.hear(&first).await;
    let orders = shop.app.work_orders(id).await.unwrap();
    assert_eq!(orders.iter().map(|order| (order.kind, order.details.as_str())).collect::<Vec<_>>(), [(WorkKind::Other, "Call back")]);
    assert_eq!(labels(&shop, id).await, ["person"]);
    // The bot is silent now: no second handoff, no second note.
    shop.hear(&ana.writes("Re: Hello", "A person please!").answering(&first.id)).await;
    assert_eq!(shop.app.work_orders(id).await.unwrap().len(), 1);
    let answered = shop.hear(&buyer("bo").writes("Question", "How long does delivery take?")).await;
    assert_eq!(shop.app.work_orders(answered).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_a_rule_that_cannot_be_is_refused_and_the_others_stay() {
    let shop = shop().await;
    let fine = rule("Fine", vec![], vec![label("a")]);
    shop.app.save_automation_rules(std::slice::from_ref(&fine)).await.unwrap();
    let stranger = rule("Stranger", vec![], vec![RuleEffect::Assign { member: MemberId(999) }]);
    for wrong in [vec![fine.clone(), fine.clone()], vec![rule("Empty", vec![], vec![])], vec![stranger]] {
        assert_eq!(code(shop.app.save_automation_rules(&wrong).await), "precondition");
    }
    assert_eq!(shop.app.automation_rules().await.unwrap(), [fine]);
}
