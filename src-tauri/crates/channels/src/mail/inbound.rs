//! A mail as read, in the shape in which every channel hands over what it brings.

use mercator_domain::{
    inbound::{ExternalKey, Inbound, InboundBody, InboundMessage, Party, ThreadHints},
    moment::Moment,
};

use super::parse::ParsedMail;

/// Where a mail was found.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The stream: a mail folder, `file`.
    pub stream: &'a str,
    /// True in the folder of sent mail.
    pub sent: bool,
    /// The address of our inbox, which shop systems put into From of contact forms.
    pub own_address: &'a str,
    /// When the server got it, when it is known: for mails whose own date is missing.
    pub received: Option<Moment>,
    /// The time of reading: no mail is dated later.
    pub now: Moment,
}

/// The event that a mail makes. `raw` is kept with it, so that nothing of a mail is ever lost.
pub fn to_inbound(mail: ParsedMail, raw: Vec<u8>, found: Found<'_>) -> Inbound {
    let key = ExternalKey { stream: found.stream.to_owned(), external_id: mail.external_id(), revision: 0 };
    let at = mail.date.or(found.received).unwrap_or(found.now).min(found.now);
    let hints = ThreadHints {
        message_id: mail.message_id.clone(),
        in_reply_to: mail.in_reply_to.clone(),
        references: mail.references.clone(),
        thread: None,
    };
    let bounce = mail.bounce.clone();
    let message = message_of(mail, found);
    let body = match bounce {
        _ if found.sent => InboundBody::Sent(message),
        Some(report) => InboundBody::Bounce {
            original: report.original,
            recipient: report.recipient,
            permanent: report.permanent,
            reason: report.reason,
            message,
        },
        None => InboundBody::Message(message),
    };
    Inbound { key, hints, at, body, raw: Some(raw) }
}

/// The message; what is new in its text is parted later, by the pipeline.
fn message_of(mail: ParsedMail, found: Found<'_>) -> InboundMessage {
    let automatic = mail.automatic;
    let from = writer(mail.from, mail.reply_to, found);
    InboundMessage {
        from,
        to: mail.to.into_iter().chain(mail.cc).collect(),
        subject: mail.subject,
        text: mail.text,
        attachments: mail.attachments,
        automatic,
        warnings: mail.warnings,
        ..InboundMessage::default()
    }
}

/// Who wrote it: a contact form sends from the shop's own or a no-reply address and names the customer in Reply-To.
fn writer(from: Party, reply_to: Option<Party>, found: Found<'_>) -> Party {
    let Some(reply_to) = reply_to.filter(|_| !found.sent) else { return from };
    let local = from.address.split('@').next().unwrap_or_default().to_lowercase().replace(['-', '_', '.'], "");
    let stands_in = from.address.eq_ignore_ascii_case(found.own_address)
        || local.contains("noreply")
        || local.contains("donotreply")
        || from.address.is_empty();
    if stands_in && !reply_to.address.eq_ignore_ascii_case(found.own_address) {
        let name = if reply_to.name.is_empty() { from.name } else { reply_to.name };
        return Party { name, address: reply_to.address };
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse_mail;

    fn found(sent: bool) -> Found<'static> {
        Found { stream: "INBOX", sent, own_address: "shop@example.org", received: Some(Moment(500)), now: Moment(1_700_000_000_000) }
    }

    fn inbound(raw: &str, sent: bool) -> Inbound {
        to_inbound(parse_mail(raw.as_bytes()), raw.as_bytes().to_vec(), found(sent))
    }

    #[test]
    fn a_mail_is_never_dated_later_than_it_was_read() {
        assert_eq!(inbound("From: a@b.c\r\nDate: Fri, 1 Jan 2038 00:00:00 +0000\r\n\r\nx", false).at, Moment(1_700_000_000_000));
        assert_eq!(inbound("From: a@b.c\r\n\r\nx", false).at, Moment(500));
    }

    #[test]
    fn a_contact_form_speaks_for_the_customer() {
        for from in ["shop@example.org", "No-Reply <no-reply@forms.example>"] {
            let event = inbound(&format!("From: {from}\r\nReply-To: Ana <ana@example.net>\r\n\r\nHello"), false);
            let InboundBody::Message(message) = event.body else { panic!() };
            assert_eq!(message.from.address, "ana@example.net");
        }
        let event = inbound("From: Ben <ben@example.net>\r\nReply-To: other@example.net\r\n\r\nHello", false);
        let InboundBody::Message(message) = event.body else { panic!() };
        assert_eq!(message.from.address, "ben@example.net");
    }

    #[test]
    fn sent_mail_and_bare_mail_keep_their_identity() {
        assert!(matches!(inbound("From: shop@example.org\r\nMessage-ID: <1@x>\r\n\r\nx", true).body, InboundBody::Sent(_)));
        let event = inbound("From: a@b.c\r\n\r\nx", false);
        assert!(event.key.external_id.starts_with("sha256:"));
        assert_eq!(inbound("From: a@b.c\r\n\r\nx", false).key, event.key);
    }
}
