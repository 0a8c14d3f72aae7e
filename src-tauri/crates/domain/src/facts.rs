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
    segment::RfmSegment,
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
    /// Only where the language is unknown.
    pub language_unknown: bool,
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
    /// The band of this handoff's waiting time; each handoff is in exactly one.
    pub fn waiting_band(&self) -> WaitingBand {
        match (self.answered_at, self.closed_at) {
            (Some(answered), _) => WaitingBand::of_wait(answered.since(self.at)),
            (None, Some(_)) => WaitingBand::ClosedUnanswered,
            (None, None) => WaitingBand::StillWaiting,
        }
    }

    /// Orphan: no human reply by the promised time (vocabulary.md, "Ours"). A handoff that ended before its promise is none.
    pub fn is_orphan(&self, now: Moment) -> bool {
        let end = self.answered_at.or(self.closed_at).unwrap_or(now);
        end > self.promised_at
    }
}

words! {
    /// How long a handoff waited for a person; each handoff is in exactly one band.
    WaitingBand {
        /// Answered within 15 minutes.
        QuarterHour => "quarter_hour",
        /// Within an hour.
        Hour => "hour",
        /// Within four hours.
        FourHours => "four_hours",
        /// Within a day.
        Day => "day",
        /// After more than a day.
        Longer => "longer",
        /// Nobody has answered yet.
        StillWaiting => "still_waiting",
        /// Ended without an answer.
        ClosedUnanswered => "closed_unanswered",
    }
}

impl WaitingBand {
    /// The band of an answered handoff. The upper limit belongs to the band.
    pub const fn of_wait(ms: i64) -> Self {
        match ms {
            i64::MIN..=900_000 => Self::QuarterHour,
            900_001..=3_600_000 => Self::Hour,
            3_600_001..=14_400_000 => Self::FourHours,
            14_400_001..=86_400_000 => Self::Day,
            _ => Self::Longer,
        }
    }
}

words! {
    /// What a number on a dashboard counts; a click on it lists these.
    DrillOf {
        /// Surveys delivered.
        Surveys => "surveys",
        /// Ratings.
        Ratings => "ratings",
        /// Episodes of any kind.
        Episodes => "episodes",
        /// Episodes that the bot was involved in.
        Involved => "involved",
        /// Handoffs.
        Handoffs => "handoffs",
        /// Handoffs without a human reply by the promised time.
        Orphans => "orphans",
        /// Customers.
        Customers => "customers",
    }
}

/// Which facts are behind a number or a bar. It narrows the dashboard's own filter; a field that is `None` does not narrow.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
pub struct DrillKey {
    /// What is counted.
    pub of: DrillOf,
    /// On this channel.
    pub channel: Option<ChannelKind>,
    /// In this language.
    pub language: Option<Language>,
    /// Only where the language is unknown.
    pub language_unknown: bool,
    /// Served by these.
    pub served_by: Option<ServedBy>,
    /// With one of these scores; empty means any.
    pub scores: Vec<u8>,
    /// With this outcome.
    pub outcome: Option<EpisodeOutcome>,
    /// With this reason.
    pub reason: Option<HandoffReason>,
    /// In this band of waiting time.
    pub waiting: Option<WaitingBand>,
    /// Customers of this segment.
    pub segment: Option<RfmSegment>,
    /// Customers whose orders are in this currency.
    pub currency: Option<Currency>,
    /// From this day on, days since the epoch; the same day as in the roll-up that was counted.
    #[specta(type = Option<i32>)]
    pub first_day: Option<i64>,
    /// Up to and with this day.
    #[specta(type = Option<i32>)]
    pub last_day: Option<i64>,
}

impl DrillKey {
    /// All facts of a kind.
    pub const fn all(of: DrillOf) -> Self {
        Self {
            of,
            channel: None,
            language: None,
            language_unknown: false,
            served_by: None,
            scores: Vec::new(),
            outcome: None,
            reason: None,
            waiting: None,
            segment: None,
            currency: None,
            first_day: None,
            last_day: None,
        }
    }

    /// The facts of one language, or those whose language is unknown.
    #[must_use]
    pub fn in_language(mut self, language: Option<&Language>) -> Self {
        self.language = language.cloned();
        self.language_unknown = language.is_none();
        self
    }

    /// True when the handoff is among those behind the number: the list of a click is the facts for which this holds.
    pub fn holds_handoff(&self, fact: &HandoffFact, now: Moment) -> bool {
        let day = fact.at.day();
        (self.of == DrillOf::Handoffs || (self.of == DrillOf::Orphans && fact.is_orphan(now)))
            && self.channel.is_none_or(|channel| channel == fact.channel)
            && self.language.as_ref().is_none_or(|language| fact.language.as_ref() == Some(language))
            && !(self.language_unknown && fact.language.is_some())
            && self.reason.is_none_or(|reason| reason == fact.reason)
            && self.waiting.is_none_or(|band| band == fact.waiting_band())
            && self.first_day.is_none_or(|first| first <= day)
            && self.last_day.is_none_or(|last| day <= last)
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
