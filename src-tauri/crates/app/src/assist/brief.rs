//! What a question to the language model is made of, with personal details hidden, and what its answer may rest on.

use std::sync::Arc;

use anyhow::Result;
use mercator_domain::{
    assist::AssistTask,
    ids::ConversationId,
    language::Language,
    message::{Author, Automatic, Delivery, Message},
};
use mercator_pipeline::{
    assist::{
        mask::{self, Masks},
        prompt::{self, Brief, Prompt, Voice},
    },
    entities::OwnNumbers,
    personal::Persons,
    texts,
};

use crate::{App, error::refuse};

/// A question that is ready to go.
pub(super) struct Ready {
    pub(super) prompt: Prompt,
    pub(super) masks: Masks,
    /// What the answer may rest on, with its details.
    pub(super) sources: Vec<String>,
    /// The shop's own numbers.
    pub(super) own: Arc<OwnNumbers>,
    /// The language that the answer must be in.
    pub(super) language: Language,
}

/// What is asked, before anything is hidden.
pub(super) struct Matter {
    pub(super) task: AssistTask,
    pub(super) language: Language,
    pub(super) facts: Vec<String>,
    pub(super) talk: Vec<(Voice, String)>,
    pub(super) words: String,
}

impl App {
    /// Hides what is personal and makes the question. A number of a card or an account that could not be hidden keeps it from leaving.
    pub(super) async fn ready(&self, matter: Matter, conversation: Option<ConversationId>) -> Result<Ready> {
        let (names, addresses) = self.persons_of(conversation).await?;
        let persons = Persons { names: names.iter().map(String::as_str).collect(), addresses: addresses.iter().collect() };
        let own = self.own_numbers().await;
        let mut masks = Masks::default();
        let brief = hidden(&matter, &mut masks, &persons, &own);
        let prompt = prompt::prompt(&brief);
        if mask::leaks(&prompt.user) {
            return Err(refuse("The number of a card or an account could not be hidden", "Take it out of the text first."));
        }
        let mut sources = match matter.task {
            AssistTask::Summary => matter.talk.into_iter().map(|(_, text)| text).collect(),
            _ => [matter.facts, vec![matter.words]].concat(),
        };
        sources.extend(masks.details().map(str::to_owned));
        Ok(Ready { prompt, masks, sources, own, language: matter.language })
    }

    async fn persons_of(
        &self,
        conversation: Option<ConversationId>,
    ) -> Result<(Vec<String>, Vec<mercator_domain::account::PostalAddress>)> {
        let mut names: Vec<String> = self.store.members().await?.into_iter().map(|member| member.name).collect();
        let Some(id) = conversation else { return Ok((names, vec![])) };
        let conversation = self.store.conversation(id).await?;
        let contact = self.store.contact(conversation.contact_id).await?;
        names.push(contact.name.clone());
        let account = self.store.account(contact.id).await?;
        let orders = self.store.orders_of_contact(contact.id, 20).await?;
        let addresses = account.address.into_iter().chain(orders.into_iter().filter_map(|order| order.address)).collect();
        Ok((names, addresses))
    }
}

fn hidden(matter: &Matter, masks: &mut Masks, persons: &Persons, own: &OwnNumbers) -> Brief {
    let english = Language::english();
    let named = texts::words(&english, &format!("language_name_{}", matter.language), &[]);
    let mut hide = |text: &str| masks.hide(text, persons, own);
    Brief {
        task: matter.task,
        language: if named.is_empty() { matter.language.code().to_owned() } else { named },
        facts: matter.facts.iter().map(|fact| hide(fact)).collect(),
        talk: matter.talk.iter().map(|(voice, text)| (*voice, hide(text))).collect(),
        words: hide(&matter.words),
    }
}

/// The conversation as it was said: no drafts, no notes of machines.
pub(super) fn talk(thread: &[Message]) -> Vec<(Voice, String)> {
    let said = thread.iter().filter(|m| m.automatic == Automatic::None && !matches!(m.delivery, Delivery::Draft | Delivery::Cancelled));
    said.map(|m| (if m.author == Author::Contact { Voice::Customer } else { Voice::Shop }, m.text.clone())).collect()
}
