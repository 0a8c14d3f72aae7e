//! The seller's own rules within a turn: which hold for this message, and what they make of the bot's mode. Their other effects are
//! carried out by whoever runs the turn.

use mercator_domain::{
    automation::{self, RuleEffect, RuleFacts, RuleHit, RuleMoment},
    emotion::EmotionLevel,
    inbox::BotMode,
    message::Automatic,
};

use crate::{bot::Read, ports::TurnInput, retrieve::Found};

/// The rules that hold before the bot decides. Letters of machines are nobody's wish.
pub(crate) fn before(input: &TurnInput, read: &Read, found: &Found) -> Vec<RuleHit> {
    let moment = if input.history.is_empty() { RuleMoment::ConversationBegins } else { RuleMoment::CustomerWrites };
    at(moment, input, read, found)
}

/// The rules that hold once the bot has handed over.
pub(crate) fn handed_over(input: &TurnInput, read: &Read, found: &Found) -> Vec<RuleHit> {
    at(RuleMoment::HandedOver, input, read, found)
}

fn at(moment: RuleMoment, input: &TurnInput, read: &Read, found: &Found) -> Vec<RuleHit> {
    if input.automation.is_empty() || input.automatic != Automatic::None {
        return vec![];
    }
    let text = format!("{}\n{}", input.subject, read.parted.own_text());
    let facts = RuleFacts {
        moment,
        intent: read.understand.value.intent.name,
        language: &read.language.value.code,
        country: input.writer.country.as_deref(),
        inbox: input.inbox,
        channel: input.channel,
        emotion: read.emotion.value.emotion.as_ref().map_or(EmotionLevel::Calm, |felt| felt.level),
        high_risk: read.emotion.value.risk.high,
        order: found.retrieved.order.as_ref(),
        text: &text,
        labels: &input.labels,
        open: input.store.hours.is_open(input.now),
    };
    automation::hits(&input.automation, &facts)
}

/// True when one of them gives the message to a person.
pub(crate) fn hands_over(hits: &[RuleHit]) -> bool {
    hits.iter().any(|hit| hit.effects.contains(&RuleEffect::HandOver))
}

/// The mode with the rules in mind: they hold back, and never make the bot bolder.
pub(crate) fn mode(hits: &[RuleHit], mode: BotMode) -> BotMode {
    let held = mode == BotMode::Auto && hits.iter().any(|hit| hit.effects.contains(&RuleEffect::Draft));
    if held { BotMode::Draft } else { mode }
}
