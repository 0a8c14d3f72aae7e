//! Orders: several lines of one order make its items; customers come with them, parcels too.
//!
//! What the file does not tell stays as it is known: movements of money that are known, items, parcels and states where their
//! columns are missing. A parcel's stage is never set back behind what its carrier has reported.

use std::collections::HashMap;

use anyhow::Result;
use mercator_domain::{
    account::PostalAddress,
    entity::comparable_number,
    ids::{ContactId, OrderId, ShipmentId},
    moment::Moment,
    money::Money,
    order::{Order, OrderLine, OrderStatus, Payment, PaymentKind},
    shipment::{Shipment, ShipmentStage},
};
use mercator_store::{Put, Tx, contacts::NewContact};

use super::{
    accounts,
    columns::{Read, Row},
    customers,
    people::{self, People, Person},
    products::{amount, currency},
    run::{Batches, Run},
};

/// What every line of an order repeats.
#[derive(Clone, Debug, PartialEq)]
struct Head {
    number: String,
    ordered_at: Moment,
    total: Money,
    status: Option<OrderStatus>,
    person: Person,
    address: Option<PostalAddress>,
    payments: Vec<Payment>,
}

/// One line of the file.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    head: Head,
    item: Option<OrderLine>,
    parcel: Option<Shipment>,
}

/// An order put together from its lines.
#[derive(Clone, Debug, PartialEq)]
struct Gathered {
    head: Head,
    lines: Vec<Line>,
    items: Vec<OrderLine>,
    parcels: Vec<Shipment>,
}

fn read(row: Row<'_>, warn: &mut dyn FnMut(String)) -> Read<Line> {
    let customer_id = row.required("customer_id")?.to_owned();
    let number = row.required("order_id")?.trim_start_matches('#').trim().to_owned();
    if comparable_number(&number).is_empty() {
        return Err(format!("order_id: '{}' has neither letter nor digit", row.text("order_id")));
    }
    row.required("ordered_at")?;
    row.required("total")?;
    let currency = currency(row)?;
    let email = row.maybe("email").and_then(|text| {
        let read = people::email(text);
        if read.is_none() {
            warn("An address of mail cannot be one and was left out".to_owned());
        }
        read
    });
    let facts = NewContact { name: row.text("name").to_owned(), country: customers::country(row, warn), ..NewContact::default() };
    let head = Head {
        number,
        ordered_at: row.moment("ordered_at")?.ok_or("ordered_at is missing")?,
        total: amount(row, "total", currency)?.ok_or("total is missing")?,
        status: row.maybe("status").and_then(|text| {
            let read = status(text);
            if read.is_none() {
                warn(format!("The state '{text}' is not known; it was taken from the dates"));
            }
            read
        }),
        person: Person { customer_id, email, phone: None, facts },
        address: accounts::address(row),
        payments: vec![],
    };
    let head = Head { payments: payments(row, &head)?, ..head };
    let (sku, title) = (row.text("sku").to_owned(), row.text("item_title").to_owned());
    let quantity = row.count("quantity")?.unwrap_or(1);
    let unit_price = amount(row, "unit_price", currency)?;
    let item = (!sku.is_empty() || !title.is_empty()).then_some(OrderLine { sku, title, quantity, unit_price });
    Ok(Line { head, item, parcel: parcel(row)? })
}

/// How the order was paid, where the file says: all of it in one way, and what went back in the same.
fn payments(row: Row<'_>, head: &Head) -> Read<Vec<Payment>> {
    let Some(method) = row.maybe("payment_method") else { return Ok(vec![]) };
    let movement = |kind, amount| Payment { kind, amount, method: method.to_owned(), at: head.ordered_at };
    let refunded = amount(row, "refunded", head.total.currency)?.filter(|money| money.minor > 0);
    let back = refunded.map(|money| movement(PaymentKind::Refunded, money));
    Ok(std::iter::once(movement(PaymentKind::Paid, head.total)).chain(back).collect())
}

fn parcel(row: Row<'_>) -> Read<Option<Shipment>> {
    let (shipped_at, delivered_at) = (row.moment("shipped_at")?, row.moment("delivered_at")?);
    let stage = match (shipped_at, delivered_at) {
        (_, Some(_)) => ShipmentStage::Delivered,
        (Some(_), None) => ShipmentStage::InTransit,
        (None, None) => ShipmentStage::InfoReceived,
    };
    let (carrier, tracking_number) = (row.text("carrier").to_owned(), row.text("tracking_number").to_owned());
    // A carrier alone (the chosen way of shipping) is no parcel yet.
    let is_one = !tracking_number.is_empty() || shipped_at.is_some() || delivered_at.is_some();
    Ok(is_one.then_some(Shipment { id: ShipmentId(0), carrier, tracking_number, stage, shipped_at, delivered_at, events: vec![] }))
}

/// A state in our words, and in those that common shop systems write.
fn status(text: &str) -> Option<OrderStatus> {
    let word = text.trim().to_lowercase();
    // Some systems add what happened last: `pending (item modified)`.
    let word = word.split('(').next().unwrap_or_default().trim();
    if let Ok(known) = word.parse() {
        return Some(known);
    }
    Some(match word {
        "open" | "new" | "created" | "unpaid" | "on-hold" | "on hold" | "awaiting payment" => OrderStatus::Pending,
        "paid" | "processed" | "unfulfilled" | "packed" | "ready to ship" => OrderStatus::Processing,
        "sent" | "dispatched" | "fulfilled" | "in transit" => OrderStatus::Shipped,
        "complete" | "completed" | "closed" => OrderStatus::Delivered,
        "canceled" | "void" | "voided" | "failed" => OrderStatus::Cancelled,
        "return" => OrderStatus::Returned,
        "refund" => OrderStatus::Refunded,
        _ => return None,
    })
}

impl Gathered {
    fn new(line: &Line) -> Self {
        Self { head: line.head.clone(), lines: vec![], items: vec![], parcels: vec![] }
    }

    /// Adds a line: `false` when it was there exactly so before, an error when it contradicts an earlier one.
    fn add(&mut self, line: Line) -> Result<bool, String> {
        if self.lines.contains(&line) {
            return Ok(false);
        }
        let differs = |what: &str| format!("order_id '{}' came before in this file with other content ({what})", line.head.number);
        let (head, new) = (&self.head, &line.head);
        if head.person.customer_id != new.person.customer_id {
            return Err(differs("customer_id"));
        }
        if head.ordered_at != new.ordered_at {
            return Err(differs("ordered_at"));
        }
        if head.total != new.total {
            return Err(differs("total"));
        }
        if head.status.is_some() && new.status.is_some() && head.status != new.status {
            return Err(differs("status"));
        }
        if let Some(parcel) = &line.parcel {
            let key = comparable_number(&parcel.tracking_number);
            match self.parcels.iter().find(|p| comparable_number(&p.tracking_number) == key) {
                Some(known) if known != parcel => return Err(differs("the parcel")),
                Some(_) => {}
                None => self.parcels.push(parcel.clone()),
            }
        }
        self.items.extend(line.item.clone());
        self.fill(&line.head);
        self.lines.push(line);
        Ok(true)
    }

    /// Later lines may tell what the first left empty.
    fn fill(&mut self, other: &Head) {
        self.head.status = self.head.status.or(other.status);
        self.head.address = self.head.address.take().or_else(|| other.address.clone());
        if self.head.payments.is_empty() {
            self.head.payments.clone_from(&other.payments);
        }
        let (mine, theirs) = (&mut self.head.person, &other.person);
        mine.email = mine.email.take().or_else(|| theirs.email.clone());
        mine.facts.country = mine.facts.country.take().or_else(|| theirs.facts.country.clone());
        if mine.facts.name.is_empty() {
            mine.facts.name.clone_from(&theirs.facts.name);
        }
    }

    fn order(&self, contact_id: ContactId, known: Option<Order>) -> Order {
        let told = self.head.status.or_else(|| known.is_none().then(|| self.status_by_dates()));
        let mut order = Order {
            id: OrderId(0),
            number: self.head.number.clone(),
            contact_id,
            status: told.unwrap_or(OrderStatus::Pending),
            ordered_at: self.head.ordered_at,
            total: self.head.total,
            country: self.head.person.facts.country.clone(),
            address: self.head.address.clone(),
            lines: self.items.clone(),
            payments: self.head.payments.clone(),
            shipments: self.parcels.clone(),
        };
        if let Some(known) = known {
            order.status = told.unwrap_or(known.status);
            order.country = order.country.or(known.country);
            order.address = order.address.or(known.address);
            // Movements that are known say more than a column that names the way to pay.
            if !known.payments.is_empty() {
                order.payments = known.payments;
            }
            if order.lines.is_empty() {
                order.lines = known.lines;
            }
            for parcel in &mut order.shipments {
                let key = comparable_number(&parcel.tracking_number);
                if let Some(before) = known.shipments.iter().find(|p| comparable_number(&p.tracking_number) == key) {
                    keep_known(parcel, before);
                }
            }
        }
        order
    }

    fn status_by_dates(&self) -> OrderStatus {
        if self.parcels.is_empty() {
            OrderStatus::Pending
        } else if self.parcels.iter().all(|p| p.delivered_at.is_some()) {
            OrderStatus::Delivered
        } else if self.parcels.iter().any(|p| p.shipped_at.is_some()) {
            OrderStatus::Shipped
        } else {
            OrderStatus::Processing
        }
    }
}

/// What is known of a parcel and the file does not tell.
fn keep_known(parcel: &mut Shipment, before: &Shipment) {
    let goes_on = match parcel.stage {
        ShipmentStage::Delivered => !before.stage.is_final(),
        _ => before.stage == ShipmentStage::InfoReceived,
    };
    if !goes_on {
        parcel.stage = before.stage;
    }
    if parcel.carrier.is_empty() {
        parcel.carrier.clone_from(&before.carrier);
    }
    parcel.shipped_at = parcel.shipped_at.or(before.shipped_at);
    parcel.delivered_at = parcel.delivered_at.or(before.delivered_at);
}

/// Takes in a file of orders.
pub(super) async fn import(run: &mut Run<'_>) -> Result<()> {
    let orders = gather(run);
    for batch in orders.batches() {
        let mut tx = run.begin().await?;
        let mut people = People::of(&mut tx, batch.iter().map(|o| &o.head.person)).await?;
        for order in batch {
            let put = put(&mut tx, &mut people, order).await?;
            run.tally.count(order.lines.len(), put);
        }
        run.end(tx).await?;
    }
    Ok(())
}

/// The orders of the file, in the order of their first lines.
fn gather(run: &mut Run<'_>) -> Vec<Gathered> {
    let mut orders: Vec<Gathered> = vec![];
    let mut places: HashMap<String, usize> = HashMap::new();
    for (line_number, line) in run.read_rows(read) {
        let place = *places.entry(comparable_number(&line.head.number)).or_insert_with(|| {
            orders.push(Gathered::new(&line));
            orders.len() - 1
        });
        match orders.get_mut(place).map(|order| order.add(line)) {
            Some(Ok(true)) | None => {}
            Some(Ok(false)) => {
                run.tally.count(1, Put::Unchanged);
                run.tally.warn_at(line_number, "A line that repeats an earlier one exactly was taken once");
            }
            Some(Err(why)) => run.tally.reject(line_number, why),
        }
    }
    orders
}

async fn put(tx: &mut Tx, people: &mut People, order: &Gathered) -> Result<Put> {
    let person = &order.head.person;
    let (contact, _) = people.contact(tx, person, |known| people::fill(known, &person.facts)).await?;
    let known = tx.order_by_number(&order.head.number).await?;
    Ok(tx.put_order(&order.order(contact, known)).await?.1)
}
