//! Delivery reports: found by their form (RFC 3464) or, from the many servers that write their own, by sender and words.
//!
//! A report must never be answered (mail loop) and never be taken for a customer's words; an ordinary mail that only speaks of a
//! failed delivery, or forwards a report, must not be taken for one. So words alone never suffice: a machine must have sent it.

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use super::{
    body::media_type_of,
    bounce_words::{DAEMONS, PHRASES, REFUSED, ROBOTS, SUBJECTS, SUCCESS},
    header::{HeaderLines, clean_id},
    parse::{BounceReport, ParsedMail},
};
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
        permanent: !delayed && !is_complaint(message) && !headers.has("x-apple-unsubscribe"),
        reason: reason_of(&status, mail),
    })
}

/// Whether it is a delivery report at all.
fn is_report(headers: &HeaderLines, message: &Message<'_>, mail: &ParsedMail, status: Option<&Status>) -> bool {
    if let Some(status) = status {
        // A success notice (RFC 3461) is automatic too, but nothing has failed.
        return !matches!(status.action.as_deref(), Some("delivered" | "relayed" | "expanded"));
    }
    if is_complaint(message) || headers.has("x-failed-recipients") || headers.has("x-apple-unsubscribe") {
        return true;
    }
    let kind = report_type(message);
    if kind.as_deref() == Some("delivery-status") {
        return true;
    }
    if kind.is_some() {
        return false;
    }
    by_words(headers, message, mail)
}

/// Reports in the words of their server: from a machine, with the subject or the text of a report.
fn by_words(headers: &HeaderLines, message: &Message<'_>, mail: &ParsedMail) -> bool {
    let subject = mail.subject.to_lowercase();
    let text = cut_at_char(&mail.text, 20_000).to_lowercase();
    let sender = sender_of(headers, mail);
    if is_forwarded(&subject) && sender != Sender::Daemon {
        return false;
    }
    if is_notification(mail, &text) || (subject.starts_with("complaint about message from ") && !mail.attachments.is_empty()) {
        return true;
    }
    let says = |words: &[&str], text: &str| words.iter().any(|word| text.contains(word));
    let by_subject = says(SUBJECTS, &subject);
    let by_text = says(PHRASES, &text) || has_status_code(&text);
    match sender {
        // Mail systems write under this name of failures only, but for the notice that all went well (RFC 3461).
        Sender::Daemon => !says(SUCCESS, &subject) || subject.contains("unsuccessful"),
        Sender::Postmaster => by_subject || by_text,
        Sender::List => says(REFUSED, &subject) || (by_subject && says(REFUSED, &text)),
        // Couriers write "your parcel could not be delivered" from such senders as well, so it must speak of a mail.
        Sender::Robot => by_subject && speaks_of_mail(message, &text),
        Sender::Other => {
            let null_sender = headers.first("return-path").is_some_and(|p| p.replace(' ', "") == "<>");
            let machine = !matches!(headers.lower("auto-submitted").as_str(), "" | "no");
            (null_sender || machine) && by_subject && speaks_of_mail(message, &text)
        }
    }
}

/// Proof that it is a mail that failed, not a parcel: a status of mail, or the mail itself.
fn speaks_of_mail(message: &Message<'_>, text: &str) -> bool {
    let returned = message.parts.iter().any(|part| matches!(media_type_of(part).as_str(), "message/rfc822" | "text/rfc822-headers"));
    let heading = |line: &&str| RETURNED_HEADINGS.iter().any(|name| line.trim_start_matches(['>', ' ', '|']).starts_with(name));
    returned || has_status_code(text) || has_reply_code(text) || text.lines().filter(heading).count() >= 3
}

/// Fields of a mail that reports print.
const RETURNED_HEADINGS: &[&str] = &["received:", "from:", "to:", "subject:", "date:", "message-id:", "mime-version:", "return-path:"];

/// A refusal of SMTP: `550 ` and its like at the start of a line or after a colon, a bracket or a word of the report.
fn has_reply_code(text: &str) -> bool {
    text.lines().any(|line| {
        let words = || line.split(|c: char| c.is_whitespace() || matches!(c, ':' | '(' | '[' | '<' | '"' | '-')).filter(|w| !w.is_empty());
        let coded = |w: &str| matches!(w, "421" | "450" | "451" | "452" | "550" | "551" | "552" | "553" | "554" | "571");
        words().any(coded) && (line.contains('@') || words().take(6).any(coded)) && words().count() >= 3
    })
}

/// Reports of a cloud sender's event stream.
fn is_notification(mail: &ParsedMail, text: &str) -> bool {
    mail.from.address.to_lowercase().ends_with("@sns.amazonaws.com")
        && [
            "\"notificationtype\":\"bounce\"",
            "\"notificationtype\":\"complaint\"",
            "\"eventtype\":\"bounce\"",
            "\"eventtype\":\"complaint\"",
        ]
        .iter()
        .any(|mark| text.replace(' ', "").contains(mark))
}

/// A person passed it on.
fn is_forwarded(subject: &str) -> bool {
    ["fwd:", "fw:", "wg:", "tr:", "re:", "aw:", "rv:", "sv:", "vs:", "i:", "enc:", "转发", "回复", "轉寄", "回覆"]
        .iter()
        .any(|p| subject.trim_start().starts_with(p))
}

/// Who signs as the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sender {
    /// The mail system itself: `MAILER-DAEMON`, "Mail Delivery System", nobody.
    Daemon,
    /// The post office of a domain, which writes of other things as well.
    Postmaster,
    /// The server of a mailing list.
    List,
    /// A machine by its own saying.
    Robot,
    /// Anybody.
    Other,
}

/// Who the sender is by address and name.
fn sender_of(headers: &HeaderLines, mail: &ParsedMail) -> Sender {
    let from = headers.lower("from");
    let local = mail.from.address.split('@').next().unwrap_or_default().to_lowercase();
    let name = mail.from.name.to_lowercase();
    let daemon = |s: &str| DAEMONS.iter().any(|d| s.contains(d));
    if daemon(&local) || daemon(&name) || daemon(&from) || from.trim() == "<>" || headers.lower("return-path").contains("mailer-daemon") {
        return Sender::Daemon;
    }
    // A misspelt one is seen in real reports.
    if matches!(local.as_str(), "postmaster" | "poostmaster" | "system-administrator" | "mail-administrator" | "mailadmin" | "mailmaster")
        || matches!(name.as_str(), "postmaster" | "system administrator" | "mail administrator" | "administrator")
    {
        return Sender::Postmaster;
    }
    let list =
        ["-admin", "-owner", "-request", "-bounces", "-bounce"].iter().any(|end| local.ends_with(end)) || local.starts_with("owner-");
    let server =
        ["x-mlserver", "x-ml-name", "mailing-list", "x-listserver", "list-id", "x-mailman-version"].iter().any(|name| headers.has(name));
    let robot = |s: &str| ROBOTS.iter().any(|r| s.contains(r));
    match list && server {
        true => Sender::List,
        false if robot(&local) || robot(&name) => Sender::Robot,
        false => Sender::Other,
    }
}

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

#[cfg(test)]
#[path = "bounce_tests.rs"]
mod tests;
