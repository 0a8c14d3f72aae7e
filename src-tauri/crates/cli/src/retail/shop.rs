//! The benchmark's shop as files that the ordinary import takes.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use mercator_app::{App, views::ImportKind};
use serde_json::{Value, json};

use super::state::{Database, text};

/// The shop has no dates; one is enough, since the benchmark's policy knows no time limits.
const DAY: &str = "2026-01-01";

/// Takes in products, customers and orders.
pub async fn import(app: &App, database: &Database) -> Result<()> {
    let files =
        [(ImportKind::Products, products(database)), (ImportKind::Customers, customers(database)), (ImportKind::Orders, orders(database))];
    for (kind, rows) in files {
        let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
        let report = app.import_bytes(kind, "shop.jsonl", lines.join("\n").as_bytes(), false).await?;
        if let Some(row) = report.rows.first() {
            bail!("{} of the shop's {kind:?} are refused; line {}: {}", report.rejected, row.line, row.reason);
        }
    }
    Ok(())
}

fn products(database: &Database) -> Vec<Value> {
    let row = |(product, variant): (&Value, &Value)| {
        let options = variant["options"].as_object().into_iter().flatten().map(|(name, value)| format!("{name}={}", text(value)));
        json!({
            "sku": variant["item_id"], "title": product["name"], "price": variant["price"], "currency": "USD",
            // The shop says only whether an item can be had.
            "stock": if variant["available"] == json!(true) { "" } else { "0" },
            "item_group": product["product_id"], "options": options.collect::<Vec<_>>().join(";"),
        })
    };
    database.variants().map(row).collect()
}

fn customers(database: &Database) -> Vec<Value> {
    let method = |method: &Value| {
        let label = format!("{} {}", text(&method["brand"]), text(&method["last_four"]));
        let balance = method["balance"].as_f64().map(|balance| format!("{balance:.2} USD")).unwrap_or_default();
        format!("{}:{}:{}:{balance}", text(&method["id"]), text(&method["source"]), label.trim())
    };
    let row = |user: &Value| {
        let methods = user["payment_methods"].as_object().into_iter().flatten().map(|(_, known)| method(known));
        let mut row = json!({
            "customer_id": user["user_id"], "email": user["email"],
            "name": format!("{} {}", text(&user["name"]["first_name"]), text(&user["name"]["last_name"])),
            "payment_methods": methods.collect::<Vec<_>>().join(";"),
        });
        address(&mut row, &user["address"]);
        row
    };
    database.users().map(row).collect()
}

fn address(row: &mut Value, address: &Value) {
    for (column, key) in [
        ("address1", "address1"),
        ("address2", "address2"),
        ("city", "city"),
        ("region", "state"),
        ("postal_code", "zip"),
        ("country", "country"),
    ] {
        row[column] = address[key].clone();
    }
}

fn orders(database: &Database) -> Vec<Value> {
    database.orders().flat_map(order).collect()
}

/// One line an item; an item that was ordered twice is one line of two pieces.
fn order(order: &Value) -> Vec<Value> {
    let (mut pieces, mut first) = (BTreeMap::<String, i64>::new(), vec![]);
    for item in order["items"].as_array().into_iter().flatten() {
        let count = pieces.entry(text(&item["item_id"])).or_default();
        if *count == 0 {
            first.push(item);
        }
        *count += 1;
    }
    let movement = |kind: &str| {
        order["payment_history"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|payment| payment["transaction_type"] == kind)
            .cloned()
            .unwrap_or_default()
    };
    let (paid, refunded) = (movement("payment"), movement("refund"));
    let delivered = order["status"] == "delivered";
    let row = |item: &&Value| {
        let mut row = json!({
            "customer_id": order["user_id"], "order_id": order["order_id"], "ordered_at": DAY, "total": paid["amount"], "currency": "USD",
            "status": order["status"], "sku": item["item_id"], "quantity": pieces.get(&text(&item["item_id"])),
            "unit_price": item["price"], "item_title": item["name"], "payment_method": paid["payment_method_id"],
            "refunded": refunded["amount"], "tracking_number": order["fulfillments"][0]["tracking_id"][0],
            "delivered_at": if delivered { DAY } else { "" },
        });
        address(&mut row, &order["address"]);
        row
    };
    first.iter().map(row).collect()
}
