//! Gathers what one turn of the bot is about, and gives the pipeline its ports.

use std::{collections::BTreeSet, sync::Arc};

use anyhow::{Context, Result};
use mercator_domain::{
    action::Action,
    automation::AutomationRule,
    channel::{ChannelFamily, ChannelKind},
    contact::{Contact, Identity, IdentityKind},
    conversation::{Conversation, Owner},
    entity::comparable_number,
    ids::{ConversationId, MessageId},
    inbox::{BotMode, Inbox},
    intent::Intent,
    media::MediaKind,
    message::{Author, Automatic, Message},
    moment::{MINUTE_MS, Moment},
    order::Order,
    turn::Turn,
};
use mercator_pipeline::ports::{HistoryLine, NoTranslator, OrderFound, Orders, Ports, Rules, StoreProfile, TurnInput, Writer};
use mercator_store::Store;

use crate::{
    App,
    actions::{
        identity::{self, Writer as Asker},
        port::ShopActions,
    },
    clock,
    views::Settings,
};

/// Everything of a conversation that a turn is made from.
pub(crate) struct Subject {
    pub(crate) inbox: Inbox,
    pub(crate) contact: Contact,
    pub(crate) address: String,
    pub(crate) conversation: Conversation,
    pub(crate) disclosed: bool,
    pub(crate) message: Message,
    pub(crate) history: Vec<HistoryLine>,
    /// What our last message restated, where it was such a message.
    pub(crate) pending: Option<Action>,
    /// Pictures came with an earlier message.
    pub(crate) pictures_before: bool,
    /// Who writes, as far as orders go.
    pub(crate) writer: Asker,
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
        // Notes of machines (out of office) are no words of the customer.
        let spoken = |line: &Message| line.author != Author::Contact || line.automatic == Automatic::None;
        let history: Vec<(Message, bool)> = history.into_iter().filter(|(line, _)| spoken(line)).collect();
        let pending = match history.last().filter(|(line, _)| line.author == Author::Bot) {
            Some((line, _)) => self.store.action_of_message(line.id).await?,
            None => None,
        };
        // Pictures matter only where something was asked for before.
        let files = if history.is_empty() { vec![] } else { self.store.files_before(conversation.id, message.episode, message_id).await? };
        let pictures_before = files.iter().any(|(media_type, name)| MediaKind::of(media_type, name) == Some(MediaKind::Picture));
        let own = history.iter().map(|(line, _)| line).filter(|line| line.author == Author::Contact).chain([&message]);
        let said = own.map(|line| line.text.clone()).collect();
        let before = identity::customer_of(&self.store.actions_of_conversation(conversation.id).await?);
        let writer = Asker { contact: Some(contact.id), said, before };
        let history = history.into_iter().map(history_line).collect();
        Ok(Subject { inbox, contact, address, conversation, disclosed, message, history, pending, pictures_before, writer })
    }

    /// Runs the bot over a subject, off the threads that serve the window.
    pub(crate) async fn run_turn(&self, mut input: TurnInput, writer: Asker, conversation: Option<ConversationId>) -> Result<Turn> {
        let brain = self.brain().await?;
        self.teach(&brain, &mut input).await?;
        let knowledge = self.knowledge_index().await?;
        let runtime = tokio::runtime::Handle::current();
        let orders = StoreOrders { store: self.store.clone(), writer: writer.clone(), runtime: runtime.clone() };
        let pending = input.pending.as_ref().map(|action| action.id);
        let actions = ShopActions { app: self.shared()?, writer, conversation, pending, runtime };
        let work = move || {
            let ports = Ports { orders: &orders, actions: &actions, translator: &NoTranslator, micros: &clock::micros };
            brain.bot.turn(&input, &knowledge, &ports)
        };
        tokio::task::spawn_blocking(work).await.context("The bot was cut off")
    }

    /// The input of a turn over a stored message, without what waits for a yes: only the bot's own turn hears one.
    pub(crate) async fn input_of(&self, subject: &Subject, now: Moment) -> TurnInput {
        let rules = rules_of(&*self.settings.read().await);
        // Without rules the bot goes on by its own.
        let automation: Arc<[AutomationRule]> = self.automation_rules().await.unwrap_or_default().into();
        let message = &subject.message;
        let mut store = profile_of(&subject.inbox);
        hold_back(&mut store, &self.blocked_intents().await.unwrap_or_default());
        TurnInput {
            subject: message.subject.clone(),
            text: message.text.clone(),
            attachments: self.attached(message, subject.conversation.owner).await,
            automatic: message.automatic,
            at: message.at,
            now,
            store,
            writer: writer_of(&subject.contact, &subject.address),
            history: subject.history.clone(),
            human_owns: subject.conversation.owner == Owner::Human,
            disclosed: subject.disclosed,
            promised_at: promise(&subject.inbox, now),
            corrected: None,
            pending: None,
            pictures_before: subject.pictures_before,
            rules,
            labels: self.labels_for(&automation, subject.conversation.id).await,
            offers: self.offers().await,
            automation,
            // Without profiles of its own the shop has those that ship.
            courtesy: self.own_courtesy().await.unwrap_or_default().into(),
            inbox: Some(subject.inbox.id),
            channel: subject.inbox.channel,
            own: self.own_numbers().await,
        }
    }
}

impl App {
    /// The labels of a conversation, where a rule may ask for them.
    async fn labels_for(&self, rules: &[AutomationRule], id: ConversationId) -> Vec<String> {
        if rules.is_empty() {
            return vec![];
        }
        let mut found = self.store.labels_of(&[id]).await.unwrap_or_default();
        found.remove(&id).unwrap_or_default().into_iter().map(|label| label.name).collect()
    }
}

/// What would be sent alone waits for a person where a case of its intent fails.
fn hold_back(store: &mut StoreProfile, blocked: &BTreeSet<Intent>) {
    for intent in blocked {
        if store.modes.of(*intent) == BotMode::Auto {
            store.modes.by_intent.insert(*intent, BotMode::Draft);
        }
    }
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

/// The shop's orders, read from the store by a thread that may wait.
struct StoreOrders {
    store: Store,
    writer: Asker,
    runtime: tokio::runtime::Handle,
}

impl StoreOrders {
    async fn found(&self, number: &str) -> Result<OrderFound> {
        let Some(order) = self.store.order_by_number(number).await? else { return Ok(OrderFound::NotFound) };
        let owns = self.writer.owns(&self.store, &order).await?;
        Ok(if owns { OrderFound::Theirs(Box::new(order)) } else { OrderFound::NotTheirs })
    }
}

impl Orders for StoreOrders {
    fn find(&self, number: &str) -> OrderFound {
        let key = comparable_number(number);
        self.runtime.block_on(self.found(&key)).unwrap_or_else(|error| OrderFound::Failed(error.to_string()))
    }

    fn of_contact(&self, limit: usize) -> Vec<Order> {
        let Some(contact) = self.writer.contact else { return vec![] };
        let read = self.runtime.block_on(self.store.orders_of_contact(contact, i64::try_from(limit).unwrap_or(i64::MAX)));
        read.unwrap_or_else(|error| {
            tracing::warn!(%error, "The contact's orders could not be read");
            vec![]
        })
    }
}
