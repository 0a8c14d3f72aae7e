//! Activity lines of a thread: what happened to a conversation besides messages.

use mercator_domain::{conversation::ActivityKind, ids::ConversationId, moment::Moment};
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each},
};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// What happened.
    pub kind: ActivityKind,
    /// By whom: a name, `bot`, or empty.
    pub actor: String,
    /// For people: a label's name, a score.
    pub detail: String,
    /// When.
    pub at: Moment,
}

fn activity(row: &AnyRow) -> sqlx::Result<Activity> {
    Ok(Activity { kind: row.word("kind")?, actor: row.text("actor")?, detail: row.text("detail")?, at: row.moment("at")? })
}

impl Store {
    /// The lines of a conversation, oldest first.
    pub async fn activities(&self, conversation: ConversationId) -> Result<Vec<Activity>, StoreError> {
        let rows = sqlx::query("select kind, actor, detail, at from activities where conversation_id = $1 order by at, id")
            .bind(conversation.get())
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(each(&rows, activity)?)
    }
}

impl Tx {
    /// Adds a line now.
    pub async fn insert_activity(
        &mut self,
        conversation: ConversationId,
        kind: ActivityKind,
        actor: &str,
        detail: &str,
    ) -> Result<(), StoreError> {
        let now = self.now();
        sqlx::query("insert into activities (conversation_id, kind, actor, detail, at) values ($1, $2, $3, $4, $5)")
            .bind(conversation.get())
            .bind(kind.as_str())
            .bind(actor)
            .bind(detail)
            .bind(now.ms())
            .execute(self.conn())
            .await?;
        self.changed(ChangeKind::Conversation, conversation.get());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{both_engines, people};

    both_engines!(b1_activity_lines_are_kept_in_order, |store| async move {
        let mut tx = store.begin_at(Moment(7)).await.unwrap();
        let conversation = people::one_conversation(&mut tx).await;
        tx.insert_activity(conversation, ActivityKind::Resolved, "Ann", "").await.unwrap();
        tx.insert_activity(conversation, ActivityKind::Reopened, "", "new message").await.unwrap();
        tx.commit().await.unwrap();
        let kinds: Vec<_> = store.activities(conversation).await.unwrap().into_iter().map(|a| (a.kind, a.actor, a.detail, a.at)).collect();
        let line = |kind, actor: &str, detail: &str| (kind, actor.to_owned(), detail.to_owned(), Moment(7));
        assert_eq!(kinds, [line(ActivityKind::Resolved, "Ann", ""), line(ActivityKind::Reopened, "", "new message")]);
    });
}
