//! One run of the bot over one message: what every stage found, why, how long it took, and what came out.

use serde::{Deserialize, Serialize};

pub use crate::evidence::{Evidence, EvidenceCode, EvidenceKind, EvidenceValue};
use crate::{
    action::{Action, ActionRequest},
    article::Passage,
    automation::RuleHit,
    emotion::{Emotion, Risk},
    entity::Entity,
    handoff::{HandoffCard, HandoffReason},
    inbox::BotMode,
    intent::{IntentGuess, ScoredIntent},
    language::Language,
    money::Money,
    order::Order,
    words,
};

words! {
    /// The stages, in the order in which they run.
    StageName {
        /// What was really written now.
        Clean => "clean",
        /// In which language.
        Language => "language",
        /// Into the merchant's language, for people to read.
        Translate => "translate",
        /// Intent and entities.
        Understand => "understand",
        /// Level, cues and risks.
        Emotion => "emotion",
        /// Passages and orders.
        Retrieve => "retrieve",
        /// What to do.
        Decide => "decide",
        /// Do it, where it is an action.
        Act => "act",
        /// The words of the reply.
        Reply => "reply",
    }
}

/// A stage's result with its confidence, its reasons and its time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Staged<T> {
    /// The result.
    pub value: T,
    /// 0 to 1; 1 where the stage is certain by its nature.
    pub confidence: f32,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// How long it took, in microseconds.
    pub micros: u32,
}

/// The message without quotes, signature and disclaimer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Cleaned {
    /// What was written now.
    pub visible: String,
    /// What was quoted.
    pub quoted: String,
    /// The signature.
    pub signature: String,
}

/// The language of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct LanguageGuess {
    /// The language to answer in.
    pub code: Language,
    /// True when the message alone does not tell: then `code` is the likeliest with what is known of contact, conversation and store.
    pub unsure: bool,
    /// True when more than one language is in it.
    pub mixed: bool,
}

/// A translation, if there is an engine for the pair.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Translation {
    /// The text in the merchant's language; `None` when it is that already, or no engine is there.
    pub text: Option<String>,
    /// Which engine.
    pub engine: Option<String>,
}

/// Intent and entities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Understood {
    /// What the buyer wants.
    pub intent: IntentGuess,
    /// What else the message wants, each clear in a sentence of its own.
    #[serde(default)]
    pub also: Vec<ScoredIntent>,
    /// What the message names.
    pub entities: Vec<Entity>,
}

/// Level and risks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Felt {
    /// The level, its cues; `None` while the seller has switched the feature off.
    pub emotion: Option<Emotion>,
    /// High risk is looked for even then: it protects the shop and the buyer.
    pub risk: Risk,
}

/// What the answer can rest on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Retrieved {
    /// Passages of the knowledge base, best first.
    pub passages: Vec<Passage>,
    /// The order that the message is about, when it is one and its owner is known.
    pub order: Option<Order>,
    /// Why there is no order although one was asked for.
    pub order_missing: Option<OrderMissing>,
}

words! {
    /// Why there is no order.
    OrderMissing {
        /// No number, and the contact has none.
        Unknown => "unknown",
        /// The number is not in the shop's data.
        NotFound => "not_found",
        /// It belongs to somebody else: nothing about it is told.
        NotTheirs => "not_theirs",
        /// The contact has several and named none.
        Several => "several",
    }
}

words! {
    /// What the decide stage chose.
    Decision {
        /// Answer from an article.
        Answer => "answer",
        /// Answer from an order and its parcel.
        OrderAnswer => "order_answer",
        /// Estimate duty and import tax.
        Quote => "quote",
        /// Advise products.
        Advise => "advise",
        /// Ask one question back.
        Clarify => "clarify",
        /// A short word of courtesy (after a thanks).
        Courtesy => "courtesy",
        /// Restate an action and ask for a yes.
        Propose => "propose",
        /// Carry out what the customer has said yes to, and say what became of it.
        Act => "act",
        /// Say that nothing is changed, as the customer wishes.
        Decline => "decline",
        /// Say why an action is not possible.
        Refuse => "refuse",
        /// Give it to a person.
        HandOff => "hand_off",
        /// Say nothing.
        Silence => "silence",
    }
}

/// The choice and the rule that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Decided {
    /// The choice.
    pub decision: Decision,
    /// The rule's name (`high_risk`, `asked_for_person`, `weak_evidence`); the window has words for each.
    pub rule: String,
    /// The mode that the inbox has for this intent.
    pub mode: BotMode,
    /// For a handoff: the reason.
    pub reason: Option<HandoffReason>,
}

/// What was looked up, and what became of an action that the customer said yes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Acted {
    /// What was done, in words, for the card and the audit.
    pub done: Vec<String>,
    /// The action as it was read back.
    #[serde(default)]
    pub action: Option<Box<Action>>,
}

/// A reply in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ReplyDraft {
    /// The text, with disclosure and signature where they are due.
    pub text: String,
    /// Its language.
    pub language: Language,
    /// The passages it cites.
    pub sources: Vec<Passage>,
    /// True when the text carries the AI disclosure.
    pub discloses_ai: bool,
}

words! {
    /// Why the bot says nothing.
    SilenceReason {
        /// A machine wrote.
        Automatic => "automatic",
        /// A person owns the conversation.
        HumanOwns => "human_owns",
        /// The mode is off.
        ModeOff => "mode_off",
        /// Nothing was written.
        Empty => "empty",
        /// A word of thanks that needs no answer.
        NothingAsked => "nothing_asked",
        /// A rating, taken in by the survey.
        Rating => "rating",
        /// The contact wrote more than the bot may answer in this time.
        RateLimited => "rate_limited",
    }
}

/// What comes out of a turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// Sent by the bot.
    Reply {
        /// The words.
        reply: ReplyDraft,
    },
    /// Waits for a person's approval.
    Draft {
        /// The words.
        reply: ReplyDraft,
    },
    /// Waits for the customer's yes.
    Act {
        /// The question that restates everything.
        reply: ReplyDraft,
        /// What was restated.
        action: Box<ActionRequest>,
        /// What money it moves, as restated.
        amount: Option<Money>,
    },
    /// Given to a person.
    HandOff {
        /// Why.
        reason: HandoffReason,
        /// What the person must know.
        card: Box<HandoffCard>,
        /// What the customer is told; without it nothing is said (mode draft or off, automatic).
        notice: Option<ReplyDraft>,
    },
    /// Nothing.
    Silence {
        /// Why.
        reason: SilenceReason,
    },
}

/// One run of the bot over one message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Turn {
    /// Stage by stage.
    pub clean: Staged<Cleaned>,
    /// See [`StageName::Language`].
    pub language: Staged<LanguageGuess>,
    /// See [`StageName::Translate`].
    pub translate: Staged<Translation>,
    /// See [`StageName::Understand`].
    pub understand: Staged<Understood>,
    /// See [`StageName::Emotion`].
    pub emotion: Staged<Felt>,
    /// See [`StageName::Retrieve`].
    pub retrieve: Staged<Retrieved>,
    /// See [`StageName::Decide`].
    pub decide: Staged<Decided>,
    /// See [`StageName::Act`].
    pub act: Staged<Acted>,
    /// See [`StageName::Reply`]; the words, also when they are not sent.
    pub reply: Staged<Option<ReplyDraft>>,
    /// What came out.
    pub outcome: Outcome,
    /// The seller's rules that held, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleHit>,
}

impl Turn {
    /// Microseconds by stage, in order.
    pub fn micros(&self) -> Vec<(StageName, u32)> {
        vec![
            (StageName::Clean, self.clean.micros),
            (StageName::Language, self.language.micros),
            (StageName::Translate, self.translate.micros),
            (StageName::Understand, self.understand.micros),
            (StageName::Emotion, self.emotion.micros),
            (StageName::Retrieve, self.retrieve.micros),
            (StageName::Decide, self.decide.micros),
            (StageName::Act, self.act.micros),
            (StageName::Reply, self.reply.micros),
        ]
    }
}
