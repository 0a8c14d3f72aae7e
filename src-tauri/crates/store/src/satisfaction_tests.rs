//! Tests of surveys and ratings and their roll-up, on both engines.

use mercator_domain::moment::DAY_MS;

use super::*;
use crate::{both_engines, people, roll_up_tests};

fn sent(conversation: ConversationId, episode: i32, at: i64, served_by: ServedBy) -> NewSurvey {
    NewSurvey {
        conversation_id: conversation,
        episode,
        message_id: None,
        inbox_id: InboxId(1),
        channel: ChannelKind::Email,
        language: Language::parse("es"),
        country: Some("MX".into()),
        intent: Some(Intent::RefundStatus),
        served_by,
        sent_at: Moment(at),
    }
}

fn score(n: u8) -> Score {
    Score::try_from(n).unwrap()
}

both_engines!(a_survey_and_a_rating_are_taken_once_an_episode, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let conversation = people::one_conversation(&mut tx).await;
    let early = tx.insert_rating(conversation, 1, score(5), "", Moment(1)).await.unwrap();
    assert_eq!(early, RatingReceipt::NoSurvey);
    let new = sent(conversation, 1, 10, ServedBy::Bot);
    let id = tx.insert_survey(&new).await.unwrap().unwrap();
    assert_eq!(tx.insert_survey(&new).await.unwrap(), None);
    assert_eq!(tx.survey(conversation, 1).await.unwrap(), Some(Survey { id, sent: new.clone() }));
    let RatingReceipt::Stored(rating) = tx.insert_rating(conversation, 1, score(4), "", Moment(20)).await.unwrap() else { panic!() };
    assert_eq!(tx.insert_rating(conversation, 1, score(1), "no", Moment(21)).await.unwrap(), RatingReceipt::Already);
    assert!(tx.add_rating_comment(conversation, 1, "Quick").await.unwrap());
    assert!(!tx.add_rating_comment(conversation, 1, "Slow").await.unwrap());
    assert!(!tx.withdraw_survey(conversation, 1).await.unwrap(), "answered, so it arrived");
    tx.commit().await.unwrap();
    assert_eq!(store.survey(conversation, 1).await.unwrap(), Some(Survey { id, sent: new }));
    let expect = Rating {
        id: rating,
        conversation_id: conversation,
        episode: 1,
        score: score(4),
        comment: "Quick".into(),
        served_by: ServedBy::Bot,
        at: Moment(20),
    };
    assert_eq!(store.ratings_of_conversation(conversation).await.unwrap(), [expect]);
    roll_up_tests::agree(&store).await;
});

both_engines!(a_rating_counts_on_the_day_of_its_survey, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let conversation = people::one_conversation(&mut tx).await;
    tx.insert_survey(&sent(conversation, 1, 10, ServedBy::Bot)).await.unwrap();
    tx.insert_survey(&sent(conversation, 2, 20, ServedBy::Mixed)).await.unwrap();
    tx.insert_survey(&sent(conversation, 3, DAY_MS, ServedBy::Bot)).await.unwrap();
    tx.insert_rating(conversation, 1, score(5), "Great", Moment(3 * DAY_MS)).await.unwrap();
    tx.insert_rating(conversation, 2, score(2), "", Moment(30)).await.unwrap();
    tx.commit().await.unwrap();
    let day = |day, served_by, scores| SatisfactionDay {
        day,
        channel: ChannelKind::Email,
        language: Language::parse("es"),
        served_by,
        surveys: 1,
        scores,
    };
    let all = store.satisfaction_days(&DashboardFilter::default()).await.unwrap();
    let first = [day(0, ServedBy::Bot, [0, 0, 0, 0, 1]), day(0, ServedBy::Mixed, [0, 1, 0, 0, 0])];
    assert_eq!(all[..2], first);
    assert_eq!(all[2..], [day(1, ServedBy::Bot, [0; 5])]);
    let today = DashboardFilter { to: Some(Moment(DAY_MS)), ..DashboardFilter::default() };
    assert_eq!(store.satisfaction_days(&today).await.unwrap(), first);
    let facts = store.rating_facts(&today).await.unwrap();
    assert_eq!(facts.iter().map(|f| (f.score, f.comment.as_str())).collect::<Vec<_>>(), [(5, "Great"), (2, "")]);
    roll_up_tests::agree(&store).await;
});

both_engines!(j2_a_click_lists_the_rated_conversations, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let one = people::one_conversation(&mut tx).await;
    let two = people::conversation(&mut tx, 2, InboxId(1), mercator_domain::ids::ContactId(101)).await;
    tx.insert_survey(&sent(one, 1, 10, ServedBy::Bot)).await.unwrap();
    tx.insert_survey(&NewSurvey { channel: ChannelKind::Amazon, ..sent(two, 1, 20, ServedBy::Human) }).await.unwrap();
    tx.insert_survey(&sent(two, 2, 30, ServedBy::Human)).await.unwrap();
    tx.insert_rating(one, 1, score(5), "", Moment(40)).await.unwrap();
    tx.insert_rating(two, 1, score(1), "", Moment(50)).await.unwrap();
    tx.commit().await.unwrap();
    let all = DashboardFilter::default();
    let amazon = DashboardFilter { channels: vec![ChannelKind::Amazon], ..DashboardFilter::default() };
    let drill = async |filter: &DashboardFilter, drill| store.rating_conversations(filter, drill).await.unwrap();
    assert_eq!(drill(&all, RatingDrill::default()).await, [two, one]);
    assert_eq!(drill(&amazon, RatingDrill::default()).await, [two]);
    assert_eq!(drill(&all, RatingDrill { score: Some(score(5)), served_by: None }).await, [one]);
    assert_eq!(drill(&all, RatingDrill { score: None, served_by: Some(ServedBy::Human) }).await, [two]);
    assert_eq!(store.survey_conversations(&all).await.unwrap(), [two, one]);
});

both_engines!(a_survey_that_did_not_arrive_is_not_counted, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let conversation = people::one_conversation(&mut tx).await;
    tx.insert_survey(&sent(conversation, 1, 10, ServedBy::Bot)).await.unwrap();
    assert!(tx.withdraw_survey(conversation, 1).await.unwrap());
    assert!(!tx.withdraw_survey(conversation, 1).await.unwrap());
    tx.commit().await.unwrap();
    assert!(store.satisfaction_days(&DashboardFilter::default()).await.unwrap().is_empty());
    roll_up_tests::agree(&store).await;
});
