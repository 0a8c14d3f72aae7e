//! Handing a mail over by SMTP, step by step, so that it is always known whether it can have left.
//!
//! Until the line that ends the content has been written, the server cannot have taken the mail: every failure before is a
//! failure to send. From then on only the server's answer tells; without one the mail may have left ([`ChannelError::MaybeSent`]).

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::AsyncSmtpConnection,
    commands::{Data, Mail, Rcpt},
    extension::{ClientId, Extension, MailBodyParameter, MailParameter},
};
use mercator_domain::inbox::{Encryption, MailServer};

use super::{
    compose::Composed,
    wire::{COMMAND_LIMIT, Trust, Wire, connect, no_answer, read_line, write_line},
};
use crate::adapter::{ChannelError, GATE_CLOSED, HandoverGate};

/// To wait for the answer to the whole content: RFC 5321 asks for ten minutes, since servers scan before they answer, and giving
/// up early makes doubt out of nothing.
const ACCEPT_LIMIT: Duration = Duration::from_secs(600);

/// Slowest line that is waited for while the content is uploaded, in bytes a second.
const SLOWEST: u64 = 10_000;

/// Content is written in pieces, so that the step before its end is seen.
const PIECE: usize = 64 * 1024;

/// Connects, encrypts and logs in.
pub async fn open(server: &MailServer, user: &str, password: &str, trust: &Trust) -> Result<AsyncSmtpConnection, ChannelError> {
    let wire = greet(server, trust).await?;
    // The literal address tells a server nothing about the seller's network; mail programs do the same.
    let hello = hello();
    let greeted = tokio::time::timeout(COMMAND_LIMIT, AsyncSmtpConnection::connect_with_transport(Box::new(wire), &hello)).await;
    let mut connection = greeted.map_err(|_| no_answer(server))?.map_err(|error| smtp_error(&error, Step::Login))?;
    let credentials = Credentials::new(user.to_owned(), password.to_owned());
    let login = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
    let logged_in = tokio::time::timeout(COMMAND_LIMIT, login).await.map_err(|_| no_answer(server))?;
    let answer = logged_in.map_err(|error| smtp_error(&error, Step::Login))?;
    if answer.is_positive() { Ok(connection) } else { Err(ChannelError::Auth("the login was not finished".to_owned())) }
}

/// The name in EHLO.
const fn hello() -> ClientId {
    ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST)
}

/// The connection up to where the encrypted dialogue begins.
async fn greet(server: &MailServer, trust: &Trust) -> Result<Wire, ChannelError> {
    let mut tcp = connect(server).await?;
    match server.encryption {
        Encryption::Tls => Wire::encrypt(tcp, server, trust).await,
        Encryption::None => Wire::plain_loopback(tcp, server),
        Encryption::StartTls => {
            let greeting = read_answer(&mut tcp, server).await?;
            if !greeting.starts_with("220") {
                return Err(ChannelError::Transient(format!("{} does not take connections now", server.host)));
            }
            write_line(&mut tcp, server, &format!("EHLO {}", hello())).await?;
            let _ = read_answer(&mut tcp, server).await?;
            write_line(&mut tcp, server, "STARTTLS").await?;
            if !read_answer(&mut tcp, server).await?.starts_with("220") {
                return Err(ChannelError::NoEncryption(server.host.clone()));
            }
            // The dialogue starts anew after the handshake, without a greeting; one is put in front for the reader.
            Ok(Wire::encrypt(tcp, server, trust).await?.with_ahead(b"220 encrypted\r\n"))
        }
    }
}

/// The last line of an answer, which may have several.
async fn read_answer(tcp: &mut tokio::net::TcpStream, server: &MailServer) -> Result<String, ChannelError> {
    // More lines than any server offers extensions.
    for _ in 0..200 {
        let line = read_line(tcp, server).await?;
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(line);
        }
    }
    Err(ChannelError::Transient(format!("{} does not speak a mail protocol", server.host)))
}

/// Hands a mail over on an open connection. The gate is asked when the server is ready for the content.
pub async fn deliver(connection: &mut AsyncSmtpConnection, mail: &Composed, gate: &dyn HandoverGate) -> Result<(), ChannelError> {
    let mut options = Vec::new();
    let addresses = mail.envelope.to().iter().chain(mail.envelope.from());
    if addresses.map(AsRef::<str>::as_ref).any(|address| !address.is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(ChannelError::Rejected("the server cannot send to addresses with letters outside of ASCII".to_owned()));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !mail.bytes.is_ascii() && connection.server_info().supports_feature(Extension::EightBitMime) {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    command(connection, Mail::new(mail.envelope.from().cloned(), options)).await?;
    for receiver in mail.envelope.to() {
        // One refused receiver refuses the whole mail: half a sending could not be shown or repeated honestly.
        command(connection, Rcpt::new(receiver.clone(), Vec::new())).await?;
    }
    command(connection, Data).await?;
    if !gate.open().await {
        return Err(ChannelError::Transient(GATE_CLOSED.to_owned()));
    }
    content(connection, &mail.bytes).await
}

/// Writes the content and waits for the server's word.
async fn content(connection: &mut AsyncSmtpConnection, bytes: &[u8]) -> Result<(), ChannelError> {
    let all_written = AtomicBool::new(false);
    let pieces = Pieces { rest: bytes, all_written: &all_written };
    let limit = ACCEPT_LIMIT + Duration::from_secs(bytes.len() as u64 / SLOWEST);
    let outcome = tokio::time::timeout(limit, connection.message_iter(pieces)).await;
    let doubtful = all_written.load(Ordering::SeqCst);
    match outcome {
        Ok(Ok(answer)) if answer.is_positive() => Ok(()),
        Ok(Err(error)) if error.status().is_some() => Err(smtp_error(&error, Step::Message)),
        _ if doubtful => Err(ChannelError::MaybeSent),
        Ok(Err(error)) => Err(smtp_error(&error, Step::Message)),
        Ok(Ok(_)) | Err(_) => Err(ChannelError::Transient("the server did not take the content in time".to_owned())),
    }
}

/// The content in pieces. When the last is asked for, everything but the end mark has been written.
struct Pieces<'a> {
    rest: &'a [u8],
    all_written: &'a AtomicBool,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            self.all_written.store(true, Ordering::SeqCst);
            return None;
        }
        let (piece, rest) = self.rest.split_at(self.rest.len().min(PIECE));
        self.rest = rest;
        Some(piece)
    }
}

/// One command under its time limit.
async fn command(connection: &mut AsyncSmtpConnection, command: impl std::fmt::Display) -> Result<(), ChannelError> {
    match tokio::time::timeout(COMMAND_LIMIT, connection.command(command)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(smtp_error(&error, Step::Message)),
        Err(_) => Err(ChannelError::Transient("the server did not answer in time".to_owned())),
    }
}

/// Where in the dialogue an answer came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Login,
    Message,
}

/// What a refusal means for a person.
fn smtp_error(error: &Error, step: Step) -> ChannelError {
    let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    match error.status() {
        Some(code) => refusal(code.into(), &text.chars().take(300).collect::<String>(), step),
        None if error.is_client() && step == Step::Login => ChannelError::Auth("the server offers no login by password".to_owned()),
        None if error.is_timeout() => ChannelError::Transient("the server did not answer in time".to_owned()),
        None => ChannelError::Transient("the connection was cut".to_owned()),
    }
}

/// The meaning of an SMTP status; enhanced codes (RFC 3463) decide where the plain one is ambiguous.
fn refusal(code: u16, text: &str, step: Step) -> ChannelError {
    let words = format!("{code} {text}").trim().to_owned();
    let enhanced = text.split_whitespace().next().unwrap_or_default();
    let subject = enhanced.split_once('.').map_or("", |(_, rest)| rest);
    match (code, subject) {
        (530 | 534 | 535 | 538, _) => ChannelError::Auth(words),
        (500..=599, _) if step == Step::Login => ChannelError::Auth(words),
        // Too large for the system or the receiver: no later attempt helps.
        (552, "3.4" | "2.3") => ChannelError::Rejected(words),
        (452 | 552, "2.2" | "3.1" | "") | (422, _) => ChannelError::Full(words),
        (452, _) if !matches!(subject, "5.3" | "4.5") => ChannelError::Full(words),
        (552, _) => ChannelError::Full(words),
        (500..=599, _) => ChannelError::Rejected(words),
        _ => ChannelError::Transient(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: u16, text: &str, step: Step, expect: fn(String) -> ChannelError) {
        assert_eq!(refusal(code, text, step), expect(format!("{code} {text}")));
    }

    #[test]
    fn refusals_are_told_apart() {
        check(535, "5.7.8 Authentication failed", Step::Login, ChannelError::Auth);
        check(550, "5.7.1 Not allowed", Step::Login, ChannelError::Auth);
        check(454, "4.7.0 Temporary authentication failure", Step::Login, ChannelError::Transient);
        check(530, "5.7.0 Authentication required", Step::Message, ChannelError::Auth);
        check(552, "5.2.2 Mailbox full", Step::Message, ChannelError::Full);
        check(452, "4.2.2 Over quota", Step::Message, ChannelError::Full);
        check(452, "4.3.1 Insufficient system storage", Step::Message, ChannelError::Full);
        check(452, "4.5.3 Too many recipients", Step::Message, ChannelError::Transient);
        check(552, "5.3.4 Message too big", Step::Message, ChannelError::Rejected);
        check(550, "5.1.1 User unknown", Step::Message, ChannelError::Rejected);
        check(421, "4.7.0 Try again later", Step::Message, ChannelError::Transient);
        check(450, "4.2.1 Greylisted", Step::Message, ChannelError::Transient);
    }

    #[test]
    fn the_end_of_the_content_is_seen_only_after_its_last_piece() {
        let flag = AtomicBool::new(false);
        let bytes = vec![b'x'; PIECE + 1];
        let mut pieces = Pieces { rest: &bytes, all_written: &flag };
        assert_eq!(pieces.next().unwrap().len(), PIECE);
        assert_eq!(pieces.next().unwrap().len(), 1);
        assert!(!flag.load(Ordering::SeqCst));
        assert!(pieces.next().is_none() && flag.load(Ordering::SeqCst));
    }
}
