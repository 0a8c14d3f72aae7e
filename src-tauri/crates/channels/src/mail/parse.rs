//! Bytes of a mail (RFC 5322, MIME) as values: who, what, when, which files, and whether a machine wrote it.
//!
//! Reading never fails and never drops: what is malformed becomes a warning and what could be read of it stays. Parting the new
//! text from quotes and signature is the pipeline's, threads are the app's. Neighbours: `bounce`, `automatic`, `attachment`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{Address, Encoding, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use mercator_domain::{
    inbound::{InboundAttachment, Party},
    message::Automatic,
    moment::{DAY_MS, Moment},
};
use serde_json::json;

use super::{attachment, automatic, bounce, charset};
use crate::html;

/// Longest text kept of one mail; longer ones are logs or attacks, and their bytes stay in the raw copy.
const MAX_TEXT_BYTES: usize = 1_000_000;

/// Most files listed of one mail: real ones have fewer than 100, and each costs a row.
const MAX_ATTACHMENTS: usize = 500;

/// Most addresses kept of one header; a mail to thousands is bulk whatever else it says.
const MAX_PARTIES: usize = 200;

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
    let body = without_foreign_start(bytes);
    // The parser is foreign code over hostile input: a panic in it must cost this mail its structure only, not the inbox.
    let parsed = if HeaderLines::of(body).0.is_empty() {
        None
    } else {
        catch_unwind(AssertUnwindSafe(|| MessageParser::default().parse(body).map(|message| read(body, &message)))).unwrap_or_default()
    };
    let mut mail = parsed.unwrap_or_else(|| unreadable(body));
    if body.len() != bytes.len() {
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
    let text = text_of(bytes, message, &mut warnings);
    let mut mail = ParsedMail {
        message_id: message.message_id().and_then(clean_id).or_else(|| headers.first("message-id").and_then(clean_id)),
        in_reply_to: ids(message.in_reply_to()).into_iter().next(),
        references: ids(message.references()),
        from: parties(message.from()).into_iter().next().unwrap_or_default(),
        reply_to: parties(message.reply_to()).into_iter().next(),
        to: all_parties(message.all_to()),
        cc: all_parties(message.all_cc()),
        subject: subject_of(bytes, message),
        date: date_of(message, &headers),
        text,
        attachments: attachments_of(bytes, message, &mut warnings),
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

/// What exports put before the header: the `From ` line of an mbox file, a byte order mark, empty lines.
fn without_foreign_start(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or_default();
    let bytes = bytes.get(start..).unwrap_or(bytes);
    if !bytes.starts_with(b"From ") {
        return bytes;
    }
    bytes.iter().position(|b| *b == b'\n').and_then(|at| bytes.get(at + 1..)).unwrap_or(bytes)
}

/// The text parts that a mail program shows one after the other; the HTML part where there is no text.
fn text_of(bytes: &[u8], message: &Message<'_>, warnings: &mut Vec<String>) -> String {
    let shown = |ids: &[u32], warnings: &mut Vec<String>| -> Vec<String> {
        ids.iter()
            .filter_map(|id| message.parts.get(*id as usize))
            .filter_map(|part| match &part.body {
                PartType::Html(page) => Some(html::html_to_text(&repaired(bytes, part, page, warnings))),
                PartType::Text(text) => Some(repaired(bytes, part, text, warnings)),
                _ => None,
            })
            .map(|text| text.replace("\r\n", "\n").replace('\0', "\u{fffd}"))
            .filter(|text| !text.trim().is_empty())
            .collect()
    };
    let mut texts = shown(&message.text_body, warnings);
    if texts.is_empty() {
        texts = shown(&message.html_body, warnings);
    }
    let text = texts.join("\n\n");
    if text.len() > MAX_TEXT_BYTES {
        warnings.push("The text is very long; only its start is shown".to_owned());
    }
    html::cut_at_char(&text, MAX_TEXT_BYTES).trim_end().to_owned()
}

/// The text of a part; where its declared character set does not fit its bytes, the one that does.
fn repaired(bytes: &[u8], part: &MessagePart<'_>, text: &str, warnings: &mut Vec<String>) -> String {
    if !text.contains('\u{fffd}') {
        return text.to_owned();
    }
    let Some(raw) = transfer_decoded(bytes, part) else { return text.to_owned() };
    let (guessed, name) = charset::decode_guessing(&raw);
    if guessed.matches('\u{fffd}').count() >= text.matches('\u{fffd}').count() {
        warnings.push("Some characters cannot be read in the declared character set".to_owned());
        return text.to_owned();
    }
    warnings.push(format!("The character set is missing or wrong; read as {name}"));
    guessed
}

/// The bytes of a part after its transfer encoding, before its character set.
fn transfer_decoded(bytes: &[u8], part: &MessagePart<'_>) -> Option<Vec<u8>> {
    let raw = bytes.get(part.offset_body as usize..part.offset_end as usize)?;
    match part.encoding {
        Encoding::None => Some(raw.to_vec()),
        Encoding::Base64 => mail_parser::decoders::base64::base64_decode(raw),
        Encoding::QuotedPrintable => mail_parser::decoders::quoted_printable::quoted_printable_decode(raw),
    }
}

/// Files: everything that is not shown as text.
fn attachments_of(bytes: &[u8], message: &Message<'_>, warnings: &mut Vec<String>) -> Vec<InboundAttachment> {
    let mut files = Vec::new();
    for id in &message.attachments {
        let Some(part) = message.parts.get(*id as usize) else { continue };
        let shown = matches!(part.body, PartType::Text(_) | PartType::Html(_)) && message.text_body.contains(id);
        if shown && !is_named(part) {
            continue;
        }
        if files.len() == MAX_ATTACHMENTS {
            warnings.push(format!("It has more than {MAX_ATTACHMENTS} files; the rest is not listed"));
            break;
        }
        let media_type = media_type_of(part);
        let original = matches!(part.body, PartType::Text(_) | PartType::Html(_)).then(|| transfer_decoded(bytes, part)).flatten();
        let content = original.as_deref().unwrap_or_else(|| part.contents());
        let file = attachment::attachment(part.attachment_name(), &media_type, content, files.len() + 1);
        if file.content.is_none() {
            warnings.push(format!("The file {} is over {} MB and is not kept", file.name, attachment::MAX_KEPT_BYTES / 1_048_576));
        }
        files.push(file);
    }
    files
}

/// True for a part that its sender gave a file name.
fn is_named(part: &MessagePart<'_>) -> bool {
    part.attachment_name().is_some_and(|name| !name.is_empty())
}

/// The declared type, in lower case.
pub(super) fn media_type_of(part: &MessagePart<'_>) -> String {
    let default = if part.is_message() { "message/rfc822" } else { "application/octet-stream" };
    part.content_type().map_or_else(
        || default.to_owned(),
        |t| t.subtype().map_or_else(|| t.ctype().to_lowercase(), |s| format!("{}/{s}", t.ctype()).to_lowercase()),
    )
}

/// The subject on one line; raw bytes in an undeclared character set are guessed.
fn subject_of(bytes: &[u8], message: &Message<'_>) -> String {
    let subject = message.subject().unwrap_or_default();
    if subject.contains('\u{fffd}') {
        let raw = message.headers().iter().find(|h| h.name() == "Subject");
        let raw = raw.and_then(|h| bytes.get(h.offset_start as usize..h.offset_end as usize)).unwrap_or_default();
        if !raw.is_ascii() {
            return one_line(&charset::decode_guessing(raw).0);
        }
    }
    one_line(subject)
}

/// Line ends and control characters as single blanks: what a header field is shown as.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c == ' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
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

/// Message-IDs of a header, without brackets, each once.
fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let raw: Vec<&str> = match value {
        HeaderValue::Text(id) => vec![id.as_ref()],
        HeaderValue::TextList(ids) => ids.iter().map(AsRef::as_ref).collect(),
        _ => Vec::new(),
    };
    let mut seen = std::collections::BTreeSet::new();
    raw.into_iter().filter_map(clean_id).filter(|id| seen.insert(id.clone())).collect()
}

/// A Message-ID without brackets and blanks; `None` when nothing is left. Over 998 characters it is no header field any more.
pub(super) fn clean_id(raw: &str) -> Option<String> {
    let id = raw.trim();
    let id = id.split_once('<').map_or(id, |(_, rest)| rest.split('>').next().unwrap_or(rest));
    let id: String = id.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>')).collect();
    (!id.is_empty() && id.len() <= 998).then_some(id)
}

/// The people of all headers of one name.
fn all_parties<'a, 'x: 'a>(lists: impl Iterator<Item = &'a Address<'x>>) -> Vec<Party> {
    lists.flat_map(|list| parties(Some(list))).take(MAX_PARTIES).collect()
}

/// The people of one header.
fn parties(list: Option<&Address<'_>>) -> Vec<Party> {
    let Some(list) = list else { return Vec::new() };
    list.iter()
        .take(MAX_PARTIES)
        .map(|a| Party {
            name: one_line(a.name().unwrap_or_default()),
            address: a.address().unwrap_or_default().chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect(),
        })
        .filter(|p| !p.address.is_empty() || !p.name.is_empty())
        .collect()
}

/// The header fields of a mail as they stand, unfolded, names in lower case: for fields that are words to compare, not to show.
pub(super) struct HeaderLines(Vec<(String, String)>);

impl HeaderLines {
    /// The fields before the first empty line.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        // A header of over 256 kB is an attack; what follows is not a field that decides anything.
        let head = bytes.get(..bytes.len().min(262_144)).unwrap_or(bytes);
        for line in head.split(|b| *b == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                break;
            }
            let text = String::from_utf8_lossy(line);
            if text.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(text.trim());
                }
            } else if let Some((name, value)) = text.split_once(':') {
                fields.push((name.trim().to_lowercase(), value.trim().to_owned()));
            }
        }
        Self(fields)
    }

    /// The first field of this name.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The first field of this name in lower case; empty when there is none.
    pub(super) fn lower(&self, name: &str) -> String {
        self.first(name).unwrap_or_default().to_lowercase()
    }

    /// True when there is a field of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// How often a field occurs.
    pub(super) fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|(n, _)| n == name).count()
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
