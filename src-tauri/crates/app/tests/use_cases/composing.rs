//! What a person writes beside answers: drafts, notes, links, and erasing.

use mercator_app::views::{ComposerDraft, ReplyInput, ThreadItem};
use mercator_domain::{message::Author, moment::MINUTE_MS, shipment::ShipmentStage};

use crate::support::{buyer, code, shop, shops};

#[tokio::test(flavor = "multi_thread")]
async fn b9_a_draft_is_there_again_after_a_restart_with_caret_and_files() {
    for mut shop in shops().await {
        let one = shop.hear(&buyer("ana").writes("Help", "I want to speak to a human please")).await;
        let other = shop.hear(&buyer("ben").writes("Help", "I want to speak to a human please")).await;
        let draft = ComposerDraft {
            reply: "Liebe Ana, 你好".to_owned(),
            note: "ask Ben".to_owned(),
            note_open: true,
            caret: 7,
            attachments: vec!["/tmp/invoice.pdf".to_owned()],
        };
        shop.app.save_draft(one, &draft).await.unwrap();
        shop.app.save_draft(other, &ComposerDraft { reply: "x".to_owned(), ..ComposerDraft::default() }).await.unwrap();
        shop.restart().await;
        assert_eq!(shop.thread(one).await.draft, Some(draft));
        assert_eq!(shop.thread(other).await.draft.unwrap().reply, "x");
        shop.app.save_draft(other, &ComposerDraft::default()).await.unwrap();
        assert_eq!(shop.thread(other).await.draft, None);
        shop.app.send_reply(one, &ReplyInput { text: "Hello".to_owned(), anyway: true, ..ReplyInput::default() }).await.unwrap();
        assert_eq!(shop.thread(one).await.draft, None, "sent is no draft any more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b10_a_note_stands_in_the_thread_and_never_leaves() {
    for shop in shops().await {
        let id = shop.hear(&buyer("ana").writes("Help", "I want to speak to a human please")).await;
        let before = shop.wire.taken().len();
        shop.app.add_note(id, "  @ben she is a VIP  ").await.unwrap();
        assert_eq!(code(shop.app.add_note(id, "  ").await), "precondition");
        shop.later(10 * MINUTE_MS);
        shop.pass().await;
        let notes: Vec<_> = shop
            .thread(id)
            .await
            .items
            .into_iter()
            .filter_map(|i| if let ThreadItem::Note { note, member } = i { Some((note.text, member)) } else { None })
            .collect();
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].0, "@ben she is a VIP");
        assert!(!notes[0].1.is_empty());
        assert_eq!(shop.wire.taken().len(), before);
        assert!(shop.wire.taken().iter().all(|outgoing| !outgoing.text.contains("VIP")));
        assert!(shop.thread(id).await.handoff.is_some(), "a note is no answer");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn e1_the_order_beside_the_conversation_and_a_link_that_stays() {
    for shop in shops().await {
        let ana = buyer("ana");
        shop.order(&ana, "A-10023", ShipmentStage::InTransit, 20).await;
        shop.order(&ana, "10024", ShipmentStage::InTransit, 20).await;
        let first = ana.writes("Order", "Where is my order #10024?");
        let id = shop.hear(&first).await;
        let thread = shop.thread(id).await;
        assert_eq!(thread.order.unwrap().number, "10024");
        assert_eq!(thread.other_orders.iter().map(|row| row.number.as_str()).collect::<Vec<_>>(), ["A-10023"]);
        shop.app.link_order(id, Some("a10023")).await.unwrap();
        assert_eq!(shop.thread(id).await.order.unwrap().number, "A-10023");
        assert_eq!(code(shop.app.link_order(id, Some("77")).await), "precondition");
        // The bot reads of another order: what a person chose stays.
        shop.hear(&ana.writes("Re: Order", "Where is my order #10024?").answering(&first.id)).await;
        assert_eq!(shop.thread(id).await.order.unwrap().number, "A-10023");
        shop.app.link_order(id, None).await.unwrap();
        let thread = shop.thread(id).await;
        assert_eq!((thread.order, thread.other_orders.len()), (None, 2));
        assert_eq!(shop.search("order:10024").await, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_is_gone_from_every_place_that_is_shown() {
    for shop in shops().await {
        let ana = buyer("anastasia");
        shop.order(&ana, "10023", ShipmentStage::InTransit, 20).await;
        let id = shop.hear(&ana.writes("Private matter", "I want to speak to a human about my unmistakable problem")).await;
        shop.app.add_note(id, "anastasia called").await.unwrap();
        let contact = shop.thread(id).await.contact.id;
        assert_eq!(shop.search("unmistakable").await, [id]);
        shop.app.erase_contact(contact).await.unwrap();
        assert_eq!(shop.search("unmistakable").await, []);
        let left = serde_json::to_string(&shop.app.contact(contact).await.unwrap()).unwrap().to_lowercase();
        let shown = serde_json::to_string(&shop.thread(id).await).unwrap().to_lowercase();
        for word in ["anastasia", "unmistakable", "private matter"] {
            assert!(!left.contains(word) && !shown.contains(word), "{word}");
        }
        assert_eq!((shop.view("waiting").await.len(), shop.app.raise_alarms().await.unwrap()), (0, 0));
        shop.later(3 * 24 * 60 * MINUTE_MS);
        shop.pass().await;
        assert_eq!(shop.sent_by(Author::System).len(), 0, "nothing more is written to the person");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_along_and_one_that_is_too_large_is_refused() {
    let shop = shop().await;
    let id = shop.hear(&buyer("ana").writes("Help", "I want to speak to a human please")).await;
    let (small, large) = (shop.path("invoice.pdf"), shop.path("film.mp4"));
    std::fs::write(&small, b"%PDF-").unwrap();
    std::fs::File::create(&large).unwrap().set_len(19 * 1024 * 1024).unwrap();
    let reply = |path: &str| ReplyInput {
        text: "See the file".to_owned(),
        attachments: vec![path.to_owned()],
        anyway: true,
        ..ReplyInput::default()
    };
    assert_eq!(code(shop.app.send_reply(id, &reply(&large)).await), "bad_input");
    assert_eq!(code(shop.app.send_reply(id, &reply("/nowhere/at/all")).await), "not_found");
    shop.app.send_reply(id, &reply(&small)).await.unwrap();
    shop.undo_time_over().await;
    let [sent] = shop.sent_by(Author::Agent).try_into().unwrap();
    let file = &sent.attachments[0];
    assert_eq!(
        (file.name.as_str(), file.media_type.as_str(), file.content.as_slice()),
        ("invoice.pdf", "application/pdf", b"%PDF-".as_slice())
    );
}
