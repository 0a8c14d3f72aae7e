//! Asking the language model: the payload as it would leave, the question with its words as they come, and whether they are used.

use std::{sync::Mutex, time::Instant};

use anyhow::Result;
use mercator_domain::{
    assist::{AssistTask, ModelCall, ModelSettings},
    ids::ConversationId,
    language::Language,
};
use mercator_pipeline::assist::{
    check::{self, Unsupported},
    mask::Masks,
};
use mercator_providers::model::{LanguageModel, ModelError, Question, Said};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::brief::{Matter, Ready, talk};
use crate::{
    App,
    copilot::{given, own_words},
    error::{refuse, user},
    views::AppEvent,
};

/// Longest answer, in tokens.
const MOST_TOKENS: u32 = 800;
/// A token has about so many characters in English, and fewer in other scripts: an estimate where a model does not tell.
const CHARACTERS: usize = 3;

/// What leaves the computer, word by word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Payload {
    /// Where to.
    pub host: String,
    /// Which model.
    pub model: String,
    /// What it is to do.
    pub system: String,
    /// With what.
    pub user: String,
    /// How many personal details are hidden.
    pub hidden: i32,
}

/// Words of the language model that passed the check, or why there are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Assisted {
    /// The words; empty where they are not used.
    pub text: String,
    /// Why they are not used: the code, and what stands in no source.
    pub rejected: Option<(String, String)>,
}

impl App {
    /// What would be sent for a task, without sending it. Nothing need be set up for this.
    pub async fn preview_assist(&self, task: AssistTask, conversation: Option<ConversationId>, words: &str) -> Result<Payload> {
        let state = self.model_state().await?;
        let ready = self.ready_for(task, conversation, words).await?;
        Ok(Payload {
            host: state.host,
            model: state.settings.model,
            hidden: i32::try_from(ready.masks.count()).unwrap_or(i32::MAX),
            system: ready.prompt.system,
            user: ready.prompt.user,
        })
    }

    /// Asks for a rewriting or a summary; the words come as [`AppEvent::AssistWords`] while they are written.
    pub async fn assist(&self, task: AssistTask, conversation: Option<ConversationId>, words: &str) -> Result<Assisted> {
        // What cannot be asked is said before the conversation is read.
        let settings = self.model_settings().await?;
        let model = self.model(&settings, task == AssistTask::Trial).await?;
        let ready = self.ready_for(task, conversation, words).await?;
        self.ask(&model, &settings, task, &ready, conversation).await
    }

    /// Cuts off what runs for a conversation.
    pub fn cancel_assist(&self, conversation: ConversationId) {
        if let Ok(asking) = self.asking.lock()
            && let Some(token) = asking.get(&conversation)
        {
            token.cancel();
        }
    }

    async fn ready_for(&self, task: AssistTask, conversation: Option<ConversationId>, words: &str) -> Result<Ready> {
        let matter = match (task, conversation) {
            (AssistTask::Trial, _) => Matter { task, language: Language::english(), facts: vec![], talk: vec![], words: String::new() },
            (AssistTask::Draft, Some(id)) => self.matter_of_draft(id).await?,
            (AssistTask::Summary, Some(id)) => {
                let thread = self.store.thread(id).await?;
                let inbox = self.store.inbox(self.store.conversation(id).await?.inbox_id).await?.inbox;
                Matter { task, language: inbox.language, facts: vec![], talk: talk(&thread), words: String::new() }
            }
            (AssistTask::Draft | AssistTask::Summary, None) => {
                return Err(user("bad_input", "No conversation is given", "Open one first."));
            }
            (AssistTask::Shorter | AssistTask::Warmer | AssistTask::Formal, _) => self.matter_of_words(task, conversation, words).await?,
        };
        self.ready(matter, conversation).await
    }

    /// The passages and the bot's own words are the facts.
    async fn matter_of_draft(&self, id: ConversationId) -> Result<Matter> {
        let ground = self.groundwork(id, false).await?;
        let own = own_words(&ground.turn).text;
        let passages = given(&ground.turn).map(|passage| passage.text.clone());
        let facts = passages.chain([own]).filter(|fact| !fact.trim().is_empty()).collect();
        let talk = talk(&self.store.thread(id).await?);
        Ok(Matter { task: AssistTask::Draft, language: ground.turn.language.value.code, facts, talk, words: String::new() })
    }

    async fn matter_of_words(&self, task: AssistTask, conversation: Option<ConversationId>, words: &str) -> Result<Matter> {
        if words.trim().is_empty() {
            return Err(user("bad_input", "There are no words to write anew", "Write them first."));
        }
        let told = match conversation {
            Some(id) => self.store.conversation(id).await?.language,
            None => None,
        };
        let language = self.language_of(words, told.unwrap_or_else(Language::english)).await?;
        Ok(Matter { task, language, facts: vec![], talk: vec![], words: words.to_owned() })
    }

    /// The language that words are in; `likely` where they are too few to tell.
    async fn language_of(&self, words: &str, likely: Language) -> Result<Language> {
        let bot = self.brain().await?.bot.clone();
        let words = words.to_owned();
        let work = move || {
            let input = mercator_pipeline::AnalysisInput {
                text: &words,
                history: &[],
                country: None,
                contact_language: None,
                store_language: &likely,
                at: mercator_domain::moment::Moment(0),
            };
            bot.language(&input, &crate::clock::micros).value.code
        };
        Ok(tokio::task::spawn_blocking(work).await?)
    }

    /// Asks, notes, and looks at the words.
    pub(super) async fn ask(
        &self,
        model: &LanguageModel,
        settings: &ModelSettings,
        task: AssistTask,
        ready: &Ready,
        conversation: Option<ConversationId>,
    ) -> Result<Assisted> {
        let question = Question { system: ready.prompt.system.clone(), user: ready.prompt.user.clone(), most_tokens: MOST_TOKENS };
        let asked = tokens(&question.system) + tokens(&question.user);
        let used = self.tokens_today().await?;
        if used + i64::from(asked) + i64::from(MOST_TOKENS) > i64::from(settings.daily_tokens) {
            return Err(refuse(
                format!("The language model's budget for today is used up ({used} of {} tokens)", settings.daily_tokens),
                "Raise it under Settings, Language model, or go on tomorrow.",
            ));
        }
        let cancel = CancellationToken::new();
        if let (Some(id), Ok(mut asking)) = (conversation, self.asking.lock())
            && let Some(before) = asking.insert(id, cancel.clone())
        {
            before.cancel();
        }
        let before = Instant::now();
        let answer = self.stream(model, &question, ready, conversation, &cancel).await;
        // Whoever cut this one off has put another in its place, or wants none.
        if let (Some(id), Ok(mut asking), false) = (conversation, self.asking.lock(), cancel.is_cancelled()) {
            asking.remove(&id);
        }
        let looked = answer.as_ref().map(|said| looked_at(said, ready, task)).map_err(Clone::clone);
        let (tokens_in, tokens_out) = match &answer {
            Ok(said) => (said.tokens_in.unwrap_or(asked), said.tokens_out.unwrap_or_else(|| tokens(&said.text))),
            // What was begun is paid for, and how much of it is not told.
            Err(ModelError::Cancelled | ModelError::TimeOut { .. } | ModelError::TooLong) => {
                (asked, i32::try_from(MOST_TOKENS).unwrap_or(0))
            }
            Err(_) => (asked, 0),
        };
        let outcome = match &looked {
            Ok(Ok(_)) => "ok".to_owned(),
            Ok(Err(why)) => format!("rejected:{}", why.code()),
            Err(error) => error.code().to_owned(),
        };
        self.note_call(&ModelCall {
            at: self.now(),
            task,
            host: model.host(),
            model: settings.model.clone(),
            tokens_in,
            tokens_out,
            millis: i32::try_from(before.elapsed().as_millis()).unwrap_or(i32::MAX),
            hidden: i32::try_from(ready.masks.count()).unwrap_or(i32::MAX),
            outcome,
        })
        .await?;
        match looked {
            Ok(Ok(text)) => Ok(Assisted { text, rejected: None }),
            Ok(Err(why)) => Ok(Assisted { text: String::new(), rejected: Some((why.code().to_owned(), why.what().to_owned())) }),
            Err(error) => Err(told(&error)),
        }
    }

    /// The question with its words as they come, their details put back.
    async fn stream(
        &self,
        model: &LanguageModel,
        question: &Question,
        ready: &Ready,
        conversation: Option<ConversationId>,
        cancel: &CancellationToken,
    ) -> Result<Said, ModelError> {
        let so_far = Mutex::new(String::new());
        let on_text = |piece: &str| {
            if let (Some(id), Ok(mut text)) = (conversation, so_far.lock()) {
                text.push_str(piece);
                self.tell(AppEvent::AssistWords { id, text: ready.masks.restore_so_far(&text) });
            }
        };
        model.ask(question, cancel, &on_text).await
    }
}

/// The words with their details, where nothing in them comes from nowhere.
fn looked_at(said: &Said, ready: &Ready, task: AssistTask) -> Result<String, Unsupported> {
    let words = bare(&said.text);
    let words = restored(&ready.masks, words)?;
    if task == AssistTask::Trial {
        return Ok(words);
    }
    let sources: Vec<&str> = ready.sources.iter().map(String::as_str).collect();
    check::check(&words, &sources, &ready.language, &ready.own)?;
    Ok(words)
}

fn restored(masks: &Masks, words: &str) -> Result<String, Unsupported> {
    masks.restore(words).map_err(|unknown| Unsupported::Mark(unknown.0))
}

/// Without a fence or quotation marks around the whole, which some models put there all the same.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let fenced = text.strip_prefix("```").and_then(|t| t.strip_suffix("```"));
    let text = fenced.map_or(text, |inner| inner.split_once('\n').map_or(inner, |(_, rest)| rest)).trim();
    let quoted = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    quoted.filter(|inner| !inner.contains('"')).unwrap_or(text).trim()
}

fn tokens(text: &str) -> i32 {
    i32::try_from(text.chars().count() / CHARACTERS + 1).unwrap_or(i32::MAX)
}

fn told(error: &ModelError) -> anyhow::Error {
    let hint = match error {
        ModelError::Unreachable { .. } => "Is it running? Check the address under Settings, Language model.",
        ModelError::TimeOut { .. } => "Try again, take a smaller model, or allow more time under Settings, Language model.",
        ModelError::WrongKey { .. } => "Enter the key again under Settings, Language model.",
        ModelError::UnknownModel { .. } => "Check the model's name and the address under Settings, Language model.",
        ModelError::Cancelled => "Nothing was changed.",
        _ => "Try again, or write it yourself.",
    };
    user("model", error.to_string(), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_the_words_is_taken_off() {
        let check = |text: &str, expect: &str| assert_eq!(bare(text), expect, "{text}");
        check(" Your parcel is on its way. ", "Your parcel is on its way.");
        check("```\nYour parcel.\n```", "Your parcel.");
        check("```text\nYour parcel.\n```", "Your parcel.");
        check("\"Your parcel.\"", "Your parcel.");
        check("\"Yes\" and \"no\"", "\"Yes\" and \"no\"");
    }
}
