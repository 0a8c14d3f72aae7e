//! The check-up on a real workspace.

use std::sync::Arc;

use mercator_providers::secrets::Memory;

use super::*;
use crate::{OpenApp, clock::FixedClock, views::ImportKind};

async fn result(app: &App, name: &str) -> Vec<String> {
    app.doctor().await.unwrap().into_iter().filter(|line| line.name == name).map(|line| line.result).collect()
}

#[tokio::test]
async fn each_thing_that_can_be_wrong_has_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(Moment(1_780_000_000_000)));
    let options = OpenApp {
        workspace: Some(folder.path().join("shop").display().to_string()),
        clock: Some(clock.clone()),
        secrets: Some(Arc::new(Memory::default())),
        ..OpenApp::default()
    };
    let app = App::open(options).await.unwrap();
    for (name, expect) in [
        ("sqlite_version", "ok"),
        ("file_system", "ok"),
        ("clock", "ok"),
        ("keychain", "ok"),
        ("inbox", "warning"),
        ("knowledge", "warning"),
        ("models", Models::find(&models::folders()).state.result()),
        ("media", "ok"),
    ] {
        assert_eq!(result(&app, name).await, [expect], "{name}");
    }
    assert_eq!(result(&app, "disk_space").await.len(), 1);
    app.import_bytes(ImportKind::Articles, "a.csv", b"title,body\nA,b\n", false).await.unwrap();
    assert_eq!(result(&app, "knowledge").await, ["ok"]);
    let watched = folder.path().join("mails");
    std::fs::create_dir(&watched).unwrap();
    app.connect_folder("Mails", &watched.display().to_string()).await.unwrap();
    assert_eq!(result(&app, "inbox").await, ["ok"]);
    std::fs::remove_dir_all(&watched).unwrap();
    assert_eq!(result(&app, "inbox").await, ["failed"]);
    app.import_bytes(ImportKind::Mail, "a.eml", b"From: a@x.example\r\nDate: 1 May 2026 10:00:00 +0000\r\n\r\nHi\r\n", false)
        .await
        .unwrap();
    clock.set(Moment(1_767_500_000_000));
    assert_eq!(result(&app, "clock").await, ["warning"], "a message is newer");
    clock.set(Moment(5));
    assert_eq!(result(&app, "clock").await, ["failed"]);
}
