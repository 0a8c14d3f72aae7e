//! What the two engines say differently. Everything else in this crate is one text for both.
//!
//! Only texts and tiny calls; no knowledge of tables beyond the full-text index, claims and the change feed.

use sqlx::AnyConnection;

use crate::{engine::Engine, error::StoreError};

/// A key of our own for the lock that orders commits of the change feed on PostgreSQL.
const COMMIT_ORDER_LOCK: &str = "select pg_advisory_xact_lock(7216301)";

/// On PostgreSQL two commits could show their change rows out of order, and a reader would miss the late one; so the last step
/// before a commit is a lock. SQLite has one writer, so its order is right.
pub(crate) async fn order_commits(engine: Engine, conn: &mut AnyConnection) -> Result<(), StoreError> {
    if engine == Engine::Postgres {
        sqlx::query(COMMIT_ORDER_LOCK).execute(conn).await?;
    }
    Ok(())
}

/// Inserts `[["kind", id], …]` given as JSON in `$3`.
pub(crate) const fn insert_changes(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "insert into changes (at, instance, kind, entity_id)
             select $1, $2, json_extract(value, '$[0]'), json_extract(value, '$[1]') from json_each($3)"
        }
        Engine::Postgres => {
            "insert into changes (at, instance, kind, entity_id)
             select $1, $2, value ->> 0, (value ->> 1)::bigint from json_array_elements($3::json)"
        }
    }
}

/// The whole numbers of a JSON array as a sub-select: the text before its parameter and after it. For lists that may be longer
/// than a statement may have parameters.
pub(crate) const fn numbers_of_json(engine: Engine) -> (&'static str, &'static str) {
    match engine {
        Engine::Sqlite => ("(select value from json_each(", "))"),
        Engine::Postgres => ("(select value::bigint from json_array_elements_text((", ")::json))"),
    }
}

/// The id of the message that this transaction has just stored, as an expression.
pub(crate) const fn newest_message(engine: Engine) -> &'static str {
    match engine {
        // One writer, and ids that only rise: the highest is the newest. The last row id would be that of the full-text index.
        Engine::Sqlite => "(select max(id) from messages)",
        Engine::Postgres => "currval('messages_id_seq')",
    }
}

/// The same of a contact.
pub(crate) const fn newest_contact(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "(select max(id) from contacts)",
        Engine::Postgres => "currval('contacts_id_seq')",
    }
}

/// The texts of a JSON array as a sub-select, as [`numbers_of_json`]: for lists in statements whose text shall not depend on their length.
pub(crate) const fn texts_of_json(engine: Engine) -> (&'static str, &'static str) {
    match engine {
        Engine::Sqlite => ("(select value from json_each(", "))"),
        Engine::Postgres => ("(select value from json_array_elements_text((", ")::json))"),
    }
}

/// Claims rows of the outbox in state `$3` that are due at `$4`, at most `$5`, for holder `$1` until `$2`. On PostgreSQL other
/// instances skip what is being claimed; SQLite has one writer, and uses its partial index only where that index's condition stands.
pub(crate) const fn claim_outbox(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "update outbox set claimed_by = $1, claimed_until = $2 where id in (
               select id from outbox where state in ('queued', 'sending') and state = $3 and not_before <= $4 and (claimed_until is null or claimed_until <= $4)
               order by not_before, id limit $5)
             returning id, inbox_id, conversation_id, message_id, wire_key, author, envelope, attempts"
        }
        Engine::Postgres => {
            "update outbox set claimed_by = $1, claimed_until = $2 where id in (
               select id from outbox where state in ('queued', 'sending') and state = $3 and not_before <= $4 and (claimed_until is null or claimed_until <= $4)
               order by not_before, id limit $5 for update skip locked)
             returning id, inbox_id, conversation_id, message_id, wire_key, author, envelope, attempts"
        }
    }
}

/// Puts messages with their segmented words into the full-text index, as rows `(id, words)`: the text before the rows, and what stands
/// before and after the words of each.
pub(crate) const fn insert_search(engine: Engine) -> (&'static str, &'static str, &'static str) {
    match engine {
        Engine::Sqlite => ("insert into message_search (rowid, body) values ", "", ""),
        Engine::Postgres => ("insert into message_search (message_id, document) values ", "to_tsvector('simple', ", ")"),
    }
}

/// Takes the messages of the JSON array `$1` out of the full-text index.
pub(crate) const fn delete_search(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "delete from message_search where rowid in (select value from json_each($1))",
        Engine::Postgres => "delete from message_search where message_id in (select value::bigint from json_array_elements_text($1::json))",
    }
}

/// The messages `m` with what a search needs of them. SQLite would read each message as a whole (its rows are found by the same number)
/// if it were not told to read the small index that holds just this.
pub(crate) const fn messages_of_a_search(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "messages m indexed by messages_conversations",
        Engine::Postgres => "messages m",
    }
}

/// A sub-select of the messages that match a query: the text before the query's parameter and after it. `limited`: newest
/// first, and the number of the parameter that bounds them follows.
pub(crate) const fn matching_messages(engine: Engine, limited: bool) -> (&'static str, &'static str) {
    match (engine, limited) {
        (Engine::Sqlite, false) => ("(select rowid from message_search where message_search match ", ""),
        (Engine::Sqlite, true) => ("(select rowid from message_search where message_search match ", " order by rowid desc limit "),
        (Engine::Postgres, false) => ("(select message_id from message_search where document @@ to_tsquery('simple', ", ")"),
        (Engine::Postgres, true) => {
            ("(select message_id from message_search where document @@ to_tsquery('simple', ", ") order by message_id desc limit ")
        }
    }
}
