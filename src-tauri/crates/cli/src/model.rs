//! `model …`, `copilot …` and `outbound`: the language model, what it writes for a person, and what has left this computer.

use std::io::Read;

use anyhow::{Context, Result};
use mercator_app::{
    App,
    assist::{Assisted, ModelState, OutboundLog, Payload},
    error::user,
};
use mercator_domain::{
    assist::{AssistTask, ModelKind},
    ids::ConversationId,
};

use crate::{
    Done,
    args::{CopilotCommand, ModelCommand, ModelSet, OnOff, RewriteHow, Wire},
    output::Output,
    session,
};

/// Carries out one of the commands about the language model.
pub async fn model(workspace: Option<&str>, what: &ModelCommand, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let done = one(&app, what, output).await;
    app.stop().await;
    done?;
    Ok(Done::Well)
}

async fn one(app: &App, what: &ModelCommand, output: Output) -> Result<()> {
    let state = match what {
        ModelCommand::Show => app.model_state().await?,
        ModelCommand::Set(what) => set(app, what).await?,
        ModelCommand::Agree { host } => app.agree_to_model(host).await?,
        ModelCommand::Preview { conversation } => {
            let task = if conversation.is_some() { AssistTask::Draft } else { AssistTask::Trial };
            let payload = app.preview_assist(task, conversation.map(ConversationId), "").await?;
            return output.give(&payload, || shown(&payload));
        }
        ModelCommand::Try => {
            let said = app.assist(AssistTask::Trial, None, "").await?;
            return output.give(&said, || format!("It answers: {}", said.text));
        }
    };
    let local_only = app.app_state().await?.settings.local_only;
    output.give(&state, || told(&state, local_only))
}

async fn set(app: &App, what: &ModelSet) -> Result<ModelState> {
    if let Some(local_only) = what.local_only {
        let mut settings = app.app_state().await?.settings;
        settings.local_only = local_only == OnOff::On;
        app.save_settings(settings).await?;
    }
    let mut settings = app.model_state().await?.settings;
    if let Some(kind) = what.kind {
        settings.kind = match kind {
            Wire::Openai => ModelKind::OpenAi,
            Wire::Ollama => ModelKind::Ollama,
        };
    }
    settings.address = what.address.clone().unwrap_or(settings.address);
    settings.model = what.model.clone().unwrap_or(settings.model);
    settings.timeout_seconds = what.timeout.unwrap_or(settings.timeout_seconds);
    settings.daily_tokens = what.daily_tokens.unwrap_or(settings.daily_tokens);
    settings.enabled = what.enabled.map_or(settings.enabled, |enabled| enabled == OnOff::On);
    let key = match what.key_stdin {
        true => Some(read_key()?),
        false => None,
    };
    app.save_model_settings(settings, key).await
}

/// The key comes on standard input, since arguments are seen by others on the computer.
pub fn read_key() -> Result<String> {
    let mut key = String::new();
    std::io::stdin().take(4_096).read_to_string(&mut key).context("The key cannot be read from standard input")?;
    Ok(key.trim().to_owned())
}

fn told(state: &ModelState, local_only: bool) -> String {
    let settings = &state.settings;
    let named = if settings.model.is_empty() { "no model" } else { &settings.model };
    let mut lines = vec![
        format!("{named} at {} ({})", settings.address, settings.kind),
        format!("{} of {} tokens used today", state.used_today, settings.daily_tokens),
        format!("local only: {}", if local_only { "on" } else { "off" }),
    ];
    lines.push(match (state.ready, settings.enabled) {
        (true, _) => "Ready.".to_owned(),
        (false, false) => "Switched off: model set --enabled on".to_owned(),
        (false, true) if !state.here && local_only => "Kept from leaving: “local only” is on.".to_owned(),
        (false, true) => format!("Look at what is sent: model preview; then agree: model agree {}", state.host),
    });
    lines.join("\n")
}

fn shown(payload: &Payload) -> String {
    let to = if payload.host.is_empty() { "nowhere yet" } else { &payload.host };
    format!(
        "To {to}, model {}. Personal details hidden: {}.\n--- what it is to do\n{}\n--- with what\n{}",
        payload.model, payload.hidden, payload.system, payload.user
    )
}

/// Carries out one of the commands for a person who answers.
pub async fn copilot(workspace: Option<&str>, what: &CopilotCommand, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let done = help(&app, what, output).await;
    app.stop().await;
    done?;
    Ok(Done::Well)
}

async fn help(app: &App, what: &CopilotCommand, output: Output) -> Result<()> {
    match what {
        CopilotCommand::Draft { conversation } => {
            let draft = app.draft_reply(ConversationId(*conversation)).await?;
            output.give(&draft, || with_reason(&draft.text, draft.rejected.as_ref()))
        }
        CopilotCommand::Summary { conversation } => {
            let summary = app.summarise(ConversationId(*conversation)).await?;
            output.give(&summary, || with_reason(&summary.text, summary.rejected.as_ref()))
        }
        CopilotCommand::Rewrite { how, text, conversation } => {
            let task = match how {
                RewriteHow::Shorter => AssistTask::Shorter,
                RewriteHow::Warmer => AssistTask::Warmer,
                RewriteHow::Formal => AssistTask::Formal,
            };
            let said = app.assist(task, conversation.map(ConversationId), text).await?;
            used(&said)?;
            output.give(&said, || said.text.clone())
        }
    }
}

fn with_reason(text: &str, rejected: Option<&(String, String)>) -> String {
    match rejected {
        Some((code, what)) => format!("{text}\n\n(Mercator's own words: the language model's were not used, {code} {what})"),
        None => text.to_owned(),
    }
}

fn used(said: &Assisted) -> Result<()> {
    let Some((code, what)) = &said.rejected else { return Ok(()) };
    let why = format!("The language model's words were not used: {} {what}", code.replace('_', " "));
    Err(user("model", why.trim_end(), "Try again, or write it yourself."))
}

/// What has left this computer.
pub async fn outbound(workspace: Option<&str>, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let log = app.outbound_log().await;
    app.stop().await;
    let log = log?;
    output.give(&log, || listed(&log))?;
    Ok(Done::Well)
}

fn listed(log: &OutboundLog) -> String {
    if log.rows.is_empty() {
        return "Nothing has left this computer.".to_owned();
    }
    let row = |r: &mercator_domain::assist::OutboundRow| {
        let day: String = r.day.to_string().chars().take(10).collect();
        let refused = if r.refused > 0 { format!(", {} refused", r.refused) } else { String::new() };
        format!("{day}  {}  {}  {} times{refused}", r.host, r.purpose, r.requests)
    };
    log.rows.iter().map(row).collect::<Vec<_>>().join("\n")
}
