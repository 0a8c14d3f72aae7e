//! One message of a conversation.

use serde::{Deserialize, Serialize};

use crate::{
    emotion::Emotion,
    ids::{AttachmentId, ConversationId, MemberId, MessageId},
    intent::Intent,
    language::Language,
    moment::Moment,
    words,
};

words! {
    /// Who wrote a message.
    Author {
        /// The customer.
        Contact => "contact",
        /// The bot.
        Bot => "bot",
        /// A person of the team.
        Agent => "agent",
        /// The console itself: survey, out-of-hours notice.
        System => "system",
    }
}

words! {
    /// Where an outgoing message stands. Incoming ones are `received`.
    Delivery {
        /// Came in.
        Received => "received",
        /// Waits to be approved by a person.
        Draft => "draft",
        /// Waits for its turn, or for the undo time to pass.
        Queued => "queued",
        /// Is being handed to the channel.
        Sending => "sending",
        /// The channel took it.
        Sent => "sent",
        /// It may or may not have left; a person decides.
        Uncertain => "uncertain",
        /// It did not leave.
        Failed => "failed",
        /// Taken back before it left.
        Cancelled => "cancelled",
    }
}

words! {
    /// Whether a machine wrote an incoming mail.
    Automatic {
        /// A person wrote it.
        None => "none",
        /// A delivery report.
        Bounce => "bounce",
        /// An out-of-office notice or the like.
        AutoReply => "auto_reply",
        /// A mailing list.
        List => "list",
        /// A newsletter or other bulk mail.
        Bulk => "bulk",
    }
}

/// A message as it is stored and shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Message {
    /// The row.
    pub id: MessageId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// The episode it belongs to.
    pub episode: i32,
    /// Who wrote it.
    pub author: Author,
    /// Which agent, when one wrote it.
    pub member_id: Option<MemberId>,
    /// When it was written, as the channel says.
    pub at: Moment,
    /// The subject as sent; empty on channels without one.
    pub subject: String,
    /// What the writer wrote now, without quotes and signature.
    pub text: String,
    /// The quoted part, shown on demand.
    pub quoted: String,
    /// Its language, when sure.
    pub language: Option<Language>,
    /// Where it stands.
    pub delivery: Delivery,
    /// Why it failed or is uncertain, in words for people; empty otherwise.
    pub delivery_error: String,
    /// Whether a machine wrote it.
    pub automatic: Automatic,
    /// The emotion, for customer messages while the feature is on.
    pub emotion: Option<Emotion>,
    /// The main intent of a customer message.
    pub intent: Option<Intent>,
    /// What could not be read (`warnings` of the mail parser).
    pub warnings: Vec<String>,
    /// Files.
    pub attachments: Vec<Attachment>,
}

/// A file of a message. Its bytes are stored once by their sha256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Attachment {
    /// The row.
    pub id: AttachmentId,
    /// The name that the sender gave, made safe for a file system.
    pub name: String,
    /// As declared (`image/jpeg`).
    pub media_type: String,
    /// Size in bytes.
    #[specta(type = i32)]
    pub bytes: i64,
    /// Of the content, in hex.
    pub sha256: String,
    /// False when the content was too large to keep.
    pub kept: bool,
}
