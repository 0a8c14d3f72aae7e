//! The open protocol on real files.

use super::*;

fn target(folder: &Path, name: &str) -> Target {
    Target::File(folder.join(name))
}

async fn pragma(store: &Store, text: &'static str) -> String {
    let mut conn = store.0.writer.acquire().await.unwrap();
    let row = sqlx::query(text).fetch_one(&mut *conn).await.unwrap();
    use sqlx::Row;
    row.try_get::<String, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string())).unwrap()
}

#[tokio::test]
async fn a_local_file_gets_wal_and_full() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&target(folder.path(), "a.db"), OpenOptions::default()).await.unwrap();
    assert_eq!(pragma(&store, "pragma journal_mode").await, "wal");
    assert_eq!(pragma(&store, "pragma synchronous").await, "2");
    assert_eq!(pragma(&store, "pragma foreign_keys").await, "1");
    assert!(store.warnings().is_empty());
    store.close().await;
}

#[tokio::test]
async fn any_path_that_a_file_system_allows_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let name = "订单 100% #1 ?x=y [ä].db";
    let store = Store::open(&target(folder.path(), name), OpenOptions::default()).await.unwrap();
    store.close().await;
    assert!(folder.path().join(name).exists());
}

#[tokio::test]
async fn a_missing_folder_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&target(&folder.path().join("x/y"), "a.db"), OpenOptions::default()).await.unwrap();
    store.close().await;
    assert!(folder.path().join("x/y/a.db").exists());
}

#[tokio::test]
async fn whether_there_is_one_is_told_without_making_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = target(&folder.path().join("x"), "a.db");
    assert!(!Store::exists(&file).await.unwrap());
    assert!(!folder.path().join("x").exists());
    Store::open(&file, OpenOptions::default()).await.unwrap().close().await;
    assert!(Store::exists(&file).await.unwrap());
    let Some(address) = crate::testing::postgres_address().await.unwrap() else { return };
    let server = Target::Postgres(address);
    assert!(!Store::exists(&server).await.unwrap());
    assert!(!Store::exists(&server).await.unwrap(), "the first look has made nothing");
    Store::open(&server, OpenOptions::default()).await.unwrap().close().await;
    assert!(Store::exists(&server).await.unwrap());
}

#[tokio::test]
async fn readers_cannot_write() {
    let store = Store::memory().await.unwrap();
    let mut conn = store.read().await.unwrap();
    let done = sqlx::query("insert into settings (key, value) values ('a', 'b')").execute(&mut *conn).await;
    assert!(matches!(done.map_err(StoreError::from), Err(StoreError::ReadOnly)));
}

#[tokio::test]
async fn the_folder_of_a_sync_service_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".stfolder")).unwrap();
    let opened = Store::open(&target(&folder.path().join("shop"), "a.db"), OpenOptions::default()).await;
    assert!(matches!(opened, Err(StoreError::SyncFolder { which, .. }) if which == "Syncthing"));
    assert!(!folder.path().join("shop").exists(), "nothing was made there");
}

#[tokio::test]
async fn what_is_no_database_is_called_damaged_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = b"this is no database, but the seller's shopping list".repeat(50);
    std::fs::write(folder.path().join("a.db"), &bytes).unwrap();
    let opened = Store::open(&target(folder.path(), "a.db"), OpenOptions::default()).await;
    assert!(matches!(opened, Err(StoreError::Corrupt(_))), "{opened:?}");
    assert_eq!(std::fs::read(folder.path().join("a.db")).unwrap(), bytes);
}

#[tokio::test]
async fn a_newer_database_is_refused_and_a_newer_migration_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let target = target(folder.path(), "a.db");
    let store = Store::open(&target, OpenOptions::default()).await.unwrap();
    let mut conn = store.0.writer.acquire().await.unwrap();
    sqlx::raw_sql("insert into schema_migrations (number, name) values (9999, 'from_the_future')").execute(&mut *conn).await.unwrap();
    drop(conn);
    store.close().await;
    let store = Store::open(&target, OpenOptions::default()).await.unwrap();
    let mut conn = store.0.writer.acquire().await.unwrap();
    sqlx::raw_sql("pragma user_version = 99").execute(&mut *conn).await.unwrap();
    drop(conn);
    store.close().await;
    let opened = Store::open(&target, OpenOptions::default()).await;
    assert!(matches!(opened, Err(StoreError::NewerDatabase { found: 99, .. })), "{opened:?}");
}

#[tokio::test]
async fn a_folder_in_place_of_the_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("a.db")).unwrap();
    let opened = Store::open(&target(folder.path(), "a.db"), OpenOptions::default()).await;
    assert!(matches!(&opened, Err(StoreError::CannotOpen { path, .. }) if path.ends_with("a.db")), "{opened:?}");
}

#[tokio::test]
async fn a_full_disk_is_called_so_and_what_was_stored_stays() {
    // SQLite's own page limit gives the same result code as a full disk, and needs no privileged mount.
    let store = Store::memory().await.unwrap();
    let mut conn = store.0.writer.acquire().await.unwrap();
    sqlx::raw_sql("pragma max_page_count = 1").execute(&mut *conn).await.unwrap();
    let big = "x".repeat(4_000_000);
    let done = sqlx::query("insert into settings (key, value) values ('big', $1)").bind(big).execute(&mut *conn).await;
    assert!(matches!(done.map_err(StoreError::from), Err(StoreError::DiskFull)));
    sqlx::raw_sql("pragma max_page_count = 1000000").execute(&mut *conn).await.unwrap();
    sqlx::query("insert into settings (key, value) values ('small', '1')").execute(&mut *conn).await.unwrap();
}

#[tokio::test]
async fn a_read_only_file_is_called_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    Store::open(&Target::File(path.clone()), OpenOptions::default()).await.unwrap().close().await;
    // Root may write anywhere, so the file's mode proves nothing there; an immutable open gives SQLite's own code.
    let mut conn = AnyConnection::connect(&format!("{}&immutable=1", file_url(&path))).await.unwrap();
    assert!(matches!(probe(&mut conn).await, Err(StoreError::ReadOnly)));
}

#[tokio::test]
async fn an_unreachable_server_is_called_so() {
    let target = Target::Postgres("postgres://nobody@127.0.0.1:1/none".into());
    let opened = Store::open(&target, OpenOptions::default()).await;
    assert!(matches!(opened, Err(StoreError::Unreachable(_))), "{opened:?}");
    let opened = Store::open(&Target::Postgres("nonsense".into()), OpenOptions::default()).await;
    assert!(matches!(opened, Err(StoreError::Unreachable(_))), "{opened:?}");
}

#[test]
fn versions_compare_as_numbers() {
    assert!(version_of("3.51.3") >= FIRST_SAFE_SQLITE);
    assert!(version_of("3.100.0") >= FIRST_SAFE_SQLITE);
    assert!(version_of("3.51.2") < FIRST_SAFE_SQLITE);
    assert!(version_of("3.9.9") < FIRST_SAFE_SQLITE);
}

#[tokio::test]
async fn two_processes_worth_of_stores_share_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let target = target(folder.path(), "a.db");
    let options = |instance: &str| OpenOptions { instance: instance.into(), ..OpenOptions::default() };
    let (ann, bea) = (Store::open(&target, options("ann")).await.unwrap(), Store::open(&target, options("bea")).await.unwrap());
    let write = |store: Store| async move {
        for n in 0..25 {
            let mut tx = store.begin_at(mercator_domain::moment::Moment(n)).await.unwrap();
            tx.changed(crate::ChangeKind::Settings, n);
            tx.commit().await.unwrap();
        }
    };
    tokio::join!(write(ann.clone()), write(bea.clone()));
    let changes = ann.changes_since(0, 1000).await.unwrap();
    assert_eq!(changes.len(), 50);
    assert_eq!(changes.iter().filter(|c| c.instance == "bea").count(), 25);
}

#[test]
fn a_server_on_another_machine_is_never_spoken_to_in_plain_text_unasked() {
    let check = |address: &str, expect: &str| assert_eq!(encrypted(address).unwrap(), expect);
    check("postgres://u@db.example/shop", "postgres://u@db.example/shop?sslmode=require");
    check("postgres://u@db.example/shop?sslmode=prefer", "postgres://u@db.example/shop?sslmode=prefer&sslmode=require");
    check("postgres://u@db.example/shop?sslmode=verify-full", "postgres://u@db.example/shop?sslmode=verify-full");
    check("postgres://u@db.example/shop?sslmode=disable", "postgres://u@db.example/shop?sslmode=disable");
    check("postgres://u@localhost/shop", "postgres://u@localhost/shop");
    check("postgres://u@localhost/shop?host=/run/pg", "postgres://u@localhost/shop?host=/run/pg");
    let required: PgConnectOptions = encrypted("postgres://u@db.example/shop?sslmode=prefer").unwrap().parse().unwrap();
    assert!(matches!(required.get_ssl_mode(), PgSslMode::Require));
}
