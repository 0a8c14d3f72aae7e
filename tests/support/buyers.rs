//! The buyers of the journey: their mails from the fixtures, and what sits in their own mailboxes afterwards.
//!
//! Arrived mails are read with `mail-parser` directly, not with the product's own reader: one fault must not hide another.

use std::{borrow::Cow, path::PathBuf};

use base64::Engine as _;
use mail_parser::{HeaderValue, MessageParser};
use serde::Deserialize;

use crate::{mail_servers::MailServers, metadata::root};

/// The address of the shop.
pub const SHOP: &str = "support@shop.test";

/// The folder of the journey's fixtures.
pub fn fixtures() -> PathBuf {
    root().join("tests/fixtures/journey")
}

/// One mail of the journey with what the shop is expected to do.
#[derive(Clone, Debug, Deserialize)]
pub struct Expected {
    /// The file in the fixtures' folder.
    pub file: String,
    /// Who writes.
    pub from: String,
    /// The writer's language.
    pub language: String,
    /// `answer`, `clarify`, `handoff`, `silence`.
    pub expect: String,
    /// What else is as good.
    #[serde(default)]
    pub also: Vec<String>,
    /// The main intent.
    pub intent: String,
    /// True when the writer is furious.
    pub angry: bool,
    /// The order that it is about.
    pub order: Option<u64>,
}

impl Expected {
    /// The file's number.
    pub fn number(&self) -> u32 {
        self.file.split('-').next().and_then(|number| number.parse().ok()).expect("file names begin with a number")
    }

    /// True when a machine wrote it.
    pub fn automatic(&self) -> bool {
        self.expect == "silence"
    }

    /// The bytes of the mail.
    pub fn raw(&self) -> Vec<u8> {
        let path = fixtures().join(&self.file);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Delivers it to the shop's mailbox.
    pub fn deliver(&self, servers: &MailServers) {
        // A bounce has no sender, so that nobody can bounce it again.
        let sender = if self.from.starts_with("MAILER-DAEMON") { "" } else { &self.from };
        servers.deliver(sender, SHOP, &self.raw());
    }
}

/// All mails of the journey, by number.
pub fn manifest() -> Vec<Expected> {
    let text = std::fs::read_to_string(fixtures().join("manifest.json")).expect("the manifest can be read");
    serde_json::from_str(&text).expect("the manifest is JSON")
}

/// A mail as it arrived in a mailbox.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Message-ID without brackets.
    pub id: String,
    /// Who wrote, as an address.
    pub from: String,
    /// Message-ID that it answers.
    pub in_reply_to: Option<String>,
    /// Earlier Message-IDs.
    pub references: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The plain text, decoded.
    pub text: String,
    /// The page beside it.
    pub html: Option<String>,
    /// `Auto-Submitted`.
    pub auto_submitted: Option<String>,
}

/// Reads a mail.
pub fn read(raw: &[u8]) -> Arrived {
    let mail = MessageParser::default().parse(raw).expect("a mail of ours can be parsed");
    let part_is_html = mail.html_body.first().zip(mail.text_body.first()).is_some_and(|(html, text)| html != text);
    Arrived {
        id: mail.message_id().unwrap_or_default().to_owned(),
        from: mail.from().and_then(|from| from.first()).and_then(|from| from.address()).unwrap_or_default().to_owned(),
        in_reply_to: ids(mail.in_reply_to()).into_iter().next(),
        references: ids(mail.references()),
        subject: mail.subject().unwrap_or_default().to_owned(),
        text: mail.body_text(0).unwrap_or_default().into_owned(),
        html: mail.body_html(0).filter(|_| part_is_html).map(Cow::into_owned),
        auto_submitted: mail.header("Auto-Submitted").and_then(|value| value.as_text()).map(str::to_owned),
    }
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(one) => vec![one.to_string()],
        HeaderValue::TextList(many) => many.iter().map(ToString::to_string).collect(),
        _ => vec![],
    }
}

/// Everything in a buyer's mailbox, oldest first.
pub fn mailbox(servers: &MailServers, buyer: &str) -> Vec<Arrived> {
    servers.mails(&buyer.to_lowercase(), "INBOX").iter().map(|raw| read(raw)).collect()
}

/// What arrived in answer to one mail.
pub fn answers_to<'a>(mailbox: &'a [Arrived], id: &str) -> Vec<&'a Arrived> {
    mailbox.iter().filter(|mail| mail.in_reply_to.as_deref() == Some(id)).collect()
}

/// A mail of a buyer, written here; `answers` is the mail that it replies to.
pub fn write(from: &str, id: &str, subject: &str, text: &str, answers: Option<&Arrived>) -> Vec<u8> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(subject);
    let thread = answers.map_or_else(String::new, |mail| {
        let chain: Vec<String> = mail.references.iter().chain([&mail.id]).map(|id| format!("<{id}>")).collect();
        format!("In-Reply-To: <{}>\r\nReferences: {}\r\n", mail.id, chain.join(" "))
    });
    format!(
        "From: <{from}>\r\nTo: <{SHOP}>\r\nSubject: =?UTF-8?B?{encoded}?=\r\nMessage-ID: <{id}>\r\n{thread}MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n",
        text.replace("\r\n", "\n").replace('\n', "\r\n")
    )
    .into_bytes()
}

/// A prepared mail behind a link of a survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// To whom.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// The prepared mails of a survey, best score first, as a mail program would open them.
pub fn prepared_mails(survey: &Arrived) -> Vec<Prepared> {
    survey.text.split_whitespace().filter_map(|word| word.strip_prefix("mailto:")).map(opened).collect()
}

fn opened(link: &str) -> Prepared {
    let (to, query) = link.split_once('?').expect("a prepared mail has a subject");
    let field = |name: &str| {
        let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        decoded(found.unwrap_or_else(|| panic!("no {name} in {link}")))
    };
    Prepared { to: decoded(to), subject: field("subject"), body: field("body") }
}

/// Percent form, as RFC 6068 has it: a plus is a plus.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = (*byte == b'%').then(|| u8::from_str_radix(text.get(at + 1..at + 3)?, 16).ok()).flatten();
        out.push(hex.unwrap_or(*byte));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).expect("prepared mails are UTF-8")
}
