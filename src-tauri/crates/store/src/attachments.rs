//! Files of messages and the bytes of mails as they came. Content is stored once by its sha256, however often it is sent.

use std::collections::BTreeMap;

use mercator_domain::{
    ids::{AttachmentId, ConversationId, MessageId},
    message::Attachment,
    outgoing::OutgoingAttachment,
};
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    Engine, Store, StoreError, Tx,
    columns::{Columns, each, flag, json_text},
    dialect,
    messages::{NewMessage, storable},
    statement::Statement,
};

/// A file that comes with a new message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAttachment {
    /// The name, made safe.
    pub name: String,
    /// As declared.
    pub media_type: String,
    /// Real size, also when the content is not kept.
    pub bytes: i64,
    /// Of the content, in hex.
    pub sha256: String,
    /// The content, or `None` when it was too large to keep.
    pub content: Option<Vec<u8>>,
}

fn read(row: &AnyRow) -> sqlx::Result<(MessageId, Attachment)> {
    let attachment = Attachment {
        id: row.id("id")?,
        name: row.text("name")?,
        media_type: row.text("media_type")?,
        bytes: row.number("bytes")?,
        sha256: row.text("sha256")?,
        kept: row.flag("kept")?,
    };
    Ok((row.id("message_id")?, attachment))
}

/// The files of these messages, in the order in which they came.
pub(crate) async fn attachments_of(
    conn: &mut AnyConnection,
    engine: Engine,
    messages: &[MessageId],
) -> Result<BTreeMap<MessageId, Vec<Attachment>>, StoreError> {
    let mut files: BTreeMap<MessageId, Vec<Attachment>> = BTreeMap::new();
    if messages.is_empty() {
        return Ok(files);
    }
    let (before, after) = dialect::numbers_of_json(engine);
    let rows = Statement::new("select id, message_id, name, media_type, bytes, sha256, kept from attachments where message_id in ")
        .push(before)
        .bind(json_text(messages)?)
        .push(after)
        .push(" order by id")
        .rows(conn)
        .await?;
    for row in &rows {
        let (message, attachment) = read(row)?;
        files.entry(message).or_default().push(attachment);
    }
    Ok(files)
}

impl Store {
    /// The bytes of a message as they came, where they were kept.
    pub async fn raw_message(&self, id: MessageId) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as("select bytes from raw_messages where message_id = $1")
            .bind(id.get())
            .fetch_optional(&mut *self.read().await?)
            .await?;
        Ok(row.map(|r| r.0))
    }

    /// A file and its content; no content when it was too large to keep.
    pub async fn attachment(&self, id: AttachmentId) -> Result<(Attachment, Option<Vec<u8>>), StoreError> {
        let mut conn = self.read().await?;
        let row = sqlx::query("select id, message_id, name, media_type, bytes, sha256, kept from attachments where id = $1")
            .bind(id.get())
            .fetch_one(&mut *conn)
            .await?;
        let (_, attachment) = read(&row)?;
        let content: Option<(Vec<u8>,)> = sqlx::query_as("select content from blobs where sha256 = $1")
            .bind(attachment.sha256.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        Ok((attachment, content.map(|c| c.0)))
    }
}

impl Store {
    /// Type and name of the files that came with the customer's messages of an episode before a message.
    pub async fn files_before(
        &self,
        conversation: ConversationId,
        episode: i32,
        before: MessageId,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let rows = sqlx::query(
            "select a.media_type, a.name from attachments a join messages m on m.id = a.message_id
             where m.conversation_id = $1 and m.episode = $2 and m.id < $3 and m.author = 'contact' order by a.id",
        )
        .bind(conversation.get())
        .bind(i64::from(episode))
        .bind(before.get())
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(each(&rows, |row| Ok((row.text("media_type")?, row.text("name")?)))?)
    }
}

impl Tx {
    /// Stores the files and the raw bytes of a new message.
    pub(crate) async fn insert_contents(&mut self, message: &NewMessage, id: MessageId) -> Result<(), StoreError> {
        if let Some(raw) = &message.raw {
            sqlx::query("insert into raw_messages (message_id, bytes) values ($1, $2)")
                .bind(id.get())
                .bind(raw.as_slice())
                .execute(self.conn())
                .await?;
        }
        for file in &message.attachments {
            self.insert_attachment(id, file).await?;
        }
        Ok(())
    }

    /// Gives a message of ours its files, before it is claimed for sending.
    pub async fn attach_outgoing(&mut self, message: MessageId, files: &[OutgoingAttachment]) -> Result<(), StoreError> {
        for file in files {
            let sha256 = Sha256::digest(&file.content).iter().map(|byte| format!("{byte:02x}")).collect();
            let new = NewAttachment {
                name: file.name.clone(),
                media_type: file.media_type.clone(),
                bytes: i64::try_from(file.content.len()).unwrap_or(i64::MAX),
                sha256,
                content: Some(file.content.clone()),
            };
            self.insert_attachment(message, &new).await?;
        }
        Ok(())
    }

    async fn insert_attachment(&mut self, message: MessageId, file: &NewAttachment) -> Result<(), StoreError> {
        if let Some(content) = &file.content {
            sqlx::query("insert into blobs (sha256, content) values ($1, $2) on conflict (sha256) do nothing")
                .bind(file.sha256.as_str())
                .bind(content.as_slice())
                .execute(self.conn())
                .await?;
        }
        sqlx::query("insert into attachments (message_id, name, media_type, bytes, sha256, kept) values ($1, $2, $3, $4, $5, $6)")
            .bind(message.get())
            .bind(storable(&file.name))
            .bind(storable(&file.media_type))
            .bind(file.bytes)
            .bind(file.sha256.as_str())
            .bind(flag(file.content.is_some()))
            .execute(self.conn())
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::{message::Automatic, moment::Moment};

    use super::*;
    use crate::{both_engines, samples};

    both_engines!(a_file_of_ours_is_shown_in_the_thread_and_kept_by_its_hash, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
        let id = tx.insert_message(&samples::message(inbox, conversation, Moment(1), "see label")).await.unwrap();
        let file = OutgoingAttachment { name: "label.txt".into(), media_type: "text/plain".into(), content: b"abc".to_vec() };
        tx.attach_outgoing(id, &[file.clone(), file]).await.unwrap();
        tx.commit().await.unwrap();
        let files = store.message(id).await.unwrap().attachments;
        assert_eq!(files.len(), 2);
        assert_eq!(files[0].sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((files[0].bytes, files[0].kept), (3, true));
        assert_eq!(store.attachment(files[1].id).await.unwrap().1, Some(b"abc".to_vec()));
        assert!(matches!(store.attachment(AttachmentId(999)).await, Err(StoreError::NotFound)));
    });

    both_engines!(a_conversation_of_machines_is_told_from_one_with_a_person, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let (inbox, _, conversation) = samples::world(&mut tx, "Ana").await;
        let machine = NewMessage { automatic: Automatic::AutoReply, ..samples::message(inbox, conversation, Moment(1), "away") };
        tx.insert_message(&machine).await.unwrap();
        assert!(tx.only_automatic(conversation).await.unwrap());
        tx.insert_message(&samples::message(inbox, conversation, Moment(2), "back")).await.unwrap();
        assert!(!tx.only_automatic(conversation).await.unwrap());
    });
}
