//! Tests of episodes and their roll-up, on both engines.

use mercator_domain::{
    facts::{DashboardFilter, EpisodeDay},
    ids::ContactId,
    moment::{DAY_MS, HOUR_MS},
};

use super::*;
use crate::{both_engines, episode_days::EpisodeDrill, people, roll_up_tests};

fn begins(conversation: ConversationId, no: i32, at: i64) -> NewEpisode {
    NewEpisode {
        conversation_id: conversation,
        no,
        inbox_id: InboxId(1),
        channel: ChannelKind::Email,
        language: Language::parse("de"),
        country: Some("DE".into()),
        at: Moment(at),
    }
}

fn wants(intent: Intent) -> EpisodeTraits {
    EpisodeTraits { intent: Some(intent), ..EpisodeTraits::default() }
}

/// The only day of the roll-up as (episodes, involved, handed off, confirmed, assumed, open).
async fn only_day(store: &Store) -> (i64, i64, i64, i64, i64, i64) {
    let days = store.episode_days(&DashboardFilter::default()).await.unwrap();
    assert!(days.len() <= 1, "{days:?}");
    let sum = |day: &EpisodeDay| (day.episodes, day.involved, day.handed_off, day.confirmed, day.assumed, day.open);
    days.first().map(sum).unwrap_or_default()
}

both_engines!(an_episode_begins_once_and_keeps_what_is_known, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let conversation = people::one_conversation(&mut tx).await;
    tx.start_episode(&begins(conversation, 1, 10)).await.unwrap();
    tx.start_episode(&begins(conversation, 1, 99)).await.unwrap();
    tx.episode_customer_wrote(conversation, 1, Moment(20), &wants(Intent::OrderStatus)).await.unwrap();
    tx.episode_customer_wrote(conversation, 1, Moment(15), &EpisodeTraits::default()).await.unwrap();
    assert!(matches!(tx.confirm_episode(conversation, 2).await, Err(StoreError::NotFound)));
    let within = tx.episode(conversation, 1).await.unwrap();
    tx.commit().await.unwrap();
    let stored = store.episode(conversation, 1).await.unwrap().unwrap();
    assert_eq!(Some(&stored), within.as_ref());
    assert_eq!((stored.started_at, stored.last_customer_at), (Moment(10), Moment(20)));
    assert_eq!(
        (stored.intent, stored.language.clone(), stored.outcome),
        (Some(Intent::OrderStatus), Language::parse("de"), EpisodeOutcome::Open)
    );
    assert_eq!(store.episode(conversation, 2).await.unwrap(), None);
    assert_eq!(store.episodes_of_conversation(conversation).await.unwrap(), [stored]);
    assert_eq!(only_day(&store).await, (1, 0, 0, 0, 0, 0));
});

both_engines!(j4_an_episode_has_one_outcome_and_the_first_that_holds_wins, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let conversation = people::one_conversation(&mut tx).await;
    tx.start_episode(&begins(conversation, 1, 10)).await.unwrap();
    tx.episode_bot_replied(conversation, 1, Moment(20)).await.unwrap();
    tx.resolve_episode(conversation, 1, Author::Agent, Moment(30)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(only_day(&store).await, (1, 1, 0, 0, 0, 1), "marked as done is not yet solved by the bot");
    let steps = [
        ("assume", (1, 1, 0, 0, 1, 0)),
        ("confirm", (1, 1, 0, 1, 0, 0)),
        ("reopen", (1, 1, 0, 0, 0, 1)),
        ("human", (1, 1, 1, 0, 0, 0)),
        ("confirm", (1, 1, 1, 0, 0, 0)),
    ];
    for (step, expect) in steps {
        let mut tx = store.begin_at(Moment(40)).await.unwrap();
        match step {
            "assume" => tx.assume_episode(conversation, 1).await.unwrap(),
            "confirm" => tx.confirm_episode(conversation, 1).await.unwrap(),
            "reopen" => tx.reopen_episode(conversation, 1).await.unwrap(),
            _ => tx.episode_human_replied(conversation, 1, Moment(40)).await.unwrap(),
        }
        tx.commit().await.unwrap();
        assert_eq!(only_day(&store).await, expect, "{step}");
        roll_up_tests::agree(&store).await;
    }
    let stored = store.episode(conversation, 1).await.unwrap().unwrap();
    assert_eq!((stored.handed_off_at, stored.human_replies, stored.bot_replies), (Some(Moment(40)), 1, 1));
});

both_engines!(an_answer_of_a_person_alone_is_no_handoff, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let conversation = people::one_conversation(&mut tx).await;
    tx.start_episode(&begins(conversation, 1, 10)).await.unwrap();
    tx.episode_human_replied(conversation, 1, Moment(20)).await.unwrap();
    tx.assume_episode(conversation, 1).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(only_day(&store).await, (1, 0, 0, 0, 0, 0));
});

both_engines!(j3_silence_is_assumed_after_the_time_of_the_channel_and_taken_back, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let conversation = people::one_conversation(&mut tx).await;
    let chat = people::conversation(&mut tx, 2, InboxId(1), ContactId(101)).await;
    let owed = people::conversation(&mut tx, 3, InboxId(1), ContactId(101)).await;
    tx.start_episode(&begins(conversation, 1, 0)).await.unwrap();
    tx.start_episode(&NewEpisode { channel: ChannelKind::Whatsapp, ..begins(chat, 1, 0) }).await.unwrap();
    tx.start_episode(&begins(owed, 1, 0)).await.unwrap();
    for of in [conversation, chat, owed] {
        tx.episode_bot_replied(of, 1, Moment(HOUR_MS)).await.unwrap();
    }
    tx.episode_customer_wrote(owed, 1, Moment(2 * HOUR_MS), &EpisodeTraits::default()).await.unwrap();
    tx.commit().await.unwrap();
    let due = async |hours: i64| {
        let episodes = store.episodes_to_assume(Moment(hours * HOUR_MS), 10).await.unwrap();
        episodes.into_iter().map(|e| e.conversation_id).collect::<Vec<_>>()
    };
    assert_eq!(due(24).await, []);
    assert_eq!(due(25).await, [chat]);
    assert_eq!(due(72).await, [chat]);
    assert_eq!(due(500).await, [conversation, chat], "who wrote last and got no answer is never assumed to be content");
    let mut tx = store.begin_at(Moment(73 * HOUR_MS)).await.unwrap();
    tx.assume_episode(conversation, 1).await.unwrap();
    tx.resolve_episode(owed, 1, Author::Agent, Moment(3 * HOUR_MS)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(due(500).await, [chat, owed], "marked as done counts as answered");
    let stored = store.episode(conversation, 1).await.unwrap().unwrap();
    assert_eq!(stored.outcome, EpisodeOutcome::ResolvedAssumed);
    assert!(stored.continues_at(Moment(73 * HOUR_MS)) && !stored.continues_at(Moment(74 * HOUR_MS)));
    let mut tx = store.begin_at(Moment(73 * HOUR_MS)).await.unwrap();
    tx.episode_customer_wrote(conversation, 1, Moment(73 * HOUR_MS), &EpisodeTraits::default()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.episode(conversation, 1).await.unwrap().unwrap().outcome, EpisodeOutcome::Open);
    roll_up_tests::agree(&store).await;
});

#[test]
fn g5_only_what_the_bot_solved_alone_is_continued_after_the_resolve() {
    let episode = Episode {
        id: EpisodeId(1),
        conversation_id: ConversationId(1),
        no: 1,
        inbox_id: InboxId(1),
        channel: ChannelKind::Whatsapp,
        language: None,
        country: None,
        intent: None,
        started_at: Moment(0),
        last_customer_at: Moment(0),
        bot_replies: 1,
        first_bot_reply_at: Some(Moment(10)),
        last_bot_reply_at: Some(Moment(10)),
        human_replies: 0,
        first_human_reply_at: None,
        handed_off_at: None,
        resolved_at: None,
        resolved_by: None,
        confirmed: false,
        involved: true,
        outcome: EpisodeOutcome::Open,
    };
    let (soon, late) = (Moment(20), Moment(DAY_MS + 11));
    assert!(episode.continues_at(late), "not marked as done");
    let done = Episode { resolved_at: Some(Moment(15)), ..episode };
    assert!(done.continues_at(soon) && !done.continues_at(late));
    assert!(!Episode { handed_off_at: Some(Moment(12)), ..done.clone() }.continues_at(soon));
    assert!(!Episode { human_replies: 1, ..done }.continues_at(soon));
}

both_engines!(j6_drill_downs_list_what_the_days_count, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let one = people::one_conversation(&mut tx).await;
    let two = people::conversation(&mut tx, 2, InboxId(1), ContactId(101)).await;
    tx.start_episode(&begins(one, 1, 5)).await.unwrap();
    tx.start_episode(&begins(one, 2, DAY_MS + 5)).await.unwrap();
    tx.start_episode(&NewEpisode { language: None, country: None, ..begins(two, 1, DAY_MS + 6) }).await.unwrap();
    tx.episode_handed_off(one, 2, Moment(DAY_MS + 9)).await.unwrap();
    tx.episode_bot_replied(two, 1, Moment(DAY_MS + 9)).await.unwrap();
    tx.set_episode_traits(two, 1, &wants(Intent::TariffQuestion)).await.unwrap();
    tx.commit().await.unwrap();
    let all = DashboardFilter::default();
    let second = DashboardFilter { from: Some(Moment(DAY_MS)), to: Some(Moment(2 * DAY_MS)), ..DashboardFilter::default() };
    let tariff = DashboardFilter { intents: vec![Intent::TariffQuestion], inboxes: vec![InboxId(1)], ..DashboardFilter::default() };
    let german = DashboardFilter { languages: vec![Language::parse("de").unwrap()], countries: vec!["de".into()], ..second.clone() };
    let handed = EpisodeDrill { outcome: Some(EpisodeOutcome::HandedOff), involved: Some(true) };
    let check = async |filter: &DashboardFilter, episodes: i64, drill: EpisodeDrill, expect: &[ConversationId]| {
        let days = store.episode_days(filter).await.unwrap();
        assert_eq!(days.iter().map(|d| d.episodes).sum::<i64>(), episodes, "{filter:?}");
        assert_eq!(store.episode_conversations(filter, drill).await.unwrap(), expect, "{filter:?}");
    };
    check(&all, 3, EpisodeDrill::default(), &[two, one]).await;
    check(&all, 3, handed, &[one]).await;
    check(&second, 2, EpisodeDrill { outcome: Some(EpisodeOutcome::Open), involved: Some(true) }, &[two]).await;
    check(&second, 2, EpisodeDrill { outcome: None, involved: Some(false) }, &[]).await;
    check(&tariff, 1, EpisodeDrill::default(), &[two]).await;
    check(&german, 1, EpisodeDrill::default(), &[one]).await;
    let days = store.episode_days(&second).await.unwrap();
    assert_eq!(days.iter().map(|d| (d.day, d.language.clone())).collect::<Vec<_>>(), [(1, None), (1, Language::parse("de"))]);
});
