//! The one shape of a channel: what every adapter can be asked, and how it says that something went wrong.
//!
//! An adapter knows the wire and nothing else: no database, no clock of its own, no spawning. `mercator-app` calls it, commits
//! its cursor together with its events, and decides about retries.

use async_trait::async_trait;
use mercator_domain::{channel::ChannelKind, inbound::Inbound, moment::Moment, outgoing::Outgoing};
use serde::{Deserialize, Serialize};

/// Where a stream has been read to: opaque to everyone but the adapter, stored as JSON, versioned by the adapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub serde_json::Value);

/// What one read brought.
#[derive(Debug, Default)]
pub struct Pull {
    /// In the order in which they must be stored.
    pub events: Vec<Inbound>,
    /// To be committed together with the events; `None` when there was nothing new.
    pub next: Option<Cursor>,
    /// True when there is more: call again at once.
    pub more: bool,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Something may have come: pull.
    News,
    /// The time is over: pull anyway.
    TimeUp,
}

/// What the channel took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The channel's own identity of the message.
    pub external_id: String,
}

/// What the channel knows of a message whose attempt was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reconciled {
    /// It has it.
    Found(Sent),
    /// It surely does not have it: sending again is safe.
    Absent,
    /// It cannot tell: a person decides.
    Unknown,
}

/// What a connection test found; it sends nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probed {
    /// Streams that can be read (mail folders), with the one of sent messages marked.
    pub streams: Vec<StreamInfo>,
    /// What the server says it can do, for the capability card.
    pub capabilities: Vec<String>,
}

/// One stream of an inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamInfo {
    /// Its name.
    pub name: String,
    /// True for the folder of sent mail.
    pub sent: bool,
}

/// What a kind of channel can do, for the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// The kind.
    pub kind: ChannelKind,
    /// Longest text of one message, in characters; `None` for no limit.
    pub max_chars: Option<usize>,
    /// True when the channel holds a connection open and tells of news at once.
    pub pushes: bool,
    /// True when a repeat with the same wire key is surely not a second message.
    pub idempotent: bool,
}

/// What went wrong at a channel. Each names what a person can do; none carries a secret or a message's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// The account or password was refused. Retrying is pointless until a person helps.
    #[error("The server refused the name or password ({0})")]
    Auth(String),
    /// The host name is unknown, the port is closed, or nothing answers.
    #[error("Cannot reach {host}: {why}")]
    Unreachable {
        /// Which server.
        host: String,
        /// In words.
        why: String,
    },
    /// The certificate is not trusted.
    #[error("The certificate of {host} is not trusted: {why}")]
    Certificate {
        /// Which server.
        host: String,
        /// In words.
        why: String,
    },
    /// Encryption was required and is not offered.
    #[error("{0} does not offer encryption")]
    NoEncryption(String),
    /// Come back later.
    #[error("The server asks to wait")]
    Throttled {
        /// When it may be tried again, if it said so.
        retry_at: Option<Moment>,
    },
    /// The mailbox or disk over there is full.
    #[error("The mailbox is full ({0})")]
    Full(String),
    /// The receiver or the message is refused for good.
    #[error("The server refused the message: {0}")]
    Rejected(String),
    /// The old cursor means nothing any more: read anew, events are told apart by their keys.
    #[error("The mailbox was rebuilt; it is read anew")]
    CursorLost,
    /// The connection broke, or the server had a passing fault.
    #[error("The connection broke: {0}")]
    Transient(String),
    /// The attempt was cut off after the message had been handed over: it may have left.
    #[error("The connection broke while sending; it is not known whether the message left")]
    MaybeSent,
    /// Something here is not as it must be (settings, a watched folder that is gone).
    #[error("{0}")]
    Setup(String),
}

impl ChannelError {
    /// True when another attempt can succeed without a person's help.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Throttled { .. } | Self::Full(_) | Self::Transient(_) | Self::CursorLost)
    }
}

/// What an attempt ends with when its gate did not open: another instance has taken the message over.
pub const GATE_CLOSED: &str = "another instance has taken this message over";

/// Asked by [`Channel::send_guarded`] right before the step after which a message cannot be called back.
///
/// `mercator-app` notes there, durably, that the handing over begins, and checks that it still owns the message (lease, fence).
/// A message whose note was never written has surely not left: it may simply be sent again, without [`Channel::reconcile`].
/// Only one with a note and without an outcome is in doubt. So the doubt shrinks from the whole attempt (connect, encrypt, log
/// in) to the moment in which the server takes the message.
#[async_trait]
pub trait HandoverGate: Send + Sync {
    /// True when the message may leave now; false stops the attempt, and nothing has left.
    async fn open(&self) -> bool;
}

/// The gate of a caller that notes nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlwaysOpen;

#[async_trait]
impl HandoverGate for AlwaysOpen {
    async fn open(&self) -> bool {
        true
    }
}

/// A connected account. All times are passed in; every network wait inside has a time limit.
#[async_trait]
pub trait Channel: Send + Sync {
    /// What this kind can do.
    fn descriptor(&self) -> &'static Descriptor;

    /// Tests name, password, encryption and reachability of everything that reading and sending need; sends nothing.
    async fn probe(&self) -> Result<Probed, ChannelError>;

    /// The streams to read, each with a cursor of its own.
    async fn streams(&self) -> Result<Vec<String>, ChannelError>;

    /// Reads what is new in a stream since `cursor` (`None`: the first time), a bounded number at once.
    async fn pull(&self, stream: &str, cursor: Option<&Cursor>, now: Moment) -> Result<Pull, ChannelError>;

    /// Waits until something may have come in `stream`, at most `limit_ms` milliseconds. Cancel safe.
    async fn wait(&self, stream: &str, limit_ms: u64) -> Result<Wake, ChannelError>;

    /// Hands a message over. The wire form depends on `outgoing` alone, so that a repeat is the same message.
    async fn send(&self, outgoing: &Outgoing) -> Result<Sent, ChannelError>;

    /// Like [`Channel::send`], and asks `gate` as late as the channel can before the message leaves. Channels that cannot tell
    /// ask before they begin, which is as safe and only leaves more in doubt after a crash.
    async fn send_guarded(&self, outgoing: &Outgoing, gate: &dyn HandoverGate) -> Result<Sent, ChannelError> {
        if gate.open().await { self.send(outgoing).await } else { Err(ChannelError::Transient(GATE_CLOSED.to_owned())) }
    }

    /// Asks the channel whether it has a message whose attempt was cut off.
    async fn reconcile(&self, outgoing: &Outgoing) -> Result<Reconciled, ChannelError>;
}
