//! What the pipeline needs from outside, as traits and plain data: nothing here reads a clock, a file or a database.
//!
//! `mercator-app` fills [`TurnInput`] and implements the traits. A port that is missing or fails never stops a turn: the stage
//! says in its evidence what it could not do.

use std::sync::Arc;

use mercator_domain::{
    action::{Action, ActionRequest, ActionRules, Plan, Refusal},
    automation::AutomationRule,
    channel::ChannelKind,
    courtesy::CourtesyProfile,
    emotion::EmotionLevel,
    handoff::HandoffReason,
    hours::BusinessHours,
    ids::{ActionId, ArticleId, InboxId},
    inbox::BotModes,
    intent::Intent,
    language::Language,
    message::{Author, Automatic},
    moment::Moment,
    order::Order,
    product::Product,
    turn::Evidence,
};

use crate::{entities::OwnNumbers, offers::OfferData};

/// Finds orders by number. The answer tells an order of somebody else apart from none at all, so that nothing of it is told.
pub trait Orders {
    /// The order with this number (compared without spaces, hyphens and `#`), with its owner's relation to the writer.
    fn find(&self, number: &str) -> OrderFound;
    /// The writer's own orders, newest first, at most `limit`.
    fn of_contact(&self, limit: usize) -> Vec<Order>;
}

/// What a look-up gives.
#[derive(Clone, Debug, PartialEq)]
pub enum OrderFound {
    /// The writer's own.
    Theirs(Box<Order>),
    /// It exists, and belongs to somebody else or the writer is not verified.
    NotTheirs,
    /// It does not exist.
    NotFound,
    /// The shop's data could not be read.
    Failed(String),
}

/// Asks the action engine, which alone knows the shop's rules and alone writes.
pub trait Actions {
    /// The shop's rules; `Err` says why they could not be read.
    fn rules(&self) -> Result<ActionRules, String>;
    /// Whether a request would be allowed now. Nothing is stored.
    fn check(&self, request: &ActionRequest) -> ActionsChecked;
    /// The product with this number and its other variants; empty where the shop lists none.
    fn variants(&self, sku: &str) -> Vec<Product>;
    /// Carries out what was proposed, after the customer's yes: the action as it was read back, whoever has carried it out.
    fn confirm(&self, id: ActionId) -> Result<Action, String>;
}

/// What a check says.
#[derive(Clone, Debug, PartialEq)]
pub enum ActionsChecked {
    /// Allowed: what it would change.
    Allowed(Box<Plan>),
    /// Forbidden.
    Refused(Refusal),
    /// The shop's data could not be read.
    Failed(String),
}

/// Turns a text into another language. `None` when there is no engine for the pair.
pub trait Translator {
    /// The translation and the engine's name.
    fn translate(&self, text: &str, from: &Language, to: &Language) -> Option<(String, String)>;
}

/// No engine.
pub struct NoTranslator;

impl Translator for NoTranslator {
    fn translate(&self, _: &str, _: &Language, _: &Language) -> Option<(String, String)> {
        None
    }
}

/// The ports of one turn.
pub struct Ports<'a> {
    /// The shop's orders.
    pub orders: &'a dyn Orders,
    /// The action engine.
    pub actions: &'a dyn Actions,
    /// The translation engine.
    pub translator: &'a dyn Translator,
    /// Microseconds since some fixed point, for the stages' times; a counter in tests.
    pub micros: &'a dyn Fn() -> u64,
}

/// One earlier message of the running episode.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryLine {
    /// Who wrote it.
    pub author: Author,
    /// The visible text.
    pub text: String,
    /// When.
    pub at: Moment,
    /// For customer messages.
    pub intent: Option<Intent>,
    /// For customer messages.
    pub emotion: Option<EmotionLevel>,
    /// For bot messages: true when it was a question back to the customer.
    pub clarified: bool,
}

/// What the inbox says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct StoreProfile {
    /// The store's name, for signatures and texts.
    pub name: String,
    /// The store's own language, which the merchant reads.
    pub language: Language,
    /// Put under every answer.
    pub signature: String,
    /// What the bot may do.
    pub modes: BotModes,
    /// When people answer, for the words of a handoff notice.
    pub hours: BusinessHours,
}

/// What is known of the writer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Writer {
    /// The name shown; data from outside.
    pub name: String,
    /// The address; data from outside.
    pub address: String,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The contact's language, or the one an agent fixed.
    pub language: Option<Language>,
    /// True when an agent fixed it: then it is the language of every turn.
    pub language_fixed: bool,
}

/// The rules that a seller can set; the defaults are the product's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// An article answers only at or above this retrieval score.
    pub answer_threshold: f32,
    /// An intent below this confidence counts as unsure.
    pub intent_threshold: f32,
    /// For each intent the confidence from which on it was right as often as the seller asks for; empty where no model tells.
    pub auto_from: Arc<[(Intent, f32)]>,
    /// A parcel without movement for more hours than this goes to a person.
    pub stuck_after_hours: i64,
    /// After this many bot answers in one episode a person takes over.
    pub max_bot_replies: usize,
    /// Emotion is looked for and stored.
    pub emotion_enabled: bool,
    /// At this level or above a person takes over.
    pub hand_off_at: EmotionLevel,
    /// Intents that always go to a person, with the reason.
    pub always_hand_off: Vec<(Intent, HandoffReason)>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            answer_threshold: 0.45,
            intent_threshold: 0.5,
            auto_from: Arc::new([]),
            stuck_after_hours: 120,
            max_bot_replies: 6,
            emotion_enabled: true,
            hand_off_at: EmotionLevel::Angry,
            always_hand_off: vec![
                (Intent::AccountDataRequest, HandoffReason::PolicyRestriction),
                (Intent::PaymentProblem, HandoffReason::UnsupportedRequest),
            ],
        }
    }
}

/// A file that came with a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attached {
    /// Its name; data from outside.
    pub name: String,
    /// Its type as declared; data from outside.
    pub media_type: String,
    /// What came of reading it, for pictures and voice messages: whoever fills the input has the programs for it.
    pub reading: FileReading,
}

/// What is known of a file's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FileReading {
    /// Nothing could read it, or nothing needed to.
    #[default]
    Unread,
    /// Its words; data from outside.
    Words {
        /// What it says.
        text: String,
        /// The program that read it.
        reader: String,
    },
    /// The program failed.
    Failed(String),
}

/// Everything that one turn is about.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnInput {
    /// The subject of the message; empty on channels without one.
    pub subject: String,
    /// The whole text; the clean stage parts it.
    pub text: String,
    /// The files that came with it.
    pub attachments: Vec<Attached>,
    /// Whether a machine wrote it.
    pub automatic: Automatic,
    /// When it was written.
    pub at: Moment,
    /// Now.
    pub now: Moment,
    /// The store.
    pub store: StoreProfile,
    /// The writer.
    pub writer: Writer,
    /// Earlier messages of the episode, oldest first.
    pub history: Vec<HistoryLine>,
    /// True when a person owns the conversation.
    pub human_owns: bool,
    /// True when the customer has had the AI disclosure in this conversation.
    pub disclosed: bool,
    /// By when a person would answer, were it handed over now.
    pub promised_at: Moment,
    /// The level that a person gave to the very same words before.
    pub corrected: Option<EmotionLevel>,
    /// The action that our last message restated, when it was one: it waits for the customer's yes.
    pub pending: Option<Box<Action>>,
    /// Pictures came with an earlier message of the episode.
    pub pictures_before: bool,
    /// The thresholds.
    pub rules: Rules,
    /// Products and rules for duty; shared, since a shop may have many.
    pub offers: Arc<OfferData>,
    /// The seller's own rules.
    pub automation: Arc<[AutomationRule]>,
    /// The seller's own courtesy by country.
    pub courtesy: Arc<[CourtesyProfile]>,
    /// The inbox; `None` on the test bench of a shop without one.
    pub inbox: Option<InboxId>,
    /// Its channel.
    pub channel: ChannelKind,
    /// The labels of the conversation.
    pub labels: Vec<String>,
    /// The shapes of the shop's order numbers and the numbers of its items; shared, since a shop may have many.
    pub own: Arc<OwnNumbers>,
}

/// An article as the index takes it in.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexedArticle {
    /// The row.
    pub id: ArticleId,
    /// Articles of one key are variants of one another.
    pub key: String,
    /// The heading or question.
    pub title: String,
    /// Paragraphs, in order.
    pub passages: Vec<String>,
    /// Its language.
    pub language: Language,
    /// Only for this country.
    pub country: Option<String>,
    /// Only in these stores; empty for all.
    pub inboxes: Vec<InboxId>,
    /// Not before.
    pub valid_from: Option<Moment>,
    /// Not after.
    pub valid_to: Option<Moment>,
}

/// Collects the reasons of a stage.
pub type Reasons = Vec<Evidence>;
