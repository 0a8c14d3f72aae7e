//! Orders as lists and as one.

use anyhow::Result;
use mercator_domain::{entity::comparable_number, moment::Moment, order::Order};
use mercator_store::{
    StoreError,
    order_list::{OrderFilter, OrderLine},
};

use crate::{
    App,
    lists::small,
    views::{OrderPage, OrderRow},
};

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
