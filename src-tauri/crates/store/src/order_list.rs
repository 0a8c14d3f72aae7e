//! The list of orders on its screen: one page, newest first, found by number, parcel or customer.

use std::collections::BTreeMap;

use mercator_domain::{
    entity::comparable_number,
    ids::{ContactId, OrderId},
    moment::Moment,
    money::Money,
    order::OrderStatus,
    shipment::Shipment,
};
use sqlx::any::AnyRow;

use crate::{
    Store, StoreError,
    columns::{Columns, each},
    shipments,
    statement::{Statement, beginning},
};

/// Which orders to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// The beginning of an order's or a parcel's number, or a part of the customer's name or address; empty for all.
    pub search: String,
    /// Only in this state.
    pub status: Option<OrderStatus>,
    /// Rows to leave out.
    pub offset: i64,
    /// Rows to give.
    pub limit: i64,
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderLine {
    /// The row.
    pub id: OrderId,
    /// The number.
    pub number: String,
    /// Whose.
    pub contact_id: ContactId,
    /// The customer's name, or first address.
    pub contact: String,
    /// The state.
    pub status: OrderStatus,
    /// When it was placed.
    pub ordered_at: Moment,
    /// What it cost.
    pub total: Money,
    /// Where it goes.
    pub country: Option<String>,
    /// Its parcels with their reports: stage, and whether one is stuck.
    pub shipments: Vec<Shipment>,
}

/// One page of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrderLines {
    /// All rows of the filter.
    pub total: i64,
    /// The rows asked for.
    pub lines: Vec<OrderLine>,
}

fn line(row: &AnyRow) -> sqlx::Result<OrderLine> {
    Ok(OrderLine {
        id: row.id("id")?,
        number: row.text("number")?,
        contact_id: row.id("contact_id")?,
        contact: row.text("contact")?,
        status: row.word("status")?,
        ordered_at: row.moment("ordered_at")?,
        total: row.money("total_minor", "currency")?,
        country: row.maybe_text("country")?,
        shipments: vec![],
    })
}

/// Appends the conditions of a filter to `… from orders o join contacts c …`.
fn narrow(statement: Statement, filter: &OrderFilter) -> Statement {
    let search = filter.search.trim();
    statement
        .push(" where 1 = 1")
        .when(filter.status.is_some(), |s| s.push(" and o.status = ").bind(filter.status.map(OrderStatus::as_str)))
        .when(!search.is_empty(), |s| by_search(s, search))
}

fn by_search(statement: Statement, search: &str) -> Statement {
    let key = comparable_number(search);
    statement
        .push(" and (")
        .holds(&["c.name"], search)
        .push(" or exists (select 1 from identities i where i.contact_id = c.id and ")
        .holds(&["i.value"], search)
        .push(")")
        .when(!key.is_empty(), |s| {
            s.push(" or o.number_key like ")
                .bind(beginning(&key))
                .push(" escape '\\' or exists (select 1 from shipments s where s.order_id = o.id and s.tracking_key like ")
                .bind(beginning(&key))
                .push(" escape '\\')")
        })
        .push(")")
}

/// One page.
pub(crate) fn page(filter: &OrderFilter) -> Statement {
    let select = Statement::new(
        "select o.id, o.number, o.contact_id, o.status, o.ordered_at, o.total_minor, o.currency, o.country,
         coalesce(nullif(c.name, ''), (select min(i.value) from identities i where i.contact_id = c.id), '') as contact
         from orders o join contacts c on c.id = o.contact_id",
    );
    narrow(select, filter).push(" order by o.ordered_at desc, o.id desc limit ").bind(filter.limit).push(" offset ").bind(filter.offset)
}

impl Store {
    /// One page of orders, newest first.
    pub async fn order_lines(&self, filter: &OrderFilter) -> Result<OrderLines, StoreError> {
        let mut connection = self.read().await?;
        // Only a search looks at the customers; without one the count stays within the orders.
        let count = Statement::new("select count(*) as total from orders o")
            .when(!filter.search.trim().is_empty(), |s| s.push(" join contacts c on c.id = o.contact_id"));
        let total = narrow(count, filter).row(&mut connection).await?.number("total")?;
        let rows = page(filter).rows(&mut connection).await?;
        let mut lines = each(&rows, line)?;
        let ids: Vec<i64> = lines.iter().map(|l| l.id.get()).collect();
        let mut parcels = if ids.is_empty() { BTreeMap::new() } else { shipments::of_orders(&mut connection, &ids).await? };
        for line in &mut lines {
            line.shipments = parcels.remove(&line.id.get()).unwrap_or_default();
        }
        Ok(OrderLines { total, lines })
    }
}
