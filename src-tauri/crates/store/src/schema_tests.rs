//! The two schemas are twins, and `migrations/schema.md` explains every table and column of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{OpenOptions, Store, Target, columns::Columns, testing};

/// Column by column: whether it may be null, and its type in the words of SQLite.
type Tables = BTreeMap<String, BTreeMap<String, (bool, String)>>;

/// The full-text index is each engine's own; the `schema_` tables are made by `migrate.rs` before any migration.
fn is_ours(table: &str) -> bool {
    !["message_search", "schema_", "sqlite_"].iter().any(|own| table.starts_with(own))
}

fn tables(rows: &[sqlx::any::AnyRow]) -> Tables {
    let mut tables = Tables::new();
    for row in rows {
        let table = row.text("table_name").unwrap();
        if is_ours(&table) {
            let kind = row.text("kind").unwrap().to_lowercase();
            let kind = match kind.as_str() {
                "bigint" => "integer".to_owned(),
                "bytea" => "blob".to_owned(),
                _ => kind,
            };
            let column = row.text("column_name").unwrap();
            tables.entry(table).or_default().insert(column, (row.flag("nullable").unwrap(), kind));
        }
    }
    tables
}

async fn of_sqlite(store: &Store) -> Tables {
    let rows = sqlx::query(
        "select t.name as table_name, c.name as column_name, c.type as kind,
         case when c.\"notnull\" = 1 or c.pk > 0 then 0 else 1 end as nullable
         from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'",
    );
    tables(&rows.fetch_all(&mut *store.read().await.unwrap()).await.unwrap())
}

async fn of_postgres(store: &Store) -> Tables {
    let rows = sqlx::query(
        "select table_name::text as table_name, column_name::text as column_name, data_type::text as kind,
         case when is_nullable = 'YES' then 1 else 0 end as nullable
         from information_schema.columns where table_schema = current_schema()",
    );
    tables(&rows.fetch_all(&mut *store.read().await.unwrap()).await.unwrap())
}

/// The indexes that the migrations name, with their tables.
async fn indexes(store: &Store, text: &'static str) -> BTreeMap<String, String> {
    let rows = sqlx::query(text).fetch_all(&mut *store.read().await.unwrap()).await.unwrap();
    let named = rows.iter().map(|row| (row.text("name").unwrap(), row.text("of_table").unwrap()));
    named.filter(|(_, table)| is_ours(table)).collect()
}

#[tokio::test]
async fn both_schemas_have_the_same_tables_columns_and_indexes() {
    let Some(address) = testing::postgres_address().await.unwrap() else { return };
    let server = Store::open(&Target::Postgres(address), OpenOptions::default()).await.unwrap();
    let file = Store::memory().await.unwrap();
    let (ours, theirs) = (of_sqlite(&file).await, of_postgres(&server).await);
    assert!(ours.len() > 30, "{}", ours.len());
    assert_eq!(theirs, ours);
    let ours = indexes(&file, "select name, tbl_name as of_table from sqlite_master where type = 'index' and sql is not null").await;
    // Names that end so are made by the server for primary keys and unique constraints, as SQLite makes its own.
    let theirs = indexes(
        &server,
        "select indexname::text as name, tablename::text as of_table from pg_indexes
         where schemaname = current_schema() and indexname !~ '_(pkey|key)$'",
    )
    .await;
    assert_eq!(theirs, ours);
}

#[tokio::test]
async fn the_handbook_of_the_schema_names_every_table_and_column() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../migrations/schema.md");
    let handbook = std::fs::read_to_string(path).unwrap();
    let mut written: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut table = String::new();
    for line in handbook.lines() {
        if let Some(name) = line.strip_prefix("### ") {
            name.trim().clone_into(&mut table);
            written.entry(table.clone()).or_default();
        } else if let Some(column) = line.strip_prefix("| `").and_then(|rest| rest.split('`').next()) {
            written.entry(table.clone()).or_default().insert(column.to_owned());
        }
    }
    written.retain(|table, _| is_ours(table));
    let file = Store::memory().await.unwrap();
    let real: BTreeMap<String, BTreeSet<String>> =
        of_sqlite(&file).await.into_iter().map(|(table, columns)| (table, columns.into_keys().collect())).collect();
    assert_eq!(written, real);
}
