//! What a person of the shop decides about actions: those over a limit, and those whose end nobody knows.
//!
//! The customer is told in the customer's language, in the name of whoever has decided; of what was not read back nothing is said.

use anyhow::{Context, Result};
use mercator_domain::{
    action::{Action, ActionState},
    emotion::EmotionLevel,
    ids::{ActionId, ContactId, ConversationId},
    message::Author,
    moment::{MINUTE_MS, SECOND_MS},
    turn::ReplyDraft,
};
use mercator_pipeline::{
    action_reply,
    reply::{self, Occasion},
    retrieve::Found,
};
use mercator_store::StoreError;
use serde::{Deserialize, Serialize};

use super::note;
use crate::{
    App,
    error::refuse,
    handoff,
    outbox::{self, Say},
};

/// Actions that are listed at once.
const MOST: i64 = 500;
/// An action that runs for longer than this was cut off.
const CUT_OFF_MS: i64 = 2 * MINUTE_MS;

/// An action with what a person must see to decide about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ActionRow {
    /// The action.
    pub action: Action,
    /// The customer's name, or the address where there is none.
    pub contact: String,
    /// The items by their names; empty where the action is about none.
    pub items: String,
}

impl App {
    /// What waits for a person: actions over a limit, and those that were cut off; the oldest first.
    pub async fn actions_for_people(&self) -> Result<Vec<ActionRow>> {
        let mut actions = self.store.actions_in(ActionState::AwaitingApproval, MOST).await?;
        let since = self.now().plus_ms(-CUT_OFF_MS);
        let running = self.store.actions_in(ActionState::Running, MOST).await?;
        actions.extend(running.into_iter().filter(|action| action.changed_at <= since));
        self.action_rows(actions).await
    }

    /// What was asked for in a conversation, the oldest first.
    pub async fn actions_of_conversation(&self, id: ConversationId) -> Result<Vec<ActionRow>> {
        let actions = self.store.actions_of_conversation(id).await?;
        self.action_rows(actions).await
    }

    /// What was asked for on an order, and what became of it; the oldest first.
    pub async fn actions_of_order(&self, number: &str) -> Result<Vec<ActionRow>> {
        let order = self.order(number).await?;
        let actions = self.store.actions_of_order(order.id).await?;
        self.action_rows(actions).await
    }

    async fn action_rows(&self, actions: Vec<Action>) -> Result<Vec<ActionRow>> {
        let mut rows = Vec::with_capacity(actions.len());
        for action in actions {
            rows.push(self.action_row(action).await?);
        }
        Ok(rows)
    }

    async fn action_row(&self, action: Action) -> Result<ActionRow> {
        let items = self.items_of(&action).await?;
        Ok(ActionRow { contact: self.name_of(action.contact_id).await?, items, action })
    }

    async fn items_of(&self, action: &Action) -> Result<String> {
        let order = match action.request.order() {
            Some(number) => self.store.order_by_number(&mercator_domain::entity::comparable_number(number)).await?,
            None => None,
        };
        let mut family = vec![];
        for sku in action.request.items() {
            family.extend(self.store.variants_of(sku).await?);
        }
        Ok(action_reply::items_of(&action.request, order.as_ref(), &family))
    }

    async fn name_of(&self, id: ContactId) -> Result<String> {
        let name = self.store.contact(id).await?.name;
        if !name.is_empty() {
            return Ok(name);
        }
        Ok(self.store.identities_of(id).await?.into_iter().next().map(|identity| identity.value).unwrap_or_default())
    }

    /// A person of the shop has agreed to what was over a limit.
    pub async fn approve_action(&self, id: ActionId) -> Result<ActionRow> {
        let before = self.store.action(id).await?;
        if before.state != ActionState::AwaitingApproval {
            return Err(gone_on());
        }
        let action = self.go_on(id, ActionState::AwaitingApproval, &self.member.name).await?;
        self.tell_customer(&action).await?;
        self.action_row(action).await
    }

    /// A person of the shop says no, with the reason for the log.
    pub async fn reject_action(&self, id: ActionId, why: &str) -> Result<ActionRow> {
        let action = self.end(id, ActionState::AwaitingApproval, ActionState::Rejected, &self.member.name, why.trim()).await?;
        self.tell_customer(&action).await?;
        self.action_row(action).await
    }

    /// A person has looked what became of an action that was cut off: it was done, or it was not.
    pub async fn settle_action(&self, id: ActionId, done: bool) -> Result<ActionRow> {
        let running = self.store.action(id).await?;
        if running.state != ActionState::Running || running.changed_at > self.now().plus_ms(-CUT_OFF_MS) {
            return Err(gone_on());
        }
        let (to, why) =
            if done { (ActionState::Done, "") } else { (ActionState::Failed, "It was cut off, and a person has found it undone") };
        let action = self.end(id, ActionState::Running, to, &self.member.name, why).await?;
        self.action_row(action).await
    }

    /// Writes to the customer what a person has decided; nothing for an action outside of a conversation, or without an end to tell of.
    async fn tell_customer(&self, action: &Action) -> Result<()> {
        let Some(id) = action.conversation_id else { return Ok(()) };
        let Some(words) = self.words_for(id, action).await? else { return Ok(()) };
        let now = self.now();
        let not_before = now.plus_ms(i64::from(self.settings.read().await.undo_seconds) * SECOND_MS);
        let mut tx = self.store.begin_at(now).await?;
        let desk = crate::composer::desk(&mut tx, id).await?;
        handoff::person_takes_over(&mut tx, &desk.conversation, Some(&self.member)).await?;
        let envelope = Say {
            author: Author::Agent,
            member: Some(self.member.id),
            text: &words.text,
            language: Some(&words.language),
            not_before,
            clarified: false,
            files: &[],
        };
        outbox::enqueue(&mut tx, &desk.inbox, &desk.conversation, &desk.address, &envelope, now).await?;
        note(&mut tx, action).await?;
        self.finish(tx, id).await
    }

    /// The words in the customer's language.
    async fn words_for(&self, id: ConversationId, action: &Action) -> Result<Option<ReplyDraft>> {
        let messages = self.store.thread(id).await?;
        let last = messages.iter().rev().find(|message| message.author == Author::Contact).ok_or(StoreError::NotFound)?;
        let subject = self.subject(last.id).await?;
        let input = self.input_of(&subject, self.now()).await;
        let language = subject.conversation.language.as_ref().or(subject.contact.language.as_ref()).unwrap_or(&subject.inbox.language);
        let found = Found::default();
        let on = Occasion::plain(&input, language, EmotionLevel::Calm, &found);
        reply::decided(action, &on).map_err(anyhow::Error::msg).context("The customer could not be told")
    }
}

fn gone_on() -> anyhow::Error {
    refuse("This action has gone on meanwhile", "Look at its state.")
}
