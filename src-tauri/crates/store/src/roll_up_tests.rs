//! Roll-ups against the facts: after anything that happens, each equals a recount.

use std::collections::BTreeMap;

use mercator_domain::{
    channel::ChannelKind,
    facts::DashboardFilter,
    ids::{ContactId, InboxId, OrderId},
    intent::Intent,
    language::Language,
    message::Author,
    moment::{HOUR_MS, Moment},
    money::{Currency, Money},
    order::{Order, OrderStatus},
    satisfaction::{Score, ServedBy},
};

use crate::{
    Store, Tx, both_engines,
    columns::Columns,
    episodes::{EpisodeTraits, NewEpisode},
    people,
    satisfaction::NewSurvey,
};

/// The rows of a select whose last columns are counts, by the texts of the columns before.
async fn counts(store: &Store, text: &'static str) -> BTreeMap<String, (i64, i64)> {
    let rows = sqlx::query(text).fetch_all(&mut *store.read().await.unwrap()).await.unwrap();
    rows.iter().map(|r| (r.text("what").unwrap(), (r.number("n").unwrap(), r.number("m").unwrap()))).collect()
}

const DAY: &str = "86400000";

/// Fails when a roll-up differs from the facts that it counts.
pub(crate) async fn agree(store: &Store) {
    assert_eq!(DAY, mercator_domain::moment::DAY_MS.to_string(), "the texts below divide by it");
    let kept = counts(
        store,
        "select cast(day as text) || '/' || cast(inbox_id as text) || '/' || channel || '/' || language || '/' || country || '/'
         || intent || '/' || outcome || '/' || cast(involved as text) as what, episodes as n, 0 as m from episode_days",
    )
    .await;
    let counted = counts(
        store,
        "select cast(started_at / 86400000 as text) || '/' || cast(inbox_id as text) || '/' || channel || '/'
         || coalesce(language, '') || '/' || coalesce(country, '') || '/' || coalesce(intent, '') || '/' || outcome || '/'
         || cast(involved as text) as what, count(*) as n, 0 as m from episodes group by 1",
    )
    .await;
    assert_eq!(kept, counted, "episode_days");
    let everything = DashboardFilter::default();
    assert_eq!(store.episode_days(&everything).await.unwrap(), store.recounted_days(&everything).await.unwrap());

    // Each score has two decimal places of one number, so that one column compares all five.
    let kept = counts(
        store,
        "select cast(day as text) || '/' || cast(inbox_id as text) || '/' || channel || '/' || language || '/' || country || '/'
         || intent || '/' || served_by as what, surveys as n,
         score_1 + score_2 * 100 + score_3 * 10000 + score_4 * 1000000 + score_5 * 100000000 as m from satisfaction_days",
    )
    .await;
    let counted = counts(
        store,
        "select cast(s.sent_at / 86400000 as text) || '/' || cast(s.inbox_id as text) || '/' || s.channel || '/'
         || coalesce(s.language, '') || '/' || coalesce(s.country, '') || '/' || coalesce(s.intent, '') || '/' || s.served_by as what,
         count(*) as n, cast(sum(case r.score when 1 then 1 when 2 then 100 when 3 then 10000 when 4 then 1000000
         when 5 then 100000000 else 0 end) as bigint) as m
         from surveys s left join ratings r on r.conversation_id = s.conversation_id and r.episode = s.episode group by 1",
    )
    .await;
    assert_eq!(kept, counted, "satisfaction_days");

    let kept = counts(
        store,
        "select cast(contact_id as text) || '/' || cast(first_at as text) || '/' || cast(last_at as text) as what, orders as n,
         total_minor as m from contact_orders",
    )
    .await;
    // The random orders below are all in one currency, so the total is a plain sum.
    let counted = counts(
        store,
        "select cast(contact_id as text) || '/' || cast(min(ordered_at) as text) || '/' || cast(max(ordered_at) as text) as what,
         count(*) as n, cast(sum(total_minor) as bigint) as m from orders where status <> 'cancelled' group by contact_id",
    )
    .await;
    assert_eq!(kept, counted, "contact_orders");
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % limit
    }
}

async fn anything(tx: &mut Tx, dice: &mut Dice, at: Moment) {
    let conversation = (1_001 + dice.below(8)).into();
    let no = 1 + i32::try_from(dice.below(5)).unwrap();
    let traits = EpisodeTraits {
        language: [None, Language::parse("de"), Language::parse("ja")][usize::try_from(dice.below(3)).unwrap()].clone(),
        country: (dice.below(2) == 0).then(|| "JP".to_owned()),
        intent: (dice.below(2) == 0).then_some(Intent::ALL[usize::try_from(dice.below(3)).unwrap()]),
    };
    let began = tx.episode(conversation, no).await.unwrap().is_some();
    match dice.below(12) {
        _ if !began => {
            let new = NewEpisode {
                conversation_id: conversation,
                no,
                inbox_id: InboxId(1),
                channel: ChannelKind::Email,
                language: traits.language,
                country: None,
                at,
            };
            tx.start_episode(&new).await.unwrap();
        }
        0 => tx.episode_customer_wrote(conversation, no, at, &traits).await.unwrap(),
        1 => tx.set_episode_traits(conversation, no, &traits).await.unwrap(),
        2 | 3 => tx.episode_bot_replied(conversation, no, at).await.unwrap(),
        4 if dice.below(6) == 0 => tx.episode_human_replied(conversation, no, at).await.unwrap(),
        5 if dice.below(6) == 0 => tx.episode_handed_off(conversation, no, at).await.unwrap(),
        4 | 5 => tx.resolve_episode(conversation, no, Author::Bot, at).await.unwrap(),
        6 => tx.reopen_episode(conversation, no).await.unwrap(),
        7 => tx.confirm_episode(conversation, no).await.unwrap(),
        8 => tx.assume_episode(conversation, no).await.unwrap(),
        9 => {
            let new = NewSurvey {
                conversation_id: conversation,
                episode: no,
                message_id: None,
                inbox_id: InboxId(1),
                channel: ChannelKind::Email,
                language: traits.language,
                country: traits.country,
                intent: traits.intent,
                served_by: ServedBy::ALL[usize::try_from(dice.below(3)).unwrap()],
                sent_at: at,
            };
            tx.insert_survey(&new).await.unwrap();
        }
        10 if dice.below(3) == 0 => drop(tx.withdraw_survey(conversation, no).await.unwrap()),
        10 => {
            let score = Score::try_from(u8::try_from(1 + dice.below(5)).unwrap()).unwrap();
            tx.insert_rating(conversation, no, score, "", at).await.unwrap();
        }
        _ => random_order(tx, dice, at).await,
    }
}

async fn random_order(tx: &mut Tx, dice: &mut Dice, at: Moment) {
    let order = Order {
        id: OrderId(0),
        number: format!("W{}", dice.below(6)),
        contact_id: ContactId(101 + dice.below(2)),
        status: OrderStatus::ALL[usize::try_from(dice.below(7)).unwrap()],
        ordered_at: at,
        total: Money::new(dice.below(500), Currency::parse("EUR").unwrap()),
        country: None,
        address: None,
        lines: vec![],
        payments: vec![],
        shipments: vec![],
    };
    tx.put_order(&order).await.unwrap();
}

both_engines!(roll_ups_equal_a_recount_after_anything_that_happens, |store| async move {
    let mut dice = Dice(20_261_123);
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    people::one_conversation(&mut tx).await;
    people::buyer(&mut tx, 2, "Ben", None).await;
    for id in 2..=8 {
        people::conversation(&mut tx, id, InboxId(1), ContactId(101)).await;
    }
    tx.commit().await.unwrap();
    for round in 0..40 {
        let at = Moment(round * 7 * HOUR_MS);
        let mut tx = store.begin_at(at).await.unwrap();
        for _ in 0..20 {
            anything(&mut tx, &mut dice, at).await;
        }
        // Some rounds are taken back: what they counted must go with them.
        if round % 5 == 4 {
            tx.rollback().await.unwrap();
        } else {
            tx.commit().await.unwrap();
        }
        agree(&store).await;
    }
    let rows = counts(&store, "select outcome as what, count(*) as n, 0 as m from episodes group by outcome").await;
    assert!(rows.len() == 4, "the dice reached too little: {rows:?}");
});
