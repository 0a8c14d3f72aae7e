//! Messages are kept whole, in order, and found again.

use mercator_domain::emotion::{EmotionLevel, Sentiment};

use super::*;
use crate::{both_engines, samples};

both_engines!(a_message_is_kept_whole, |store| async move {
    let mut tx = store.begin_at(Moment(50)).await.unwrap();
    let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
    let file = |name: &str, content: Option<&[u8]>| NewAttachment {
        name: name.into(),
        media_type: "image/jpeg".into(),
        bytes: 3,
        sha256: format!("sha-{name}"),
        content: content.map(<[u8]>::to_vec),
    };
    let new = NewMessage {
        subject: "Paket".into(),
        quoted: "> alt".into(),
        language: Language::parse("de"),
        warnings: vec!["charset".into()],
        external_id: Some("a@mail.example".into()),
        attachments: vec![file("one.jpg", Some(&[1, 0, 255])), file("huge.mov", None)],
        raw: Some(vec![0, 159, 146, 150]),
        ..samples::message(inbox, conversation, Moment(40), "nul \0 und Umlaut ä")
    };
    let id = tx.insert_message(&new).await.unwrap();
    tx.commit().await.unwrap();
    let message = store.message(id).await.unwrap();
    assert_eq!(message.text, "nul \u{FFFD} und Umlaut ä");
    assert_eq!((message.at, message.subject.as_str(), message.quoted.as_str()), (Moment(40), "Paket", "> alt"));
    assert_eq!((message.warnings.as_slice(), message.language), (["charset".to_owned()].as_slice(), Language::parse("de")));
    let kept: Vec<_> = message.attachments.iter().map(|a| (a.name.as_str(), a.kept)).collect();
    assert_eq!(kept, [("one.jpg", true), ("huge.mov", false)]);
    assert_eq!(store.attachment(message.attachments[0].id).await.unwrap().1, Some(vec![1, 0, 255]));
    assert_eq!(store.attachment(message.attachments[1].id).await.unwrap().1, None);
    assert_eq!(store.raw_message(id).await.unwrap(), Some(vec![0, 159, 146, 150]));
});

both_engines!(many_messages_come_back_under_their_own_ids, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
    let new: Vec<NewMessage> = (0..450)
        .map(|n| NewMessage {
            external_id: Some(format!("m{n}@x")),
            ..samples::message(inbox, conversation, Moment(1000 - n), &format!("text {n}"))
        })
        .collect();
    let ids = tx.insert_messages(&new).await.unwrap();
    assert_eq!(ids.len(), 450);
    for n in [0_usize, 199, 200, 449] {
        assert_eq!(tx.message(ids[n]).await.unwrap().text, format!("text {n}"));
    }
    assert_eq!(tx.conversation_by_refs(inbox, &["m321@x".to_owned()]).await.unwrap(), Some((conversation, ids[321])));
    tx.commit().await.unwrap();
    let thread = store.thread(conversation).await.unwrap();
    assert_eq!((thread.len(), thread[0].text.as_str()), (450, "text 449"), "oldest first, by the time of writing");
});

both_engines!(one_file_sent_twice_is_stored_once, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
    let file = NewAttachment { name: "a".into(), media_type: "x/y".into(), bytes: 1, sha256: "s".into(), content: Some(vec![7]) };
    for at in 1..=2 {
        let new = NewMessage { attachments: vec![file.clone()], ..samples::message(inbox, conversation, Moment(at), "hi") };
        tx.insert_message(&new).await.unwrap();
    }
    tx.commit().await.unwrap();
    let (blobs,): (i64,) = sqlx::query_as("select count(*) from blobs").fetch_one(&mut *store.read().await.unwrap()).await.unwrap();
    assert_eq!(blobs, 1);
    assert!(store.thread(conversation).await.unwrap().iter().all(|m| m.attachments.len() == 1));
});

both_engines!(exactly_one_takes_a_message_for_the_bot, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
    let pending = NewMessage { bot_pending: true, ..samples::message(inbox, conversation, Moment(1), "hi") };
    let (first, second) = (tx.insert_message(&pending).await.unwrap(), tx.insert_message(&pending).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.messages_for_bot(10).await.unwrap(), [first, second]);
    assert_eq!(store.messages_for_bot(1).await.unwrap(), [first]);
    let mut tx = store.begin_at(Moment(2)).await.unwrap();
    assert!(tx.take_for_bot(first).await.unwrap());
    assert!(!tx.take_for_bot(first).await.unwrap());
    tx.clear_bot_pending(conversation).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.messages_for_bot(10).await.unwrap().is_empty());
});

both_engines!(f1_emotion_and_intent_are_stored_with_their_cues, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
    let id = samples::say(&mut tx, inbox, conversation, 1, "WO IST MEIN PAKET!!!").await;
    let emotion =
        Emotion { level: EmotionLevel::Angry, sentiment: Sentiment::Negative, anger: 0.9, urgency: 0.5, cues: vec![], trend: None };
    tx.set_message_understanding(id, Language::parse("de").as_ref(), Some(&emotion), Some(Intent::OrderStatus)).await.unwrap();
    tx.commit().await.unwrap();
    let message = store.message(id).await.unwrap();
    assert_eq!((message.emotion, message.intent, message.language), (Some(emotion), Some(Intent::OrderStatus), Language::parse("de")));
});

both_engines!(history_is_of_the_episode_and_without_what_never_left, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
    let base = |at: i64, text: &str| samples::message(inbox, conversation, Moment(at), text);
    tx.insert_message(&base(1, "old")).await.unwrap();
    tx.insert_message(&NewMessage { episode: 2, ..base(2, "new") }).await.unwrap();
    let draft = NewMessage { episode: 2, author: Author::Bot, delivery: Delivery::Draft, ..base(3, "draft") };
    let draft = tx.insert_message(&draft).await.unwrap();
    let gone = NewMessage { episode: 2, author: Author::Agent, delivery: Delivery::Cancelled, ..base(4, "gone") };
    tx.insert_message(&gone).await.unwrap();
    let texts: Vec<_> = tx.history(conversation, 2).await.unwrap().into_iter().map(|m| m.text).collect();
    assert_eq!(texts, ["new"]);
    assert_eq!(tx.bot_drafts(conversation).await.unwrap()[0].id, draft);
    tx.rewrite_draft(draft, "edited", Author::Agent, None).await.unwrap();
    tx.set_delivery(draft, Delivery::Queued, "").await.unwrap();
    assert!(matches!(tx.rewrite_draft(draft, "late", Author::Agent, None).await, Err(StoreError::NotFound)), "only drafts");
    let texts: Vec<_> = tx.history(conversation, 2).await.unwrap().into_iter().map(|m| m.text).collect();
    assert_eq!(texts, ["new", "edited"]);
});

both_engines!(asking_back_is_counted_by_episode, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
    let id = samples::say(&mut tx, inbox, conversation, 1, "hm").await;
    assert_eq!(tx.clarifications(conversation, 1).await.unwrap(), 0);
    tx.set_clarified(id).await.unwrap();
    assert_eq!(tx.clarifications(conversation, 1).await.unwrap(), 1);
    assert_eq!(tx.clarifications(conversation, 2).await.unwrap(), 0);
});

both_engines!(customers_messages_come_in_portions_from_a_moment_on, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
    let mut ids = vec![];
    for (at, author, automatic) in [
        (10, Author::Contact, Automatic::None),
        (20, Author::Agent, Automatic::None),
        (30, Author::Contact, Automatic::AutoReply),
        (40, Author::Contact, Automatic::None),
        (50, Author::Contact, Automatic::None),
    ] {
        let external_id = Some(format!("{at}@x"));
        let new = NewMessage { author, automatic, external_id, ..samples::message(inbox, conversation, Moment(at), "text") };
        ids.push(tx.insert_message(&new).await.unwrap());
    }
    tx.commit().await.unwrap();
    let found = async |since, after, limit| store.customer_messages(Moment(since), after, limit).await.unwrap();
    assert_eq!(found(0, MessageId(0), 9).await, [ids[0], ids[3], ids[4]]);
    assert_eq!(found(0, MessageId(0), 2).await, [ids[0], ids[3]]);
    assert_eq!(found(0, ids[3], 2).await, [ids[4]]);
    assert_eq!(found(41, MessageId(0), 9).await, [ids[4]]);
});
