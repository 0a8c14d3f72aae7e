//! Bad input and bad circumstances: each gives a code, what happened and what to do, and nothing is lost.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests: a panic is the report"
)]

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use mercator_app::{
    App, OpenApp,
    views::{ImportKind, ListQuery, MailForm, ReplyInput, UserError},
    workspace::Workspace,
};
use mercator_domain::{
    inbox::InboxState,
    message::{Author, Delivery},
    moment::HOUR_MS,
};
use mercator_providers::secrets::{Account, Memory, Secret};
use mercator_tests::{
    buyers::{SHOP, answers_to, mailbox, write},
    mail_servers::{MailServers, Options, PASSWORD},
    metadata::root,
    program,
    shop::{Shop, at, database_file, form, messages, open, threads, written_by},
};

const ANA: &str = "ana@buyers.test";
const NOW: &str = "2026-11-20T18:00:00Z";

struct Test {
    servers: MailServers,
    folder: tempfile::TempDir,
}

fn servers(options: &Options) -> Option<Test> {
    let folder = tempfile::tempdir().unwrap();
    let servers = MailServers::start_or_skip(&folder.path().join("mail"), options)?;
    Some(Test { servers, folder })
}

impl Test {
    fn workspace(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    async fn shop(&self) -> Shop {
        let shop = Shop::open(&self.workspace().display().to_string(), &self.servers, at(NOW)).await;
        assert_eq!(shop.settle().await, 0);
        shop
    }

    fn mail(&self, number: usize) {
        let raw = write(ANA, &format!("q{number}@buyers.test"), &format!("Question {number}"), "Is the lamp dimmable?", None);
        self.servers.deliver(ANA, SHOP, &raw);
    }
}

/// What the window and the command line show of an error; each must say what happened and what to do.
#[track_caller]
fn shown(error: &anyhow::Error, code: &str) -> UserError {
    let shown = UserError::from(error);
    assert_eq!(shown.code, code, "{shown:?}");
    assert!(!shown.message.is_empty() && shown.hint.ends_with('.'), "{shown:?}");
    assert!(!shown.message.contains(PASSWORD), "{shown:?}");
    shown
}

async fn stored(shop: &Shop) -> usize {
    threads(&shop.app).await.iter().map(|thread| written_by(thread, Author::Contact).len()).sum()
}

#[tokio::test]
async fn a_mailbox_that_does_not_work_is_refused_and_not_stored() {
    let Some(test) = servers(&Options::default()) else { return };
    let app = open(&test.workspace().display().to_string(), None, Arc::new(Memory::default())).await;
    let good = form(&test.servers);
    // A port that was just free: nobody listens there.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let cases = [
        ("auth", MailForm { password: "wrong".to_owned(), ..good.clone() }),
        ("unreachable", MailForm { imap_port: nobody, ..good.clone() }),
        ("unreachable", MailForm { smtp_port: nobody, ..good.clone() }),
        ("certificate", MailForm { extra_root_pem: None, ..good.clone() }),
        ("bad_input", MailForm { password: String::new(), ..good.clone() }),
    ];
    for (code, form) in cases {
        shown(&app.test_mailbox(&form).await.unwrap_err(), code);
        shown(&app.connect_mailbox(&form).await.unwrap_err(), code);
        assert!(app.list_inboxes().await.unwrap().is_empty(), "a test that fails stores nothing");
    }
    app.connect_mailbox(&good).await.unwrap();
    shown(&app.connect_mailbox(&good).await.unwrap_err(), "precondition");
}

#[tokio::test]
async fn a_server_that_goes_away_costs_nothing() {
    let Some(mut test) = servers(&Options::default()) else { return };
    let shop = test.shop().await;
    test.mail(1);
    assert_eq!(shop.settle().await, 1);
    let thread = threads(&shop.app).await.remove(0);
    test.servers.stop_dovecot();
    let input = ReplyInput { text: "Yes.".to_owned(), seen_version: thread.conversation.version, ..ReplyInput::default() };
    shop.app.send_reply(thread.conversation.id, &input).await.unwrap();
    shop.clock.advance(HOUR_MS);
    let pass = shop.app.pass().await.unwrap();
    assert_eq!((pass.received, pass.failed.len()), (0, 1), "{pass:?}");
    let inbox = shop.app.list_inboxes().await.unwrap().remove(0);
    assert_eq!(inbox.state, InboxState::Active, "it comes back by itself");
    assert!(!inbox.state_reason.is_empty());
    test.servers.start_dovecot();
    test.mail(2);
    shop.clock.advance(HOUR_MS);
    assert_eq!(shop.settle().await, 1, "it goes on where it stopped");
    assert_eq!(stored(&shop).await, 2);
    let answers = mailbox(&test.servers, ANA).into_iter().filter(|mail| mail.text.trim_end() == "Yes.").count();
    assert_eq!(answers, 1, "what waited has left once");
    assert_eq!(shop.app.list_inboxes().await.unwrap()[0].state_reason, "", "the reason is gone");
}

#[tokio::test]
async fn a_changed_password_breaks_the_inbox_until_it_is_mended() {
    let Some(test) = servers(&Options::default()) else { return };
    let shop = test.shop().await;
    let prefix = Workspace::find(Some(&test.workspace().display().to_string())).unwrap().secret_prefix();
    let account = Account::of_inbox(&prefix, shop.inbox, "password");
    shop.secrets.set(&account, &Secret::new("old")).unwrap();
    test.mail(1);
    let pass = shop.app.pass().await.unwrap();
    assert_eq!((pass.received, pass.failed.len()), (0, 1));
    assert_eq!(shop.app.list_inboxes().await.unwrap()[0].state, InboxState::Broken);
    let notices = shop.app.app_state().await.unwrap().notices;
    assert!(
        notices.iter().any(|notice| notice.code == "inbox_broken" && !notice.message.is_empty() && !notice.hint.is_empty()),
        "{notices:?}"
    );
    shop.secrets.set(&account, &Secret::new(PASSWORD)).unwrap();
    assert_eq!(shop.settle().await, 1, "nothing was lost");
    assert_eq!(shop.app.list_inboxes().await.unwrap()[0].state, InboxState::Active);
}

#[tokio::test]
async fn a_full_mailbox_of_the_buyer_gets_the_answer_once_there_is_room() {
    let Some(test) = servers(&Options { quota: "*:storage=300K".to_owned(), ..Options::default() }) else { return };
    let shop = test.shop().await;
    test.servers.deliver("friend@buyers.test", ANA, &write("friend@buyers.test", "big@buyers.test", "Photos", &"x".repeat(306_000), None));
    test.mail(1);
    assert_eq!(shop.settle().await, 1);
    let thread = threads(&shop.app).await.remove(0);
    let answer = written_by(&thread, Author::Bot)[0];
    assert_eq!(answer.delivery, Delivery::Queued, "{answer:?}");
    assert!(answer.delivery_error.contains("full") || answer.delivery_error.contains("uota"), "{:?}", answer.delivery_error);
    assert_eq!(answers_to(&mailbox(&test.servers, ANA), "q1@buyers.test").len(), 0);
    test.servers.doveadm(&["expunge", "-u", ANA, "mailbox", "INBOX", "ALL"]);
    shop.clock.advance(HOUR_MS);
    shop.settle().await;
    assert_eq!(answers_to(&mailbox(&test.servers, ANA), "q1@buyers.test").len(), 1);
}

/// Mails that programs and transports have broken, and mails broken here by chance.
fn malformed() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(root().join("tests/fixtures/mail")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    files.sort();
    assert!(!files.is_empty(), "there are fixtures");
    let mut mails: Vec<(String, Vec<u8>)> =
        files.into_iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap())).collect();
    let own: [(&str, &[u8]); 6] = [
        ("no header at all", b"\r\njust text\r\n"),
        ("header only", b"From: a@buyers.test\r\nSubject: only a header\r\n\r\n"),
        ("no line end", b"From: b@buyers.test"),
        ("broken base64", b"From: c@buyers.test\r\nSubject: c\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not/base64===\r\n"),
        ("unknown charset", b"From: d@buyers.test\r\nSubject: =?X-NO-SUCH?Q?=FF=FE?=\r\nContent-Type: text/plain; charset=x-none\r\n\r\n\xff\xfe\x80\r\n"),
        ("date of the future", b"From: e@buyers.test\r\nSubject: e\r\nDate: Fri, 99 Foo 9999 99:99:99 +9999\r\n\r\nhello\r\n"),
    ];
    mails.extend(own.iter().map(|(name, raw)| ((*name).to_owned(), raw.to_vec())));
    let nested: String = (0..200).fold("text\r\n".to_owned(), |inner, depth| {
        format!("Content-Type: multipart/mixed; boundary=\"b{depth}\"\r\n\r\n--b{depth}\r\n{inner}\r\n--b{depth}--\r\n")
    });
    mails.push(("nested".to_owned(), format!("From: f@buyers.test\r\nSubject: nested\r\n{nested}").into_bytes()));
    mails.extend(mutated());
    mails
}

/// Good mails with bytes changed, cut out and doubled, by a fixed seed.
fn mutated() -> Vec<(String, Vec<u8>)> {
    use rand::{Rng, SeedableRng, rngs::StdRng};
    let mut random = StdRng::seed_from_u64(7);
    let bases = mercator_tests::buyers::manifest();
    let spoil = |base: &mercator_tests::buyers::Expected| {
        let mut raw = base.raw();
        for _ in 0..random.random_range(1..8) {
            let at = random.random_range(0..raw.len());
            match random.random_range(0..3) {
                0 => raw[at] = random.random_range(1..=255),
                1 => drop(raw.drain(at..(at + 20).min(raw.len()))),
                _ => raw.insert(at, b'\n'),
            }
        }
        (format!("spoiled {}", base.file), raw)
    };
    bases.iter().filter(|base| !base.automatic()).map(spoil).collect()
}

#[tokio::test]
async fn malformed_mails_are_all_stored_and_shown() {
    let Some(test) = servers(&Options::default()) else { return };
    let shop = test.shop().await;
    let mut sum = 0;
    for (name, raw) in malformed() {
        test.servers.deliver(ANA, SHOP, &raw);
        let came = shop.settle().await;
        assert_eq!(came, 1, "{name}");
        sum += 1;
    }
    let threads = threads(&shop.app).await;
    let shown: Vec<_> = threads.iter().flat_map(|thread| messages(thread)).filter(|m| m.author == Author::Contact).collect();
    assert_eq!(shown.len(), sum, "each is shown once");
    for message in shown {
        let something = [&message.text, &message.subject, &message.quoted].iter().any(|text| !text.trim().is_empty());
        assert!(something || !message.attachments.is_empty() || !message.warnings.is_empty(), "nothing is shown of {message:?}");
    }
}

#[tokio::test]
async fn an_attachment_of_50_megabytes_comes_in_with_a_word_and_does_not_go_out() {
    let Some(test) = servers(&Options::default()) else { return };
    let shop = test.shop().await;
    let line = format!("{}\r\n", "QUFB".repeat(19));
    let encoded = line.repeat(50 * 1024 * 1024 / 57);
    let raw = format!(
        "From: {ANA}\r\nTo: {SHOP}\r\nSubject: Video of the lamp\r\nMessage-ID: <big@buyers.test>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nPlease watch this.\r\n\
         --b\r\nContent-Type: video/mp4\r\nContent-Disposition: attachment; filename=\"lamp.mp4\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}--b--\r\n"
    );
    test.servers.deliver(ANA, SHOP, raw.as_bytes());
    test.mail(2);
    assert_eq!(shop.settle().await, 2, "the one behind it comes as well");
    let threads = threads(&shop.app).await;
    let thread = threads.iter().find(|thread| thread.conversation.subject == "Video of the lamp").expect("it is shown");
    let message = messages(thread)[0];
    assert_eq!(message.text, "Please watch this.");
    let told = !message.warnings.is_empty() || message.attachments.iter().any(|file| file.name == "lamp.mp4");
    assert!(told, "the file is named, or that it is missing: {message:?}");
    let file = test.folder.path().join("film.mp4");
    std::fs::File::create(&file).unwrap().set_len(50 * 1024 * 1024).unwrap();
    let input = ReplyInput {
        text: "See the film.".to_owned(),
        attachments: vec![file.display().to_string()],
        anyway: true,
        ..ReplyInput::default()
    };
    shown(&shop.app.send_reply(thread.conversation.id, &input).await.unwrap_err(), "bad_input");
    let small = test.folder.path().join("label.pdf");
    std::fs::write(&small, b"%PDF-1.4 a label").unwrap();
    let input = ReplyInput { attachments: vec![small.display().to_string()], ..input };
    shop.app.send_reply(thread.conversation.id, &input).await.unwrap();
    shop.clock.advance(HOUR_MS);
    shop.settle().await;
    let sent = mailbox(&test.servers, ANA);
    assert_eq!(sent.iter().filter(|mail| mail.text.contains("See the film.")).count(), 1);
}

#[tokio::test]
async fn a_list_with_wrong_columns_is_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(&folder.path().join("workspace").display().to_string(), None, Arc::new(Memory::default())).await;
    let file = folder.path().join("list.csv");
    std::fs::write(&file, "colour,weight\ngreen,12\n").unwrap();
    let path = file.display().to_string();
    for kind in
        [ImportKind::Orders, ImportKind::Products, ImportKind::Articles, ImportKind::Customers, ImportKind::Events, ImportKind::Cases]
    {
        let told = shown(&app.import_file(kind, &path, false).await.unwrap_err(), "bad_input");
        assert!(told.message.contains("list.csv"), "{told:?}");
    }
    let output = program::run(&folder.path().join("elsewhere"), &["import", "orders", &path]);
    in_one_line(&output, "list.csv");
    std::fs::write(&file, b"\x00\x01\x02\xff\xfe binary").unwrap();
    shown(&app.import_file(ImportKind::Orders, &path, false).await.unwrap_err(), "bad_input");
    shown(&app.import_file(ImportKind::Orders, "/no/such/list.csv", false).await.unwrap_err(), "not_found");
    let rows = ["C1,ana@buyers.test,A1,2026-11-01T10:00:00Z,10.00,EUR,shipped", "C1,ana@buyers.test,A2,yesterday,ten,EUR,shipped"];
    std::fs::write(&file, format!("customer_id,email,order_id,ordered_at,total,currency,status\n{}\n", rows.join("\n"))).unwrap();
    let report = app.import_file(ImportKind::Orders, &path, false).await.unwrap();
    assert_eq!((report.imported, report.rejected), (1, 1), "{report:?}");
    assert_eq!(report.rows[0].line, 3, "{report:?}");
    assert!(app.list_conversations(&ListQuery::default()).await.unwrap().rows.is_empty());
}

async fn try_to_open(workspace: &Path) -> anyhow::Result<Arc<App>> {
    App::open(OpenApp {
        workspace: Some(workspace.display().to_string()),
        secrets: Some(Arc::new(Memory::default())),
        ..OpenApp::default()
    })
    .await
}

/// Where SQLite keeps `user_version` in a database file.
const USER_VERSION: std::ops::Range<usize> = 60..64;

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    try_to_open(folder.path()).await.unwrap().stop().await;
    let file = database_file(folder.path());
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[USER_VERSION].copy_from_slice(&9_999u32.to_be_bytes());
    std::fs::write(&file, &bytes).unwrap();
    let Err(error) = try_to_open(folder.path()).await else { panic!("it was opened") };
    let told = shown(&error, "newer_database");
    assert!(told.message.contains("9999"), "{told:?}");
    let after = std::fs::read(&file).unwrap();
    assert_eq!(after[USER_VERSION], bytes[USER_VERSION]);
    assert_eq!(after.len(), bytes.len());
    let output = program::run(folder.path(), &["run", "--once"]);
    in_one_line(&output, "newer version");
}

/// The command line's way: status 1, one line, what happened and what to do.
#[track_caller]
fn in_one_line(output: &std::process::Output, words: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    assert_eq!(lines.len(), 1, "{text}");
    assert!(lines[0].contains(words), "{text}");
    assert!(lines[0].matches('.').count() >= 1, "it says what to do as well: {text}");
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.starts_with(b"0\n")
}

/// Says that a part was not tested; where everything must be, that is a failure.
fn skipped(why: &str) {
    assert!(std::env::var("MERCATOR_REQUIRE_PEERS").as_deref() != Ok("1"), "required, but {why}");
    println!("SKIPPED: {why}");
}

#[tokio::test]
async fn a_read_only_folder_is_told_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("workspace");
    try_to_open(&workspace).await.unwrap().stop().await;
    let before = std::fs::read(database_file(&workspace)).unwrap();
    let binary = program::binary();
    let mode = |mode: &str, path: &Path| assert!(Command::new("chmod").arg("-R").arg(mode).arg(path).status().unwrap().success());
    mode("a+rX", folder.path());
    mode("a-w", &workspace);
    let mut command = if is_root() {
        // Nothing is read-only for root, so somebody else tries.
        let mut command = Command::new("runuser");
        command.args(["-u", "nobody", "--"]).arg(&binary);
        command
    } else {
        Command::new(&binary)
    };
    let output = command.arg("--workspace").arg(&workspace).args(["run", "--once"]).env("MERCATOR_PASSPHRASE", "x").output();
    mode("u+w", &workspace);
    match output {
        Ok(output) if output.status.code() != Some(126) && output.status.code() != Some(127) => {
            in_one_line(&output, "Choose a place that you may read and write");
        }
        other => skipped(&format!("nobody but root can be: {other:?}")),
    }
    assert_eq!(std::fs::read(database_file(&workspace)).unwrap(), before);
}

/// A small file system of its own.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={size}"), "mercator-test"]).arg(at).output();
        done.is_ok_and(|output| output.status.success()).then(|| Self(at.to_owned()))
    }

    fn resize(&self, size: &str) {
        self.remount(&format!("size={size}"));
    }

    /// Only while nothing on it is open for writing.
    fn remount(&self, how: &str) {
        let done = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&self.0).status().unwrap();
        assert!(done.success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_goes_on_when_there_is_room() {
    let Some(test) = servers(&Options::default()) else { return };
    let Some(disk) = SmallDisk::mount(&test.workspace(), "6m") else {
        return skipped("a small disk can be made by root only");
    };
    let shop = test.shop().await;
    const MAILS: usize = 12;
    for number in 0..MAILS {
        // Words, not one long one: the index of the search grows with them.
        let text: String = (0..40_000).map(|word| format!("{:x} ", word * 7_919 + number)).collect();
        let raw = write(ANA, &format!("long{number}@buyers.test"), &format!("Long {number}"), &text, None);
        test.servers.deliver(ANA, SHOP, &raw);
    }
    let mut full = false;
    for _ in 0..3 {
        match shop.app.pass().await {
            Ok(pass) if pass.failed.is_empty() => {}
            Ok(pass) => {
                assert!(pass.failed[0].contains("disk is full"), "{pass:?}");
                full = true;
            }
            Err(error) => {
                shown(&error, "disk_full");
                full = true;
            }
        }
    }
    assert!(full, "the disk was large enough");
    disk.resize("256m");
    shop.clock.advance(HOUR_MS);
    shop.settle().await;
    assert_eq!(stored(&shop).await, MAILS, "each is stored once");
    shop.app.stop().await;
    let verified = program::run(&test.workspace(), &["verify"]);
    assert!(verified.status.success(), "{}{}", String::from_utf8_lossy(&verified.stdout), String::from_utf8_lossy(&verified.stderr));
}

#[tokio::test]
async fn a_read_only_disk_is_told_and_works_again_when_it_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("workspace");
    let Some(disk) = SmallDisk::mount(&workspace, "64m") else {
        return skipped("a disk of its own can be made by root only");
    };
    let app = try_to_open(&workspace).await.unwrap();
    let inbox = "From: ana@buyers.test\r\nMessage-ID: <kept@buyers.test>\r\nSubject: Kept\r\n\r\nIs it dimmable?\r\n";
    app.import_bytes(ImportKind::Mail, "kept.eml", inbox.as_bytes(), false).await.unwrap();
    app.stop().await;
    drop(app);
    disk.remount("ro");
    let before = std::fs::read(database_file(&workspace)).unwrap();
    let Err(error) = try_to_open(&workspace).await else { panic!("it was opened") };
    shown(&error, "read_only");
    in_one_line(&program::run(&workspace, &["run", "--once"]), "writ");
    assert_eq!(std::fs::read(database_file(&workspace)).unwrap(), before, "nothing is changed");
    // What is written elsewhere says the same: an export, a backup.
    let elsewhere = try_to_open(&folder.path().join("second")).await.unwrap();
    shown(&elsewhere.export_all(&workspace.join("export")).await.unwrap_err(), "read_only");
    shown(&elsewhere.backup(&workspace.join("copy.mercator").display().to_string()).await.unwrap_err(), "read_only");
    elsewhere.stop().await;
    disk.remount("rw");
    let app = try_to_open(&workspace).await.unwrap();
    assert_eq!(app.list_conversations(&ListQuery { limit: 10, ..ListQuery::default() }).await.unwrap().total, 1, "nothing was lost");
    app.stop().await;
}

#[tokio::test]
async fn a_backup_onto_a_full_disk_is_refused_and_leaves_no_half_one() {
    let folder = tempfile::tempdir().unwrap();
    let stick = folder.path().join("stick");
    let Some(disk) = SmallDisk::mount(&stick, "64k") else {
        return skipped("a small disk can be made by root only");
    };
    let app = try_to_open(&folder.path().join("workspace")).await.unwrap();
    let copy = stick.join("copy.mercator");
    shown(&app.backup(&copy.display().to_string()).await.unwrap_err(), "disk_full");
    assert!(!copy.exists(), "half a backup would be taken for a whole one");
    disk.resize("64m");
    app.backup(&copy.display().to_string()).await.unwrap();
    assert!(std::fs::metadata(&copy).unwrap().len() > 0);
    app.stop().await;
}
