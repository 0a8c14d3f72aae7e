//! What an agent writes: answers with a time to take them back, approved drafts, notes, unsent drafts, saved texts.

use anyhow::{Context, Result, bail};
use mercator_domain::{
    conversation::{Conversation, Owner, Status},
    ids::{CannedId, ConversationId, MessageId},
    inbox::Inbox,
    language::Language,
    message::{Author, Delivery},
    moment::SECOND_MS,
    outgoing::OutboxState,
};
use mercator_store::{ChangeKind, StoreError, Tx, conversations::Touch, messages::NewAttachment};

use crate::{
    App,
    error::{refuse, user},
    handoff,
    outbox::{self, Say},
    turn_input::address_for,
    views::{AppEvent, CannedRow, ComposerDraft, DeliveryChoice, ReplyInput, SendResult},
};

/// The largest file that goes out; most providers refuse mails over 25 MB in all, and base64 adds a third.
const MAX_ATTACHMENT: u64 = 18 * 1024 * 1024;

/// A conversation with what writing into it needs.
pub(crate) struct Desk {
    pub(crate) inbox: Inbox,
    pub(crate) conversation: Conversation,
    pub(crate) address: String,
}

impl App {
    /// Sends an agent's answer after the time to take it back. From this moment on the bot is silent (G4).
    pub async fn send_reply(&self, id: ConversationId, input: &ReplyInput) -> Result<SendResult> {
        if input.text.trim().is_empty() {
            return Err(refuse("There is nothing to send", "Write an answer first."));
        }
        let files = read_files(&input.attachments)?;
        let now = self.now();
        let undo_until = now.plus_ms(i64::from(self.settings.read().await.undo_seconds) * SECOND_MS);
        let mut tx = self.store.begin_at(now).await?;
        let desk = desk(&mut tx, id).await?;
        if !input.anyway && desk.conversation.version > input.seen_version && said_something_new(&mut tx, &desk.conversation).await? {
            return Err(user(
                "conflict",
                "The conversation has a new message",
                "Read it first; then send again if your answer still fits.",
            ));
        }
        handoff::person_takes_over(&mut tx, &desk.conversation, Some(&self.member)).await?;
        let language = desk.conversation.language.clone();
        let text = signed(&input.text, &desk.inbox);
        let envelope = Say {
            author: Author::Agent,
            member: Some(self.member.id),
            text: &text,
            language: language.as_ref(),
            not_before: undo_until,
            clarified: false,
            files: &files,
        };
        let message_id = outbox::enqueue(&mut tx, &desk.inbox, &desk.conversation, &desk.address, &envelope, now).await?;
        tx.remove_draft(id, self.member.id).await?;
        if input.resolve {
            self.resolve_in(&mut tx, &desk.conversation, &self.member.name, now).await?;
        } else {
            tx.set_status(id, Status::Open, None).await?;
        }
        self.finish(tx, id).await?;
        if input.resolve {
            self.learn_from(id).await;
        }
        Ok(SendResult { message_id, undo_until })
    }

    /// Takes an answer back while it has not left; gives its text for the composer.
    pub async fn undo_send(&self, message_id: MessageId) -> Result<String> {
        let now = self.now();
        let mut tx = self.store.begin_at(now).await?;
        let message = tx.message(message_id).await?;
        if !tx.cancel(message_id).await? {
            return Err(refuse("The message has left already", "Write a correction instead."));
        }
        let conversation = tx.conversation(message.conversation_id).await?;
        if conversation.status == Status::Resolved {
            crate::conversations::reopen(&mut tx, &conversation).await?;
        }
        tx.set_status(conversation.id, Status::Open, None).await?;
        let inbox = tx.inbox(conversation.inbox_id).await?.inbox;
        self.finish(tx, conversation.id).await?;
        Ok(unsigned(&message.text, &inbox))
    }

    /// What a person decides about a message that failed or is in doubt.
    pub async fn resolve_delivery(&self, message_id: MessageId, choice: DeliveryChoice) -> Result<()> {
        let now = self.now();
        let mut tx = self.store.begin_at(now).await?;
        let row = tx.outbox_of_message(message_id).await?.ok_or(StoreError::NotFound)?;
        let bounced = row.state == OutboxState::Sent && tx.message(message_id).await?.delivery == Delivery::Failed;
        if bounced {
            settle_bounced(&mut tx, message_id, choice).await?;
            return self.finish(tx, row.conversation_id).await;
        }
        if !outbox::needs_a_person(row.state) {
            return Err(refuse("Nothing is to be decided about this message", "It was sent, or is on its way."));
        }
        match choice {
            DeliveryChoice::Retry => tx.retry_at(row.id, now, "").await?,
            DeliveryChoice::MarkSent => outbox::record_sent(&mut tx, (row.id, message_id), None, self.survey_key().await, now).await?,
            DeliveryChoice::Discard => tx.discard(row.id).await?,
        }
        self.finish(tx, row.conversation_id).await
    }

    /// Sends a draft of the bot, as it is or as the agent has changed it. Unchanged it stays the bot's answer, changed it is the agent's.
    pub async fn approve_draft(&self, message_id: MessageId, text: Option<&str>) -> Result<SendResult> {
        let now = self.now();
        let undo_until = now.plus_ms(i64::from(self.settings.read().await.undo_seconds) * SECOND_MS);
        let mut tx = self.store.begin_at(now).await?;
        let draft = tx.message(message_id).await?;
        if draft.delivery != Delivery::Draft {
            return Err(refuse("This draft is no longer open", "It was sent or rejected meanwhile."));
        }
        let desk = desk(&mut tx, draft.conversation_id).await?;
        let changed = text.filter(|text| text.trim() != draft.text.trim());
        let author = if changed.is_some() { Author::Agent } else { Author::Bot };
        let text = changed.unwrap_or(&draft.text);
        if text.trim().is_empty() {
            return Err(refuse("There is nothing to send", "Write an answer, or reject the draft."));
        }
        let member = changed.map(|_| self.member.id);
        tx.rewrite_draft(message_id, text, author, member).await?;
        let envelope =
            Say { author, member, text, language: draft.language.as_ref(), not_before: undo_until, clarified: false, files: &[] };
        outbox::queue(&mut tx, &desk.inbox, &desk.conversation, &desk.address, message_id, &envelope, None).await?;
        tx.touch_conversation(desk.conversation.id, &Touch { at: now, preview: crate::inbox::preview_of(text), author }).await?;
        if author == Author::Agent {
            handoff::person_takes_over(&mut tx, &desk.conversation, Some(&self.member)).await?;
        } else {
            tx.set_disclosed(desk.conversation.id).await?;
            tx.episode_bot_replied(desk.conversation.id, draft.episode, now).await?;
            tx.set_status(desk.conversation.id, Status::Pending, None).await?;
        }
        self.finish(tx, desk.conversation.id).await?;
        Ok(SendResult { message_id, undo_until })
    }

    /// Throws a draft of the bot away: a person answers.
    pub async fn reject_draft(&self, message_id: MessageId) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        let draft = tx.message(message_id).await?;
        if draft.delivery != Delivery::Draft {
            return Err(refuse("This draft is no longer open", "It was sent or rejected meanwhile."));
        }
        tx.set_delivery(message_id, Delivery::Cancelled, "").await?;
        tx.set_owner(draft.conversation_id, Owner::Human).await?;
        tx.set_status(draft.conversation_id, Status::Open, None).await?;
        self.finish(tx, draft.conversation_id).await
    }

    /// Keeps what an agent has typed (B9).
    pub async fn save_draft(&self, id: ConversationId, draft: &ComposerDraft) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        if *draft == ComposerDraft::default() {
            tx.remove_draft(id, self.member.id).await?;
        } else {
            tx.set_draft(id, self.member.id, draft).await?;
        }
        Ok(tx.commit().await?)
    }

    /// An internal note: in the thread, never in the outbox (B10).
    pub async fn add_note(&self, id: ConversationId, text: &str) -> Result<()> {
        if text.trim().is_empty() {
            return Err(refuse("The note is empty", "Write something first."));
        }
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.insert_note(id, self.member.id, text.trim()).await?;
        self.finish(tx, id).await
    }

    /// Saved texts; for a language those that have a variant in it first.
    pub async fn list_canned(&self, language: Option<&Language>) -> Result<Vec<CannedRow>> {
        let mut rows: Vec<CannedRow> = self
            .store
            .canned_responses()
            .await?
            .into_iter()
            .map(|canned| CannedRow { id: canned.id, shortcode: canned.shortcode, language: canned.language, text: canned.text })
            .collect();
        rows.sort_by_key(|row| (row.shortcode.clone(), language != Some(&row.language)));
        Ok(rows)
    }

    /// Stores a saved text under its short code and language.
    pub async fn save_canned(&self, row: &CannedRow) -> Result<()> {
        let code = row.shortcode.trim().trim_start_matches('/');
        if code.is_empty() || code.contains(char::is_whitespace) || row.text.trim().is_empty() {
            return Err(user("bad_input", "A saved text needs a short code without spaces and a text", "Fill in both."));
        }
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.put_canned_response(code, &row.language, &row.text).await?;
        Ok(tx.commit().await?)
    }

    /// Deletes a saved text.
    pub async fn delete_canned(&self, id: CannedId) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.delete_canned_response(id).await?;
        Ok(tx.commit().await?)
    }

    /// Commits a change of a conversation and tells everybody.
    pub(crate) async fn finish(&self, mut tx: Tx, id: ConversationId) -> Result<()> {
        tx.changed(ChangeKind::Conversation, id.get());
        tx.commit().await?;
        self.tell(AppEvent::ConversationChanged { id });
        self.tell_counts().await;
        self.outbox_bell.notify_one();
        Ok(())
    }
}

/// Something that the agent may not have seen: a customer's unread message, or another answer. A label or a link is no reason to ask.
async fn said_something_new(tx: &mut Tx, conversation: &Conversation) -> Result<bool> {
    if conversation.waiting_since.is_some() && conversation.unread {
        return Ok(true);
    }
    let messages = tx.history(conversation.id, conversation.episode).await?;
    let shown = messages.iter().rev().find(|message| !matches!(message.delivery, Delivery::Cancelled | Delivery::Draft));
    Ok(shown.is_some_and(|message| message.author == Author::Agent))
}

/// The channel took it, and a delivery report came back later: it cannot be sent again under the same key.
async fn settle_bounced(tx: &mut Tx, message: MessageId, choice: DeliveryChoice) -> Result<()> {
    let settled = match choice {
        DeliveryChoice::Retry => {
            return Err(refuse("The receiver's server has sent this message back", "Check the address, then write the answer again."));
        }
        DeliveryChoice::MarkSent => Delivery::Sent,
        DeliveryChoice::Discard => Delivery::Cancelled,
    };
    Ok(tx.set_delivery(message, settled, "").await?)
}

pub(crate) async fn desk(tx: &mut Tx, id: ConversationId) -> Result<Desk> {
    let conversation = tx.conversation(id).await?;
    let inbox = tx.inbox(conversation.inbox_id).await?.inbox;
    let address = address_for(&tx.identities(conversation.contact_id).await?, inbox.channel);
    if address.is_empty() {
        bail!(refuse("This customer has no address on this channel", "Write through another channel."));
    }
    Ok(Desk { inbox, conversation, address })
}

/// The answer with the inbox's signature under it, unless it stands there already.
fn signed(text: &str, inbox: &Inbox) -> String {
    let text = text.trim_end();
    if inbox.signature.trim().is_empty() || text.ends_with(inbox.signature.trim()) {
        text.to_owned()
    } else {
        format!("{text}\n\n{}", inbox.signature.trim())
    }
}

pub(crate) fn unsigned(text: &str, inbox: &Inbox) -> String {
    text.strip_suffix(inbox.signature.trim()).map_or(text, str::trim_end).to_owned()
}

fn read_files(paths: &[String]) -> Result<Vec<NewAttachment>> {
    paths
        .iter()
        .map(|path| {
            let size = std::fs::metadata(path).with_context(|| format!("Cannot read {path}"))?.len();
            if size > MAX_ATTACHMENT {
                let megabytes = size / 1024 / 1024;
                return Err(user(
                    "bad_input",
                    format!("{path} has {megabytes} MB; a mail takes 18 MB"),
                    "Make it smaller, or send a link to it.",
                ));
            }
            let content = std::fs::read(path).with_context(|| format!("Cannot read {path}"))?;
            let name = std::path::Path::new(path).file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
            Ok(NewAttachment {
                media_type: crate::files::media_type(&name).to_owned(),
                name,
                bytes: i64::try_from(content.len()).unwrap_or(i64::MAX),
                sha256: crate::files::sha256(&content),
                content: Some(content),
            })
        })
        .collect()
}
