//! A shop on a real mailbox: the app as the window opens it, connected through the same use cases.

use std::{path::Path, sync::Arc};

use mercator_app::{
    App, OpenApp,
    clock::{Clock, FixedClock},
    views::{ConversationRow, ImportKind, InboxCard, InboxPatch, ListQuery, MailForm, Thread, ThreadItem},
};
use mercator_domain::{
    hours::BusinessHours,
    ids::{ConversationId, InboxId},
    inbox::{BotMode, BotModes, Encryption},
    language::Language,
    message::{Author, Message},
    moment::Moment,
};
use mercator_providers::secrets::{Memory, SecretStore};

use crate::{
    buyers::{SHOP, fixtures},
    mail_servers::{MailServers, PASSWORD},
};

/// A moment from its text.
pub fn at(text: &str) -> Moment {
    text.parse::<jiff::Timestamp>().expect("a time").into()
}

/// The form that a seller fills in for the test's mailbox.
pub fn form(servers: &MailServers) -> MailForm {
    MailForm {
        name: "Lumen & Loom".to_owned(),
        address: SHOP.to_owned(),
        user: String::new(),
        password: PASSWORD.to_owned(),
        imap_host: "localhost".to_owned(),
        imap_port: servers.imaps_port,
        imap_encryption: Encryption::Tls,
        smtp_host: "localhost".to_owned(),
        smtp_port: servers.submission_port,
        smtp_encryption: Encryption::StartTls,
        extra_root_pem: Some(servers.ca_pem.clone()),
        language: Language::english(),
    }
}

/// Opens a workspace.
pub async fn open(workspace: &str, clock: Option<Arc<dyn Clock>>, secrets: Arc<dyn SecretStore>) -> Arc<App> {
    let options = OpenApp { workspace: Some(workspace.to_owned()), clock, secrets: Some(secrets), ..OpenApp::default() };
    App::open(options).await.expect("the workspace opens")
}

/// A shop with its clock.
pub struct Shop {
    /// The app.
    pub app: Arc<App>,
    /// Its clock, which stands until it is moved.
    pub clock: Arc<FixedClock>,
    /// Its passwords.
    pub secrets: Arc<dyn SecretStore>,
    /// Its mailbox.
    pub inbox: InboxId,
}

impl Shop {
    /// Opens a fresh workspace at a moment, connects the mailbox, and lets the bot answer by itself.
    pub async fn open(workspace: &str, servers: &MailServers, now: Moment) -> Self {
        let clock = Arc::new(FixedClock::at(now));
        let secrets: Arc<dyn SecretStore> = Arc::new(Memory::default());
        let app = open(workspace, Some(Arc::<FixedClock>::clone(&clock)), Arc::clone(&secrets)).await;
        let inbox = connect(&app, servers).await;
        Self { app, clock, secrets, inbox }
    }

    /// Passes until a pass finds nothing to do; gives how many messages came in.
    pub async fn settle(&self) -> usize {
        settle(&self.app).await
    }
}

/// See [`Shop::settle`].
pub async fn settle(app: &App) -> usize {
    let mut received = 0;
    for _ in 0..20 {
        let pass = app.pass().await.expect("a pass works");
        assert_eq!(pass.failed, Vec::<String>::new(), "every inbox can be read");
        received += pass.received;
        if (pass.received, pass.answered, pass.sent) == (0, 0, 0) {
            return received;
        }
    }
    panic!("the shop does not come to rest");
}

/// Tests and connects the mailbox as the window does, opens it Monday to Friday 9 to 17 UTC, and switches the bot to automatic.
pub async fn connect(app: &App, servers: &MailServers) -> InboxId {
    let form = form(servers);
    let report = app.test_mailbox(&form).await.expect("the mailbox can be tested");
    assert_eq!(report.sent_folder.as_deref(), Some("Sent"));
    let card = app.connect_mailbox(&form).await.expect("the mailbox can be connected");
    let patch = automatic(&card);
    app.update_inbox(card.id, &patch).await.expect("the inbox can be set up");
    card.id
}

fn automatic(card: &InboxCard) -> InboxPatch {
    InboxPatch {
        name: card.name.clone(),
        language: card.language.clone(),
        signature: card.signature.clone(),
        hours: BusinessHours::default(),
        modes: BotModes { default: BotMode::Auto, ..BotModes::default() },
        promise_minutes: 240,
    }
}

/// Imports the journey's orders and articles.
pub async fn import(app: &App) {
    for (kind, file) in [(ImportKind::Orders, "orders.csv"), (ImportKind::Articles, "articles.csv")] {
        let report = app.import_file(kind, &fixtures().join(file).display().to_string(), false).await.expect("the list can be imported");
        assert_eq!((report.rejected, report.rows.len()), (0, 0), "{file}: {:?}", report.rows);
        assert!(report.imported > 0, "{file}");
    }
}

/// All conversations.
pub async fn conversations(app: &App) -> Vec<ConversationRow> {
    view(app, "all").await
}

/// The rows of a view.
pub async fn view(app: &App, key: &str) -> Vec<ConversationRow> {
    let mut rows = vec![];
    loop {
        let query =
            ListQuery { view: key.to_owned(), offset: i32::try_from(rows.len()).expect("few rows"), limit: 200, ..ListQuery::default() };
        let page = app.list_conversations(&query).await.expect("a view can be listed");
        let more = page.rows.len() == 200;
        rows.extend(page.rows);
        if !more {
            return rows;
        }
    }
}

/// The messages of a thread.
pub fn messages<'a>(thread: &'a Thread) -> Vec<&'a Message> {
    let message = |item: &'a ThreadItem| match item {
        ThreadItem::Message { message, .. } => Some(message.as_ref()),
        _ => None,
    };
    thread.items.iter().filter_map(message).collect()
}

/// Messages of a thread by one kind of author.
pub fn written_by(thread: &Thread, author: Author) -> Vec<&Message> {
    messages(thread).into_iter().filter(|message| message.author == author).collect()
}

/// Every conversation with all that its screen shows, by number.
pub async fn threads(app: &App) -> Vec<Thread> {
    let mut ids: Vec<ConversationId> = conversations(app).await.into_iter().map(|row| row.id).collect();
    ids.sort_unstable();
    let mut threads = vec![];
    for id in ids {
        threads.push(app.thread(id).await.expect("a thread can be read"));
    }
    threads
}

/// The conversation that a buyer's mail began.
pub fn begun_by<'a>(threads: &'a [Thread], from: &str, subject: &str) -> &'a Thread {
    let found = threads.iter().filter(|thread| {
        let writes = thread.identities.iter().any(|identity| identity.value.eq_ignore_ascii_case(from));
        writes && messages(thread).first().is_some_and(|message| message.subject == subject)
    });
    let found: Vec<&Thread> = found.collect();
    assert_eq!(found.len(), 1, "one conversation of {from} about '{subject}'");
    found[0]
}

/// Whether a file of SQLite is whole, asked of another connection than the product's.
pub fn database_file(workspace: &Path) -> std::path::PathBuf {
    workspace.join("mercator.db")
}
