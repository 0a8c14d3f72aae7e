//! Small worlds for this crate's tests: a shop, a buyer, a conversation.

use mercator_domain::{
    channel::ChannelKind,
    contact::Identity,
    conversation::{Owner, Status},
    hours::BusinessHours,
    ids::{ContactId, ConversationId, InboxId, MessageId},
    inbox::{BotMode, BotModes, Connection},
    intent::{Intent, IntentGuess},
    language::Language,
    message::{Author, Automatic, Delivery},
    moment::Moment,
    turn::{
        Acted, Cleaned, Decided, Decision, Felt, LanguageGuess, Outcome, Retrieved, SilenceReason, Staged, Translation, Turn, Understood,
    },
};

use crate::{
    Tx,
    contacts::NewContact,
    conversations::{NewConversation, Touch},
    inboxes::NewInbox,
    messages::NewMessage,
};

pub(crate) fn inbox(name: &str) -> NewInbox {
    NewInbox {
        channel: ChannelKind::Email,
        name: name.into(),
        address: format!("{}@shop.example", name.to_lowercase()),
        site: None,
        language: Language::english(),
        signature: String::new(),
        hours: BusinessHours::default(),
        modes: BotModes::default(),
        promise_minutes: 240,
        connection: Connection::Demo,
    }
}

pub(crate) fn contact(name: &str) -> NewContact {
    NewContact { name: name.into(), country: Some("DE".into()), language: Language::parse("de"), ..NewContact::default() }
}

pub(crate) fn conversation(inbox_id: InboxId, contact_id: ContactId, subject: &str) -> NewConversation {
    NewConversation {
        inbox_id,
        contact_id,
        subject: subject.into(),
        status: Status::Pending,
        owner: Owner::Bot,
        language: Language::parse("de"),
        thread_key: None,
        order_number: None,
    }
}

pub(crate) fn message(inbox_id: InboxId, conversation_id: ConversationId, at: Moment, text: &str) -> NewMessage {
    NewMessage {
        inbox_id,
        conversation_id,
        episode: 1,
        author: Author::Contact,
        member_id: None,
        at,
        subject: String::new(),
        text: text.into(),
        quoted: String::new(),
        language: None,
        delivery: Delivery::Received,
        automatic: Automatic::None,
        warnings: vec![],
        bot_pending: false,
        external_id: None,
        search_also: String::new(),
        attachments: vec![],
        raw: None,
    }
}

/// A shop, a buyer by the name of `buyer`, one conversation.
pub(crate) async fn world(tx: &mut Tx, buyer: &str) -> (InboxId, ContactId, ConversationId) {
    let inbox_id = tx.insert_inbox(&inbox("Shop")).await.unwrap();
    let contact_id = tx.insert_contact(&contact(buyer), &[Identity::email(&format!("{buyer}@mail.example"))]).await.unwrap();
    let id = tx.insert_conversation(&conversation(inbox_id, contact_id, "Parcel")).await.unwrap();
    (inbox_id, contact_id, id)
}

/// A customer's message with everything that its arrival does.
pub(crate) async fn say(tx: &mut Tx, inbox: InboxId, conversation: ConversationId, at: i64, text: &str) -> MessageId {
    let new = message(inbox, conversation, Moment(at), text);
    let id = tx.insert_message(&new).await.unwrap();
    tx.touch_conversation(conversation, &Touch { at: Moment(at), preview: text.into(), author: Author::Contact }).await.unwrap();
    id
}

fn staged<T>(value: T) -> Staged<T> {
    Staged { value, confidence: 1.0, evidence: vec![], micros: 1 }
}

/// A turn that came to nothing but an intent.
pub(crate) fn turn(name: Intent, confidence: f32) -> Turn {
    let intent = IntentGuess { name, confidence, in_scope: true, alternatives: vec![] };
    let reason = SilenceReason::ModeOff;
    Turn {
        rules: vec![],
        clean: staged(Cleaned::default()),
        language: staged(LanguageGuess { code: Language::english(), unsure: false, mixed: false }),
        translate: staged(Translation::default()),
        understand: staged(Understood { intent, also: vec![], entities: vec![] }),
        emotion: staged(Felt { emotion: None, risk: mercator_domain::emotion::Risk::default() }),
        retrieve: staged(Retrieved::default()),
        decide: staged(Decided { decision: Decision::Silence, rule: "mode_off".into(), mode: BotMode::Off, reason: None }),
        act: staged(Acted::default()),
        reply: staged(None),
        outcome: Outcome::Silence { reason },
    }
}
