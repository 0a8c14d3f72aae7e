//! Parcels of orders and what carriers reported of them.
//!
//! A parcel is found by its number without spaces and hyphens. Reports are only ever added. Stages are given by the caller: how
//! a carrier's words become a stage is no matter of the store.

use std::collections::{BTreeMap, BTreeSet};

use mercator_domain::{
    entity::comparable_number,
    ids::{OrderId, ShipmentId},
    moment::Moment,
    shipment::{Shipment, ShipmentEvent},
};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{ChangeKind, Store, StoreError, Tx, columns::Columns, put::Put, statement::Statement};

fn shipment(row: &AnyRow) -> sqlx::Result<Shipment> {
    Ok(Shipment {
        id: row.id("id")?,
        carrier: row.text("carrier")?,
        tracking_number: row.text("tracking_number")?,
        stage: row.word("stage")?,
        shipped_at: row.maybe_moment("shipped_at")?,
        delivered_at: row.maybe_moment("delivered_at")?,
        events: vec![],
    })
}

fn event(row: &AnyRow) -> sqlx::Result<ShipmentEvent> {
    Ok(ShipmentEvent { at: row.moment("at")?, stage: row.word("stage")?, place: row.text("place")?, text: row.text("text")? })
}

/// The parcels of some orders with their reports, by order, in the order in which they came.
pub(crate) async fn of_orders(connection: &mut AnyConnection, orders: &[i64]) -> Result<BTreeMap<i64, Vec<Shipment>>, StoreError> {
    let rows =
        Statement::new("select id, order_id, carrier, tracking_number, stage, shipped_at, delivered_at from shipments where order_id in ")
            .list(orders.iter().copied())
            .push(" order by order_id, id")
            .rows(connection)
            .await?;
    let mut found: BTreeMap<i64, Vec<Shipment>> = BTreeMap::new();
    if rows.is_empty() {
        return Ok(found);
    }
    let mut events: BTreeMap<i64, Vec<ShipmentEvent>> = BTreeMap::new();
    let reports = Statement::new(
        "select e.shipment_id, e.at, e.stage, e.place, e.text from shipment_events e
         join shipments s on s.id = e.shipment_id where s.order_id in ",
    )
    .list(orders.iter().copied())
    .push(" order by e.shipment_id, e.at, e.stage, e.text")
    .rows(connection)
    .await?;
    for row in &reports {
        events.entry(row.number("shipment_id")?).or_default().push(event(row)?);
    }
    for row in &rows {
        let mut parcel = shipment(row)?;
        parcel.events = events.remove(&parcel.id.get()).unwrap_or_default();
        found.entry(row.number("order_id")?).or_default().push(parcel);
    }
    Ok(found)
}

/// A parcel that a tracking service may be asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenParcel {
    /// Its order.
    pub order_id: OrderId,
    /// The parcel, without its reports.
    pub parcel: Shipment,
}

impl Store {
    /// Parcels that may still move, of orders since a moment, last asked about before another; those that waited longest first.
    pub async fn parcels_to_ask(&self, ordered_since: Moment, asked_before: Moment, limit: i64) -> Result<Vec<OpenParcel>, StoreError> {
        let rows = sqlx::query(
            "select s.id, s.order_id, s.carrier, s.tracking_number, s.stage, s.shipped_at, s.delivered_at from shipments s
             join orders o on o.id = s.order_id
             where s.stage not in ('delivered', 'returned') and coalesce(s.asked_at, 0) < $1 and o.ordered_at >= $2
             and s.tracking_number <> '' order by coalesce(s.asked_at, 0), s.id limit $3",
        )
        .bind(asked_before.ms())
        .bind(ordered_since.ms())
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        let open = |row: &AnyRow| Ok(OpenParcel { order_id: row.id("order_id")?, parcel: shipment(row)? });
        rows.iter().map(open).collect::<sqlx::Result<_>>().map_err(Into::into)
    }
}

impl Tx {
    /// A tracking service was asked about a parcel now.
    pub async fn set_asked(&mut self, id: ShipmentId) -> Result<(), StoreError> {
        let now = self.now();
        sqlx::query("update shipments set asked_at = $2 where id = $1").bind(id.get()).bind(now.ms()).execute(self.conn()).await?;
        Ok(())
    }

    /// Takes in a parcel of an order, by its number; its `id` is not read, its reports are added to those that are there.
    pub async fn put_shipment(&mut self, order: OrderId, parcel: &Shipment) -> Result<(ShipmentId, Put), StoreError> {
        let key = comparable_number(&parcel.tracking_number);
        let row = sqlx::query(
            "select id, carrier, tracking_number, stage, shipped_at, delivered_at from shipments
             where order_id = $1 and tracking_key = $2",
        )
        .bind(order.get())
        .bind(key.as_str())
        .fetch_optional(self.conn())
        .await?;
        let (id, mut put) = match row.as_ref().map(shipment).transpose()? {
            None => (self.insert_shipment(order, parcel, &key).await?, Put::Inserted),
            Some(stored) => {
                let same = Shipment { id: stored.id, events: vec![], ..parcel.clone() } == stored;
                if !same {
                    self.update_shipment(stored.id, parcel).await?;
                }
                (stored.id, if same { Put::Unchanged } else { Put::Changed })
            }
        };
        if self.add_shipment_events(id, &parcel.events).await? > 0 && put == Put::Unchanged {
            put = Put::Changed;
        }
        if put != Put::Unchanged {
            self.changed(ChangeKind::Order, order.get());
        }
        Ok((id, put))
    }

    async fn insert_shipment(&mut self, order: OrderId, parcel: &Shipment, key: &str) -> Result<ShipmentId, StoreError> {
        let row = sqlx::query(
            "insert into shipments (order_id, carrier, tracking_number, tracking_key, stage, shipped_at, delivered_at)
             values ($1, $2, $3, $4, $5, $6, $7) returning id",
        )
        .bind(order.get())
        .bind(parcel.carrier.as_str())
        .bind(parcel.tracking_number.as_str())
        .bind(key)
        .bind(parcel.stage.as_str())
        .bind(parcel.shipped_at.map(Moment::ms))
        .bind(parcel.delivered_at.map(Moment::ms))
        .fetch_one(self.conn())
        .await?;
        Ok(row.id("id")?)
    }

    async fn update_shipment(&mut self, id: ShipmentId, parcel: &Shipment) -> Result<(), StoreError> {
        sqlx::query(
            "update shipments set carrier = $2, tracking_number = $3, stage = $4, shipped_at = $5, delivered_at = $6 where id = $1",
        )
        .bind(id.get())
        .bind(parcel.carrier.as_str())
        .bind(parcel.tracking_number.as_str())
        .bind(parcel.stage.as_str())
        .bind(parcel.shipped_at.map(Moment::ms))
        .bind(parcel.delivered_at.map(Moment::ms))
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Adds reports that are not there yet; gives how many were new.
    async fn add_shipment_events(&mut self, id: ShipmentId, events: &[ShipmentEvent]) -> Result<u64, StoreError> {
        let mut written = 0;
        let mut seen = BTreeSet::new();
        for event in events {
            if !seen.insert((event.at, event.stage, event.text.as_str())) {
                continue;
            }
            written += sqlx::query(
                "insert into shipment_events (shipment_id, at, stage, place, text) values ($1, $2, $3, $4, $5)
                 on conflict (shipment_id, at, stage, text) do nothing",
            )
            .bind(id.get())
            .bind(event.at.ms())
            .bind(event.stage.as_str())
            .bind(event.place.as_str())
            .bind(event.text.as_str())
            .execute(self.conn())
            .await?
            .rows_affected();
        }
        Ok(written)
    }
}
