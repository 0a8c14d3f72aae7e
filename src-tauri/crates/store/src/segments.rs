//! Customers by their orders: the running totals as facts, and the groups that an analysis put them in.
//!
//! The groups are computed in `mercator-analytics`; here they are only kept. The totals are kept up to date in `orders.rs`.

use mercator_domain::{
    facts::CustomerOrders,
    ids::{ContactId, ConversationId},
    segment::RfmSegment,
};
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each},
    statement::{MOST_PARAMETERS, Statement},
};

fn customer(row: &AnyRow) -> sqlx::Result<CustomerOrders> {
    Ok(CustomerOrders {
        contact_id: row.id("contact_id")?,
        orders: row.number("orders")?,
        first_at: row.moment("first_at")?,
        last_at: row.moment("last_at")?,
        total_minor: row.number("total_minor")?,
        currency: row.currency("currency")?,
        country: row.maybe_text("country")?,
    })
}

impl Store {
    /// Every customer who has an order that was not cancelled, by row.
    pub async fn customer_orders(&self) -> Result<Vec<CustomerOrders>, StoreError> {
        let rows = sqlx::query(
            "select o.contact_id, o.orders, o.first_at, o.last_at, o.total_minor, o.currency, c.country
             from contact_orders o join contacts c on c.id = o.contact_id order by o.contact_id",
        )
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(each(&rows, customer)?)
    }

    /// How many customers are in each group; a group without any is left out, as are customers in none.
    pub async fn segment_sizes(&self) -> Result<Vec<(RfmSegment, i64)>, StoreError> {
        let rows = sqlx::query("select segment, count(*) as customers from contact_orders where segment is not null group by segment")
            .fetch_all(&mut *self.read().await?)
            .await?;
        let mut sizes = each(&rows, |row| Ok((row.word("segment")?, row.number("customers")?)))?;
        sizes.sort();
        Ok(sizes)
    }

    /// The customers of a group, by row.
    pub async fn contacts_of_segment(&self, segment: RfmSegment) -> Result<Vec<ContactId>, StoreError> {
        let rows = sqlx::query("select contact_id from contact_orders where segment = $1 order by contact_id")
            .bind(segment.as_str())
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(each(&rows, |row| row.id("contact_id"))?)
    }

    /// The conversations of a group's customers, the last message first.
    pub async fn segment_conversations(&self, segment: RfmSegment) -> Result<Vec<ConversationId>, StoreError> {
        let rows = sqlx::query(
            "select id from conversations where contact_id in (select contact_id from contact_orders where segment = $1)
             order by last_message_at desc, id desc",
        )
        .bind(segment.as_str())
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(each(&rows, |row| row.id("id"))?)
    }
}

impl Tx {
    /// Puts customers in their groups; customers who are not named keep theirs. Gives how many changed their group.
    pub async fn set_segments(&mut self, segments: &[(ContactId, RfmSegment)]) -> Result<u64, StoreError> {
        let mut changed = 0;
        for some in segments.chunks(MOST_PARAMETERS / 2) {
            let mut statement = Statement::new("with given (contact_id, segment) as (values ");
            for (index, (contact, segment)) in some.iter().enumerate() {
                statement = statement.push(if index == 0 { "(" } else { ", (" }).bind(contact.get()).push(", ");
                statement = statement.bind(segment.as_str()).push(")");
            }
            changed += statement
                .push(
                    ") update contact_orders set segment = given.segment from given
                     where given.contact_id = contact_orders.contact_id
                     and contact_orders.segment is distinct from given.segment",
                )
                .run(self.conn())
                .await?;
        }
        if changed > 0 {
            self.changed(ChangeKind::Contact, 0);
        }
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::{channel::ChannelKind, moment::Moment};

    use super::*;
    use crate::{both_engines, people};

    both_engines!(customers_are_put_in_groups_in_bulk, |store| async move {
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let inbox = people::merchant(&mut tx, 1, ChannelKind::Email).await;
        let ana = people::buyer(&mut tx, 1, "Ana", Some("DE")).await;
        let ben = people::buyer(&mut tx, 2, "Ben", None).await;
        let cem = people::buyer(&mut tx, 3, "Cem", None).await;
        let of_ana = people::conversation(&mut tx, 1, inbox, ana).await;
        let of_ben = people::conversation(&mut tx, 2, inbox, ben).await;
        people::conversation(&mut tx, 3, inbox, cem).await;
        for contact in [ana, ben, cem] {
            sqlx::query("insert into contact_orders (contact_id, orders, first_at, last_at, total_minor, currency) values ($1, 1, 5, 5, 100, 'EUR')")
                .bind(contact.get())
                .execute(tx.conn())
                .await
                .unwrap();
        }
        let mut given = vec![(ana, RfmSegment::Loyal), (ben, RfmSegment::Loyal), (cem, RfmSegment::New)];
        given.extend((0..3_000).map(|n| (ContactId(50_000 + n), RfmSegment::New)));
        assert_eq!(tx.set_segments(&given).await.unwrap(), 3);
        assert_eq!(tx.set_segments(&given).await.unwrap(), 0);
        assert_eq!(tx.set_segments(&[(cem, RfmSegment::AtRisk)]).await.unwrap(), 1);
        assert_eq!(tx.set_segments(&[]).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(store.segment_sizes().await.unwrap(), [(RfmSegment::Loyal, 2), (RfmSegment::AtRisk, 1)]);
        assert_eq!(store.contacts_of_segment(RfmSegment::Loyal).await.unwrap(), [ana, ben]);
        assert_eq!(store.segment_conversations(RfmSegment::Loyal).await.unwrap(), [of_ben, of_ana]);
        let countries: Vec<_> = store.customer_orders().await.unwrap().into_iter().map(|c| (c.contact_id, c.country)).collect();
        assert_eq!(countries[0], (ana, Some("DE".to_owned())));
    });
}
