//! What goes out: fixed before the first attempt, so that a repeat is the same message.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ConversationId, InboxId, MessageId, OutboxId},
    inbound::Party,
    message::Author,
    moment::Moment,
    words,
};

words! {
    /// Where an outgoing message stands in the outbox: queued -> sending -> sent | uncertain | failed.
    OutboxState {
        /// Waits.
        Queued => "queued",
        /// An attempt has begun; after a crash it is reconciled first.
        Sending => "sending",
        /// The channel took it.
        Sent => "sent",
        /// Nobody can tell; a person decides.
        Uncertain => "uncertain",
        /// It did not leave and will not by itself.
        Failed => "failed",
        /// Taken back in time.
        Cancelled => "cancelled",
    }
}

/// A file that goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingAttachment {
    /// The name.
    pub name: String,
    /// Its type.
    pub media_type: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// A message as an adapter gets it. Everything that makes the wire form is here: two attempts give the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The row.
    pub id: OutboxId,
    /// Through which account.
    pub inbox_id: InboxId,
    /// In which conversation.
    pub conversation_id: ConversationId,
    /// The message as shown in the thread.
    pub message_id: MessageId,
    /// The key that the channel will know it by, fixed before the first attempt: for mail the Message-ID without brackets.
    pub wire_key: String,
    /// Who writes: bot, agent or the console.
    pub author: Author,
    /// From whom.
    pub from: Party,
    /// To whom.
    pub to: Vec<Party>,
    /// The subject.
    pub subject: String,
    /// The text, plain.
    pub text: String,
    /// The same text as HTML of our own making (a survey with its links), for channels that show it; the plain text goes along.
    pub html: Option<String>,
    /// The Message-ID it answers.
    pub in_reply_to: Option<String>,
    /// Earlier Message-IDs, oldest first.
    pub references: Vec<String>,
    /// The channel's own thread, if any.
    pub thread: Option<String>,
    /// Files.
    pub attachments: Vec<OutgoingAttachment>,
    /// When it was written; goes into the Date header, so that it does not change between attempts.
    pub at: Moment,
    /// Attempts before this one.
    pub attempts: i32,
}
