//! Leases: one instance does a job at a time (reads an inbox, runs the bot). And presence: who looks at which conversation.
//!
//! The fencing number rises with each new holder, so that a late one can be told apart and refused.

use mercator_domain::{
    ids::{ConversationId, MemberId},
    moment::Moment,
};

use crate::{ChangeKind, Store, StoreError, Tx};

impl Tx {
    /// Takes or renews a lease until `until`; gives its fencing number, or `None` while somebody else holds it.
    pub async fn acquire_lease(&mut self, name: &str, holder: &str, until: Moment) -> Result<Option<i64>, StoreError> {
        let now = self.now().ms();
        let row: Option<(i64,)> = sqlx::query_as(
            "insert into leases (name, holder, fence, until) values ($1, $2, 1, $3)
             on conflict (name) do update set
               fence = case when leases.holder = excluded.holder then leases.fence else leases.fence + 1 end,
               holder = excluded.holder, until = excluded.until
             where leases.holder = excluded.holder or leases.until <= $4
             returning fence",
        )
        .bind(name)
        .bind(holder)
        .bind(until.ms())
        .bind(now)
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(|r| r.0))
    }

    /// `Conflict` when the lease is no longer under this fencing number: what the late holder wanted to write must not be written.
    pub async fn check_lease(&mut self, name: &str, fence: i64) -> Result<(), StoreError> {
        let row: Option<(i64,)> = sqlx::query_as("select fence from leases where name = $1").bind(name).fetch_optional(self.conn()).await?;
        if row == Some((fence,)) { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// Gives a lease back before its time; others may take it at once. The number stays, so that it goes on rising.
    pub async fn release_lease(&mut self, name: &str, holder: &str) -> Result<(), StoreError> {
        sqlx::query("update leases set holder = '', until = 0 where name = $1 and holder = $2")
            .bind(name)
            .bind(holder)
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Frees everything that an instance held which is no more: claims, leases, presence. What it was sending is in doubt at once.
    pub async fn forget_instance(&mut self, instance: &str) -> Result<(), StoreError> {
        for sql in [
            "update outbox set claimed_by = null, claimed_until = null where claimed_by = $1",
            "update leases set until = 0 where holder = $1",
            "delete from presence where instance = $1",
        ] {
            sqlx::query(sql).bind(instance).execute(self.conn()).await?;
        }
        Ok(())
    }

    /// Notes that a member looks at a conversation in this window until `until`; `None`: at none.
    pub async fn set_presence(
        &mut self,
        instance: &str,
        member: MemberId,
        conversation: Option<ConversationId>,
        until: Moment,
    ) -> Result<(), StoreError> {
        let before: Option<(i64,)> =
            sqlx::query_as("select conversation_id from presence where instance = $1").bind(instance).fetch_optional(self.conn()).await?;
        if let Some(conversation) = conversation {
            sqlx::query(
                "insert into presence (instance, member_id, conversation_id, until) values ($1, $2, $3, $4)
                 on conflict (instance) do update set member_id = excluded.member_id, conversation_id = excluded.conversation_id,
                 until = excluded.until",
            )
            .bind(instance)
            .bind(member.get())
            .bind(conversation.get())
            .bind(until.ms())
            .execute(self.conn())
            .await?;
        } else {
            sqlx::query("delete from presence where instance = $1").bind(instance).execute(self.conn()).await?;
        }
        // Only a move is news; a renewal is not.
        let after = conversation.map(|c| (c.get(),));
        if before != after {
            for (id,) in before.into_iter().chain(after) {
                self.changed(ChangeKind::Conversation, id);
            }
        }
        Ok(())
    }
}

impl Store {
    /// The names of the members who look at a conversation now, in other windows than `instance`.
    pub async fn present(&self, conversation: ConversationId, instance: &str, now: Moment) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "select distinct m.name from presence p join members m on m.id = p.member_id
             where p.conversation_id = $1 and p.instance <> $2 and p.until > $3 order by m.name",
        )
        .bind(conversation.get())
        .bind(instance)
        .bind(now.ms())
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(rows.into_iter().map(|r| r.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{both_engines, samples};

    both_engines!(one_holds_a_lease_and_the_number_rises_with_the_holder, |store| async move {
        let mut tx = store.begin_at(Moment(10)).await.unwrap();
        assert_eq!(tx.acquire_lease("inbox:1", "a", Moment(20)).await.unwrap(), Some(1));
        assert_eq!(tx.acquire_lease("inbox:1", "b", Moment(20)).await.unwrap(), None);
        assert_eq!(tx.acquire_lease("inbox:1", "a", Moment(30)).await.unwrap(), Some(1), "renewed");
        assert_eq!(tx.acquire_lease("inbox:2", "b", Moment(20)).await.unwrap(), Some(1));
        tx.commit().await.unwrap();
        let mut tx = store.begin_at(Moment(30)).await.unwrap();
        assert_eq!(tx.acquire_lease("inbox:1", "b", Moment(50)).await.unwrap(), Some(2), "run out");
        assert!(matches!(tx.check_lease("inbox:1", 1).await, Err(StoreError::Conflict)), "the late holder is refused");
        tx.check_lease("inbox:1", 2).await.unwrap();
        tx.release_lease("inbox:1", "a").await.unwrap();
        assert_eq!(tx.acquire_lease("inbox:1", "a", Moment(50)).await.unwrap(), None, "only the holder gives it back");
        tx.release_lease("inbox:1", "b").await.unwrap();
        assert_eq!(tx.acquire_lease("inbox:1", "a", Moment(50)).await.unwrap(), Some(3));
    });

    both_engines!(what_a_dead_instance_held_is_free_at_once, |store| async move {
        let mut tx = store.begin_at(Moment(10)).await.unwrap();
        assert_eq!(tx.acquire_lease("inbox:1", "dead", Moment(99)).await.unwrap(), Some(1));
        tx.forget_instance("dead").await.unwrap();
        assert_eq!(tx.acquire_lease("inbox:1", "alive", Moment(99)).await.unwrap(), Some(2), "with a new number");
        tx.commit().await.unwrap();
    });

    both_engines!(b11_another_window_is_seen_while_it_looks, |store| async move {
        let mut tx = store.begin_at(Moment(10)).await.unwrap();
        let (.., id) = samples::world(&mut tx, "Ana").await;
        let (ann,): (i64,) = sqlx::query_as("insert into members (name, role, created_at) values ('Ann', 'agent', 1) returning id")
            .fetch_one(tx.conn())
            .await
            .unwrap();
        tx.set_presence("w1", MemberId(ann), Some(id), Moment(40)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.present(id, "w2", Moment(39)).await.unwrap(), ["Ann"]);
        assert!(store.present(id, "w1", Moment(39)).await.unwrap().is_empty(), "not oneself");
        assert!(store.present(id, "w2", Moment(40)).await.unwrap().is_empty(), "gone");
        let since = store.latest_change().await.unwrap();
        let mut tx = store.begin_at(Moment(20)).await.unwrap();
        tx.set_presence("w1", MemberId(ann), Some(id), Moment(60)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.latest_change().await.unwrap(), since, "a renewal is no news");
        let mut tx = store.begin_at(Moment(21)).await.unwrap();
        tx.set_presence("w1", MemberId(ann), None, Moment(0)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(store.present(id, "w2", Moment(22)).await.unwrap().is_empty());
        assert!(store.latest_change().await.unwrap() > since);
    });
}
