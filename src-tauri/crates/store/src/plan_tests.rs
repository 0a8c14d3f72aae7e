//! The plans of the statements that run all the time: none of them may read a whole table.

use crate::Store;

/// The plan in one text.
pub(crate) async fn plan(store: &Store, sql: &str) -> String {
    // The text is a test's own.
    let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(sqlx::AssertSqlSafe(format!("explain query plan {sql}")))
        .fetch_all(&mut *store.read().await.unwrap())
        .await
        .unwrap();
    rows.into_iter().map(|r| r.3).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn lists_counts_and_searches_use_their_indexes() {
    let store = Store::memory().await.unwrap();
    let check = async |sql: &str, index: &str| {
        let plan = plan(&store, sql).await;
        assert!(plan.contains(index), "{sql}\n{plan}");
        assert!(!plan.contains("TEMP B-TREE FOR ORDER BY"), "{sql}\n{plan}");
    };
    let newest = "order by c.last_message_at desc, c.id desc limit 50";
    check(&format!("select c.id from conversations c where 1 = 1 {newest}"), "conversations_newest").await;
    check(&format!("select c.id from conversations c where c.status = 'open' {newest}"), "conversations_").await;
    check(&format!("select c.id from conversations c where c.inbox_id = 1 {newest}"), "conversations_").await;
    check("select id from messages where conversation_id = 1 order by at, id", "messages_by_conversation").await;
    check("select id from messages where bot_pending = 1 order by id limit 5", "messages_for_bot").await;
}

#[tokio::test]
async fn waiting_and_deliveries_read_their_partial_indexes_only() {
    let store = Store::memory().await.unwrap();
    let check = async |sql: &str, index: &str| {
        let plan = plan(&store, sql).await;
        assert!(plan.contains(index), "{sql}\n{plan}");
    };
    check("select conversation_id from handoffs h where h.answered_at is null and h.closed_at is null", "handoffs_waiting").await;
    check(
        "select conversation_id from messages where delivery in ('draft', 'failed', 'uncertain') and delivery = 'draft'",
        "messages_by_delivery",
    )
    .await;
    check(
        "select conversation_id from messages where delivery in ('draft', 'failed', 'uncertain') and delivery <> 'draft'",
        "messages_by_delivery",
    )
    .await;
    check("select min(snoozed_until) from conversations where snoozed_until is not null", "conversations_snoozed").await;
    check("select count(*) from conversations where assignee = 1 and status <> 'resolved'", "conversations_by_assignee").await;
    check("select count(*) from conversations where status = 'open' and assignee is null", "conversations_by_status").await;
    let badge = plan(&store, crate::conversation_lines::NEEDING_A_PERSON).await;
    for index in ["handoffs USING INDEX handoffs_waiting", "messages USING COVERING INDEX messages_by_delivery"] {
        assert!(badge.contains(index) && !badge.contains("conversations"), "{badge}");
    }
    let search = plan(&store, "select rowid from message_search where message_search match 'a' order by rowid desc limit 5").await;
    assert!(search.contains("VIRTUAL TABLE") && !search.contains("TEMP B-TREE"), "{search}");
}

#[tokio::test]
async fn a7_a_search_starts_from_the_words_and_not_from_the_conversations() {
    let store = Store::memory().await.unwrap();
    let plan = plan(
        &store,
        "select c.id, count(*) over () as n from conversations c where 1 = 1 and c.id in (select m.conversation_id
         from messages m indexed by messages_conversations where m.id in (select rowid from message_search where message_search match 'a' order by rowid desc limit 5000))
         order by c.last_message_at desc, c.id desc limit 50",
    )
    .await;
    assert!(plan.contains("SEARCH c USING INTEGER PRIMARY KEY"), "{plan}");
    assert!(plan.contains("SEARCH m USING COVERING INDEX messages_conversations"), "{plan}");
}

#[tokio::test]
async fn an_import_finds_its_writers_without_reading_every_address() {
    let store = Store::memory().await.unwrap();
    let plan = crate::contacts::by_values("email", &["a@x.example", "b@x.example"]).plan(&mut store.read().await.unwrap()).await;
    assert!(plan.contains("SEARCH identities USING PRIMARY KEY (kind=? AND value=?)"), "{plan}");
}
