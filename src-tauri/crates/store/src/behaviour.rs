//! What visitors did in the shop, as far as the shop tells: views, carts, comparisons. What it means is not read here.

use mercator_domain::{ids::ContactId, moment::Moment};
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each},
    statement::{MOST_PARAMETERS, Statement},
};

/// One event of the shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BehaviourEvent {
    /// Who, when the shop knows.
    pub contact_id: Option<ContactId>,
    /// The shop's mark of a visitor who is not known; may be empty.
    pub visitor: String,
    /// When.
    pub at: Moment,
    /// What, in the shop's words: `view`, `add_to_cart`.
    pub kind: String,
    /// The product, if it is about one.
    pub sku: String,
    /// How long it lasted, when the shop says.
    pub dwell_ms: Option<i64>,
    /// The page.
    pub url: String,
    /// Identifies the event, so that importing it twice stores it once.
    pub event_key: String,
}

/// Parameters of one event.
const PARAMETERS: usize = 8;

fn event(row: &AnyRow) -> sqlx::Result<BehaviourEvent> {
    Ok(BehaviourEvent {
        contact_id: row.maybe_id("contact_id")?,
        visitor: row.text("visitor")?,
        at: row.moment("at")?,
        kind: row.text("kind")?,
        sku: row.text("sku")?,
        dwell_ms: row.maybe_number("dwell_ms")?,
        url: row.text("url")?,
        event_key: row.text("event_key")?,
    })
}

impl Store {
    /// What a customer did, newest first.
    pub async fn behaviour_of_contact(&self, contact: ContactId, limit: i64) -> Result<Vec<BehaviourEvent>, StoreError> {
        let rows = sqlx::query(
            "select contact_id, visitor, at, kind, sku, dwell_ms, url, event_key from behaviour_events
             where contact_id = $1 order by at desc, id desc limit $2",
        )
        .bind(contact.get())
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(each(&rows, event)?)
    }
}

impl Tx {
    /// Adds events that are not there yet; gives how many were new.
    pub async fn insert_behaviour(&mut self, events: &[BehaviourEvent]) -> Result<u64, StoreError> {
        let mut written = 0;
        for some in events.chunks(MOST_PARAMETERS / PARAMETERS) {
            let mut statement =
                Statement::new("insert into behaviour_events (contact_id, visitor, at, kind, sku, dwell_ms, url, event_key) values ");
            for (index, e) in some.iter().enumerate() {
                statement = statement
                    .push(if index == 0 { "(" } else { ", (" })
                    .bind(e.contact_id.map(ContactId::get))
                    .push(", ")
                    .bind(e.visitor.clone())
                    .push(", ")
                    .bind(e.at.ms())
                    .push(", ")
                    .bind(e.kind.clone())
                    .push(", ")
                    .bind(e.sku.clone())
                    .push(", ")
                    .bind(e.dwell_ms)
                    .push(", ")
                    .bind(e.url.clone())
                    .push(", ")
                    .bind(e.event_key.clone())
                    .push(")");
            }
            written += statement.push(" on conflict (event_key) do nothing").run(self.conn()).await?;
        }
        if written > 0 {
            self.changed(ChangeKind::Order, 0);
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{both_engines, people};

    both_engines!(an_event_of_the_shop_is_stored_once, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let ana = people::buyer(&mut tx, 1, "Ana", None).await;
        let view = |n: i64, contact_id| BehaviourEvent {
            contact_id,
            visitor: "v1".into(),
            at: Moment(n),
            kind: "view".into(),
            sku: "L-1".into(),
            dwell_ms: (n % 2 == 0).then_some(n),
            url: String::new(),
            event_key: format!("e{n}"),
        };
        let mut many: Vec<_> = (0..1_200).map(|n| view(n, Some(ana))).collect();
        many.push(view(7, None));
        many.push(view(9_999, None));
        assert_eq!(tx.insert_behaviour(&many).await.unwrap(), 1_201);
        assert_eq!(tx.insert_behaviour(&many[..3]).await.unwrap(), 0);
        tx.commit().await.unwrap();
        let newest = store.behaviour_of_contact(ana, 2).await.unwrap();
        assert_eq!(newest, [view(1_199, Some(ana)), view(1_198, Some(ana))]);
    });
}
