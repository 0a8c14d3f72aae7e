//! What the bot can do for a person who answers: words to begin with from the same evidence as its own answers, and a summary (G8).
//!
//! Nothing is stored and nothing is sent: the words go into the composer, and the person decides. Where a language model is set up it
//! writes them, from that evidence alone; where it cannot, or says what stands nowhere, the bot's own words stay.

use anyhow::Result;
use mercator_domain::{
    article::Passage,
    assist::AssistTask,
    emotion::EmotionLevel,
    handoff::HandoffCard,
    ids::ConversationId,
    inbox::{BotMode, BotModes},
    message::{Author, Automatic},
    turn::{Outcome, Turn},
};
use mercator_pipeline::{ports::TurnInput, reply};
use serde::{Deserialize, Serialize};

use crate::{App, assist::Assisted, error::refuse, turn_input::Subject};

/// Passages that a language model is given.
const GIVEN: usize = 3;

/// Words for the composer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct CopilotDraft {
    /// The words.
    pub text: String,
    /// The passages that they rest on.
    pub sources: Vec<Passage>,
    /// A language model has written them.
    pub by_model: bool,
    /// Why the language model's words are not used: a code (`failed`, or what stands in no source), and what.
    pub rejected: Option<(String, String)>,
}

/// What a conversation is about, for whoever takes it over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CopilotSummary {
    /// A few lines.
    pub text: String,
    /// A language model has written them.
    pub by_model: bool,
    /// As for a draft.
    pub rejected: Option<(String, String)>,
}

/// What a draft and a summary are made from.
pub(crate) struct Groundwork {
    input: TurnInput,
    pub(crate) turn: Turn,
}

impl App {
    /// Words to answer the customer's last message with, in the customer's language.
    pub async fn draft_reply(&self, id: ConversationId) -> Result<CopilotDraft> {
        let ground = self.groundwork(id, false).await?;
        let own = own_words(&ground.turn);
        let (assisted, rejected) = self.by_model(AssistTask::Draft, id, &own.text, &ground).await?;
        let language = &ground.turn.language.value.code;
        let draft = match assisted {
            Some(words) => CopilotDraft {
                text: reply::letter(&words, &ground.input, language),
                sources: given(&ground.turn).cloned().collect(),
                by_model: true,
                rejected: None,
            },
            None => CopilotDraft { rejected, ..own },
        };
        if draft.text.trim().is_empty() {
            return Err(refuse(
                "There is nothing to rest an answer on",
                "Write it yourself; when you settle it, it is proposed as an article.",
            ));
        }
        Ok(draft)
    }

    /// What the conversation is about, in the store's language.
    pub async fn summarise(&self, id: ConversationId) -> Result<CopilotSummary> {
        let ground = self.groundwork(id, true).await?;
        let Outcome::HandOff { card, .. } = &ground.turn.outcome else {
            return Err(refuse("There is nothing to summarise", "The customer has not written anything that can be read."));
        };
        let own = of_card(card);
        let (assisted, rejected) = self.by_model(AssistTask::Summary, id, &own, &ground).await?;
        Ok(CopilotSummary { by_model: assisted.is_some(), text: assisted.unwrap_or(own), rejected })
    }

    /// A language model's words where one is set up and ready; else none, with the reason where it was asked.
    async fn by_model(
        &self,
        task: AssistTask,
        id: ConversationId,
        own: &str,
        ground: &Groundwork,
    ) -> Result<(Option<String>, Option<(String, String)>)> {
        let nothing = task == AssistTask::Draft && own.trim().is_empty() && given(&ground.turn).next().is_none();
        if nothing || !self.model_state().await?.ready {
            return Ok((None, None));
        }
        Ok(match self.assist(task, Some(id), "").await {
            Ok(Assisted { rejected: Some(why), .. }) => (None, Some(why)),
            Ok(Assisted { text, .. }) => (Some(text), None),
            Err(error) => (None, Some(("failed".to_owned(), error.to_string()))),
        })
    }

    /// A whole turn over the customer's last message, as if the bot might answer; or as if everything went to a person.
    pub(crate) async fn groundwork(&self, id: ConversationId, to_a_person: bool) -> Result<Groundwork> {
        let subject = self.last_of_customer(id).await?;
        let mut input = self.input_of(&subject, self.now()).await;
        // A person reads it before it goes out, and signs it.
        input.human_owns = false;
        input.disclosed = true;
        input.store.modes = BotModes { default: BotMode::Auto, ..BotModes::default() };
        if to_a_person {
            input.rules.hand_off_at = EmotionLevel::Calm;
        }
        let turn = self.run_turn(input.clone(), subject.writer, Some(id)).await?;
        Ok(Groundwork { input, turn })
    }

    async fn last_of_customer(&self, id: ConversationId) -> Result<Subject> {
        let thread = self.store.thread(id).await?;
        let asked = thread.iter().rev().find(|message| message.author == Author::Contact && message.automatic == Automatic::None);
        let asked = asked.ok_or_else(|| refuse("The customer has not written yet", "Write the first words yourself."))?;
        self.subject(asked.id).await
    }
}

/// The passages that a language model may rest on.
pub(crate) fn given(turn: &Turn) -> impl Iterator<Item = &Passage> {
    turn.retrieve.value.passages.iter().take(GIVEN)
}

/// The bot's own words.
pub(crate) fn own_words(turn: &Turn) -> CopilotDraft {
    let (text, sources) = match &turn.outcome {
        Outcome::Reply { reply } | Outcome::Draft { reply } => (reply.text.clone(), reply.sources.clone()),
        Outcome::HandOff { card, .. } => (card.suggested_reply.clone(), vec![]),
        // What waits for a yes is the bot's to ask; a person does it, or writes why not.
        Outcome::Act { .. } | Outcome::Silence { .. } => (String::new(), vec![]),
    };
    CopilotDraft { text, sources, by_model: false, rejected: None }
}

fn of_card(card: &HandoffCard) -> String {
    let lines = [card.summary.clone(), card.identity.clone(), card.order.clone(), card.tried.join("\n"), card.open_question.clone()];
    lines.into_iter().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}
