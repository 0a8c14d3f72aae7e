//! The tasks: who writes, and the actions that change something.

use anyhow::{Context, Result, ensure};
use mercator_domain::{
    account::PostalAddress,
    action::{ActionRequest, Swap},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::state::Database;

/// An action of a task.
pub struct Told {
    /// The benchmark's name.
    pub name: String,
    /// In our words; `None` for one that the engine does not know.
    pub request: Option<ActionRequest>,
    arguments: Value,
}

/// A task.
pub struct Task {
    /// Its number, as the file writes it.
    pub id: String,
    /// How the customer was identified.
    lookups: Vec<Value>,
    /// What is to be changed, in order.
    pub actions: Vec<Told>,
}

/// JSON lines, or one JSON list.
pub fn lines<T: DeserializeOwned>(bytes: &[u8]) -> Result<Vec<T>> {
    let text = std::str::from_utf8(bytes).context("The file is not UTF-8")?;
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).context("The list is no JSON");
    }
    let line = |(text, number): (&str, usize)| serde_json::from_str(text).with_context(|| format!("Line {number} is no JSON"));
    text.lines().zip(1..).filter(|(text, _)| !text.trim().is_empty()).map(line).collect()
}

/// Reads the tasks.
pub fn read(bytes: &[u8]) -> Result<Vec<Task>> {
    let rows = lines::<Value>(bytes)?;
    ensure!(!rows.is_empty(), "It holds no task");
    rows.iter().map(task).collect()
}

fn task(row: &Value) -> Result<Task> {
    let id = match &row["id"] {
        Value::String(id) => id.clone(),
        other => other.to_string(),
    };
    let actions = row["evaluation_criteria"]["actions"].as_array().cloned().unwrap_or_default();
    let (mut lookups, mut told) = (vec![], vec![]);
    for action in actions {
        let name = action["name"].as_str().with_context(|| format!("Task {id} has an action without a name"))?.to_owned();
        let arguments = action["arguments"].clone();
        if name.starts_with("find_user_id") {
            lookups.push(arguments);
        } else if !is_reading(&name) {
            told.push(Told { request: request(&name, &arguments), name, arguments });
        }
    }
    Ok(Task { id, lookups, actions: told })
}

/// Actions that change nothing in the shop.
fn is_reading(name: &str) -> bool {
    name.starts_with("get_") || name.starts_with("list_") || matches!(name, "calculate" | "think" | "transfer_to_human_agents")
}

fn request(name: &str, arguments: &Value) -> Option<ActionRequest> {
    let text = |key: &str| arguments[key].as_str().map(str::to_owned);
    let list =
        |key: &str| -> Option<Vec<String>> { arguments[key].as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect() };
    let order = || text("order_id").map(|number| number.trim_start_matches('#').to_owned());
    let address = || {
        Some(PostalAddress {
            line1: text("address1")?,
            line2: text("address2")?,
            city: text("city")?,
            region: text("state")?,
            postal_code: text("zip")?,
            country: text("country")?,
        })
    };
    let swaps = || {
        let (from, to) = (list("item_ids")?, list("new_item_ids")?);
        // Lists of different lengths name something that has no partner.
        (from.len() == to.len()).then(|| from.into_iter().zip(to).map(|(from, to)| Swap { from, to }).collect())
    };
    let payment_method = text("payment_method_id");
    Some(match name {
        "cancel_pending_order" => ActionRequest::Cancel { order: order()?, reason: text("reason") },
        "modify_pending_order_address" => ActionRequest::ChangeAddress { order: order()?, address: address()? },
        "modify_pending_order_items" => ActionRequest::ChangeItems { order: order()?, swaps: swaps()?, payment_method },
        "modify_pending_order_payment" => ActionRequest::ChangePayment { order: order()?, payment_method: payment_method? },
        "modify_user_address" => ActionRequest::ChangeAccountAddress { address: address()? },
        "return_delivered_order_items" => ActionRequest::Return { order: order()?, items: list("item_ids")?, payment_method },
        "exchange_delivered_order_items" => ActionRequest::Exchange { order: order()?, swaps: swaps()?, payment_method },
        _ => return None,
    })
}

impl Task {
    /// Who writes: found by the address of mail or by name and postal code, as the policy asks; a task that skips that step is its
    /// first action's customer. One customer a task: what is asked for another's order is refused by the engine.
    pub fn user<'d>(&self, database: &'d Database) -> Option<&'d str> {
        let looked_up = self.lookups.iter().find_map(|arguments| database.find_user(arguments));
        looked_up.or_else(|| {
            let first = self.actions.first()?;
            let named = first.arguments["user_id"].as_str().and_then(|user| database.user(user));
            named.or_else(|| database.owner(first.arguments["order_id"].as_str()?))
        })
    }
}
