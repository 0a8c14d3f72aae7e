//! Tests of handoffs, on both engines.

use mercator_domain::{handoff::EmotionTrend, intent::Intent};

use super::*;
use crate::{both_engines, people};

fn card() -> HandoffCard {
    HandoffCard {
        summary: "Wants a refund for a broken lamp.".into(),
        language: Language::parse("de"),
        identity: "Ana, verified".into(),
        order: "unknown".into(),
        emotion: EmotionTrend::default(),
        tried: vec!["looked up W1001".into()],
        open_question: "Refund or new lamp?".into(),
        suggested_reply: "Dear Ana".into(),
        intent: Some(Intent::DamagedItem),
        facts: None,
    }
}

fn given(conversation: ConversationId, reason: HandoffReason, at: i64) -> NewHandoff {
    NewHandoff {
        conversation_id: conversation,
        episode: 1,
        inbox_id: InboxId(1),
        channel: ChannelKind::Email,
        language: Language::parse("de"),
        country: Some("DE".into()),
        message_id: None,
        reason,
        card: card(),
        at: Moment(at),
        promised_at: Moment(at + 100),
    }
}

both_engines!(g2_a_handoff_reads_back_with_its_card_and_only_one_waits, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let conversation = people::one_conversation(&mut tx).await;
    let id = tx.insert_handoff(&given(conversation, HandoffReason::EmotionRisk, 10)).await.unwrap().unwrap();
    assert_eq!(tx.insert_handoff(&given(conversation, HandoffReason::Limit, 11)).await.unwrap(), None);
    tx.commit().await.unwrap();
    let stored = store.waiting_handoff(conversation).await.unwrap().unwrap();
    assert_eq!((stored.id, stored.reason, &stored.card), (id, HandoffReason::EmotionRisk, &card()));
    assert_eq!(store.handoff(id).await.unwrap(), stored);
    assert_eq!(store.waiting_handoffs().await.unwrap(), [stored]);
});

both_engines!(an_answered_or_closed_handoff_waits_no_more, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let conversation = people::one_conversation(&mut tx).await;
    let ann = people::agent(&mut tx, "Ann").await;
    assert_eq!(tx.answer_handoff(conversation, Some(ann), Moment(2)).await.unwrap(), None);
    let first = tx.insert_handoff(&given(conversation, HandoffReason::Limit, 10)).await.unwrap().unwrap();
    assert_eq!(tx.answer_handoff(conversation, Some(ann), Moment(20)).await.unwrap().map(|h| h.id), Some(first));
    let second = tx.insert_handoff(&given(conversation, HandoffReason::CustomerRequest, 30)).await.unwrap().unwrap();
    assert_eq!(tx.close_handoff(conversation, Moment(40)).await.unwrap().map(|h| h.id), Some(second));
    assert_eq!(tx.close_handoff(conversation, Moment(41)).await.unwrap(), None);
    assert_eq!(tx.waiting_handoff(conversation).await.unwrap(), None);
    tx.commit().await.unwrap();
    let all = store.handoffs_of_conversation(conversation).await.unwrap();
    let ends: Vec<_> = all.iter().map(|h| (h.answered_at, h.answered_by, h.closed_at)).collect();
    assert_eq!(ends, [(Some(Moment(20)), Some(ann), None), (None, None, Some(Moment(40)))]);
    assert!(store.waiting_handoffs().await.unwrap().is_empty());
});

both_engines!(g7_an_alarm_is_raised_once_for_each_promise_that_is_near, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let conversation = people::one_conversation(&mut tx).await;
    let id = tx.insert_handoff(&given(conversation, HandoffReason::Limit, 10)).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert!(store.handoffs_to_alarm(Moment(109)).await.unwrap().is_empty());
    assert_eq!(store.handoffs_to_alarm(Moment(110)).await.unwrap().len(), 1);
    let mut tx = store.begin_at(Moment(105)).await.unwrap();
    assert!(tx.mark_alarmed(id, Moment(105)).await.unwrap());
    assert!(!tx.mark_alarmed(id, Moment(106)).await.unwrap());
    tx.commit().await.unwrap();
    assert!(store.handoffs_to_alarm(Moment(110)).await.unwrap().is_empty());
    assert_eq!(store.handoff(id).await.unwrap().alarmed_at, Some(Moment(105)));
});

both_engines!(j4_facts_and_drill_downs_of_handoffs_agree, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let conversation = people::one_conversation(&mut tx).await;
    let other = people::conversation(&mut tx, 2, InboxId(1), mercator_domain::ids::ContactId(101)).await;
    tx.insert_handoff(&given(conversation, HandoffReason::Limit, 10)).await.unwrap();
    tx.answer_handoff(conversation, None, Moment(500)).await.unwrap();
    tx.insert_handoff(&given(conversation, HandoffReason::Limit, 600)).await.unwrap();
    tx.answer_handoff(conversation, None, Moment(650)).await.unwrap();
    let foreign = NewHandoff { channel: ChannelKind::Amazon, country: None, ..given(other, HandoffReason::ToolFailure, 700) };
    tx.insert_handoff(&foreign).await.unwrap();
    tx.commit().await.unwrap();

    let all = DashboardFilter::default();
    let facts = store.handoff_facts(&all).await.unwrap();
    assert_eq!(facts.iter().map(|f| f.at.ms()).collect::<Vec<_>>(), [10, 600, 700]);
    let now = Moment(750);
    let orphans = facts.iter().filter(|f| f.is_orphan(now)).count();
    assert_eq!(orphans, 1);
    let drill = async |filter: &DashboardFilter, drill| store.handoff_conversations(filter, drill).await.unwrap();
    assert_eq!(drill(&all, HandoffDrill::default()).await, [other, conversation]);
    assert_eq!(drill(&all, HandoffDrill { reason: Some(HandoffReason::Limit), orphans_at: None }).await, [conversation]);
    assert_eq!(drill(&all, HandoffDrill { reason: None, orphans_at: Some(now) }).await, [conversation]);
    assert_eq!(drill(&all, HandoffDrill { reason: None, orphans_at: Some(Moment(900)) }).await, [other, conversation]);
    let german = DashboardFilter { countries: vec!["de".into()], ..DashboardFilter::default() };
    assert_eq!(store.handoff_facts(&german).await.unwrap().len(), 2);
    let amazon = DashboardFilter { channels: vec![ChannelKind::Amazon], from: Some(Moment(0)), ..DashboardFilter::default() };
    assert_eq!(drill(&amazon, HandoffDrill::default()).await, [other]);
    let later = DashboardFilter { from: Some(Moment(mercator_domain::moment::DAY_MS)), ..DashboardFilter::default() };
    assert!(store.handoff_facts(&later).await.unwrap().is_empty());
});
