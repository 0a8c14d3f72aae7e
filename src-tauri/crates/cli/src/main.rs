//! `mercator-cli`: the same application without a window, for a home server, a script, a measurement.
//!
//! Reads the arguments, opens the workspace and calls the use cases of `mercator-app`; one file a group of commands. No rule of the
//! product is here: what a command prints is what the window would show. Exit status 0 done, 1 failed, 2 wrong arguments.

mod actions;
mod analyze;
mod args;
mod ask;
mod automation;
mod bench;
mod cases;
mod courtesy;
mod dashboards;
mod data;
mod demo;
mod import;
mod intents;
mod knowledge;
mod learning;
mod mail;
mod model;
mod output;
mod packed;
mod parcels;
mod quote;
mod replay;
#[allow(clippy::indexing_slicing, reason = "A key that a JSON value does not have reads as null.")]
mod retail;
mod run;
mod session;
mod teaching;
mod track;

use std::process::ExitCode;

use anyhow::{Context, Result};
use args::{Arguments, Command, EvaluateCommand, IntentsCommand, KbCommand, MailCommand};
use clap::Parser;
use output::Output;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(name) = arguments.command.later() {
        output::complain(&format!("'{name}' comes with a later version. See what this one does: mercator-cli --help"));
        return ExitCode::from(2);
    }
    session::log_to_stderr(matches!(arguments.command, Command::Run { .. }));
    match begin(arguments) {
        Ok(Done::Well) => ExitCode::SUCCESS,
        Ok(Done::WithFaults) => ExitCode::FAILURE,
        // Whoever reads our output has seen enough (`… | head`): that is no failure.
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&output::in_one_line(&error));
            ExitCode::FAILURE
        }
    }
}

/// How a command that ran to its end came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    /// Everything was done.
    Well,
    /// It went through, but a part failed; the output says which.
    WithFaults,
}

impl Done {
    /// `WithFaults` when something failed.
    const fn unless(failed: bool) -> Self {
        if failed { Self::WithFaults } else { Self::Well }
    }
}

fn begin(arguments: Arguments) -> Result<Done> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("Cannot start")?;
    let done = runtime.block_on(command(arguments));
    // A thread that waits for standard input would hold the end up.
    runtime.shutdown_background();
    done
}

async fn command(arguments: Arguments) -> Result<Done> {
    let output = Output { json: arguments.json };
    let workspace = arguments.workspace.as_deref();
    match arguments.command {
        Command::Run { once } => run::run(workspace, once, output).await,
        Command::Demo { out, minutes } => demo::demo(workspace, out.as_deref(), minutes, output).await,
        Command::Import(what) => import::import(workspace, what, output).await,
        Command::Export { folder } => data::export(workspace, &folder, output).await,
        Command::Erase(what) => data::erase(workspace, &what, output).await,
        Command::Backup { file } => data::backup(workspace, &file, output).await,
        Command::Restore { file } => data::restore(workspace, &file, output).await,
        Command::Verify => data::verify(workspace, output).await,
        Command::Doctor => data::doctor(workspace, output).await,
        Command::Ask(what) => ask::ask(workspace, &what, output).await,
        Command::Analyze => analyze::analyze(),
        Command::Intents(IntentsCommand::Train(what)) => intents::train(&what),
        Command::Intents(IntentsCommand::Evaluate(what)) => intents::evaluate(&what),
        Command::Intents(IntentsCommand::Retrain) => learning::retrain(workspace, output).await,
        Command::Intents(IntentsCommand::Report) => learning::report(workspace, output).await,
        Command::Mail(MailCommand::Parse { files }) => mail::parse(&files),
        Command::Track { texts } => track::track(&texts, output),
        Command::Dashboards(what) => dashboards::write(workspace, what, output).await,
        Command::Kb(KbCommand::Search(what)) => knowledge::search(workspace, &what, output).await,
        Command::Kb(KbCommand::Evaluate(what)) => knowledge::evaluate(&what).await,
        Command::Kb(KbCommand::Proposals(what)) => teaching::proposals(workspace, &what, output).await,
        Command::Kb(KbCommand::Gaps) => teaching::gaps(workspace, output).await,
        Command::Kb(KbCommand::Cases(what)) => teaching::cases(workspace, &what, output).await,
        Command::Evaluate(EvaluateCommand::Retail(what)) => retail::evaluate(&what).await,
        Command::Actions(what) => actions::actions(workspace, &what, output).await,
        Command::Rules(what) => automation::rules(workspace, &what, output).await,
        Command::Model(what) => model::model(workspace, &what, output).await,
        Command::Copilot(what) => model::copilot(workspace, &what, output).await,
        Command::Courtesy(what) => courtesy::courtesy(workspace, &what, output).await,
        Command::Cases(what) => cases::cases(workspace, &what, output).await,
        Command::Parcels(what) => parcels::parcels(workspace, &what, output).await,
        Command::Outbound => model::outbound(workspace, output).await,
        Command::Quote(what) => quote::quote(workspace, &what, output).await,
        Command::Replay(what) => replay::replay(workspace, &what, output).await,
        Command::Bench(what) => bench::bench(what, output).await,
        // Answered before the runtime was started.
        _ => Ok(Done::WithFaults),
    }
}
