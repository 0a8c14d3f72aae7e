//! Gathers what one turn of the bot is about, and gives the pipeline its ports.

use std::sync::Arc;

use anyhow::{Context, Result};
use mercator_domain::{
    channel::{ChannelFamily, ChannelKind},
    contact::{Contact, Identity, IdentityKind},
    conversation::{Conversation, Owner},
    entity::comparable_number,
    ids::{ContactId, MessageId},
    inbox::Inbox,
    message::{Author, Message},
    moment::{MINUTE_MS, Moment},
    order::Order,
    turn::Turn,
};
use mercator_pipeline::{
    KnowledgeIndex,
    ports::{HistoryLine, NoTranslator, OrderFound, Orders, Ports, Rules, StoreProfile, TurnInput, Writer},
};
use mercator_store::Store;

use crate::{App, clock, views::Settings};

/// Everything of a conversation that a turn is made from.
pub(crate) struct Subject {
    pub(crate) inbox: Inbox,
    pub(crate) contact: Contact,
    pub(crate) address: String,
    pub(crate) conversation: Conversation,
    pub(crate) disclosed: bool,
    pub(crate) message: Message,
    pub(crate) history: Vec<HistoryLine>,
}

impl App {
    /// Reads the conversation around a message.
    pub(crate) async fn subject(&self, message_id: MessageId) -> Result<Subject> {
        let message = self.store.message(message_id).await?;
        let conversation = self.store.conversation(message.conversation_id).await?;
        let disclosed = self.store.conversation_facts(conversation.id).await?.disclosed;
        let inbox = self.store.inbox(conversation.inbox_id).await?.inbox;
        let contact = self.store.contact(conversation.contact_id).await?;
        let address = address_for(&self.store.identities_of(contact.id).await?, inbox.channel);
        let history = self.store.history_before(conversation.id, message.episode, message_id).await?;
        let history = history.into_iter().map(history_line).collect();
        Ok(Subject { inbox, contact, address, conversation, disclosed, message, history })
    }

    /// Runs the bot over a subject, off the threads that serve the window.
    pub(crate) async fn run_turn(&self, mut input: TurnInput, contact: Option<ContactId>) -> Result<Turn> {
        let brain = self.brain().await?;
        self.teach(&brain, &mut input).await?;
        let knowledge = self.knowledge_index().await?;
        let orders = StoreOrders { store: self.store.clone(), contact, runtime: tokio::runtime::Handle::current() };
        let work = move || turn(&brain.bot, &knowledge, &orders, &input);
        tokio::task::spawn_blocking(work).await.context("The bot was cut off")
    }

    /// The input of a turn over a stored message.
    pub(crate) async fn input_of(&self, subject: &Subject, now: Moment) -> TurnInput {
        let rules = rules_of(&*self.settings.read().await);
        let message = &subject.message;
        TurnInput {
            subject: message.subject.clone(),
            text: message.text.clone(),
            attachments: self.attached(message, subject.conversation.owner).await,
            automatic: message.automatic,
            at: message.at,
            now,
            store: profile_of(&subject.inbox),
            writer: writer_of(&subject.contact, &subject.address),
            history: subject.history.clone(),
            human_owns: subject.conversation.owner == Owner::Human,
            disclosed: subject.disclosed,
            promised_at: promise(&subject.inbox, now),
            corrected: None,
            rules,
            own: self.own_numbers().await,
        }
    }
}

fn turn(bot: &mercator_pipeline::Bot, knowledge: &Arc<KnowledgeIndex>, orders: &StoreOrders, input: &TurnInput) -> Turn {
    let ports = Ports { orders, translator: &NoTranslator, micros: &clock::micros };
    bot.turn(input, knowledge, &ports)
}

/// Where an answer on this channel goes: mail to an address of mail, everything else to the account on the channel.
pub(crate) fn address_for(identities: &[Identity], channel: ChannelKind) -> String {
    let by_mail = matches!(channel.family(), ChannelFamily::Email | ChannelFamily::Marketplace | ChannelFamily::Store);
    let wanted = if by_mail { IdentityKind::Email } else { IdentityKind::Handle };
    let best = identities.iter().find(|identity| identity.kind == wanted).or_else(|| identities.first());
    best.map(|identity| identity.value.clone()).unwrap_or_default()
}

/// By when a person would answer a handoff made now.
pub(crate) fn promise(inbox: &Inbox, now: Moment) -> Moment {
    inbox.hours.promise(now, i64::from(inbox.promise_minutes) * MINUTE_MS)
}

pub(crate) fn profile_of(inbox: &Inbox) -> StoreProfile {
    StoreProfile {
        name: inbox.name.clone(),
        language: inbox.language.clone(),
        signature: inbox.signature.clone(),
        modes: inbox.modes.clone(),
        hours: inbox.hours.clone(),
    }
}

pub(crate) fn writer_of(contact: &Contact, address: &str) -> Writer {
    Writer {
        name: contact.name.clone(),
        address: address.to_owned(),
        country: contact.country.clone(),
        language: contact.language.clone(),
        language_fixed: contact.language_fixed,
    }
}

pub(crate) fn rules_of(settings: &Settings) -> Rules {
    Rules {
        answer_threshold: settings.answer_threshold,
        intent_threshold: settings.intent_threshold,
        stuck_after_hours: i64::from(settings.stuck_after_hours),
        max_bot_replies: usize::try_from(settings.max_bot_replies).unwrap_or(1),
        emotion_enabled: settings.emotion_enabled,
        hand_off_at: settings.hand_off_at,
        ..Rules::default()
    }
}

fn history_line(line: (Message, bool)) -> HistoryLine {
    let (message, clarified) = line;
    HistoryLine {
        author: message.author,
        at: message.at,
        intent: message.intent,
        emotion: message.emotion.as_ref().map(|emotion| emotion.level),
        clarified: clarified && message.author == Author::Bot,
        text: message.text,
    }
}

/// The shop's orders, read from the store by a thread that may wait. Without a contact (the test bench) nobody is verified.
struct StoreOrders {
    store: Store,
    contact: Option<ContactId>,
    runtime: tokio::runtime::Handle,
}

impl Orders for StoreOrders {
    fn find(&self, number: &str) -> OrderFound {
        let key = comparable_number(number);
        match self.runtime.block_on(self.store.order_by_number(&key)) {
            Ok(Some(order)) if Some(order.contact_id) == self.contact => OrderFound::Theirs(Box::new(order)),
            Ok(Some(_)) => OrderFound::NotTheirs,
            Ok(None) => OrderFound::NotFound,
            Err(error) => OrderFound::Failed(error.to_string()),
        }
    }

    fn of_contact(&self, limit: usize) -> Vec<Order> {
        let Some(contact) = self.contact else { return vec![] };
        let read = self.runtime.block_on(self.store.orders_of_contact(contact, i64::try_from(limit).unwrap_or(i64::MAX)));
        read.unwrap_or_else(|error| {
            tracing::warn!(%error, "The contact's orders could not be read");
            vec![]
        })
    }
}
