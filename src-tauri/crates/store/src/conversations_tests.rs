//! What happens to a conversation's row.

use super::*;
use crate::{both_engines, samples};

fn touch(at: i64, text: &str, author: Author) -> Touch {
    Touch { at: Moment(at), preview: text.into(), author }
}

both_engines!(a_customer_waits_from_the_first_unanswered_message, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (.., id) = samples::world(&mut tx, "Ana").await;
    tx.touch_conversation(id, &touch(10, "one", Author::Contact)).await.unwrap();
    tx.touch_conversation(id, &touch(20, "two\n  lines ", Author::Contact)).await.unwrap();
    tx.touch_conversation(id, &touch(25, "we are closed", Author::System)).await.unwrap();
    let waiting = tx.conversation(id).await.unwrap();
    assert_eq!((waiting.waiting_since, waiting.last_message_at, waiting.unread), (Some(Moment(10)), Moment(25), true));
    tx.touch_conversation(id, &touch(30, "answer", Author::Agent)).await.unwrap();
    tx.set_unread(id, false).await.unwrap();
    let answered = tx.conversation(id).await.unwrap();
    assert_eq!((answered.waiting_since, answered.unread, answered.version), (None, false, 5));
});

both_engines!(an_older_message_does_not_cover_a_newer_one, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (.., id) = samples::world(&mut tx, "Ana").await;
    tx.touch_conversation(id, &touch(50, "new", Author::Contact)).await.unwrap();
    tx.touch_conversation(id, &touch(40, "old", Author::Agent)).await.unwrap();
    tx.commit().await.unwrap();
    let line = store.conversation_lines(&[id]).await.unwrap().remove(0);
    assert_eq!((line.preview.as_str(), line.last_at, line.last_is_ours), ("new", Moment(50), false));
});

both_engines!(the_first_message_sets_the_time_even_when_it_is_old, |store| async move {
    let mut tx = store.begin_at(Moment(1_000)).await.unwrap();
    let (.., id) = samples::world(&mut tx, "Ana").await;
    tx.touch_conversation(id, &touch(40, "from the archive", Author::Contact)).await.unwrap();
    assert_eq!(tx.conversation(id).await.unwrap().last_message_at, Moment(40));
});

both_engines!(b11_a_second_answer_to_a_changed_conversation_is_noticed, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (.., id) = samples::world(&mut tx, "Ana").await;
    let seen = tx.conversation(id).await.unwrap().version;
    tx.check_version(id, seen).await.unwrap();
    tx.touch_conversation(id, &touch(2, "more", Author::Contact)).await.unwrap();
    assert!(matches!(tx.check_version(id, seen).await, Err(StoreError::Conflict)));
});

both_engines!(b1_resolving_clears_what_made_it_urgent, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (.., id) = samples::world(&mut tx, "Ana").await;
    tx.touch_conversation(id, &touch(2, "!!", Author::Contact)).await.unwrap();
    let angry = Understanding { emotion: Some(EmotionLevel::Angry), high_risk: true, priority: 30, ..Understanding::default() };
    tx.set_understanding(id, &angry).await.unwrap();
    let calm = Understanding { emotion: Some(EmotionLevel::Calm), intent: Some(Intent::Thanks), ..Understanding::default() };
    tx.set_understanding(id, &calm).await.unwrap();
    let now = tx.conversation(id).await.unwrap();
    assert_eq!((now.priority, now.emotion, now.intent), (30, Some(EmotionLevel::Calm), Some(Intent::Thanks)), "priority is not lowered");
    assert!(tx.conversation_facts(id).await.unwrap().high_risk);
    tx.set_status(id, Status::Resolved, None).await.unwrap();
    let done = tx.conversation(id).await.unwrap();
    assert_eq!((done.status, done.waiting_since, done.priority), (Status::Resolved, None, 0));
    assert!(!tx.conversation_facts(id).await.unwrap().high_risk);
    assert_eq!(tx.next_episode(id).await.unwrap(), 2);
});

both_engines!(b7_a_snoozed_conversation_wakes_when_its_time_comes, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, contact, bot) = samples::world(&mut tx, "Ana").await;
    let human = tx.insert_conversation(&samples::conversation(inbox, contact, "B")).await.unwrap();
    tx.set_owner(human, Owner::Human).await.unwrap();
    tx.set_status(bot, Status::Snoozed, Some(Moment(100))).await.unwrap();
    tx.set_status(human, Status::Snoozed, Some(Moment(200))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(Moment(100)));
    assert!(store.begin_at(Moment(99)).await.unwrap().wake_due().await.unwrap().is_empty());
    let mut tx = store.begin_at(Moment(200)).await.unwrap();
    assert_eq!(tx.wake_due().await.unwrap(), [bot, human]);
    assert_eq!(tx.conversation(bot).await.unwrap().status, Status::Pending);
    assert_eq!(tx.conversation(human).await.unwrap().status, Status::Open);
    assert!(tx.wake_due().await.unwrap().is_empty());
});

both_engines!(e1_an_order_chosen_by_an_agent_is_not_replaced, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (.., id) = samples::world(&mut tx, "Ana").await;
    assert!(tx.set_order_number(id, Some("A-1"), false).await.unwrap());
    assert!(tx.set_order_number(id, Some("B-2"), true).await.unwrap());
    assert!(!tx.set_order_number(id, Some("C-3"), false).await.unwrap());
    assert_eq!(tx.conversation_facts(id).await.unwrap().order_number.as_deref(), Some("B-2"));
    assert!(tx.set_order_number(id, None, true).await.unwrap(), "unlinked on purpose");
    assert!(!tx.set_order_number(id, Some("C-3"), false).await.unwrap());
});

both_engines!(k1_the_disclosure_is_remembered, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (.., id) = samples::world(&mut tx, "Ana").await;
    assert!(!tx.conversation_facts(id).await.unwrap().disclosed);
    tx.set_disclosed(id).await.unwrap();
    assert!(tx.conversation_facts(id).await.unwrap().disclosed);
    assert!(matches!(tx.set_disclosed(ConversationId(999)).await, Err(StoreError::NotFound)));
});
