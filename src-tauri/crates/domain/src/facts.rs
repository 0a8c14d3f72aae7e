//! The facts that dashboards count: plain rows that the store reads and analytics turns into numbers.

use serde::{Deserialize, Serialize};

use crate::{
    channel::ChannelKind,
    handoff::HandoffReason,
    ids::{ContactId, ConversationId, InboxId},
    intent::Intent,
    language::Language,
    moment::Moment,
    money::Currency,
    satisfaction::ServedBy,
    words,
};

words! {
    /// The one outcome of an episode that the bot was involved in; the first that holds, in this order.
    EpisodeOutcome {
        /// A person took over.
        HandedOff => "handed_off",
        /// The customer said that it is solved (a thanks, a positive rating).
        ResolvedConfirmed => "resolved_confirmed",
        /// The customer wrote no more within the time of the channel.
        ResolvedAssumed => "resolved_assumed",
        /// Still running.
        Open => "open",
    }
}

/// Which facts a dashboard counts. Empty lists mean all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(default)]
pub struct DashboardFilter {
    /// From this moment on.
    pub from: Option<Moment>,
    /// Before this moment.
    pub to: Option<Moment>,
    /// Of these inboxes.
    pub inboxes: Vec<InboxId>,
    /// Of these channels.
    pub channels: Vec<ChannelKind>,
    /// In these languages.
    pub languages: Vec<Language>,
    /// From these countries.
    pub countries: Vec<String>,
    /// With these intents (the last of the episode).
    pub intents: Vec<Intent>,
}

/// One rating with what it can be grouped by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingFact {
    /// The conversation, for the drill-down.
    pub conversation_id: ConversationId,
    /// Its channel.
    pub channel: ChannelKind,
    /// The customer's language.
    pub language: Option<Language>,
    /// 1 to 5.
    pub score: u8,
    /// Who served.
    pub served_by: ServedBy,
    /// When the survey was answered.
    pub at: Moment,
    /// What the customer added.
    pub comment: String,
}

/// Surveys and ratings of one day and group: a roll-up row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SatisfactionDay {
    /// Days since the epoch, by the day on which the survey was delivered.
    pub day: i64,
    /// The channel.
    pub channel: ChannelKind,
    /// The customer's language.
    pub language: Option<Language>,
    /// Who served.
    pub served_by: ServedBy,
    /// Surveys delivered.
    pub surveys: i64,
    /// Ratings by score, 1 to 5.
    pub scores: [i64; 5],
}

/// Episodes that began on one day, by group and outcome: a roll-up row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpisodeDay {
    /// Days since the epoch, by the day on which the episode began.
    pub day: i64,
    /// The channel.
    pub channel: ChannelKind,
    /// The customer's language.
    pub language: Option<Language>,
    /// All episodes.
    pub episodes: i64,
    /// With at least one bot answer, or handed over by the bot.
    pub involved: i64,
    /// Of the involved: handed to a person.
    pub handed_off: i64,
    /// Of the involved: confirmed.
    pub confirmed: i64,
    /// Of the involved: assumed.
    pub assumed: i64,
    /// Of the involved: still running.
    pub open: i64,
}

/// One handoff with what it can be grouped by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffFact {
    /// The conversation, for the drill-down.
    pub conversation_id: ConversationId,
    /// Its channel.
    pub channel: ChannelKind,
    /// The customer's language.
    pub language: Option<Language>,
    /// Why.
    pub reason: HandoffReason,
    /// When.
    pub at: Moment,
    /// By when a person promised to answer.
    pub promised_at: Moment,
    /// When a person answered.
    pub answered_at: Option<Moment>,
    /// When it ended without an answer.
    pub closed_at: Option<Moment>,
}

impl HandoffFact {
    /// Orphan: no human reply by the promised time (vocabulary.md, "Ours"). A handoff that ended before its promise is none.
    pub fn is_orphan(&self, now: Moment) -> bool {
        let end = self.answered_at.or(self.closed_at).unwrap_or(now);
        end > self.promised_at
    }
}

/// A customer's orders in three numbers: the running total that the store keeps with each order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerOrders {
    /// Who.
    pub contact_id: ContactId,
    /// Orders that were not cancelled.
    pub orders: i64,
    /// The first.
    pub first_at: Moment,
    /// The last.
    pub last_at: Moment,
    /// What they cost in all, minor units, by currency of most orders.
    pub total_minor: i64,
    /// That currency.
    pub currency: Currency,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
}
