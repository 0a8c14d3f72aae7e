//! Taking in what a channel brings: one transaction for a batch of events and the cursor behind them.
//!
//! The event's key is recorded first, so that reading twice stores once; then contact, conversation, episode and message; the bot
//! is only marked as wanted here and runs afterwards (`bot.rs`). Nothing is dropped: what cannot be placed gets a conversation of its own.

use anyhow::{Context, Result};
use mercator_channels::Pull;
use mercator_domain::{
    contact::{Identity, IdentityKind},
    conversation::{ActivityKind, Conversation, Owner, Status},
    entity::comparable_number,
    ids::{ContactId, ConversationId, InboxId, MessageId},
    inbound::{ExternalKey, Inbound, InboundAttachment, InboundBody, InboundMessage, Party, ThreadHints},
    inbox::Inbox,
    message::{Author, Automatic, Delivery},
    moment::{DAY_MS, Moment},
    outgoing::OutboxState,
};
use mercator_store::{
    ChangeKind, Tx,
    arrivals::{Arrival, Arriving},
    contacts::NewContact,
    conversations::{NewConversation, Touch},
    episodes::{EpisodeTraits, NewEpisode},
    messages::{NewAttachment, NewMessage},
};

use crate::{App, satisfaction, threading, views::AppEvent};

/// An answer from another mail program that names no earlier mail is matched by its subject within this time.
const SUBJECT_LIVES_MS: i64 = 30 * DAY_MS;

/// What a batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// Messages stored.
    pub stored: usize,
    /// Events that had been taken in before.
    pub known: usize,
    /// Conversations touched.
    pub conversations: Vec<ConversationId>,
    /// Something may need a person now: a mail of ours has failed, or somebody has answered elsewhere.
    counts_changed: bool,
    /// To be told once the batch is committed.
    attention: Vec<(ConversationId, String, &'static str)>,
}

/// What scores are proved with, and whether surveys go out.
#[derive(Clone, Copy)]
struct Proofs<'a> {
    key: &'a [u8],
    surveys: bool,
}

/// One event on its way in, with what all its steps need.
struct Incoming<'a> {
    inbox: &'a Inbox,
    key: &'a ExternalKey,
    hints: &'a ThreadHints,
    at: Moment,
    message: InboundMessage,
    raw: Option<Vec<u8>>,
    /// What was known when it came.
    known: Arrival,
}

impl App {
    /// Parts what was written now from what was quoted, in every message of a batch, and stores it.
    pub async fn receive(&self, inbox: &Inbox, stream: &str, mut pull: Pull) -> Result<TakenIn> {
        let parted = tokio::task::spawn_blocking(move || {
            pull.events.iter_mut().for_each(part);
            pull
        });
        self.take_in(inbox, stream, parted.await.context("Reading a batch was cut off")?).await
    }

    /// Stores a batch and its cursor in one transaction, then tells the window and rings for the bot.
    pub async fn take_in(&self, inbox: &Inbox, stream: &str, pull: Pull) -> Result<TakenIn> {
        let now = self.now();
        let mut taken = TakenIn::default();
        let proofs = Proofs { key: &self.survey_key, surveys: self.survey_key().await.is_some() };
        let mut tx = self.store.begin_at(now).await?;
        for event in pull.events {
            take_event(&mut tx, inbox, event, now, proofs, &mut taken).await.context("Cannot store a message")?;
        }
        if let Some(next) = pull.next {
            tx.set_cursor(inbox.id, stream, &next.0.to_string()).await?;
        }
        tx.commit().await?;
        self.after_taking_in(&taken).await;
        Ok(taken)
    }

    async fn after_taking_in(&self, taken: &TakenIn) {
        if taken.stored == 0 {
            return;
        }
        for id in &taken.conversations {
            self.tell(AppEvent::ConversationChanged { id: *id });
        }
        for (id, contact, cause) in &taken.attention {
            self.tell(AppEvent::Attention { id: *id, contact: contact.clone(), cause: (*cause).to_owned() });
        }
        if taken.counts_changed {
            self.tell_counts().await;
        } else {
            self.tell_same_counts().await;
        }
        self.bot_bell.notify_one();
    }
}

async fn take_event(tx: &mut Tx, inbox: &Inbox, event: Inbound, now: Moment, proofs: Proofs<'_>, taken: &mut TakenIn) -> Result<()> {
    let Inbound { key, hints, at, body, raw } = event;
    // The same mail may come from a second folder, or as our own copy in the folder of sent mail.
    let reference = hints.message_id.as_deref().unwrap_or(&key.external_id);
    let (InboundBody::Message(message) | InboundBody::Sent(message) | InboundBody::Bounce { message, .. }) = &body;
    let chain: Vec<String> = hints.references.iter().chain(&hints.in_reply_to).cloned().collect();
    let writer = writer_of(&message.from);
    let known = tx.arrive(inbox.id, Arriving { key: &key, reference, chain: &chain, writer: &writer }).await?;
    if !known.new {
        taken.known += 1;
        return Ok(());
    }
    if let Some(message_id) = known.stored {
        if matches!(body, InboundBody::Sent(_)) {
            confirm_sent(tx, message_id, proofs, now).await?;
        }
        taken.known += 1;
        return Ok(());
    }
    let incoming = |message| Incoming { inbox, key: &key, hints: &hints, at, message, raw, known };
    match body {
        InboundBody::Message(message) if is_our_own(inbox, &message.from) && !is_to_us(inbox, &message) => {
            take_sent(tx, incoming(message), taken).await
        }
        InboundBody::Message(message) => take_message(tx, incoming(message), proofs.key, taken).await,
        InboundBody::Sent(message) => take_sent(tx, incoming(message), taken).await,
        InboundBody::Bounce { original, permanent, reason, message, .. } => {
            take_bounce(tx, incoming(message), original.as_deref(), permanent, &reason, taken).await
        }
    }
}

fn part(event: &mut Inbound) {
    let message = match &mut event.body {
        InboundBody::Message(message) | InboundBody::Sent(message) | InboundBody::Bounce { message, .. } => message,
    };
    if message.visible_text.is_empty() && message.quoted_text.is_empty() {
        let parted = mercator_pipeline::clean::part_whole(&message.text);
        (message.visible_text, message.quoted_text, message.signature) = (parted.visible, parted.quoted, parted.signature);
    }
}

/// A message of ours that was in doubt is in the folder of sent mail: it has left.
async fn confirm_sent(tx: &mut Tx, message_id: MessageId, proofs: Proofs<'_>, now: Moment) -> Result<()> {
    if let Some(line) = tx.outbox_of_message(message_id).await?
        && matches!(line.state, OutboxState::Sending | OutboxState::Uncertain)
    {
        let key = proofs.surveys.then_some(proofs.key);
        crate::outbox::record_sent(tx, (line.id, message_id), None, key, now).await?;
    }
    Ok(())
}

fn is_our_own(inbox: &Inbox, from: &Party) -> bool {
    !inbox.address.is_empty() && from.address.eq_ignore_ascii_case(&inbox.address)
}

/// The seller's mail to the own mailbox (trying it out, a form that writes in the shop's name) is read like anybody's. The bot's
/// answer to it is known by its key when it comes in, so this is no loop.
fn is_to_us(inbox: &Inbox, message: &InboundMessage) -> bool {
    message.to.iter().any(|party| is_our_own(inbox, party))
}

async fn take_message(tx: &mut Tx, incoming: Incoming<'_>, survey_key: &[u8], taken: &mut TakenIn) -> Result<()> {
    let contact = known_contact(tx, &incoming).await?;
    if let Some(token) = satisfaction::token_in(&incoming.message.subject, survey_key)
        && let Some(contact) = contact
        && let Some(conversation) = rated_conversation(tx, &token, incoming.inbox.id, contact).await?
    {
        return take_rating(tx, incoming, conversation, &token, taken).await;
    }
    let found = find_conversation(tx, &incoming, contact).await?;
    let is_first = found.is_none();
    let conversation = match found {
        Some(found) => {
            if contact.is_none() {
                tx.insert_contact(&new_contact(&incoming), &[writer_of(&incoming.message.from)]).await?;
            }
            continue_conversation(tx, &incoming, found).await?
        }
        None => new_conversation(tx, &incoming, contact).await?,
    };
    let is_person = incoming.message.automatic.is_none_or(|automatic| automatic == Automatic::None);
    // A machine's mail does not touch a conversation that there is, but a new one has a line in the list from the start.
    let touch = if is_person { Some(Author::Contact) } else { is_first.then_some(Author::System) };
    // An episode begins only with a person's message: newsletters and bounces are no episodes.
    let episode = (is_person && is_first).then(|| first_episode(&incoming, &conversation));
    // The bot runs over machine mail too: it is its clean stage and its rules that keep it silent, and the Turn says so.
    let effect = Effect { touch, episode, for_bot: true };
    let message_id = store_message(tx, &incoming, &conversation, Author::Contact, effect).await?;
    if is_person {
        if !is_first {
            count_in_episode(tx, incoming.inbox, &conversation, incoming.at).await?;
        }
        if conversation.owner == Owner::Human {
            taken.attention.push((conversation.id, shown_name(&incoming.message.from), "reply_to_human"));
        }
    }
    if let Some(number) = &incoming.message.order_number {
        tx.set_order_number(conversation.id, Some(&comparable_number(number)), false).await?;
    }
    note(tx, taken, &conversation);
    tracing::debug!(message = message_id.get(), "Stored a message");
    Ok(())
}

/// The running episode, or one that begins now.
async fn count_in_episode(tx: &mut Tx, inbox: &Inbox, conversation: &Conversation, at: Moment) -> Result<()> {
    match tx.episode_customer_wrote(conversation.id, conversation.episode, at, &EpisodeTraits::default()).await {
        Err(mercator_store::StoreError::NotFound) => start_episode(tx, inbox, conversation, at).await,
        other => Ok(other?),
    }
}

fn first_episode(incoming: &Incoming<'_>, conversation: &Conversation) -> NewEpisode {
    let known = incoming.known.contact.as_ref().and_then(|contact| contact.country.clone());
    episode_of(incoming.inbox, conversation, known.or_else(|| incoming.message.country.clone()), incoming.at)
}

/// The conversation of a score, when it is this writer's own in this inbox.
async fn rated_conversation(tx: &mut Tx, token: &satisfaction::Token, inbox: InboxId, contact: ContactId) -> Result<Option<Conversation>> {
    match tx.conversation(token.conversation).await {
        Ok(found) => Ok(Some(found).filter(|c| c.inbox_id == inbox && c.contact_id == contact)),
        Err(mercator_store::StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn note(tx: &mut Tx, taken: &mut TakenIn, conversation: &Conversation) {
    tx.changed(ChangeKind::Conversation, conversation.id.get());
    taken.stored += 1;
    if !taken.conversations.contains(&conversation.id) {
        taken.conversations.push(conversation.id);
    }
}

/// A prepared mail with a score: stored in the thread, counted once, not shown to the bot.
async fn take_rating(
    tx: &mut Tx,
    incoming: Incoming<'_>,
    conversation: Conversation,
    token: &satisfaction::Token,
    taken: &mut TakenIn,
) -> Result<()> {
    store_message(tx, &incoming, &conversation, Author::Contact, Effect::default()).await?;
    let comment = satisfaction::comment_of(&incoming.message.visible_text);
    satisfaction::record(tx, &conversation, token.episode, token.score, &comment, incoming.at).await?;
    note(tx, taken, &conversation);
    Ok(())
}

/// A person has answered, with this program's inbox in another program: the bot is silent from here on.
async fn take_sent(tx: &mut Tx, incoming: Incoming<'_>, taken: &mut TakenIn) -> Result<()> {
    let Some(conversation) = conversation_of_sent(tx, &incoming).await? else {
        // Mail of the seller to people who are no customers of this inbox is none of our business; the key is recorded.
        return Ok(());
    };
    store_message(tx, &incoming, &conversation, Author::Agent, Effect::default()).await?;
    crate::handoff::person_takes_over(tx, &conversation, None).await?;
    tx.touch_conversation(conversation.id, &Touch { at: incoming.at, preview: preview(&incoming.message), author: Author::Agent }).await?;
    crate::handoff::person_answered(tx, &conversation, None, incoming.at).await?;
    taken.counts_changed = true;
    note(tx, taken, &conversation);
    Ok(())
}

async fn conversation_of_sent(tx: &mut Tx, incoming: &Incoming<'_>) -> Result<Option<Conversation>> {
    if let Some(found) = &incoming.known.thread {
        return Ok(Some(found.clone()));
    }
    for party in &incoming.message.to {
        if let Some(contact) = tx.contact_by_identity(&Identity::email(&party.address)).await? {
            let subject = threading::base_subject(&incoming.message.subject);
            let since = incoming.at.plus_ms(-SUBJECT_LIVES_MS);
            if let Some(found) = tx.conversation_by_subject(incoming.inbox.id, contact.id, &subject, since).await? {
                return Ok(Some(tx.conversation(found).await?));
            }
        }
    }
    Ok(None)
}

async fn take_bounce(
    tx: &mut Tx,
    incoming: Incoming<'_>,
    original: Option<&str>,
    permanent: bool,
    reason: &str,
    taken: &mut TakenIn,
) -> Result<()> {
    let failed = match original {
        Some(id) => tx.conversation_by_refs(incoming.inbox.id, &[id.to_owned()]).await?,
        None => None,
    };
    let Some((conversation_id, message_id)) = failed else {
        let contact = known_contact(tx, &incoming).await?;
        let conversation = new_conversation(tx, &incoming, contact).await?;
        let effect = Effect { touch: Some(Author::System), episode: None, for_bot: true };
        store_message(tx, &incoming, &conversation, Author::Contact, effect).await?;
        note(tx, taken, &conversation);
        return Ok(());
    };
    let conversation = tx.conversation(conversation_id).await?;
    if permanent {
        tx.set_delivery(message_id, Delivery::Failed, reason).await?;
        tx.insert_activity(conversation_id, ActivityKind::DeliveryFailed, "", reason).await?;
        satisfaction::not_delivered(tx, conversation_id, message_id).await?;
        let contact = tx.contact(conversation.contact_id).await?.name;
        taken.counts_changed = true;
        taken.attention.push((conversation_id, contact, "delivery_failed"));
    }
    store_message(tx, &incoming, &conversation, Author::Contact, Effect::default()).await?;
    note(tx, taken, &conversation);
    Ok(())
}

/// By what the writer of a message is known.
fn writer_of(from: &Party) -> Identity {
    identity_of(if from.address.is_empty() { "unknown" } else { &from.address })
}

/// The contact with the writer's address, if there is one. Never found by a name: that is weak evidence.
async fn known_contact(tx: &mut Tx, incoming: &Incoming<'_>) -> Result<Option<ContactId>> {
    let InboundMessage { from, country, .. } = &incoming.message;
    let Some(known) = &incoming.known.contact else { return Ok(None) };
    let fills_name = known.name.is_empty() && !from.name.is_empty();
    let fills_country = known.country.is_none() && country.is_some();
    if fills_name || fills_country {
        let mut known = known.clone();
        known.name = if fills_name { from.name.clone() } else { known.name };
        known.country = known.country.or_else(|| country.clone());
        tx.update_contact(&known).await?;
    }
    Ok(Some(known.id))
}

fn new_contact(incoming: &Incoming<'_>) -> NewContact {
    let InboundMessage { from, country, .. } = &incoming.message;
    NewContact { name: from.name.clone(), country: country.clone(), ..NewContact::default() }
}

/// By the channel's thread, else by the mails it answers; another contact or another topic starts a new conversation.
async fn find_conversation(tx: &mut Tx, incoming: &Incoming<'_>, contact: Option<ContactId>) -> Result<Option<Conversation>> {
    if let Some(thread) = &incoming.hints.thread {
        let found = tx.conversation_by_thread(incoming.inbox.id, thread).await?;
        return Ok(match found {
            Some(id) => Some(tx.conversation(id).await?),
            None => None,
        });
    }
    let Some(found) = incoming.known.thread.clone() else { return Ok(None) };
    let same = contact == Some(found.contact_id) && !threading::is_new_topic(&found.subject, &incoming.message.subject);
    Ok(same.then_some(found))
}

/// Begins a conversation, with a new contact where there is none.
async fn new_conversation(tx: &mut Tx, incoming: &Incoming<'_>, contact: Option<ContactId>) -> Result<Conversation> {
    let mut new = NewConversation {
        inbox_id: incoming.inbox.id,
        contact_id: contact.unwrap_or(ContactId(0)),
        subject: threading::base_subject(&incoming.message.subject),
        status: Status::Pending,
        owner: Owner::Bot,
        language: None,
        thread_key: incoming.hints.thread.clone(),
        order_number: None,
    };
    let id = if contact.is_some() {
        tx.insert_conversation(&new).await?
    } else {
        let writer = [writer_of(&incoming.message.from)];
        let (contact, id) = tx.begin_with_new_contact(&new_contact(incoming), &writer, &new).await?;
        new.contact_id = contact;
        id
    };
    Ok(new.as_stored(id, tx.now()))
}

pub(crate) async fn start_episode(tx: &mut Tx, inbox: &Inbox, conversation: &Conversation, at: Moment) -> Result<()> {
    let country = tx.contact(conversation.contact_id).await?.country;
    tx.start_episode(&episode_of(inbox, conversation, country, at)).await?;
    Ok(())
}

fn episode_of(inbox: &Inbox, conversation: &Conversation, country: Option<String>, at: Moment) -> NewEpisode {
    NewEpisode {
        conversation_id: conversation.id,
        no: conversation.episode,
        inbox_id: inbox.id,
        channel: inbox.channel,
        language: conversation.language.clone(),
        country,
        at,
    }
}

/// A resolved conversation begins a new episode with the bot: its context restarts at the resolve, so that an old handoff is not
/// repeated (G5). A snoozed one comes back to the one who owns it.
async fn continue_conversation(tx: &mut Tx, incoming: &Incoming<'_>, mut found: Conversation) -> Result<Conversation> {
    if incoming.message.automatic.is_some_and(|automatic| automatic != Automatic::None) {
        return Ok(found);
    }
    if found.status == Status::Resolved {
        let episode = tx.episode(found.id, found.episode).await?;
        if episode.is_some_and(|episode| episode.continues_at(incoming.at)) {
            tx.reopen_episode(found.id, found.episode).await?;
        } else {
            found.episode = tx.next_episode(found.id).await?;
        }
        tx.set_owner(found.id, Owner::Bot).await?;
        tx.set_status(found.id, Status::Pending, None).await?;
        tx.insert_activity(found.id, ActivityKind::Reopened, "", "").await?;
        return Ok(tx.conversation(found.id).await?);
    }
    let status = if found.status == Status::Open { Status::Open } else { Conversation::status_after_customer_message(found.owner) };
    if status != found.status {
        tx.set_status(found.id, status, None).await?;
        found.status = status;
    }
    Ok(found)
}

/// What a message changes besides being there.
#[derive(Default)]
struct Effect {
    /// The row of the conversation is changed as by a message of this author.
    touch: Option<Author>,
    /// It begins the first episode of its conversation.
    episode: Option<NewEpisode>,
    /// The bot shall look at it.
    for_bot: bool,
}

async fn store_message(
    tx: &mut Tx,
    incoming: &Incoming<'_>,
    conversation: &Conversation,
    author: Author,
    effect: Effect,
) -> Result<MessageId> {
    let message = &incoming.message;
    let ours = author != Author::Contact;
    let reference = incoming.hints.message_id.clone().unwrap_or_else(|| incoming.key.external_id.clone());
    let new = NewMessage {
        conversation_id: conversation.id,
        inbox_id: incoming.inbox.id,
        episode: conversation.episode,
        author,
        member_id: None,
        at: incoming.at,
        subject: message.subject.clone(),
        text: message.visible_text.clone(),
        quoted: joined(&message.quoted_text, &message.signature),
        language: None,
        delivery: if ours { Delivery::Sent } else { Delivery::Received },
        automatic: message.automatic.unwrap_or(Automatic::None),
        warnings: message.warnings.clone(),
        bot_pending: effect.for_bot,
        external_id: Some(reference),
        attachments: message.attachments.iter().map(attachment).collect(),
        // The bytes are kept where the parser was not sure of them.
        raw: if message.warnings.is_empty() { None } else { incoming.raw.clone() },
        search_also: format!("{} {}", message.from.name, message.from.address),
    };
    Ok(match effect.touch {
        Some(author) => {
            let touch = Touch { at: incoming.at, preview: preview(message), author };
            tx.insert_message_touching(&new, &touch, effect.episode.as_ref()).await?
        }
        None => tx.insert_message(&new).await?,
    })
}

fn attachment(file: &InboundAttachment) -> NewAttachment {
    NewAttachment {
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        bytes: i64::try_from(file.bytes).unwrap_or(i64::MAX),
        sha256: file.sha256.clone(),
        content: file.content.clone(),
    }
}

fn joined(quoted: &str, signature: &str) -> String {
    [signature, quoted].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("\n\n")
}

/// The first line that says something, short enough for a row.
pub(crate) fn preview(message: &InboundMessage) -> String {
    let text = if message.visible_text.trim().is_empty() { &message.subject } else { &message.visible_text };
    preview_of(text)
}

/// See [`preview`].
pub(crate) fn preview_of(text: &str) -> String {
    const LENGTH: usize = 140;
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LENGTH).collect()
}

/// An address as an identity: of mail, else the account on the channel.
pub(crate) fn identity_of(address: &str) -> Identity {
    if is_mail_address(address) { Identity::email(address) } else { Identity { kind: IdentityKind::Handle, value: address.to_owned() } }
}

/// A handle such as `@lea` is no address of mail.
pub(crate) fn is_mail_address(address: &str) -> bool {
    address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}

fn shown_name(from: &Party) -> String {
    if from.name.is_empty() { from.address.clone() } else { from.name.clone() }
}
