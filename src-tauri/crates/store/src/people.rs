//! Rows for the tests of this crate: a merchant's inbox, buyers and conversations, with no more than a test needs.
//!
//! Plain inserts, so that the tests of one aggregate do not hang on the functions of another. Ids of buyers begin at 100 and
//! those of conversations at 1000, so that one passed for the other shows.

use mercator_domain::{
    channel::ChannelKind,
    ids::{ContactId, ConversationId, InboxId, MemberId, MessageId},
};

use crate::Tx;

/// An inbox of a kind.
pub(crate) async fn merchant(tx: &mut Tx, id: i64, channel: ChannelKind) -> InboxId {
    sqlx::query(
        "insert into inboxes (id, channel, name, address, language, hours, modes, promise_minutes, connection, created_at)
         values ($1, $2, 'Shop', 'shop@example.org', 'en', '{}', '{}', 60, '{}', 0)",
    )
    .bind(id)
    .bind(channel.as_str())
    .execute(tx.conn())
    .await
    .unwrap();
    InboxId(id)
}

/// A buyer with an address made of the name.
pub(crate) async fn buyer(tx: &mut Tx, id: i64, name: &str, country: Option<&str>) -> ContactId {
    let id = 100 + id;
    sqlx::query("insert into contacts (id, name, country, created_at) values ($1, $2, $3, 0)")
        .bind(id)
        .bind(name)
        .bind(country)
        .execute(tx.conn())
        .await
        .unwrap();
    sqlx::query("insert into identities (kind, value, contact_id) values ('email', $1, $2)")
        .bind(format!("{}@example.com", name.to_lowercase()))
        .bind(id)
        .execute(tx.conn())
        .await
        .unwrap();
    ContactId(id)
}

/// A conversation of a buyer.
pub(crate) async fn conversation(tx: &mut Tx, id: i64, inbox: InboxId, contact: ContactId) -> ConversationId {
    let id = 1000 + id;
    sqlx::query(
        "insert into conversations (id, inbox_id, contact_id, status, owner, last_message_at, created_at)
         values ($1, $2, $3, 'pending', 'bot', $1, 0)",
    )
    .bind(id)
    .bind(inbox.get())
    .bind(contact.get())
    .execute(tx.conn())
    .await
    .unwrap();
    ConversationId(id)
}

/// A message of the buyer.
pub(crate) async fn message(tx: &mut Tx, id: i64, conversation: ConversationId) -> MessageId {
    sqlx::query(
        "insert into messages (id, conversation_id, episode, author, at, received_at, text, delivery)
         values ($1, $2, 1, 'contact', 0, 0, 'Hello', 'received')",
    )
    .bind(id)
    .bind(conversation.get())
    .execute(tx.conn())
    .await
    .unwrap();
    MessageId(id)
}

/// One inbox of mail, one buyer from Germany, one conversation.
pub(crate) async fn one_conversation(tx: &mut Tx) -> ConversationId {
    let inbox = merchant(tx, 1, ChannelKind::Email).await;
    let ana = buyer(tx, 1, "Ana", Some("DE")).await;
    conversation(tx, 1, inbox, ana).await
}

/// A member.
pub(crate) async fn agent(tx: &mut Tx, name: &str) -> MemberId {
    tx.insert_member(name, mercator_domain::team::Role::Agent).await.unwrap()
}
