//! The audit: who did what to what. Rows are only ever added. Details name things and never hold a message's text or a secret.

use mercator_domain::moment::Moment;
use sqlx::any::AnyRow;

use crate::{
    Store, StoreError, Tx,
    columns::{Columns, each, json_text},
};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Moment,
    /// Who: a member's name, `bot`, `system`.
    pub actor: String,
    /// What was done: `contact.erase`, `inbox.modes`.
    pub action: String,
    /// To what: `contact:7`.
    pub subject: String,
    /// More, as the action needs it.
    pub detail: serde_json::Value,
}

fn entry(row: &AnyRow) -> sqlx::Result<AuditEntry> {
    Ok(AuditEntry {
        at: row.moment("at")?,
        actor: row.text("actor")?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        detail: row.json("detail")?,
    })
}

impl Store {
    /// The newest entries, newest first.
    pub async fn audit(&self, limit: i64) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = sqlx::query("select at, actor, action, subject, detail from audit order by at desc, id desc limit $1")
            .bind(limit)
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(each(&rows, entry)?)
    }
}

impl Tx {
    /// Adds an entry now.
    pub async fn insert_audit(&mut self, actor: &str, action: &str, subject: &str, detail: &serde_json::Value) -> Result<(), StoreError> {
        let now = self.now();
        sqlx::query("insert into audit (at, actor, action, subject, detail) values ($1, $2, $3, $4, $5)")
            .bind(now.ms())
            .bind(actor)
            .bind(action)
            .bind(subject)
            .bind(json_text(detail)?)
            .execute(self.conn())
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::both_engines;

    both_engines!(the_audit_is_read_newest_first, |store| async move {
        for n in 1..=3 {
            let mut tx = store.begin_at(Moment(n)).await.unwrap();
            tx.insert_audit("Ann", "inbox.modes", &format!("inbox:{n}"), &serde_json::json!({"refund_request": "draft"})).await.unwrap();
            tx.commit().await.unwrap();
        }
        let newest = store.audit(2).await.unwrap();
        assert_eq!(newest.iter().map(|e| e.subject.as_str()).collect::<Vec<_>>(), ["inbox:3", "inbox:2"]);
        assert_eq!(newest[0].detail["refund_request"], "draft");
    });
}
