//! `evaluate retail`: the action engine against the shop and the tasks of a public benchmark (tau2-bench, domain retail).
//!
//! The shop comes in through the ordinary import of products, customers and orders. Each task runs on a fresh copy: its writing
//! actions go one after the other through the engine, with the rules of the benchmark's policy on and the customer's yes given. What
//! the engine refuses is listed. What changed is written in the shape of the benchmark's own file, so that it can be compared with
//! what the benchmark's tools leave behind.

mod shop;
mod state;
mod tasks;

use std::{fs, path::Path};

use anyhow::{Context, Result};
use mercator_app::{
    App,
    actions::{ActionSettings, Asked, Step},
    error::user,
    views::ContactQuery,
};
use mercator_domain::{
    action::{ActionKind, ActionRules, ActionState, rules::WhoDecides},
    contact::IdentityKind,
    ids::ContactId,
};
use serde_json::{Map, Value, json};

use self::{
    state::Database,
    tasks::{Task, Told},
};
use crate::{Done, args::Retail, output::json_line, packed, session};

/// The benchmark's policy in the words of the engine: any customer's yes is enough, nothing waits for a person, there are no dates.
fn rules() -> ActionRules {
    let mut rules = ActionRules { approvals: false, ..ActionRules::default() };
    for rule in &mut rules.kinds {
        rule.who = WhoDecides::Customer;
        rule.within_days = None;
        if rule.kind == ActionKind::Cancel {
            rule.reasons = vec!["no longer needed".to_owned(), "ordered by mistake".to_owned()];
        }
    }
    rules
}

/// What a task left behind.
struct Outcome {
    /// As `--out` writes it.
    written: Value,
    /// The same as Mercator keeps it, without the faults of the benchmark's tools.
    kept: Value,
}

/// Runs all tasks and prints the figures.
pub async fn evaluate(what: &Retail) -> Result<Done> {
    let database = Database::read(&packed::open(&what.db)?).map_err(|error| no_such_file(&what.db, &error))?;
    let tasks = tasks::read(&packed::open(&what.tasks)?).map_err(|error| no_such_file(&what.tasks, &error))?;
    let folder = tempfile::tempdir().context("Cannot make a temporary folder")?;
    let imported = folder.path().join("shop");
    take_in(&imported, &database).await?;
    let mut outcomes = Vec::with_capacity(tasks.len());
    for task in &tasks {
        let copy = folder.path().join("task");
        copy_folder(&imported, &copy)?;
        outcomes.push(run(&copy, task, &database).await.with_context(|| format!("Task {}", task.id))?);
        fs::remove_dir_all(&copy).context("Cannot remove a copy of the shop")?;
    }
    if let Some(path) = &what.out {
        let lines: Vec<String> = outcomes.iter().map(|outcome| outcome.written.to_string()).collect();
        fs::write(path, lines.join("\n") + "\n").with_context(|| format!("Cannot write {}", path.display()))?;
    }
    let refused: usize = outcomes.iter().filter_map(|o| o.written["refused"].as_array()).map(Vec::len).sum();
    let actions: usize = tasks.iter().map(|task| task.actions.len()).sum();
    let mut figures = json!({ "tasks": tasks.len(), "actions": actions, "refused": refused });
    if let Some(path) = &what.gold {
        let gold = tasks::lines(&packed::open(path)?).map_err(|error| no_such_file(path, &error))?;
        compare(&mut figures, &gold, &outcomes);
    }
    json_line(&figures)?;
    Ok(Done::Well)
}

fn no_such_file(path: &Path, error: &anyhow::Error) -> anyhow::Error {
    let hint = "Use the files of tau2-bench, domain retail: see mercator-cli evaluate retail --help.";
    user("bad_input", format!("{} cannot be read: {error:#}", path.display()), hint)
}

async fn take_in(workspace: &Path, database: &Database) -> Result<()> {
    let app = session::open(Some(&workspace.to_string_lossy())).await?;
    let work = async {
        shop::import(&app, database).await?;
        app.save_action_settings(&ActionSettings { rules: rules(), kept_here: true }).await
    };
    let done = work.await;
    app.stop().await;
    done
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("Cannot make {}", to.display()))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).context("Cannot copy the shop")?;
        }
    }
    Ok(())
}

async fn run(workspace: &Path, task: &Task, database: &Database) -> Result<Outcome> {
    let app = session::open(Some(&workspace.to_string_lossy())).await?;
    let work = act(&app, task, database).await;
    app.stop().await;
    work
}

async fn act(app: &App, task: &Task, database: &Database) -> Result<Outcome> {
    let user = task.user(database);
    let contact = match user {
        Some(user) => contact_of(app, user).await?,
        None => None,
    };
    let mut refused = vec![];
    for told in &task.actions {
        if let Some(why) = one(app, contact, told).await? {
            refused.push(json!({ "action": told.name, "reason": why }));
        }
    }
    let (mut written, mut kept) = (Map::new(), Map::new());
    let mut users = Map::new();
    if let (Some(user), Some(contact)) = (user, contact) {
        let detail = app.contact(contact).await?;
        for order in &detail.orders {
            let actions = app.actions_of_order(&order.number).await?;
            let done: Vec<_> = actions.into_iter().map(|row| row.action).filter(|action| action.state == ActionState::Done).collect();
            if let Some(plain) = database.changed_order(order, &done)? {
                let id = format!("#{}", order.number);
                written.insert(id.clone(), state::as_the_tools_leave_it(plain.clone(), &done, database));
                kept.insert(id, plain);
            }
        }
        if let Some(changed) = database.changed_user(user, &detail.account)? {
            users.insert(user.to_owned(), changed);
        }
    }
    let whole = |orders: Map<String, Value>| json!({ "task": task.id, "orders": orders, "users": users, "refused": refused });
    Ok(Outcome { written: whole(written), kept: whole(kept) })
}

/// One action with the customer's yes; the reason when it is refused.
async fn one(app: &App, contact: Option<ContactId>, told: &Told) -> Result<Option<String>> {
    let (Some(contact), Some(request)) = (contact, &told.request) else { return Ok(Some("unknown_action".to_owned())) };
    let asked = Asked { contact, conversation: None, verified: true, request: request.clone() };
    match app.propose_action(&asked).await? {
        Step::Refused(why) => Ok(Some(why.to_string())),
        Step::Now(action) => {
            let end = app.confirm_action(action.id).await?;
            Ok((end.state != ActionState::Done).then_some(end.why))
        }
    }
}

/// The contact with the benchmark's number of a user.
async fn contact_of(app: &App, user: &str) -> Result<Option<ContactId>> {
    let query = ContactQuery { search: user.to_owned(), segment: None, offset: 0, limit: 200 };
    for row in app.list_contacts(&query).await?.rows {
        let detail = app.contact(row.id).await?;
        if detail.identities.iter().any(|identity| identity.kind == IdentityKind::Customer && identity.value == user) {
            return Ok(Some(row.id));
        }
    }
    Ok(None)
}

/// How many tasks ended in the state that the benchmark's tools give, and in which not.
fn compare(figures: &mut Value, gold: &[Value], outcomes: &[Outcome]) {
    let same = |outcome: &Value| {
        let Some(expect) = gold.iter().find(|row| row["task"] == outcome["task"]) else { return false };
        ["orders", "users"].iter().all(|part| state::equal(&expect[*part], &outcome[*part]))
    };
    let differ = |pick: &dyn Fn(&Outcome) -> &Value| -> Vec<&Value> {
        outcomes.iter().map(pick).filter(|outcome| !same(outcome)).map(|outcome| &outcome["task"]).collect()
    };
    let (written, kept) = (differ(&|outcome| &outcome.written), differ(&|outcome| &outcome.kept));
    figures["equal"] = json!(outcomes.len() - written.len());
    figures["differ"] = json!(written);
    // Where the benchmark's tool gives every changed item the price and the options of the last one.
    figures["differ_as_kept"] = json!(kept);
}
