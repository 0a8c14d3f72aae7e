//! What an agent does to a conversation besides writing: status, owner, labels, order, language; and what time does to it.

use anyhow::{Context, Result};
use mercator_domain::{
    conversation::{ActivityKind, Conversation, Status},
    emotion::{EmotionLevel, Trend},
    entity::comparable_number,
    ids::{AttachmentId, ContactId, ConversationId, LabelId, MemberId, MessageId},
    language::Language,
    message::{Author, Delivery, Message},
    moment::{MINUTE_MS, Moment},
    team::Label,
};
use mercator_store::{ChangeKind, Tx, conversations::Understanding};

use crate::{App, error::refuse, satisfaction, understanding::is_last_of_customer, views::AppEvent};

/// How long a look at a conversation counts as presence; the window renews it every 30 s.
const PRESENCE_MS: i64 = MINUTE_MS;

/// Resolutions assumed in one look at the clock; the rest waits for the next.
const ASSUMED_AT_ONCE: i64 = 200;

impl App {
    /// Moves a conversation to another state. Resolving sends the survey and closes the episode.
    pub async fn set_status(&self, id: ConversationId, status: Status, until: Option<Moment>) -> Result<()> {
        let now = self.now();
        if status == Status::Snoozed && until.is_some_and(|until| until <= now) {
            return Err(refuse("That time has passed", "Choose a time in the future."));
        }
        let mut tx = self.store.begin_at(now).await?;
        let conversation = tx.conversation(id).await?;
        match status {
            Status::Resolved if conversation.status == Status::Resolved => {}
            Status::Resolved => self.resolve_in(&mut tx, &conversation, &self.member.name, now).await?,
            Status::Snoozed => {
                tx.set_status(id, status, until).await?;
                tx.insert_activity(id, ActivityKind::Snoozed, &self.member.name, "").await?;
            }
            Status::Open | Status::Pending => {
                tx.set_status(id, status, None).await?;
                if conversation.status == Status::Resolved {
                    reopen(&mut tx, &conversation).await?;
                    tx.insert_activity(id, ActivityKind::Reopened, &self.member.name, "").await?;
                }
            }
        }
        self.finish(tx, id).await?;
        if status == Status::Resolved && conversation.status != Status::Resolved {
            self.learn_from(id).await;
        }
        Ok(())
    }

    /// Resolves in an open transaction: by a person's name, or `bot`.
    pub(crate) async fn resolve_in(&self, tx: &mut Tx, conversation: &Conversation, by: &str, now: Moment) -> Result<()> {
        // A handoff is answered, and the survey sent, when the answer that is still on its way has left (`outbox::record_sent`).
        let answer_waits = answer_waits(tx, conversation).await?;
        if !answer_waits {
            tx.close_handoff(conversation.id, now).await?;
        }
        let author = if by == "bot" { Author::Bot } else { Author::Agent };
        // A conversation of machines only has no episode.
        if tx.episode(conversation.id, conversation.episode).await?.is_some() {
            tx.resolve_episode(conversation.id, conversation.episode, author, now).await?;
        }
        tx.set_status(conversation.id, Status::Resolved, None).await?;
        tx.insert_activity(conversation.id, ActivityKind::Resolved, by, "").await?;
        match self.survey_key().await {
            Some(key) if !answer_waits => satisfaction::send(tx, key, conversation, now).await,
            _ => Ok(()),
        }
    }

    /// A person has seen it.
    pub async fn mark_read(&self, id: ConversationId) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_unread(id, false).await?;
        tx.commit().await?;
        self.tell(AppEvent::ConversationChanged { id });
        Ok(())
    }

    /// Gives it to an agent, or to nobody.
    pub async fn assign(&self, id: ConversationId, member: Option<MemberId>) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        let name = match member {
            Some(member) => self.store.member(member).await?.name,
            None => String::new(),
        };
        tx.assign(id, member).await?;
        tx.insert_activity(id, ActivityKind::Assigned, &self.member.name, &name).await?;
        self.finish(tx, id).await
    }

    /// Replaces the labels; new names become labels.
    pub async fn set_labels(&self, id: ConversationId, names: &[String]) -> Result<()> {
        let names: Vec<String> = names.iter().map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect();
        let mut tx = self.store.begin_at(self.now()).await?;
        let wanted = labels_named(&mut tx, &names).await?;
        for label in self.store.labels_of(&[id]).await?.remove(&id).unwrap_or_default() {
            if !wanted.contains(&label.id) {
                tx.remove_label(id, label.id).await?;
            }
        }
        for label in wanted {
            tx.add_label(id, label).await?;
        }
        tx.insert_activity(id, ActivityKind::Labelled, &self.member.name, &names.join(", ")).await?;
        self.finish(tx, id).await
    }

    /// All labels.
    pub async fn list_labels(&self) -> Result<Vec<Label>> {
        Ok(self.store.labels().await?)
    }

    /// Links the conversation to an order, or to none; the bot does not change it back (E1).
    pub async fn link_order(&self, id: ConversationId, number: Option<&str>) -> Result<()> {
        let key = number.map(comparable_number);
        if let Some(key) = &key
            && self.store.order_by_number(key).await?.is_none()
        {
            return Err(refuse(
                format!("There is no order {}", number.unwrap_or_default()),
                "Check the number, or import the orders first.",
            ));
        }
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_order_number(id, key.as_deref(), true).await?;
        self.finish(tx, id).await
    }

    /// A person's word on a message's emotion replaces the bot's.
    pub async fn correct_emotion(&self, message: MessageId, level: EmotionLevel) -> Result<()> {
        if !self.settings.read().await.emotion_enabled {
            return Err(refuse("Emotions are switched off", "Switch them on under Bot, Rules: until then nothing is written about them."));
        }
        let mut tx = self.store.begin_at(self.now()).await?;
        let stored = tx.message(message).await?;
        let last = is_last_of_customer(&mut tx, &stored).await?;
        let Some(mut emotion) = stored.emotion else {
            return Err(refuse("This message has no emotion to correct", "Emotions are noted for customers' messages only."));
        };
        let detail = serde_json::json!({ "message": message, "was": emotion.level, "is": level });
        tx.put_emotion_correction(message, emotion.level, level, &self.member.name).await?;
        emotion.level = level;
        tx.set_message_understanding(message, stored.language.as_ref(), Some(&emotion), stored.intent).await?;
        trends_from(&mut tx, stored.conversation_id, stored.episode, message).await?;
        if last && stored.episode == tx.conversation(stored.conversation_id).await?.episode {
            let shown = Understanding { emotion: Some(level), ..Understanding::default() };
            tx.set_understanding(stored.conversation_id, &shown).await?;
        }
        tx.insert_audit(&self.member.name, "correct_emotion", &message.to_string(), &detail).await?;
        self.finish(tx, stored.conversation_id).await?;
        self.taught().await
    }

    /// Fixes a contact's language, or lets the messages decide again.
    pub async fn set_contact_language(&self, id: ContactId, language: Option<Language>) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.fix_contact_language(id, language.as_ref()).await?;
        tx.changed(ChangeKind::Contact, id.get());
        Ok(tx.commit().await?)
    }

    /// Tells the others which conversation is looked at here.
    pub async fn announce_presence(&self, id: Option<ConversationId>) -> Result<()> {
        let now = self.now();
        let mut tx = self.store.begin_at(now).await?;
        tx.set_presence(self.store.instance(), self.member.id, id, now.plus_ms(PRESENCE_MS)).await?;
        Ok(tx.commit().await?)
    }

    /// Writes an attachment into a folder for opened files and gives its path.
    pub async fn read_attachment(&self, id: AttachmentId) -> Result<String> {
        let (attachment, content) = self.store.attachment(id).await?;
        let Some(content) = content else {
            return Err(refuse("The content of this file was too large to keep", "Look it up in the mailbox."));
        };
        let folder = self.workspace.folder().join("opened");
        std::fs::create_dir_all(&folder).with_context(|| format!("Cannot make {}", folder.display()))?;
        let path = folder.join(format!("{id}-{}", attachment.name));
        std::fs::write(&path, content).with_context(|| format!("Cannot write {}", path.display()))?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// Wakes what was set aside until now. Returns how many.
    pub async fn wake_snoozed(&self) -> Result<usize> {
        let now = self.now();
        if self.store.next_wake().await?.is_none_or(|at| now < at) {
            return Ok(0);
        }
        let mut tx = self.store.begin_at(now).await?;
        let woken = tx.wake_due().await?;
        for id in &woken {
            tx.insert_activity(*id, ActivityKind::Woke, "", "").await?;
        }
        tx.commit().await?;
        for id in &woken {
            self.tell(AppEvent::ConversationChanged { id: *id });
        }
        self.tell_counts().await;
        Ok(woken.len())
    }

    /// Resolves what the bot has answered and the customer has let rest for the channel's time. Returns how many.
    pub async fn assume_resolved(&self) -> Result<usize> {
        let now = self.now();
        let due = self.store.episodes_to_assume(now, ASSUMED_AT_ONCE).await?;
        for episode in &due {
            let id = episode.conversation_id;
            let mut tx = self.store.begin_at(now).await?;
            tx.assume_episode(id, episode.no).await?;
            let conversation = tx.conversation(id).await?;
            if conversation.episode == episode.no && conversation.status != Status::Resolved {
                self.resolve_in(&mut tx, &conversation, "bot", now).await?;
            }
            self.finish(tx, id).await?;
        }
        Ok(due.len())
    }
}

/// The episode of a resolved conversation runs again; one of machines only has none.
pub(crate) async fn reopen(tx: &mut Tx, conversation: &Conversation) -> Result<()> {
    if tx.episode(conversation.id, conversation.episode).await?.is_some() {
        tx.reopen_episode(conversation.id, conversation.episode).await?;
    }
    Ok(())
}

/// True while an answer of a person is queued or on its way.
async fn answer_waits(tx: &mut Tx, conversation: &Conversation) -> Result<bool> {
    let messages = tx.history(conversation.id, conversation.episode).await?;
    let waits = |message: &Message| message.author == Author::Agent && matches!(message.delivery, Delivery::Queued | Delivery::Sending);
    Ok(messages.iter().any(waits))
}

/// The colours that new labels get in turn.
const COLOURS: &[&str] = &["blue", "green", "amber", "violet", "red", "grey"];

async fn labels_named(tx: &mut Tx, names: &[String]) -> Result<Vec<LabelId>> {
    let mut ids = vec![];
    for name in names {
        let colour = COLOURS.get(name.len() % COLOURS.len()).copied().unwrap_or("grey");
        ids.push(match tx.label_named(name).await? {
            Some(label) => label.id,
            None => tx.put_label(name, colour).await?,
        });
    }
    Ok(ids)
}

/// Where the feeling goes, anew for a message whose level was corrected and for those after it.
async fn trends_from(tx: &mut Tx, conversation: ConversationId, episode: i32, from: MessageId) -> Result<()> {
    let mut levels = vec![];
    for message in tx.history(conversation, episode).await? {
        let Some(mut emotion) = message.emotion.filter(|_| message.author == Author::Contact) else { continue };
        levels.push(emotion.level);
        let trend = Trend::of(&levels);
        if message.id >= from && emotion.trend != trend {
            emotion.trend = trend;
            tx.set_message_understanding(message.id, message.language.as_ref(), Some(&emotion), message.intent).await?;
        }
    }
    Ok(())
}
