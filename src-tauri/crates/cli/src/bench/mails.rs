//! Mails made for a measurement: threads of buyers and the shop in several languages, with the headers, sizes, HTML parts, quotes and
//! files that real ones have. The same numbers give the same mails.

use base64::{Engine, prelude::BASE64_STANDARD};
use mercator_domain::moment::{DAY_MS, Moment};

use super::{
    phrases::{self, Phrases},
    random::Random,
};

/// The shop's address.
pub const SHOP: &str = "service@lamps.example";

/// Conversations that are under way at the same time: threads interleave, as in a real mailbox.
const OPEN_THREADS: usize = 200;

/// Two years of mail, whatever their number, to a fixed day: the end is 2026-10-31.
const END: Moment = Moment(1_793_404_800_000);
const SPAN_MS: i64 = 730 * DAY_MS;

/// A mail and where it belongs.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its bytes.
    pub raw: Vec<u8>,
    /// True when the shop wrote it.
    pub sent: bool,
}

/// An endless mailbox.
pub struct Mails {
    random: Random,
    threads: Vec<Thread>,
    made: usize,
    expected: usize,
    started: usize,
    /// Files come with every tenth mail; a database for other measurements is made without, to be quicker.
    with_files: bool,
}

struct Thread {
    phrases: &'static Phrases,
    number: usize,
    buyer: String,
    name: String,
    order: String,
    subject: String,
    ids: Vec<String>,
    last_text: String,
    left: usize,
}

impl Mails {
    /// A mailbox that is to have about so many mails.
    pub fn new(expected: usize, with_files: bool) -> Self {
        Self { random: Random::new(20_261_101), threads: vec![], made: 0, expected: expected.max(1), started: 0, with_files }
    }

    fn start_thread(&mut self) -> Thread {
        self.started += 1;
        let random = &mut self.random;
        let phrases = phrases::of(random.below(1_000));
        // Buyers come back: there is one for about four mails.
        let who = random.below(self.expected / 4 + 1);
        let mut name = String::new();
        phrases::push_word(who % 900 + 60, &mut name);
        let order = (10_000 + self.started).to_string();
        Thread {
            phrases,
            number: self.started,
            buyer: format!("{name}.{who}@mail{}.example", who % 37),
            subject: random.of(phrases.subjects).replace("{}", &order),
            left: 1 + random.rank(7),
            name,
            order,
            ids: vec![],
            last_text: String::new(),
        }
    }

    fn at(&self) -> Moment {
        let step = SPAN_MS / i64::try_from(self.expected).unwrap_or(i64::MAX).max(1);
        END.plus_ms(-SPAN_MS + step * i64::try_from(self.made).unwrap_or(0).min(i64::try_from(self.expected).unwrap_or(0)))
    }
}

impl Iterator for Mails {
    type Item = Made;

    fn next(&mut self) -> Option<Made> {
        while self.threads.len() < OPEN_THREADS {
            let thread = self.start_thread();
            self.threads.push(thread);
        }
        let at = self.at();
        let picked = self.random.below(self.threads.len());
        let thread = self.threads.get_mut(picked)?;
        let made = thread.next_mail(&mut self.random, at, self.with_files);
        self.made += 1;
        if thread.left == 0 {
            self.threads.swap_remove(picked);
        }
        Some(made)
    }
}

impl Thread {
    fn next_mail(&mut self, random: &mut Random, at: Moment, with_files: bool) -> Made {
        self.left = self.left.saturating_sub(1);
        let sent = !self.ids.is_empty() && self.ids.len() % 2 == 1;
        let mut text = if sent { self.phrases.answer(random, &self.order) } else { self.phrases.message(random, &self.order) };
        let alone = text.clone();
        if !self.ids.is_empty() && random.percent(80) {
            text.push_str(&format!("\n\n{}\n", self.phrases.wrote));
            text.extend(self.last_text.lines().map(|line| format!("> {line}\n")));
        }
        let id = format!("{}.{}.{:x}@{}", self.number, self.ids.len(), random.next(), if sent { "lamps.example" } else { "mail.example" });
        let mut raw = self.headers(random, at, sent, &id);
        body(random, &text, with_files, &mut raw);
        self.ids.push(id);
        self.last_text = alone;
        Made { raw: raw.into_bytes(), sent }
    }

    fn headers(&self, random: &mut Random, at: Moment, sent: bool, id: &str) -> String {
        let date = at.timestamp().strftime("%a, %d %b %Y %H:%M:%S +0000");
        let (from, to) = (format!("{} <{}>", self.name, self.buyer), format!("Lamps <{SHOP}>"));
        let (from, to) = if sent { (to, from) } else { (from, to) };
        let subject = if self.ids.is_empty() { self.subject.clone() } else { format!("Re: {}", self.subject) };
        let mut raw = String::with_capacity(4_096);
        if !sent {
            for hop in 1..=3 {
                raw.push_str(&format!(
                    "Received: from relay{hop}.example (relay{hop}.example [192.0.2.{}])\r\n\tby mx{hop}.lamps.example with ESMTPS id {:x}\r\n\tfor <{SHOP}>; {date}\r\n",
                    random.below(255),
                    random.next()
                ));
            }
            raw.push_str("Authentication-Results: mx.lamps.example; spf=pass; dkim=pass; dmarc=pass\r\n");
            raw.push_str(&format!(
                "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=mail.example; s=a1;\r\n\th=from:to:subject:date:message-id;\r\n\tb={}\r\n",
                noise(random, 258)
            ));
        }
        raw.push_str(&format!("From: {from}\r\nTo: {to}\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: <{id}>\r\n", encoded_word(&subject)));
        if let Some(last) = self.ids.last() {
            raw.push_str(&format!(
                "In-Reply-To: <{last}>\r\nReferences: {}\r\n",
                self.ids.iter().map(|id| format!("<{id}>")).collect::<Vec<_>>().join("\r\n ")
            ));
        }
        raw.push_str("MIME-Version: 1.0\r\nX-Mailer: Post 16.2\r\n");
        raw
    }
}

/// Half of all mails are plain text, most others have an HTML part as well, every tenth has a file.
fn body(random: &mut Random, text: &str, with_files: bool, raw: &mut String) {
    let kind = random.below(100);
    if with_files && kind < 10 {
        let mark = format!("=_m{:x}", random.next());
        raw.push_str(&format!("Content-Type: multipart/mixed; boundary=\"{mark}\"\r\n\r\n--{mark}\r\n"));
        text_part(text, "plain", raw);
        let bytes = 4_000 + random.below(30_000);
        let content = wrapped(&noise(random, bytes));
        raw.push_str(&format!(
            "--{mark}\r\nContent-Type: image/jpeg; name=\"photo.jpg\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"photo.jpg\"\r\n\r\n{content}--{mark}--\r\n"
        ));
    } else if kind < 50 {
        let mark = format!("=_a{:x}", random.next());
        raw.push_str(&format!("Content-Type: multipart/alternative; boundary=\"{mark}\"\r\n\r\n--{mark}\r\n"));
        text_part(text, "plain", raw);
        raw.push_str(&format!("--{mark}\r\n"));
        text_part(&html(text), "html", raw);
        raw.push_str(&format!("--{mark}--\r\n"));
    } else {
        text_part(text, "plain", raw);
    }
}

/// As mail programs write it: a style to every paragraph.
fn html(text: &str) -> String {
    let paragraph = |line: &str| {
        let line = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!("<p style=\"margin:0 0 8px 0;font-family:Calibri,Helvetica,sans-serif;font-size:11pt;color:#1f1f1f\">{line}</p>\n")
    };
    let body: String = text.lines().map(paragraph).collect();
    format!(
        "<html><head><meta charset=\"utf-8\"><style>p{{margin:0}} .q{{border-left:2px solid #ccc}}</style></head>\n<body dir=\"auto\">\n{body}</body></html>\n"
    )
}

fn text_part(text: &str, kind: &str, raw: &mut String) {
    let encoding = if text.is_ascii() { "7bit" } else { "base64" };
    raw.push_str(&format!("Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"));
    if text.is_ascii() {
        for line in text.lines() {
            raw.push_str(line);
            raw.push_str("\r\n");
        }
    } else {
        raw.push_str(&wrapped(&BASE64_STANDARD.encode(text)));
    }
}

/// Base64 in the line length of mail.
fn wrapped(content: &str) -> String {
    let mut out = String::with_capacity(content.len() + content.len() / 38 + 2);
    let mut rest = content;
    while let Some((line, after)) = rest.split_at_checked(76) {
        out.push_str(line);
        out.push_str("\r\n");
        rest = after;
    }
    out.push_str(rest);
    out.push_str("\r\n");
    out
}

fn encoded_word(subject: &str) -> String {
    if subject.is_ascii() { subject.to_owned() } else { format!("=?UTF-8?B?{}?=", BASE64_STANDARD.encode(subject)) }
}

/// Base64 of nothing in particular, so many bytes before encoding.
fn noise(random: &mut Random, bytes: usize) -> String {
    let mut content = Vec::with_capacity(bytes + 8);
    while content.len() < bytes {
        content.extend_from_slice(&random.next().to_le_bytes());
    }
    BASE64_STANDARD.encode(content)
}

#[cfg(test)]
mod tests {
    use mercator_channels::mail::parse_mail;

    use super::*;

    #[test]
    fn made_mails_are_well_formed_threaded_and_always_the_same() {
        let made: Vec<Made> = Mails::new(400, true).take(400).collect();
        let again: Vec<Made> = Mails::new(400, true).take(400).collect();
        assert!(made.iter().zip(&again).all(|(one, other)| one.raw == other.raw));
        let parsed: Vec<_> = made.iter().map(|mail| parse_mail(&mail.raw)).collect();
        assert!(parsed.iter().all(|mail| mail.warnings.is_empty()), "{:?}", parsed.iter().find(|mail| !mail.warnings.is_empty()));
        assert!(parsed.iter().all(|mail| mail.message_id.is_some() && mail.date.is_some() && !mail.text.trim().is_empty()));
        assert!(parsed.iter().filter(|mail| !mail.references.is_empty()).count() > 50);
        assert!(parsed.iter().any(|mail| !mail.attachments.is_empty()));
        let mean = made.iter().map(|mail| mail.raw.len()).sum::<usize>() / made.len();
        assert!((2_500..20_000).contains(&mean), "{mean}");
    }
}
