//! `evaluate retail` on a small shop in the benchmark's shape: what is done, what is refused, what is told of files that are none.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::missing_panics_doc, reason = "tests: a panic is the report")]

mod program;

use std::{fs, path::Path};

use program::{code, err, home, json_of, run};
use serde_json::{Value, json};

fn variant(id: &str, color: &str, price: f64, available: bool) -> Value {
    json!({ "item_id": id, "options": { "color": color }, "available": available, "price": price })
}

fn address(zip: &str) -> Value {
    json!({ "address1": "2 High St", "address2": "", "city": "Denver", "state": "CO", "zip": zip, "country": "USA" })
}

fn item(id: &str, color: &str, price: f64) -> Value {
    json!({ "name": "Shirt", "product_id": "p1", "item_id": id, "price": price, "options": { "color": color } })
}

fn order(id: &str, user: &str, status: &str, items: &[Value], total: f64) -> Value {
    let parcel = json!([{ "tracking_id": ["T1"], "item_ids": items.iter().map(|i| i["item_id"].clone()).collect::<Vec<_>>() }]);
    json!({
        "order_id": id, "user_id": user, "address": address("80001"), "items": items, "status": status,
        "fulfillments": if status == "pending" { json!([]) } else { parcel },
        "payment_history": [{ "transaction_type": "payment", "amount": total, "payment_method_id": format!("gift_{user}") }],
    })
}

fn user(id: &str, zip: &str) -> Value {
    let gift = format!("gift_{id}");
    json!({
        "user_id": id, "name": { "first_name": id, "last_name": "Lee" }, "address": address(zip), "email": format!("{id}@buyers.test"),
        "payment_methods": { &gift: { "source": "gift_card", "id": gift, "balance": 10.0 } }, "orders": [],
    })
}

fn shop() -> Value {
    json!({
        "products": { "p1": { "name": "Shirt", "product_id": "p1", "variants": {
            "red": variant("red", "red", 50.1, true), "blue": variant("blue", "blue", 52.3, true), "gone": variant("gone", "gold", 49.0, false),
            "green": variant("green", "green", 51.0, true),
        } } },
        "users": { "ann": user("ann", "80001"), "bob": user("bob", "80002") },
        "orders": {
            "#W1": order("#W1", "ann", "pending", &[item("red", "red", 50.1), item("green", "green", 51.0)], 101.1),
            "#W2": order("#W2", "ann", "delivered", &[item("red", "red", 50.1)], 50.1),
            "#W3": order("#W3", "bob", "pending", &[item("red", "red", 50.1)], 50.1),
            "#W4": order("#W4", "ann", "pending", &[item("red", "red", 50.1)], 50.1),
        },
    })
}

fn task(id: &str, actions: &[(&str, Value)]) -> Value {
    let who = json!({ "name": "find_user_id_by_name_zip", "arguments": { "first_name": "Ann", "last_name": "Lee", "zip": "80001" } });
    let told = actions.iter().map(|(name, arguments)| json!({ "name": name, "arguments": arguments }));
    json!({ "id": id, "evaluation_criteria": { "actions": std::iter::once(who).chain(told).collect::<Vec<_>>() } })
}

fn change(order: &str, from: &[&str], to: &[&str], method: &str) -> (&'static str, Value) {
    let arguments = json!({ "order_id": order, "item_ids": from, "new_item_ids": to, "payment_method_id": method });
    ("modify_pending_order_items", arguments)
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

#[test]
fn e5_tasks_run_one_after_the_other_on_a_fresh_shop_and_refusals_are_listed() {
    let home = home();
    let send_back =
        |order: &str| ("return_delivered_order_items", json!({ "order_id": order, "item_ids": ["red"], "payment_method_id": "gift_ann" }));
    let cancel = |order: &str, reason: &str| ("cancel_pending_order", json!({ "order_id": order, "reason": reason }));
    let tasks = [
        task("1", &[change("#W4", &["red"], &["blue"], "gift_ann"), change("#W4", &["blue"], &["red"], "gift_ann")]),
        task("2", &[cancel("#W3", "no longer needed"), cancel("#W4", "found it cheaper"), cancel("#W4", "no longer needed")]),
        task("3", &[send_back("#W2"), send_back("#W2"), change("#W4", &["red"], &["gone"], "gift_ann"), send_back("#W1")]),
        task("4", &[change("#W4", &["red"], &["blue"], "gift_bob"), ("fly", json!({}))]),
        task("5", &[change("#W1", &["red", "green"], &["blue", "red"], "gift_ann")]),
    ];
    let (db, list) = (write(home.path(), "db.json", &shop().to_string()), write(home.path(), "tasks.jsonl", &lines(&tasks)));
    let (out, gold) = (home.path().join("out.jsonl"), home.path().join("gold.jsonl"));
    let arguments = ["evaluate", "retail", "--db", &db, "--tasks", &list, "--out", out.to_str().unwrap()];
    let figures = json_of(&run(home.path(), &arguments));
    assert_eq!(figures, json!({ "tasks": 5, "actions": 12, "refused": 8 }));
    let written = fs::read_to_string(&out).unwrap();
    let rows: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let reasons =
        |row: usize| rows[row]["refused"].as_array().unwrap().iter().map(|r| r["reason"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(reasons(0), ["done_before"]);
    assert_eq!(reasons(1), ["not_theirs", "reason_not_accepted"]);
    assert_eq!(reasons(2), ["done_before", "out_of_stock", "wrong_state"]);
    assert_eq!(reasons(3), ["unknown_payment_method", "unknown_action"]);
    // Two dollars and twenty cents from the gift card of 10.00.
    let changed = &rows[0]["orders"]["#W4"];
    assert_eq!((&changed["status"], &changed["items"][0]["item_id"]), (&json!("pending (item modified)"), &json!("blue")));
    assert_eq!(rows[0]["users"]["ann"]["payment_methods"]["gift_ann"]["balance"], json!(7.8));
    // Cancelled: all of it back on the card, at once.
    assert_eq!(
        rows[1]["orders"]["#W4"]["payment_history"][1],
        json!({ "transaction_type": "refund", "amount": 50.1, "payment_method_id": "gift_ann" })
    );
    assert_eq!(rows[1]["users"]["ann"]["payment_methods"]["gift_ann"]["balance"], json!(60.1));
    assert_eq!(
        (&rows[2]["orders"]["#W2"]["status"], &rows[2]["orders"]["#W2"]["return_items"]),
        (&json!("return requested"), &json!(["red"]))
    );
    assert_eq!((&rows[3]["orders"], &rows[3]["users"]), (&json!({}), &json!({})), "what is refused changes nothing");
    // The benchmark's tool gives every changed item the price of the last one; that is in the file, and not what is kept.
    assert_eq!(rows[4]["orders"]["#W1"]["items"][0]["price"], json!(50.1));
    fs::write(&gold, &written).unwrap();
    let compared = json_of(&run(home.path(), &[&arguments[..], &["--gold", gold.to_str().unwrap()]].concat()));
    assert_eq!((&compared["equal"], &compared["differ"], &compared["differ_as_kept"]), (&json!(5), &json!([]), &json!(["5"])));
    fs::write(&gold, written.replace("return requested", "delivered")).unwrap();
    let compared = json_of(&run(home.path(), &[&arguments[..], &["--gold", gold.to_str().unwrap()]].concat()));
    assert_eq!((&compared["equal"], &compared["differ"]), (&json!(4), &json!(["3"])));
}

#[test]
fn files_that_are_none_are_told_with_what_to_do() {
    let home = home();
    let db = write(home.path(), "db.json", &shop().to_string());
    let tasks = write(home.path(), "tasks.jsonl", &task("1", &[]).to_string());
    let wrong = write(home.path(), "wrong.json", "{\"products\": {}}");
    let none = write(home.path(), "none.jsonl", "\n");
    for (db, tasks, told) in [
        (&wrong, &tasks, "no 'users'"),
        (&none, &tasks, "no JSON"),
        (&db, &none, "no task"),
        (&tasks, &tasks, "no 'products'"),
        (&"missing.json".to_owned(), &tasks, "Cannot open missing.json"),
    ] {
        let output = run(home.path(), &["evaluate", "retail", "--db", db, "--tasks", tasks]);
        assert_eq!(code(&output), Some(1), "{db} {tasks}");
        assert!(err(&output).contains(told) && !err(&output).contains("report it"), "{}", err(&output));
    }
}
