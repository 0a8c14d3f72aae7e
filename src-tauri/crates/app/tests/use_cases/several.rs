//! Several windows on one workspace, and what each is told.

use mercator_app::views::{AppEvent, ReplyInput, Settings};
use mercator_domain::{message::Author, moment::MINUTE_MS};

use crate::support::{buyer, code, shop, shops, told};

fn text(words: &str, seen_version: i64) -> ReplyInput {
    ReplyInput { text: words.to_owned(), seen_version, ..ReplyInput::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_instances_one_answers_each_message_and_sends_each_answer() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let colleague = shop.colleague().await;
        for n in 0..12 {
            shop.lay(&buyer(&format!("b{n}")).writes("Paying", "Which payment methods do you accept?"));
        }
        let (one, other) = tokio::join!(shop.app.pass(), colleague.pass());
        one.unwrap();
        other.unwrap();
        shop.pass().await;
        let mut receivers: Vec<String> = shop.sent_by(Author::Bot).into_iter().map(|outgoing| outgoing.to[0].address.clone()).collect();
        receivers.sort();
        let count = receivers.len();
        receivers.dedup();
        assert_eq!((count, receivers.len()), (12, 12));
        assert_eq!(shop.view("all").await.len(), 12);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b11_a_colleague_is_seen_and_the_second_answer_asks_first() {
    for shop in shops().await {
        let colleague = shop.colleague().await;
        let id = shop.hear(&buyer("ana").writes("Help", "I want to speak to a human please")).await;
        shop.app.announce_presence(Some(id)).await.unwrap();
        let me = shop.app.app_state().await.unwrap().member.name;
        assert_eq!(colleague.thread(id).await.unwrap().present, [me]);
        assert!(shop.thread(id).await.present.is_empty(), "nobody is told of oneself");
        shop.later(2 * MINUTE_MS);
        assert!(colleague.thread(id).await.unwrap().present.is_empty(), "presence ends by itself");
        let seen = colleague.thread(id).await.unwrap().conversation.version;
        shop.app.mark_read(id).await.unwrap();
        shop.app.send_reply(id, &text("I am on it", seen)).await.unwrap();
        assert_eq!(code(colleague.send_reply(id, &text("Me too", seen)).await), "conflict");
        shop.undo_time_over().await;
        assert_eq!(shop.sent_by(Author::Agent).len(), 1);
        colleague.send_reply(id, &ReplyInput { anyway: true, ..text("Me too", seen) }).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_conversation_with_a_new_message_asks_first() {
    let shop = shop().await;
    let first = buyer("ana").writes("Help", "I want to speak to a human please");
    let id = shop.hear(&first).await;
    shop.app.mark_read(id).await.unwrap();
    let seen = shop.thread(id).await.conversation.version;
    shop.app.set_labels(id, &["vip".to_owned()]).await.unwrap();
    shop.hear(&buyer("ana").writes("Re: Help", "Never mind, it has arrived").answering(&first.id)).await;
    assert_eq!(code(shop.app.send_reply(id, &text("Hello", seen)).await), "conflict");
    assert_eq!(shop.last_of(id, Author::Agent).await, None);
    let seen = shop.thread(id).await.conversation.version;
    shop.app.set_labels(id, &["vip".to_owned(), "late".to_owned()]).await.unwrap();
    shop.app.send_reply(id, &text("Hello", seen)).await.expect("a label is no reason to ask");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_window_is_told_of_what_another_has_changed() {
    for shop in shops().await {
        let colleague = shop.colleague().await;
        colleague.start();
        // The loop notes where the feed ends before it begins to tell.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let mut feed = colleague.events();
        let id = shop.hear(&buyer("ana").writes("Help", "I want to speak to a human please")).await;
        shop.app.save_settings(Settings { undo_seconds: 25, ..Settings::default() }).await.unwrap();
        let heard = async {
            let (mut conversation, mut settings) = (false, false);
            while !(conversation && settings) {
                match feed.recv().await.unwrap() {
                    AppEvent::ConversationChanged { id: changed } if changed == id => conversation = true,
                    AppEvent::SettingsChanged => settings = true,
                    _ => {}
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), heard).await.expect("the change feed is followed");
        assert_eq!(colleague.app_state().await.unwrap().settings.undo_seconds, 25);
        colleague.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_is_told_of_each_step() {
    let shop = shop().await.with_faqs().await;
    let mut feed = shop.app.events();
    let id = shop.hear(&buyer("ana").writes("Paying", "Which payment methods do you accept?")).await;
    let events = told(&mut feed);
    assert!(events.iter().filter(|event| **event == AppEvent::ConversationChanged { id }).count() >= 3, "in, answered, sent: {events:?}");
    assert!(events.iter().any(|event| matches!(event, AppEvent::CountsChanged { badge: 0 })));
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_out_of_range_are_brought_to_its_ends_and_kept() {
    let mut shop = shop().await;
    let wild = Settings {
        undo_seconds: 99,
        answer_threshold: 7.0,
        intent_threshold: -1.0,
        stuck_after_hours: 0,
        max_bot_replies: 0,
        ..Settings::default()
    };
    shop.app.save_settings(wild).await.unwrap();
    shop.restart().await;
    let kept = shop.app.app_state().await.unwrap().settings;
    assert_eq!((kept.undo_seconds, kept.stuck_after_hours, kept.max_bot_replies), (30, 1, 1));
    assert_eq!((kept.answer_threshold, kept.intent_threshold), (1.0, 0.0));
}
