//! What goes out: queued with its wire key fixed, handed over once, reconciled after a crash, never sent twice.
//!
//! queued → sending → sent | uncertain | failed. The step to `sending` is committed before the channel is spoken to; whoever finds
//! a row in `sending` whose claim has run out asks the channel, and where the channel cannot tell, a person decides.

use std::collections::BTreeMap;

use anyhow::Result;
use mercator_channels::{Channel, ChannelError, GATE_CLOSED, HandoverGate, Reconciled};
use mercator_domain::{
    assist::Purpose,
    conversation::{ActivityKind, Conversation, Status},
    ids::{ConversationId, InboxId, MemberId, MessageId, OutboxId},
    inbound::Party,
    inbox::Inbox,
    language::Language,
    message::{Author, Automatic, Delivery},
    moment::{DAY_MS, MINUTE_MS, Moment, SECOND_MS},
    outgoing::{OutboxState, Outgoing},
};
use mercator_store::{
    ChangeKind, Tx,
    conversations::Touch,
    messages::{NewAttachment, NewMessage},
    outbox::{Envelope, NewOutgoing},
};

use crate::{App, handoff, inbox::preview_of, satisfaction, threading, views::AppEvent};

/// How long an attempt may take before another instance may ask what became of it. Longer than every time limit inside of an adapter.
const CLAIM_MS: i64 = 3 * MINUTE_MS;

/// How many messages are claimed at once.
const ROUND: i64 = 20;

/// After this many attempts a message counts as failed: with the pauses below that is about a day.
const MAX_ATTEMPTS: i32 = 12;

/// A message that has waited this long for its server needs a person: the customer waits too.
const GIVE_UP_MS: i64 = DAY_MS;

/// What is to be said, by whom, and when.
pub(crate) struct Say<'a> {
    pub(crate) author: Author,
    pub(crate) member: Option<MemberId>,
    pub(crate) text: &'a str,
    pub(crate) language: Option<&'a Language>,
    /// Before this moment it can be taken back.
    pub(crate) not_before: Moment,
    /// True for a question back to the customer.
    pub(crate) clarified: bool,
    /// Files that go along.
    pub(crate) files: &'a [NewAttachment],
}

/// Stores a message of ours in the thread, without sending it.
pub(crate) async fn insert_own(
    tx: &mut Tx,
    inbox: &Inbox,
    conversation: &Conversation,
    say: &Say<'_>,
    delivery: Delivery,
    now: Moment,
) -> Result<MessageId> {
    let new = NewMessage {
        conversation_id: conversation.id,
        inbox_id: inbox.id,
        episode: conversation.episode,
        author: say.author,
        member_id: say.member,
        at: now,
        subject: threading::reply_subject(&conversation.subject),
        text: say.text.to_owned(),
        quoted: String::new(),
        language: say.language.cloned(),
        delivery,
        automatic: Automatic::None,
        warnings: vec![],
        bot_pending: false,
        external_id: None,
        attachments: say.files.to_vec(),
        raw: None,
        search_also: String::new(),
    };
    let id = tx.insert_message(&new).await?;
    if say.clarified {
        tx.set_clarified(id).await?;
    }
    Ok(id)
}

/// Stores a message of ours and queues it.
pub(crate) async fn enqueue(
    tx: &mut Tx,
    inbox: &Inbox,
    conversation: &Conversation,
    address: &str,
    say: &Say<'_>,
    now: Moment,
) -> Result<MessageId> {
    let message_id = insert_own(tx, inbox, conversation, say, Delivery::Queued, now).await?;
    queue(tx, inbox, conversation, address, message_id, say, None).await?;
    tx.touch_conversation(conversation.id, &Touch { at: now, preview: preview_of(say.text), author: say.author }).await?;
    Ok(message_id)
}

/// Queues a message that is in the thread already (an approved draft, a survey with its own subject and HTML).
pub(crate) async fn queue(
    tx: &mut Tx,
    inbox: &Inbox,
    conversation: &Conversation,
    address: &str,
    message_id: MessageId,
    say: &Say<'_>,
    special: Option<(&str, &str)>,
) -> Result<()> {
    let (subject, html) = match special {
        Some((subject, html)) => (subject.to_owned(), Some(html.to_owned())),
        None => (threading::reply_subject(&conversation.subject), None),
    };
    let chain = tx.thread_refs(conversation.id).await?;
    let facts = tx.conversation_facts(conversation.id).await?;
    let envelope = Envelope {
        from: Party { name: inbox.name.clone(), address: inbox.address.clone() },
        to: vec![Party { name: String::new(), address: address.to_owned() }],
        subject,
        text: say.text.to_owned(),
        html,
        in_reply_to: chain.answered,
        references: chain.earlier,
        thread: facts.thread_key,
        at: tx.now(),
    };
    let new = NewOutgoing {
        message_id,
        conversation_id: conversation.id,
        inbox_id: inbox.id,
        wire_key: wire_key(inbox),
        author: say.author,
        envelope,
        not_before: say.not_before,
    };
    // The identity is known from now on: a copy that is seen in the folder of sent mail is ours, whatever becomes of this process.
    tx.add_ref(inbox.id, &new.wire_key, conversation.id, message_id).await?;
    tx.enqueue(&new).await?;
    Ok(())
}

/// Unique for all time: 128 random bits at the inbox's own domain.
fn wire_key(inbox: &Inbox) -> String {
    let domain = inbox.address.rsplit_once('@').map_or("mercator.invalid", |(_, domain)| domain);
    format!("{:032x}@{domain}", rand::random::<u128>())
}

/// The channel has the message. `survey_key`: `None` while surveys are switched off.
pub(crate) async fn record_sent(
    tx: &mut Tx,
    (id, message_id): (OutboxId, MessageId),
    external_id: Option<&str>,
    survey_key: Option<&[u8]>,
    now: Moment,
) -> Result<()> {
    let noted_now = tx.mark_sent(id, external_id).await?;
    let message = tx.message(message_id).await?;
    let conversation = tx.conversation(message.conversation_id).await?;
    if let Some(external_id) = external_id {
        tx.add_ref(conversation.inbox_id, external_id, conversation.id, message_id).await?;
    }
    if noted_now && message.author == Author::Agent {
        handoff::person_answered(tx, &conversation, message.member_id, now).await?;
        // It was resolved together with this answer: only now is there something to rate.
        if let (Status::Resolved, Some(key)) = (conversation.status, survey_key) {
            satisfaction::send(tx, key, &conversation, now).await?;
        }
    }
    tx.changed(ChangeKind::Conversation, conversation.id.get());
    Ok(())
}

/// Notes durably, at the last moment, that a message leaves now.
struct Gate<'a> {
    app: &'a App,
    id: OutboxId,
}

#[async_trait::async_trait]
impl HandoverGate for Gate<'_> {
    async fn open(&self) -> bool {
        let note = async {
            let mut tx = self.app.store.begin_at(self.app.now()).await?;
            let still_ours = tx.mark_sending(self.id, self.app.store.instance()).await?;
            tx.commit().await?;
            Ok::<_, mercator_store::StoreError>(still_ours)
        };
        note.await.unwrap_or_else(|error| {
            tracing::warn!(%error, "A message waits: its departure could not be noted");
            false
        })
    }
}

impl App {
    /// Sends everything that is due, and clears up what was cut off. Returns how many messages were dealt with.
    pub async fn deliver_due(&self) -> Result<usize> {
        let mut done = self.clear_doubts().await?;
        loop {
            let now = self.now();
            let mut tx = self.store.begin_at(now).await?;
            let claimed = tx.claim_due(self.store.instance(), now.plus_ms(CLAIM_MS), ROUND).await?;
            tx.commit().await?;
            if claimed.is_empty() {
                return Ok(done);
            }
            done += claimed.len();
            // One inbox after another would let a server that does not answer hold up all the others.
            let mut by_inbox: BTreeMap<InboxId, Vec<Outgoing>> = BTreeMap::new();
            for outgoing in claimed {
                by_inbox.entry(outgoing.inbox_id).or_default().push(outgoing);
            }
            // All come to their end, also when one fails: what was cut off in the middle would be in doubt.
            let ends = futures_util::future::join_all(by_inbox.values().map(|queue| self.deliver_in_turn(queue))).await;
            ends.into_iter().collect::<Result<()>>()?;
        }
    }

    /// One that cannot be noted does not hold up those behind it, which are claimed already: the first error is told at the end.
    async fn deliver_in_turn(&self, queue: &[Outgoing]) -> Result<()> {
        let mut first = Ok(());
        for outgoing in queue {
            first = first.and(self.deliver(outgoing).await);
        }
        first
    }

    async fn deliver(&self, outgoing: &Outgoing) -> Result<()> {
        let result = match self.channel_of(outgoing.inbox_id).await {
            Ok((channel, inbox)) => {
                self.note_connection(&inbox, Purpose::MailSend).await;
                channel.send_guarded(outgoing, &Gate { app: self, id: outgoing.id }).await
            }
            Err(error) => Err(error),
        };
        let now = self.now();
        let mut tx = self.store.begin_at(now).await?;
        match result {
            Ok(sent) => {
                let which = (outgoing.id, outgoing.message_id);
                record_sent(&mut tx, which, Some(&sent.external_id), self.survey_key().await, now).await?;
            }
            Err(ChannelError::MaybeSent) => {
                // Ask at once; what the channel cannot tell stays for a person.
                tx.rollback().await?;
                return self.clear_doubt(outgoing).await;
            }
            Err(ChannelError::Transient(why)) if why == GATE_CLOSED => return Ok(tx.rollback().await?),
            Err(error) if error.is_passing() && outgoing.attempts < MAX_ATTEMPTS && now.since(outgoing.at) < GIVE_UP_MS => {
                tx.retry_at(outgoing.id, retry_at(&error, outgoing, now), &error.to_string()).await?;
            }
            Err(error) => record_failed(&mut tx, outgoing, &error).await?,
        }
        tx.commit().await?;
        self.tell_delivery(outgoing.conversation_id, outgoing.message_id).await;
        Ok(())
    }

    /// Tells the window; a failure also asks for attention.
    async fn tell_delivery(&self, id: ConversationId, message: MessageId) {
        self.tell(AppEvent::ConversationChanged { id });
        let state = self.store.outbox_of_message(message).await.ok().flatten().map(|line| line.state);
        if state.is_some_and(needs_a_person) {
            self.tell(AppEvent::Attention { id, contact: self.contact_name_of(id).await, cause: "delivery_failed".into() });
            self.tell_counts().await;
        }
    }

    async fn channel_of(&self, inbox: InboxId) -> Result<(Box<dyn Channel>, Inbox), ChannelError> {
        let inbox = self.store.inbox(inbox).await.map_err(|error| ChannelError::Transient(error.to_string()))?.inbox;
        let opened = self.open_inbox(&inbox).map_err(|error| match error.downcast::<ChannelError>() {
            Ok(known) => known,
            Err(other) => ChannelError::Setup(other.to_string()),
        });
        opened.map(|channel| (channel, inbox))
    }

    /// What was being sent when a process ended: ask the channel.
    async fn clear_doubts(&self) -> Result<usize> {
        let now = self.now();
        let mut tx = self.store.begin_at(now).await?;
        let doubts = tx.claim_in_doubt(self.store.instance(), now.plus_ms(CLAIM_MS), ROUND).await?;
        tx.commit().await?;
        let mut first = Ok(());
        for outgoing in &doubts {
            first = first.and(self.clear_doubt(outgoing).await);
        }
        first.map(|()| doubts.len())
    }

    async fn clear_doubt(&self, outgoing: &Outgoing) -> Result<()> {
        let answer = match self.channel_of(outgoing.inbox_id).await {
            Ok((channel, inbox)) => {
                self.note_connection(&inbox, Purpose::MailReceive).await;
                channel.reconcile(outgoing).await
            }
            Err(error) => Err(error),
        };
        let now = self.now();
        let mut tx = self.store.begin_at(now).await?;
        match answer {
            Ok(Reconciled::Found(sent)) => {
                let which = (outgoing.id, outgoing.message_id);
                record_sent(&mut tx, which, Some(&sent.external_id), self.survey_key().await, now).await?;
            }
            Ok(Reconciled::Absent) => tx.retry_at(outgoing.id, now, "").await?,
            Ok(Reconciled::Unknown) => {
                let why = ChannelError::MaybeSent.to_string();
                tx.mark_uncertain(outgoing.id, &why).await?;
                tx.insert_activity(outgoing.conversation_id, ActivityKind::DeliveryFailed, "", &why).await?;
            }
            // The channel cannot be asked now: the claim runs out by itself and the row is looked at again.
            Err(error) => tracing::info!(passing = error.is_passing(), "A message in doubt could not be looked up yet"),
        }
        tx.changed(ChangeKind::Conversation, outgoing.conversation_id.get());
        tx.commit().await?;
        self.tell_delivery(outgoing.conversation_id, outgoing.message_id).await;
        Ok(())
    }
}

async fn record_failed(tx: &mut Tx, outgoing: &Outgoing, error: &ChannelError) -> Result<()> {
    let why = error.to_string();
    tx.mark_failed(outgoing.id, &why).await?;
    tx.insert_activity(outgoing.conversation_id, ActivityKind::DeliveryFailed, "", &why).await?;
    satisfaction::not_delivered(tx, outgoing.conversation_id, outgoing.message_id).await?;
    let conversation = tx.conversation(outgoing.conversation_id).await?;
    if outgoing.author == Author::Agent && conversation.status == Status::Resolved {
        // It was resolved with an answer that nobody has got.
        tx.set_status(conversation.id, Status::Open, None).await?;
        crate::conversations::reopen(tx, &conversation).await?;
    }
    if let ChannelError::Auth(_) = error {
        tx.note_inbox_trouble(outgoing.inbox_id, true, &why).await?;
    }
    Ok(())
}

/// As the channel says, else 15 s doubled with each attempt up to 4 h, with up to a quarter of jitter.
///
/// Where nothing answers there is no attempt to count: the pause grows with the message's age instead, up to five minutes, so that
/// everything leaves soon after the network is back.
fn retry_at(error: &ChannelError, outgoing: &Outgoing, now: Moment) -> Moment {
    if let ChannelError::Throttled { retry_at: Some(at) } = error {
        return *at;
    }
    const LONGEST_MS: i64 = 4 * 60 * MINUTE_MS;
    let doubled = if let ChannelError::Unreachable { .. } = error {
        (now.since(outgoing.at) / 4).clamp(15 * SECOND_MS, 5 * MINUTE_MS)
    } else {
        (15 * SECOND_MS).saturating_mul(1 << outgoing.attempts.clamp(0, 20)).min(LONGEST_MS)
    };
    let jitter = rand::random_range(0..=doubled / 4);
    now.plus_ms(doubled + jitter)
}

/// Which states a person may still change.
pub(crate) const fn needs_a_person(state: OutboxState) -> bool {
    matches!(state, OutboxState::Failed | OutboxState::Uncertain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(attempts: i32) -> Outgoing {
        Outgoing {
            id: OutboxId(1),
            inbox_id: InboxId(1),
            conversation_id: ConversationId(1),
            message_id: MessageId(1),
            wire_key: String::new(),
            author: Author::Bot,
            from: Party::default(),
            to: vec![],
            subject: String::new(),
            text: String::new(),
            html: None,
            in_reply_to: None,
            references: vec![],
            thread: None,
            attachments: vec![],
            at: Moment(0),
            attempts,
        }
    }

    #[test]
    fn pauses_double_up_to_a_limit_and_obey_the_channel() {
        let passing = ChannelError::Transient(String::new());
        let first = retry_at(&passing, &tried(0), Moment(0)).ms();
        assert!((15_000..=18_750).contains(&first), "{first}");
        let last = retry_at(&passing, &tried(60), Moment(0)).ms();
        assert!((14_400_000..=18_000_000).contains(&last), "{last}");
        assert_eq!(retry_at(&ChannelError::Throttled { retry_at: Some(Moment(7)) }, &tried(3), Moment(0)), Moment(7));
    }

    #[test]
    fn a_server_that_does_not_answer_is_asked_less_often_with_time() {
        let down = ChannelError::Unreachable { host: String::new(), why: String::new() };
        let pause = |age: i64| retry_at(&down, &tried(0), Moment(age)).since(Moment(age));
        assert!(pause(0) < pause(8 * MINUTE_MS) && pause(DAY_MS) <= 7 * MINUTE_MS);
    }
}
