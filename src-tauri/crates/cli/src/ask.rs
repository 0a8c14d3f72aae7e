//! `ask`: the test bench. The whole Turn over a text; nothing is stored, nothing is sent, and no workspace is made for it.

use std::fmt::Write;

use anyhow::Result;
use mercator_domain::turn::{Outcome, ReplyDraft, Turn};

use crate::{Done, args::Ask, output::Output, session};

/// Runs the bot over a text and shows what every stage found.
pub async fn ask(workspace: Option<&str>, what: &Ask, output: Output) -> Result<Done> {
    let look = session::open_for_a_look(workspace).await?;
    let app = &look.app;
    let work = async {
        let inbox = session::inbox(app, what.inbox.as_deref()).await?;
        let contact = match &what.contact {
            Some(given) => Some(session::contact(app, given).await?),
            None => None,
        };
        app.test_bench(&what.text, inbox, contact).await
    };
    let turn = work.await;
    app.stop().await;
    let turn = turn?;
    output.give(&turn, || text(&turn).unwrap_or_default())?;
    Ok(Done::Well)
}

fn text(turn: &Turn) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    let language = &turn.language;
    let unsure = if language.value.unsure { ", unsure" } else { "" };
    writeln!(out, "language   {} ({:.2}{unsure})", language.value.code, language.confidence)?;
    let intent = &turn.understand.value.intent;
    let scope = if intent.in_scope { "" } else { ", out of scope or unsure" };
    writeln!(out, "intent     {} ({:.2}{scope})", intent.name, intent.confidence)?;
    for entity in &turn.understand.value.entities {
        writeln!(out, "entity     {} {}", entity.kind, entity.value)?;
    }
    feeling(&mut out, turn)?;
    evidence_found(&mut out, turn)?;
    let decided = &turn.decide.value;
    writeln!(out, "decision   {} (rule {}, mode {})", decided.decision, decided.rule, decided.mode)?;
    for (stage, reasons) in reasons(turn) {
        for reason in reasons {
            writeln!(out, "  why      {stage}: {} {}", reason.kind, reason.text)?;
        }
    }
    outcome(&mut out, turn)?;
    let micros = turn.micros();
    let parts: Vec<String> = micros.iter().map(|(stage, micros)| format!("{stage} {micros}")).collect();
    let total: u64 = micros.iter().map(|(_, micros)| u64::from(*micros)).sum();
    write!(out, "micros     {total} ({})", parts.join(", "))?;
    Ok(out)
}

fn feeling(out: &mut String, turn: &Turn) -> std::fmt::Result {
    let felt = &turn.emotion.value;
    if let Some(emotion) = &felt.emotion {
        let cues: Vec<&str> = emotion.cues.iter().map(|cue| cue.text.as_str()).collect();
        writeln!(out, "emotion    {}, {} [{}]", emotion.level, emotion.sentiment, cues.join(", "))?;
    }
    if felt.risk.high {
        let kinds: Vec<&str> = felt.risk.kinds.iter().map(|kind| kind.as_str()).collect();
        writeln!(out, "risk       {}", kinds.join(", "))?;
    }
    Ok(())
}

fn evidence_found(out: &mut String, turn: &Turn) -> std::fmt::Result {
    for passage in &turn.retrieve.value.passages {
        writeln!(out, "passage    {:.2} {} [{}]", passage.score, passage.title, passage.index + 1)?;
    }
    if let Some(order) = &turn.retrieve.value.order {
        writeln!(out, "order      {} ({})", order.number, order.status)?;
    }
    if let Some(missing) = turn.retrieve.value.order_missing {
        writeln!(out, "order      {missing}")?;
    }
    Ok(())
}

fn reasons(turn: &Turn) -> [(&'static str, &[mercator_domain::turn::Evidence]); 5] {
    [
        ("language", &turn.language.evidence),
        ("understand", &turn.understand.evidence),
        ("emotion", &turn.emotion.evidence),
        ("retrieve", &turn.retrieve.evidence),
        ("decide", &turn.decide.evidence),
    ]
}

fn outcome(out: &mut String, turn: &Turn) -> std::fmt::Result {
    let words = |out: &mut String, reply: &ReplyDraft| {
        reply.text.lines().try_for_each(|line| writeln!(out, "  | {line}"))?;
        reply.sources.iter().try_for_each(|source| writeln!(out, "  source   {}", source.title))
    };
    match &turn.outcome {
        Outcome::Reply { reply } => {
            writeln!(out, "outcome    reply")?;
            words(out, reply)
        }
        Outcome::Draft { reply } => {
            writeln!(out, "outcome    draft, waits for approval")?;
            words(out, reply)
        }
        Outcome::Act { reply, action, .. } => {
            writeln!(out, "outcome    {}, waits for the customer's yes", action.kind())?;
            words(out, reply)
        }
        Outcome::HandOff { reason, notice, .. } => {
            writeln!(out, "outcome    handed to a person: {reason}")?;
            notice.as_ref().map_or(Ok(()), |notice| words(out, notice))
        }
        Outcome::Silence { reason } => writeln!(out, "outcome    silence: {reason}"),
    }
}
