//! Replay: what the bot would have done with messages that are stored, beside what a person wrote, before an intent is switched to auto.
//!
//! Each message of a customer goes through a whole turn with the conversation as it was before it, as if the bot might answer everything.
//! Nothing is stored and nothing is sent. Orders and articles are those of today: of a parcel that has arrived since, the bot says so.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
};

use anyhow::{Context, Result};
use mercator_domain::{
    ids::{ConversationId, MessageId},
    inbox::{BotMode, BotModes},
    intent::Intent,
    language::Language,
    message::{Author, Delivery, Message},
    moment::{DAY_MS, Moment},
    turn::{Outcome, ReplyDraft, Turn},
    words,
};
use mercator_pipeline::{Encoder, intents::trainer::Stop};
use serde::{Deserialize, Serialize};

use crate::{
    App,
    demo::Progress,
    error::{refuse, user},
    views::AppEvent,
};

/// From this cosine of their sentence vectors on the bot's words and the person's count as saying the same. Of the demo's
/// articles the 280 pairs that say the same in two languages lie above it (95 % above 0.60), and 0.8 % of the 5,715 others; so do none of
/// its thirteen answers by people who say something else than the bot (the nearest: 0.497). Nothing is sent or kept back by it.
const SAME: f32 = 0.5;

/// Messages are read in such portions.
const PORTION: i64 = 500;

/// So many messages are shown to be looked at; the command line gives all.
const SHOWN: usize = 100;

/// The longest time that the window looks back.
const MOST_DAYS: i32 = 366;

/// The name of the work in [`AppEvent::Progress`].
const TASK: &str = "replay";

words! {
    /// What the bot would have done.
    Would {
        /// Answered by itself.
        Answer => "answer",
        /// Written a draft: it was not sure enough of the request.
        Draft => "draft",
        /// Restated an action, and waited for a yes.
        Propose => "propose",
        /// Handed over.
        HandOff => "hand_off",
        /// Said nothing.
        Silence => "silence",
    }
}

/// One message, replayed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Replayed {
    /// The message.
    pub message_id: MessageId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// When it was written.
    pub at: Moment,
    /// Its language.
    pub language: Language,
    /// What the customer wrote.
    pub asked: String,
    /// What it wants.
    pub intent: Intent,
    /// How sure the bot is of that.
    pub confidence: f32,
    /// Somebody threatens, or something is dangerous.
    pub high_risk: bool,
    /// What the bot would have done.
    pub would: Would,
    /// By which rule.
    pub rule: String,
    /// Its words.
    pub bot: Option<String>,
    /// What a person answered, before the customer wrote again.
    pub person: Option<String>,
    /// How alike the two are, -1 to 1; `None` where one is missing, or there is no sentence encoder.
    pub alike: Option<f32>,
}

/// What the replay says of one intent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct IntentReplay {
    /// Messages with it.
    pub messages: u32,
    /// The bot would have answered by itself.
    pub answered: u32,
    /// It would have written a draft.
    pub drafted: u32,
    /// It would have restated an action, and waited for a yes.
    pub proposed: u32,
    /// It would have handed over.
    pub handed_over: u32,
    /// Answers and drafts that can be compared with a person's answer.
    pub compared: u32,
    /// Of these, those that say the same.
    pub agreed: u32,
    /// Answers that it would have sent where a person said something else: look at these before auto.
    pub differing: u32,
    /// Answers that it would have sent to a message with a threat or a danger: must be none.
    pub answered_at_risk: u32,
}

/// One intent with its figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ReplayLine {
    /// The intent.
    pub intent: Intent,
    /// What the replay says of it.
    pub figures: IntentReplay,
}

/// What the window shows of a replay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ReplayReport {
    /// Messages that were replayed.
    pub messages: i32,
    /// From when on.
    pub since: Moment,
    /// Answers could be compared: there is a sentence encoder.
    pub compared: bool,
    /// By intent, the most frequent first.
    pub intents: Vec<ReplayLine>,
    /// Answers to be looked at before auto: those to a threat or a danger, then those that say something else than a person; the newest first.
    pub look_at: Vec<Replayed>,
    /// How many such there are in all.
    pub look_at_in_all: i32,
}

/// True for an answer that a person should look at before the intent is switched to auto.
fn is_to_be_looked_at(one: &Replayed) -> bool {
    one.would == Would::Answer && (one.high_risk || one.alike.is_some_and(|alike| alike < SAME))
}

/// The figures by intent, in the order of the taxonomy.
pub fn by_intent(replayed: &[Replayed]) -> BTreeMap<Intent, IntentReplay> {
    let mut figures: BTreeMap<Intent, IntentReplay> = BTreeMap::new();
    for one in replayed {
        let of = figures.entry(one.intent).or_default();
        let sent = one.would == Would::Answer;
        of.messages += 1;
        of.answered += u32::from(sent);
        of.drafted += u32::from(one.would == Would::Draft);
        of.proposed += u32::from(one.would == Would::Propose);
        of.handed_over += u32::from(one.would == Would::HandOff);
        of.answered_at_risk += u32::from(sent && one.high_risk);
        if let Some(alike) = one.alike {
            of.compared += 1;
            of.agreed += u32::from(alike >= SAME);
            of.differing += u32::from(sent && alike < SAME);
        }
    }
    figures
}

impl App {
    /// The replay of the last days for the window; one at a time, and it can be stopped.
    pub async fn replay_report(&self, days: i32) -> Result<ReplayReport> {
        let since = self.now().plus_ms(-i64::from(days.clamp(1, MOST_DAYS)) * DAY_MS);
        let stop = self.begin_replay()?;
        let told = |done: usize, _| self.tell(AppEvent::Progress { task: TASK.into(), done: small(done), total: 0 });
        let replayed = self.replay(Some(since), &told, &stop).await;
        *self.replaying.lock().unwrap_or_else(PoisonError::into_inner) = None;
        // However it ended: what shows the progress takes it away.
        self.tell(AppEvent::Progress { task: TASK.into(), done: 1, total: 1 });
        let compared = self.brain().await?.bot.encoder().is_some();
        Ok(report(replayed?, since, compared))
    }

    fn begin_replay(&self) -> Result<Stop> {
        let mut held = self.replaying.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            return Err(refuse("A replay runs already", "Wait until it is done, or stop it."));
        }
        let stop = Stop::default();
        *held = Some(stop.clone());
        Ok(stop)
    }

    /// Ends the replay that runs; it then fails with the code `stopped`.
    pub fn cancel_replay(&self) {
        if let Some(stop) = self.replaying.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            stop.stop();
        }
    }

    /// Replays the customers' messages from a moment on, oldest first.
    pub async fn replay(&self, since: Option<Moment>, progress: Progress<'_>, stop: &Stop) -> Result<Vec<Replayed>> {
        let since = since.unwrap_or(Moment(0));
        let encoder = self.brain().await?.bot.encoder().cloned().map(Arc::new);
        let (mut replayed, mut after) = (vec![], MessageId(0));
        loop {
            let portion = self.store.customer_messages(since, after, PORTION).await?;
            let Some(last) = portion.last() else { return Ok(replayed) };
            after = *last;
            for id in portion {
                if stop.is_asked() {
                    return Err(user("stopped", "The replay was stopped", "Nothing was changed; begin it again when you like."));
                }
                replayed.push(self.replay_one(id, encoder.clone()).await?);
                progress(replayed.len(), 0);
            }
        }
    }

    async fn replay_one(&self, id: MessageId, encoder: Option<Arc<Encoder>>) -> Result<Replayed> {
        let subject = self.subject(id).await?;
        let mut input = self.input_of(&subject, subject.message.at).await;
        input.human_owns = false;
        input.store.modes = BotModes { default: BotMode::Auto, by_intent: BTreeMap::new() };
        let turn = self.run_turn(input, subject.writer.clone(), Some(subject.conversation.id)).await?;
        let thread = self.store.thread(subject.conversation.id).await?;
        let person = answer_to(&thread, id).map(|text| without(&text, &subject.inbox.signature));
        let (would, reply) = would(&turn);
        let bot = reply.map(|reply| reply.text.clone());
        let alike = match (encoder, reply.map(matter), person.clone()) {
            (Some(encoder), Some(bot), Some(person)) => Some(alike(encoder, bot, person).await?),
            _ => None,
        };
        let intent = &turn.understand.value.intent;
        Ok(Replayed {
            message_id: id,
            conversation_id: subject.conversation.id,
            at: subject.message.at,
            language: turn.language.value.code.clone(),
            asked: subject.message.text.clone(),
            intent: intent.name,
            confidence: intent.confidence,
            high_risk: turn.emotion.value.risk.high,
            would,
            rule: turn.decide.value.rule.clone(),
            bot,
            person,
            alike,
        })
    }
}

fn report(replayed: Vec<Replayed>, since: Moment, compared: bool) -> ReplayReport {
    let mut intents: Vec<ReplayLine> = by_intent(&replayed).into_iter().map(|(intent, figures)| ReplayLine { intent, figures }).collect();
    intents.sort_by_key(|line| std::cmp::Reverse(line.figures.messages));
    let messages = small(replayed.len());
    let mut look_at: Vec<Replayed> = replayed.into_iter().filter(is_to_be_looked_at).collect();
    look_at.sort_by_key(|one| (!one.high_risk, std::cmp::Reverse((one.at, one.message_id))));
    let look_at_in_all = small(look_at.len());
    look_at.truncate(SHOWN);
    ReplayReport { messages, since, compared, intents, look_at, look_at_in_all }
}

fn small(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// What a person wrote after a message and before the customer's next one.
fn answer_to(thread: &[Message], id: MessageId) -> Option<String> {
    let after = thread.iter().skip_while(|message| message.id != id).skip(1);
    let mut next = after.take_while(|message| message.author != Author::Contact);
    let said = |message: &&Message| message.author == Author::Agent && !matches!(message.delivery, Delivery::Cancelled | Delivery::Draft);
    next.find(said).map(|message| message.text.clone())
}

/// What a reply says without its greeting, its signature and the notice that a machine wrote it: all replies have these.
fn matter(reply: &ReplyDraft) -> String {
    if reply.sources.is_empty() {
        return reply.text.clone();
    }
    reply.sources.iter().map(|passage| passage.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn without(text: &str, signature: &str) -> String {
    let signature = signature.trim();
    text.strip_suffix(signature).unwrap_or(text).trim_end().to_owned()
}

fn would(turn: &Turn) -> (Would, Option<&ReplyDraft>) {
    match &turn.outcome {
        Outcome::Reply { reply } => (Would::Answer, Some(reply)),
        Outcome::Draft { reply } => (Would::Draft, Some(reply)),
        Outcome::Act { reply, .. } => (Would::Propose, Some(reply)),
        Outcome::HandOff { .. } => (Would::HandOff, None),
        Outcome::Silence { .. } => (Would::Silence, None),
    }
}

/// The cosine of the two texts' vectors.
async fn alike(encoder: Arc<Encoder>, bot: String, person: String) -> Result<f32> {
    let work = move || {
        let vectors = encoder.vectors(&[&bot, &person]);
        match vectors.as_slice() {
            [bot, person] => bot.iter().zip(person).map(|(a, b)| a * b).sum(),
            _ => 0.0,
        }
    };
    tokio::task::spawn_blocking(work).await.context("The comparison was cut off")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(intent: Intent, would: Would, high_risk: bool, alike: Option<f32>) -> Replayed {
        Replayed {
            message_id: MessageId(1),
            conversation_id: ConversationId(1),
            at: Moment(0),
            language: Language::english(),
            asked: String::new(),
            intent,
            confidence: 0.9,
            high_risk,
            would,
            rule: String::new(),
            bot: None,
            person: None,
            alike,
        }
    }

    #[test]
    fn figures_by_hand() {
        let replayed = [
            one(Intent::DeliveryTime, Would::Answer, false, Some(0.9)),
            one(Intent::DeliveryTime, Would::Answer, false, Some(0.1)),
            one(Intent::DeliveryTime, Would::Draft, false, Some(0.2)),
            one(Intent::DeliveryTime, Would::Answer, true, None),
            one(Intent::DeliveryTime, Would::HandOff, true, None),
            one(Intent::Thanks, Would::Silence, false, None),
        ];
        let figures = by_intent(&replayed);
        let expect = IntentReplay {
            messages: 5,
            answered: 3,
            drafted: 1,
            proposed: 0,
            handed_over: 1,
            compared: 3,
            agreed: 1,
            differing: 1,
            answered_at_risk: 1,
        };
        assert_eq!(figures[&Intent::DeliveryTime], expect);
        assert_eq!(figures[&Intent::Thanks], IntentReplay { messages: 1, ..IntentReplay::default() });
    }

    #[test]
    fn what_is_to_be_looked_at_comes_risks_first_then_the_newest() {
        let at = |at: i64, one: Replayed| Replayed { at: Moment(at), ..one };
        let replayed = vec![
            at(1, one(Intent::DeliveryTime, Would::Answer, false, Some(0.1))),
            at(2, one(Intent::Complaint, Would::Answer, true, None)),
            at(3, one(Intent::DeliveryTime, Would::Answer, false, Some(0.2))),
            at(4, one(Intent::DeliveryTime, Would::Answer, false, Some(0.9))),
            at(5, one(Intent::DeliveryTime, Would::Draft, false, Some(0.1))),
        ];
        let report = report(replayed, Moment(0), true);
        assert_eq!(report.look_at.iter().map(|one| one.at.ms()).collect::<Vec<_>>(), [2, 3, 1]);
        assert_eq!((report.messages, report.look_at_in_all, report.intents[0].figures.messages), (5, 3, 4));
    }
}
