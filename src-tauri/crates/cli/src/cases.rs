//! `cases …`: claims, disputes and feedback at platforms, by their deadline.

use anyhow::Result;
use mercator_app::{App, platform_cases::CaseRow};
use mercator_domain::platform_case::{CaseKind, CaseState, CaseTerm};

use crate::{Done, args::PlatformCasesCommand, output::Output, session};

/// Carries out one of the commands.
pub async fn cases(workspace: Option<&str>, what: &PlatformCasesCommand, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let done = one(&app, what, output).await;
    app.stop().await;
    done?;
    Ok(Done::Well)
}

async fn one(app: &App, what: &PlatformCasesCommand, output: Output) -> Result<()> {
    match what {
        PlatformCasesCommand::List { settled } => {
            let rows = app.platform_cases(*settled).await?;
            output.give(&rows, || listed(&rows))
        }
        PlatformCasesCommand::Set { number, state } => {
            let row = app.platform_case(number).await?;
            app.set_platform_case_state(row.case.id, row.case.version, *state).await?;
            let row = app.platform_case(number).await?;
            output.give(&row, || line(&row))
        }
        PlatformCasesCommand::Terms { set } => {
            let mut terms = app.case_terms().await?;
            if !set.is_empty() {
                for (kind, hours) in set {
                    terms.retain(|term| term.kind != *kind);
                    terms.push(CaseTerm { kind: *kind, hours: *hours, own: true });
                }
                terms = app.save_case_terms(&terms).await?;
            }
            output.give(&terms, || terms.iter().map(term).collect::<Vec<_>>().join("\n"))
        }
    }
}

/// `KIND=HOURS`, as in `a_to_z=72`.
pub fn term_of(text: &str) -> Result<(CaseKind, i32), String> {
    let (kind, hours) = text.split_once('=').ok_or("write it as KIND=HOURS, as in a_to_z=72")?;
    let kind = kind.trim().parse::<CaseKind>().map_err(|_| format!("'{kind}' is none of {}", words(CaseKind::ALL, CaseKind::as_str)))?;
    let hours = hours.trim().parse::<i32>().map_err(|_| format!("'{hours}' is no number of hours"))?;
    Ok((kind, hours))
}

/// A state by its word.
pub fn state_of(text: &str) -> Result<CaseState, String> {
    text.parse::<CaseState>().map_err(|_| format!("'{text}' is none of {}", words(CaseState::ALL, CaseState::as_str)))
}

fn words<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> String {
    all.iter().map(|one| word(*one)).collect::<Vec<_>>().join(", ")
}

fn listed(rows: &[CaseRow]) -> String {
    if rows.is_empty() {
        return "No cases.".to_owned();
    }
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `2026-11-29T08:00:00Z (estimated)  a_to_z  open  A-77  order 10023  49.90 EUR  Ana  Lamp Shop`
fn line(row: &CaseRow) -> String {
    let case = &row.case;
    let mark = match (row.overdue, row.estimated) {
        (true, _) => " (overdue)",
        (false, true) => " (estimated)",
        (false, false) => "",
    };
    let deadline = format!("{}{mark}", row.deadline);
    let order = case.order_number.as_ref().map(|number| format!("order {number}")).unwrap_or_default();
    let amount = case.amount.map(|money| money.to_string()).unwrap_or_default();
    let parts = [&deadline, case.kind.as_str(), case.state.as_str(), &case.number, &order, &amount, &row.contact, &row.store, &case.reason];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}

fn term(term: &CaseTerm) -> String {
    format!("{:<18} {} hours{}", term.kind.as_str(), term.hours, if term.own { "  (your own)" } else { "" })
}
