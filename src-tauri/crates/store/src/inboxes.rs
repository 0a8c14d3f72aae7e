//! Inboxes: the connected accounts, how far each has been read, and whether it can be.
//!
//! A removed inbox keeps its row, since conversations and figures refer to it. Secrets are never here.

use mercator_domain::{
    channel::ChannelKind,
    hours::BusinessHours,
    ids::InboxId,
    inbox::{BotModes, Connection, Inbox, InboxState},
    language::Language,
    moment::Moment,
};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, json_text},
};

/// An inbox to be connected.
#[derive(Clone, Debug, PartialEq)]
pub struct NewInbox {
    /// The kind of its channel.
    pub channel: ChannelKind,
    /// The store's name.
    pub name: String,
    /// The address or account.
    pub address: String,
    /// The country site of a marketplace.
    pub site: Option<String>,
    /// The language of the store.
    pub language: Language,
    /// Put under every answer.
    pub signature: String,
    /// When people answer.
    pub hours: BusinessHours,
    /// What the bot may do.
    pub modes: BotModes,
    /// Promised minutes of open time.
    pub promise_minutes: i32,
    /// How it is connected.
    pub connection: Connection,
}

/// An inbox with what only the store knows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredInbox {
    /// The inbox.
    pub inbox: Inbox,
    /// When it was last read without an error.
    pub last_read_at: Option<Moment>,
}

/// The columns of [`read`], then the rest of the statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, channel, name, address, site, language, signature, hours, modes, promise_minutes, connection, state,
             state_reason, last_read_at from inboxes ",
            $rest
        )
    };
}

fn read(row: &AnyRow) -> sqlx::Result<StoredInbox> {
    let inbox = Inbox {
        id: row.id("id")?,
        channel: row.word("channel")?,
        name: row.text("name")?,
        address: row.text("address")?,
        site: row.maybe_text("site")?,
        language: row.language("language")?,
        signature: row.text("signature")?,
        hours: row.json("hours")?,
        modes: row.json("modes")?,
        promise_minutes: row.small("promise_minutes")?,
        connection: row.json("connection")?,
        state: row.word("state")?,
        state_reason: row.text("state_reason")?,
    };
    Ok(StoredInbox { inbox, last_read_at: row.maybe_moment("last_read_at")? })
}

async fn one(conn: &mut AnyConnection, id: InboxId) -> Result<StoredInbox, StoreError> {
    // Removed ones too: old conversations still show their store.
    Ok(read(&sqlx::query(select!("where id = $1")).bind(id.get()).fetch_one(conn).await?)?)
}

impl Store {
    /// Every connected inbox, in the order in which they were connected.
    pub async fn inboxes(&self) -> Result<Vec<StoredInbox>, StoreError> {
        let rows = sqlx::query(select!("where removed_at is null order by id")).fetch_all(&mut *self.read().await?).await?;
        Ok(each(&rows, read)?)
    }

    /// One inbox, also a removed one.
    pub async fn inbox(&self, id: InboxId) -> Result<StoredInbox, StoreError> {
        one(&mut *self.read().await?, id).await
    }

    /// How far a stream of an inbox has been read.
    pub async fn cursor(&self, inbox: InboxId, stream: &str) -> Result<Option<String>, StoreError> {
        cursor(&mut *self.read().await?, inbox, stream).await
    }
}

async fn cursor(conn: &mut AnyConnection, inbox: InboxId, stream: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as("select value from cursors where inbox_id = $1 and stream = $2")
        .bind(inbox.get())
        .bind(stream)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|r| r.0))
}

impl Tx {
    /// One inbox, also a removed one.
    pub async fn inbox(&mut self, id: InboxId) -> Result<StoredInbox, StoreError> {
        one(self.conn(), id).await
    }

    /// Connects an inbox.
    pub async fn insert_inbox(&mut self, new: &NewInbox) -> Result<InboxId, StoreError> {
        let now = self.now().ms();
        let (id,): (i64,) = sqlx::query_as(
            "insert into inboxes (channel, name, address, site, language, signature, hours, modes, promise_minutes, connection, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id",
        )
        .bind(new.channel.as_str())
        .bind(new.name.as_str())
        .bind(new.address.as_str())
        .bind(new.site.as_deref())
        .bind(new.language.code())
        .bind(new.signature.as_str())
        .bind(json_text(&new.hours)?)
        .bind(json_text(&new.modes)?)
        .bind(i64::from(new.promise_minutes))
        .bind(json_text(&new.connection)?)
        .bind(now)
        .fetch_one(self.conn())
        .await?;
        self.changed(ChangeKind::Inbox, id);
        Ok(InboxId(id))
    }

    /// Writes everything that a seller sets; the state is left as it is.
    pub async fn update_inbox(&mut self, inbox: &Inbox) -> Result<(), StoreError> {
        let done = sqlx::query(
            "update inboxes set name = $2, address = $3, site = $4, language = $5, signature = $6, hours = $7, modes = $8,
             promise_minutes = $9, connection = $10 where id = $1 and removed_at is null",
        )
        .bind(inbox.id.get())
        .bind(inbox.name.as_str())
        .bind(inbox.address.as_str())
        .bind(inbox.site.as_deref())
        .bind(inbox.language.code())
        .bind(inbox.signature.as_str())
        .bind(json_text(&inbox.hours)?)
        .bind(json_text(&inbox.modes)?)
        .bind(i64::from(inbox.promise_minutes))
        .bind(json_text(&inbox.connection)?)
        .execute(self.conn())
        .await?;
        self.found(done.rows_affected())?;
        self.changed(ChangeKind::Inbox, inbox.id.get());
        Ok(())
    }

    /// Sets whether it is being read, and why not.
    pub async fn set_inbox_state(&mut self, id: InboxId, state: InboxState, reason: &str) -> Result<(), StoreError> {
        let done = sqlx::query("update inboxes set state = $2, state_reason = $3 where id = $1 and removed_at is null")
            .bind(id.get())
            .bind(state.as_str())
            .bind(reason)
            .execute(self.conn())
            .await?;
        self.found(done.rows_affected())?;
        self.changed(ChangeKind::Inbox, id.get());
        Ok(())
    }

    /// Notes why an inbox could not be reached: `broken` when only a person can mend it, else the reason alone. Gives whether anything
    /// changed.
    ///
    /// The row decides, not the copy of whoever failed: an inbox that the seller has paused meanwhile stays paused, and the reason of
    /// a broken one is not covered by a network that is down as well.
    pub async fn note_inbox_trouble(&mut self, id: InboxId, broken: bool, reason: &str) -> Result<bool, StoreError> {
        let sql = if broken {
            "update inboxes set state = 'broken', state_reason = $2
             where id = $1 and removed_at is null and state <> 'paused' and (state <> 'broken' or state_reason <> $2)"
        } else {
            "update inboxes set state_reason = $2 where id = $1 and removed_at is null and state = 'active' and state_reason <> $2"
        };
        let done = sqlx::query(sql).bind(id.get()).bind(reason).execute(self.conn()).await?;
        let noted = done.rows_affected() > 0;
        if noted {
            self.changed(ChangeKind::Inbox, id.get());
        }
        Ok(noted)
    }

    /// Notes that it was read without an error now. No change row: that would be one a minute for nobody.
    pub async fn touch_inbox_read(&mut self, id: InboxId) -> Result<(), StoreError> {
        let now = self.now().ms();
        sqlx::query("update inboxes set last_read_at = $2 where id = $1").bind(id.get()).bind(now).execute(self.conn()).await?;
        Ok(())
    }

    /// Takes an inbox out of use; its conversations stay.
    pub async fn remove_inbox(&mut self, id: InboxId) -> Result<(), StoreError> {
        let now = self.now().ms();
        let done = sqlx::query("update inboxes set removed_at = $2 where id = $1 and removed_at is null")
            .bind(id.get())
            .bind(now)
            .execute(self.conn())
            .await?;
        self.found(done.rows_affected())?;
        self.changed(ChangeKind::Inbox, id.get());
        Ok(())
    }

    /// How far a stream of an inbox has been read, as this transaction sees it.
    pub async fn cursor(&mut self, inbox: InboxId, stream: &str) -> Result<Option<String>, StoreError> {
        cursor(self.conn(), inbox, stream).await
    }

    /// Moves a cursor; committed together with what was read up to it.
    pub async fn set_cursor(&mut self, inbox: InboxId, stream: &str, value: &str) -> Result<(), StoreError> {
        let now = self.now().ms();
        sqlx::query(
            "insert into cursors (inbox_id, stream, value, updated_at) values ($1, $2, $3, $4)
             on conflict (inbox_id, stream) do update set value = excluded.value, updated_at = excluded.updated_at",
        )
        .bind(inbox.get())
        .bind(stream)
        .bind(value)
        .bind(now)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// `NotFound` when a write reached no row.
    pub(crate) fn found(&self, rows: u64) -> Result<(), StoreError> {
        if rows == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{both_engines, samples};

    both_engines!(an_inbox_is_kept_as_it_was_given, |store| async move {
        let mut tx = store.begin_at(Moment(10)).await.unwrap();
        let new = samples::inbox("Shop");
        let id = tx.insert_inbox(&new).await.unwrap();
        tx.touch_inbox_read(id).await.unwrap();
        tx.commit().await.unwrap();
        let stored = store.inbox(id).await.unwrap();
        assert_eq!(stored.last_read_at, Some(Moment(10)));
        assert_eq!((stored.inbox.name.as_str(), &stored.inbox.hours, &stored.inbox.connection), ("Shop", &new.hours, &new.connection));
        assert_eq!(stored.inbox.state, InboxState::Active);
        assert_eq!(store.inboxes().await.unwrap(), [stored]);
    });

    both_engines!(settings_and_state_change_apart, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let id = tx.insert_inbox(&samples::inbox("Shop")).await.unwrap();
        tx.set_inbox_state(id, InboxState::Broken, "wrong password").await.unwrap();
        let mut inbox = tx.inbox(id).await.unwrap().inbox;
        inbox.name = "Laden".into();
        tx.update_inbox(&inbox).await.unwrap();
        tx.commit().await.unwrap();
        let stored = store.inbox(id).await.unwrap().inbox;
        assert_eq!((stored.name.as_str(), stored.state, stored.state_reason.as_str()), ("Laden", InboxState::Broken, "wrong password"));
    });

    both_engines!(trouble_never_takes_back_a_pause, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let id = tx.insert_inbox(&samples::inbox("Shop")).await.unwrap();
        let now = async |tx: &mut Tx| {
            let inbox = tx.inbox(id).await.unwrap().inbox;
            (inbox.state, inbox.state_reason)
        };
        assert!(tx.note_inbox_trouble(id, false, "no network").await.unwrap());
        assert!(!tx.note_inbox_trouble(id, false, "no network").await.unwrap(), "told once");
        assert_eq!(now(&mut tx).await, (InboxState::Active, "no network".to_owned()));
        assert!(tx.note_inbox_trouble(id, true, "wrong password").await.unwrap());
        assert!(!tx.note_inbox_trouble(id, false, "no network").await.unwrap());
        assert_eq!(now(&mut tx).await, (InboxState::Broken, "wrong password".to_owned()));
        // The seller pauses it while a reader is still failing.
        tx.set_inbox_state(id, InboxState::Paused, "").await.unwrap();
        for broken in [false, true] {
            assert!(!tx.note_inbox_trouble(id, broken, "wrong password").await.unwrap());
        }
        assert_eq!(now(&mut tx).await, (InboxState::Paused, String::new()));
        tx.remove_inbox(id).await.unwrap();
        assert!(!tx.note_inbox_trouble(id, true, "wrong password").await.unwrap(), "a removed one is nobody's trouble");
    });

    both_engines!(a_removed_inbox_is_listed_no_more_but_still_known, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let id = tx.insert_inbox(&samples::inbox("Shop")).await.unwrap();
        tx.remove_inbox(id).await.unwrap();
        assert!(matches!(tx.remove_inbox(id).await, Err(StoreError::NotFound)));
        tx.commit().await.unwrap();
        assert!(store.inboxes().await.unwrap().is_empty());
        assert_eq!(store.inbox(id).await.unwrap().inbox.name, "Shop");
    });

    both_engines!(a_cursor_moves_only_with_the_commit, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let id = tx.insert_inbox(&samples::inbox("Shop")).await.unwrap();
        tx.set_cursor(id, "INBOX", "1:5").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.begin_at(Moment(2)).await.unwrap();
        tx.set_cursor(id, "INBOX", "1:9").await.unwrap();
        assert_eq!(tx.cursor(id, "INBOX").await.unwrap().as_deref(), Some("1:9"));
        tx.rollback().await.unwrap();
        assert_eq!(store.cursor(id, "INBOX").await.unwrap().as_deref(), Some("1:5"));
        assert_eq!(store.cursor(id, "Sent").await.unwrap(), None);
    });
}
