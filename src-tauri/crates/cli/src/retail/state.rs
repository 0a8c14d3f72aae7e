//! The benchmark's file: what stands in it, and what Mercator holds after a task in the same shape.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use mercator_domain::{
    account::{CustomerAccount, PostalAddress},
    action::{Action, ActionKind, ActionRequest},
    order::{Order, OrderStatus, PaymentKind},
};
use serde_json::{Map, Value, json};

/// Amounts that differ by less than this are the same: half a cent.
const DUST: f64 = 0.005;

/// The shop's file.
pub struct Database {
    products: Map<String, Value>,
    users: Map<String, Value>,
    orders: Map<String, Value>,
    /// Item by its number: product and variant.
    items: BTreeMap<String, (String, Value)>,
}

/// A text; empty for anything else.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn part(whole: &Value, name: &str) -> Result<Map<String, Value>> {
    whole[name].as_object().cloned().with_context(|| format!("It has no '{name}'"))
}

impl Database {
    /// Reads the file.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let whole: Value = serde_json::from_slice(bytes).context("It is no JSON")?;
        let (products, users, orders) = (part(&whole, "products")?, part(&whole, "users")?, part(&whole, "orders")?);
        let mut items = BTreeMap::new();
        for (id, product) in &products {
            for (item, variant) in product["variants"].as_object().into_iter().flatten() {
                items.insert(item.clone(), (id.clone(), variant.clone()));
            }
        }
        Ok(Self { products, users, orders, items })
    }

    /// Every variant with its product.
    pub fn variants(&self) -> impl Iterator<Item = (&Value, &Value)> {
        self.products.values().flat_map(|product| {
            product["variants"].as_object().into_iter().flat_map(move |all| all.values().map(move |variant| (product, variant)))
        })
    }

    /// Every user.
    pub fn users(&self) -> impl Iterator<Item = &Value> {
        self.users.values()
    }

    /// Every order.
    pub fn orders(&self) -> impl Iterator<Item = &Value> {
        self.orders.values()
    }

    /// The number of a user, when there is one.
    pub fn user(&self, id: &str) -> Option<&str> {
        self.users.get_key_value(id).map(|(id, _)| id.as_str())
    }

    /// Whose order it is.
    pub fn owner(&self, order: &str) -> Option<&str> {
        self.orders.get(order)?["user_id"].as_str()
    }

    /// The user with this address of mail, or this name and postal code.
    pub fn find_user(&self, arguments: &Value) -> Option<&str> {
        let lower = |value: &Value| text(value).to_lowercase();
        let fits = |user: &Value| match arguments["email"].as_str() {
            Some(email) => lower(&user["email"]) == email.to_lowercase(),
            None => {
                let name = |part: &str| lower(&user["name"][part]) == lower(&arguments[part]);
                name("first_name") && name("last_name") && user["address"]["zip"] == arguments["zip"]
            }
        };
        self.users.iter().find(|(_, user)| fits(user)).map(|(id, _)| id.as_str())
    }

    /// An order in the file's shape, when it is no longer as it was.
    pub fn changed_order(&self, order: &Order, done: &[Action]) -> Result<Option<Value>> {
        let id = format!("#{}", order.number);
        let before = self.orders.get(&id).with_context(|| format!("The order {id} is not in the file"))?;
        let mut after = json!({
            "order_id": id, "user_id": before["user_id"], "address": address(order.address.as_ref()), "items": self.items_of(order, before),
            "status": status(order, done), "fulfillments": fulfillments(order, before), "payment_history": payments(order),
        });
        let mut whole_before = before.clone();
        for key in [
            "cancel_reason",
            "exchange_items",
            "exchange_new_items",
            "exchange_payment_method_id",
            "exchange_price_difference",
            "return_items",
            "return_payment_method_id",
        ] {
            after[key] = Value::Null;
            whole_before[key] = Value::Null;
        }
        for action in done {
            note(&mut after, action);
        }
        Ok((!equal(&whole_before, &after)).then_some(after))
    }

    /// The items at the places where they stood; new ones at the places of those that they replaced.
    fn items_of(&self, order: &Order, before: &Value) -> Vec<Value> {
        let mut left: Vec<(Value, bool)> = vec![];
        for line in &order.lines {
            let Some((product, variant)) = self.items.get(&line.sku) else { continue };
            let item = json!({
                "item_id": line.sku, "name": line.title, "product_id": product, "options": variant["options"],
                "price": line.unit_price.map(|price| dollars(price.minor)),
            });
            left.extend((0..line.quantity).map(|_| (item.clone(), false)));
        }
        let mut placed: Vec<Option<Value>> = vec![];
        for old in before["items"].as_array().into_iter().flatten() {
            let kept = left.iter_mut().find(|(item, taken)| !taken && item["item_id"] == old["item_id"]);
            placed.push(kept.map(|(item, taken)| {
                *taken = true;
                item.clone()
            }));
        }
        let mut new = left.into_iter().filter(|(_, taken)| !taken).map(|(item, _)| item);
        let mut items: Vec<Value> = placed.into_iter().filter_map(|item| item.or_else(|| new.next())).collect();
        items.extend(new);
        items
    }

    /// A user in the file's shape, when the account is no longer as it was.
    pub fn changed_user(&self, id: &str, account: &CustomerAccount) -> Result<Option<Value>> {
        let before = self.users.get(id).with_context(|| format!("The user {id} is not in the file"))?;
        let mut after = before.clone();
        after["address"] = address(account.address.as_ref());
        for method in &account.payment_methods {
            if let Some(balance) = method.balance {
                after["payment_methods"][&method.id]["balance"] = json!(dollars(balance.minor));
            }
        }
        Ok((!equal(before, &after)).then_some(after))
    }

    /// The price and the options of an item today.
    fn variant(&self, item: &str) -> Option<&Value> {
        self.items.get(item).map(|(_, variant)| variant)
    }
}

#[allow(clippy::cast_precision_loss, reason = "Prices of a shop are far from where a double loses cents.")]
fn dollars(minor: i64) -> f64 {
    minor as f64 / 100.0
}

fn address(address: Option<&PostalAddress>) -> Value {
    let Some(a) = address else { return Value::Null };
    json!({ "address1": a.line1, "address2": a.line2, "city": a.city, "state": a.region, "zip": a.postal_code, "country": a.country })
}

/// The file says with the state what was done last; Mercator keeps it with the actions.
fn status(order: &Order, done: &[Action]) -> &'static str {
    let was = |kind: ActionKind| done.iter().any(|action| action.request.kind() == kind);
    match order.status {
        OrderStatus::Pending if was(ActionKind::ChangeItems) => "pending (item modified)",
        OrderStatus::Pending => "pending",
        OrderStatus::Processing => "processed",
        OrderStatus::Delivered if was(ActionKind::Return) => "return requested",
        OrderStatus::Delivered if was(ActionKind::Exchange) => "exchange requested",
        other => other.as_str(),
    }
}

/// One parcel with everything: the file has no other.
fn fulfillments(order: &Order, before: &Value) -> Vec<Value> {
    let items: Vec<Value> = before["items"].as_array().into_iter().flatten().map(|item| item["item_id"].clone()).collect();
    order.shipments.iter().map(|parcel| json!({ "tracking_id": [parcel.tracking_number], "item_ids": items })).collect()
}

fn payments(order: &Order) -> Vec<Value> {
    let kind = |kind| if kind == PaymentKind::Paid { "payment" } else { "refund" };
    let row = |p: &mercator_domain::order::Payment| json!({ "transaction_type": kind(p.kind), "amount": dollars(p.amount.minor), "payment_method_id": p.method });
    order.payments.iter().map(row).collect()
}

fn sorted<'s>(items: impl Iterator<Item = &'s String>) -> Vec<&'s String> {
    let mut items: Vec<_> = items.collect();
    items.sort();
    items
}

/// What the file notes of an action beside the state.
fn note(order: &mut Value, action: &Action) {
    match &action.request {
        ActionRequest::Cancel { reason, .. } => order["cancel_reason"] = json!(reason),
        ActionRequest::Return { items, payment_method, .. } => {
            order["return_items"] = json!(sorted(items.iter()));
            order["return_payment_method_id"] = json!(payment_method);
        }
        ActionRequest::Exchange { swaps, payment_method, .. } => {
            order["exchange_items"] = json!(sorted(swaps.iter().map(|swap| &swap.from)));
            order["exchange_new_items"] = json!(sorted(swaps.iter().map(|swap| &swap.to)));
            order["exchange_payment_method_id"] = json!(payment_method);
            order["exchange_price_difference"] = json!(action.amount.map(|amount| dollars(amount.minor)));
        }
        _ => {}
    }
}

/// Where the benchmark's tools leave something else than a shop would, so that their states can be compared at all: their tool for
/// changed items gives every one of them the price and the options of the last, does not round the difference, and notes one of
/// zero as a refund. `--gold` also prints the tasks in which what Mercator keeps differs for that reason.
pub fn as_the_tools_leave_it(mut order: Value, done: &[Action], database: &Database) -> Value {
    for action in done {
        let ActionRequest::ChangeItems { swaps, payment_method, .. } = &action.request else { continue };
        let Some(last) = swaps.last().and_then(|swap| database.variant(&swap.to)) else { continue };
        let price = |item: &str| database.variant(item).and_then(|variant| variant["price"].as_f64()).unwrap_or_default();
        let mut difference = 0.0;
        for swap in swaps {
            difference += price(&swap.to) - price(&swap.from);
        }
        for item in order["items"].as_array_mut().into_iter().flatten() {
            if swaps.iter().any(|swap| item["item_id"] == json!(swap.to)) {
                item["price"] = last["price"].clone();
                item["options"] = last["options"].clone();
            }
        }
        let kind = if difference > 0.0 { "payment" } else { "refund" };
        let movement = json!({ "transaction_type": kind, "amount": difference.abs(), "payment_method_id": payment_method });
        let place = action.amount.filter(|amount| amount.minor != 0).and_then(|_| {
            let all = order["payment_history"].as_array()?;
            all.iter().rposition(|known| {
                known["payment_method_id"] == movement["payment_method_id"] && equal(&known["amount"], &movement["amount"])
            })
        });
        match (place, order["payment_history"].as_array_mut()) {
            (Some(place), Some(all)) => all.get_mut(place).into_iter().for_each(|known| *known = movement.clone()),
            (None, Some(all)) => all.push(movement),
            (_, None) => {}
        }
    }
    order
}

/// Equal, however a number is written, and with amounts to the cent.
pub fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| (a - b).abs() < DUST),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b))),
        _ => one == other,
    }
}
