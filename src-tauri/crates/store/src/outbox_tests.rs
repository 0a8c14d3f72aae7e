//! Every way through the outbox; none of them sends twice.

use super::*;
use crate::{
    both_engines,
    messages::{NewAttachment, NewMessage},
    samples,
};

fn envelope(text: &str) -> Envelope {
    Envelope {
        from: Party { name: "Shop".into(), address: "shop@shop.example".into() },
        to: vec![Party { name: String::new(), address: "ana@mail.example".into() }],
        subject: "Re: Parcel".into(),
        text: text.into(),
        html: None,
        in_reply_to: Some("a@mail.example".into()),
        references: vec!["a@mail.example".into()],
        thread: None,
        at: Moment(10),
    }
}

/// Queues an answer of `author` that may be taken back until `not_before`.
async fn queue(tx: &mut Tx, key: &str, author: Author, not_before: i64) -> (ConversationId, MessageId, OutboxId) {
    let (inbox_id, _, conversation_id) = samples::world(tx, key).await;
    let file = NewAttachment {
        name: "label.pdf".into(),
        media_type: "application/pdf".into(),
        bytes: 2,
        sha256: "s".into(),
        content: Some(vec![9, 8]),
    };
    let new = NewMessage {
        author,
        delivery: Delivery::Queued,
        attachments: vec![file],
        ..samples::message(inbox_id, conversation_id, Moment(10), "It is on its way")
    };
    let message_id = tx.insert_message(&new).await.unwrap();
    let new = NewOutgoing {
        message_id,
        conversation_id,
        inbox_id,
        wire_key: key.into(),
        author,
        envelope: envelope("It is on its way"),
        not_before: Moment(not_before),
    };
    (conversation_id, message_id, tx.enqueue(&new).await.unwrap())
}

async fn delivery(store: &Store, id: MessageId) -> Delivery {
    store.message(id).await.unwrap().delivery
}

both_engines!(a10_a_message_goes_out_once_with_everything_it_was_queued_with, |store| async move {
    let mut tx = store.begin_at(Moment(10)).await.unwrap();
    let (conversation, message, id) = queue(&mut tx, "k1@shop", Author::Agent, 20).await;
    tx.commit().await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(Moment(20)));
    let mut tx = store.begin_at(Moment(19)).await.unwrap();
    assert!(tx.claim_due("a", Moment(100), 10).await.unwrap().is_empty(), "it can still be taken back");
    tx.rollback().await.unwrap();
    let mut tx = store.begin_at(Moment(20)).await.unwrap();
    let claimed = tx.claim_due("a", Moment(100), 10).await.unwrap();
    assert!(tx.claim_due("b", Moment(100), 10).await.unwrap().is_empty(), "claimed once");
    let outgoing = &claimed[0];
    assert_eq!((outgoing.id, outgoing.message_id, outgoing.wire_key.as_str(), outgoing.attempts), (id, message, "k1@shop", 0));
    assert_eq!(
        (&outgoing.to[0].address, outgoing.at, &outgoing.attachments[0].content),
        (&"ana@mail.example".to_owned(), Moment(10), &vec![9, 8])
    );
    assert!(!tx.mark_sending(id, "b").await.unwrap(), "not b's");
    assert!(tx.mark_sending(id, "a").await.unwrap());
    assert!(!tx.mark_sending(id, "a").await.unwrap(), "an attempt begins once");
    tx.commit().await.unwrap();
    assert_eq!(delivery(&store, message).await, Delivery::Sending);
    let mut tx = store.begin_at(Moment(30)).await.unwrap();
    tx.mark_sent(id, None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(delivery(&store, message).await, Delivery::Sent);
    let line = store.outbox_of_conversation(conversation).await.unwrap().remove(0);
    assert_eq!((line.state, line.sent_at, line.attempts), (OutboxState::Sent, Some(Moment(30)), 1));
    assert_eq!(store.next_due().await.unwrap(), None);
});

both_engines!(a_crash_in_sending_is_reconciled_and_not_resent, |store| async move {
    let mut tx = store.begin_at(Moment(10)).await.unwrap();
    let (.., id) = queue(&mut tx, "k1@shop", Author::Bot, 10).await;
    tx.claim_due("a", Moment(100), 10).await.unwrap();
    assert!(tx.mark_sending(id, "a").await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = store.begin_at(Moment(99)).await.unwrap();
    assert!(tx.claim_in_doubt("b", Moment(200), 10).await.unwrap().is_empty(), "a may still be at it");
    tx.rollback().await.unwrap();
    let mut tx = store.begin_at(Moment(100)).await.unwrap();
    assert!(tx.claim_due("b", Moment(200), 10).await.unwrap().is_empty(), "never simply sent again");
    assert_eq!(tx.claim_in_doubt("b", Moment(200), 10).await.unwrap()[0].id, id);
    tx.mark_uncertain(id, "no way to look").await.unwrap();
    tx.commit().await.unwrap();
    let line = store.outbox_of_message(MessageId(1)).await.unwrap().unwrap();
    assert_eq!((line.state, line.error.as_str()), (OutboxState::Uncertain, "no way to look"));
});

both_engines!(b8_undo_works_until_the_time_has_passed, |store| async move {
    let mut tx = store.begin_at(Moment(10)).await.unwrap();
    let (_, first, _) = queue(&mut tx, "k1@shop", Author::Agent, 20).await;
    let (_, second, _) = queue(&mut tx, "k2@shop", Author::Agent, 20).await;
    tx.commit().await.unwrap();
    let mut tx = store.begin_at(Moment(19)).await.unwrap();
    assert!(tx.cancel(first).await.unwrap());
    assert!(!tx.cancel(first).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = store.begin_at(Moment(20)).await.unwrap();
    assert!(!tx.cancel(second).await.unwrap());
    let claimed: Vec<_> = tx.claim_due("a", Moment(50), 10).await.unwrap().iter().map(|o| o.message_id).collect();
    assert_eq!(claimed, [second]);
    tx.commit().await.unwrap();
    assert_eq!(delivery(&store, first).await, Delivery::Cancelled);
});

both_engines!(g4_what_the_bot_had_queued_is_taken_back_when_a_person_answers, |store| async move {
    let mut tx = store.begin_at(Moment(10)).await.unwrap();
    let (conversation, message, _) = queue(&mut tx, "k1@shop", Author::Bot, 10).await;
    let (other, agents, _) = queue(&mut tx, "k2@shop", Author::Agent, 10).await;
    assert_eq!(tx.cancel_bot_messages(conversation).await.unwrap(), 1);
    assert_eq!(tx.cancel_bot_messages(other).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!((delivery(&store, message).await, delivery(&store, agents).await), (Delivery::Cancelled, Delivery::Queued));
});

both_engines!(a_failure_is_tried_again_later_and_then_given_to_a_person, |store| async move {
    let mut tx = store.begin_at(Moment(10)).await.unwrap();
    let (_, message, id) = queue(&mut tx, "k1@shop", Author::Agent, 10).await;
    tx.claim_due("a", Moment(100), 10).await.unwrap();
    tx.mark_sending(id, "a").await.unwrap();
    tx.retry_at(id, Moment(60), "greylisted").await.unwrap();
    assert!(tx.claim_due("a", Moment(100), 10).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    let mut tx = store.begin_at(Moment(60)).await.unwrap();
    assert_eq!(tx.claim_due("a", Moment(160), 10).await.unwrap()[0].attempts, 1);
    tx.mark_failed(id, "no such mailbox").await.unwrap();
    tx.commit().await.unwrap();
    let stored = store.message(message).await.unwrap();
    assert_eq!((stored.delivery, stored.delivery_error.as_str()), (Delivery::Failed, "no such mailbox"));
    let mut tx = store.begin_at(Moment(70)).await.unwrap();
    tx.discard(id).await.unwrap();
    assert!(matches!(tx.retry_at(id, Moment(80), "").await, Err(StoreError::NotFound)), "what was forgotten does not come back");
    tx.commit().await.unwrap();
});

both_engines!(what_was_sent_stays_sent, |store| async move {
    let mut tx = store.begin_at(Moment(10)).await.unwrap();
    let (.., id) = queue(&mut tx, "k1@shop", Author::Agent, 10).await;
    assert!(tx.mark_sent(id, Some("x")).await.unwrap());
    assert!(!tx.mark_sent(id, None).await.unwrap(), "the copy in the folder of sent mail was seen first, or second");
    assert!(matches!(tx.mark_failed(id, "late report").await, Err(StoreError::NotFound)));
    assert!(matches!(tx.retry_at(id, Moment(80), "").await, Err(StoreError::NotFound)));
    assert_eq!(tx.outbox_by_wire_key("k1@shop").await.unwrap().unwrap().state, OutboxState::Sent);
    assert_eq!(tx.outbox_by_wire_key("k9").await.unwrap(), None);
});

both_engines!(a_wire_key_is_used_once, |store| async move {
    let mut tx = store.begin_at(Moment(10)).await.unwrap();
    let (conversation_id, ..) = queue(&mut tx, "k1@shop", Author::Agent, 10).await;
    let inbox_id = tx.conversation(conversation_id).await.unwrap().inbox_id;
    let message_id = samples::say(&mut tx, inbox_id, conversation_id, 1, "x").await;
    let again = NewOutgoing {
        message_id,
        conversation_id,
        inbox_id,
        wire_key: "k1@shop".into(),
        author: Author::Bot,
        envelope: envelope("x"),
        not_before: Moment(1),
    };
    assert!(matches!(tx.enqueue(&again).await, Err(StoreError::Constraint(_))));
});

#[tokio::test]
async fn what_is_due_is_found_by_an_index() {
    let store = Store::memory().await.unwrap();
    let plan = crate::plan_tests::plan(
        &store,
        "select id from outbox where state in ('queued', 'sending') and state = 'queued' and not_before <= 5 order by not_before, id limit 5",
    )
    .await;
    assert!(plan.contains("outbox_due"), "{plan}");
}

both_engines!(two_instances_never_claim_the_same_message, |store| async move {
    let mut tx = store.begin_at(Moment(10)).await.unwrap();
    for n in 0..12 {
        queue(&mut tx, &format!("k{n}@shop"), Author::Agent, 10).await;
    }
    tx.commit().await.unwrap();
    let work = |store: Store, name: &'static str| async move {
        let mut mine = vec![];
        for _ in 0..6 {
            let mut tx = store.begin_at(Moment(20)).await.unwrap();
            mine.extend(tx.claim_due(name, Moment(90), 2).await.unwrap().into_iter().map(|o| o.id));
            tokio::task::yield_now().await;
            tx.commit().await.unwrap();
        }
        mine
    };
    let (ann, bea) = tokio::join!(tokio::spawn(work(store.clone(), "ann")), tokio::spawn(work(store.clone(), "bea")));
    let mut all = [ann.unwrap(), bea.unwrap()].concat();
    assert_eq!(all.len(), 12);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 12);
});
