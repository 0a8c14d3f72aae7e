//! What the bot can do for a person who answers: words to begin with, from the same evidence as its own answers (G8).
//!
//! Nothing is stored and nothing is sent: the words go into the composer, and the person decides.

use anyhow::Result;
use mercator_domain::{
    article::Passage,
    ids::ConversationId,
    inbox::{BotMode, BotModes},
    message::{Author, Automatic},
    turn::Outcome,
};
use serde::{Deserialize, Serialize};

use crate::{App, error::refuse};

/// Words for the composer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct CopilotDraft {
    /// The words.
    pub text: String,
    /// The passages that they rest on.
    pub sources: Vec<Passage>,
}

impl App {
    /// Words to answer the customer's last message with, in the customer's language.
    pub async fn draft_reply(&self, id: ConversationId) -> Result<CopilotDraft> {
        let thread = self.store.thread(id).await?;
        let asked = thread.iter().rev().find(|message| message.author == Author::Contact && message.automatic == Automatic::None);
        let asked = asked.ok_or_else(|| refuse("The customer has not written yet", "Write the first words yourself."))?;
        let subject = self.subject(asked.id).await?;
        let mut input = self.input_of(&subject, self.now()).await;
        // As if the bot might answer: a person reads it before it goes out, and signs it.
        input.human_owns = false;
        input.disclosed = true;
        input.store.modes = BotModes { default: BotMode::Auto, ..BotModes::default() };
        let turn = self.run_turn(input, subject.writer.clone(), Some(id)).await?;
        let draft = match turn.outcome {
            Outcome::Reply { reply } | Outcome::Draft { reply } => CopilotDraft { text: reply.text, sources: reply.sources },
            Outcome::HandOff { card, .. } => CopilotDraft { text: card.suggested_reply, sources: vec![] },
            // What waits for a yes is the bot's to ask; a person does it, or writes why not.
            Outcome::Act { .. } | Outcome::Silence { .. } => CopilotDraft { text: String::new(), sources: vec![] },
        };
        if draft.text.trim().is_empty() {
            return Err(refuse(
                "There is nothing to rest an answer on",
                "Write it yourself; when you settle it, it is proposed as an article.",
            ));
        }
        Ok(draft)
    }
}
