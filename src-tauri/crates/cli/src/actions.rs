//! `actions …`: what waits for a person, and the shop's rules, for a home server without a window.

use anyhow::{Context, Result};
use mercator_app::{
    App,
    actions::{ActionRow, ActionSettings},
};
use mercator_domain::{action::ActionRequest, ids::ActionId};

use crate::{
    Done,
    args::{ActionsCommand, Settled},
    output::Output,
    session,
};

/// Carries out one of the commands.
pub async fn actions(workspace: Option<&str>, what: &ActionsCommand, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let done = one(&app, what, output).await;
    app.stop().await;
    done?;
    Ok(Done::Well)
}

async fn one(app: &App, what: &ActionsCommand, output: Output) -> Result<()> {
    let row = match what {
        ActionsCommand::List => {
            let rows = app.actions_for_people().await?;
            return output.give(&rows, || listed(&rows));
        }
        ActionsCommand::Rules { set } => {
            if let Some(path) = set {
                let text = std::fs::read(path).with_context(|| format!("Cannot read {}", path.display()))?;
                let settings: ActionSettings = serde_json::from_slice(&text)
                    .with_context(|| format!("{} does not hold rules; see what this prints: mercator-cli actions rules", path.display()))?;
                app.save_action_settings(&settings).await?;
            }
            let settings = app.action_settings().await?;
            let text = serde_json::to_string_pretty(&settings)?;
            return output.give(&settings, || text);
        }
        ActionsCommand::Approve { id } => app.approve_action(ActionId(*id)).await?,
        ActionsCommand::Reject { id, why } => app.reject_action(ActionId(*id), why).await?,
        ActionsCommand::Settle { id, end } => app.settle_action(ActionId(*id), *end == Settled::Done).await?,
    };
    output.give(&row, || line(&row))
}

fn listed(rows: &[ActionRow]) -> String {
    if rows.is_empty() {
        return "Nothing waits for a person.".to_owned();
    }
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `12  awaiting_approval  cancel  order 10023  -49.90 EUR  Ana  Aurora lamp`
fn line(row: &ActionRow) -> String {
    let action = &row.action;
    let order = action.request.order().map(|number| format!("order {number}")).unwrap_or_default();
    let amount = action.amount.map(|money| money.to_string()).unwrap_or_default();
    let address = match &action.request {
        ActionRequest::ChangeAddress { address, .. } | ActionRequest::ChangeAccountAddress { address } => address.one_line(),
        _ => String::new(),
    };
    let id = action.id.to_string();
    let parts =
        [&id, action.state.as_str(), action.request.kind().as_str(), &order, &amount, &row.contact, &row.items, &address, &action.why];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}
