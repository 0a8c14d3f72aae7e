//! The people who answer: rows of `members`. Who they are on which conversation is in `conversations`, `notes`, `presence`.

use mercator_domain::{
    ids::MemberId,
    team::{Member, Role},
};
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each},
};

fn member(row: &AnyRow) -> sqlx::Result<Member> {
    Ok(Member { id: row.id("id")?, name: row.text("name")?, role: row.word("role")? })
}

impl Store {
    /// Everybody, in the order in which they came.
    pub async fn members(&self) -> Result<Vec<Member>, StoreError> {
        let rows = sqlx::query("select id, name, role from members order by id").fetch_all(&mut *self.read().await?).await?;
        Ok(each(&rows, member)?)
    }

    /// One of them.
    pub async fn member(&self, id: MemberId) -> Result<Member, StoreError> {
        let row = sqlx::query("select id, name, role from members where id = $1").bind(id.get());
        Ok(member(&row.fetch_one(&mut *self.read().await?).await?)?)
    }
}

impl Tx {
    /// Takes somebody in; the time of the transaction is the time of joining.
    pub async fn insert_member(&mut self, name: &str, role: Role) -> Result<MemberId, StoreError> {
        let now = self.now();
        let row = sqlx::query("insert into members (name, role, created_at) values ($1, $2, $3) returning id")
            .bind(name)
            .bind(role.as_str())
            .bind(now.ms())
            .fetch_one(self.conn())
            .await?;
        self.changed(ChangeKind::Settings, 0);
        Ok(row.id("id")?)
    }

    /// Changes name and role.
    pub async fn update_member(&mut self, member: &Member) -> Result<(), StoreError> {
        let done = sqlx::query("update members set name = $2, role = $3 where id = $1")
            .bind(member.id.get())
            .bind(member.name.as_str())
            .bind(member.role.as_str())
            .execute(self.conn())
            .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        self.changed(ChangeKind::Settings, 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::moment::Moment;

    use super::*;
    use crate::both_engines;

    both_engines!(members_are_listed_in_the_order_in_which_they_came, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let ann = tx.insert_member("Ann", Role::Owner).await.unwrap();
        let bo = tx.insert_member("Bo", Role::Agent).await.unwrap();
        tx.update_member(&Member { id: bo, name: "Bo Li".into(), role: Role::Viewer }).await.unwrap();
        assert!(matches!(
            tx.update_member(&Member { id: MemberId(99), name: String::new(), role: Role::Agent }).await,
            Err(StoreError::NotFound)
        ));
        tx.commit().await.unwrap();
        let names: Vec<_> = store.members().await.unwrap().into_iter().map(|m| (m.id, m.name, m.role)).collect();
        assert_eq!(names, [(ann, "Ann".to_owned(), Role::Owner), (bo, "Bo Li".to_owned(), Role::Viewer)]);
        assert_eq!(store.member(ann).await.unwrap().name, "Ann");
        assert!(matches!(store.member(MemberId(99)).await, Err(StoreError::NotFound)));
    });
}
