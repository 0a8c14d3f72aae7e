//! What goes out: exactly once, over crashes, cut lines and refusals.

use mercator_app::views::{DeliveryChoice, ReplyInput};
use mercator_domain::{
    conversation::{ActivityKind, Status},
    ids::ConversationId,
    message::{Author, Delivery},
    moment::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS},
};

use crate::support::{Memory, Shop, Weather, attention, buyer, code, shop, shops};

fn text(words: &str) -> ReplyInput {
    ReplyInput { text: words.to_owned(), anyway: true, ..ReplyInput::default() }
}

/// A conversation that a person answers with these words; they are queued.
async fn answered(shop: &Shop, name: &str, words: &str) -> ConversationId {
    let id = shop.hear(&buyer(name).writes("A question", "I want to speak to a human please")).await;
    shop.app.send_reply(id, &text(words)).await.unwrap();
    id
}

async fn delivery(shop: &Shop, id: ConversationId) -> (Delivery, String) {
    let message = shop.last_of(id, Author::Agent).await.unwrap();
    (message.delivery, message.delivery_error)
}

fn times_sent(shop: &Shop, words: &str) -> usize {
    shop.wire.taken().iter().filter(|outgoing| outgoing.text.starts_with(words)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_without_network_two_wait_over_a_restart_and_leave_exactly_once() {
    for mut shop in shops().await {
        let (ana, ben) = (answered(&shop, "ana", "First answer").await, answered(&shop, "ben", "Second answer").await);
        shop.wire.weather(Weather::Down);
        shop.undo_time_over().await;
        assert_eq!(delivery(&shop, ana).await.0, Delivery::Queued);
        assert!(delivery(&shop, ana).await.1.contains("connection refused"));
        shop.restart().await;
        shop.undo_time_over().await;
        assert_eq!(times_sent(&shop, "First") + times_sent(&shop, "Second"), 0);
        shop.wire.weather(Weather::Fine);
        for _ in 0..5 {
            shop.later(HOUR_MS);
            shop.app.deliver_due().await.unwrap();
        }
        assert_eq!((times_sent(&shop, "First"), times_sent(&shop, "Second")), (1, 1));
        assert_eq!(delivery(&shop, ana).await, (Delivery::Sent, String::new()));
        assert_eq!(delivery(&shop, ben).await, (Delivery::Sent, String::new()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_a_refused_message_shows_why_and_leaves_once_when_tried_again() {
    for shop in shops().await {
        let mut feed = shop.app.events();
        let id = answered(&shop, "ana", "My answer").await;
        shop.wire.weather(Weather::Refuses("550 no such user".to_owned()));
        shop.undo_time_over().await;
        let (state, why) = delivery(&shop, id).await;
        assert_eq!(state, Delivery::Failed);
        assert!(why.contains("550 no such user"), "{why}");
        assert_eq!(shop.view("failed").await.len(), 1);
        assert!(attention(&mut feed).contains(&"delivery_failed".to_owned()));
        assert!(shop.activities(id).await.contains(&ActivityKind::DeliveryFailed));
        shop.wire.weather(Weather::Fine);
        shop.later(2 * DAY_MS);
        shop.app.deliver_due().await.unwrap();
        assert_eq!(times_sent(&shop, "My answer"), 0, "a failed message never leaves by itself");
        let message = shop.last_of(id, Author::Agent).await.unwrap().id;
        shop.app.resolve_delivery(message, DeliveryChoice::Retry).await.unwrap();
        shop.app.deliver_due().await.unwrap();
        assert_eq!(times_sent(&shop, "My answer"), 1);
        assert_eq!(shop.view("failed").await.len(), 0);
        assert_eq!(code(shop.app.resolve_delivery(message, DeliveryChoice::Retry).await), "precondition");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_what_cannot_be_known_is_never_sent_again_by_itself() {
    for mut shop in shops().await {
        let id = answered(&shop, "ana", "My answer").await;
        shop.wire.weather(Weather::Cut { taken: true });
        shop.wire.memory(Memory::None);
        shop.undo_time_over().await;
        assert_eq!(delivery(&shop, id).await.0, Delivery::Uncertain);
        shop.wire.weather(Weather::Fine);
        shop.restart().await;
        shop.later(2 * DAY_MS);
        shop.pass().await;
        assert_eq!(times_sent(&shop, "My answer"), 1);
        assert_eq!(delivery(&shop, id).await.0, Delivery::Uncertain);
        let message = shop.last_of(id, Author::Agent).await.unwrap().id;
        shop.app.resolve_delivery(message, DeliveryChoice::MarkSent).await.unwrap();
        assert_eq!(delivery(&shop, id).await.0, Delivery::Sent);
        assert!(shop.thread(id).await.handoff.is_none(), "the handoff is answered with it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_a_cut_line_is_cleared_up_by_asking_the_channel() {
    for (taken, attempts) in [(true, 1), (false, 2)] {
        let shop = shop().await;
        let id = answered(&shop, "ana", "My answer").await;
        let before = shop.wire.attempts();
        shop.wire.weather(Weather::Cut { taken });
        shop.wire.memory(Memory::Exact);
        let app = std::sync::Arc::clone(&shop.app);
        shop.later(MINUTE_MS);
        // Absent means: sent again at once; the second attempt must find better weather.
        let wire = std::sync::Arc::clone(&shop.wire);
        let delivering = tokio::spawn(async move { app.deliver_due().await });
        while wire.attempts() == before {
            tokio::task::yield_now().await;
        }
        wire.weather(Weather::Fine);
        delivering.await.unwrap().unwrap();
        shop.app.deliver_due().await.unwrap();
        assert_eq!(times_sent(&shop, "My answer"), 1);
        assert!(shop.wire.attempts() - before >= attempts);
        assert_eq!(delivery(&shop, id).await.0, Delivery::Sent);
    }
}

/// Ends the sending process while a message waits, at the given place.
async fn crash_while(shop: &mut Shop, weather: Weather) {
    shop.wire.weather(weather);
    shop.later(MINUTE_MS);
    let app = std::sync::Arc::clone(&shop.app);
    let delivering = tokio::spawn(async move { app.deliver_due().await });
    shop.wire.somebody_waits().await;
    delivering.abort();
    let _aborted = delivering.await;
    shop.wire.weather(Weather::Fine);
    shop.crash().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_a_crash_before_the_gate_needs_no_question_and_sends_once() {
    for mut shop in shops().await {
        let id = answered(&shop, "ana", "My answer").await;
        shop.wire.memory(Memory::None);
        crash_while(&mut shop, Weather::SlowBeforeGate).await;
        assert_eq!(delivery(&shop, id).await.0, Delivery::Queued);
        shop.later(5 * MINUTE_MS);
        shop.app.deliver_due().await.unwrap();
        assert_eq!(times_sent(&shop, "My answer"), 1);
        assert_eq!(delivery(&shop, id).await.0, Delivery::Sent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_a_crash_after_the_gate_is_reconciled_before_anything_is_sent() {
    for memory in [Memory::Exact, Memory::None] {
        for mut shop in shops().await {
            let id = answered(&shop, "ana", "My answer").await;
            shop.wire.memory(memory);
            crash_while(&mut shop, Weather::SlowAfterGate).await;
            assert_eq!(delivery(&shop, id).await.0, Delivery::Sending);
            shop.later(5 * MINUTE_MS);
            shop.app.deliver_due().await.unwrap();
            let expect = if memory == Memory::Exact { (Delivery::Sent, 1) } else { (Delivery::Uncertain, 0) };
            assert_eq!((delivery(&shop, id).await.0, times_sent(&shop, "My answer")), expect);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_a_process_lost_on_this_computer_is_noticed_at_once() {
    let mut shop = shop().await;
    let id = answered(&shop, "ana", "My answer").await;
    crash_while(&mut shop, Weather::SlowAfterGate).await;
    shop.pass().await;
    assert_eq!((delivery(&shop, id).await.0, times_sent(&shop, "My answer")), (Delivery::Sent, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_the_loops_clear_up_what_a_lost_process_was_sending() {
    let mut shop = shop().await;
    let id = answered(&shop, "ana", "My answer").await;
    crash_while(&mut shop, Weather::SlowAfterGate).await;
    shop.later(5 * MINUTE_MS);
    shop.app.start();
    let sent = async {
        while delivery(&shop, id).await.0 != Delivery::Sent {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), sent).await.expect("the loop looks for messages in doubt");
    assert_eq!(times_sent(&shop, "My answer"), 1);
    shop.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_a_copy_that_is_read_before_the_sender_hears_of_it_holds_up_nothing() {
    let shop = shop().await;
    let (ana, ben) = (answered(&shop, "ana", "First answer").await, answered(&shop, "ben", "Second answer").await);
    shop.later(MINUTE_MS);
    shop.wire.weather(Weather::SlowAfterGate);
    let app = std::sync::Arc::clone(&shop.app);
    let delivering = tokio::spawn(async move { app.deliver_due().await });
    shop.wire.somebody_waits().await;
    shop.wire.weather(Weather::Fine);
    // Another instance has read the copy in the folder of sent mail meanwhile.
    let message = shop.last_of(ana, Author::Agent).await.unwrap().id;
    let line = shop.store.outbox_of_message(message).await.unwrap().unwrap();
    let mut tx = shop.store.begin_at(shop.app.now()).await.unwrap();
    assert!(tx.mark_sent(line.id, None).await.unwrap());
    tx.commit().await.unwrap();
    shop.wire.go_on();
    delivering.await.unwrap().unwrap();
    assert_eq!((times_sent(&shop, "First"), times_sent(&shop, "Second")), (1, 1), "those claimed with it leave at once");
    assert_eq!((delivery(&shop, ana).await.0, delivery(&shop, ben).await.0), (Delivery::Sent, Delivery::Sent));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_the_same_message_under_the_same_key() {
    let shop = shop().await;
    answered(&shop, "ana", "My answer").await;
    shop.wire.weather(Weather::Cut { taken: true });
    shop.wire.memory(Memory::None);
    shop.undo_time_over().await;
    let message = shop.last_of(shop.view("all").await[0].id, Author::Agent).await.unwrap().id;
    shop.wire.weather(Weather::Fine);
    shop.app.resolve_delivery(message, DeliveryChoice::Retry).await.unwrap();
    shop.app.deliver_due().await.unwrap();
    let both: Vec<_> = shop.sent_by(Author::Agent);
    assert_eq!(both.len(), 2, "a person decided to send it again");
    assert_eq!((&both[0].wire_key, &both[0].text, both[0].at), (&both[1].wire_key, &both[1].text, both[1].at));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_server_is_asked_less_and_less_and_a_person_is_told_in_the_end() {
    let shop = shop().await;
    let id = answered(&shop, "ana", "My answer").await;
    shop.wire.weather(Weather::Down);
    shop.undo_time_over().await;
    let pause = |at: Option<mercator_domain::moment::Moment>| at.unwrap().since(shop.app.now());
    let first = pause(shop.store.next_due().await.unwrap());
    assert!((SECOND_MS..=MINUTE_MS).contains(&first), "{first}");
    shop.later(6 * HOUR_MS);
    shop.app.deliver_due().await.unwrap();
    let later = pause(shop.store.next_due().await.unwrap());
    assert!(later > first && later <= 30 * MINUTE_MS, "{later}");
    shop.later(2 * DAY_MS);
    shop.app.deliver_due().await.unwrap();
    assert_eq!(delivery(&shop, id).await.0, Delivery::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_can_be_taken_back_in_time_and_not_later() {
    let shop = shop().await;
    let id = shop.hear(&buyer("ana").writes("A question", "I want to speak to a human please")).await;
    let before = shop.wire.taken().len();
    let sent = shop.app.send_reply(id, &text("Oops")).await.unwrap();
    assert_eq!(sent.undo_until, shop.app.now().plus_ms(10 * SECOND_MS));
    shop.app.deliver_due().await.unwrap();
    assert_eq!(shop.app.undo_send(sent.message_id).await.unwrap(), "Oops", "the text comes back without the signature");
    shop.later(HOUR_MS);
    shop.app.deliver_due().await.unwrap();
    assert_eq!(shop.wire.taken().len(), before);
    let sent = shop.app.send_reply(id, &text("Good")).await.unwrap();
    shop.later(11 * SECOND_MS);
    assert_eq!(code(shop.app.undo_send(sent.message_id).await), "precondition");
    shop.app.deliver_due().await.unwrap();
    assert_eq!(times_sent(&shop, "Good\n\nYour Lumen & Loom team"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_resolves_and_fails_opens_the_conversation_again() {
    let shop = shop().await;
    let id = shop.hear(&buyer("ana").writes("A question", "I want to speak to a human please")).await;
    shop.app.send_reply(id, &ReplyInput { resolve: true, ..text("Done") }).await.unwrap();
    assert_eq!(shop.thread(id).await.conversation.status, Status::Resolved);
    shop.wire.weather(Weather::Refuses("550".to_owned()));
    shop.undo_time_over().await;
    let thread = shop.thread(id).await;
    assert_eq!(thread.conversation.status, Status::Open);
    assert!(thread.handoff.is_some(), "nobody has answered it yet");
}
