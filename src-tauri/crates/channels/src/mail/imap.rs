//! One logged-in IMAP connection: opening it, folders, searching, filing. Reading a folder is `pull`, waiting is `idle`.
//!
//! After any error a connection is dropped and a new one opened: an IMAP dialogue that broke in the middle cannot be mended.
//! Folders are opened with EXAMINE, so that reading here never marks a mail as read for the seller's other programs.

use std::{collections::BTreeMap, time::Duration};

use async_imap::{
    Authenticator, Client, Session,
    error::Error,
    types::{Mailbox, NameAttribute, UnsolicitedResponse},
};
use futures_util::TryStreamExt;
use mercator_domain::inbox::{Encryption, MailServer};
use tokio::io::AsyncRead;

use super::{
    folder_name,
    wire::{COMMAND_LIMIT, Trust, Wire, connect, no_answer, read_line, write_line},
};
use crate::adapter::{ChannelError, StreamInfo};

/// To find out whether an unused connection still lives: shorter than for a real command, since a new one is the cheap answer.
const NOOP_LIMIT: Duration = Duration::from_secs(15);

/// To file a copy of what was sent: uploads of tens of megabytes over slow lines.
const APPEND_LIMIT: Duration = Duration::from_secs(300);

/// What is said when a server's answer is not IMAP as we know it. The answer itself may hold a mail and is never repeated.
pub const UNREADABLE: &str = "an answer of the server cannot be read";

/// A logged-in connection.
#[derive(Debug)]
pub struct Connection {
    pub(super) session: Session<Wire>,
    pub(super) capabilities: Vec<String>,
}

/// Runs a command under its time limit.
pub async fn within<T>(limit: Duration, command: impl Future<Output = async_imap::error::Result<T>>) -> Result<T, ChannelError> {
    match tokio::time::timeout(limit, command).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(imap_error(&error)),
        Err(_) => Err(ChannelError::Transient("the server did not answer in time".to_owned())),
    }
}

/// What an IMAP error means. Texts of the server are passed on; what it sent of a mail is not.
pub fn imap_error(error: &Error) -> ChannelError {
    match error {
        Error::No(text) if text.to_uppercase().contains("OVERQUOTA") || text.to_lowercase().contains("quota exceeded") => {
            ChannelError::Full(words(text))
        }
        Error::No(text) if text.to_uppercase().contains("NONEXISTENT") || text.to_lowercase().contains("doesn't exist") => {
            ChannelError::Setup("The folder does not exist any more; choose the folders anew".to_owned())
        }
        Error::No(text) => ChannelError::Transient(format!("the server refused a command: {}", words(text))),
        Error::Bad(text) => ChannelError::Transient(format!("the server did not understand a command: {}", words(text))),
        Error::Io(error) if error.to_string().contains("during parsing of") => ChannelError::Transient(UNREADABLE.to_owned()),
        Error::Io(error) => ChannelError::Transient(error.kind().to_string()),
        Error::ConnectionLost => ChannelError::Transient("the server closed the connection".to_owned()),
        Error::Append => ChannelError::Transient("the server did not take the copy".to_owned()),
        _ => ChannelError::Transient(UNREADABLE.to_owned()),
    }
}

/// The server's sentence out of the library's `code: …, info: Some("…")`.
fn words(text: &str) -> String {
    text.split_once("info: Some(\"").map_or(text, |(_, rest)| rest.trim_end_matches("\")")).chars().take(200).collect()
}

/// SASL PLAIN: name and password in base64, so that both may hold any character.
struct Plain<'a> {
    user: &'a str,
    password: &'a str,
}

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        format!("\0{}\0{}", self.user, self.password)
    }
}

impl Connection {
    /// Connects, encrypts and logs in.
    pub async fn open(server: &MailServer, user: &str, password: &str, trust: &Trust) -> Result<Self, ChannelError> {
        let (wire, offered) = greet(server, trust).await?;
        let client = Client::new(wire);
        let session = if offered.iter().any(|c| c == "AUTH=PLAIN") {
            let login = client.authenticate("PLAIN", Plain { user, password });
            tokio::time::timeout(COMMAND_LIMIT, login).await.map_err(|_| no_answer(server))?.map_err(|(error, _)| login_error(&error))?
        } else {
            let login = client.login(user, password);
            tokio::time::timeout(COMMAND_LIMIT, login).await.map_err(|_| no_answer(server))?.map_err(|(error, _)| login_error(&error))?
        };
        let mut connection = Self { session, capabilities: offered };
        // Many servers offer more after the login.
        let capabilities = within(COMMAND_LIMIT, connection.session.capabilities()).await?;
        connection.capabilities = capabilities.iter().map(capability_word).collect();
        connection.capabilities.sort();
        // NetEase (163.com, 126.com) refuses to open folders for clients that do not name themselves.
        if connection.has("ID") {
            let _ = within(COMMAND_LIMIT, connection.session.id([("name", Some("Mercator"))])).await;
        }
        Ok(connection)
    }

    /// True when the server can do it.
    pub fn has(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|c| c.eq_ignore_ascii_case(capability))
    }

    /// True when it still answers.
    pub async fn lives(&mut self) -> bool {
        within(NOOP_LIMIT, self.session.noop()).await.is_ok()
    }

    /// Opens a folder for reading only.
    pub async fn examine(&mut self, folder: &str) -> Result<Mailbox, ChannelError> {
        within(COMMAND_LIMIT, self.session.examine(folder_name::encode(folder))).await
    }

    /// True when the server has told of new mail since the last call. What it told is forgotten.
    pub fn take_news(&mut self) -> bool {
        let mut news = false;
        while let Ok(response) = self.session.unsolicited_responses.try_recv() {
            news |= matches!(response, UnsolicitedResponse::Exists(_));
        }
        news
    }

    /// All folders that can be opened, with the one of sent mail marked.
    pub async fn folders(&mut self) -> Result<Vec<StreamInfo>, ChannelError> {
        // RFC 6154 servers give the marks with every LIST.
        let listed = async {
            let names = self.session.list(Some(""), Some("*")).await?;
            names.try_collect::<Vec<_>>().await
        };
        let names = within(COMMAND_LIMIT, listed).await?;
        let mut marked = None;
        let mut folders: BTreeMap<String, bool> = BTreeMap::new();
        for name in &names {
            if name.attributes().contains(&NameAttribute::NoSelect) {
                continue;
            }
            let readable = folder_name::decode(name.name());
            if name.attributes().contains(&NameAttribute::Sent) {
                marked.get_or_insert_with(|| readable.clone());
            }
            folders.insert(readable, false);
        }
        let sent = marked.or_else(|| folders.keys().find(|name| is_usual_sent(name)).cloned());
        Ok(folders.into_keys().map(|name| StreamInfo { sent: sent.as_ref() == Some(&name), name }).collect())
    }

    /// UIDs that match a search in the open folder, ascending.
    pub async fn search(&mut self, query: &str) -> Result<Vec<u32>, ChannelError> {
        let mut uids: Vec<u32> = within(COMMAND_LIMIT, self.session.uid_search(query)).await?.into_iter().collect();
        uids.sort_unstable();
        Ok(uids)
    }

    /// True when `folder` holds a mail with this Message-ID.
    pub async fn holds(&mut self, folder: &str, message_id: &str) -> Result<bool, ChannelError> {
        let _ = self.examine(folder).await?;
        let quoted: String = message_id.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect();
        Ok(!self.search(&format!("HEADER Message-ID \"{quoted}\"")).await?.is_empty())
    }

    /// Files a copy, marked as read.
    pub async fn append(&mut self, folder: &str, raw: &[u8]) -> Result<(), ChannelError> {
        within(APPEND_LIMIT, self.session.append(folder_name::encode(folder), Some("(\\Seen)"), None, raw)).await
    }
}

/// The connection after its greeting, encrypted as asked for, and what the server can do before the login.
async fn greet(server: &MailServer, trust: &Trust) -> Result<(Wire, Vec<String>), ChannelError> {
    let mut tcp = connect(server).await?;
    let mut wire = match server.encryption {
        Encryption::Tls => Wire::encrypt(tcp, server, trust).await?,
        Encryption::None => Wire::plain_loopback(tcp, server)?,
        Encryption::StartTls => {
            welcome(&mut tcp, server).await?;
            write_line(&mut tcp, server, "S1 STARTTLS").await?;
            loop {
                let line = read_line(&mut tcp, server).await?;
                if line.starts_with("S1 OK") {
                    break;
                }
                if line.starts_with("S1 ") {
                    return Err(ChannelError::NoEncryption(server.host.clone()));
                }
            }
            Wire::encrypt(tcp, server, trust).await?
        }
    };
    if server.encryption != Encryption::StartTls {
        welcome(&mut wire, server).await?;
    }
    write_line(&mut wire, server, "S2 CAPABILITY").await?;
    let mut offered = Vec::new();
    loop {
        let line = read_line(&mut wire, server).await?.to_uppercase();
        if let Some(list) = line.strip_prefix("* CAPABILITY ") {
            offered.extend(list.split_whitespace().map(str::to_owned));
        } else if line.starts_with("S2 ") {
            return Ok((wire, offered));
        }
    }
}

/// The greeting. `PREAUTH` would be a login without a password, which only an attacker in between offers.
async fn welcome(stream: &mut (impl AsyncRead + Unpin), server: &MailServer) -> Result<(), ChannelError> {
    let greeting = read_line(stream, server).await?.to_uppercase();
    if greeting.starts_with("* OK") {
        Ok(())
    } else if greeting.starts_with("* BYE") {
        Err(ChannelError::Transient(format!("{} does not take connections now", server.host)))
    } else {
        Err(ChannelError::Setup(format!("{} does not greet as a mail server that can be read from", server.host)))
    }
}

/// A capability as the server writes it.
fn capability_word(capability: &async_imap::types::Capability) -> String {
    match capability {
        async_imap::types::Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
        async_imap::types::Capability::Auth(kind) => format!("AUTH={}", kind.to_uppercase()),
        async_imap::types::Capability::Atom(word) => word.to_uppercase(),
    }
}

/// A refused login: wrong for good, or only now.
fn login_error(error: &Error) -> ChannelError {
    match error {
        Error::No(text) | Error::Bad(text) => {
            let lower = text.to_lowercase();
            let passing = ["unavailable", "inuse", "try again", "temporar", "too many", "limit", "serverbug", "contactadmin"]
                .iter()
                .any(|w| lower.contains(w));
            if passing { ChannelError::Transient(words(text)) } else { ChannelError::Auth(words(text)) }
        }
        other => imap_error(other),
    }
}

/// Names of the folder of sent mail on servers that do not mark it.
pub(super) fn is_usual_sent(name: &str) -> bool {
    let last = name.rsplit(['/', '.']).next().unwrap_or(name).to_lowercase();
    matches!(
        last.as_str(),
        "sent"
            | "sent items"
            | "sent mail"
            | "sent messages"
            | "gesendet"
            | "gesendete objekte"
            | "gesendete elemente"
            | "envoyés"
            | "éléments envoyés"
            | "enviados"
            | "elementos enviados"
            | "posta inviata"
            | "itens enviados"
            | "отправленные"
            | "已发送"
            | "已发送邮件"
            | "寄件備份"
            | "送信済み"
            | "送信済みアイテム"
            | "보낸편지함"
            | "verzonden"
            | "verzonden items"
            | "wysłane"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_a_mail_in_it_is_never_repeated() {
        let error = Error::Io(std::io::Error::other("Error during parsing of \"Dear shop, my secret is 1234\""));
        assert_eq!(imap_error(&error), ChannelError::Transient(UNREADABLE.to_owned()));
    }

    #[test]
    fn a_login_that_may_work_later_is_not_a_wrong_password() {
        let no = |text: &str| login_error(&Error::No(format!("code: None, info: Some(\"{text}\")")));
        assert_eq!(
            no("[AUTHENTICATIONFAILED] Authentication failed."),
            ChannelError::Auth("[AUTHENTICATIONFAILED] Authentication failed.".to_owned())
        );
        assert!(no("Too many simultaneous connections").is_passing());
        assert!(no("[UNAVAILABLE] Temporary authentication failure").is_passing());
    }

    #[test]
    fn sent_folders_are_known_by_name_where_they_are_not_marked() {
        for name in ["Sent", "INBOX.Sent", "[Gmail]/Sent Mail", "Gesendete Objekte", "已发送"] {
            assert!(is_usual_sent(name), "{name}");
        }
        assert!(!is_usual_sent("Presented"));
    }
}
