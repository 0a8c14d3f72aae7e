//! `kb proposals`, `kb gaps`, `kb cases`: the loop of knowledge on a home server without a window.

use anyhow::Result;
use mercator_app::{App, learning::proposals::category_of, views::ArticleInput};
use mercator_domain::{
    article::ArticleState,
    ids::{CaseId, ProposalId},
    learning::RegressionCase,
};
use serde_json::json;

use crate::{
    Done,
    args::{CasesCommand, ProposalsCommand},
    output::Output,
    session,
};

/// `kb proposals …`
pub async fn proposals(workspace: Option<&str>, what: &ProposalsCommand, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let done = on_proposals(&app, what, output).await;
    app.stop().await;
    done.map(|()| Done::Well)
}

async fn on_proposals(app: &App, what: &ProposalsCommand, output: Output) -> Result<()> {
    match what {
        ProposalsCommand::List => {
            let open = app.open_proposals().await?;
            let text = || {
                let lines: Vec<String> = open
                    .iter()
                    .map(|p| format!("{}  [{}]  {}\n    {}", p.id, p.language, p.question, p.answer.replace('\n', "\n    ")))
                    .collect();
                if lines.is_empty() { "Nothing is proposed.".to_owned() } else { lines.join("\n") }
            };
            output.give(&open, text)
        }
        ProposalsCommand::Approve { id, title, body } => {
            let open = app.open_proposals().await?;
            let proposal = open.into_iter().find(|proposal| proposal.id == ProposalId(*id));
            let proposal = proposal.ok_or_else(|| {
                mercator_app::error::user("not_found", format!("No proposal {id} waits"), "See: mercator-cli kb proposals list")
            })?;
            let article = ArticleInput {
                id: None,
                key: String::new(),
                category: category_of(proposal.intent),
                title: title.clone().unwrap_or(proposal.question),
                body: body.clone().unwrap_or(proposal.answer),
                language: proposal.language,
                country: None,
                inbox_ids: vec![],
                valid_from: None,
                valid_to: None,
                review_at: None,
                state: ArticleState::Approved,
            };
            let row = app.approve_proposal(ProposalId(*id), &article).await?;
            output.give(&row, || format!("Article {}: {}", row.article.id, row.article.title))
        }
        ProposalsCommand::Reject { id } => {
            app.reject_proposal(ProposalId(*id)).await?;
            output.give(&json!({ "rejected": id }), || format!("Proposal {id} is not proposed again"))
        }
    }
}

/// `kb gaps`
pub async fn gaps(workspace: Option<&str>, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let gaps = app.gaps().await;
    app.stop().await;
    let gaps = gaps?;
    let text = || {
        let lines: Vec<String> = gaps.iter().map(|gap| format!("{:>4}  {}", gap.count, gap.question)).collect();
        if lines.is_empty() { "Every question of the last three months was answered.".to_owned() } else { lines.join("\n") }
    };
    output.give(&gaps, text)?;
    Ok(Done::Well)
}

/// `kb cases …`; a case that fails makes the exit status 1.
pub async fn cases(workspace: Option<&str>, what: &CasesCommand, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let cases = on_cases(&app, what).await;
    app.stop().await;
    let cases = cases?;
    output.give(&cases, || {
        let lines: Vec<String> = cases.iter().map(line).collect();
        if lines.is_empty() { "There are no cases.".to_owned() } else { lines.join("\n") }
    })?;
    Ok(Done::unless(cases.iter().any(|case| case.passed == Some(false))))
}

async fn on_cases(app: &App, what: &CasesCommand) -> Result<Vec<RegressionCase>> {
    match what {
        CasesCommand::List => {}
        CasesCommand::Run => drop(app.run_regression().await?),
        CasesCommand::Delete { id } => drop(app.delete_case(CaseId(*id)).await?),
    }
    app.regression_cases().await
}

fn line(case: &RegressionCase) -> String {
    let state = match case.passed {
        Some(true) => "right",
        Some(false) => "WRONG",
        None => "not run",
    };
    let expect = case.article_key.clone().unwrap_or_else(|| case.expect.to_string());
    format!("{}  {state}  {}  (expects {expect}; became {})", case.id, case.question, case.became)
}
