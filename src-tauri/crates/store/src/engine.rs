//! The store itself: one writer, some readers, and the transaction that every write takes.
//!
//! How a database is found, checked and set up is `open.rs`; what differs in SQL between the engines is `dialect.rs`. The store
//! never reads a clock: who begins a transaction says what time it is.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use mercator_domain::moment::Moment;
use sqlx::{Any, AnyConnection, AnyPool, Transaction, pool::PoolConnection};

use crate::{changes::ChangeKind, dialect, error::StoreError};

/// Which database is underneath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server, PostgreSQL or what speaks its protocol.
    Postgres,
}

/// An open database. Cloning gives another handle to the same.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) engine: Engine,
    /// One connection on SQLite: it has one writer anyway, and waiting here is fair where its own lock is not.
    pub(crate) writer: AnyPool,
    pub(crate) readers: AnyPool,
    pub(crate) instance: String,
    pub(crate) warnings: Vec<String>,
    /// Of a database that lives only as long as this handle.
    pub(crate) folder: Option<tempfile::TempDir>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("engine", &self.0.engine).finish_non_exhaustive()
    }
}

/// How often `begin` is repeated when another process holds the lock. Each try already waits five seconds in SQLite.
const BEGIN_TRIES: u32 = 5;

impl Store {
    /// Which database is underneath.
    pub fn engine(&self) -> Engine {
        self.0.engine
    }

    /// The name under which this handle's changes appear in the feed.
    pub fn instance(&self) -> &str {
        &self.0.instance
    }

    /// Things about the place of the database that a person should know (a network folder), in English.
    pub fn warnings(&self) -> &[String] {
        &self.0.warnings
    }

    /// Begins the one write transaction at the time `now`; waits for its turn.
    pub async fn begin_at(&self, now: Moment) -> Result<Tx, StoreError> {
        let mut tries = 0;
        loop {
            let begun = match self.0.engine {
                Engine::Sqlite => self.0.writer.begin_with("begin immediate").await,
                Engine::Postgres => self.0.writer.begin_with("begin").await,
            };
            // A full disk makes SQLite end the transaction by itself, which sqlx does not notice: it takes the connection for one that is
            // still inside of it and refuses to begin. Such a connection is closed, and the pool opens a fresh one.
            if matches!(begun, Err(sqlx::Error::InvalidSavePointStatement)) && tries < BEGIN_TRIES {
                tries += 1;
                self.0.writer.acquire().await?.close().await?;
                continue;
            }
            match begun.map_err(StoreError::from) {
                Ok(tx) => {
                    return Ok(Tx {
                        tx,
                        engine: self.0.engine,
                        now,
                        instance: Arc::clone(&self.0),
                        changes: Vec::new(),
                        noted: BTreeSet::new(),
                    });
                }
                Err(StoreError::Busy) if tries < BEGIN_TRIES => {
                    tries += 1;
                    tracing::debug!(tries, "the database is busy, trying again");
                    tokio::time::sleep(Duration::from_millis(20 * u64::from(tries))).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// A connection for reading only.
    pub(crate) async fn read(&self) -> Result<PoolConnection<Any>, StoreError> {
        Ok(self.0.readers.acquire().await?)
    }

    /// Closes every connection; transactions that are open end first.
    pub async fn close(&self) {
        self.0.readers.close().await;
        if self.0.engine == Engine::Sqlite && self.0.folder.is_none() {
            // Lets the planner's statistics follow the data; bounded by its own analysis limit.
            if let Ok(mut conn) = self.0.writer.acquire().await {
                let _ = sqlx::raw_sql("pragma analysis_limit = 400; pragma optimize;").execute(&mut *conn).await;
            }
        }
        self.0.writer.close().await;
    }
}

/// One write transaction. Dropped without [`Tx::commit`] it leaves no trace.
pub struct Tx {
    tx: Transaction<'static, Any>,
    engine: Engine,
    now: Moment,
    instance: Arc<Inner>,
    changes: Vec<(ChangeKind, i64)>,
    /// The same as a set: an import notes ten thousand of them.
    noted: BTreeSet<(ChangeKind, i64)>,
}

impl Tx {
    /// The connection, for this crate's statements.
    pub(crate) fn conn(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }

    /// Which database is underneath.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The time that was given at the beginning.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Notes a change for the feed; written once at the commit, however often it is noted.
    pub fn changed(&mut self, kind: ChangeKind, id: i64) {
        if self.noted.insert((kind, id)) {
            self.changes.push((kind, id));
        }
    }

    /// Makes everything durable, the change rows with it.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        if !self.changes.is_empty() {
            dialect::order_commits(self.engine, &mut self.tx).await?;
            let rows: Vec<(&str, i64)> = self.changes.iter().map(|(kind, id)| (kind.as_str(), *id)).collect();
            sqlx::query(dialect::insert_changes(self.engine))
                .bind(self.now.ms())
                .bind(self.instance.instance.as_str())
                .bind(serde_json::to_string(&rows)?)
                .execute(&mut *self.tx)
                .await?;
        }
        Ok(self.tx.commit().await?)
    }

    /// Takes everything back.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.tx.rollback().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::both_engines;

    both_engines!(what_is_not_committed_leaves_no_trace, |store| async move {
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        tx.changed(ChangeKind::Settings, 1);
        tx.rollback().await.unwrap();
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        tx.changed(ChangeKind::Settings, 2);
        drop(tx);
        assert_eq!(store.latest_change().await.unwrap(), 0);
    });

    both_engines!(changes_are_written_once_with_the_commit, |store| async move {
        let mut tx = store.begin_at(Moment(7)).await.unwrap();
        tx.changed(ChangeKind::Conversation, 3);
        tx.changed(ChangeKind::Conversation, 3);
        tx.changed(ChangeKind::Inbox, 1);
        tx.commit().await.unwrap();
        let changes = store.changes_since(0, 10).await.unwrap();
        let seen: Vec<_> = changes.iter().map(|c| (c.kind, c.entity_id, c.at)).collect();
        assert_eq!(seen, [(ChangeKind::Conversation, 3, Moment(7)), (ChangeKind::Inbox, 1, Moment(7))]);
    });

    both_engines!(writers_wait_for_each_other, |store| async move {
        let first = store.begin_at(Moment(1)).await.unwrap();
        let other = store.clone();
        let waiting = tokio::spawn(async move {
            let mut tx = other.begin_at(Moment(2)).await.unwrap();
            tx.changed(ChangeKind::Settings, 2);
            tx.commit().await.unwrap();
        });
        tokio::task::yield_now().await;
        first.commit().await.unwrap();
        waiting.await.unwrap();
        assert_eq!(store.changes_since(0, 10).await.unwrap().len(), 1);
    });
}
