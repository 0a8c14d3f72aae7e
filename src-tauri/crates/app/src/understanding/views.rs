//! What the page "Understanding" is given. Pure data; the window's types are generated from here.

use mercator_domain::{
    emotion::EmotionLevel,
    ids::{ConversationId, IntentExampleId, IntentModelId, MessageId},
    intent::{ExampleSource, Intent},
    language::Language,
    moment::Moment,
};
use serde::{Deserialize, Serialize};

/// Everything that the page shows at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct UnderstandingReport {
    /// The sentence encoder is there; without it nothing can be trained.
    pub encoder: bool,
    /// A training runs in this program.
    pub training: bool,
    /// How often an intent must be right to be answered alone, 0 to 1.
    pub precision: f32,
    /// Examples of the workspace.
    pub examples: i32,
    /// What was taught or taken away since the model in use was trained.
    pub waiting: i32,
    /// The versions, the newest first; the last is the one that ships.
    pub versions: Vec<ModelVersion>,
    /// How the model in use answered examples that it had not seen; `None` where there is no such model.
    pub figures: Option<IntentFigures>,
    /// What was corrected of emotions.
    pub emotions: EmotionFigures,
}

/// One version of the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ModelVersion {
    /// `None` for the one that ships.
    pub id: Option<IntentModelId>,
    /// When it was trained; `None` for the one that ships.
    pub trained_at: Option<Moment>,
    /// Who had it trained.
    pub member: String,
    /// Examples of the workspace in it.
    pub examples: i32,
    /// The share of examples that were answered right by a model that had not seen them; `None` when it is not known here.
    pub accuracy: Option<f32>,
    /// It is in use.
    pub active: bool,
    /// It can be used: its model is still kept.
    pub kept: bool,
    /// It was worse than the one in use then, and was not taken for it.
    pub held_back: bool,
}

/// Figures over held-out answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct IntentFigures {
    /// Answers.
    pub n: i32,
    /// Of them right.
    pub right: i32,
    /// The intents, in the order of the matrix.
    pub labels: Vec<Intent>,
    /// How often the intent of the row was taken for that of the column; what was taken as out of scope counts as `other`.
    pub confusion: Vec<Vec<i32>>,
    /// The mix-ups that come up most.
    pub confused: Vec<Confusion>,
    /// By intent, in the order of `labels`.
    pub by_intent: Vec<IntentLine>,
    /// By language; empty where the phrases have changed since the training.
    pub by_language: Vec<LanguageLine>,
    /// What the bot would answer alone at each confidence from 0 to 100 %: 101 places.
    pub effect: Effect,
}

/// How often one intent was taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Confusion {
    /// What was meant.
    pub intent: Intent,
    /// What was understood.
    pub predicted: Intent,
    /// How often.
    pub count: i32,
}

/// One intent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct IntentLine {
    /// Which.
    pub intent: Intent,
    /// Examples of it.
    pub n: i32,
    /// Of them right.
    pub right: i32,
    /// From this confidence on it was right as often as asked for; `None` when it never was.
    pub threshold: Option<f32>,
    /// What would be answered alone as this intent, at each confidence from 0 to 100 %.
    pub effect: Effect,
}

/// One language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct LanguageLine {
    /// Which.
    pub language: Language,
    /// Examples in it.
    pub n: i32,
    /// Of them right.
    pub right: i32,
}

/// What is answered alone and how much of it is right, at the confidences 0, 1, … 100 %.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Effect {
    /// Answered alone.
    pub auto: Vec<i32>,
    /// Of them right.
    pub right: Vec<i32>,
}

/// What people corrected of emotions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct EmotionFigures {
    /// Emotions are looked for.
    pub enabled: bool,
    /// Messages with an emotion.
    pub messages: i32,
    /// Of them corrected.
    pub corrected: i32,
    /// From which level to which, the most frequent first.
    pub pairs: Vec<EmotionPair>,
}

/// How often one level was corrected to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct EmotionPair {
    /// What the bot had said.
    pub from: EmotionLevel,
    /// What a person said.
    pub to: EmotionLevel,
    /// How often.
    pub count: i32,
}

mercator_domain::words! {
    /// What a list of things to look at holds.
    WrongKind {
        /// Customers' messages of which the bot was not sure, or which an agent corrected.
        Messages => "messages",
        /// Phrases and examples that were answered wrongly by a model that had not seen them.
        Phrases => "phrases",
    }
}

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct WrongRow {
    /// The same as long as the list is on the screen.
    pub key: String,
    /// The words.
    pub text: String,
    /// Their language, when known.
    pub language: Option<Language>,
    /// What it is said to mean: the label of a phrase, or what an agent said of a message.
    pub label: Option<Intent>,
    /// What the bot understood.
    pub predicted: Intent,
    /// How sure it was, 0 to 1.
    pub confidence: f32,
    /// For a customer's message.
    pub message_id: Option<MessageId>,
    /// Its conversation.
    pub conversation_id: Option<ConversationId>,
    /// True for an example of the workspace, false for a phrase that ships.
    pub own: bool,
}

/// A page of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct WrongPage {
    /// All.
    pub total: i32,
    /// Those asked for.
    pub rows: Vec<WrongRow>,
}

/// An example of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ExampleRow {
    /// The row.
    pub id: IntentExampleId,
    /// The words.
    pub text: String,
    /// Their language, when known.
    pub language: Option<Language>,
    /// What they mean.
    pub intent: Intent,
    /// Where it comes from.
    pub source: ExampleSource,
    /// Who labelled it last.
    pub member: String,
    /// When.
    pub labelled_at: Moment,
}

/// A page of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ExamplePage {
    /// All.
    pub total: i32,
    /// Those asked for.
    pub rows: Vec<ExampleRow>,
}

/// What a training gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct TrainingResult {
    /// The version.
    pub id: IntentModelId,
    /// Examples of the workspace in it.
    pub examples: i32,
    /// The share of all examples that were answered right by a model that had not seen them.
    pub accuracy: f32,
    /// The same over the phrases that ship, of the model that was in use: what the new one is compared with.
    pub before: Option<f32>,
    /// Of the new one.
    pub after: Option<f32>,
    /// It is in use now; false when it was worse than the one before by more than two points.
    pub activated: bool,
}
