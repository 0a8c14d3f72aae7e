//! Bytes of a mail (RFC 5322, MIME) as values: who, what, when, which files, and whether a machine wrote it.
//!
//! Reading never fails and never drops: what is malformed becomes a warning and what could be read of it stays. Parting the new
//! text from quotes and signature is the pipeline's, threads are the app's. Neighbours: `bounce`, `automatic`, `attachment`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{Message, MessageParser};
use mercator_domain::{
    inbound::{InboundAttachment, Party},
    message::Automatic,
    moment::{DAY_MS, Moment},
};
use serde_json::json;

use super::{
    attachment, automatic,
    body::{self, MAX_TEXT_BYTES},
    bounce, charset,
    header::{self, HeaderLines, all_parties, clean_id, ids, one_line, parties, without_foreign_start},
};
use crate::html;

/// Most Message-IDs kept of References; RFC 5322 sets no limit, mail programs keep about 20.
const MAX_REFERENCES: usize = 100;

/// What a delivery report says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BounceReport {
    /// The Message-ID of the mail that failed, without brackets.
    pub original: Option<String>,
    /// The recipient that failed.
    pub recipient: Option<String>,
    /// True when it will not be tried again.
    pub permanent: bool,
    /// The report's own words, shortened.
    pub reason: String,
}

/// A mail as read, before the pipeline parts what is new from what is quoted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedMail {
    /// Without brackets; `None` when it has none.
    pub message_id: Option<String>,
    /// The first Message-ID of In-Reply-To.
    pub in_reply_to: Option<String>,
    /// Oldest first.
    pub references: Vec<String>,
    /// The first author.
    pub from: Party,
    /// Where answers shall go, when it differs from the author.
    pub reply_to: Option<Party>,
    /// Receivers.
    pub to: Vec<Party>,
    /// Receivers of copies.
    pub cc: Vec<Party>,
    /// Decoded; one line.
    pub subject: String,
    /// As the Date header says; not yet bounded by the time of reading.
    pub date: Option<Moment>,
    /// The plain text, from the text part or else from the HTML part.
    pub text: String,
    /// Files.
    pub attachments: Vec<InboundAttachment>,
    /// Whether a machine wrote it.
    pub automatic: Option<Automatic>,
    /// The report, when it is one.
    pub bounce: Option<BounceReport>,
    /// What was malformed, in words for people.
    pub warnings: Vec<String>,
    /// Hash of the bytes, in hex: the identity of a mail without a Message-ID; empty when it has one.
    pub sha256: String,
}

impl ParsedMail {
    /// The identity under which a mail is stored once: its Message-ID, else the hash of its bytes.
    pub fn external_id(&self) -> String {
        self.message_id.clone().unwrap_or_else(|| format!("sha256:{}", self.sha256))
    }

    /// Whether a machine wrote it, as the fixed word.
    pub fn automatic(&self) -> Automatic {
        self.automatic.unwrap_or(Automatic::None)
    }

    /// The fields of `mail parse` that are known here; the caller adds `file` and what the pipeline and the recognisers find.
    pub fn json(&self) -> serde_json::Value {
        let party = |p: &Party| json!({"name": p.name, "address": p.address});
        let files: Vec<_> = self
            .attachments
            .iter()
            .map(|f| json!({"name": f.name, "media_type": f.media_type, "bytes": f.bytes, "sha256": f.sha256}))
            .collect();
        json!({
            "message_id": self.message_id, "in_reply_to": self.in_reply_to, "references": self.references,
            "from": party(&self.from), "to": self.to.iter().map(party).collect::<Vec<_>>(),
            "cc": self.cc.iter().map(party).collect::<Vec<_>>(), "subject": self.subject,
            "date": self.date.map(|d| d.to_string()), "text": self.text, "attachments": files,
            "automatic": self.automatic().as_str(), "warnings": self.warnings,
        })
    }
}

/// Reads a mail. Never panics and always gives something to show.
pub fn parse_mail(bytes: &[u8]) -> ParsedMail {
    let start = without_foreign_start(bytes);
    let readable = header::with_readable_header(start);
    let body = readable.as_ref();
    // The parser is foreign code over hostile input: a panic in it must cost this mail its structure only, not the inbox.
    let parsed = if HeaderLines::of(body).is_empty() {
        None
    } else {
        catch_unwind(AssertUnwindSafe(|| MessageParser::default().parse(body).map(|message| read(body, &message)))).unwrap_or_default()
    };
    let mut mail = parsed.unwrap_or_else(|| unreadable(body));
    if start.len() != bytes.len() {
        mail.warnings.push("Something stood before the header".to_owned());
    }
    if mail.message_id.is_none() {
        mail.sha256 = attachment::sha256_hex(bytes);
    }
    mail
}

/// All fields of a mail whose structure could be read.
fn read(bytes: &[u8], message: &Message<'_>) -> ParsedMail {
    let headers = HeaderLines::of(bytes);
    let mut warnings = Vec::new();
    let (text, enclosed) = body::text_of(bytes, message, &mut warnings);
    let mut mail = ParsedMail {
        message_id: message.message_id().and_then(clean_id).or_else(|| headers.first("message-id").and_then(clean_id)),
        in_reply_to: ids(message.in_reply_to()).into_iter().next(),
        references: ids(message.references()),
        from: parties(message.from()).into_iter().next().unwrap_or_default(),
        reply_to: parties(message.reply_to()).into_iter().next(),
        to: all_parties(message.all_to()),
        cc: all_parties(message.all_cc()),
        subject: one_line(message.subject().unwrap_or_default()),
        date: date_of(message, &headers),
        text,
        attachments: body::attachments_of(bytes, message, enclosed, &mut warnings),
        ..ParsedMail::default()
    };
    mail.reply_to = mail.reply_to.filter(|p| !p.address.is_empty() && !p.address.eq_ignore_ascii_case(&mail.from.address));
    if mail.references.len() > MAX_REFERENCES {
        mail.references.drain(..mail.references.len() - MAX_REFERENCES);
    }
    mail.bounce = bounce::recognise(&headers, message, &mail);
    mail.automatic = Some(automatic::classify(&headers, message, &mail));
    warn(&headers, message, &mail, &mut warnings);
    mail.warnings = warnings;
    mail
}

/// What is worth a person's knowing about the form of the mail.
fn warn(headers: &HeaderLines, message: &Message<'_>, mail: &ParsedMail, warnings: &mut Vec<String>) {
    if mail.from.address.is_empty() {
        warnings.push("The sender is missing or cannot be read".to_owned());
    }
    if mail.message_id.is_none() {
        warnings.push("It has no Message-ID".to_owned());
    }
    if mail.date.is_none() {
        let why = if headers.first("date").is_some() { "cannot be read" } else { "is missing" };
        warnings.push(format!("The date {why}"));
    }
    for name in ["from", "subject", "date", "message-id"] {
        if headers.count(name) > 1 {
            warnings.push(format!("The header {name} occurs {} times; the first counts", headers.count(name)));
        }
    }
    if message.parts.iter().any(|part| part.is_encoding_problem) {
        warnings.push("A part is damaged: its encoding or its end is wrong".to_owned());
    }
    if mail.text.trim().is_empty() && mail.attachments.is_empty() {
        warnings.push("It has no text and no files".to_owned());
    }
}

/// A mail whose structure cannot be read: its header as far as it goes, and all of its bytes as text.
fn unreadable(bytes: &[u8]) -> ParsedMail {
    let head = catch_unwind(AssertUnwindSafe(|| MessageParser::default().parse_headers(bytes).map(|message| read(bytes, &message))));
    let (text, _) = charset::decode_guessing(bytes);
    let mut mail = head.ok().flatten().unwrap_or_default();
    mail.text = html::cut_at_char(&text, MAX_TEXT_BYTES).replace("\r\n", "\n").trim_end().to_owned();
    mail.attachments.clear();
    mail.automatic = mail.automatic.or(Some(Automatic::None));
    mail.warnings = vec!["Its form cannot be read; its bytes are shown as text".to_owned()];
    mail
}

/// The Date header; else the date of the last relay, which the own server wrote.
fn date_of(message: &Message<'_>, headers: &HeaderLines) -> Option<Moment> {
    let own = message.date().copied();
    let relayed = || {
        headers
            .first("received")
            .and_then(|line| line.rsplit_once(';'))
            .and_then(|(_, date)| mail_parser::DateTime::parse_rfc822(date.trim()))
    };
    let date = own.filter(mail_parser::DateTime::is_valid).or_else(relayed).filter(mail_parser::DateTime::is_valid)?;
    let moment = Moment(date.to_timestamp().saturating_mul(1_000));
    // Before 1980 and beyond 2200 it is a broken clock, not a date.
    (3_650 * DAY_MS..84_000 * DAY_MS).contains(&moment.ms()).then_some(moment)
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
