//! `rules …`: the seller's own rules as a file, and what one would have done.

use anyhow::{Context, Result};
use mercator_app::{
    App,
    automation::{DryRun, Touched},
    error::user,
};
use mercator_domain::automation::AutomationRule;

use crate::{Done, args::RulesCommand, output::Output, session};

/// Carries out one of the commands.
pub async fn rules(workspace: Option<&str>, what: &RulesCommand, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let done = one(&app, what, output).await;
    app.stop().await;
    done?;
    Ok(Done::Well)
}

async fn one(app: &App, what: &RulesCommand, output: Output) -> Result<()> {
    match what {
        RulesCommand::Show => {}
        RulesCommand::Set { file } => app.save_automation_rules(&read(file)?).await?,
        RulesCommand::Try { file, name, since } => {
            let rules = match file {
                Some(file) => read(file)?,
                None => app.automation_rules().await?,
            };
            let rule = chosen(&rules, name.as_deref())?;
            let run = app.dry_run(rule, *since).await?;
            return output.give(&run, || told(&run));
        }
    }
    let rules = app.automation_rules().await?;
    let text = serde_json::to_string_pretty(&rules)?;
    output.give(&rules, || text)
}

fn read(path: &std::path::Path) -> Result<Vec<AutomationRule>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("Cannot read {}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| {
        user("bad_input", format!("{} does not hold rules: {error}", path.display()), "See how they are written: mercator-cli rules --help")
    })
}

fn chosen<'a>(rules: &'a [AutomationRule], name: Option<&str>) -> Result<&'a AutomationRule> {
    let found = match name {
        Some(name) => rules.iter().find(|rule| rule.name == name),
        None => rules.first().filter(|_| rules.len() == 1),
    };
    let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
    found.ok_or_else(|| user("bad_input", "Which rule is not said", format!("Give --name, one of: {}", names.join(", "))))
}

fn told(run: &DryRun) -> String {
    let line = |one: &Touched| {
        let order = one.order.as_ref().map(|number| format!("  order {number}")).unwrap_or_default();
        let change = if one.before == one.after { String::new() } else { format!("  {} -> {}", one.before, one.after) };
        format!("{}  {}  {}  {}{order}{change}", one.conversation_id, one.contact, one.subject, one.intent)
    };
    let mut lines = vec![format!("{} of {} messages would have been touched.", run.touched, run.looked_at)];
    lines.extend(run.messages.iter().map(line));
    lines.join("\n")
}
