//! Whole imports of mails into a real workspace.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use mercator_domain::{
    contact::Identity,
    conversation::Status,
    ids::ConversationId,
    message::{Author, Automatic, Delivery, Message},
};
use mercator_providers::secrets::Memory;
use mercator_store::conversation_lines::{ConversationLine, ListFilter};

use super::*;
use crate::{OpenApp, clock::FixedClock, views::ImportKind};

const NOW: Moment = Moment(1_780_000_000_000);

async fn workspace() -> (tempfile::TempDir, Arc<App>) {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenApp {
        workspace: Some(folder.path().join("shop").display().to_string()),
        clock: Some(Arc::new(FixedClock::at(NOW))),
        secrets: Some(Arc::new(Memory::default())),
        ..OpenApp::default()
    };
    let app = App::open(options).await.unwrap();
    (folder, app)
}

/// A mail as text; `day` of January 2026.
fn mail(id: &str, from: &str, to: &str, day: u32, subject: &str, refs: &str, body: &str) -> String {
    let refs = if refs.is_empty() { String::new() } else { format!("References: {refs}\r\n") };
    format!(
        "From: {from}\r\nTo: {to}\r\nDate: {day} Jan 2026 10:00:00 +0000\r\nMessage-ID: <{id}>\r\n{refs}Subject: {subject}\r\n\r\n{body}\r\n"
    )
}

fn put(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

async fn rows(app: &App) -> Vec<ConversationLine> {
    app.store.conversation_page(&ListFilter { limit: 100, ..ListFilter::default() }).await.unwrap().1
}

async fn thread(app: &App, id: ConversationId) -> Vec<Message> {
    app.store.thread(id).await.unwrap()
}

const ANA: &str = "Ana <ana@mail.example>";
const SHOP: &str = "Shop <shop@shop.example>";

/// Ana's thread of four with our answers, in file names against the order of time; a mail of Ben; one of ours to a stranger.
fn archive(folder: &Path) {
    put(folder, "box/cur/1", &mail("a4@x", SHOP, ANA, 5, "Re: Lamp", "<a1@x> <a3@x>", "It is on its way again."));
    put(
        folder,
        "box/cur/2",
        &mail("a3@x", ANA, SHOP, 4, "Re: Lamp", "<a1@x> <a2@x>", "Still broken\r\n\r\nOn 3 Jan 2026, Shop wrote:\r\n> Sorry"),
    );
    put(folder, "box/cur/3", &mail("a2@x", SHOP, ANA, 3, "Re: Lamp", "<a1@x>", "Sorry"));
    put(folder, "box/cur/4", &mail("a1@x", ANA, SHOP, 2, "Lamp", "", "My lamp is broken"));
    put(folder, "box/cur/5", &mail("b1@x", "ben@mail.example", SHOP, 6, "Invoice", "", "Please send it"));
    put(folder, "box/cur/6", &mail("s1@x", SHOP, "supplier@far.example", 7, "Order", "", "Two hundred plugs"));
    put(folder, "box/cur/7", &mail("a5@x", ANA, SHOP, 8, "Another question about plugs", "<a1@x> <a4@x>", "Do you sell plugs?"));
}

#[tokio::test]
async fn an_archive_becomes_conversations_of_the_past() {
    let (folder, app) = workspace().await;
    archive(folder.path());
    let told = AtomicUsize::new(0);
    let progress = |done: usize, total: usize| {
        assert_eq!(total, 7);
        told.store(done, Ordering::Relaxed);
    };
    let report = app.import_mail(None, &[folder.path().join("box")], &progress).await.unwrap();
    assert_eq!((report.imported, report.unchanged, report.rejected, told.load(Ordering::Relaxed)), (6, 1, 0, 7));
    assert_eq!(report.warnings, ["1 mails of yours to people who never wrote to this inbox were left out"]);
    let inbox = app.store.inboxes().await.unwrap().remove(0).inbox;
    assert_eq!((inbox.name.as_str(), inbox.address.as_str(), inbox.state), ("box", "shop@shop.example", InboxState::Paused));
    let rows = rows(&app).await;
    let shown: Vec<_> = rows.iter().map(|r| (r.subject.as_str(), r.preview.as_str(), r.last_is_ours, r.unread, r.status)).collect();
    assert_eq!(
        shown,
        [
            ("Another question about plugs", "Do you sell plugs?", false, false, Status::Resolved),
            ("Invoice", "Please send it", false, false, Status::Resolved),
            ("Lamp", "It is on its way again.", true, false, Status::Resolved),
        ]
    );
    let messages = thread(&app, rows[2].id).await;
    let shown: Vec<_> = messages.iter().map(|m| (m.author, m.delivery, m.text.as_str())).collect();
    assert_eq!(
        shown,
        [
            (Author::Contact, Delivery::Received, "My lamp is broken"),
            (Author::Agent, Delivery::Sent, "Sorry"),
            (Author::Contact, Delivery::Received, "Still broken"),
            (Author::Agent, Delivery::Sent, "It is on its way again."),
        ]
    );
    assert!(messages[2].quoted.contains("> Sorry"));
    assert_eq!(app.store.contact_by_identity(&Identity::email("ana@mail.example")).await.unwrap().unwrap().name, "Ana");
    assert!(app.store.messages_for_bot(10).await.unwrap().is_empty(), "the bot never answers the past");
    assert!(app.store.conversation(rows[0].id).await.unwrap().waiting_since.is_none());
    let again = app.import_mail(None, &[folder.path().join("box")], &|_, _| {}).await.unwrap();
    assert_eq!((again.imported, again.unchanged), (0, 7));
    assert_eq!(app.store.inboxes().await.unwrap().len(), 1);
    let checks = app.verify().await.unwrap();
    assert!(checks.iter().all(|line| line.result == "ok"), "{checks:?}");
}

#[tokio::test]
async fn mails_meet_their_thread_across_batches_whatever_comes_first() {
    let (folder, app) = workspace().await;
    archive(folder.path());
    let inbox = app.make_inbox("/archive/shop".into()).await.unwrap();
    let mut own = app.store.inbox(inbox).await.unwrap().inbox;
    own.address = "shop@shop.example".into();
    let mut tx = app.store.begin_at(NOW).await.unwrap();
    tx.update_inbox(&own).await.unwrap();
    tx.commit().await.unwrap();
    let mut import = Import {
        app: &app,
        inbox: own,
        stream: "file",
        total: 0,
        progress: &|_, _| {},
        awaited: Awaited::default(),
        counts: Counts::default(),
    };
    // One batch a mail, in the order of the names: answers before their questions.
    for name in 1..=7 {
        let Some(Next::Mail(raw)) = Mails::of(&[folder.path().join(format!("box/cur/{name}"))]).next() else { panic!() };
        let mail = mail::parse(raw, &import.inbox, "file", NOW);
        import.store(vec![mail], false).await.unwrap();
    }
    assert_eq!(import.counts.homeless.len(), 2);
    import.second_try().await.unwrap();
    assert_eq!((import.counts.imported, import.counts.strangers), (6, 1));
    let rows = rows(&app).await;
    assert_eq!(rows.iter().map(|r| r.subject.as_str()).collect::<Vec<_>>(), ["Another question about plugs", "Invoice", "Lamp"]);
    assert_eq!(thread(&app, rows[2].id).await.len(), 4);
}

#[tokio::test]
async fn what_is_no_sound_mail_is_stored_and_shown() {
    let (folder, app) = workspace().await;
    let broken = "From: ana@mail.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n";
    let paths = [put(folder.path(), "a.eml", broken), put(folder.path(), "b.eml", "\u{1}\u{2}no mail"), put(folder.path(), "c.eml", "")];
    let report = app.import_mail(None, &paths, &|_, _| {}).await.unwrap();
    assert_eq!((report.imported, report.rejected), (2, 1));
    assert!(report.rows[0].line == 3 && report.rows[0].reason.ends_with("is empty"), "{report:?}");
    let list = rows(&app).await;
    assert_eq!(list.len(), 2);
    for row in list {
        let message = thread(&app, row.id).await.remove(0);
        assert!(!message.warnings.is_empty(), "{message:?}");
        assert!(app.store.raw_message(message.id).await.unwrap().is_some(), "the bytes are kept");
    }
}

#[tokio::test]
async fn an_mbox_goes_to_the_only_mailbox_there_is() {
    let (_folder, app) = workspace().await;
    let mut tx = app.store.begin_at(NOW).await.unwrap();
    let new = NewInbox {
        channel: ChannelKind::Email,
        name: "Shop".into(),
        address: "shop@shop.example".into(),
        site: None,
        language: Language::english(),
        signature: String::new(),
        hours: BusinessHours::default(),
        modes: BotModes::default(),
        promise_minutes: 60,
        connection: Connection::Demo,
    };
    let inbox = tx.insert_inbox(&new).await.unwrap();
    tx.commit().await.unwrap();
    let first = mail("m1@x", ANA, SHOP, 2, "Lamp", "", "One");
    let bounce = "From: mailer-daemon@far.example\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <r@x>\r\nReferences: <m1@x>\r\nSubject: Out of office\r\n\r\nAway\r\n";
    let text = format!("From a Mon\r\n{first}\r\nFrom b Tue\r\n{first}\r\nFrom c Wed\r\n{bounce}\r\n").replace("\r\n", "\n");
    let report = app.import_bytes(ImportKind::Mail, "old.mbox", text.as_bytes(), false).await.unwrap();
    assert_eq!((report.imported, report.unchanged), (2, 1), "{report:?}");
    let list = rows(&app).await;
    assert!(list.iter().all(|row| row.inbox_id == inbox));
    assert_eq!(list.len(), 2, "a machine elsewhere is another contact");
    let automatic = thread(&app, list.iter().find(|r| r.subject == "Out of office").unwrap().id).await.remove(0).automatic;
    assert_ne!(automatic, Automatic::None);
    assert_eq!(app.store.inboxes().await.unwrap().len(), 1);
    let trial = app.import_bytes(ImportKind::Mail, "old.mbox", text.as_bytes(), true).await.unwrap();
    assert_eq!(trial.imported, 3);
}

#[tokio::test]
async fn a_customer_who_writes_again_begins_a_new_episode() {
    let (folder, app) = workspace().await;
    archive(folder.path());
    app.import_mail(None, &[folder.path().join("box")], &|_, _| {}).await.unwrap();
    let row = rows(&app).await.into_iter().find(|row| row.subject == "Lamp").unwrap();
    let episodes = app.store.episodes_of_conversation(row.id).await.unwrap();
    assert_eq!(episodes.len(), 1);
    assert!(!episodes[0].continues_at(NOW) && !episodes[0].involved);
}

/// Two thousand mails in a few seconds even unoptimised; the figure for the design's table is `mercator-cli bench ingest`'s.
#[tokio::test]
async fn thousands_of_mails_are_taken_in_whole() {
    let (folder, app) = workspace().await;
    for n in 0..2_000_u32 {
        let buyer = format!("buyer{}@mail.example", n / 4);
        let refs = if n % 4 == 0 { String::new() } else { format!("<m{}@x>", n - 1) };
        put(
            folder.path(),
            &format!("box/cur/{n}"),
            &mail(&format!("m{n}@x"), &buyer, SHOP, 1 + n % 4, "Lamp", &refs, "Where is my parcel?"),
        );
    }
    let report = app.import_mail(None, &[folder.path().join("box")], &|_, _| {}).await.unwrap();
    assert_eq!((report.imported, report.rejected), (2_000, 0));
    let counts = app.store.counts().await.unwrap();
    let of = |table: &str| counts.iter().find(|(t, _)| *t == table).unwrap().1;
    assert_eq!((of("messages"), of("conversations"), of("contacts"), of("episodes")), (2_000, 500, 500, 500));
}
