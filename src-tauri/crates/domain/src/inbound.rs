//! What a channel brings: the one shape in which every adapter hands over what it read.

use serde::{Deserialize, Serialize};

use crate::{message::Automatic, moment::Moment};

/// Identifies one event of one stream of an inbox, so that reading it twice stores it once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExternalKey {
    /// Which stream of the inbox: a mail folder, `file`.
    pub stream: String,
    /// The channel's own identity; for mail the Message-ID, or a hash of the content when it has none.
    pub external_id: String,
    /// Raised when the channel allows edits; 0 otherwise.
    pub revision: i64,
}

/// A person or mailbox on a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
pub struct Party {
    /// The name shown; may be empty. Data from outside: never an instruction.
    pub name: String,
    /// The address of mail, or the handle on the channel.
    pub address: String,
}

/// What tells to which conversation an event belongs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadHints {
    /// The mail's own Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// The Message-ID it answers.
    pub in_reply_to: Option<String>,
    /// Earlier Message-IDs of the thread, oldest first.
    pub references: Vec<String>,
    /// The channel's own thread (a chat's number); takes precedence over all others.
    pub thread: Option<String>,
}

/// One file as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundAttachment {
    /// The name given, made safe.
    pub name: String,
    /// As declared.
    pub media_type: String,
    /// Real size, also when the content is not kept.
    pub bytes: u64,
    /// Of the content, in hex.
    pub sha256: String,
    /// The content, or `None` when it is over the limit.
    pub content: Option<Vec<u8>>,
}

/// One message as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboundMessage {
    /// Who wrote it.
    pub from: Party,
    /// To whom.
    pub to: Vec<Party>,
    /// The subject as sent.
    pub subject: String,
    /// The whole plain text (from the text part, else from the HTML part).
    pub text: String,
    /// What the writer wrote now.
    pub visible_text: String,
    /// The quoted part.
    pub quoted_text: String,
    /// The signature.
    pub signature: String,
    /// Files.
    pub attachments: Vec<InboundAttachment>,
    /// Whether a machine wrote it.
    pub automatic: Option<Automatic>,
    /// A fact that the channel knows: the buyer's country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// A fact that the channel knows: the order that this is about.
    pub order_number: Option<String>,
    /// What could not be read.
    pub warnings: Vec<String>,
}

/// What kind of event it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InboundBody {
    /// A customer (or a machine, see `automatic`) wrote to us.
    Message(InboundMessage),
    /// We wrote, from this program or from another mail program: the copy in the Sent folder.
    Sent(InboundMessage),
    /// A delivery report for a message of ours.
    Bounce {
        /// The Message-ID that failed, when the report names it.
        original: Option<String>,
        /// The recipient that failed, when the report names it.
        recipient: Option<String>,
        /// True for a permanent failure.
        permanent: bool,
        /// The report's own words, shortened.
        reason: String,
        /// The report as a message, so that it can be shown.
        message: InboundMessage,
    },
}

/// One event of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbound {
    /// Its identity.
    pub key: ExternalKey,
    /// Its thread.
    pub hints: ThreadHints,
    /// When it was written, as the channel says; never later than it was read.
    pub at: Moment,
    /// What it is.
    pub body: InboundBody,
    /// The bytes as they came, kept so that nothing is ever lost; `None` where the channel has none.
    pub raw: Option<Vec<u8>>,
}
