//! One thread with one contact in one inbox, and its states.

use serde::{Deserialize, Serialize};

use crate::{
    emotion::EmotionLevel,
    ids::{ContactId, ConversationId, InboxId, MemberId},
    intent::Intent,
    language::Language,
    moment::Moment,
    words,
};

words! {
    /// The state of a conversation. `pending` means: with the bot.
    Status {
        /// Waits for a person.
        Open => "open",
        /// With the bot.
        Pending => "pending",
        /// Set aside until a time or the next message.
        Snoozed => "snoozed",
        /// Done; a new customer message reopens it.
        Resolved => "resolved",
    }
}

words! {
    /// Who answers next.
    Owner {
        /// The bot.
        Bot => "bot",
        /// A person: the bot is silent.
        Human => "human",
    }
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Conversation {
    /// The row.
    pub id: ConversationId,
    /// The connected account it came through.
    pub inbox_id: InboxId,
    /// The customer.
    pub contact_id: ContactId,
    /// The subject without `Re:`; empty on channels without one.
    pub subject: String,
    /// The state.
    pub status: Status,
    /// Who answers next.
    pub owner: Owner,
    /// The agent it is assigned to.
    pub assignee: Option<MemberId>,
    /// Higher first in Waiting for you: 0 normal, 10 upset, 20 angry, 30 high risk.
    pub priority: i32,
    /// The language of the last customer message that was sure.
    pub language: Option<Language>,
    /// Of the last customer message.
    pub emotion: Option<EmotionLevel>,
    /// Of the last customer message.
    pub intent: Option<Intent>,
    /// The running episode's number, from 1.
    pub episode: i32,
    /// The last message of either side.
    pub last_message_at: Moment,
    /// The first customer message that nobody has answered.
    pub waiting_since: Option<Moment>,
    /// When a snoozed conversation wakes.
    pub snoozed_until: Option<Moment>,
    /// True when a customer message has not been seen by an agent.
    pub unread: bool,
    /// Raised by every change: who answers on an older version is asked first.
    #[specta(type = i32)]
    pub version: i64,
}

impl Conversation {
    /// The state after a new customer message: resolved and snoozed conversations come back, to the one who owns them.
    pub const fn status_after_customer_message(owner: Owner) -> Status {
        match owner {
            Owner::Bot => Status::Pending,
            Owner::Human => Status::Open,
        }
    }
}

words! {
    /// What an activity line in the thread reports.
    ActivityKind {
        /// A customer message reopened the conversation.
        Reopened => "reopened",
        /// Marked as done.
        Resolved => "resolved",
        /// Set aside.
        Snoozed => "snoozed",
        /// The time of a snooze came.
        Woke => "woke",
        /// Given to an agent, or to nobody.
        Assigned => "assigned",
        /// The bot gave it to a person.
        HandedOff => "handed_off",
        /// A person gave it back to the bot.
        HandedBack => "handed_back",
        /// An agent took it over by answering.
        TakenOver => "taken_over",
        /// A survey went out.
        SurveySent => "survey_sent",
        /// A rating came in.
        Rated => "rated",
        /// A label was added or removed.
        Labelled => "labelled",
        /// A delivery failed.
        DeliveryFailed => "delivery_failed",
    }
}
