//! Two windows, or a window and a home server, on one file: each message is answered once, and each sees what the other does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests: a panic is the report"
)]

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use mercator_app::{
    App,
    views::{AppEvent, ReplyInput, UserError},
};
use mercator_domain::{ids::ConversationId, message::Author, moment::MINUTE_MS};
use mercator_providers::secrets::{Memory, SecretStore};
use mercator_store::{OpenOptions, Store, Target};
use mercator_tests::{
    buyers::{Arrived, Expected, SHOP, answers_to, mailbox, manifest, read, write},
    mail_servers::{MailServers, Options},
    program::{self, Running, sealed, wait_until, wait_until_or},
    shop::{connect, conversations, database_file, import, open, settle, threads, written_by},
};

/// Long enough for a busy machine; what is waited for usually comes within a second.
const LIMIT: Duration = Duration::from_secs(60);

fn answers<'a>(all: &'a [Arrived], mail: &Expected) -> Vec<&'a Arrived> {
    answers_to(all, &read(&mail.raw()).id)
}

/// True when each mail of a person has its answer.
fn all_answered(servers: &MailServers, mails: &[Expected]) -> bool {
    mails.iter().filter(|mail| !mail.automatic()).all(|mail| !answers(&mailbox(servers, &mail.from), mail).is_empty())
}

/// What is still missing, and what the programs said: the report of a test that waited in vain.
fn unanswered(servers: &MailServers, mails: &[Expected], workspace: &Path) -> String {
    let missing = mails.iter().filter(|mail| !mail.automatic() && answers(&mailbox(servers, &mail.from), mail).is_empty());
    let missing: Vec<&str> = missing.map(|mail| mail.file.as_str()).collect();
    let log = std::fs::read_to_string(workspace.with_extension("log")).unwrap_or_default();
    format!("without an answer: {missing:?}\n{log}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_on_one_file_answer_each_mail_once() {
    let folder = tempfile::tempdir().unwrap();
    let Some(servers) = MailServers::start_or_skip(&folder.path().join("mail"), &Options::default()) else { return };
    let workspace = folder.path().join("workspace");
    let app = open(&workspace.display().to_string(), None, sealed(&workspace)).await;
    connect(&app, &servers).await;
    import(&app).await;
    assert_eq!(settle(&app).await, 0);
    app.stop().await;
    let mails = manifest();
    let (one, two) = (Running::start(&workspace), Running::start(&workspace));
    for mail in &mails {
        mail.deliver(&servers);
    }
    let all = || all_answered(&servers, &mails);
    wait_until_or("every mail is answered", LIMIT * 2, all, || unanswered(&servers, &mails, &workspace));
    // The last answer is on its way while the first arrives: both programs are asked to finish before the mailboxes are counted.
    let took = [one.stop(), two.stop()];
    assert!(took.iter().all(|time| *time < Duration::from_secs(30)), "{took:?}");
    for mail in &mails {
        assert_eq!(answers(&mailbox(&servers, &mail.from), mail).len(), usize::from(!mail.automatic()), "{}", mail.file);
    }
    let app = open(&workspace.display().to_string(), None, sealed(&workspace)).await;
    let threads = threads(&app).await;
    assert_eq!(threads.len(), mails.len());
    assert_eq!(threads.iter().map(|thread| written_by(thread, Author::Contact).len()).sum::<usize>(), mails.len(), "stored once");
    assert_eq!(threads.iter().map(|thread| written_by(thread, Author::Bot).len()).sum::<usize>(), 57, "answered once");
    app.stop().await;
    let verified = program::run(&workspace, &["verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

/// Two windows on one workspace, with one conversation in it.
struct Desks {
    ann: Arc<App>,
    ben: Arc<App>,
    id: ConversationId,
    servers: MailServers,
    folder: tempfile::TempDir,
}

async fn desks() -> Option<Desks> {
    let folder = tempfile::tempdir().unwrap();
    let servers = MailServers::start_or_skip(&folder.path().join("mail"), &Options::default())?;
    let workspace = folder.path().join("workspace").display().to_string();
    // One keychain of one computer.
    let secrets: Arc<dyn SecretStore> = Arc::new(Memory::default());
    let ann = open(&workspace, None, Arc::clone(&secrets)).await;
    connect(&ann, &servers).await;
    assert_eq!(settle(&ann).await, 0);
    let ben = open(&workspace, None, secrets).await;
    write_to(&servers, "first@buyers.test", "I want to talk to a person, please.");
    assert_eq!(settle(&ann).await, 1);
    let id = conversations(&ann).await[0].id;
    Some(Desks { ann, ben, id, servers, folder })
}

fn write_to(servers: &MailServers, id: &str, text: &str) {
    let answers = (id != "first@buyers.test").then(|| read(&write("eva@buyers.test", "first@buyers.test", "Lamp", "", None)));
    servers.deliver("eva@buyers.test", SHOP, &write("eva@buyers.test", id, "Lamp", text, answers.as_ref()));
}

/// Waits for something that another instance must be seen to have done.
async fn eventually(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !done().await {
        assert!(started.elapsed() < LIMIT, "too late: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b11_who_looks_at_a_conversation_is_seen_in_the_other_window() {
    let Some(desks) = desks().await else { return };
    let me = desks.ann.app_state().await.unwrap().member.name;
    desks.ann.announce_presence(Some(desks.id)).await.unwrap();
    assert_eq!(desks.ben.thread(desks.id).await.unwrap().present, std::slice::from_ref(&me), "the other sees it");
    assert!(desks.ann.thread(desks.id).await.unwrap().present.is_empty(), "nobody is told of oneself");
    desks.ben.announce_presence(Some(desks.id)).await.unwrap();
    assert_eq!(desks.ann.thread(desks.id).await.unwrap().present, [me], "both are noted");
    desks.ann.announce_presence(None).await.unwrap();
    assert!(desks.ben.thread(desks.id).await.unwrap().present.is_empty(), "and gone when they go");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b11_the_second_answer_to_a_changed_conversation_asks_first() {
    let Some(desks) = desks().await else { return };
    let reply = |text: &str, seen_version| ReplyInput { text: text.to_owned(), seen_version, ..ReplyInput::default() };
    let seen = desks.ben.thread(desks.id).await.unwrap().conversation.version;
    desks.ann.send_reply(desks.id, &reply("Ann answers.", desks.ann.thread(desks.id).await.unwrap().conversation.version)).await.unwrap();
    let error = desks.ben.send_reply(desks.id, &reply("Ben answers as well.", seen)).await.expect_err("Ann has answered meanwhile");
    let told = UserError::from(&error);
    assert_eq!(told.code, "conflict", "{told:?}");
    assert!(!told.hint.is_empty());
    assert_eq!(written_by(&desks.ben.thread(desks.id).await.unwrap(), Author::Agent).len(), 1, "nothing was sent");
    let seen = desks.ben.thread(desks.id).await.unwrap().conversation.version;
    write_to(&desks.servers, "second@buyers.test", "One more thing: which bulb?");
    assert_eq!(settle(&desks.ann).await, 1);
    let error = desks.ben.send_reply(desks.id, &reply("Ben answers the old question.", seen)).await.expect_err("there is a new message");
    assert_eq!(UserError::from(&error).code, "conflict");
    desks.ben.send_reply(desks.id, &ReplyInput { anyway: true, ..reply("Ben answers anyway.", seen) }).await.unwrap();
    assert_eq!(written_by(&desks.ben.thread(desks.id).await.unwrap(), Author::Agent).len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_instance_reads_an_inbox_and_the_other_takes_over_and_hears_of_changes() {
    let Some(desks) = desks().await else { return };
    desks.ann.start();
    let workspace = desks.folder.path().join("workspace");
    let lease = format!("inbox:{}", desks.ann.list_inboxes().await.unwrap()[0].id);
    eventually("one of them reads the inbox", async || !is_free(&workspace, &lease).await).await;
    desks.ben.start();
    let mut told = desks.ben.events();
    write_to(&desks.servers, "third@buyers.test", "Hello? I still want to talk to a person.");
    // Ann holds the lease, so Ben can know of it only by the change feed.
    let waiting = async { while !matches!(told.recv().await, Ok(AppEvent::ConversationChanged { id }) if id == desks.id) {} };
    tokio::time::timeout(LIMIT, waiting).await.expect("the other window hears of a change");
    eventually("it is stored", async || written_by(&desks.ben.thread(desks.id).await.unwrap(), Author::Contact).len() == 2).await;
    desks.ann.stop().await;
    write_to(&desks.servers, "fourth@buyers.test", "And now?");
    eventually("the other takes over", async || written_by(&desks.ben.thread(desks.id).await.unwrap(), Author::Contact).len() == 3).await;
    assert!(!is_free(&workspace, &lease).await);
    desks.ben.stop().await;
    assert!(is_free(&workspace, &lease).await, "who stops gives it back at once");
}

/// Whether a stranger could take a lease now; nothing is taken.
async fn is_free(workspace: &Path, lease: &str) -> bool {
    let options = OpenOptions { instance: "stranger".into(), ..OpenOptions::default() };
    let store = Store::open(&Target::File(database_file(workspace)), options).await.unwrap();
    let now = mercator_app::clock::Clock::now(&mercator_app::clock::SystemClock::default());
    let mut tx = store.begin_at(now).await.unwrap();
    let got = tx.acquire_lease(lease, "stranger", now.plus_ms(MINUTE_MS)).await.unwrap();
    tx.rollback().await.unwrap();
    store.close().await;
    got.is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_reader_is_replaced_without_waiting_for_its_lease() {
    let folder = tempfile::tempdir().unwrap();
    let Some(servers) = MailServers::start_or_skip(&folder.path().join("mail"), &Options::default()) else { return };
    let workspace = folder.path().join("workspace");
    let app = open(&workspace.display().to_string(), None, sealed(&workspace)).await;
    connect(&app, &servers).await;
    assert_eq!(settle(&app).await, 0);
    app.stop().await;
    let answered = |id: &str| !answers_to(&mailbox(&servers, "eva@buyers.test"), id).is_empty();
    let first = Running::start(&workspace);
    write_to(&servers, "first@buyers.test", "I want to talk to a person, please.");
    wait_until("the first answers", LIMIT, || answered("first@buyers.test"));
    first.kill();
    let second = Running::start(&workspace);
    let raw = write("eva@buyers.test", "next@buyers.test", "Something else", "I want to talk to a person about my invoice.", None);
    servers.deliver("eva@buyers.test", SHOP, &raw);
    // A lease lives for a minute: a home server that was restarted must not sit idle for as long.
    wait_until("the second answers", Duration::from_secs(30), || answered("next@buyers.test"));
    second.stop();
}
