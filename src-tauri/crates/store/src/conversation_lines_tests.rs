//! Views, their counts and the rows that they show.

use mercator_domain::{
    contact::Identity,
    message::{Author, Delivery},
};

use super::*;
use crate::{Tx, both_engines, contacts::NewContact, messages::NewMessage, samples};

async fn ids(store: &Store, view: View, member: Option<MemberId>) -> Vec<ConversationId> {
    let filter = ListFilter { view, member, limit: 100, ..ListFilter::default() };
    let (total, lines) = store.conversation_page(&filter).await.unwrap();
    assert_eq!(total, lines.len() as i64, "{view:?}");
    lines.into_iter().map(|line| line.id).collect()
}

async fn member(tx: &mut Tx, name: &str) -> MemberId {
    let (id,): (i64,) = sqlx::query_as("insert into members (name, role, created_at) values ($1, 'agent', 1) returning id")
        .bind(name)
        .fetch_one(tx.conn())
        .await
        .unwrap();
    MemberId(id)
}

async fn handoff(tx: &mut Tx, inbox: InboxId, conversation: ConversationId, promised: i64) -> i64 {
    let (id,): (i64,) = sqlx::query_as(
        "insert into handoffs (conversation_id, episode, inbox_id, channel, reason, card, at, promised_at)
         values ($1, 1, $2, 'email', 'customer_request', '{}', 5, $3) returning id",
    )
    .bind(conversation.get())
    .bind(inbox.get())
    .bind(promised)
    .fetch_one(tx.conn())
    .await
    .unwrap();
    id
}

both_engines!(b2_each_view_has_what_its_name_says_and_counts_it, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let me = member(&mut tx, "Me").await;
    let (inbox, contact, bot) = samples::world(&mut tx, "Ana").await;
    let new = async |tx: &mut Tx, at: i64, status: Status| {
        let id = tx.insert_conversation(&samples::conversation(inbox, contact, "x")).await.unwrap();
        samples::say(tx, inbox, id, at, "hello").await;
        tx.set_status(id, status, Some(Moment(999))).await.unwrap();
        id
    };
    let open = new(&mut tx, 10, Status::Open).await;
    let mine = new(&mut tx, 20, Status::Open).await;
    let snoozed = new(&mut tx, 30, Status::Snoozed).await;
    let resolved = new(&mut tx, 40, Status::Resolved).await;
    tx.assign(mine, Some(me)).await.unwrap();
    tx.assign(resolved, Some(me)).await.unwrap();
    handoff(&mut tx, inbox, open, 100).await;
    let draft = NewMessage { author: Author::Bot, delivery: Delivery::Draft, ..samples::message(inbox, bot, Moment(2), "draft") };
    tx.insert_message(&draft).await.unwrap();
    let failed = NewMessage { author: Author::Agent, delivery: Delivery::Failed, ..samples::message(inbox, mine, Moment(2), "x") };
    tx.insert_message(&failed).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ids(&store, View::All, None).await, [resolved, snoozed, mine, open, bot], "newest first");
    assert_eq!(ids(&store, View::Mine, Some(me)).await, [mine]);
    assert!(ids(&store, View::Mine, None).await.is_empty());
    assert_eq!(ids(&store, View::Unassigned, None).await, [open]);
    assert_eq!(ids(&store, View::Waiting, None).await, [open]);
    assert_eq!(ids(&store, View::Drafts, None).await, [bot]);
    assert_eq!(ids(&store, View::Bot, None).await, [bot]);
    assert_eq!(ids(&store, View::Snoozed, None).await, [snoozed]);
    assert_eq!(ids(&store, View::Resolved, None).await, [resolved]);
    assert_eq!(ids(&store, View::Failed, None).await, [mine]);
    assert_eq!(ids(&store, View::Inbox(inbox), None).await.len(), 5);
    assert!(ids(&store, View::Inbox(InboxId(99)), None).await.is_empty());
    let counts = store.view_counts(Some(me)).await.unwrap();
    let expect = ViewCounts {
        all: 5,
        mine: 1,
        unassigned: 1,
        waiting: 1,
        drafts: 1,
        bot: 1,
        snoozed: 1,
        resolved: 1,
        failed: 1,
        inboxes: BTreeMap::from([(inbox, 5)]),
    };
    assert_eq!(counts, expect);
    assert_eq!(store.needing_a_person().await.unwrap(), counts.waiting + counts.drafts + counts.failed);
});

both_engines!(a1_a_row_shows_store_channel_customer_and_marks, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, _, named) = samples::world(&mut tx, "Ana").await;
    let nameless = tx.insert_contact(&NewContact::default(), &[Identity::email("x@y.example")]).await.unwrap();
    let other = tx.insert_conversation(&samples::conversation(inbox, nameless, "Other")).await.unwrap();
    samples::say(&mut tx, inbox, named, 7, "where is it?").await;
    let handoff = handoff(&mut tx, inbox, named, 100).await;
    sqlx::raw_sql("insert into labels (id, name, colour) values (1, 'vip', 'red'), (2, 'refund', 'blue')")
        .execute(tx.conn())
        .await
        .unwrap();
    sqlx::query("insert into conversation_labels (conversation_id, label_id) values ($1, 1), ($1, 2)")
        .bind(named.get())
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let lines = store.conversation_lines(&[other, named, ConversationId(999)]).await.unwrap();
    assert_eq!(lines.iter().map(|l| l.id).collect::<Vec<_>>(), [other, named], "in the order asked for");
    assert_eq!(lines[0].contact, "x@y.example");
    let line = &lines[1];
    assert_eq!((line.store.as_str(), line.channel, line.contact.as_str()), ("Shop", ChannelKind::Email, "Ana"));
    assert_eq!((line.country.as_deref(), line.preview.as_str(), line.last_is_ours), (Some("DE"), "where is it?", false));
    assert_eq!(line.labels.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["refund", "vip"]);
    let waiting =
        WaitingLine { handoff_id: HandoffId(handoff), reason: HandoffReason::CustomerRequest, since: Moment(5), promised_at: Moment(100) };
    assert_eq!(line.waiting, Some(waiting));
});

both_engines!(f3_high_risk_is_on_top_of_waiting_for_you, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, contact, calm) = samples::world(&mut tx, "Ana").await;
    let risky = tx.insert_conversation(&samples::conversation(inbox, contact, "x")).await.unwrap();
    samples::say(&mut tx, inbox, calm, 10, "hello").await;
    samples::say(&mut tx, inbox, risky, 20, "my lawyer").await;
    let risk = crate::conversations::Understanding { high_risk: true, priority: 30, ..Default::default() };
    tx.set_understanding(risky, &risk).await.unwrap();
    handoff(&mut tx, inbox, calm, 100).await;
    handoff(&mut tx, inbox, risky, 200).await;
    tx.commit().await.unwrap();
    assert_eq!(ids(&store, View::Waiting, None).await, [risky, calm]);
});

both_engines!(pages_do_not_overlap_and_a_drill_down_gives_exactly_its_own, |store| async move {
    let mut tx = store.begin_at(Moment(1)).await.unwrap();
    let (inbox, contact, first) = samples::world(&mut tx, "Ana").await;
    let mut all = vec![first];
    for _ in 0..6 {
        all.push(tx.insert_conversation(&samples::conversation(inbox, contact, "x")).await.unwrap());
    }
    tx.commit().await.unwrap();
    let mut seen = vec![];
    for offset in [0, 3, 6] {
        let filter = ListFilter { offset, limit: 3, ..ListFilter::default() };
        let (total, lines) = store.conversation_page(&filter).await.unwrap();
        assert_eq!(total, 7);
        seen.extend(lines.into_iter().map(|l| l.id));
    }
    assert_eq!(seen, all.iter().rev().copied().collect::<Vec<_>>());
    let only = vec![all[1], all[4]];
    let filter = ListFilter { only: Some(only.clone()), limit: 50, ..ListFilter::default() };
    let (total, lines) = store.conversation_page(&filter).await.unwrap();
    assert_eq!((total, lines.len()), (2, 2));
    let none = ListFilter { only: Some(vec![]), limit: 50, ..ListFilter::default() };
    assert_eq!(store.conversation_page(&none).await.unwrap(), (0, vec![]));
    let past = store.past_conversations(contact, Some(all[6]), 2).await.unwrap();
    assert_eq!(past.iter().map(|l| l.id).collect::<Vec<_>>(), [all[5], all[4]]);
});

#[test]
fn keys_of_views_are_read() {
    let check = |key: &str, expect: Option<View>| assert_eq!(key.parse::<View>().ok(), expect, "{key}");
    check("", Some(View::All));
    check("waiting", Some(View::Waiting));
    check("inbox:7", Some(View::Inbox(InboxId(7))));
    check("inbox:x", None);
    check("nonsense", None);
}
