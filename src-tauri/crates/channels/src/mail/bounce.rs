//! Delivery reports: found by their form (RFC 3464) or, from the many servers that write their own, by sender and words.
//!
//! A report must never be answered (mail loop) and never be taken for a customer's words; an ordinary mail that only speaks of a
//! failed delivery, or forwards a report, must not be taken for one. So words alone never suffice: a machine must have sent it.

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use super::parse::{BounceReport, HeaderLines, ParsedMail, clean_id, media_type_of};
use crate::html::cut_at_char;

/// Longest reason kept: it is shown on one line of the thread.
const MAX_REASON_BYTES: usize = 300;

/// The report, if the mail is one.
pub fn recognise(headers: &HeaderLines, message: &Message<'_>, mail: &ParsedMail) -> Option<BounceReport> {
    let status = status_of(message);
    if !is_report(headers, message, mail, status.as_ref()) {
        return None;
    }
    let status = status.unwrap_or_default();
    let text = mail.text.to_lowercase();
    let delayed =
        status.action.as_deref() == Some("delayed") || (status.action.is_none() && speaks_of_delay(&mail.subject.to_lowercase(), &text));
    Some(BounceReport {
        original: original_of(headers, message, mail),
        recipient: status.recipient.clone().or_else(|| recipient_of(headers, mail)),
        permanent: !delayed && !is_complaint(message),
        reason: reason_of(&status, mail),
    })
}

/// Whether it is a delivery report at all.
fn is_report(headers: &HeaderLines, message: &Message<'_>, mail: &ParsedMail, status: Option<&Status>) -> bool {
    if let Some(status) = status {
        // A success notice (RFC 3461) is automatic too, but nothing has failed.
        return !matches!(status.action.as_deref(), Some("delivered" | "relayed" | "expanded"));
    }
    if is_complaint(message) || headers.has("x-failed-recipients") {
        return true;
    }
    let kind = report_type(message);
    if kind.as_deref() == Some("delivery-status") {
        return true;
    }
    if kind.is_some() {
        return false;
    }
    by_words(headers, mail)
}

/// Reports in the words of their server: from a machine, with the subject or the text of a report.
fn by_words(headers: &HeaderLines, mail: &ParsedMail) -> bool {
    let subject = mail.subject.to_lowercase();
    let text = cut_at_char(&mail.text, 20_000).to_lowercase();
    if is_forwarded(&subject) && !is_daemon(headers, mail) {
        return false;
    }
    let by_subject = SUBJECTS.iter().any(|s| subject.contains(s));
    let by_text = PHRASES.iter().any(|p| text.contains(p)) || has_status_code(&text);
    let null_sender = headers.first("return-path").is_some_and(|p| p.replace(' ', "") == "<>");
    let machine = !matches!(headers.lower("auto-submitted").as_str(), "" | "no");
    if is_notification(mail, &text) || (subject.starts_with("complaint about message from ") && !mail.attachments.is_empty()) {
        return true;
    }
    if is_daemon(headers, mail) { by_subject || by_text } else { (null_sender || machine) && by_subject && by_text }
}

/// Reports of a cloud sender's event stream.
fn is_notification(mail: &ParsedMail, text: &str) -> bool {
    mail.from.address.to_lowercase().ends_with("@sns.amazonaws.com")
        && ["\"notificationtype\":\"bounce\"", "\"notificationtype\":\"complaint\"", "\"eventtype\":\"bounce\""]
            .iter()
            .any(|mark| text.replace(' ', "").contains(mark))
}

/// A person passed it on.
fn is_forwarded(subject: &str) -> bool {
    ["fwd:", "fw:", "wg:", "tr:", "re:", "aw:", "转发", "回复"].iter().any(|p| subject.trim_start().starts_with(p))
}

/// The sender names of mail systems.
fn is_daemon(headers: &HeaderLines, mail: &ParsedMail) -> bool {
    let from = headers.lower("from");
    let local = mail.from.address.split('@').next().unwrap_or_default().to_lowercase();
    let name = mail.from.name.to_lowercase();
    let known = |s: &str| {
        [
            "mailer-daemon",
            "mailerdaemon",
            "mailer daemon",
            "mail delivery sub",
            "mail delivery sys",
            "mail deliver sys",
            "mail delivery service",
            "mailsystem",
        ]
        .iter()
        .any(|d| s.contains(d))
    };
    matches!(
        local.as_str(),
        "postmaster" | "mailer-daemon" | "mailerdaemon" | "mail-daemon" | "maildaemon" | "system-administrator" | "mdaemon"
    ) || known(&local)
        || known(&name)
        || known(&from)
        || from.trim() == "<>"
        || headers.lower("return-path").contains("mailer-daemon")
}

/// Subjects that mail systems write, in lower case.
const SUBJECTS: &[&str] = &[
    "delivery status notification",
    "undelivered mail",
    "undeliverable",
    "mail delivery failed",
    "mail delivery failure",
    "delivery failure",
    "delivery has failed",
    "delivery failed",
    "failure notice",
    "returned mail",
    "mail system error",
    "mail could not be delivered",
    "could not be delivered",
    "delivery problem",
    "delayed mail",
    "warning: message",
    "could not send",
    "could not send mail",
    "mail failure",
    "error sending your mail",
    "undelivered",
    "not delivered",
    "delivery notification",
    "delivery status",
    "message status",
    "mail failed",
    "returning message to sender",
    "non remis",
    "échec de la remise",
    "echec de la remise",
    "nicht zugestellt",
    "unzustellbar",
    "zustellung",
    "fehlgeschlagen",
    "no se pudo entregar",
    "no entregado",
    "devuelto",
    "não entregue",
    "falha na entrega",
    "mancata consegna",
    "non recapitabile",
    "недоставлен",
    "не доставлен",
    "недоставленное",
    "退信",
    "无法投递",
    "系统退信",
    "退件",
    "配信不能",
    "配信できません",
    "送信できません",
    "配信エラー",
    "반송",
    "전송 실패",
    "niet bezorgd",
    "onbestelbaar",
    "niedostarczon",
    "teslim edilemedi",
    "delivery report",
    "email delivery failure",
    "mail undeliverable",
    "message could not be",
    "rejected",
    "are not member",
];

/// Sentences that mail systems write, in lower case.
const PHRASES: &[&str] = &[
    "permanent fatal errors",
    "permanent error",
    "could not be delivered",
    "unable to deliver",
    "wasn't able to deliver",
    "was not delivered",
    "delivery to the following recipient",
    "delivery to the following recipients failed",
    "did not reach the following recipient",
    "undeliverable to",
    "user unknown",
    "unknown user",
    "no such user",
    "mailbox unavailable",
    "mailbox full",
    "mailbox is full",
    "over quota",
    "quota exceeded",
    "recipient address rejected",
    "recipient rejected",
    "address rejected",
    "host unknown",
    "domain not found",
    "does not exist",
    "couldn't be delivered",
    "could not deliver",
    "cannot be delivered",
    "message you sent",
    "transcript of session follows",
    "this is a permanent error",
    "message will be retried",
    "will keep trying",
    "still being retried",
    "not accepted",
    "returned to sender",
    "rejected your message",
    "delivery attempt",
    "relaying denied",
    "access denied",
    "has been delayed",
    "delivery of this message",
    "konnte nicht zugestellt",
    "n'a pas pu être",
    "no se ha podido",
    "无法投递",
    "配信できません",
    "宛先",
    "не было доставлено",
    "не доставлено",
    "not listed in",
    "failed recipient",
    "unrouteable address",
    "connection refused",
    "timed out",
    "error sending",
    "undelivered",
];

/// An SMTP status with an enhanced code, as in `550 5.1.1` or `#5.7.1`.
fn has_status_code(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).any(|word| {
        let mut parts = word.trim_matches('.').split('.');
        matches!(parts.next(), Some("4" | "5"))
            && parts.next().is_some_and(|p| p.len() == 1 && p.bytes().all(|b| b.is_ascii_digit()))
            && parts.next().is_some_and(|p| !p.is_empty() && p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit()))
            && parts.next().is_none()
    })
}

/// Whether a report in words is about a delay only.
fn speaks_of_delay(subject: &str, text: &str) -> bool {
    ["delay", "warning", "still being retried"].iter().any(|w| subject.contains(w))
        || ["will be retried", "will keep trying", "do not need to resend", "still being retried", "this is a warning message only"]
            .iter()
            .any(|w| text.contains(w))
}

/// What `message/delivery-status` says of the first failed recipient.
#[derive(Clone, Debug, Default)]
struct Status {
    recipient: Option<String>,
    action: Option<String>,
    code: Option<String>,
    diagnostic: Option<String>,
}

/// The status part of the mail itself (not of one that it carries).
fn status_of(message: &Message<'_>) -> Option<Status> {
    let part =
        message.parts.iter().find(|p| matches!(media_type_of(p).as_str(), "message/delivery-status" | "message/global-delivery-status"))?;
    let text = part_text(part);
    let groups: Vec<Status> =
        text.replace("\r\n", "\n").split("\n\n").map(status_group).filter(|s| s.recipient.is_some() || s.action.is_some()).collect();
    let failed = groups.iter().find(|s| s.action.as_deref() == Some("failed")).or_else(|| groups.first());
    Some(failed.cloned().unwrap_or_default())
}

/// One group of fields.
fn status_group(group: &str) -> Status {
    let headers = HeaderLines::of(group.trim_start().as_bytes());
    let typed =
        |name: &str| headers.first(name).map(|v| v.split_once(';').map_or(v, |(_, rest)| rest).trim().trim_matches(['<', '>']).to_owned());
    Status {
        recipient: typed("final-recipient").or_else(|| typed("original-recipient")).filter(|r| r.contains('@')),
        action: headers.first("action").map(|a| a.split_whitespace().next().unwrap_or_default().to_lowercase()),
        code: headers.first("status").map(|s| s.split_whitespace().next().unwrap_or_default().to_owned()),
        diagnostic: typed("diagnostic-code"),
    }
}

/// Text of a part that the parser keeps as text, bytes or a nested message.
fn part_text(part: &MessagePart<'_>) -> String {
    String::from_utf8_lossy(part.contents()).into_owned()
}

/// The `report-type` of a `multipart/report`.
fn report_type(message: &Message<'_>) -> Option<String> {
    let kind = message.content_type()?;
    if !kind.subtype().is_some_and(|s| s.eq_ignore_ascii_case("report")) {
        return None;
    }
    Some(kind.attribute("report-type").unwrap_or("delivery-status").to_lowercase())
}

/// A complaint by way of a feedback loop (RFC 5965): no failure, but as little to be answered.
fn is_complaint(message: &Message<'_>) -> bool {
    report_type(message).as_deref() == Some("feedback-report")
        || message.parts.iter().any(|p| media_type_of(p) == "message/feedback-report")
}

/// The Message-ID of what was sent: from the returned mail or its header, else from the report's own threading fields.
fn original_of(headers: &HeaderLines, message: &Message<'_>, mail: &ParsedMail) -> Option<String> {
    let returned = message.parts.iter().find_map(|part| match &part.body {
        PartType::Message(inner) => inner.message_id().and_then(clean_id),
        _ if media_type_of(part) == "text/rfc822-headers" => {
            HeaderLines::of(part_text(part).trim_start().as_bytes()).first("message-id").and_then(clean_id)
        }
        _ => None,
    });
    let in_text = || {
        mail.text.lines().find_map(|line| {
            let line = line.trim_start_matches(['>', ' ', '|']);
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("message-id").then(|| clean_id(value)).flatten().filter(|id| id.contains('@'))
        })
    };
    returned.or_else(in_text).or_else(|| headers.first("in-reply-to").and_then(clean_id)).or_else(|| mail.references.last().cloned())
}

/// The failed address from the usual places of reports in words.
fn recipient_of(headers: &HeaderLines, mail: &ParsedMail) -> Option<String> {
    if let Some(list) = headers.first("x-failed-recipients") {
        return list.split(',').next().map(|a| a.trim().to_owned()).filter(|a| !a.is_empty());
    }
    let own: Vec<String> = mail.to.iter().chain([&mail.from]).map(|p| p.address.to_lowercase()).collect();
    mail.text
        .split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | '"' | '\'' | '[' | ']'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .find(|word| looks_like_address(word) && !own.contains(&word.to_lowercase()))
        .map(str::to_owned)
}

/// A rough check, enough to pick a word out of a report.
fn looks_like_address(word: &str) -> bool {
    word.split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.') && !domain.contains('@') && domain.len() > 3)
}

/// The server's own words: the diagnostic code, else the line with a status code, else the start of the text.
fn reason_of(status: &Status, mail: &ParsedMail) -> String {
    let line = || mail.text.lines().find(|line| has_status_code(line)).or_else(|| mail.text.lines().find(|line| !line.trim().is_empty()));
    let words = status.diagnostic.clone().filter(|d| !d.is_empty()).or_else(|| line().map(str::to_owned));
    let reason = words.or_else(|| status.code.clone()).unwrap_or_else(|| mail.subject.clone());
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    cut_at_char(&reason, MAX_REASON_BYTES).to_owned()
}
