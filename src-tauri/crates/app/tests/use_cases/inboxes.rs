//! What comes in: stored once, in the right conversation, and machines are never answered.

use mercator_app::views::{DeliveryChoice, ReplyInput};
use mercator_domain::{
    conversation::{ActivityKind, Owner, Status},
    message::{Author, Automatic, Delivery},
    moment::{HOUR_MS, MINUTE_MS, Moment},
};

use crate::support::{NOW, SHOP, Weather, attention, buyer, merchant, shop, shops};

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_seen_in_two_folders_and_read_twice_is_stored_once() {
    for mut shop in shops().await {
        let shop_faqs = buyer("ana").writes("Paying", "Which payment methods do you accept?");
        shop.lay(&shop_faqs);
        shop.lay(&shop_faqs.clone().seen_in("Archive"));
        shop.lay(&shop_faqs);
        shop.pass().await;
        shop.crash().await;
        shop.pass().await;
        assert_eq!(shop.view("all").await.len(), 1);
        let id = shop.view("all").await[0].id;
        assert_eq!(shop.messages(id).await.iter().filter(|m| m.author == Author::Contact).count(), 1);
        assert_eq!(shop.sent_by(Author::Bot).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_copy_in_the_sent_folder_is_recognised() {
    let shop = shop().await.with_faqs().await;
    let id = shop.hear(&buyer("ana").writes("Paying", "Which payment methods do you accept?")).await;
    let answer = shop.last_sent();
    let mut copy = merchant().writes(&answer.subject, &answer.text).to("ana@buyers.test").seen_in("Sent");
    copy.id = answer.wire_key.clone();
    shop.lay_sent(&copy);
    shop.pass().await;
    assert_eq!(shop.messages(id).await.len(), 2);
    assert_eq!(shop.thread(id).await.conversation.owner, Owner::Bot, "the bot's own mail is no person's answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_of_an_uncertain_message_proves_that_it_left() {
    let shop = shop().await;
    let id = shop.hear(&buyer("ana").writes("Help", "I want to speak to a human please")).await;
    shop.app.send_reply(id, &ReplyInput { text: "Here I am".to_owned(), anyway: true, ..ReplyInput::default() }).await.unwrap();
    shop.wire.weather(Weather::Cut { taken: true });
    shop.wire.memory(crate::support::Memory::None);
    shop.undo_time_over().await;
    assert_eq!(shop.last_of(id, Author::Agent).await.unwrap().delivery, Delivery::Uncertain);
    let answer = shop.last_sent();
    let mut copy = merchant().writes(&answer.subject, &answer.text).to("ana@buyers.test").seen_in("Sent");
    copy.id = answer.wire_key.clone();
    shop.lay_sent(&copy);
    shop.wire.weather(Weather::Fine);
    shop.pass().await;
    assert_eq!(shop.last_of(id, Author::Agent).await.unwrap().delivery, Delivery::Sent);
    assert_eq!(shop.view("waiting").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_kept_together_by_references_and_parted_by_topic_and_by_sender() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let ana = buyer("ana");
        let first = ana.writes("Paying", "Which payment methods do you accept?");
        let id = shop.hear(&first).await;
        let answer = shop.last_sent();
        assert_eq!((answer.subject.as_str(), answer.in_reply_to.as_deref()), ("Re: Paying", Some(first.id.as_str())));
        let second = ana.answers(&answer, "How long does delivery take?");
        assert_eq!(shop.hear(&second).await, id);
        assert!(shop.last_sent().references.contains(&first.id), "{:?}", shop.last_sent().references);
        let other_topic = ana.writes("Re: Invoice for my company", "How long does delivery take?").answering(&answer.wire_key);
        assert_ne!(shop.hear(&other_topic).await, id, "another subject is another topic");
        let other_sender = buyer("ben").answers(&answer, "Which payment methods do you accept?");
        let bens = shop.hear(&other_sender).await;
        assert_ne!(bens, id, "nobody sees what was written to somebody else");
        assert_eq!(shop.last_sent().to[0].address, "ben@buyers.test");
        assert_eq!(shop.thread(bens).await.contact.name, "Ben");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounce_marks_the_message_and_is_never_answered() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let mut feed = shop.app.events();
        let id = shop.hear(&buyer("ana").writes("Paying", "Which payment methods do you accept?")).await;
        let answer = shop.last_sent();
        let daemon = crate::support::Person { name: "Mail Delivery".to_owned(), address: "mailer-daemon@buyers.test".to_owned() };
        let report = daemon.writes("Undelivered Mail", "Your mail could not be delivered.").by_machine(Automatic::Bounce);
        shop.lay_bounce(&report, Some(&answer.wire_key), true);
        shop.pass().await;
        let failed = shop.last_of(id, Author::Bot).await.unwrap();
        assert_eq!((failed.delivery, failed.delivery_error.as_str()), (Delivery::Failed, "550 no such mailbox"));
        assert_eq!(attention(&mut feed), ["delivery_failed"]);
        assert_eq!(shop.wire.taken().len(), 1, "a delivery report is not answered");
        assert_eq!(shop.view("failed").await.len(), 1);
        // A person has seen it: it leaves the list of what needs somebody.
        shop.app.resolve_delivery(failed.id, DeliveryChoice::Discard).await.unwrap();
        assert_eq!(shop.view("failed").await.len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_are_never_answered_and_never_loop() {
    let shop = shop().await.with_faqs().await;
    for kind in [Automatic::AutoReply, Automatic::List, Automatic::Bulk, Automatic::Bounce] {
        let id = shop.hear(&buyer("robot").writes("Which payment methods?", "Which payment methods do you accept?").by_machine(kind)).await;
        assert_eq!(shop.thread(id).await.conversation.status, Status::Resolved, "{kind}");
    }
    assert_eq!(shop.wire.taken().len(), 0);
    // An absence notice that answers each of our answers ends at once.
    let id = shop.hear(&buyer("ana").writes("Paying", "Which payment methods do you accept?")).await;
    for _ in 0..3 {
        let away = buyer("ana").answers(&shop.last_sent(), "I am out of office until Monday.").by_machine(Automatic::AutoReply);
        assert_eq!(shop.hear(&away).await, id);
    }
    assert_eq!(shop.wire.taken().len(), 1);
    assert_eq!(shop.thread(id).await.conversation.status, Status::Pending, "an absence notice changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_can_answer_open_and_resolve_what_a_machine_wrote() {
    for shop in shops().await {
        let id = shop.hear(&buyer("robot").writes("Your order form", "A form was filled in").by_machine(Automatic::Bulk)).await;
        shop.app.set_status(id, Status::Open, None).await.unwrap();
        shop.app.send_reply(id, &ReplyInput { text: "Thank you".to_owned(), anyway: true, ..ReplyInput::default() }).await.unwrap();
        shop.undo_time_over().await;
        assert_eq!(shop.last_of(id, Author::Agent).await.unwrap().delivery, Delivery::Sent);
        shop.app.set_status(id, Status::Resolved, None).await.unwrap();
        shop.app.set_status(id, Status::Open, None).await.unwrap();
        assert_eq!(shop.thread(id).await.conversation.status, Status::Open);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b1_a_new_message_reopens_what_was_resolved_with_a_line_in_the_thread() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let ana = buyer("ana");
        let id = shop.hear(&ana.writes("Paying", "Which payment methods do you accept?")).await;
        shop.app.set_status(id, Status::Resolved, None).await.unwrap();
        assert_eq!(shop.thread(id).await.conversation.status, Status::Resolved);
        shop.pass().await;
        let again = ana.writes("Re: Paying", "How long does delivery take?").answering(&shop.wire.taken()[0].wire_key);
        assert_eq!(shop.hear(&again).await, id);
        assert_eq!(shop.thread(id).await.conversation.status, Status::Pending, "the bot owns it again");
        assert!(shop.activities(id).await.contains(&ActivityKind::Reopened));
        // One that a person owns comes back from its snooze to that person.
        let asked = shop.hear(&buyer("ben").writes("Help", "I want to speak to a human please")).await;
        shop.app.set_status(asked, Status::Snoozed, Some(NOW.plus_ms(HOUR_MS))).await.unwrap();
        let more = buyer("ben").writes("Re: Help", "Are you there?").answering(&shop.last_sent().wire_key);
        assert_eq!(shop.hear(&more).await, asked);
        assert_eq!(shop.thread(asked).await.conversation.status, Status::Open);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b7_a_snoozed_conversation_wakes_on_time_also_after_a_restart() {
    let mut shop = shop().await;
    let id = shop.hear(&buyer("ben").writes("Help", "I want to speak to a human please")).await;
    let until = shop.app.now().plus_ms(MINUTE_MS);
    shop.app.set_status(id, Status::Snoozed, Some(until)).await.unwrap();
    assert_eq!((shop.count("snoozed").await, shop.count("unassigned").await), (1, 0));
    assert_eq!(crate::support::code(shop.app.set_status(id, Status::Snoozed, Some(Moment(1))).await), "precondition");
    shop.restart().await;
    assert_eq!(shop.app.wake_snoozed().await.unwrap(), 0);
    shop.later(MINUTE_MS);
    assert_eq!(shop.app.wake_snoozed().await.unwrap(), 1);
    assert_eq!(shop.thread(id).await.conversation.status, Status::Open);
    assert!(shop.activities(id).await.contains(&ActivityKind::Woke));
}

#[tokio::test(flavor = "multi_thread")]
async fn a7_search_with_operators_words_and_scripts() {
    for shop in shops().await {
        let refund = shop.hear(&buyer("li").writes("退款", "你好，我想退款，订单10023")).await;
        let done = shop.hear(&buyer("wu").writes("退款", "请问退款什么时候到账")).await;
        let cafe = shop.hear(&buyer("zoe").writes("Cafetière", "La cafetière est arrivée cassée")).await;
        shop.app.set_labels(refund, &["Refund".to_owned(), "VIP".to_owned()]).await.unwrap();
        shop.app.set_labels(done, &["refund".to_owned()]).await.unwrap();
        shop.app.set_status(done, Status::Resolved, None).await.unwrap();
        assert_eq!(shop.search("channel:email label:refund 退款 -status:resolved created>2026-01-01").await, [refund]);
        assert_eq!(shop.search("created>2027-01-01").await, []);
        assert_eq!(shop.search("cafetiere").await, [cafe], "accents do not matter");
        assert_eq!(shop.search("label:vip").await, [refund]);
        assert_eq!(shop.search("channel:amazon").await, []);
        assert_eq!(shop.search("zoe@buyers.test").await, [cafe]);
        assert_eq!(shop.search("label:refund").await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_are_made_replaced_and_taken_away() {
    let shop = shop().await;
    let id = shop.hear(&buyer("ana").writes("Help", "I want to speak to a human please")).await;
    let names = async || -> Vec<String> { shop.thread(id).await.row.labels.into_iter().map(|label| label.name).collect() };
    shop.app.set_labels(id, &[" Urgent ".to_owned(), "return".to_owned(), String::new()]).await.unwrap();
    assert_eq!(names().await, ["return", "urgent"]);
    shop.app.set_labels(id, &["urgent".to_owned()]).await.unwrap();
    assert_eq!(names().await, ["urgent"]);
    assert_eq!(shop.app.list_labels().await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_who_writes_to_the_own_mailbox_sees_the_mail() {
    let shop = shop().await.with_faqs().await;
    let id = shop.hear(&merchant().writes("Trying it out", "Which payment methods do you accept?")).await;
    assert_eq!(shop.last_sent().to[0].address, SHOP);
    let mut own = merchant().writes("Re: Trying it out", "the bot's words");
    own.id = shop.last_sent().wire_key;
    shop.lay(&own);
    shop.pass().await;
    assert_eq!((shop.messages(id).await.len(), shop.wire.taken().len()), (2, 1), "the bot does not talk to itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_that_cannot_be_read_says_why_and_recovers() {
    let shop = shop().await;
    shop.wire.weather(Weather::Down);
    let pass = shop.app.pass().await.unwrap();
    assert_eq!(pass.failed.len(), 1);
    assert!(pass.failed[0].contains("Lumen & Loom: Cannot reach mail.shop.test"), "{:?}", pass.failed);
    let card = &shop.app.list_inboxes().await.unwrap()[0];
    assert!(card.state_reason.contains("connection refused") && card.last_read_at.is_none());
    shop.wire.weather(Weather::Fine);
    shop.pass().await;
    let card = &shop.app.list_inboxes().await.unwrap()[0];
    assert_eq!((card.state_reason.as_str(), card.last_read_at), ("", Some(NOW)));
}
