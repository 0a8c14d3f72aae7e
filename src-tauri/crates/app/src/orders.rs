//! Orders as lists and as one, and what their numbers have in common.

use std::sync::Arc;

use anyhow::Result;
use mercator_domain::{entity::comparable_number, moment::Moment, order::Order};
use mercator_pipeline::entities::OwnNumbers;
use mercator_store::{
    StoreError,
    order_list::{OrderFilter, OrderLine},
};

use crate::{
    App,
    lists::small,
    views::{OrderPage, OrderRow},
};

/// The shapes of the numbers show in so many orders; more would only make the first turn wait.
const LEARNED_ORDERS: i64 = 2_000;
/// So many items are known by their numbers.
const LEARNED_ITEMS: i64 = 20_000;

impl App {
    /// One page of orders, newest first; the search looks at numbers, customers and tracking numbers.
    pub async fn list_orders(&self, search: &str, offset: i32, limit: i32) -> Result<OrderPage> {
        let now = self.now();
        let stuck_after = i64::from(self.settings.read().await.stuck_after_hours);
        let filter = OrderFilter {
            search: search.trim().to_owned(),
            offset: i64::from(offset.max(0)),
            limit: i64::from(limit.clamp(1, 200)),
            ..OrderFilter::default()
        };
        let page = self.store.order_lines(&filter).await?;
        let rows = page.lines.into_iter().map(|line| row_of(line, now, stuck_after)).collect();
        Ok(OrderPage { total: small(page.total), rows })
    }

    /// One order with everything that hangs on it.
    pub async fn order(&self, number: &str) -> Result<Order> {
        Ok(self.store.order_by_number(&comparable_number(number)).await?.ok_or(StoreError::NotFound)?)
    }

    /// The shop's own numbers are learned anew at the next turn.
    pub(crate) async fn own_numbers_changed(&self) {
        *self.own_numbers.write().await = None;
        self.offers_changed().await;
    }

    /// What the shop's numbers look like; nothing is known when they cannot be read, and the bot goes by the common shapes.
    pub(crate) async fn own_numbers(&self) -> Arc<OwnNumbers> {
        if let Some(known) = self.own_numbers.read().await.as_ref() {
            return Arc::clone(known);
        }
        // Held while they are read: an import meanwhile waits, and then makes them void instead of being overwritten by them.
        let mut slot = self.own_numbers.write().await;
        if let Some(known) = slot.as_ref() {
            return Arc::clone(known);
        }
        let learned = self.learn_numbers().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "The shop's own numbers could not be read");
            OwnNumbers::default()
        });
        let learned = Arc::new(learned);
        // A shop without orders is looked at again: the first ones may come through a channel.
        *slot = (!learned.orders.is_empty()).then(|| Arc::clone(&learned));
        learned
    }

    async fn learn_numbers(&self) -> Result<OwnNumbers> {
        let orders = self.store.order_numbers(LEARNED_ORDERS).await?;
        let items = self.store.product_numbers(LEARNED_ITEMS).await?;
        Ok(OwnNumbers::learn(orders.iter().map(String::as_str), items.iter().map(String::as_str)))
    }
}

/// A line as a row; the newest parcel gives the stage.
fn row_of(line: OrderLine, now: Moment, stuck_after_hours: i64) -> OrderRow {
    OrderRow {
        stage: line.shipments.last().map(|parcel| parcel.stage),
        stuck: line.shipments.iter().any(|parcel| parcel.is_stuck(now, stuck_after_hours)),
        number: line.number,
        contact_id: line.contact_id,
        contact: line.contact,
        status: line.status,
        ordered_at: line.ordered_at,
        total: line.total,
        country: line.country,
    }
}

/// See [`row_of`], for an order that was read whole.
pub(crate) fn row_of_order(order: &Order, contact: &str, now: Moment, stuck_after_hours: i64) -> OrderRow {
    let line = OrderLine {
        id: order.id,
        number: order.number.clone(),
        contact_id: order.contact_id,
        contact: contact.to_owned(),
        status: order.status,
        ordered_at: order.ordered_at,
        total: order.total,
        country: order.country.clone(),
        shipments: order.shipments.clone(),
    };
    row_of(line, now, stuck_after_hours)
}
