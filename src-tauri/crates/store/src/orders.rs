//! Orders with their lines and payments, and the running total of each customer.
//!
//! An order is found by its number without spaces, hyphens and `#`. `contact_orders` is a roll-up: it is recounted for the one
//! customer in the transaction that writes an order, so it never differs from the orders. Parcels are in `shipments.rs`, the
//! list of the screen in `order_list.rs`.

use std::collections::BTreeMap;

use mercator_domain::{
    entity::comparable_number,
    ids::{ContactId, OrderId},
    moment::Moment,
    money::Money,
    order::{Order, OrderLine, OrderStatus, Payment},
};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, json_text},
    put::Put,
    shipments,
    statement::{MOST_PARAMETERS, Statement},
};

const COLUMNS: &str = "select id, number, contact_id, status, ordered_at, total_minor, currency, country, address from orders";

/// An order without what hangs on it.
fn header(row: &AnyRow) -> sqlx::Result<Order> {
    Ok(Order {
        id: row.id("id")?,
        number: row.text("number")?,
        contact_id: row.id("contact_id")?,
        status: row.word("status")?,
        ordered_at: row.moment("ordered_at")?,
        total: row.money("total_minor", "currency")?,
        country: row.maybe_text("country")?,
        address: row.maybe_json("address")?,
        lines: vec![],
        payments: vec![],
        shipments: vec![],
    })
}

/// Reads the orders of `rows` with all that hangs on them: one query a kind of child, however many orders.
async fn complete(connection: &mut AnyConnection, rows: &[AnyRow]) -> Result<Vec<Order>, StoreError> {
    let mut orders = each(rows, header)?;
    if orders.is_empty() {
        return Ok(orders);
    }
    let ids: Vec<i64> = orders.iter().map(|o| o.id.get()).collect();
    let mut lines = lines_of(connection, &ids).await?;
    let mut payments = payments_of(connection, &ids).await?;
    let mut parcels = shipments::of_orders(connection, &ids).await?;
    for order in &mut orders {
        let id = order.id.get();
        order.lines = lines.remove(&id).unwrap_or_default();
        order.payments = payments.remove(&id).unwrap_or_default();
        order.shipments = parcels.remove(&id).unwrap_or_default();
        // A line's price is in the currency of its order.
        for price in order.lines.iter_mut().filter_map(|l| l.unit_price.as_mut()) {
            price.currency = order.total.currency;
        }
    }
    Ok(orders)
}

async fn lines_of(connection: &mut AnyConnection, orders: &[i64]) -> Result<BTreeMap<i64, Vec<OrderLine>>, StoreError> {
    let mut found: BTreeMap<i64, Vec<OrderLine>> = BTreeMap::new();
    let rows = Statement::new(
        "select l.order_id, l.sku, l.title, l.quantity, l.unit_price_minor, o.currency
         from order_lines l join orders o on o.id = l.order_id where l.order_id in ",
    )
    .list(orders.iter().copied())
    .push(" order by l.order_id, l.line")
    .rows(connection)
    .await?;
    for row in &rows {
        let currency = row.currency("currency")?;
        found.entry(row.number("order_id")?).or_default().push(OrderLine {
            sku: row.text("sku")?,
            title: row.text("title")?,
            quantity: row.small("quantity")?,
            unit_price: row.maybe_number("unit_price_minor")?.map(|minor| Money::new(minor, currency)),
        });
    }
    Ok(found)
}

async fn payments_of(connection: &mut AnyConnection, orders: &[i64]) -> Result<BTreeMap<i64, Vec<Payment>>, StoreError> {
    let mut found: BTreeMap<i64, Vec<Payment>> = BTreeMap::new();
    let rows = Statement::new("select order_id, kind, amount_minor, currency, method, at from payments where order_id in ")
        .list(orders.iter().copied())
        .push(" order by order_id, at, id")
        .rows(connection)
        .await?;
    for row in &rows {
        found.entry(row.number("order_id")?).or_default().push(Payment {
            kind: row.word("kind")?,
            amount: row.money("amount_minor", "currency")?,
            method: row.text("method")?,
            at: row.moment("at")?,
        });
    }
    Ok(found)
}

/// The order with a number, compared without spaces, hyphens and `#`.
async fn by_number(connection: &mut AnyConnection, number: &str) -> Result<Option<Order>, StoreError> {
    let statement = Statement::new(COLUMNS).push(" where number_key = ").bind(comparable_number(number)).kept();
    let rows = statement.rows(connection).await?;
    Ok(complete(connection, &rows).await?.pop())
}

impl Store {
    /// One order.
    pub async fn order(&self, id: OrderId) -> Result<Order, StoreError> {
        let mut connection = self.read().await?;
        let rows = Statement::new(COLUMNS).push(" where id = ").bind(id.get()).rows(&mut connection).await?;
        complete(&mut connection, &rows).await?.pop().ok_or(StoreError::NotFound)
    }

    /// The order with this number, compared without spaces, hyphens and `#`.
    pub async fn order_by_number(&self, number: &str) -> Result<Option<Order>, StoreError> {
        by_number(&mut *self.read().await?, number).await
    }

    /// The orders that hold a parcel with this number, compared likewise; newest first.
    pub async fn orders_by_tracking_number(&self, number: &str) -> Result<Vec<Order>, StoreError> {
        let mut connection = self.read().await?;
        let rows = Statement::new(COLUMNS)
            .push(" where id in (select order_id from shipments where tracking_key = ")
            .bind(comparable_number(number))
            .push(") order by ordered_at desc, id desc")
            .rows(&mut connection)
            .await?;
        complete(&mut connection, &rows).await
    }

    /// The numbers of the orders taken in last, as the shop wrote them: a sample to learn their shapes from.
    pub async fn order_numbers(&self, limit: i64) -> Result<Vec<String>, StoreError> {
        let statement = Statement::new("select number from orders order by id desc limit ").bind(limit);
        Ok(each(&statement.rows(&mut *self.read().await?).await?, |row| row.text("number"))?)
    }

    /// A customer's orders, newest first.
    pub async fn orders_of_contact(&self, contact: ContactId, limit: i64) -> Result<Vec<Order>, StoreError> {
        let mut connection = self.read().await?;
        let rows = Statement::new(COLUMNS)
            .push(" where contact_id = ")
            .bind(contact.get())
            .push(" order by ordered_at desc, id desc limit ")
            .bind(limit)
            .rows(&mut connection)
            .await?;
        complete(&mut connection, &rows).await
    }
}

impl Tx {
    /// The order with this number, as [`Store::order_by_number`].
    pub async fn order_by_number(&mut self, number: &str) -> Result<Option<Order>, StoreError> {
        by_number(self.conn(), number).await
    }

    /// Takes in an order as the shop knows it now, by its number; its `id` and those of its parcels are not read.
    ///
    /// Lines and payments become those given. Parcels are added or brought up to date by their number; none is removed, since a
    /// shop that stops listing a parcel does not mean that it never was.
    pub async fn put_order(&mut self, order: &Order) -> Result<(OrderId, Put), StoreError> {
        let (id, put) = match by_number(self.conn(), &order.number).await? {
            None => (self.insert_order(order).await?, Put::Inserted),
            Some(stored) if same_but_parcels(&stored, order) => (stored.id, Put::Unchanged),
            Some(stored) => {
                self.update_order(stored.id, order).await?;
                if stored.contact_id != order.contact_id {
                    self.recount_orders(stored.contact_id).await?;
                }
                (stored.id, Put::Changed)
            }
        };
        if put != Put::Unchanged {
            self.recount_orders(order.contact_id).await?;
        }
        let mut parcels_changed = false;
        for parcel in &order.shipments {
            parcels_changed |= self.put_shipment(id, parcel).await?.1 != Put::Unchanged;
        }
        let put = if put == Put::Unchanged && parcels_changed { Put::Changed } else { put };
        if put != Put::Unchanged {
            self.changed(ChangeKind::Order, id.get());
        }
        Ok((id, put))
    }

    /// Changes the state of an order; gives whether it differed.
    pub async fn set_order_status(&mut self, id: OrderId, status: OrderStatus) -> Result<bool, StoreError> {
        let now = self.now();
        let row = sqlx::query("update orders set status = $2, updated_at = $3 where id = $1 and status <> $2 returning contact_id")
            .bind(id.get())
            .bind(status.as_str())
            .bind(now.ms())
            .fetch_optional(self.conn())
            .await?;
        let Some(row) = row else { return Ok(false) };
        self.recount_orders(row.id("contact_id")?).await?;
        self.changed(ChangeKind::Order, id.get());
        Ok(true)
    }

    async fn insert_order(&mut self, order: &Order) -> Result<OrderId, StoreError> {
        let now = self.now();
        let row = sqlx::query(
            "insert into orders (number, number_key, contact_id, status, ordered_at, total_minor, currency, country, updated_at, address)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id",
        )
        .bind(order.number.as_str())
        .bind(comparable_number(&order.number))
        .bind(order.contact_id.get())
        .bind(order.status.as_str())
        .bind(order.ordered_at.ms())
        .bind(order.total.minor)
        .bind(order.total.currency.code())
        .bind(order.country.as_deref())
        .bind(now.ms())
        .bind(address_text(order)?)
        .fetch_one(self.conn())
        .await?;
        let id = row.id("id")?;
        self.insert_lines_and_payments(id, order).await?;
        Ok(id)
    }

    async fn update_order(&mut self, id: OrderId, order: &Order) -> Result<(), StoreError> {
        let now = self.now();
        sqlx::query(
            "update orders set number = $2, contact_id = $3, status = $4, ordered_at = $5, total_minor = $6, currency = $7,
             country = $8, updated_at = $9, address = $10 where id = $1",
        )
        .bind(id.get())
        .bind(order.number.as_str())
        .bind(order.contact_id.get())
        .bind(order.status.as_str())
        .bind(order.ordered_at.ms())
        .bind(order.total.minor)
        .bind(order.total.currency.code())
        .bind(order.country.as_deref())
        .bind(now.ms())
        .bind(address_text(order)?)
        .execute(self.conn())
        .await?;
        for text in ["delete from order_lines where order_id = $1", "delete from payments where order_id = $1"] {
            sqlx::query(text).bind(id.get()).execute(self.conn()).await?;
        }
        self.insert_lines_and_payments(id, order).await
    }

    async fn insert_lines_and_payments(&mut self, id: OrderId, order: &Order) -> Result<(), StoreError> {
        let numbered: Vec<(i64, &OrderLine)> = (0_i64..).zip(&order.lines).collect();
        for some in numbered.chunks(MOST_PARAMETERS / 6) {
            let mut statement = Statement::new("insert into order_lines (order_id, line, sku, title, quantity, unit_price_minor) values ");
            for (index, (line, item)) in some.iter().enumerate() {
                statement = statement.push(if index == 0 { "(" } else { ", (" }).bind(id.get()).push(", ").bind(*line);
                statement = statement.push(", ").bind(item.sku.clone()).push(", ").bind(item.title.clone()).push(", ");
                statement = statement.bind(item.quantity).push(", ").bind(item.unit_price.map(|p| p.minor)).push(")");
            }
            statement.run(self.conn()).await?;
        }
        for payment in &order.payments {
            sqlx::query("insert into payments (order_id, kind, amount_minor, currency, method, at) values ($1, $2, $3, $4, $5, $6)")
                .bind(id.get())
                .bind(payment.kind.as_str())
                .bind(payment.amount.minor)
                .bind(payment.amount.currency.code())
                .bind(payment.method.as_str())
                .bind(payment.at.ms())
                .execute(self.conn())
                .await?;
        }
        Ok(())
    }

    /// Brings the running total of a customer up to date with the orders; the group stays until groups are made anew.
    pub(crate) async fn recount_orders(&mut self, contact: ContactId) -> Result<(), StoreError> {
        let rows = sqlx::query(
            "select currency, count(*) as orders, cast(sum(total_minor) as bigint) as total_minor,
             min(ordered_at) as first_at, max(ordered_at) as last_at
             from orders where contact_id = $1 and status <> 'cancelled' group by currency order by count(*) desc, currency",
        )
        .bind(contact.get())
        .fetch_all(self.conn())
        .await?;
        let Some(most) = rows.first() else {
            sqlx::query("delete from contact_orders where contact_id = $1").bind(contact.get()).execute(self.conn()).await?;
            return Ok(());
        };
        let (mut orders, mut first, mut last) = (0, Moment(i64::MAX), Moment(i64::MIN));
        for row in &rows {
            orders += row.number("orders")?;
            first = first.min(row.moment("first_at")?);
            last = last.max(row.moment("last_at")?);
        }
        sqlx::query(
            "insert into contact_orders (contact_id, orders, first_at, last_at, total_minor, currency)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (contact_id) do update set orders = excluded.orders, first_at = excluded.first_at,
             last_at = excluded.last_at, total_minor = excluded.total_minor, currency = excluded.currency",
        )
        .bind(contact.get())
        .bind(orders)
        .bind(first.ms())
        .bind(last.ms())
        .bind(most.number("total_minor")?)
        .bind(most.text("currency")?)
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

fn address_text(order: &Order) -> Result<Option<String>, StoreError> {
    Ok(order.address.as_ref().map(json_text).transpose()?)
}

/// True when nothing but parcels (and rows' ids) may differ. A line's price is stored in the order's currency.
fn same_but_parcels(stored: &Order, given: &Order) -> bool {
    let sorted = |payments: &[Payment]| {
        let mut payments = payments.to_vec();
        payments.sort_by(|a, b| (a.at, a.kind, a.amount.minor, &a.method).cmp(&(b.at, b.kind, b.amount.minor, &b.method)));
        payments
    };
    stored.number == given.number
        && stored.contact_id == given.contact_id
        && stored.status == given.status
        && stored.ordered_at == given.ordered_at
        && stored.total == given.total
        && stored.country == given.country
        && stored.address == given.address
        && stored.lines == given.lines
        && sorted(&stored.payments) == sorted(&given.payments)
}

#[cfg(test)]
#[path = "orders_tests.rs"]
mod tests;
