//! The change feed: what other instances on the same database must read again.
//!
//! Rows are written by [`crate::Tx::commit`] only, in the order of the commits, so that "newer than the last I saw" misses none.

use std::str::FromStr;

use mercator_domain::moment::Moment;

use crate::{Store, Tx, error::StoreError};

macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident => $word:literal),+ $(,)?) => {
        /// What changed. The identity beside it is that of the row, or 0 where the kind has one thing only.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ChangeKind { $($(#[$meta])* $name),+ }

        impl ChangeKind {
            /// The fixed word in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }

        impl FromStr for ChangeKind {
            type Err = ();
            fn from_str(word: &str) -> Result<Self, ()> {
                match word { $($word => Ok(Self::$name),)+ _ => Err(()) }
            }
        }
    };
}

kinds! {
    /// A conversation, its messages, notes, labels or drafts.
    Conversation => "conversation",
    /// A handoff; the identity is that of its conversation.
    Handoff => "handoff",
    /// A message waits for the bot; the identity is that of the message.
    Bot => "bot",
    /// Something waits to be sent; the identity is that of the outbox row.
    Outbox => "outbox",
    /// An inbox.
    Inbox => "inbox",
    /// A contact.
    Contact => "contact",
    /// The knowledge base.
    Knowledge => "knowledge",
    /// Orders, parcels or products.
    Order => "order",
    /// Settings, members, canned responses, labels.
    Settings => "settings",
    /// What the bot was taught: examples, corrections, the model in use.
    Understanding => "understanding",
}

/// One row of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its place in the feed.
    pub id: i64,
    /// When.
    pub at: Moment,
    /// Who wrote it.
    pub instance: String,
    /// What changed.
    pub kind: ChangeKind,
    /// Which row.
    pub entity_id: i64,
}

impl Store {
    /// Changes after `since`, oldest first, at most `limit`. Kinds of a newer version are left out.
    pub async fn changes_since(&self, since: i64, limit: i64) -> Result<Vec<Change>, StoreError> {
        let rows: Vec<(i64, i64, String, String, i64)> =
            sqlx::query_as("select id, at, instance, kind, entity_id from changes where id > $1 order by id limit $2")
                .bind(since)
                .bind(limit)
                .fetch_all(&mut *self.read().await?)
                .await?;
        Ok(rows
            .into_iter()
            .filter_map(|(id, at, instance, kind, entity_id)| {
                Some(Change { id, at: Moment(at), instance, kind: kind.parse().ok()?, entity_id })
            })
            .collect())
    }

    /// The newest place in the feed, 0 when it is empty: where a new instance starts.
    pub async fn latest_change(&self) -> Result<i64, StoreError> {
        let (id,): (i64,) = sqlx::query_as("select coalesce(max(id), 0) from changes").fetch_one(&mut *self.read().await?).await?;
        Ok(id)
    }
}

impl Tx {
    /// Forgets changes from before `before`; gives how many.
    pub async fn prune_changes(&mut self, before: Moment) -> Result<u64, StoreError> {
        // The newest row stays, so that "the newest place" never falls back.
        let done = sqlx::query("delete from changes where at < $1 and id < (select max(id) from changes)")
            .bind(before.ms())
            .execute(self.conn())
            .await?;
        Ok(done.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::both_engines;

    both_engines!(the_feed_gives_what_is_newer_and_forgets_what_is_old, |store| async move {
        for n in 1..=3 {
            let mut tx = store.begin_at(Moment(n)).await.unwrap();
            tx.changed(ChangeKind::Contact, n);
            tx.commit().await.unwrap();
        }
        let all = store.changes_since(0, 10).await.unwrap();
        assert_eq!(store.changes_since(all[0].id, 10).await.unwrap(), all[1..]);
        assert_eq!(store.changes_since(0, 2).await.unwrap(), all[..2]);
        let mut tx = store.begin_at(Moment(9)).await.unwrap();
        assert_eq!(tx.prune_changes(Moment(100)).await.unwrap(), 2);
        tx.commit().await.unwrap();
        assert_eq!(store.latest_change().await.unwrap(), all[2].id);
    });
}
