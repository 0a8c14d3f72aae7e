//! Between the bot and people: opening a handoff, taking over, handing back, and the alarm before a promise is broken.

use anyhow::Result;
use mercator_domain::{
    conversation::{ActivityKind, Conversation, Owner, Status},
    emotion::EmotionLevel,
    handoff::{EmotionTrend, HandoffCard, HandoffReason},
    ids::{ConversationId, MemberId},
    message::Delivery,
    moment::{MINUTE_MS, Moment},
    team::Member,
    turn::Turn,
};
use mercator_pipeline::texts;
use mercator_store::{ChangeKind, Tx, handoffs::NewHandoff};

use crate::{
    App,
    inbox::{preview_of, start_episode},
    turn_input::Subject,
    views::AppEvent,
};

/// An alarm is raised this long before the promise ends: enough to write one answer.
const ALARM_LEAD_MS: i64 = 15 * MINUTE_MS;

/// The place in Waiting for you: 30 high risk, 20 angry, 10 upset, 0 else.
pub(crate) fn priority(turn: &Turn) -> i32 {
    let felt = &turn.emotion.value;
    match felt.emotion.as_ref().map(|emotion| emotion.level) {
        _ if felt.risk.high => 30,
        Some(EmotionLevel::Angry) => 20,
        Some(EmotionLevel::Upset) => 10,
        _ => 0,
    }
}

/// Gives a conversation to people: from here on the bot is silent.
pub(crate) async fn open(
    tx: &mut Tx,
    subject: &Subject,
    reason: HandoffReason,
    card: &HandoffCard,
    promised_at: Moment,
    now: Moment,
) -> Result<()> {
    let id = subject.conversation.id;
    let new = NewHandoff {
        conversation_id: id,
        episode: subject.message.episode,
        inbox_id: subject.inbox.id,
        channel: subject.inbox.channel,
        language: card.language.clone(),
        country: subject.contact.country.clone(),
        message_id: Some(subject.message.id),
        reason,
        card: card.clone(),
        at: now,
        promised_at,
    };
    tx.insert_handoff(&new).await?;
    tx.set_owner(id, Owner::Human).await?;
    tx.set_status(id, Status::Open, None).await?;
    tx.insert_activity(id, ActivityKind::HandedOff, "bot", reason.as_str()).await?;
    tx.episode_handed_off(id, subject.message.episode, now).await?;
    Ok(())
}

/// The card of a message that no turn could be made for: what stands in the rows, the rest is said to be unknown.
pub(crate) fn bare_card(subject: &Subject) -> HandoffCard {
    let unknown = texts::words(&subject.inbox.language, "card_unknown", &[]);
    let or_unknown = |text: String| if text.trim().is_empty() { unknown.clone() } else { text };
    HandoffCard {
        summary: or_unknown(subject.conversation.subject.clone()),
        language: subject.contact.language.clone(),
        identity: or_unknown(format!("{} {}", subject.contact.name, subject.address).trim().to_owned()),
        order: unknown.clone(),
        emotion: EmotionTrend::default(),
        tried: vec![],
        open_question: or_unknown(preview_of(&subject.message.text)),
        suggested_reply: unknown.clone(),
        intent: None,
        facts: None,
    }
}

/// A newer decision makes the drafts of the bot that wait in a conversation void.
pub(crate) async fn cancel_drafts(tx: &mut Tx, id: ConversationId) -> Result<()> {
    for draft in tx.bot_drafts(id).await? {
        tx.set_delivery(draft.id, Delivery::Cancelled, "").await?;
    }
    Ok(())
}

/// A person has begun to answer: the bot is silent, its drafts and what it has queued are taken back.
pub(crate) async fn person_takes_over(tx: &mut Tx, conversation: &Conversation, member: Option<&Member>) -> Result<()> {
    let id = conversation.id;
    cancel_drafts(tx, id).await?;
    tx.cancel_bot_messages(id).await?;
    tx.clear_bot_pending(id).await?;
    if conversation.owner == Owner::Bot {
        tx.set_owner(id, Owner::Human).await?;
        let by = member.map(|member| member.name.as_str()).unwrap_or_default();
        tx.insert_activity(id, ActivityKind::TakenOver, by, "").await?;
    }
    tx.changed(ChangeKind::Conversation, id.get());
    Ok(())
}

/// A person's answer has left: the waiting handoff is answered, the clocks stop.
pub(crate) async fn person_answered(tx: &mut Tx, conversation: &Conversation, member: Option<MemberId>, at: Moment) -> Result<()> {
    tx.answer_handoff(conversation.id, member, at).await?;
    // Whom a person answers is served, also where only a machine had written.
    let inbox = tx.inbox(conversation.inbox_id).await?.inbox;
    start_episode(tx, &inbox, conversation, at).await?;
    tx.episode_human_replied(conversation.id, conversation.episode, at).await?;
    Ok(())
}

impl App {
    /// Gives a conversation back to the bot: it answers from the customer's next message on.
    pub async fn hand_back(&self, id: ConversationId) -> Result<()> {
        let now = self.now();
        let mut tx = self.store.begin_at(now).await?;
        let conversation = tx.conversation(id).await?;
        if conversation.owner == Owner::Bot {
            return Err(crate::error::refuse("The bot has this conversation already", "Nothing to do."));
        }
        tx.set_owner(id, Owner::Bot).await?;
        tx.set_status(id, Status::Pending, None).await?;
        tx.close_handoff(id, now).await?;
        tx.insert_activity(id, ActivityKind::HandedBack, &self.member.name, "").await?;
        tx.changed(ChangeKind::Conversation, id.get());
        tx.commit().await?;
        self.tell(AppEvent::ConversationChanged { id });
        self.tell_counts().await;
        Ok(())
    }

    /// Raises the alarm for handoffs whose promise ends soon or has ended; each once. Returns how many.
    pub async fn raise_alarms(&self) -> Result<usize> {
        let now = self.now();
        let due = self.store.handoffs_to_alarm(now.plus_ms(ALARM_LEAD_MS)).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let mut tx = self.store.begin_at(now).await?;
        let mut raised = vec![];
        for handoff in due {
            // Another instance may have been first, or a person has answered meanwhile.
            if !tx.mark_alarmed(handoff.id, now).await? {
                continue;
            }
            tx.changed(ChangeKind::Conversation, handoff.conversation_id.get());
            raised.push(handoff);
        }
        tx.commit().await?;
        for handoff in &raised {
            let contact = self.contact_name_of(handoff.conversation_id).await;
            self.tell(AppEvent::Attention { id: handoff.conversation_id, contact, cause: "promise_near".into() });
        }
        Ok(raised.len())
    }

    pub(crate) async fn contact_name_of(&self, id: ConversationId) -> String {
        let name = async {
            let conversation = self.store.conversation(id).await.ok()?;
            Some(self.store.contact(conversation.contact_id).await.ok()?.name)
        };
        name.await.unwrap_or_default()
    }
}
