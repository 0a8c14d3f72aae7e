//! What the history adds: the same demand again, messages in a short interval, a feeling that grew over the earlier messages.

use mercator_domain::{
    emotion::{CueKind, EmotionLevel, Trend},
    intent::Intent,
    message::Author,
    moment::MINUTE_MS,
};

use super::{Context, cues::Signs};
use crate::{fold::fold, ports::HistoryLine, tokens};

/// Messages closer together than this, without an answer between, are haste.
const SHORT_INTERVAL_MS: i64 = 10 * MINUTE_MS;

/// Adds the signs of the history.
pub(super) fn add(signs: &mut Signs, original: &str, context: &Context) {
    let earlier: Vec<&HistoryLine> = context.history.iter().filter(|l| l.author == Author::Contact).collect();
    let asks = !matches!(context.intent, Intent::Thanks | Intent::Feedback | Intent::Other);
    let now = word_set(original);
    let again = earlier.iter().filter(|l| asks && (l.intent == Some(context.intent) || overlap(&now, &word_set(&l.text)) > 0.6)).count();
    if again > 0 {
        let weight = if again == 1 { 0.2 } else { 0.45 };
        if again == 1 {
            signs.concerned += 0.3;
        } else {
            signs.past += weight;
        }
        signs.cue(weight, CueKind::RepeatedDemand, (again + 1).to_string());
    }
    let unanswered = context.history.iter().rev().take_while(|l| l.author == Author::Contact);
    let quick = unanswered.filter(|l| (0..SHORT_INTERVAL_MS).contains(&context.at.since(l.at))).count();
    if quick > 0 {
        signs.urgency += 0.2;
        if quick > 1 {
            signs.past += 0.15;
        }
        signs.cue(0.2, CueKind::ShortInterval, (quick + 1).to_string());
    }
    let levels = levels(context.history);
    // What was heated before is not calm now because one message has fewer words for it; but a calm word ends it.
    if levels.last().is_some_and(|last| *last >= EmotionLevel::Upset) && signs.upset + signs.angry + signs.loud + signs.past > 0.2 {
        signs.past += 0.2;
        if Trend::of(&levels) == Some(Trend::Rising) {
            signs.cue(0.2, CueKind::RisingTrend, levels.len().to_string());
        }
    }
}

/// The levels of the customer's earlier messages, oldest first.
pub(crate) fn levels(history: &[HistoryLine]) -> Vec<EmotionLevel> {
    history.iter().filter(|line| line.author == Author::Contact).filter_map(|line| line.emotion).collect()
}

fn word_set(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words: Vec<String> = tokens::words(&folded).into_iter().take(200).map(str::to_owned).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Share of words in common, of the smaller set; messages of few words are not compared.
fn overlap(a: &[String], b: &[String]) -> f32 {
    let smaller = a.len().min(b.len());
    if smaller < 3 {
        return 0.0;
    }
    let common = a.iter().filter(|w| b.binary_search(w).is_ok()).count();
    #[allow(clippy::cast_precision_loss, reason = "At most 200 words.")]
    let share = common as f32 / smaller as f32;
    share
}
