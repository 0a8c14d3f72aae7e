//! Brings the schema up to date. Migrations are only ever added, each under a number and a name that both engines share.
//!
//! A newer program may have added some that this one does not know: they are ignored, unless the compatibility number, which only
//! a breaking change raises, forbids it. Not sqlx's migrator: it refuses what it does not know, and keeps no such number.

use sqlx::{AnyConnection, Connection};

use crate::{engine::Engine, error::StoreError};

/// One step, in both tongues.
struct Migration {
    number: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "core",
        sqlite: include_str!("../../../../migrations/sqlite/0001_core.sql"),
        postgres: include_str!("../../../../migrations/postgres/0001_core.sql"),
    },
    Migration {
        number: 2,
        name: "learning",
        sqlite: include_str!("../../../../migrations/sqlite/0002_learning.sql"),
        postgres: include_str!("../../../../migrations/postgres/0002_learning.sql"),
    },
    Migration {
        number: 3,
        name: "work_orders",
        sqlite: include_str!("../../../../migrations/sqlite/0003_work_orders.sql"),
        postgres: include_str!("../../../../migrations/postgres/0003_work_orders.sql"),
    },
    Migration {
        number: 4,
        name: "search",
        sqlite: include_str!("../../../../migrations/sqlite/0004_search.sql"),
        postgres: include_str!("../../../../migrations/postgres/0004_search.sql"),
    },
    Migration {
        number: 5,
        name: "text_vectors",
        sqlite: include_str!("../../../../migrations/sqlite/0005_text_vectors.sql"),
        postgres: include_str!("../../../../migrations/postgres/0005_text_vectors.sql"),
    },
    Migration {
        number: 6,
        name: "actions",
        sqlite: include_str!("../../../../migrations/sqlite/0006_actions.sql"),
        postgres: include_str!("../../../../migrations/postgres/0006_actions.sql"),
    },
    Migration {
        number: 7,
        name: "dialogue",
        sqlite: include_str!("../../../../migrations/sqlite/0007_dialogue.sql"),
        postgres: include_str!("../../../../migrations/postgres/0007_dialogue.sql"),
    },
    Migration {
        number: 8,
        name: "learning_loop",
        sqlite: include_str!("../../../../migrations/sqlite/0008_learning_loop.sql"),
        postgres: include_str!("../../../../migrations/postgres/0008_learning_loop.sql"),
    },
    Migration {
        number: 9,
        name: "outside",
        sqlite: include_str!("../../../../migrations/sqlite/0009_outside.sql"),
        postgres: include_str!("../../../../migrations/postgres/0009_outside.sql"),
    },
    Migration {
        number: 10,
        name: "parcels",
        sqlite: include_str!("../../../../migrations/sqlite/0010_parcels.sql"),
        postgres: include_str!("../../../../migrations/postgres/0010_parcels.sql"),
    },
    Migration {
        number: 11,
        name: "platform_cases",
        sqlite: include_str!("../../../../migrations/sqlite/0011_platform_cases.sql"),
        postgres: include_str!("../../../../migrations/postgres/0011_platform_cases.sql"),
    },
    Migration {
        number: 12,
        name: "article_stores",
        sqlite: include_str!("../../../../migrations/sqlite/0012_article_stores.sql"),
        postgres: include_str!("../../../../migrations/postgres/0012_article_stores.sql"),
    },
];

/// Raised only when an older program would damage what a newer one writes.
pub(crate) const COMPATIBILITY: i64 = 1;

/// A key of our own, so that two programs that start at once on one server do not both migrate.
const SERVER_LOCK: &str = "select pg_advisory_xact_lock(7216300)";

/// Looked at before anything is written, so that a newer file is left exactly as it is.
pub(crate) async fn check_before(engine: Engine, conn: &mut AnyConnection) -> Result<(), StoreError> {
    check(compatibility(engine, conn).await?)
}

/// True when the schema of a server that the address leads to has tables of ours.
pub(crate) async fn is_there(conn: &mut AnyConnection) -> Result<bool, StoreError> {
    let (found,): (bool,) = sqlx::query_as("select to_regclass('schema_migrations') is not null").fetch_one(conn).await?;
    Ok(found)
}

/// Applies what is missing, all in one transaction: a failure leaves the database as it was.
pub(crate) async fn run(engine: Engine, conn: &mut AnyConnection) -> Result<(), StoreError> {
    let begin = match engine {
        Engine::Sqlite => "begin immediate",
        Engine::Postgres => "begin",
    };
    let mut tx = conn.begin_with(begin).await?;
    if engine == Engine::Postgres {
        sqlx::query(SERVER_LOCK).execute(&mut *tx).await?;
    }
    sqlx::raw_sql(match engine {
        Engine::Sqlite => "create table if not exists schema_migrations (number integer primary key, name text not null) strict",
        Engine::Postgres => {
            "create table if not exists schema_migrations (number bigint primary key, name text not null);
             create table if not exists schema_compatibility (number bigint primary key)"
        }
    })
    .execute(&mut *tx)
    .await?;
    check(compatibility(engine, &mut tx).await?)?;
    let applied: Vec<(i64,)> = sqlx::query_as("select number from schema_migrations").fetch_all(&mut *tx).await?;
    for migration in MIGRATIONS.iter().filter(|m| !applied.contains(&(m.number,))) {
        tracing::info!(number = migration.number, name = migration.name, "migrating the database");
        apply(engine, migration, &mut tx).await?;
    }
    Ok(tx.commit().await?)
}

async fn apply(engine: Engine, migration: &Migration, conn: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::raw_sql(match engine {
        Engine::Sqlite => migration.sqlite,
        Engine::Postgres => migration.postgres,
    })
    .execute(&mut *conn)
    .await?;
    sqlx::query("insert into schema_migrations (number, name) values ($1, $2)")
        .bind(migration.number)
        .bind(migration.name)
        .execute(&mut *conn)
        .await?;
    set_compatibility(engine, conn).await
}

/// 0 in a database that is new.
async fn compatibility(engine: Engine, conn: &mut AnyConnection) -> Result<i64, StoreError> {
    let (found,): (i64,) = sqlx::query_as(match engine {
        Engine::Sqlite => "select user_version from pragma_user_version",
        Engine::Postgres => "select coalesce(max(number), 0) from schema_compatibility",
    })
    .fetch_one(conn)
    .await?;
    Ok(found)
}

async fn set_compatibility(engine: Engine, conn: &mut AnyConnection) -> Result<(), StoreError> {
    match engine {
        Engine::Sqlite => {
            // A pragma takes no parameter; the number is ours.
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!("pragma user_version = {COMPATIBILITY}"))).execute(conn).await?;
        }
        Engine::Postgres => {
            sqlx::query("insert into schema_compatibility (number) values ($1) on conflict (number) do nothing")
                .bind(COMPATIBILITY)
                .execute(conn)
                .await?;
        }
    }
    Ok(())
}

fn check(found: i64) -> Result<(), StoreError> {
    if found > COMPATIBILITY { Err(StoreError::NewerDatabase { found, known: COMPATIBILITY }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::both_engines;

    both_engines!(running_again_changes_nothing, |store| async move {
        run(store.engine(), &mut store.0.writer.acquire().await.unwrap()).await.unwrap();
        let rows: Vec<(i64, String)> =
            sqlx::query_as("select number, name from schema_migrations").fetch_all(&store.0.writer).await.unwrap();
        assert_eq!(rows.len(), MIGRATIONS.len());
    });

    both_engines!(a_breaking_newer_version_is_refused, |store| async move {
        match store.engine() {
            Engine::Sqlite => sqlx::raw_sql("pragma user_version = 7").execute(&store.0.writer).await.unwrap(),
            Engine::Postgres => sqlx::raw_sql("insert into schema_compatibility values (7)").execute(&store.0.writer).await.unwrap(),
        };
        let again = run(store.engine(), &mut store.0.writer.acquire().await.unwrap()).await;
        assert!(matches!(again, Err(StoreError::NewerDatabase { found: 7, known: COMPATIBILITY })), "{again:?}");
    });

    #[test]
    fn numbers_rise_and_each_says_why_in_its_first_line() {
        for pair in MIGRATIONS.windows(2) {
            assert!(pair[0].number < pair[1].number);
        }
        for migration in MIGRATIONS {
            assert!(migration.sqlite.starts_with("-- ") && migration.postgres.starts_with("-- "), "{}", migration.name);
        }
    }
}
