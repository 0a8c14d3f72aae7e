//! A workspace is copied, lost and put back.

use std::sync::Arc;

use mercator_domain::moment::Moment;
use mercator_providers::secrets::Memory;

use super::*;
use crate::{
    OpenApp,
    clock::FixedClock,
    views::{ImportKind, UserError},
};

const NOW: Moment = Moment(1_780_000_000_000);

async fn open(folder: &Path) -> Arc<App> {
    let options = OpenApp {
        workspace: Some(folder.display().to_string()),
        clock: Some(Arc::new(FixedClock::at(NOW))),
        secrets: Some(Arc::new(Memory::default())),
        ..OpenApp::default()
    };
    App::open(options).await.unwrap()
}

async fn fill(app: &App, name: &str) {
    let orders = format!("customer_id,order_id,ordered_at,total,currency\n{name},{name},2026-05-13,40.00,EUR\n");
    app.import_bytes(ImportKind::Orders, "o.csv", orders.as_bytes(), false).await.unwrap();
    let mail = format!("From: {name}@mail.example\r\nMessage-ID: <{name}@x>\r\nSubject: Lamp\r\n\r\nHello\r\n");
    app.import_bytes(ImportKind::Mail, "a.eml", mail.as_bytes(), false).await.unwrap();
}

/// Every row that an export shows.
async fn content(app: &App) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let files = app.export_all(folder.path()).await.unwrap();
    files.iter().map(|name| std::fs::read_to_string(folder.path().join(name)).unwrap()).collect()
}

fn code(error: &anyhow::Error) -> String {
    UserError::from(error).code
}

#[tokio::test]
async fn l6_a_workspace_is_backed_up_deleted_and_restored_whole() {
    let root = tempfile::tempdir().unwrap();
    let (home, file) = (root.path().join("shop"), root.path().join("copy.mercator").display().to_string());
    let app = open(&home).await;
    fill(&app, "ana").await;
    let before = (app.store.counts().await.unwrap(), content(&app).await);
    assert_eq!(app.backup(&file).await.unwrap(), file);
    assert_eq!(code(&app.backup(&file).await.unwrap_err()), "precondition", "no backup is replaced");
    app.stop().await;
    drop(app);
    std::fs::remove_dir_all(&home).unwrap();
    let empty = open(&home).await;
    assert_ne!(empty.store.counts().await.unwrap(), before.0);
    let kept = empty.restore(&file).await.unwrap();
    assert!(Path::new(&kept).is_file(), "what was there is kept");
    let back = open(&home).await;
    assert_eq!((back.store.counts().await.unwrap(), content(&back).await), before);
    let checks = back.verify().await.unwrap();
    assert!(checks.iter().all(|line| line.result == "ok"), "{checks:?}");
}

#[tokio::test]
async fn l6_what_is_kept_is_never_lost_to_a_second_restore() {
    let root = tempfile::tempdir().unwrap();
    let (home, file) = (root.path().join("shop"), root.path().join("copy").display().to_string());
    let app = open(&home).await;
    app.backup(&file).await.unwrap();
    fill(&app, "ana").await;
    app.restore(&file).await.unwrap();
    let second = open(&home).await;
    second.restore(&file).await.unwrap();
    assert!(home.join("mercator.db.before").is_file() && home.join("mercator.db.before-1").is_file());
}

#[tokio::test]
async fn l6_no_restore_under_another_programs_feet() {
    let root = tempfile::tempdir().unwrap();
    let (home, file) = (root.path().join("shop"), root.path().join("copy").display().to_string());
    let app = open(&home).await;
    fill(&app, "ana").await;
    app.backup(&file).await.unwrap();
    let inbox = app.store.inboxes().await.unwrap().remove(0).inbox.id;
    let mut tx = app.store.begin_at(NOW).await.unwrap();
    tx.acquire_lease(&format!("inbox:{inbox}"), "another", NOW.plus_ms(60_000)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(code(&app.restore(&file).await.unwrap_err()), "precondition");
    assert!(app.store.counts().await.is_ok(), "still open");
    let mut tx = app.store.begin_at(NOW).await.unwrap();
    tx.release_lease(&format!("inbox:{inbox}"), "another").await.unwrap();
    tx.commit().await.unwrap();
    let other = open(&home).await;
    assert_eq!(code(&app.restore(&file).await.unwrap_err()), "precondition", "another one has the file open");
    fill(&other, "ben").await;
    assert_eq!(other.store.order_by_number("ben").await.unwrap().map(|o| o.number), Some("ben".to_owned()));
}

#[tokio::test]
async fn l6_what_is_no_backup_is_refused_and_nothing_touched() {
    let root = tempfile::tempdir().unwrap();
    let app = open(&root.path().join("shop")).await;
    fill(&app, "ana").await;
    let bad = root.path().join("bad");
    std::fs::write(&bad, "no database").unwrap();
    let refused = app.restore(&bad.display().to_string()).await.unwrap_err();
    assert!(matches!(code(&refused).as_str(), "bad_input"), "{refused:?}");
    assert_eq!(code(&app.restore("/nowhere/copy").await.unwrap_err()), "cannot_open");
    let own = root.path().join("shop/mercator.db").display().to_string();
    assert_eq!(code(&app.restore(&own).await.unwrap_err()), "precondition");
    assert_eq!(app.store.counts().await.unwrap().iter().find(|(t, _)| *t == "orders").unwrap().1, 1);
}

#[tokio::test]
async fn figures_that_differ_from_their_facts_are_told() {
    assert_eq!(compare("x", 1, 1).result, "ok");
    assert_eq!(compare("x", 1, 2), line("x", "failed", "The figures count 1, stored are 2"));
}

#[test]
fn l6_a_server_is_left_to_its_own_tools_and_takes_imports_like_a_file() {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        let Some(address) = mercator_store::testing::postgres_address().await.unwrap() else { return };
        let options = OpenApp {
            workspace: Some(address),
            clock: Some(Arc::new(FixedClock::at(NOW))),
            secrets: Some(Arc::new(Memory::default())),
            ..OpenApp::default()
        };
        let app = App::open(options).await.unwrap();
        fill(&app, "ana").await;
        fill(&app, "ben").await;
        fill(&app, "ana").await;
        let count = app.store.counts().await.unwrap();
        let of = |table: &str| count.iter().find(|(t, _)| *t == table).unwrap().1;
        assert_eq!((of("orders"), of("messages"), of("conversations"), of("inboxes")), (2, 2, 2, 1));
        for refused in [app.backup("/tmp/never").await, app.restore("/tmp/never").await] {
            let known = UserError::from(&refused.unwrap_err());
            assert!(known.code == "precondition" && known.hint.contains("pg_"), "{known:?}");
        }
        let checks = app.verify().await.unwrap();
        assert!(checks.iter().all(|line| line.result == "ok"), "{checks:?}");
        app.stop().await;
    });
}
