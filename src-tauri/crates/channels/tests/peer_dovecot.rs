//! The mail channel against real servers: Dovecot for reading and submission, and a relay behind it.
//!
//! Without Dovecot every test prints `SKIPPED`; `MERCATOR_REQUIRE_PEERS=1` makes that a failure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]

#[path = "../../../../tests/support/mail_servers.rs"]
#[allow(missing_docs, clippy::all, clippy::pedantic)]
mod mail_servers;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use mail_servers::{MailServers, Options, PASSWORD};
use mercator_channels::{
    Channel, ChannelError, Cursor, HandoverGate, Pull, Reconciled, Wake,
    mail::{MailChannel, autoconfig, parse_mail},
};
use mercator_domain::{
    inbound::{Inbound, InboundBody, InboundMessage, Party},
    inbox::{Encryption, MailServer, MailSettings},
    message::Author,
    moment::Moment,
    outgoing::{Outgoing, OutgoingAttachment},
};

const SHOP: &str = "shop@seller.example";
const ANA: &str = "ana@buyer.example";

/// Texts of eight languages, each with what transport likes to break.
const TEXTS: [&str; 8] = [
    "Where is my order?\n.\n..two dots",
    "您好，我的包裹还没有到，请帮我查一下。",
    "Grüße, wo bleibt mein Päckchen? Straße 5",
    "こんにちは、商品が壊れていました。",
    "안녕하세요, 환불해 주세요.",
    "Здравствуйте, где мой заказ?",
    "สวัสดีค่ะ พัสดุยังไม่มาถึง",
    "مرحبا، أين طلبي؟",
];

/// A server in a folder of its own, or a skipped test.
fn servers(options: &Options) -> Option<(MailServers, tempfile::TempDir)> {
    let dir = tempfile::tempdir().unwrap();
    MailServers::start_or_skip(dir.path(), options).map(|servers| (servers, dir))
}

fn settings(servers: &MailServers, tls: bool) -> MailSettings {
    let server = |port, encryption| MailServer { host: "localhost".to_owned(), port, encryption };
    let (imap, smtp) = if tls {
        (server(servers.imaps_port, Encryption::Tls), server(servers.submissions_port, Encryption::Tls))
    } else {
        (server(servers.imap_port, Encryption::StartTls), server(servers.submission_port, Encryption::StartTls))
    };
    MailSettings {
        imap,
        smtp,
        user: SHOP.to_owned(),
        folders: vec!["INBOX".to_owned()],
        sent_folder: None,
        server_keeps_sent: false,
        extra_root_pem: Some(servers.ca_pem.clone()),
    }
}

fn channel(settings: MailSettings) -> MailChannel {
    MailChannel::new(settings, SHOP, PASSWORD.to_owned()).unwrap()
}

fn outgoing(number: usize, text: &str) -> Outgoing {
    Outgoing {
        id: 1.into(),
        inbox_id: 1.into(),
        conversation_id: 1.into(),
        message_id: 1.into(),
        wire_key: format!("m.{number}.key@seller.example"),
        author: Author::Agent,
        from: Party { name: "Shop".to_owned(), address: SHOP.to_owned() },
        to: vec![Party { name: "Ana".to_owned(), address: ANA.to_owned() }],
        subject: format!("Re: Order {number} 订单"),
        text: text.to_owned(),
        html: None,
        in_reply_to: Some("q1@buyer.example".to_owned()),
        references: vec!["q0@buyer.example".to_owned()],
        thread: None,
        attachments: Vec::new(),
        at: now(),
        attempts: 0,
    }
}

/// The tests' time: the servers' own clock counts for SINCE, so it is asked here and only here.
#[allow(clippy::disallowed_methods, reason = "a real server files mail under the real date")]
fn now() -> Moment {
    Moment(i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap() / 1000 * 1000)
}

/// A buyer's mail.
fn buyers(id: &str, text: &str) -> Vec<u8> {
    let date = now().timestamp().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    format!("From: Ana <{ANA}>\r\nTo: {SHOP}\r\nSubject: Order {id}\r\nMessage-ID: <{id}@buyer.example>\r\nDate: {date}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n", text.replace('\n', "\r\n"))
        .into_bytes()
}

/// Everything that is new, over as many readings as it takes.
async fn pull_all(channel: &MailChannel, stream: &str, cursor: &mut Option<Cursor>) -> Vec<Inbound> {
    let mut events = Vec::new();
    loop {
        let pull = pull_patiently(channel, stream, cursor.as_ref()).await;
        events.extend(pull.events);
        if pull.next.is_some() {
            *cursor = pull.next;
        }
        if !pull.more {
            return events;
        }
    }
}

/// One reading, repeated as the app does when the error is a passing one (a server hangs up when a mailbox is rebuilt).
async fn pull_patiently(channel: &MailChannel, stream: &str, cursor: Option<&Cursor>) -> Pull {
    let mut failures = 0;
    loop {
        match channel.pull(stream, cursor, now()).await {
            Ok(pull) => return pull,
            Err(error) => {
                failures += 1;
                assert!(error.is_passing() && failures < 4, "{error:?}");
            }
        }
    }
}

/// Readings until so many events have come: a server that rebuilds a folder may show it empty for a moment.
async fn pull_until(channel: &MailChannel, cursor: &mut Option<Cursor>, wanted: usize) -> Vec<Inbound> {
    let mut events = Vec::new();
    for _ in 0..100 {
        events.extend(pull_all(channel, "INBOX", cursor).await);
        if events.len() >= wanted {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    events
}

fn message(event: &Inbound) -> &InboundMessage {
    match &event.body {
        InboundBody::Message(message) | InboundBody::Sent(message) | InboundBody::Bounce { message, .. } => message,
    }
}

fn ids(events: &[Inbound]) -> Vec<&str> {
    events.iter().map(|e| e.key.external_id.as_str()).collect()
}

#[tokio::test]
async fn mails_in_eight_languages_go_out_and_come_in_over_both_kinds_of_encryption() {
    let Some((servers, _dir)) = servers(&Options::default()) else { return };
    for tls in [true, false] {
        let channel = channel(settings(&servers, tls));
        let offset = if tls { 0 } else { 100 };
        for (number, text) in TEXTS.iter().enumerate() {
            channel.send(&outgoing(offset + number, text)).await.unwrap();
            servers.deliver(ANA, SHOP, &buyers(&format!("q{}", offset + number), text));
        }
        let arrived = servers.mails(ANA, "INBOX");
        for (number, text) in TEXTS.iter().enumerate() {
            let raw = arrived
                .iter()
                .map(|raw| parse_mail(raw))
                .find(|m| m.message_id == Some(format!("m.{}.key@seller.example", offset + number)))
                .unwrap();
            assert_eq!((raw.text.as_str(), raw.in_reply_to.as_deref()), (*text, Some("q1@buyer.example")));
            assert_eq!(raw.subject, format!("Re: Order {} 订单", offset + number));
        }
        let events = pull_all(&channel, "INBOX", &mut None).await;
        for (number, text) in TEXTS.iter().enumerate() {
            let event = events.iter().find(|e| e.key.external_id == format!("q{}@buyer.example", offset + number)).unwrap();
            assert_eq!(message(event).text, *text);
        }
    }
    assert!(servers.flags(SHOP, "INBOX").iter().all(|flags| !flags.contains('S')), "reading here marks nothing as read");
}

#[tokio::test]
async fn idle_wakes_and_the_cursor_brings_each_mail_once() {
    let Some((servers, _dir)) = servers(&Options::default()) else { return };
    let channel = channel(settings(&servers, true));
    let mut cursor = None;
    assert!(pull_all(&channel, "INBOX", &mut cursor).await.is_empty());
    assert_eq!(channel.wait("INBOX", 50).await, Ok(Wake::TimeUp));
    let (wake, ()) = tokio::join!(channel.wait("INBOX", 20_000), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        servers.deliver(ANA, SHOP, &buyers("q1", "Hello"));
    });
    assert_eq!(wake, Ok(Wake::News));
    assert_eq!(ids(&pull_all(&channel, "INBOX", &mut cursor).await), ["q1@buyer.example"]);
    assert!(pull_all(&channel, "INBOX", &mut cursor).await.is_empty());
    // What comes between a reading and the next wait is told at once.
    servers.deliver(ANA, SHOP, &buyers("q2", "Hello again"));
    assert_eq!(channel.wait("INBOX", 20_000).await, Ok(Wake::News));
    assert_eq!(ids(&pull_all(&channel, "INBOX", &mut cursor).await), ["q2@buyer.example"]);
    // A wait that is cancelled leaves the channel usable.
    assert!(tokio::time::timeout(Duration::from_millis(100), channel.wait("INBOX", 20_000)).await.is_err());
    servers.deliver(ANA, SHOP, &buyers("q3", "And again"));
    assert_eq!(ids(&pull_all(&channel, "INBOX", &mut cursor).await), ["q3@buyer.example"]);
}

#[tokio::test]
async fn a_changed_uidvalidity_gives_the_same_events_again_and_loses_none() {
    let Some((servers, _dir)) = servers(&Options::default()) else { return };
    let channel = channel(settings(&servers, true));
    servers.deliver(ANA, SHOP, &buyers("q1", "one"));
    let mut cursor = None;
    let before = pull_all(&channel, "INBOX", &mut cursor).await;
    servers.deliver(ANA, SHOP, &buyers("q2", "two"));
    servers.change_uidvalidity(SHOP, "INBOX", 4_000_000_001);
    let after = pull_until(&channel, &mut cursor, 2).await;
    assert_eq!(ids(&after), ["q1@buyer.example", "q2@buyer.example"]);
    assert_eq!(before[0].key, after[0].key, "the store knows the mail by its key");
    assert!(pull_all(&channel, "INBOX", &mut cursor).await.is_empty());
}

#[tokio::test]
async fn several_folders_and_the_sent_one_are_streams() {
    let Some((servers, _dir)) = servers(&Options { sent_folder: "Gesendete Objekte".to_owned(), ..Options::default() }) else { return };
    let channel = channel(MailSettings { folders: vec!["INBOX".to_owned(), "Orders".to_owned()], ..settings(&servers, true) });
    assert_eq!(channel.streams().await.unwrap(), ["INBOX", "Orders", "Gesendete Objekte"]);
    let probed = channel.probe().await.unwrap();
    assert!(probed.capabilities.iter().any(|c| c == "IDLE"));
    assert_eq!(probed.streams.iter().filter(|s| s.sent).map(|s| s.name.as_str()).collect::<Vec<_>>(), ["Gesendete Objekte"]);
    channel.send(&outgoing(1, "On its way")).await.unwrap();
    let sent = pull_all(&channel, "Gesendete Objekte", &mut None).await;
    assert_eq!(ids(&sent), ["m.1.key@seller.example"]);
    assert!(matches!(&sent[0].body, InboundBody::Sent(m) if m.text == "On its way"));
    assert!(servers.flags(SHOP, "Gesendete Objekte").iter().all(|flags| flags.contains('S')), "a filed copy counts as read");
    servers.doveadm(&["mailbox", "create", "-u", SHOP, "退款"]);
    assert!(channel.probe().await.unwrap().streams.iter().any(|s| s.name == "退款"));
    assert!(pull_all(&channel, "退款", &mut None).await.is_empty());
    assert!(matches!(channel.pull("Gone", None, now()).await, Err(ChannelError::Setup(_))));
}

#[tokio::test]
async fn what_is_wrong_with_the_settings_is_said() {
    let Some((servers, _dir)) = servers(&Options::default()) else { return };
    let good = settings(&servers, true);
    for settings in [good.clone(), settings(&servers, false)] {
        let (_, found) = autoconfig::probe(&settings, PASSWORD).await.unwrap();
        assert_eq!(found.sent_folder.as_deref(), Some("Sent"));
        assert!(matches!(autoconfig::probe(&settings, "wrong").await, Err(ChannelError::Auth(_))));
        let untrusting = MailSettings { extra_root_pem: None, ..settings };
        assert!(matches!(autoconfig::probe(&untrusting, PASSWORD).await, Err(ChannelError::Certificate { .. })));
    }
    let changed = |change: fn(&mut MailSettings)| {
        let mut settings = good.clone();
        change(&mut settings);
        async move { autoconfig::probe(&settings, PASSWORD).await.err().unwrap() }
    };
    assert!(matches!(changed(|s| s.imap.host = "mail.invalid".to_owned()).await, ChannelError::Unreachable { .. }));
    assert!(matches!(changed(|s| s.imap.port = 1).await, ChannelError::Unreachable { .. }));
    assert!(matches!(changed(|s| s.smtp.port = 1).await, ChannelError::Unreachable { .. }));
    assert!(matches!(changed(|s| s.folders.push("Nowhere".to_owned())).await, ChannelError::Setup(_)));
    // The certificate is for `localhost` and 127.0.0.1; a port that speaks plain text is no encryption.
    let plain = MailServer { host: "localhost".to_owned(), port: servers.relay_port, encryption: Encryption::Tls };
    let error = autoconfig::probe(&MailSettings { smtp: plain.clone(), ..good.clone() }, PASSWORD).await.err().unwrap();
    assert!(matches!(error, ChannelError::NoEncryption(_)), "{error:?}");
    let error =
        autoconfig::probe(&MailSettings { smtp: MailServer { encryption: Encryption::StartTls, ..plain }, ..good.clone() }, PASSWORD)
            .await
            .err()
            .unwrap();
    assert!(matches!(error, ChannelError::NoEncryption(_)), "{error:?}");
    // Without encryption a loopback address is allowed, for tests.
    let imap = MailServer { port: servers.imap_port, encryption: Encryption::None, ..good.imap.clone() };
    assert!(MailChannel::new(MailSettings { imap, ..good }, SHOP, PASSWORD.to_owned()).unwrap().streams().await.is_ok());
}

#[tokio::test]
async fn a_full_mailbox_is_said_and_a_refused_copy_is_no_failure() {
    let Some((servers, _dir)) = servers(&Options { quota: "*:storage=64K".to_owned(), ..Options::default() }) else { return };
    let channel = channel(settings(&servers, true));
    let large = "x".repeat(70) + "\n";
    let error = channel.send(&outgoing(1, &large.repeat(3_000))).await.err().unwrap();
    assert!(matches!(error, ChannelError::Full(_)), "{error:?}");
    // The receiver's box has room, the sender's own has none for the copy.
    servers.doveadm(&["mailbox", "create", "-u", SHOP, "Full"]);
    servers.deliver(ANA, SHOP, &buyers("fill", &large.repeat(600)));
    channel.send(&outgoing(2, &large.repeat(500))).await.unwrap();
    assert_eq!(servers.mails(ANA, "INBOX").len(), 1);
}

#[tokio::test]
async fn files_of_fifty_megabytes_go_through_and_are_counted() {
    let Some((servers, _dir)) = servers(&Options::default()) else { return };
    let channel = channel(settings(&servers, true));
    let mut mail = outgoing(1, "See the films.");
    mail.to[0].address = SHOP.to_owned();
    let film = |megabytes: usize| OutgoingAttachment {
        name: format!("film {megabytes}.mp4"),
        media_type: "video/mp4".to_owned(),
        content: vec![0x5a; megabytes * 1024 * 1024],
    };
    mail.attachments.push(film(50));
    channel.send(&mail).await.unwrap();
    mail.wire_key = "m.2.key@seller.example".to_owned();
    mail.attachments = vec![film(30)];
    channel.send(&mail).await.unwrap();
    let events = pull_all(&channel, "INBOX", &mut None).await;
    assert_eq!(events.len(), 2);
    for (event, megabytes) in events.iter().zip([50u64, 30]) {
        let message = message(event);
        assert_eq!(message.text, "See the films.");
        let file = &message.attachments[0];
        assert!(file.content.is_none() && file.bytes.abs_diff(megabytes * 1024 * 1024) < 3 * 1024 * 1024, "{} bytes", file.bytes);
        assert!(!message.warnings.is_empty());
    }
}

#[tokio::test]
async fn a_restarted_server_is_reached_again_and_nothing_is_lost() {
    let Some((mut servers, _dir)) = servers(&Options::default()) else { return };
    let channel = channel(settings(&servers, true));
    servers.deliver(ANA, SHOP, &buyers("q1", "one"));
    let mut cursor = None;
    assert_eq!(pull_all(&channel, "INBOX", &mut cursor).await.len(), 1);
    servers.stop_dovecot();
    let error = first_error(&channel, cursor.as_ref()).await;
    assert!(matches!(error, ChannelError::Unreachable { .. }), "{error:?}");
    assert!(channel.send(&outgoing(1, "x")).await.err().unwrap().is_passing());
    servers.start_dovecot();
    servers.deliver(ANA, SHOP, &buyers("q2", "two"));
    assert_eq!(ids(&pull_all(&channel, "INBOX", &mut cursor).await), ["q2@buyer.example"]);
    // A wait that the server ends is an error, not news; the next reading connects anew.
    let wait = async { channel.wait("INBOX", 20_000).await };
    let stop = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        servers.restart();
    };
    let (ended, ()) = tokio::join!(wait, stop);
    assert!(matches!(ended, Err(ChannelError::Transient(_))), "{ended:?}");
    servers.deliver(ANA, SHOP, &buyers("q3", "three"));
    assert_eq!(ids(&pull_all(&channel, "INBOX", &mut cursor).await), ["q3@buyer.example"]);
}

/// The error of a reading after the server went down. Its last processes may still answer on the kept connection for a moment.
async fn first_error(channel: &MailChannel, cursor: Option<&Cursor>) -> ChannelError {
    for _ in 0..200 {
        match channel.pull("INBOX", cursor, now()).await {
            Err(error @ ChannelError::Unreachable { .. }) => return error,
            Err(ChannelError::Transient(_)) | Ok(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(error) => return error,
        }
    }
    panic!("the server still answers");
}

/// A gate that counts and answers.
struct Counted(AtomicUsize, bool);

#[async_trait::async_trait]
impl HandoverGate for Counted {
    async fn open(&self) -> bool {
        self.0.fetch_add(1, Ordering::SeqCst);
        self.1
    }
}

#[tokio::test]
async fn a_cut_attempt_is_never_taken_for_a_failure() {
    let Some((servers, _dir)) = servers(&Options::default()) else { return };
    let channel = channel(settings(&servers, true));
    // Sent and filed: found.
    channel.send(&outgoing(1, "one")).await.unwrap();
    assert!(matches!(channel.reconcile(&outgoing(1, "one")).await, Ok(Reconciled::Found(_))));
    // A closed gate: nothing leaves, and there is nothing to find.
    let closed = Counted(AtomicUsize::new(0), false);
    assert!(channel.send_guarded(&outgoing(2, "two"), &closed).await.err().unwrap().is_passing());
    assert_eq!((closed.0.load(Ordering::SeqCst), servers.relayed.load(Ordering::SeqCst)), (1, 1));
    assert_eq!(channel.reconcile(&outgoing(2, "two")).await, Ok(Reconciled::Unknown));
    // Wrong password: the gate is not even asked.
    let locked_out = MailChannel::new(settings(&servers, true), SHOP, "wrong".to_owned()).unwrap();
    let untouched = Counted(AtomicUsize::new(0), true);
    assert!(matches!(locked_out.send_guarded(&outgoing(3, "three"), &untouched).await, Err(ChannelError::Auth(_))));
    assert_eq!(untouched.0.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_server_that_hangs_up_after_the_content_leaves_doubt() {
    let Some((servers, _dir)) = servers(&Options::default()) else { return };
    // Straight to the relay, without Dovecot's submission in between, so that the cut is ours to see.
    let relay = RelayOnly::new(&servers);
    servers.cut_after_data.store(1, Ordering::SeqCst);
    let error = relay.channel.send(&outgoing(1, "one")).await.err().unwrap();
    assert_eq!(error, ChannelError::MaybeSent);
    assert!(!error.is_passing(), "it must not be sent again by itself");
    assert_eq!(servers.mails(ANA, "INBOX").len(), 1, "it has left");
    assert_eq!(relay.channel.reconcile(&outgoing(1, "one")).await, Ok(Reconciled::Unknown));
}

/// A channel that hands over to a tiny server which offers a login and then speaks as the relay does.
struct RelayOnly {
    channel: MailChannel,
}

impl RelayOnly {
    fn new(servers: &MailServers) -> Self {
        let port = mail_servers::login_proxy(servers.relay_port);
        let smtp = MailServer { host: "127.0.0.1".to_owned(), port, encryption: Encryption::None };
        Self { channel: channel(MailSettings { smtp, ..settings(servers, true) }) }
    }
}

#[tokio::test]
async fn many_mails_come_in_batches_and_in_order() {
    let Some((servers, _dir)) = servers(&Options::default()) else { return };
    let channel = channel(settings(&servers, true));
    for number in 0..230 {
        servers.deliver(ANA, SHOP, &buyers(&format!("q{number}"), "Hello"));
    }
    let first = channel.pull("INBOX", None, now()).await.unwrap();
    assert!(first.events.len() == 100 && first.more);
    let mut cursor = first.next;
    // New mail during the first reading comes after it.
    servers.deliver(ANA, SHOP, &buyers("late", "Hello"));
    let rest = pull_all(&channel, "INBOX", &mut cursor).await;
    assert_eq!((rest.len(), rest.last().unwrap().key.external_id.as_str()), (131, "late@buyer.example"));
    let expect: Vec<String> = (100..230).map(|n| format!("q{n}@buyer.example")).chain(["late@buyer.example".to_owned()]).collect();
    assert_eq!(ids(&rest), expect);
}

#[tokio::test]
async fn a_real_relay_delivers_from_one_mailbox_to_another() {
    let dir = tempfile::tempdir().unwrap();
    let Some((servers, _lock)) = MailServers::start_opensmtpd_or_skip(dir.path()) else { return };
    let shop = channel(settings(&servers, false));
    let ana = MailChannel::new(MailSettings { user: ANA.to_owned(), ..settings(&servers, true) }, ANA, PASSWORD.to_owned()).unwrap();
    let mut cursor = None;
    assert!(pull_all(&ana, "INBOX", &mut cursor).await.is_empty());
    for (number, text) in TEXTS.iter().enumerate() {
        shop.send(&outgoing(number, text)).await.unwrap();
    }
    let mut events = Vec::new();
    while events.len() < TEXTS.len() {
        assert_eq!(ana.wait("INBOX", 20_000).await, Ok(Wake::News));
        events.extend(pull_all(&ana, "INBOX", &mut cursor).await);
    }
    for (number, text) in TEXTS.iter().enumerate() {
        let event = events.iter().find(|e| e.key.external_id == format!("m.{number}.key@seller.example")).unwrap();
        assert_eq!(message(event).text, *text);
        assert_eq!(event.hints.in_reply_to.as_deref(), Some("q1@buyer.example"));
    }
}
