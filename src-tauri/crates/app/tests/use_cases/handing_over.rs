//! From the bot to people and back: one reason, a full card, a promise that is kept or alarmed, and silence in between.

use mercator_app::views::{ReplyInput, Settings};
use mercator_domain::{
    conversation::{ActivityKind, Owner, Status},
    handoff::HandoffReason,
    hours::BusinessHours,
    message::Author,
    moment::{HOUR_MS, MINUTE_MS, Moment},
    shipment::ShipmentStage,
};

use crate::support::{Shop, attention, buyer, central_shop, code, merchant, shop, shops};

fn text(words: &str) -> ReplyInput {
    ReplyInput { text: words.to_owned(), anyway: true, ..ReplyInput::default() }
}

async fn reason(shop: &Shop, letter: &crate::support::Letter) -> Option<HandoffReason> {
    let id = shop.hear(letter).await;
    let handoffs = shop.store.handoffs_of_conversation(id).await.unwrap();
    assert!(handoffs.len() <= 1, "exactly one reason: {handoffs:?}");
    handoffs.first().map(|handoff| handoff.reason)
}

#[tokio::test(flavor = "multi_thread")]
async fn g1_every_reason_of_the_list_is_reached_and_recorded_once() {
    let shop = shop().await.with_faqs().await;
    let (ana, ben) = (buyer("ana"), buyer("ben"));
    shop.order(&ana, "10023", ShipmentStage::InTransit, 10 * 24).await;
    let check = async |letter: crate::support::Letter, expect| {
        assert_eq!(reason(&shop, &letter).await, Some(expect), "{}", letter.text);
    };
    check(ben.writes("1", "I want to speak to a human please"), HandoffReason::CustomerRequest).await;
    check(ben.writes("2", "Please send me an invoice for my last order."), HandoffReason::UnsupportedRequest).await;
    check(ana.writes("3", "Where is my order #10023?"), HandoffReason::PolicyRestriction).await;
    check(ben.writes("4", "You are liars and thieves!!! This is UNACCEPTABLE!!!"), HandoffReason::EmotionRisk).await;
    // Asked back once, then a person.
    let first = ben.writes("5", "Do you deliver to Mars?");
    if reason(&shop, &first).await.is_none() {
        check(ben.writes("Re: 5", "To Mars, I said. Do you deliver to Mars?").answering(&first.id), HandoffReason::MissingKnowledge).await;
    }
    // Too many answers without an end.
    shop.app.save_settings(Settings { max_bot_replies: 1, ..Settings::default() }).await.unwrap();
    let first = ben.writes("6", "Which payment methods do you accept?");
    assert_eq!(reason(&shop, &first).await, None);
    check(ben.writes("Re: 6", "How long does delivery take?").answering(&first.id), HandoffReason::Limit).await;
}

/// Runs SQL as the administrator of the server would, to break what cannot be broken from within.
fn break_it(shop: &Shop, sql: &str) {
    let (base, schema) = shop.workspace.split_once("&options[search_path]=").unwrap();
    let done = std::process::Command::new("/usr/lib/postgresql/15/bin/psql")
        .args(["-q", "-v", "ON_ERROR_STOP=1", base, "-c", &format!("set search_path to {schema}; {sql}")])
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn g1_a_look_up_that_fails_is_a_tool_failure() {
    let Some(shop) = central_shop().await else { return };
    break_it(&shop, "alter table orders rename to orders_gone");
    assert_eq!(reason(&shop, &buyer("ana").writes("Order", "Where is my order #10023?")).await, Some(HandoffReason::ToolFailure));
}

#[tokio::test(flavor = "multi_thread")]
async fn g1_a_turn_that_cannot_run_gives_the_message_to_a_person_and_the_others_go_on() {
    let Some(shop) = central_shop().await else { return };
    break_it(&shop, "alter table articles rename to articles_gone");
    let (ana, ben) = (buyer("ana").writes("One", "Which payment methods?"), buyer("ben").writes("Two", "How long does it take?"));
    shop.lay(&ana);
    shop.lay(&ben);
    shop.pass().await;
    for letter in [ana, ben] {
        let id = shop.conversation_of(&letter).await.unwrap();
        let handoff = shop.store.waiting_handoff(id).await.unwrap().expect("a person has it");
        assert_eq!(handoff.reason, HandoffReason::ToolFailure);
        assert_eq!(shop.store.conversation(id).await.unwrap().owner, Owner::Human);
        assert!(handoff.card.open_question.contains(&letter.text));
    }
    assert_eq!(shop.store.messages_for_bot(10).await.unwrap(), [], "nothing is tried for ever");
}

#[tokio::test(flavor = "multi_thread")]
async fn g2_the_card_has_all_its_fields() {
    for shop in shops().await {
        let ana = buyer("ana");
        shop.order(&ana, "10023", ShipmentStage::InTransit, 20).await;
        let first = ana.writes("Lampe", "Wo ist meine Bestellung 10023?");
        let id = shop.hear(&first).await;
        shop.hear(
            &ana.writes("Re: Lampe", "Ich möchte bitte mit einem Menschen sprechen, die Lampe aus Bestellung 10023 ist kaputt.")
                .answering(&first.id),
        )
        .await;
        let handoff = shop.thread(id).await.handoff.unwrap();
        let card = handoff.card;
        assert!(card.summary.contains("Ana") && card.summary.contains("10023"), "{}", card.summary);
        assert_eq!(card.language.unwrap().code(), "de");
        assert!(card.identity.contains("ana@buyers.test"), "{}", card.identity);
        assert!(card.order.contains("10023") && card.order.contains("TRACK10023"), "{}", card.order);
        assert_eq!(card.emotion.levels.len(), 2);
        assert!(!card.tried.is_empty());
        assert!(card.open_question.contains("kaputt"), "{}", card.open_question);
        assert!(!card.suggested_reply.is_empty() && card.intent.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn g2_what_is_not_known_is_said_to_be_unknown() {
    let shop = shop().await;
    let id = shop.hear(&buyer("ana").writes("Help", "I want to speak to a human please")).await;
    let card = shop.thread(id).await.handoff.unwrap().card;
    for field in [&card.summary, &card.identity, &card.order, &card.open_question, &card.suggested_reply] {
        assert!(!field.trim().is_empty(), "{card:?}");
    }
    assert_eq!(card.order.to_lowercase(), "unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn g3_at_night_the_customer_is_told_once_who_answers_and_when() {
    for shop in shops().await {
        let mut tx = shop.store.begin_at(shop.app.now()).await.unwrap();
        let mut inbox = tx.inbox(shop.inbox).await.unwrap().inbox;
        inbox.hours = BusinessHours { time_zone: "Asia/Shanghai".to_owned(), ..BusinessHours::default() };
        tx.update_inbox(&inbox).await.unwrap();
        tx.commit().await.unwrap();
        // Monday 23:00 in Shanghai.
        let night: jiff::Timestamp = "2026-11-23T15:00:00Z".parse().unwrap();
        shop.clock.set(Moment(night.as_millisecond()));
        let id = shop.hear(&buyer("eva").writes("Ayuda", "Quiero hablar con una persona, por favor")).await;
        assert_eq!(shop.wire.taken().len(), 1);
        let said = shop.last_sent().text;
        assert!(said.contains("24 de noviembre de 2026 09:00 (UTC+8)") && said.contains("11:00"), "{said}");
        let handoff = shop.thread(id).await.handoff.unwrap();
        assert_eq!(handoff.promised_at.to_string(), "2026-11-24T03:00:00Z");
        for view in ["waiting", "unassigned"] {
            assert_eq!(shop.view(view).await.iter().map(|row| row.id).collect::<Vec<_>>(), [id], "{view}");
        }
        shop.pass().await;
        shop.hear(&buyer("eva").answers(&shop.last_sent(), "¿Hola?")).await;
        assert_eq!(shop.wire.taken().len(), 1, "told once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn g4_the_bot_is_silent_after_an_agents_answer_until_it_is_handed_back() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let ana = buyer("ana");
        let first = ana.writes("Paying", "Which payment methods do you accept?");
        let id = shop.hear(&first).await;
        let sent = shop.app.send_reply(id, &text("Hello Ana, I take this over.")).await.unwrap();
        assert!(sent.undo_until > shop.app.now());
        // Silent from this moment on, not only from when it has left.
        for (n, question) in ["How long does delivery take?", "Which payment methods do you accept?"].into_iter().enumerate() {
            let mut feed = shop.app.events();
            shop.hear(&ana.writes("Re: Paying", question).answering(&first.id)).await;
            assert_eq!(shop.sent_by(Author::Bot).len(), 1, "{question}");
            assert!(attention(&mut feed).contains(&"reply_to_human".to_owned()), "message {n}");
            shop.later(MINUTE_MS);
        }
        assert_eq!(shop.thread(id).await.conversation.owner, Owner::Human);
        assert!(shop.messages(id).await.iter().all(|m| m.delivery != mercator_domain::message::Delivery::Draft));
        shop.app.hand_back(id).await.unwrap();
        assert_eq!(code(shop.app.hand_back(id).await), "precondition");
        shop.pass().await;
        assert_eq!(shop.sent_by(Author::Bot).len(), 1, "handed back it waits for the next message");
        shop.hear(&ana.writes("Re: Paying", "How long does delivery take?").answering(&first.id)).await;
        assert_eq!(shop.sent_by(Author::Bot).len(), 2);
        let kinds = shop.activities(id).await;
        assert!(kinds.contains(&ActivityKind::TakenOver) && kinds.contains(&ActivityKind::HandedBack), "{kinds:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn g4_an_answer_from_another_mail_program_silences_the_bot_too() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let ana = buyer("ana");
        let first = ana.writes("Help", "I want to speak to a human please");
        let id = shop.hear(&first).await;
        shop.later(30 * MINUTE_MS);
        let answer = merchant().writes("Re: Help", "Hello Ana, Ben here.").to("ana@buyers.test").answering(&first.id).seen_in("Sent");
        shop.lay_sent(&answer);
        shop.pass().await;
        let seen = shop.last_of(id, Author::Agent).await.unwrap();
        assert_eq!(seen.text, "Hello Ana, Ben here.");
        let handoff = &shop.store.handoffs_of_conversation(id).await.unwrap()[0];
        assert_eq!(handoff.answered_at, Some(shop.app.now()));
        let before = shop.wire.taken().len();
        shop.hear(&ana.writes("Re: Help", "Which payment methods do you accept?").answering(&answer.id)).await;
        assert_eq!(shop.wire.taken().len(), before);
        // Also where the bot had it, and the program named no earlier mail.
        let other = shop.hear(&buyer("ben").writes("Paying", "Which payment methods do you accept?")).await;
        let answer = merchant().writes("RE: Paying", "Cash only, sorry.").to("ben@buyers.test").seen_in("Sent");
        shop.lay_sent(&answer);
        shop.pass().await;
        assert_eq!(shop.conversation_of(&answer).await, Some(other));
        assert_eq!(shop.thread(other).await.conversation.owner, Owner::Human);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn g4_what_the_bot_had_queued_is_taken_back_when_a_person_answers() {
    let shop = shop().await.with_faqs().await;
    shop.lay(&buyer("ana").writes("Paying", "Which payment methods do you accept?"));
    // Taken in and answered, but nothing has been delivered yet.
    shop.wire.weather(crate::support::Weather::SlowBeforeGate);
    let app = std::sync::Arc::clone(&shop.app);
    let passing = tokio::spawn(async move { app.pass().await });
    shop.wire.somebody_waits().await;
    let id = shop.view("all").await[0].id;
    shop.app.send_reply(id, &text("I answer this myself")).await.unwrap();
    shop.wire.weather(crate::support::Weather::Fine);
    shop.wire.go_on();
    passing.await.unwrap().unwrap();
    shop.undo_time_over().await;
    let sent: Vec<Author> = shop.wire.taken().iter().map(|outgoing| outgoing.author).collect();
    assert_eq!(sent, [Author::Agent], "the gate stayed closed for the bot's answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn g5_after_resolve_and_return_the_bot_answers_the_new_question() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let ana = buyer("ana");
        let first = ana.writes("Help", "This is UNACCEPTABLE!!! You are liars and thieves!!! I want to speak to a human");
        let id = shop.hear(&first).await;
        assert!(shop.thread(id).await.handoff.is_some());
        shop.app.send_reply(id, &ReplyInput { resolve: true, ..text("I am sorry. It is settled.") }).await.unwrap();
        shop.undo_time_over().await;
        shop.later(HOUR_MS);
        shop.hear(&ana.writes("Re: Help", "Which payment methods do you accept?").answering(&first.id)).await;
        let answer = shop.last_of(id, Author::Bot).await.unwrap();
        assert!(answer.text.contains("PayPal"), "{}", answer.text);
        let thread = shop.thread(id).await;
        assert!(thread.handoff.is_none());
        assert_eq!((thread.conversation.owner, thread.conversation.status, thread.conversation.episode), (Owner::Bot, Status::Pending, 2));
        assert_eq!((thread.conversation.priority, thread.row.high_risk), (0, false));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn g7_what_the_bot_handles_does_not_notify_and_what_waits_ages_and_is_alarmed_once() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let mut feed = shop.app.events();
        for name in ["ana", "ben", "cem"] {
            shop.hear(&buyer(name).writes("Paying", "Which payment methods do you accept?")).await;
        }
        assert_eq!(attention(&mut feed), Vec::<String>::new());
        assert_eq!((shop.count("bot").await, shop.app.badge().await), (3, 0));
        let id = shop.hear(&buyer("dan").writes("Help", "I want to speak to a human please")).await;
        assert_eq!(attention(&mut feed), ["handoff"]);
        assert_eq!((shop.count("waiting").await, shop.app.badge().await), (1, 1));
        let promised = shop.thread(id).await.handoff.unwrap().promised_at;
        shop.clock.set(promised.plus_ms(-16 * MINUTE_MS));
        shop.pass().await;
        assert_eq!(attention(&mut feed), Vec::<String>::new());
        shop.clock.set(promised.plus_ms(-14 * MINUTE_MS));
        shop.pass().await;
        assert_eq!(attention(&mut feed), ["promise_near"]);
        shop.later(HOUR_MS);
        shop.pass().await;
        assert_eq!(attention(&mut feed), Vec::<String>::new(), "alarmed once");
        let row = &shop.view("waiting").await[0];
        assert!(row.waiting.unwrap().overdue && row.waiting.unwrap().since < shop.app.now());
        let late = shop.store.waiting_handoffs().await.unwrap().into_iter().filter(|h| h.promised_at < shop.app.now());
        assert!(late.into_iter().all(|handoff| handoff.alarmed_at.is_some()), "none is past its promise without an alarm");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn g8_a_draft_for_the_person_rests_on_the_same_evidence_and_sends_nothing() {
    let shop = shop().await.with_faqs().await;
    let ana = buyer("ana");
    shop.order(&ana, "10023", ShipmentStage::InTransit, 20).await;
    let first = ana.writes("Help", "I want to speak to a human please");
    let id = shop.hear(&first).await;
    shop.hear(&ana.writes("Re: Help", "How long does delivery take?").answering(&first.id)).await;
    let before = shop.messages(id).await.len();
    let draft = shop.app.draft_reply(id).await.unwrap();
    assert!(draft.text.contains("4 to 7 working days") && draft.sources.len() == 1, "{draft:?}");
    assert!(!draft.text.contains("automated assistant"), "a person signs it: {}", draft.text);
    shop.hear(&ana.writes("Re: Help", "Where is my order #10023?").answering(&first.id)).await;
    assert!(shop.app.draft_reply(id).await.unwrap().text.contains("TRACK10023"));
    shop.pass().await;
    assert_eq!(shop.messages(id).await.len(), before + 1, "only what the customer wrote");
    assert!(shop.sent_by(Author::Agent).is_empty());
}
