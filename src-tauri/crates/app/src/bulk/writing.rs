//! A batch of placed mails into the store, in one transaction and with few statements.
//!
//! History is stored as it was: resolved, read, never on the bot's list. Each new conversation has one episode that ends with its
//! last mail, so that the next word of the customer begins another one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use mercator_domain::{
    contact::Identity,
    conversation::{Owner, Status},
    ids::{ContactId, ConversationId},
    inbox::Inbox,
    message::{Author, Delivery},
    moment::Moment,
};
use mercator_store::{
    Store, Tx,
    bulk::EndedEpisode,
    conversations::{NewConversation, Touch},
    messages::NewMessage,
};

use super::{
    mail::{Mail, Side},
    placing::{Awaited, Known, Lookups, Placed, Placing, SUBJECT_LIVES_MS, Thread, Who, identity_of},
    source::Place,
};
use crate::threading;

/// What storing a batch did.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub stored: usize,
    pub known: usize,
    /// Mails of ours without a conversation.
    pub homeless: Vec<Place>,
}

/// Stores a batch. With `last_try` a mail of ours without a conversation counts as seen: it is to somebody who is no customer.
pub(super) async fn write(
    store: &Store,
    now: Moment,
    inbox: &Inbox,
    mut mails: Vec<Mail>,
    awaited: &mut Awaited,
    last_try: bool,
) -> Result<Written> {
    let mut written = Written::default();
    let mut tx = store.begin_at(now).await?;
    keep_new(&mut tx, inbox, &mut mails, &mut written).await?;
    // Files have no order; within a batch the older mail comes first, as it came then.
    mails.sort_by_key(|mail| mail.at);
    let lookups = look_up(&mut tx, inbox, &mails, awaited).await?;
    let mut placing = Placing::new(&lookups, awaited);
    let placed: Vec<Placed> = mails.iter().enumerate().map(|(index, mail)| placing.place(index, mail)).collect();
    let contacts = tx.insert_contacts(&placing.contacts).await?;
    let ids = conversations(&mut tx, inbox, &placing, &contacts).await?;
    let awaits: Vec<(String, usize)> = placing.still_named().map(|(reference, thread)| (reference.to_owned(), thread)).collect();
    let threads = placing.threads;
    touch(&mut tx, &threads, &ids, &mails, &lookups).await?;
    let mut seen = vec![];
    let mut messages = Vec::with_capacity(mails.len());
    for (mail, placed) in mails.into_iter().zip(placed) {
        match placed {
            Placed::In(thread) => {
                let (Some(id), Some(thread)) = (ids.get(thread), threads.get(thread)) else { continue };
                seen.push(mail.key.clone());
                messages.push(message(inbox, *id, thread.episode, mail));
            }
            Placed::Homeless if last_try => seen.push(mail.key.clone()),
            Placed::Homeless => written.homeless.push(mail.place),
        }
    }
    tx.record_seen_many(inbox.id, &seen).await?;
    written.stored = tx.insert_messages(&messages).await?.len();
    tx.commit().await?;
    for (reference, thread) in awaits {
        if let Some(id) = ids.get(thread) {
            awaited.add(&reference, *id);
        }
    }
    Ok(written)
}

/// Leaves out what is stored already, and of two equal mails of the batch the second.
async fn keep_new(tx: &mut Tx, inbox: &Inbox, mails: &mut Vec<Mail>, written: &mut Written) -> Result<()> {
    let references: Vec<String> = mails.iter().map(|mail| mail.reference.clone()).collect();
    let known = tx.known_refs(inbox.id, &references).await?;
    let mut seen = BTreeSet::new();
    let before = mails.len();
    mails.retain(|mail| !known.contains_key(&mail.reference) && seen.insert(mail.reference.clone()));
    written.known = before - mails.len();
    Ok(())
}

async fn look_up(tx: &mut Tx, inbox: &Inbox, mails: &[Mail], awaited: &Awaited) -> Result<Lookups> {
    let chain: BTreeSet<String> = mails.iter().flat_map(|mail| mail.chain.iter().cloned()).collect();
    let refs = if chain.is_empty() { BTreeMap::new() } else { tx.known_refs(inbox.id, &chain.into_iter().collect::<Vec<_>>()).await? };
    let writers = mails.iter().filter(|m| m.side == Side::Theirs).map(|m| identity_of(&m.from));
    let receivers = mails.iter().filter(|m| m.side == Side::Ours).flat_map(|m| m.to.iter().map(|p| Identity::email(&p.address)));
    let identities: BTreeSet<(String, String)> = writers.chain(receivers).map(|i| (i.kind.as_str().to_owned(), i.value)).collect();
    let identities: Vec<Identity> =
        identities.into_iter().filter_map(|(kind, value)| Some(Identity { kind: kind.parse().ok()?, value })).collect();
    let people = if identities.is_empty() { BTreeMap::new() } else { tx.contacts_by_identities(&identities).await? };
    let mut lookups = Lookups { refs, people, ..Lookups::default() };
    for (index, mail) in mails.iter().enumerate().filter(|(_, m)| m.side == Side::Ours) {
        if mail.chain.iter().any(|r| lookups.refs.contains_key(r)) {
            continue;
        }
        if let Some(found) = by_receiver(tx, inbox, mail, &lookups).await? {
            lookups.by_subject.insert(index, found);
        }
    }
    let wanted: BTreeSet<ConversationId> = (lookups.refs.values().map(|(id, _)| *id))
        .chain(lookups.by_subject.values().copied())
        .chain(mails.iter().filter_map(|mail| awaited.conversation(&mail.reference)))
        .collect();
    for found in tx.conversations(&wanted.into_iter().collect::<Vec<_>>()).await? {
        let known = Known {
            contact: found.contact_id,
            subject: found.subject,
            episode: found.episode,
            last: found.last_message_at,
            running: found.status != Status::Resolved,
        };
        lookups.conversations.insert(found.id, known);
    }
    Ok(lookups)
}

/// The conversation with a receiver of ours under the same subject, as in `inbox.rs`.
async fn by_receiver(tx: &mut Tx, inbox: &Inbox, mail: &Mail, lookups: &Lookups) -> Result<Option<ConversationId>> {
    let subject = threading::base_subject(&mail.subject);
    for party in &mail.to {
        let Identity { kind, value } = Identity::email(&party.address);
        let Some(contact) = lookups.people.get(&(kind.as_str().to_owned(), value)) else { continue };
        let found = tx.conversation_by_subject(inbox.id, *contact, &subject, mail.at.plus_ms(-SUBJECT_LIVES_MS)).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The rows of all threads, the new ones made; in the order of the threads.
async fn conversations(tx: &mut Tx, inbox: &Inbox, placing: &Placing<'_>, contacts: &[ContactId]) -> Result<Vec<ConversationId>> {
    let contact_of = |who: Who| match who {
        Who::Stored(id) => Some(id),
        Who::New(index) => contacts.get(index).copied(),
    };
    let begun: Vec<&Thread> = placing.threads.iter().filter(|t| t.id.is_none()).collect();
    let mut new = Vec::with_capacity(begun.len());
    for thread in &begun {
        new.push(NewConversation {
            inbox_id: inbox.id,
            contact_id: contact_of(thread.who).ok_or(mercator_store::StoreError::NotFound)?,
            subject: thread.subject.clone(),
            status: Status::Resolved,
            owner: Owner::Bot,
            language: None,
            thread_key: None,
            order_number: None,
        });
    }
    let mut made = tx.insert_conversations(&new).await?.into_iter();
    let mut ids = Vec::with_capacity(placing.threads.len());
    let mut ended = Vec::with_capacity(begun.len());
    for thread in &placing.threads {
        match thread.id {
            Some(id) => ids.push(id),
            None => {
                let id = made.next().ok_or(mercator_store::StoreError::NotFound)?;
                // Its answers are not counted: nobody measured the team by them.
                let (conversation_id, inbox_id, channel) = (id, inbox.id, inbox.channel);
                ended.push(EndedEpisode { conversation_id, inbox_id, channel, first: thread.first, last: thread.last });
                ids.push(id);
            }
        }
    }
    tx.insert_ended_episodes(&ended).await?;
    Ok(ids)
}

/// Time and first line of the newest mail, on the rows of the list.
async fn touch(tx: &mut Tx, threads: &[Thread], ids: &[ConversationId], mails: &[Mail], lookups: &Lookups) -> Result<()> {
    let mut touches = Vec::with_capacity(threads.len());
    let mut waits = vec![];
    for (thread, id) in threads.iter().zip(ids) {
        let Some(mail) = mails.get(thread.newest).filter(|_| thread.last != Moment(i64::MIN)) else { continue };
        let known = lookups.conversations.get(id);
        // An older mail changes nothing on a row that shows a newer one.
        if known.is_some_and(|known| known.last > mail.at) {
            continue;
        }
        let author = match mail.side {
            // In a conversation that runs today an import neither answers nor asks.
            _ if known.is_some_and(|known| known.running) => Author::System,
            Side::Ours => Author::Agent,
            Side::Theirs => Author::Contact,
        };
        touches.push((*id, Touch { at: mail.at, preview: preview(mail), author }));
        if author == Author::Contact {
            waits.push(*id);
        }
    }
    tx.touch_conversations(&touches).await?;
    // Nobody waits for an answer to a mail of the past.
    Ok(tx.settle_conversations(&waits).await?)
}

fn preview(mail: &Mail) -> String {
    crate::inbox::preview_of(if mail.text.trim().is_empty() { &mail.subject } else { &mail.text })
}

fn message(inbox: &Inbox, conversation_id: ConversationId, episode: i32, mail: Mail) -> NewMessage {
    let ours = mail.side == Side::Ours;
    NewMessage {
        inbox_id: inbox.id,
        conversation_id,
        episode,
        author: if ours { Author::Agent } else { Author::Contact },
        member_id: None,
        at: mail.at,
        subject: mail.subject,
        text: mail.text,
        quoted: mail.quoted,
        language: None,
        delivery: if ours { Delivery::Sent } else { Delivery::Received },
        automatic: mail.automatic,
        warnings: mail.warnings,
        bot_pending: false,
        external_id: Some(mail.reference),
        search_also: format!("{} {}", mail.from.name, mail.from.address),
        attachments: mail.attachments,
        raw: mail.raw,
    }
}
