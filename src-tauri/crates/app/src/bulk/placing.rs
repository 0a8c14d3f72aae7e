//! Which conversation each mail of a batch belongs to: decided in memory, from what was looked up for the whole batch at once.
//!
//! The rules are those of `inbox.rs`: by the newest earlier mail it names, the same contact, the same topic (`threading.rs`);
//! a mail of ours also by receiver and subject. What differs from mails of today: earlier mails of the same batch count as stored, and
//! a mail that arrives after its own answers (files have no order) is put to them, not into a conversation of its own.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
};

use mercator_domain::{
    contact::{Identity, IdentityKind},
    ids::{ContactId, ConversationId, MessageId},
    inbound::Party,
    moment::{DAY_MS, Moment},
};
use mercator_store::contacts::NewContact;

use super::mail::{Mail, Side};
use crate::threading;

/// As in `inbox.rs`: an answer that names no earlier mail is matched by its subject within this time.
pub(super) const SUBJECT_LIVES_MS: i64 = 30 * DAY_MS;

/// Most identities of mails that have not come yet: 16 MB, whatever the size of the archive.
const MOST_AWAITED: usize = 1_000_000;

/// A contact that is stored, or one of the batch's new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    Stored(ContactId),
    New(usize),
}

/// A conversation that a batch touches.
#[derive(Debug)]
pub(super) struct Thread {
    /// `None` while it is new.
    pub id: Option<ConversationId>,
    pub who: Who,
    /// Without reply marks.
    pub subject: String,
    pub episode: i32,
    /// Its first and last mail within the batch.
    pub first: Moment,
    pub last: Moment,
    /// The place of the last mail in the batch.
    pub newest: usize,
}

/// What became of one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    /// In this thread.
    In(usize),
    /// Ours, and nobody's conversation yet: tried again at the end.
    Homeless,
}

/// A stored conversation that mails of the batch may belong to.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub contact: ContactId,
    pub subject: String,
    pub episode: i32,
    pub last: Moment,
    /// True when it is not resolved: somebody works on it now.
    pub running: bool,
}

/// Mails that were named and have not come, with the conversation that waits for them. Outlives the batches.
#[derive(Default)]
pub(super) struct Awaited(HashMap<u64, ConversationId>);

impl Awaited {
    fn hash(reference: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        reference.hash(&mut hasher);
        hasher.finish()
    }

    pub(super) fn conversation(&self, reference: &str) -> Option<ConversationId> {
        self.0.get(&Self::hash(reference)).copied()
    }

    pub(super) fn add(&mut self, reference: &str, conversation: ConversationId) {
        if self.0.len() < MOST_AWAITED {
            self.0.entry(Self::hash(reference)).or_insert(conversation);
        }
    }
}

/// What was looked up for a batch.
#[derive(Default)]
pub(super) struct Lookups {
    /// Message-IDs that are stored.
    pub refs: BTreeMap<String, (ConversationId, MessageId)>,
    /// Addresses that are stored.
    pub people: BTreeMap<(String, String), ContactId>,
    /// The conversations of `refs`, and those that wait for a mail of the batch.
    pub conversations: BTreeMap<ConversationId, Known>,
    /// For mails of ours without a thread: the conversation by receiver and subject, by the mail's place in the batch.
    pub by_subject: BTreeMap<usize, ConversationId>,
}

/// A batch while its mails are placed.
pub(super) struct Placing<'a> {
    lookups: &'a Lookups,
    awaited: &'a Awaited,
    pub threads: Vec<Thread>,
    pub contacts: Vec<(NewContact, Vec<Identity>)>,
    new_people: HashMap<Identity, usize>,
    of_stored: HashMap<ConversationId, usize>,
    /// Message-IDs of the batch, with thread and order.
    placed: HashMap<String, (usize, usize)>,
    /// Mails named within the batch that have not come yet.
    named: HashMap<String, usize>,
}

impl<'a> Placing<'a> {
    pub(super) fn new(lookups: &'a Lookups, awaited: &'a Awaited) -> Self {
        Self {
            lookups,
            awaited,
            threads: vec![],
            contacts: vec![],
            new_people: HashMap::new(),
            of_stored: HashMap::new(),
            placed: HashMap::new(),
            named: HashMap::new(),
        }
    }

    /// Places the mail that is the `index`th of its batch.
    pub(super) fn place(&mut self, index: usize, mail: &Mail) -> Placed {
        let thread = match mail.side {
            Side::Theirs => {
                let who = self.who(&mail.from);
                let found = self.by_chain(mail).or_else(|| self.waiting_for(mail));
                let same = |t: &Thread| t.who == who && !threading::is_new_topic(&t.subject, &mail.subject);
                match found.filter(|found| self.threads.get(*found).is_some_and(same)) {
                    Some(found) => found,
                    None => self.begin(who, index, mail),
                }
            }
            Side::Ours => match self.by_chain(mail).or_else(|| self.waiting_for(mail)).or_else(|| self.by_receiver(index, mail)) {
                Some(found) => found,
                None => return Placed::Homeless,
            },
        };
        if let Some(t) = self.threads.get_mut(thread) {
            t.first = t.first.min(mail.at);
            if mail.at >= t.last {
                (t.last, t.newest) = (mail.at, index);
            }
        }
        self.placed.entry(mail.reference.clone()).or_insert((thread, index));
        for named in &mail.chain {
            if !self.lookups.refs.contains_key(named) && !self.placed.contains_key(named) {
                self.named.entry(named.clone()).or_insert(thread);
            }
        }
        Placed::In(thread)
    }

    /// Mails that were named and did not come with the batch.
    pub(super) fn still_named(&self) -> impl Iterator<Item = (&str, usize)> {
        self.named
            .iter()
            .filter(|(reference, _)| !self.placed.contains_key(*reference))
            .map(|(reference, thread)| (reference.as_str(), *thread))
    }

    /// The newest of the mails that it names: one of the batch is newer than any that is stored.
    fn by_chain(&mut self, mail: &Mail) -> Option<usize> {
        if let Some((thread, _)) = mail.chain.iter().filter_map(|r| self.placed.get(r)).max_by_key(|(_, order)| *order) {
            return Some(*thread);
        }
        let (conversation, _) = mail.chain.iter().filter_map(|r| self.lookups.refs.get(r)).max_by_key(|(_, message)| *message)?;
        self.stored(*conversation)
    }

    /// Somebody has answered this mail already.
    fn waiting_for(&mut self, mail: &Mail) -> Option<usize> {
        if let Some(thread) = self.named.get(&mail.reference) {
            return Some(*thread);
        }
        let conversation = self.awaited.conversation(&mail.reference)?;
        self.stored(conversation)
    }

    fn by_receiver(&mut self, index: usize, mail: &Mail) -> Option<usize> {
        let subject = threading::base_subject(&mail.subject);
        let people: Vec<Who> = mail.to.iter().filter_map(|party| self.known(&Identity::email(&party.address))).collect();
        let since = mail.at.plus_ms(-SUBJECT_LIVES_MS);
        let fits = |t: &Thread| people.contains(&t.who) && t.last >= since && t.subject.to_lowercase() == subject.to_lowercase();
        if let Some(found) = self.threads.iter().rposition(fits) {
            return Some(found);
        }
        let conversation = *self.lookups.by_subject.get(&index)?;
        self.stored(conversation)
    }

    fn stored(&mut self, id: ConversationId) -> Option<usize> {
        if let Some(thread) = self.of_stored.get(&id) {
            return Some(*thread);
        }
        let known = self.lookups.conversations.get(&id)?;
        let (who, subject) = (Who::Stored(known.contact), known.subject.clone());
        self.threads.push(Thread {
            id: Some(id),
            who,
            subject,
            episode: known.episode,
            first: known.last,
            last: Moment(i64::MIN),
            newest: 0,
        });
        self.of_stored.insert(id, self.threads.len() - 1);
        Some(self.threads.len() - 1)
    }

    fn begin(&mut self, who: Who, index: usize, mail: &Mail) -> usize {
        let subject = threading::base_subject(&mail.subject);
        self.threads.push(Thread { id: None, who, subject, episode: 1, first: mail.at, last: mail.at, newest: index });
        self.threads.len() - 1
    }

    fn known(&self, identity: &Identity) -> Option<Who> {
        let stored = self.lookups.people.get(&(identity.kind.as_str().to_owned(), identity.value.clone()));
        stored.map(|id| Who::Stored(*id)).or_else(|| self.new_people.get(identity).map(|n| Who::New(*n)))
    }

    /// The contact of a writer; a new one learns its name from the first mail that has one.
    fn who(&mut self, from: &Party) -> Who {
        let identity = identity_of(from);
        if let Some(known) = self.known(&identity) {
            if let Who::New(index) = known
                && let Some((contact, _)) = self.contacts.get_mut(index)
                && contact.name.is_empty()
            {
                contact.name.clone_from(&from.name);
            }
            return known;
        }
        self.contacts.push((NewContact { name: from.name.clone(), ..NewContact::default() }, vec![identity.clone()]));
        self.new_people.insert(identity, self.contacts.len() - 1);
        Who::New(self.contacts.len() - 1)
    }
}

/// By what a writer is known, as in `inbox.rs`.
pub(super) fn identity_of(from: &Party) -> Identity {
    // A handle such as `@lea` is no address of mail.
    if from.address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.')) {
        Identity::email(&from.address)
    } else {
        let value = if from.address.is_empty() { "unknown".to_owned() } else { from.address.clone() };
        Identity { kind: IdentityKind::Handle, value }
    }
}
