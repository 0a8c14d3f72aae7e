//! A connected account of a channel, with everything a seller sets for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{channel::ChannelKind, hours::BusinessHours, ids::InboxId, intent::Intent, language::Language, words};

words! {
    /// What the bot does with an answer it has found.
    BotMode {
        /// It does nothing: a person answers.
        Off => "off",
        /// It writes a draft that a person approves.
        Draft => "draft",
        /// It answers.
        Auto => "auto",
    }
}

/// The modes of an inbox: one for all, exceptions by intent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct BotModes {
    /// For every intent without an exception.
    pub default: BotMode,
    /// Exceptions.
    pub by_intent: BTreeMap<Intent, BotMode>,
}

impl Default for BotModes {
    /// A new inbox drafts: a seller switches to auto when the drafts have convinced.
    fn default() -> Self {
        Self { default: BotMode::Draft, by_intent: BTreeMap::new() }
    }
}

impl BotModes {
    /// The mode for an intent.
    pub fn of(&self, intent: Intent) -> BotMode {
        self.by_intent.get(&intent).copied().unwrap_or(self.default)
    }
}

words! {
    /// How a connection is encrypted.
    Encryption {
        /// TLS from the first byte.
        Tls => "tls",
        /// Plain first, then STARTTLS; refused when the server does not offer it.
        StartTls => "starttls",
        /// None: only ever allowed to a loopback address, for tests.
        None => "none",
    }
}

/// One mail server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct MailServer {
    /// Host name.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How it is encrypted.
    pub encryption: Encryption,
}

/// How to reach a mailbox. The password is in the keychain, never here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct MailSettings {
    /// Reading.
    pub imap: MailServer,
    /// Sending.
    pub smtp: MailServer,
    /// The name to log in with.
    pub user: String,
    /// Folders to read, `INBOX` first.
    pub folders: Vec<String>,
    /// The folder of sent mail; `None` until it is found by its SPECIAL-USE mark.
    pub sent_folder: Option<String>,
    /// True when the server itself files what is sent over SMTP (as Gmail does); else the copy is appended.
    pub server_keeps_sent: bool,
    /// A certificate of the user's own authority in PEM, trusted for this mailbox only.
    pub extra_root_pem: Option<String>,
}

/// How an inbox is connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Connection {
    /// A mailbox.
    Mail(MailSettings),
    /// A watched folder.
    Folder {
        /// Its path.
        path: String,
    },
    /// The demo's own channel: it receives from the demo data and delivers into the workspace itself.
    Demo,
}

words! {
    /// Whether an inbox is being read.
    InboxState {
        /// Read.
        Active => "active",
        /// Not read, by the seller's wish.
        Paused => "paused",
        /// Cannot be read until a person helps (wrong password).
        Broken => "broken",
    }
}

/// A connected account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Inbox {
    /// The row.
    pub id: InboxId,
    /// The kind of its channel.
    pub channel: ChannelKind,
    /// The store's name as shown in the list.
    pub name: String,
    /// The address or account that it writes from.
    pub address: String,
    /// The country site of a marketplace (`DE`), if any.
    pub site: Option<String>,
    /// The language of the store, used when nothing else is known.
    pub language: Language,
    /// Put under every answer of a person and of the bot.
    pub signature: String,
    /// When people answer.
    pub hours: BusinessHours,
    /// What the bot may do.
    pub modes: BotModes,
    /// A person is promised to answer a handoff within this many minutes of open time.
    pub promise_minutes: i32,
    /// How it is connected.
    pub connection: Connection,
    /// Whether it is being read.
    pub state: InboxState,
    /// Why it is broken, in words for people; empty otherwise.
    pub state_reason: String,
}
