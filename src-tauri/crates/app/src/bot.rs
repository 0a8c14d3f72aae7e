//! Runs the bot over every message that waits for it, and carries out what comes of the turn.
//!
//! The turn is made outside of any transaction; its effects, the stored Turn and the mark that the message is done are committed
//! together. Whoever clears the mark first has answered: a second instance finds it cleared and leaves no trace.

use anyhow::{Context, Result};
use mercator_domain::{
    conversation::{Owner, Status},
    handoff::{HandoffCard, HandoffReason},
    ids::{ContactId, InboxId, MessageId},
    intent::Intent,
    message::{Author, Automatic, Delivery},
    moment::Moment,
    turn::{Decision, Outcome, ReplyDraft, SilenceReason, Turn},
};
use mercator_pipeline::ports::TurnInput;
use mercator_store::{ChangeKind, Tx, conversations::Understanding, episodes::EpisodeTraits};

use crate::{
    App,
    actions::{
        dialogue::{self, is_asked_about},
        identity::Writer as Asker,
    },
    handoff::{self, cancel_drafts},
    outbox::{self, Say},
    turn_input::{Subject, profile_of, promise, rules_of, writer_of},
    views::AppEvent,
};

/// How many messages are taken up in one round: small, so that stopping is quick.
const ROUND: i64 = 32;

/// Which attention a turn asks for.
type Attention = Option<&'static str>;

impl App {
    /// Runs the bot over everything that waits; returns how many messages it has dealt with.
    pub async fn run_bot(&self) -> Result<usize> {
        let mut done = 0;
        loop {
            let waiting = self.store.messages_for_bot(ROUND).await?;
            if waiting.is_empty() {
                break;
            }
            let mut failed = None;
            for message_id in &waiting {
                match self.answer(*message_id).await {
                    Ok(()) => done += 1,
                    Err(error) => failed = Some(error),
                }
            }
            // What could not even be given to a person (the database is away) is tried again later; the others were served.
            if let Some(error) = failed {
                return Err(error);
            }
        }
        if done > 0 {
            self.tell_counts().await;
            self.outbox_bell.notify_one();
        }
        Ok(done)
    }

    /// One message. A turn that fails is not repeated for ever: the message goes to a person with the reason `tool_failure`.
    async fn answer(&self, message_id: MessageId) -> Result<()> {
        let subject = self.subject(message_id).await?;
        let now = self.now();
        let attention = match self.answer_by_turn(&subject, now).await {
            Ok(attention) => attention,
            Err(error) => {
                tracing::error!(code = %crate::views::UserError::from(&error).code, "A turn failed; the message goes to a person");
                self.give_to_a_person(&subject, now).await?
            }
        };
        self.tell(AppEvent::ConversationChanged { id: subject.conversation.id });
        if let Some(cause) = attention {
            let contact = if subject.contact.name.is_empty() { subject.address.clone() } else { subject.contact.name.clone() };
            self.tell(AppEvent::Attention { id: subject.conversation.id, contact, cause: cause.to_owned() });
        }
        Ok(())
    }

    /// Runs the turn and carries it out; nothing is changed when another instance was first.
    async fn answer_by_turn(&self, subject: &Subject, now: Moment) -> Result<Attention> {
        let mut input = self.input_of(subject, now).await;
        input.pending = subject.pending.clone().filter(is_asked_about).map(Box::new);
        let turn = self.run_turn(input, subject.writer.clone(), Some(subject.conversation.id)).await?;
        let mut tx = self.store.begin_at(now).await?;
        if !tx.take_for_bot(subject.message.id).await? {
            tx.rollback().await?;
            return Ok(None);
        }
        let attention = self.carry_out(&mut tx, subject, &turn, now).await.context("Cannot carry out what the bot decided")?;
        tx.changed(ChangeKind::Conversation, subject.conversation.id.get());
        tx.commit().await?;
        Ok(attention)
    }

    /// The bot itself has failed: a person gets the message with what is known without it; the customer is told nothing.
    async fn give_to_a_person(&self, subject: &Subject, now: Moment) -> Result<Attention> {
        let mut tx = self.store.begin_at(now).await?;
        if !tx.take_for_bot(subject.message.id).await? {
            tx.rollback().await?;
            return Ok(None);
        }
        let wanted = subject.message.automatic == Automatic::None && tx.conversation(subject.conversation.id).await?.owner == Owner::Bot;
        if wanted {
            cancel_drafts(&mut tx, subject.conversation.id).await?;
            let card = handoff::bare_card(subject);
            handoff::open(&mut tx, subject, HandoffReason::ToolFailure, &card, promise(&subject.inbox, now), now).await?;
        }
        tx.changed(ChangeKind::Conversation, subject.conversation.id.get());
        tx.commit().await?;
        Ok(wanted.then_some("handoff"))
    }

    /// Everything that a turn changes, in the open transaction.
    async fn carry_out(&self, tx: &mut Tx, subject: &Subject, turn: &Turn, now: Moment) -> Result<Attention> {
        // A person may have answered while the bot was thinking: then it has nothing more to say.
        let current = tx.conversation(subject.conversation.id).await?;
        let overtaken = current.owner == Owner::Human && subject.conversation.owner == Owner::Bot;
        note_understanding(tx, subject, turn).await?;
        dialogue::give_up(tx, subject, turn).await?;
        self.carry_out_rules(tx, subject, turn).await?;
        if overtaken {
            tx.insert_turn(subject.conversation.id, subject.message.id, None, turn).await?;
            return Ok(None);
        }
        let reply = match &turn.outcome {
            Outcome::Reply { reply } => Some(send(tx, subject, turn, reply, now).await?),
            Outcome::Draft { reply } => Some(draft(tx, subject, turn, reply, now).await?),
            Outcome::Act { reply, action, amount } => {
                let message = send(tx, subject, turn, reply, now).await?;
                let rules = self.action_settings().await?.rules;
                dialogue::propose(tx, subject, (action, *amount), &rules, message).await?;
                Some(message)
            }
            Outcome::HandOff { reason, card, notice } => hand_off(tx, subject, turn, *reason, card, notice.as_ref(), now).await?,
            Outcome::Silence { reason } => {
                self.keep_silent(tx, subject, turn, *reason, now).await?;
                None
            }
        };
        tx.insert_turn(subject.conversation.id, subject.message.id, reply, turn).await?;
        Ok(attention_of(turn))
    }

    async fn keep_silent(&self, tx: &mut Tx, subject: &Subject, turn: &Turn, reason: SilenceReason, now: Moment) -> Result<()> {
        let id = subject.conversation.id;
        match reason {
            SilenceReason::Automatic => {
                // A conversation of machines only needs nobody.
                if only_machines(tx, subject).await? {
                    tx.set_status(id, Status::Resolved, None).await?;
                }
            }
            SilenceReason::NothingAsked | SilenceReason::Rating => {
                if turn.understand.value.intent.name == Intent::Thanks {
                    self.confirm(tx, subject, now).await?;
                }
            }
            SilenceReason::ModeOff | SilenceReason::RateLimited => tx.set_status(id, Status::Open, None).await?,
            SilenceReason::HumanOwns | SilenceReason::Empty => {}
        }
        Ok(())
    }

    /// A thanks after an answer of the bot confirms it (vocabulary.md, "Ours").
    async fn confirm(&self, tx: &mut Tx, subject: &Subject, now: Moment) -> Result<()> {
        let answered_by_bot = subject.history.iter().any(|line| line.author == Author::Bot);
        if subject.conversation.owner == Owner::Bot && answered_by_bot {
            tx.confirm_episode(subject.conversation.id, subject.message.episode).await?;
            tx.set_unread(subject.conversation.id, false).await?;
            self.resolve_in(tx, &subject.conversation, "bot", now).await?;
        }
        Ok(())
    }

    /// The test bench: the whole Turn over a text, nothing stored, nothing sent (D7).
    pub async fn test_bench(&self, text: &str, inbox: Option<InboxId>, contact: Option<ContactId>) -> Result<Turn> {
        let now = self.now();
        let inbox = match inbox {
            Some(id) => Some(self.store.inbox(id).await?.inbox),
            None => self.store.inboxes().await?.into_iter().next().map(|stored| stored.inbox),
        };
        let inbox = inbox.unwrap_or_else(|| crate::mailboxes::bench_inbox(mercator_domain::language::Language::english()));
        let known = match contact {
            Some(id) => Some(self.store.contact(id).await?),
            None => None,
        };
        let writer = known.as_ref().map(|contact| writer_of(contact, "")).unwrap_or_default();
        let input = TurnInput {
            subject: String::new(),
            text: text.to_owned(),
            attachments: vec![],
            automatic: Automatic::None,
            at: now,
            now,
            store: profile_of(&inbox),
            writer,
            history: vec![],
            human_owns: false,
            disclosed: false,
            promised_at: promise(&inbox, now),
            corrected: None,
            pending: None,
            pictures_before: false,
            offers: self.offers().await,
            automation: self.automation_rules().await?.into(),
            courtesy: self.own_courtesy().await?.into(),
            inbox: Some(inbox.id),
            channel: inbox.channel,
            labels: vec![],
            rules: rules_of(&*self.settings.read().await),
            own: self.own_numbers().await,
        };
        let writer = Asker { contact, said: vec![text.to_owned()], before: None };
        self.run_turn(input, writer, None).await
    }
}

const fn attention_of(turn: &Turn) -> Attention {
    match &turn.outcome {
        Outcome::HandOff { .. } if turn.emotion.value.risk.high => Some("high_risk"),
        Outcome::HandOff { .. } => Some("handoff"),
        // What the bot handles does not notify (G7); a draft waits quietly under Drafts.
        _ => None,
    }
}

async fn note_understanding(tx: &mut Tx, subject: &Subject, turn: &Turn) -> Result<()> {
    if subject.message.automatic != Automatic::None {
        return Ok(());
    }
    let guess = &turn.language.value;
    let sure = (!guess.unsure).then(|| guess.code.clone());
    let intent = &turn.understand.value.intent;
    let intent = intent.in_scope.then_some(intent.name);
    let emotion = turn.emotion.value.emotion.as_ref();
    let understanding = Understanding {
        language: sure.clone(),
        intent,
        emotion: emotion.map(|emotion| emotion.level),
        high_risk: turn.emotion.value.risk.high,
        priority: handoff::priority(turn),
    };
    tx.set_message_understanding(subject.message.id, sure.as_ref(), emotion, intent).await?;
    tx.set_understanding(subject.conversation.id, &understanding).await?;
    if let Some(language) = &sure {
        tx.learn_contact_language(subject.contact.id, language).await?;
    }
    if let Some(order) = &turn.retrieve.value.order {
        let key = mercator_domain::entity::comparable_number(&order.number);
        tx.set_order_number(subject.conversation.id, Some(&key), false).await?;
    }
    let traits = EpisodeTraits { language: sure, country: subject.contact.country.clone(), intent };
    tx.set_episode_traits(subject.conversation.id, subject.message.episode, &traits).await?;
    Ok(())
}

async fn only_machines(tx: &mut Tx, subject: &Subject) -> Result<bool> {
    let messages = tx.history(subject.conversation.id, subject.message.episode).await?;
    Ok(messages.iter().all(|message| message.author == Author::Contact && message.automatic != Automatic::None))
}

/// The bot answers: message, outbox and citations at once.
async fn send(tx: &mut Tx, subject: &Subject, turn: &Turn, reply: &ReplyDraft, now: Moment) -> Result<MessageId> {
    let clarified = turn.decide.value.decision == Decision::Clarify;
    let envelope = Say {
        author: Author::Bot,
        member: None,
        text: &reply.text,
        language: Some(&reply.language),
        not_before: now,
        clarified,
        files: &[],
    };
    let message_id = outbox::enqueue(tx, &subject.inbox, &subject.conversation, &subject.address, &envelope, now).await?;
    if reply.discloses_ai {
        tx.set_disclosed(subject.conversation.id).await?;
    }
    // What the bot has dealt with is nothing new for a person (G7).
    tx.set_unread(subject.conversation.id, false).await?;
    tx.episode_bot_replied(subject.conversation.id, subject.message.episode, now).await?;
    Ok(message_id)
}

/// The bot proposes: at most one draft a conversation waits, the newest.
async fn draft(tx: &mut Tx, subject: &Subject, turn: &Turn, reply: &ReplyDraft, now: Moment) -> Result<MessageId> {
    cancel_drafts(tx, subject.conversation.id).await?;
    let clarified = turn.decide.value.decision == Decision::Clarify;
    let message_id = outbox::insert_own(
        tx,
        &subject.inbox,
        &subject.conversation,
        &Say {
            author: Author::Bot,
            member: None,
            text: &reply.text,
            language: Some(&reply.language),
            not_before: now,
            clarified,
            files: &[],
        },
        Delivery::Draft,
        now,
    )
    .await?;
    tx.set_status(subject.conversation.id, Status::Open, None).await?;
    Ok(message_id)
}

async fn hand_off(
    tx: &mut Tx,
    subject: &Subject,
    turn: &Turn,
    reason: HandoffReason,
    card: &HandoffCard,
    notice: Option<&ReplyDraft>,
    now: Moment,
) -> Result<Option<MessageId>> {
    cancel_drafts(tx, subject.conversation.id).await?;
    let promised = promise(&subject.inbox, now);
    handoff::open(tx, subject, reason, card, promised, now).await?;
    match notice {
        // The customer is told only now, in the transaction in which it happens (G3).
        Some(notice) => {
            let envelope = Say {
                author: Author::Bot,
                member: None,
                text: &notice.text,
                language: Some(&notice.language),
                not_before: now,
                clarified: false,
                files: &[],
            };
            let message_id = outbox::enqueue(tx, &subject.inbox, &subject.conversation, &subject.address, &envelope, now).await?;
            if notice.discloses_ai {
                tx.set_disclosed(subject.conversation.id).await?;
            }
            Ok(Some(message_id))
        }
        None => {
            tracing::debug!(rule = %turn.decide.value.rule, "Handed over without a word to the customer");
            Ok(None)
        }
    }
}
