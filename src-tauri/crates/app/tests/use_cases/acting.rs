//! From a customer's wish to what was read back, over the whole path: message in, question out, yes in, done, and said.

use mercator_app::actions::ActionSettings;
use mercator_domain::{
    action::{ActionKind, ActionRules, ActionState, Refusal},
    conversation::Owner,
    handoff::HandoffReason,
    ids::ConversationId,
    inbox::BotModes,
    message::{Author, Delivery},
    moment::MINUTE_MS,
    money::{Currency, Money},
    order::OrderStatus,
};
use mercator_store::testing::refuse_writes_to;

use crate::support::{Letter, Shop, buyer, shop, shops};

/// Orders of Ana and Ben as a shop exports them. Only Ana's first is pending.
const ORDERS: &str = "customer_id,email,name,order_id,ordered_at,total,currency,status,sku,unit_price,item_title,payment_method,postal_code,address1,city,delivered_at,tracking_number\n\
    ana,ana@buyers.test,Ana,10023,2026-11-20,49.90,EUR,pending,L-1,49.90,Aurora lamp,card_1,10115,Hauptstr. 5,Berlin,,\n\
    ana,ana@buyers.test,Ana,10024,2026-11-01,30.00,EUR,delivered,B-2,30.00,Alpaca blanket,card_1,10115,Hauptstr. 5,Berlin,2026-11-15,T24\n\
    ben,ben@buyers.test,Ben,20001,2026-11-20,15.00,EUR,pending,L-2,15.00,Luna lamp,card_2,75002,5 rue X,Paris,,\n";

/// Orders are kept here; money up to 40 EUR goes back without a person.
fn here(limit: i64) -> ActionSettings {
    let limit = Money::new(limit, Currency::parse("EUR").unwrap());
    ActionSettings { rules: ActionRules { approval_above: vec![limit], ..ActionRules::default() }, kept_here: true }
}

async fn filled(shop: Shop, settings: &ActionSettings) -> Shop {
    let report = shop.app.import_bytes(mercator_app::views::ImportKind::Orders, "orders.csv", ORDERS.as_bytes(), false).await.unwrap();
    assert_eq!((report.rejected, report.warnings), (0, vec![]));
    shop.app.save_action_settings(settings).await.unwrap();
    shop
}

/// The customer's next words in a conversation, and what we said to them.
async fn says(shop: &Shop, first: &Letter, text: &str) -> String {
    let next = Letter { text: text.into(), ..first.from.writes(&format!("Re: {}", first.subject), text).answering(&first.id) };
    let id = shop.hear(&next).await;
    last_words(shop, id).await
}

async fn last_words(shop: &Shop, id: ConversationId) -> String {
    let messages = shop.messages(id).await;
    let ours = messages.iter().rev().find(|message| message.author != Author::Contact && message.delivery != Delivery::Cancelled);
    ours.map(|message| message.text.clone()).unwrap_or_default()
}

async fn status(shop: &Shop, number: &str) -> OrderStatus {
    shop.store.order_by_number(number).await.unwrap().unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn e5_a_yes_cancels_once_and_it_is_said_after_it_was_read_back() {
    for shop in shops().await {
        let shop = filled(shop, &here(10_000)).await;
        let first = buyer("ana").writes("Order", "Please cancel my order #10023");
        let id = shop.hear(&first).await;
        let question = last_words(&shop, id).await;
        assert!(question.contains("cancel order 10023") && question.contains("49.90 EUR"), "{question}");
        assert_eq!(status(&shop, "10023").await, OrderStatus::Pending, "nothing without a yes");
        assert!(says(&shop, &first, "Yes, please").await.contains("Order 10023 is cancelled."));
        assert_eq!(status(&shop, "10023").await, OrderStatus::Cancelled);
        says(&shop, &first, "Yes").await;
        let told = shop.messages(id).await.iter().filter(|message| message.text.contains("is cancelled")).count();
        assert_eq!(told, 1, "a second yes says and does nothing");
        let actions = shop.store.actions_of_conversation(id).await.unwrap();
        assert_eq!(actions.iter().map(|action| action.state).collect::<Vec<_>>(), [ActionState::Done]);
        let paid_back = shop.store.order_by_number("10023").await.unwrap().unwrap().payments.len();
        assert_eq!(paid_back, 2, "paid once, given back once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn e5_a_no_or_another_matter_gives_it_up() {
    let shop = filled(shop().await.with_faqs().await, &here(10_000)).await;
    let first = buyer("ana").writes("Order", "Please cancel my order #10023");
    let id = shop.hear(&first).await;
    assert!(says(&shop, &first, "No, keep the order").await.contains("nothing has been changed"));
    let second = buyer("ana").writes("Again", "Please cancel my order #10023");
    shop.hear(&second).await;
    says(&shop, &second, "Which payment methods do you accept?").await;
    says(&shop, &second, "Yes").await;
    assert_eq!(status(&shop, "10023").await, OrderStatus::Pending);
    let states: Vec<_> = shop.store.actions_of_conversation(id).await.unwrap().iter().map(|action| action.state).collect();
    assert_eq!(states, [ActionState::Declined]);
}

#[tokio::test(flavor = "multi_thread")]
async fn e7_over_the_limit_a_person_agrees_and_the_customer_is_told_in_the_own_language() {
    let shop = filled(shop().await, &here(2_000)).await;
    let first = buyer("ana").writes("Order", "Please cancel my order #10023");
    let id = shop.hear(&first).await;
    let words = says(&shop, &first, "Yes, please").await;
    assert!(words.contains("has to agree"), "{words}");
    assert_eq!(status(&shop, "10023").await, OrderStatus::Pending);
    let handoff = shop.store.waiting_handoff(id).await.unwrap().unwrap();
    assert_eq!(handoff.reason, HandoffReason::Limit);
    let waiting = shop.app.actions_for_people().await.unwrap();
    assert_eq!(
        waiting.iter().map(|row| (row.contact.as_str(), row.action.request.kind())).collect::<Vec<_>>(),
        [("Ana", ActionKind::Cancel)]
    );
    let row = shop.app.approve_action(waiting[0].action.id).await.unwrap();
    assert_eq!(row.action.state, ActionState::Done);
    shop.later(MINUTE_MS);
    shop.pass().await;
    assert!(last_words(&shop, id).await.contains("Order 10023 is cancelled."));
    assert_eq!(status(&shop, "10023").await, OrderStatus::Cancelled);
    assert!(shop.store.waiting_handoff(id).await.unwrap().is_none(), "the customer was answered");
    assert!(shop.app.approve_action(row.action.id).await.is_err(), "a second click does nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn e7_a_rejected_one_is_told_and_nothing_moves() {
    let shop = filled(shop().await, &here(2_000)).await;
    let first = buyer("ana").writes("Order", "Please cancel my order #10023");
    let id = shop.hear(&first).await;
    says(&shop, &first, "Yes, please").await;
    let waiting = shop.app.actions_for_people().await.unwrap();
    shop.app.reject_action(waiting[0].action.id, "made to measure").await.unwrap();
    assert!(last_words(&shop, id).await.contains("we cannot do this for order 10023"));
    assert!(!last_words(&shop, id).await.contains("made to measure"), "the reason is for the log");
    assert_eq!(status(&shop, "10023").await, OrderStatus::Pending);
}

#[tokio::test(flavor = "multi_thread")]
async fn e9_a_failure_is_told_as_one_and_the_audit_says_who_asked_what() {
    let shop = filled(shop().await, &here(10_000)).await;
    let first = buyer("ana").writes("Order", "Please cancel my order #10023");
    let id = shop.hear(&first).await;
    refuse_writes_to(&shop.store, "payments").await;
    let words = says(&shop, &first, "Yes, please").await;
    assert!(words.contains("could not be carried out") && !words.contains("is cancelled"), "{words}");
    assert_eq!(status(&shop, "10023").await, OrderStatus::Pending);
    assert_eq!(shop.store.waiting_handoff(id).await.unwrap().unwrap().reason, HandoffReason::ToolFailure);
    let action = shop.store.actions_of_conversation(id).await.unwrap().remove(0);
    assert_eq!((action.state, action.actor.as_str()), (ActionState::Failed, "customer"));
    let subject = format!("action:{}", action.id);
    let audit = shop.store.audit(99).await.unwrap();
    let mut told: Vec<&str> = audit.iter().filter(|entry| entry.subject == subject).map(|entry| entry.action.as_str()).collect();
    told.reverse();
    assert_eq!(told, ["action.proposed", "action.running", "action.failed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn e5_where_orders_are_kept_elsewhere_a_work_order_is_filled_in() {
    let shop = filled(shop().await, &ActionSettings { kept_here: false, ..here(10_000) }).await;
    let first = buyer("ana").writes("Order", "Please cancel my order #10023");
    let id = shop.hear(&first).await;
    let words = says(&shop, &first, "Yes, please").await;
    assert!(words.contains("A colleague carries it out"), "{words}");
    let work = shop.app.work_orders(id).await.unwrap();
    assert_eq!(work.len(), 1);
    assert!(work[0].details.contains("the customer has agreed") && work[0].order_number.as_deref() == Some("10023"), "{work:?}");
    assert_eq!(shop.store.conversation(id).await.unwrap().owner, Owner::Human);
}

#[tokio::test(flavor = "multi_thread")]
async fn e6_damage_photo_return_number_and_label() {
    let shop = filled(shop().await, &here(10_000)).await;
    let first = buyer("ana").writes("Blanket", "The blanket from order #10024 arrived damaged, it is torn");
    let id = shop.hear(&first).await;
    assert!(last_words(&shop, id).await.contains("photo"));
    let photo = first.from.writes("Re: Blanket", "Here is the photo").answering(&first.id).with("torn.jpg", "image/jpeg", b"\xff\xd8\xff");
    shop.hear(&photo).await;
    assert!(last_words(&shop, id).await.contains("Alpaca blanket"), "{}", last_words(&shop, id).await);
    let action = shop.store.actions_of_conversation(id).await.unwrap().remove(0);
    let rma = action.rma.unwrap();
    assert!(rma.starts_with("RMA-"));
    let labels = shop.store.labels_of(&[id]).await.unwrap();
    assert_eq!(labels[&id].iter().map(|label| label.name.as_str()).collect::<Vec<_>>(), ["return"]);
    assert!(says(&shop, &first, "Yes").await.contains(&rma));
}

#[tokio::test(flavor = "multi_thread")]
async fn e8_another_persons_order_needs_its_postal_code_and_only_from_who_has_none() {
    let shop = filled(shop().await, &here(10_000)).await;
    let stranger = buyer("mia");
    let first = stranger.writes("Order", "Please cancel order #20001");
    let id = shop.hear(&first).await;
    let words = last_words(&shop, id).await;
    assert!(words.contains("postal code") && !words.contains("Luna"), "{words}");
    let words = says(&shop, &first, "75002").await;
    assert!(words.contains("cancel order 20001"), "{words}");
    assert!(says(&shop, &first, "Yes").await.contains("Order 20001 is cancelled."));
    // Who has orders of the own is somebody else.
    let ana = buyer("ana").writes("Order", "Please cancel order #20001, postal code 75002");
    let other = shop.hear(&ana).await;
    assert!(shop.store.actions_of_conversation(other).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn e5_a_yes_is_not_lost_when_the_program_ends_before_it_could_say_so() {
    let shop = filled(shop().await, &here(10_000)).await;
    let first = buyer("ana").writes("Order", "Please cancel my order #10023");
    let id = shop.hear(&first).await;
    let action = shop.store.actions_of_conversation(id).await.unwrap().remove(0);
    // As if the program had ended between carrying it out and saying so.
    shop.app.confirm_action(action.id).await.unwrap();
    assert!(says(&shop, &first, "Yes, please").await.contains("Order 10023 is cancelled."));
    assert_eq!(shop.store.order_by_number("10023").await.unwrap().unwrap().payments.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn e5_the_rules_are_looked_at_again_at_the_yes() {
    let shop = filled(shop().await, &here(10_000)).await;
    let first = buyer("ana").writes("Order", "Please cancel my order #10023");
    let id = shop.hear(&first).await;
    let shipped = ORDERS.replace("10023,2026-11-20,49.90,EUR,pending", "10023,2026-11-20,49.90,EUR,shipped");
    shop.app.import_bytes(mercator_app::views::ImportKind::Orders, "o.csv", shipped.as_bytes(), false).await.unwrap();
    let words = says(&shop, &first, "Yes, please").await;
    assert!(!words.contains("is cancelled"), "{words}");
    let action = shop.store.actions_of_conversation(id).await.unwrap().remove(0);
    assert_eq!((action.state, action.why.as_str()), (ActionState::Failed, Refusal::WrongState.as_str()));
    assert_eq!(status(&shop, "10023").await, OrderStatus::Shipped);
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_in_draft_the_bot_restates_nothing() {
    let shop = filled(shop().await, &here(10_000)).await;
    shop.modes(BotModes { default: mercator_domain::inbox::BotMode::Draft, ..BotModes::default() }).await;
    let id = shop.hear(&buyer("ana").writes("Order", "Please cancel my order #10023")).await;
    assert!(shop.store.actions_of_conversation(id).await.unwrap().is_empty());
}
