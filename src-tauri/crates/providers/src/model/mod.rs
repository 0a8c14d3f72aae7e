//! A language model behind an address of the seller's: asked with words, answers with words. What may be asked, what is hidden before
//! and what is done with an answer is not decided here.
//!
//! The answer comes as it is written, and can be cut off at any time. What was never begun is tried again; what was begun is not.

#[cfg(test)]
mod model_tests;

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use futures_util::StreamExt;
use genai::{
    Client, ModelIden, ServiceTarget,
    adapter::AdapterKind,
    chat::{ChatMessage, ChatOptions, ChatRequest, ChatStreamEvent},
    resolver::{AuthData, Endpoint, ServiceTargetResolver},
};
use mercator_domain::assist::ModelKind;
use reqwest::{StatusCode, Url};
use tokio_util::sync::CancellationToken;

use crate::{
    secrets::Secret,
    web::{self, WebError},
};

/// No reply and no summary is longer, in characters; a model that writes on and on is cut off.
pub const MOST_CHARACTERS: usize = 12_000;

/// Pauses before what could not begin is tried again.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// Where a model is and how it is spoken to.
#[derive(Clone)]
pub struct Place {
    /// The wire.
    pub kind: ModelKind,
    /// The address up to where the wire's own paths begin.
    pub address: Url,
    /// Which model.
    pub model: String,
    /// Many servers on the own computer want none.
    pub key: Option<Secret>,
    /// Longest wait for the whole answer.
    pub patience: Duration,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What the model is to do.
    pub system: String,
    /// What it is to do it with.
    pub user: String,
    /// Longest answer in tokens.
    pub most_tokens: u32,
}

/// What it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its words.
    pub text: String,
    /// Tokens of the question, where the model tells.
    pub tokens_in: Option<i32>,
    /// Tokens of the answer, where the model tells.
    pub tokens_out: Option<i32>,
}

/// What went wrong. No variant holds words of the question or of the answer, or the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Nobody answers there.
    #[error("Nobody answers at {host}")]
    Unreachable {
        /// Where.
        host: String,
    },
    /// It took longer than the seller wants to wait.
    #[error("The language model did not answer within {seconds} seconds")]
    TimeOut {
        /// So long.
        seconds: u64,
    },
    /// The key is refused.
    #[error("{host} does not accept the key")]
    WrongKey {
        /// Where.
        host: String,
    },
    /// The model or the path is not there.
    #[error("{host} does not know the model {model}")]
    UnknownModel {
        /// Where.
        host: String,
        /// Which.
        model: String,
    },
    /// Too many questions, or it is overloaded.
    #[error("{host} is busy or its limit is reached")]
    Busy {
        /// Where.
        host: String,
    },
    /// It refuses the question.
    #[error("{host} refuses the question (status {status})")]
    Refused {
        /// Where.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// What it sends is no answer.
    #[error("What {host} sends is no answer of a language model")]
    Garbled {
        /// Where.
        host: String,
    },
    /// It writes on and on.
    #[error("The language model wrote more than {MOST_CHARACTERS} characters and was cut off")]
    TooLong,
    /// It said nothing.
    #[error("The language model said nothing")]
    Empty,
    /// The person has cut it off.
    #[error("It was cut off")]
    Cancelled,
    /// No client.
    #[error("{0}")]
    Web(String),
}

impl ModelError {
    /// One word for the log and for the list of calls.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::TimeOut { .. } => "time_out",
            Self::WrongKey { .. } => "wrong_key",
            Self::UnknownModel { .. } => "unknown_model",
            Self::Busy { .. } => "busy",
            Self::Refused { .. } => "refused",
            Self::Garbled { .. } => "garbled",
            Self::TooLong => "too_long",
            Self::Empty => "empty",
            Self::Cancelled => "cancelled",
            Self::Web(_) => "no_client",
        }
    }

    const fn passes(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Busy { .. })
    }
}

impl From<WebError> for ModelError {
    fn from(error: WebError) -> Self {
        Self::Web(error.to_string())
    }
}

/// A language model.
pub struct LanguageModel {
    client: Client,
    place: Place,
    pauses: [Duration; 2],
}

impl LanguageModel {
    /// Speaks to nobody yet.
    pub fn new(place: Place) -> Result<Self, ModelError> {
        let client = Client::builder().with_reqwest(web::client()?).with_service_target_resolver(resolver(&place)).build();
        let client = client.map_err(|_| ModelError::Web("The client for language models cannot be made".to_owned()))?;
        Ok(Self { client, place, pauses: PAUSES })
    }

    /// The host that is spoken to.
    pub fn host(&self) -> String {
        web::host(&self.place.address)
    }

    /// Asks; `on_text` gets each piece as it comes.
    pub async fn ask(
        &self,
        question: &Question,
        cancel: &CancellationToken,
        on_text: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<Said, ModelError> {
        let [first, second] = self.pauses;
        let again = ExponentialBuilder::default()
            .with_min_delay(first)
            .with_factor(second.as_secs_f32() / first.as_secs_f32().max(f32::EPSILON))
            .with_max_times(self.pauses.len());
        let begun = std::sync::atomic::AtomicBool::new(false);
        let counted = |piece: &str| {
            begun.store(true, std::sync::atomic::Ordering::Relaxed);
            on_text(piece);
        };
        let tried = || self.ask_once(question, &counted);
        let asking = tried.retry(again).when(|error| error.passes() && !begun.load(std::sync::atomic::Ordering::Relaxed));
        tokio::select! {
            () = cancel.cancelled() => Err(ModelError::Cancelled),
            done = tokio::time::timeout(self.place.patience, asking) =>
                done.unwrap_or(Err(ModelError::TimeOut { seconds: self.place.patience.as_secs() })),
        }
    }

    async fn ask_once(&self, question: &Question, on_text: &(dyn Fn(&str) + Send + Sync)) -> Result<Said, ModelError> {
        let request = ChatRequest::from_system(&question.system).append_message(ChatMessage::user(question.user.as_str()));
        let options = ChatOptions::default()
            .with_temperature(0.2)
            .with_max_tokens(question.most_tokens)
            .with_capture_usage(true)
            .with_normalize_reasoning_content(true);
        let answer = self.client.exec_chat_stream(self.place.model.as_str(), request, Some(&options)).await;
        let mut stream = answer.map_err(|error| self.failure(&error))?.stream;
        let mut said = Said { text: String::new(), tokens_in: None, tokens_out: None };
        while let Some(event) = stream.next().await {
            match event.map_err(|error| self.failure(&error))? {
                ChatStreamEvent::Chunk(piece) => {
                    said.text.push_str(&piece.content);
                    if said.text.chars().count() > MOST_CHARACTERS {
                        return Err(ModelError::TooLong);
                    }
                    on_text(&piece.content);
                }
                ChatStreamEvent::End(end) => {
                    let usage = end.captured_usage.unwrap_or_default();
                    (said.tokens_in, said.tokens_out) = (usage.prompt_tokens, usage.completion_tokens);
                }
                _ => {}
            }
        }
        if said.text.trim().is_empty() { Err(ModelError::Empty) } else { Ok(said) }
    }

    /// The kind of a failure; the library's own words hold bodies, and are not kept.
    fn failure(&self, error: &genai::Error) -> ModelError {
        let host = self.host();
        let status = error.status().or_else(|| match error {
            genai::Error::WebStream { error, .. } => error.downcast_ref::<genai::Error>().and_then(genai::Error::status),
            _ => None,
        });
        match status {
            Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => ModelError::WrongKey { host },
            Some(StatusCode::NOT_FOUND) => ModelError::UnknownModel { host, model: self.place.model.clone() },
            Some(StatusCode::TOO_MANY_REQUESTS) => ModelError::Busy { host },
            Some(status) if status.is_server_error() => ModelError::Busy { host },
            Some(status) => ModelError::Refused { host, status: status.as_u16() },
            None if is_connection(error) => ModelError::Unreachable { host },
            None => ModelError::Garbled { host },
        }
    }
}

/// The connection failed, before or in the middle of an answer.
fn is_connection(error: &genai::Error) -> bool {
    let web = match error {
        genai::Error::WebStream { error, .. } => error.downcast_ref::<reqwest::Error>(),
        genai::Error::WebModelCall { webc_error: genai::webc::Error::Reqwest(error), .. } => Some(error),
        _ => None,
    };
    web.is_some_and(|error| error.is_connect() || error.is_timeout() || error.is_request() || error.is_body() || error.is_decode())
}

fn resolver(place: &Place) -> ServiceTargetResolver {
    let place = place.clone();
    ServiceTargetResolver::from_resolver_fn(move |_: ServiceTarget| -> Result<ServiceTarget, genai::resolver::Error> {
        let kind = match place.kind {
            ModelKind::OpenAi => AdapterKind::OpenAI,
            ModelKind::Ollama => AdapterKind::Ollama,
        };
        // Servers without keys ignore this word; the library asks for one.
        let key = place.key.as_ref().map_or("none", Secret::expose);
        Ok(ServiceTarget {
            endpoint: Endpoint::from_owned(place.address.as_str()),
            auth: AuthData::from_single(key),
            model: ModelIden::new(kind, place.model.as_str()),
        })
    })
}
