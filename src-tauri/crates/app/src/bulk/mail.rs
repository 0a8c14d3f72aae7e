//! A mail of the past, parsed and parted: the same parser and the same cleaning that a mail of today goes through.

use mercator_channels::mail::{Found, parse_mail, to_inbound};
use mercator_domain::{
    inbound::{ExternalKey, Inbound, InboundAttachment, InboundBody, InboundMessage, Party},
    inbox::Inbox,
    message::Automatic,
    moment::Moment,
};
use mercator_store::messages::NewAttachment;

use super::source::{Place, RawMail};

/// On which side a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Somebody wrote to us.
    Theirs,
    /// We wrote.
    Ours,
}

/// One mail, ready to be placed and stored.
#[derive(Debug)]
pub(crate) struct Mail {
    pub place: Place,
    pub key: ExternalKey,
    /// Its Message-ID, or the hash of its bytes.
    pub reference: String,
    /// Earlier mails of its thread, oldest first; the failed mail of a delivery report.
    pub chain: Vec<String>,
    pub at: Moment,
    pub side: Side,
    pub from: Party,
    pub to: Vec<Party>,
    pub subject: String,
    pub text: String,
    pub quoted: String,
    pub automatic: Automatic,
    pub warnings: Vec<String>,
    pub attachments: Vec<NewAttachment>,
    /// Kept where the parser was not sure.
    pub raw: Option<Vec<u8>>,
}

/// Parses and parts one mail. Never fails: what is malformed has warnings.
pub(crate) fn parse(raw: RawMail, inbox: &Inbox, stream: &str, now: Moment) -> Mail {
    let found = Found { stream, sent: raw.sent, own_address: &inbox.address, received: raw.received, now };
    let Inbound { key, hints, at, body, raw: bytes } = to_inbound(parse_mail(&raw.bytes), raw.bytes, found);
    let (message, sent, failed) = match body {
        InboundBody::Message(message) => (message, false, None),
        InboundBody::Sent(message) => (message, true, None),
        InboundBody::Bounce { original, message, .. } => (message, false, original),
    };
    let InboundMessage { from, to, subject, text, attachments, automatic, warnings, .. } = message;
    let ours = sent || (!inbox.address.is_empty() && from.address.eq_ignore_ascii_case(&inbox.address));
    let parted = mercator_pipeline::clean::part_whole(&text);
    Mail {
        place: raw.place,
        reference: hints.message_id.unwrap_or_else(|| key.external_id.clone()),
        key,
        chain: hints.references.into_iter().chain(hints.in_reply_to).chain(failed).collect(),
        at,
        side: if ours { Side::Ours } else { Side::Theirs },
        from,
        to,
        subject,
        quoted: [parted.signature, parted.quoted].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n"),
        text: parted.visible,
        automatic: automatic.unwrap_or(Automatic::None),
        raw: if warnings.is_empty() { None } else { bytes },
        warnings,
        attachments: attachments.into_iter().map(attachment).collect(),
    }
}

fn attachment(file: InboundAttachment) -> NewAttachment {
    NewAttachment {
        bytes: i64::try_from(file.bytes).unwrap_or(i64::MAX),
        name: file.name,
        media_type: file.media_type,
        sha256: file.sha256,
        content: file.content,
    }
}
