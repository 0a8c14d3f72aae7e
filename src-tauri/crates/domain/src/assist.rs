//! What a language model may be asked for, and what is set about it. It writes words for a person; it decides nothing.

use serde::{Deserialize, Serialize};

use crate::{moment::Moment, words};

words! {
    /// The wire that a language model speaks.
    ModelKind {
        /// The chat completions of OpenAI, which most servers speak.
        OpenAi => "openai",
        /// Ollama's own.
        Ollama => "ollama",
    }
}

words! {
    /// What a language model is asked for.
    AssistTask {
        /// An answer from passages and facts.
        Draft => "draft",
        /// The person's own words, shorter.
        Shorter => "shorter",
        /// The same, warmer.
        Warmer => "warmer",
        /// The same, more formal.
        Formal => "formal",
        /// What the conversation is about, for the person who takes over.
        Summary => "summary",
        /// Whether the model answers at all.
        Trial => "trial",
    }
}

words! {
    /// What something leaves this computer for.
    Purpose {
        /// Mail is fetched.
        MailReceive => "mail_receive",
        /// Mail is sent.
        MailSend => "mail_send",
        /// A language model is asked.
        LanguageModel => "language_model",
        /// A carrier's reports are fetched.
        Tracking => "tracking",
    }
}

words! {
    /// A kind of promise that a reply may make.
    Claim {
        /// Money comes back.
        MoneyBack => "money_back",
        /// It costs nothing.
        Free => "free",
        /// Something is cheaper.
        Discount => "discount",
        /// It is sent anew.
        Replacement => "replacement",
        /// It is certain.
        Guarantee => "guarantee",
        /// A day by its name.
        DeliveryDay => "delivery_day",
        /// The order is said to be cancelled.
        Cancelled => "cancelled",
        /// The order is said to be changed.
        Changed => "changed",
        /// Something is given for the trouble.
        Compensation => "compensation",
        /// The customer is sent elsewhere, or asked for a secret.
        OffChannel => "off_channel",
    }
}

/// What is set about the language model. The key is kept with the secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(default)]
pub struct ModelSettings {
    /// It is asked at all.
    pub enabled: bool,
    /// The wire.
    pub kind: ModelKind,
    /// Where, like `http://localhost:11434/`.
    pub address: String,
    /// Which model.
    pub model: String,
    /// Longest wait for an answer, 5 to 300.
    pub timeout_seconds: u16,
    /// Tokens a day, of questions and answers; nothing is asked beyond.
    pub daily_tokens: u32,
    /// The host for which the seller has seen what is sent, and agreed.
    pub agreed_host: String,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            kind: ModelKind::Ollama,
            address: "http://localhost:11434/".to_owned(),
            model: String::new(),
            timeout_seconds: 60,
            daily_tokens: 200_000,
            agreed_host: String::new(),
        }
    }
}

/// What has left this computer, or was kept from it, for one host on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct OutboundRow {
    /// The beginning of the day, UTC.
    pub day: Moment,
    /// Where to.
    pub host: String,
    /// What for.
    pub purpose: Purpose,
    /// How often.
    pub requests: i32,
    /// How often it was kept from leaving.
    pub refused: i32,
    /// The last time.
    pub last_at: Moment,
}

/// One question to a language model. What was said is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ModelCall {
    /// When.
    pub at: Moment,
    /// What for.
    pub task: AssistTask,
    /// Where to.
    pub host: String,
    /// Which model.
    pub model: String,
    /// How much was asked, in tokens as the model counts, or as estimated.
    pub tokens_in: i32,
    /// How much was answered.
    pub tokens_out: i32,
    /// How long it took.
    pub millis: i32,
    /// How many personal details were hidden.
    pub hidden: i32,
    /// `ok`, `cancelled`, `rejected:<why>` by our own check, or the code of the failure.
    pub outcome: String,
}
