//! The mailbox as a channel: one kept connection a folder, a fresh one for sending.
//!
//! **Exactly once.** The wire form carries the wire key as its Message-ID. A mail that the server took is filed into the folder
//! of sent mail afterwards (unless the server does that itself), so a copy there proves that it left. That none is there proves
//! nothing: the attempt may have ended between the server's word and the filing. So [`Channel::reconcile`] answers `Found` or
//! `Unknown`, never `Absent`; what makes doubt rare is [`Channel::send_guarded`], whose gate is opened only when the server
//! waits for the content: a message whose gate was never opened has surely not left and needs no reconciling.
//! Rejected: filing a marked copy before sending. It clutters the seller's mailbox with mails that never left, needs keywords and
//! UIDPLUS that not all servers have, and still cannot tell on which side of the server's word the attempt ended.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use mercator_domain::{channel::ChannelKind, inbox::MailSettings, moment::Moment, outgoing::Outgoing};
use tokio::sync::Mutex;

use super::{
    compose::compose,
    idle,
    imap::Connection,
    pull::{self, Caution, Folder},
    smtp,
    wire::{COMMAND_LIMIT, Trust},
};
use crate::adapter::{
    AlwaysOpen, Channel, ChannelError, Cursor, Descriptor, HandoverGate, Probed, Pull, Reconciled, Sent, StreamInfo, Wake,
};

/// What a mailbox can do.
const DESCRIPTOR: Descriptor = Descriptor { kind: ChannelKind::Email, max_chars: None, pushes: true, idempotent: false };

/// A connected mailbox.
pub struct MailChannel {
    settings: MailSettings,
    own_address: String,
    password: String,
    trust: Trust,
    folders: Mutex<HashMap<String, Slot>>,
    /// Looked up once; the inner `None` says that the server has none.
    sent_folder: Mutex<Option<Option<String>>>,
}

/// What is kept of a folder between calls.
#[derive(Default)]
struct Slot {
    connection: Option<Connection>,
    caution: Caution,
}

impl MailChannel {
    /// A mailbox with its settings; nothing is connected yet.
    pub fn new(settings: MailSettings, own_address: &str, password: String) -> Result<Self, ChannelError> {
        let trust = Trust::load(settings.extra_root_pem.as_deref())?;
        let sent_folder = Mutex::new(settings.sent_folder.clone().map(Some));
        Ok(Self { settings, own_address: own_address.to_owned(), password, trust, folders: Mutex::default(), sent_folder })
    }

    async fn connect(&self) -> Result<Connection, ChannelError> {
        Connection::open(&self.settings.imap, &self.settings.user, &self.password, &self.trust).await
    }

    /// Takes the slot of a folder out, so that two calls never share a connection.
    async fn take(&self, stream: &str) -> Slot {
        self.folders.lock().await.remove(stream).unwrap_or_default()
    }

    async fn keep(&self, stream: &str, slot: Slot) {
        self.folders.lock().await.insert(stream.to_owned(), slot);
    }

    /// The kept connection if it still lives, else a new one.
    async fn living(&self, kept: Option<Connection>) -> Result<Connection, ChannelError> {
        match kept {
            Some(mut connection) => {
                if connection.lives().await {
                    Ok(connection)
                } else {
                    self.connect().await
                }
            }
            None => self.connect().await,
        }
    }

    /// The folder of sent mail: as set, else as the server marks it; looked up once.
    async fn sent_folder(&self) -> Result<Option<String>, ChannelError> {
        let mut known = self.sent_folder.lock().await;
        if let Some(folder) = &*known {
            return Ok(folder.clone());
        }
        let folder = self.connect().await?.folders().await?.into_iter().find(|f| f.sent).map(|f| f.name);
        *known = Some(folder.clone());
        Ok(folder)
    }

    /// Files a copy of what was sent. A failure is no failure of the sending: the mail has left.
    async fn file_copy(&self, bytes: &[u8]) -> Result<(), ChannelError> {
        let Some(folder) = self.sent_folder().await? else { return Ok(()) };
        // Filing has its own connection, so that it never waits for a reading.
        let slot = self.take(FILING).await;
        let mut connection = self.living(slot.connection).await?;
        connection.append(&folder, bytes).await?;
        self.keep(FILING, Slot { connection: Some(connection), caution: Caution::default() }).await;
        Ok(())
    }
}

/// The slot of the connection that files copies: no folder has an empty name.
const FILING: &str = "";

#[async_trait]
impl Channel for MailChannel {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn probe(&self) -> Result<Probed, ChannelError> {
        let mut imap = self.connect().await?;
        let mut streams = imap.folders().await?;
        if let Some(sent) = &self.settings.sent_folder {
            for stream in &mut streams {
                stream.sent = stream.name == *sent;
            }
        }
        let capabilities = imap.capabilities.clone();
        let mut smtp = smtp::open(&self.settings.smtp, &self.settings.user, &self.password, &self.trust).await?;
        let _ = tokio::time::timeout(COMMAND_LIMIT, smtp.quit()).await;
        Ok(Probed { streams, capabilities })
    }

    async fn streams(&self) -> Result<Vec<String>, ChannelError> {
        let mut streams = self.settings.folders.clone();
        if streams.is_empty() {
            streams.push("INBOX".to_owned());
        }
        if let Some(sent) = self.sent_folder().await?
            && !streams.contains(&sent)
        {
            streams.push(sent);
        }
        Ok(streams)
    }

    async fn pull(&self, stream: &str, cursor: Option<&Cursor>, now: Moment) -> Result<Pull, ChannelError> {
        let sent = self.sent_folder().await?.as_deref() == Some(stream);
        let slot = self.take(stream).await;
        let mut caution = slot.caution;
        let folder = Folder { name: stream, sent, own_address: &self.own_address, now };
        let outcome = async {
            let mut connection = self.living(slot.connection).await?;
            let pull = pull::pull(&mut connection, folder, cursor, &mut caution).await?;
            Ok((pull, connection))
        };
        match outcome.await {
            Ok((pull, connection)) => {
                self.keep(stream, Slot { connection: Some(connection), caution }).await;
                Ok(pull)
            }
            Err(error) => {
                caution.learn(&error);
                self.keep(stream, Slot { connection: None, caution }).await;
                Err(error)
            }
        }
    }

    async fn wait(&self, stream: &str, limit_ms: u64) -> Result<Wake, ChannelError> {
        let slot = self.take(stream).await;
        let Some(connection) = slot.connection else {
            // Without a connection that has read the folder, nobody would have been told of what came since: read first.
            self.keep(stream, slot).await;
            return Ok(Wake::News);
        };
        // The slot stays without a connection while the wait lasts: a wait that is cancelled drops it.
        self.keep(stream, Slot { connection: None, caution: slot.caution.clone() }).await;
        let (wake, connection) = idle::wait(connection, Duration::from_millis(limit_ms)).await;
        self.keep(stream, Slot { connection, caution: slot.caution }).await;
        wake
    }

    async fn send(&self, outgoing: &Outgoing) -> Result<Sent, ChannelError> {
        self.send_guarded(outgoing, &AlwaysOpen).await
    }

    async fn send_guarded(&self, outgoing: &Outgoing, gate: &dyn HandoverGate) -> Result<Sent, ChannelError> {
        let mail = compose(outgoing)?;
        let mut smtp = smtp::open(&self.settings.smtp, &self.settings.user, &self.password, &self.trust).await?;
        smtp::deliver(&mut smtp, &mail, gate).await?;
        if !self.settings.server_keeps_sent
            && let Err(error) = self.file_copy(&mail.bytes).await
        {
            tracing::warn!(inbox = %outgoing.inbox_id, kind = kind_of(&error), "the copy of a sent mail was not filed");
        }
        let _ = tokio::time::timeout(COMMAND_LIMIT, smtp.quit()).await;
        Ok(Sent { external_id: outgoing.wire_key.clone() })
    }

    async fn reconcile(&self, outgoing: &Outgoing) -> Result<Reconciled, ChannelError> {
        let Some(folder) = self.sent_folder().await? else { return Ok(Reconciled::Unknown) };
        let found = self.connect().await?.holds(&folder, &outgoing.wire_key).await?;
        Ok(if found { Reconciled::Found(Sent { external_id: outgoing.wire_key.clone() }) } else { Reconciled::Unknown })
    }
}

/// The kind of an error for the log, which must not hold what a server said of a mail.
const fn kind_of(error: &ChannelError) -> &'static str {
    match error {
        ChannelError::Auth(_) => "auth",
        ChannelError::Unreachable { .. } => "unreachable",
        ChannelError::Certificate { .. } => "certificate",
        ChannelError::NoEncryption(_) => "no encryption",
        ChannelError::Throttled { .. } => "throttled",
        ChannelError::Full(_) => "full",
        ChannelError::Rejected(_) => "rejected",
        ChannelError::CursorLost => "cursor lost",
        ChannelError::Transient(_) => "transient",
        ChannelError::MaybeSent => "maybe sent",
        ChannelError::Setup(_) => "setup",
    }
}

/// The streams of a mailbox for the window's choice of folders.
pub(super) fn readable(streams: &[StreamInfo]) -> Vec<String> {
    streams.iter().map(|s| s.name.clone()).collect()
}
