//! The mail channel against a server that misbehaves: one mail that it cannot hand over must not hide the others.
//!
//! Dovecot does not misbehave, so this one is written here: it speaks just enough IMAP, without encryption, on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use mercator_channels::{Channel, ChannelError, mail::MailChannel};
use mercator_domain::{
    inbound::InboundBody,
    inbox::{Encryption, MailServer, MailSettings},
    moment::Moment,
};

/// What the server does with the second of its three mails.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Second {
    /// Its answer is no IMAP.
    Garbled,
    /// It is left out, though the command succeeds.
    LeftOut,
    /// It is handed over.
    Fine,
    /// So are all, but the folder seems empty when it is opened first, as one that is just being rebuilt.
    FineLater,
}

/// Starts the server; gives its port.
fn server(second: Second, greeting: &'static str) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let opened = Arc::new(AtomicUsize::new(0));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let opened = Arc::clone(&opened);
            std::thread::spawn(move || session(stream, second, greeting, &opened));
        }
    });
    port
}

fn session(stream: TcpStream, second: Second, greeting: &str, opened: &AtomicUsize) -> Option<()> {
    let mut out = stream.try_clone().unwrap();
    let mut lines = BufReader::new(stream).lines();
    out.write_all(format!("{greeting}\r\n").as_bytes()).ok()?;
    while let Some(Ok(line)) = lines.next() {
        let (tag, command) = line.split_once(' ')?;
        let upper = command.to_uppercase();
        let answer = if upper.starts_with("CAPABILITY") {
            "* CAPABILITY IMAP4rev1\r\n".to_owned()
        } else if upper.starts_with("LIST") {
            "* LIST (\\HasNoChildren) \"/\" INBOX\r\n".to_owned()
        } else if upper.starts_with("EXAMINE") {
            let seems = if opened.fetch_add(1, Ordering::SeqCst) == 0 && second == Second::FineLater { 0 } else { 3 };
            format!("* {seems} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\n")
        } else if upper.starts_with("UID SEARCH") {
            let hidden = opened.load(Ordering::SeqCst) == 1 && second == Second::FineLater;
            let end = if hidden { 0 } else { 4 };
            let from: u32 = upper.trim_start_matches("UID SEARCH UID ").split(':').next()?.parse().ok()?;
            format!("* SEARCH{}\r\n", (from..end).map(|uid| format!(" {uid}")).collect::<String>())
        } else if upper.starts_with("UID FETCH") {
            fetch(&upper, second)
        } else {
            String::new()
        };
        out.write_all(format!("{answer}{tag} OK done\r\n").as_bytes()).ok()?;
    }
    Some(())
}

fn fetch(command: &str, second: Second) -> String {
    let set = command.split_whitespace().nth(2).unwrap();
    let uids: Vec<u32> = set
        .split(',')
        .flat_map(|range| {
            let (a, b) = range.split_once(':').unwrap_or((range, range));
            a.parse::<u32>().unwrap()..=b.parse::<u32>().unwrap()
        })
        .collect();
    let mut answer = String::new();
    for uid in uids {
        let mail = format!("From: ana@buyer.example\r\nMessage-ID: <{uid}@buyer.example>\r\nSubject: Hi\r\n\r\nsecret text {uid}\r\n");
        match (command.contains("BODY"), uid, second) {
            (false, _, _) => answer.push_str(&format!("* {uid} FETCH (UID {uid} RFC822.SIZE {})\r\n", mail.len())),
            (true, 2, Second::LeftOut) => {}
            (true, 2, Second::Garbled) => answer.push_str("* 2 FETCH (UID 2 BODY[ secret text 2 )) nonsense\r\n"),
            _ => answer.push_str(&format!("* {uid} FETCH (UID {uid} BODY[] {{{}}}\r\n{mail})\r\n", mail.len())),
        }
    }
    answer
}

fn channel(port: u16) -> MailChannel {
    let server = MailServer { host: "127.0.0.1".to_owned(), port, encryption: Encryption::None };
    let settings = MailSettings {
        imap: server.clone(),
        smtp: server,
        user: "shop".to_owned(),
        folders: vec!["INBOX".to_owned()],
        sent_folder: None,
        server_keeps_sent: false,
        extra_root_pem: None,
    };
    MailChannel::new(settings, "shop@seller.example", "secret".to_owned()).unwrap()
}

/// Reads until nothing is left, repeating passing errors as the app does; gives identities and warnings.
async fn read_all(channel: &MailChannel) -> Vec<(String, String, usize)> {
    let (mut cursor, mut events, mut failures) = (None, Vec::new(), 0);
    loop {
        match channel.pull("INBOX", cursor.as_ref(), Moment(1_780_000_000_000)).await {
            Ok(pull) => {
                events.extend(pull.events);
                cursor = pull.next.or(cursor);
                if !pull.more {
                    break;
                }
            }
            Err(error) => {
                failures += 1;
                assert!(error.is_passing() && failures < 10, "{error:?}");
                assert!(!error.to_string().contains("secret text"), "a mail's text is in an error: {error}");
            }
        }
    }
    let parts = events.into_iter().map(|event| match event.body {
        InboundBody::Message(m) => (event.key.external_id, m.text, m.warnings.iter().filter(|w| w.contains("did not hand")).count()),
        other => panic!("{other:?}"),
    });
    parts.collect()
}

#[tokio::test]
async fn a_mail_that_cannot_be_had_is_reported_and_the_others_come() {
    for second in [Second::Garbled, Second::LeftOut] {
        let events = read_all(&channel(server(second, "* OK hello"))).await;
        let ids: Vec<&str> = events.iter().map(|(id, _, _)| id.as_str()).collect();
        assert_eq!(ids, ["1@buyer.example", "sha256:7-2", "3@buyer.example"]);
        assert_eq!((events[1].2, events[2].1.as_str()), (1, "secret text 3"));
    }
    assert_eq!(read_all(&channel(server(Second::Fine, "* OK hello"))).await.len(), 3);
}

#[tokio::test]
async fn a_server_that_greets_oddly_is_not_logged_in_to() {
    let error = channel(server(Second::Fine, "* PREAUTH welcome")).streams().await.err().unwrap();
    assert!(matches!(error, ChannelError::Setup(_)), "{error:?}");
    let error = channel(server(Second::Fine, "* BYE busy")).streams().await.err().unwrap();
    assert!(error.is_passing(), "{error:?}");
    let error = channel(server(Second::Fine, "HTTP/1.1 400 Bad Request")).streams().await.err().unwrap();
    assert!(matches!(error, ChannelError::Setup(_)), "{error:?}");
}

#[tokio::test]
async fn mails_of_a_folder_that_seemed_empty_while_it_was_rebuilt_come_later() {
    let channel = channel(server(Second::FineLater, "* OK hello"));
    let now = Moment(1_780_000_000_000);
    // The folder was known with another UIDVALIDITY.
    let known = mercator_channels::Cursor(serde_json::json!({ "v": 1, "uidvalidity": 6, "uidnext": 4, "read_at": now }));
    let first = channel.pull("INBOX", Some(&known), now).await.unwrap();
    assert!(first.events.is_empty() && !first.more);
    let second = channel.pull("INBOX", Some(&first.next.unwrap_or(known)), now).await.unwrap();
    assert_eq!(second.events.len(), 3, "what the next UID promised must not be passed over");
}
