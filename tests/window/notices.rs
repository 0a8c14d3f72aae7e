//! What the desktop is told while nobody looks: a recorder stands where the desktop's own notifications would be shown.
//!
//! Names the customer and the cause and nothing of a message, since a notification stands on a locked screen as well.

use std::{
    collections::HashMap,
    fmt::Write as _,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use mercator_app::{App, OpenApp};
use mercator_providers::secrets::Memory;
use zbus::OwnedVariant;

use crate::console::{Console, hook, ready};

/// How long a mail may take from the folder to the screen.
const ARRIVAL: Duration = Duration::from_secs(60);

/// One notification, as the desktop got it.
#[derive(Clone, Debug)]
struct Notice {
    summary: String,
    body: String,
    /// Everything of it in one text, to look for what must not be there.
    whole: String,
}

type Recorded = Arc<Mutex<Vec<Notice>>>;

/// The desktop's service for notifications, by its specification; it shows nothing.
struct Recorder(Recorded);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Recorder {
    #[expect(
        clippy::too_many_arguments,
        clippy::needless_pass_by_value,
        reason = "the specification's own, as they are read from the wire"
    )]
    fn notify(
        &self,
        app_name: String,
        _replaces_id: u32,
        app_icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedVariant>,
        _expire_timeout: i32,
    ) -> u32 {
        let mut whole = format!("{app_name} {app_icon} {summary} {body} {actions:?}");
        let _ = write!(whole, " {hints:?}");
        let mut recorded = self.0.lock().unwrap();
        recorded.push(Notice { summary, body, whole });
        u32::try_from(recorded.len()).unwrap()
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("Recorder".into(), "Mercator".into(), "1".into(), "1.2".into())
    }
}

/// Stands on the session's bus while the value lives; `None` where there is no bus, or a desktop that shows notifications itself.
async fn record() -> Option<(zbus::Connection, Recorded)> {
    let recorded = Recorded::default();
    let recorder = Recorder(recorded.clone());
    let builder = zbus::connection::Builder::session().serve_at("/org/freedesktop/Notifications", recorder);
    let connection = builder.name("org.freedesktop.Notifications").build().await.ok()?;
    Some((connection, recorded))
}

/// A folder of mails as an inbox; the window finds it when it opens.
async fn with_folder(workspace: &Path, mails: &Path, language: &str) {
    std::fs::create_dir_all(mails).unwrap();
    let options =
        OpenApp { workspace: Some(workspace.display().to_string()), secrets: Some(Arc::new(Memory::default())), ..OpenApp::default() };
    let app = App::open(options).await.unwrap();
    app.connect_folder("Lamps", &mails.display().to_string()).await.unwrap();
    let settings = app.app_state().await.unwrap().settings;
    app.save_settings(mercator_app::views::Settings { ui_language: language.to_owned(), ..settings }).await.unwrap();
    app.stop().await;
}

/// Lays a mail into the folder in one step, so that no half of it is read.
fn lay(mails: &Path, name: &str, from: &str, subject: &str, text: &str) {
    let raw = format!("From: {from}\r\nTo: shop@lamps.test\r\nMessage-ID: <{name}@buyers.test>\r\nSubject: {subject}\r\n\r\n{text}\r\n");
    let half = mails.join(format!("{name}.part"));
    std::fs::write(&half, raw).unwrap();
    std::fs::rename(half, mails.join(format!("{name}.eml"))).unwrap();
}

/// Another window comes to the front, as when a person works in another program: a second Mercator, since one is at hand.
fn look_away(folder: &Path) -> Console {
    let other = folder.join("other");
    std::fs::create_dir_all(&other).unwrap();
    let other = Console::open(&other);
    other.see(&hook("first-run-demo"));
    other
}

fn arrived(console: &Console, contact: &str) {
    console.until(&format!("{contact} is in the list"), ARRIVAL, |c| {
        c.texts(&hook("conversation-row")).iter().any(|row| row.contains(contact)).then_some(())
    });
}

#[test]
fn f3_an_angry_mail_is_told_to_the_desktop_once_and_without_its_words() {
    if !ready() {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some((connection, recorded)) = runtime.block_on(record()) else {
        assert!(std::env::var("MERCATOR_REQUIRE_DISPLAY").as_deref() != Ok("1"), "required, but there is no session bus of our own");
        println!("SKIPPED: no session bus of our own (dbus-run-session)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mails = folder.path().join("mails");
    runtime.block_on(with_folder(&folder.path().join("workspace"), &mails, "en"));
    let console = Console::open(folder.path());
    console.see(&hook("workspace"));
    let so_far = || recorded.lock().unwrap().clone();

    // Whoever looks at the window needs no notification.
    lay(&mails, "seen", "Dora Quinn <dora@buyers.test>", "Help", "I want to speak to a human please.");
    arrived(&console, "Dora Quinn");
    console.see(&hook("handoff-card"));
    let other = look_away(folder.path());

    let text = "This is outrageous!!! The crystal lamp burst. I will file an A-to-z claim and call my lawyer.";
    lay(&mails, "angry", "Ana Lopez <ana@buyers.test>", "Burst chandelier", text);
    arrived(&console, "Ana Lopez");
    let first = console.until("the desktop is told", ARRIVAL, |_| so_far().into_iter().next());
    assert_eq!((first.summary.as_str(), first.body.as_str()), ("High risk: a person is needed", "Ana Lopez"));
    for word in ["outrageous", "crystal", "claim", "lawyer", "chandelier", "ana@buyers.test"] {
        assert!(!first.whole.contains(word), "{word} in {}", first.whole);
    }

    // What the bot settles alone tells nobody (G7), and what is handed over without a risk is told as such.
    lay(&mails, "thanks", "Ben Hart <ben@buyers.test>", "Thanks", "Thank you very much, the lamp is beautiful.");
    arrived(&console, "Ben Hart");
    lay(&mails, "person", "Cleo Marsh <cleo@buyers.test>", "Help", "I want to speak to a human please.");
    arrived(&console, "Cleo Marsh");
    console.until("the desktop is told of the second", ARRIVAL, |_| (so_far().len() > 1).then_some(()));
    let told: Vec<(String, String)> = so_far().into_iter().map(|notice| (notice.summary, notice.body)).collect();
    let expect = [("High risk: a person is needed", "Ana Lopez"), ("Waiting for you", "Cleo Marsh")];
    assert_eq!(told, expect.map(|(summary, body)| (summary.to_owned(), body.to_owned())));
    assert_eq!(console.wrong(), Vec::<String>::new(), "nothing went wrong underneath");
    other.close();
    console.close();
    drop(connection);
}

#[test]
fn f3_the_desktop_is_told_in_the_language_of_the_console() {
    if !ready() {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some((connection, recorded)) = runtime.block_on(record()) else {
        println!("SKIPPED: no session bus of our own (dbus-run-session)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mails = folder.path().join("mails");
    runtime.block_on(with_folder(&folder.path().join("workspace"), &mails, "zh"));
    let console = Console::open(folder.path());
    console.see(&hook("workspace"));
    let other = look_away(folder.path());
    lay(&mails, "angry", "Ana Lopez <ana@buyers.test>", "Claim", "I will file an A-to-z claim tomorrow.");
    let told = console.until("the desktop is told", ARRIVAL, |_| recorded.lock().unwrap().first().cloned());
    assert_eq!((told.summary.as_str(), told.body.as_str()), ("高风险：需要人工处理", "Ana Lopez"));
    other.close();
    console.close();
    drop(connection);
}
