//! A copy of the whole workspace in one file, the proof that it can be read, and what there is in a database.
//!
//! SQLite only: a server has its own tools, and says so. A copy is made while the program runs and is consistent.

use std::path::Path;

use sqlx::{AnyConnection, Connection};

use crate::{
    Engine, Store, StoreError,
    columns::{Columns, each},
    open::{file_url, name_the_file, read_only_or},
};

/// Every table whose rows are the seller's data, in the order in which they are reported.
const TABLES: &[(&str, &str)] = &[
    ("inboxes", "select count(*) from inboxes"),
    ("contacts", "select count(*) from contacts"),
    ("conversations", "select count(*) from conversations"),
    ("messages", "select count(*) from messages"),
    ("attachments", "select count(*) from attachments"),
    ("turns", "select count(*) from turns"),
    ("outbox", "select count(*) from outbox"),
    ("handoffs", "select count(*) from handoffs"),
    ("episodes", "select count(*) from episodes"),
    ("ratings", "select count(*) from ratings"),
    ("articles", "select count(*) from articles"),
    ("products", "select count(*) from products"),
    ("orders", "select count(*) from orders"),
    ("shipments", "select count(*) from shipments"),
    ("notes", "select count(*) from notes"),
    ("work_orders", "select count(*) from work_orders"),
    ("platform_cases", "select count(*) from platform_cases"),
];

/// What a check of a database found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// What is damaged or points to nothing, in words; empty when all is well.
    pub problems: Vec<String>,
    /// Rows by table.
    pub counts: Vec<(&'static str, i64)>,
}

impl Store {
    /// Reads the whole database and looks for damage; slow on a large one.
    pub async fn verify(&self) -> Result<Verification, StoreError> {
        verify(self.engine(), &mut *self.read().await?).await
    }

    /// Rows by table.
    pub async fn counts(&self) -> Result<Vec<(&'static str, i64)>, StoreError> {
        counts(&mut *self.read().await?).await
    }

    /// Writes a copy of everything to a new file and proves that it can be read; gives what is in it.
    ///
    /// # Errors
    /// `Constraint` when the file exists (nothing is overwritten) or the database is on a server; `Corrupt` when the copy is bad.
    pub async fn backup_to(&self, file: &Path) -> Result<Verification, StoreError> {
        if self.engine() == Engine::Postgres {
            return Err(StoreError::Constraint("a database on a server is copied with the server's own tools (pg_dump)".into()));
        }
        if file.exists() {
            return Err(StoreError::Constraint(format!("{} exists already", file.display())));
        }
        // Written beside it first, so that a half copy never bears the name of a whole one.
        let part = file.with_extension("part");
        let done = self.copy_to(&part).await;
        let checked = match done {
            Ok(()) => verify_file(&part).await,
            Err(error) => Err(error),
        };
        let outcome = checked.and_then(|found| {
            std::fs::File::open(&part)
                .and_then(|f| f.sync_all())
                .and_then(|()| std::fs::rename(&part, file))
                .map_err(|e| read_only_or(&e, StoreError::Disk(e.to_string())))?;
            Ok(found)
        });
        if outcome.is_err() {
            let _ = std::fs::remove_file(&part);
        }
        outcome
    }

    async fn copy_to(&self, part: &Path) -> Result<(), StoreError> {
        if part.exists() {
            std::fs::remove_file(part).map_err(|e| read_only_or(&e, StoreError::Disk(e.to_string())))?;
        }
        let mut conn = self.0.writer.acquire().await?;
        sqlx::query("vacuum into $1")
            .bind(part.to_string_lossy().into_owned())
            .execute(&mut *conn)
            .await
            .map_err(|e| name_the_file(e.into(), part))?;
        Ok(())
    }
}

/// Checks a copy without opening it as a workspace; the file is not changed.
///
/// # Errors
/// `Corrupt` when it is damaged or is no copy of a workspace; `CannotOpen` when it is not there.
pub async fn verify_file(file: &Path) -> Result<Verification, StoreError> {
    sqlx::any::install_default_drivers();
    if !file.is_file() {
        return Err(StoreError::CannotOpen { path: file.to_owned(), why: "there is no such file".into() });
    }
    let url = file_url(file).replace("mode=rwc", "mode=ro&immutable=1");
    let mut conn = AnyConnection::connect(&url).await.map_err(|e| name_the_file(e.into(), file))?;
    crate::migrate::check_before(Engine::Sqlite, &mut conn).await?;
    let found = verify(Engine::Sqlite, &mut conn).await.map_err(|e| match e {
        StoreError::Other(why) => StoreError::Corrupt(format!("it is no copy of a workspace: {why}")),
        other => other,
    })?;
    conn.close().await?;
    match found.problems.first() {
        Some(problem) => Err(StoreError::Corrupt(problem.clone())),
        None => Ok(found),
    }
}

/// Puts a checked copy in the place of a workspace that nobody has open; what was there before is kept beside it as `.before`.
///
/// # Errors
/// As [`verify_file`]; and when the files cannot be moved.
pub async fn restore_file(copy: &Path, target: &Path) -> Result<Verification, StoreError> {
    let found = verify_file(copy).await?;
    let disk = |e: std::io::Error| read_only_or(&e, StoreError::Disk(e.to_string()));
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent).map_err(disk)?;
    }
    let part = target.with_extension("part");
    std::fs::copy(copy, &part).map_err(disk)?;
    std::fs::File::open(&part).and_then(|f| f.sync_all()).map_err(disk)?;
    if target.exists() {
        // The log of the old file must not be played into the new one.
        for (suffix, keep) in [("-wal", false), ("-shm", false), ("", true)] {
            let old = sibling(target, suffix);
            if keep {
                std::fs::rename(&old, sibling(target, ".before")).map_err(disk)?;
            } else if old.exists() {
                std::fs::rename(&old, sibling(target, &format!(".before{suffix}"))).map_err(disk)?;
            }
        }
    }
    std::fs::rename(&part, target).map_err(disk)?;
    Ok(found)
}

fn sibling(path: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

async fn counts(conn: &mut AnyConnection) -> Result<Vec<(&'static str, i64)>, StoreError> {
    let mut counts = Vec::with_capacity(TABLES.len());
    for (table, sql) in TABLES {
        let (count,): (i64,) = sqlx::query_as(*sql).fetch_one(&mut *conn).await?;
        counts.push((*table, count));
    }
    Ok(counts)
}

async fn verify(engine: Engine, conn: &mut AnyConnection) -> Result<Verification, StoreError> {
    let mut problems = Vec::new();
    if engine == Engine::Sqlite {
        let rows = sqlx::query("select integrity_check as problem from pragma_integrity_check").fetch_all(&mut *conn).await?;
        problems.extend(each(&rows, |row| row.text("problem"))?.into_iter().filter(|p| p != "ok"));
        let rows = sqlx::query("select distinct \"table\" as name from pragma_foreign_key_check").fetch_all(&mut *conn).await?;
        problems.extend(each(&rows, |row| row.text("name"))?.into_iter().map(|t| format!("a row of {t} points to nothing")));
    }
    // Both engines: every message can be found, and nothing is found that is not there.
    let indexed = match engine {
        Engine::Sqlite => "select count(*) from message_search_docsize",
        Engine::Postgres => "select count(*) from message_search",
    };
    let (indexed,): (i64,) = sqlx::query_as(indexed).fetch_one(&mut *conn).await?;
    let counts = counts(conn).await?;
    let messages = counts.iter().find(|(table, _)| *table == "messages").map_or(0, |(_, n)| *n);
    if indexed != messages {
        problems.push(format!("{messages} messages, but {indexed} in the search index"));
    }
    Ok(Verification { problems, counts })
}

#[cfg(test)]
mod tests {
    use mercator_domain::moment::Moment;

    use super::*;
    use crate::{OpenOptions, Target, both_engines, samples};

    async fn filled(store: &Store) {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let (inbox, _, id) = samples::world(&mut tx, "Ana").await;
        samples::say(&mut tx, inbox, id, 1, "hello").await;
        tx.commit().await.unwrap();
    }

    both_engines!(l7_a_healthy_database_has_no_problems, |store| async move {
        filled(&store).await;
        let found = store.verify().await.unwrap();
        assert_eq!(found.problems, Vec::<String>::new());
        assert!(found.counts.contains(&("messages", 1)) && found.counts.contains(&("orders", 0)));
        assert_eq!(found.counts, store.counts().await.unwrap());
    });

    both_engines!(l7_a_message_that_search_would_miss_is_reported, |store| async move {
        filled(&store).await;
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let engine = tx.engine();
        sqlx::query(crate::dialect::delete_search(engine)).bind("[1]").execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.verify().await.unwrap().problems, ["1 messages, but 0 in the search index"]);
    });

    #[tokio::test]
    async fn l6_a_copy_is_restored_with_everything_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let (copy, home) = (folder.path().join("copy 1.mercator"), folder.path().join("home/shop.db"));
        let store = Store::open(&Target::File(home.clone()), OpenOptions::default()).await.unwrap();
        filled(&store).await;
        let made = store.backup_to(&copy).await.unwrap();
        assert!(matches!(store.backup_to(&copy).await, Err(StoreError::Constraint(_))), "nothing is overwritten");
        let mut tx = store.begin_at(Moment(2)).await.unwrap();
        samples::world(&mut tx, "Bo").await;
        tx.commit().await.unwrap();
        store.close().await;
        assert_eq!(restore_file(&copy, &home).await.unwrap(), made);
        let store = Store::open(&Target::File(home.clone()), OpenOptions::default()).await.unwrap();
        assert_eq!(store.counts().await.unwrap(), made.counts);
        store.close().await;
        assert!(folder.path().join("home/shop.db.before").exists(), "what was there is kept");
    }

    #[tokio::test]
    async fn l6_a_damaged_copy_is_refused_and_the_workspace_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (copy, home) = (folder.path().join("copy.db"), folder.path().join("shop.db"));
        let store = Store::open(&Target::File(home.clone()), OpenOptions::default()).await.unwrap();
        filled(&store).await;
        store.backup_to(&copy).await.unwrap();
        store.close().await;
        let mut bytes = std::fs::read(&copy).unwrap();
        let half = bytes.len() / 2;
        bytes[4096..half].fill(0xA5);
        std::fs::write(&copy, &bytes).unwrap();
        let before = std::fs::read(&home).unwrap();
        let restored = restore_file(&copy, &home).await;
        assert!(restored.is_err(), "{restored:?}");
        assert_eq!(std::fs::read(&home).unwrap(), before);
        assert!(matches!(verify_file(&folder.path().join("none")).await, Err(StoreError::CannotOpen { .. })));
        std::fs::write(&copy, b"not a database at all").unwrap();
        assert!(verify_file(&copy).await.is_err());
    }

    #[tokio::test]
    async fn a_copy_to_a_place_that_is_not_there_leaves_nothing() {
        let store = Store::memory().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let made = store.backup_to(&folder.path().join("none/copy.db")).await;
        assert!(made.is_err(), "{made:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
