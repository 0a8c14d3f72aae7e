//! The bot gives a conversation to a person: one reason, a card, a promise.

use serde::{Deserialize, Serialize};

use crate::{
    emotion::{EmotionLevel, Trend},
    evidence::Evidence,
    ids::{ConversationId, HandoffId, MemberId, MessageId},
    intent::Intent,
    language::Language,
    moment::Moment,
    money::Money,
    order::OrderStatus,
    shipment::ShipmentStage,
    words,
};

words! {
    /// The one primary reason of a handoff.
    HandoffReason {
        /// The customer asked for a person.
        CustomerRequest => "customer_request",
        /// No evidence to answer from.
        MissingKnowledge => "missing_knowledge",
        /// Wants something that the bot does not do.
        UnsupportedRequest => "unsupported_request",
        /// A rule of the shop or the platform says a person must.
        PolicyRestriction => "policy_restriction",
        /// A look-up or action failed.
        ToolFailure => "tool_failure",
        /// Anger or high risk.
        EmotionRisk => "emotion_risk",
        /// Too many turns without an end.
        Limit => "limit",
    }
}

/// What an agent must know to answer without scrolling. Each field is filled or `unknown`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct HandoffCard {
    /// The matter in one or two sentences.
    pub summary: String,
    /// The customer's language.
    pub language: Option<Language>,
    /// Who, and how sure: name, address, verified or not.
    pub identity: String,
    /// Order and parcel in one line each.
    pub order: String,
    /// The level of the last message and how it went before.
    pub emotion: EmotionTrend,
    /// What the bot looked up, found and said.
    pub tried: Vec<String>,
    /// The question that is open.
    pub open_question: String,
    /// A reply the agent can insert and edit.
    pub suggested_reply: String,
    /// What the customer wants.
    pub intent: Option<Intent>,
    /// The same facts without words around them, for the window; none in cards of an older version.
    #[serde(default)]
    pub facts: Option<Box<CardFacts>>,
}

/// What a card's texts are made of: the window says it in the language of whoever reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CardFacts {
    /// The writer's name, else the address; empty where neither is known.
    pub name: String,
    /// The writer's address; data from outside.
    pub address: String,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// True when an order was placed with this address.
    pub verified: bool,
    /// The number of the order that the message is about, also when there is no such order.
    pub about_order: Option<String>,
    /// The sentence that says most.
    pub said: String,
    /// The order.
    pub order: Option<CardOrder>,
    /// What the bot did.
    pub tried: Vec<Evidence>,
}

/// An order on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CardOrder {
    /// The shop's number.
    pub number: String,
    /// Its state.
    pub status: OrderStatus,
    /// What it came to.
    pub total: Money,
    /// What was sent.
    pub parcels: Vec<CardParcel>,
}

/// A parcel on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CardParcel {
    /// Who carries it.
    pub carrier: String,
    /// Its number; may be empty.
    pub tracking_number: String,
    /// Where it is.
    pub stage: ShipmentStage,
    /// When it last moved.
    pub moved_at: Option<Moment>,
}

/// Levels of the customer's messages, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct EmotionTrend {
    /// Of each customer message of the episode.
    pub levels: Vec<EmotionLevel>,
    /// Where they go.
    #[serde(default)]
    pub direction: Option<Trend>,
}

impl EmotionTrend {
    /// The levels with their direction.
    pub fn of(levels: Vec<EmotionLevel>) -> Self {
        Self { direction: Trend::of(&levels), levels }
    }
}

/// A handoff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Handoff {
    /// The row.
    pub id: HandoffId,
    /// Of which conversation.
    pub conversation_id: ConversationId,
    /// In which of its episodes.
    pub episode: i32,
    /// The message that led to it.
    pub message_id: Option<MessageId>,
    /// Why.
    pub reason: HandoffReason,
    /// The card.
    pub card: HandoffCard,
    /// When.
    pub at: Moment,
    /// By when a person has promised to answer.
    pub promised_at: Moment,
    /// When a person answered.
    pub answered_at: Option<Moment>,
    /// Who.
    pub answered_by: Option<MemberId>,
    /// When the alarm about the promise was raised.
    pub alarmed_at: Option<Moment>,
    /// When it ended without an answer (resolved, handed back).
    pub closed_at: Option<Moment>,
}
