//! The wire form of an outgoing mail, made from [`Outgoing`] alone: two attempts give the same bytes.
//!
//! Nothing random and no clock: the Message-ID is the wire key, the date is the message's, the boundary is a hash. What the bot
//! or the console writes says so (RFC 3834), so that other machines do not answer it.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Attachment, Mailbox, MessageBuilder, MultiPart, MultiPartBuilder, MultiPartKind, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use mercator_domain::{inbound::Party, message::Author, outgoing::Outgoing};

use super::attachment::{safe_name, sha256_hex};
use crate::adapter::ChannelError;

/// Most Message-IDs written into References: the first, which names the thread, and the latest.
const MAX_REFERENCES: usize = 20;

/// A mail ready to be handed over.
#[derive(Clone, Debug)]
pub struct Composed {
    /// Who it is from and to on the wire.
    pub envelope: Envelope,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The mail that `outgoing` makes.
pub fn compose(outgoing: &Outgoing) -> Result<Composed, ChannelError> {
    if outgoing.to.is_empty() {
        return Err(ChannelError::Rejected("it has no receiver".to_owned()));
    }
    let seconds = u64::try_from(outgoing.at.ms() / 1_000).unwrap_or_default();
    let mut builder = Message::builder()
        .from(mailbox(&outgoing.from)?)
        .subject(single_line(&outgoing.subject))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(bracketed(&outgoing.wire_key)));
    for party in &outgoing.to {
        builder = builder.to(mailbox(party)?);
    }
    if let Some(id) = &outgoing.in_reply_to {
        builder = builder.in_reply_to(bracketed(id));
    }
    let references = references(outgoing);
    if !references.is_empty() {
        builder = builder.references(references);
    }
    let message = body(builder, outgoing);
    let mut message = message.map_err(|error| ChannelError::Rejected(format!("it cannot be written as a mail: {error}")))?;
    if matches!(outgoing.author, Author::Bot | Author::System) {
        message.headers_mut().insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-replied".to_owned()));
    }
    Ok(Composed { envelope: message.envelope().clone(), bytes: message.formatted() })
}

/// The text, with its HTML twin where there is one, and the files behind them.
fn body(builder: MessageBuilder, outgoing: &Outgoing) -> Result<Message, lettre::error::Error> {
    let text = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(crlf(&outgoing.text));
    let both = outgoing.html.as_ref().map(|html| {
        let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(crlf(html));
        boundary(outgoing, MultiPartKind::Alternative).singlepart(text.clone()).singlepart(html)
    });
    if outgoing.attachments.is_empty() {
        return match both {
            Some(both) => builder.multipart(both),
            None => builder.singlepart(text),
        };
    }
    let mixed = boundary(outgoing, MultiPartKind::Mixed);
    let first = match both {
        Some(both) => mixed.multipart(both),
        None => mixed.singlepart(text),
    };
    builder.multipart(outgoing.attachments.iter().enumerate().fold(first, |part, (number, file)| {
        let name = safe_name(&file.name, &file.media_type, number + 1);
        let kind = ContentType::parse(&file.media_type).unwrap_or_else(|_| octet_stream());
        part.singlepart(Attachment::new(name).body(file.content.clone(), kind))
    }))
}

/// A multipart with a boundary that depends on the message and the kind of part only.
fn boundary(outgoing: &Outgoing, kind: MultiPartKind) -> MultiPartBuilder {
    let letter = if matches!(kind, MultiPartKind::Mixed) { 'm' } else { 'a' };
    let hash = sha256_hex(outgoing.wire_key.as_bytes());
    MultiPart::builder().kind(kind).boundary(format!("mercator-{letter}-{}", hash.get(..24).unwrap_or_default()))
}

/// The type of a file whose own is not valid.
fn octet_stream() -> ContentType {
    ContentType::parse("application/octet-stream").unwrap_or(ContentType::TEXT_PLAIN)
}

/// A name and an address, as mail writes them.
fn mailbox(party: &Party) -> Result<Mailbox, ChannelError> {
    let address: Address =
        party.address.trim().parse().map_err(|_| ChannelError::Rejected("a receiver's or the sender's address is not valid".to_owned()))?;
    let name = single_line(&party.name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
}

/// The thread's Message-IDs, oldest first; a long thread keeps its first and its latest.
fn references(outgoing: &Outgoing) -> String {
    let mut ids: Vec<&str> = outgoing.references.iter().map(String::as_str).collect();
    if let Some(answered) = outgoing.in_reply_to.as_deref()
        && !ids.contains(&answered)
    {
        ids.push(answered);
    }
    let skipped = ids.len().saturating_sub(MAX_REFERENCES);
    let kept = ids.iter().enumerate().filter(|(at, _)| *at == 0 || *at > skipped);
    kept.map(|(_, id)| bracketed(id)).collect::<Vec<_>>().join(" ")
}

/// A Message-ID with its angle brackets and nothing that could end the header line.
fn bracketed(id: &str) -> String {
    let id: String = id.chars().filter(|c| !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>')).collect();
    format!("<{id}>")
}

/// Line ends and control characters as blanks: a header field is one line, whatever was put into it.
fn single_line(text: &str) -> String {
    text.split(|c: char| c.is_control()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Line ends as mail has them.
fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

/// A message of the bot, for the tests of all adapters.
#[cfg(test)]
pub(crate) fn sample(text: &str) -> Outgoing {
    Outgoing {
        id: 1.into(),
        inbox_id: 1.into(),
        conversation_id: 1.into(),
        message_id: 1.into(),
        wire_key: "m.1.abc@shop.example".to_owned(),
        author: Author::Bot,
        from: Party { name: "Laden, Grün".to_owned(), address: "shop@shop.example".to_owned() },
        to: vec![Party { name: "王芳".to_owned(), address: "fang@example.net".to_owned() }],
        subject: "Re: 订单 A-17".to_owned(),
        text: text.to_owned(),
        html: None,
        in_reply_to: Some("q1@example.net".to_owned()),
        references: vec!["q0@example.net".to_owned()],
        thread: None,
        attachments: Vec::new(),
        at: mercator_domain::moment::Moment(1_780_000_000_000),
        attempts: 0,
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::{message::Automatic, moment::Moment, outgoing::OutgoingAttachment};

    use super::*;

    #[test]
    fn html_goes_beside_the_text() {
        let outgoing = Outgoing { html: Some("<p><a href=\"mailto:a@b.test\">5</a></p>".to_owned()), ..sample("plain") };
        let bytes = String::from_utf8(compose(&outgoing).unwrap().bytes).unwrap();
        assert!(bytes.contains("multipart/alternative"), "{bytes}");
        assert!(bytes.contains("text/html") && bytes.contains("text/plain"), "{bytes}");
    }
    use crate::mail::parse_mail;

    #[test]
    fn what_is_written_is_what_is_read() {
        let texts =
            ["Hello\nworld", "您好，您的包裹已发出。", "Grüße\n.\n..dots", "こんにちは", "안녕하세요", "Здравствуйте", "สวัสดี", "مرحبا"];
        for text in texts {
            let mail = parse_mail(&compose(&sample(text)).unwrap().bytes);
            assert_eq!(mail.text, text);
            assert_eq!(mail.message_id.as_deref(), Some("m.1.abc@shop.example"));
            assert_eq!(mail.in_reply_to.as_deref(), Some("q1@example.net"));
            assert_eq!(mail.references, ["q0@example.net", "q1@example.net"]);
            assert_eq!((mail.subject.as_str(), mail.from.name.as_str()), ("Re: 订单 A-17", "Laden, Grün"));
            assert_eq!(mail.to, sample("").to);
            assert_eq!(mail.date, Some(Moment(1_780_000_000_000)));
            assert_eq!(mail.automatic(), Automatic::AutoReply, "the bot says that it is one");
            assert_eq!(mail.warnings, Vec::<String>::new());
        }
    }

    #[test]
    fn two_attempts_give_the_same_bytes() {
        let mut message = sample("See the label.");
        message.author = Author::Agent;
        message.attachments.push(OutgoingAttachment {
            name: "标签.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            content: vec![0, 1, 2, 255],
        });
        let first = compose(&message).unwrap().bytes;
        message.attempts = 3;
        assert_eq!(first, compose(&message).unwrap().bytes);
        let mail = parse_mail(&first);
        assert_eq!(mail.automatic(), Automatic::None, "a person wrote it");
        let file = mail.attachments.first().unwrap();
        assert_eq!((file.name.as_str(), file.content.as_deref()), ("标签.pdf", Some([0, 1, 2, 255].as_slice())));
    }

    #[test]
    fn a_page_goes_beside_the_text() {
        let mut message = sample("How were we? 5 4 3 2 1");
        message.html = Some("<p>How were we? <a href=\"mailto:a@b.example\">5</a></p>".to_owned());
        let plain = parse_mail(&compose(&message).unwrap().bytes);
        assert_eq!(plain.text, "How were we? 5 4 3 2 1");
        assert!(plain.attachments.is_empty(), "{:?}", plain.attachments);
        message.attachments.push(OutgoingAttachment {
            name: "a.txt".to_owned(),
            media_type: "text/plain".to_owned(),
            content: b"x".to_vec(),
        });
        let first = compose(&message).unwrap().bytes;
        assert_eq!(first, compose(&message).unwrap().bytes);
        let mail = parse_mail(&first);
        assert_eq!((mail.text.as_str(), mail.attachments.len()), ("How were we? 5 4 3 2 1", 1));
        assert!(String::from_utf8(first).unwrap().contains("text/html"));
    }

    #[test]
    fn a_header_cannot_be_smuggled_in() {
        let mut message = sample("x");
        message.subject = "Hi\r\nBcc: victim@example.org".to_owned();
        message.in_reply_to = Some("a\r\nBcc: victim@example.org".to_owned());
        let text = String::from_utf8(compose(&message).unwrap().bytes).unwrap();
        assert!(!text.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{text}");
    }

    #[test]
    fn what_cannot_be_sent_says_so() {
        let mut message = sample("x");
        message.to = vec![Party { name: String::new(), address: "not an address".to_owned() }];
        assert!(matches!(compose(&message), Err(ChannelError::Rejected(_))));
        message.to.clear();
        assert!(matches!(compose(&message), Err(ChannelError::Rejected(_))));
    }

    #[test]
    fn a_long_thread_keeps_its_first_and_latest() {
        let mut message = sample("x");
        message.references = (0..50).map(|n| format!("r{n}@x")).collect();
        let mail = parse_mail(&compose(&message).unwrap().bytes);
        assert_eq!(
            (mail.references.len(), mail.references.first().unwrap().as_str(), mail.references.last().unwrap().as_str()),
            (20, "r0@x", "q1@example.net")
        );
    }
}
