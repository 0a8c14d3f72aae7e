//! The seller's own rules: kept as data, tried over stored conversations before they are switched on, carried out with each turn (B14).

use std::sync::Arc;

use anyhow::Result;
use mercator_domain::{
    automation::{self, AutomationRule, RuleEffect, RuleHit},
    conversation::ActivityKind,
    ids::{ConversationId, MessageId},
    intent::Intent,
    message::Automatic,
    moment::{DAY_MS, Moment},
    turn::{Decision, Turn},
    work_order::{NewWorkOrder, WorkState},
};
use mercator_store::{ChangeKind, Tx};
use serde::{Deserialize, Serialize};

use crate::{App, error::refuse, turn_input::Subject, views::AppEvent};

/// The row of the settings.
const KEY: &str = "automation_rules";
/// Messages are read in such portions.
const PORTION: i64 = 500;
/// A dry run looks so far back where nobody says how far.
const BACK_MS: i64 = 90 * DAY_MS;
/// The window is told after so many messages.
const TOLD_EVERY: i32 = 25;
/// More touched messages than this are counted, not listed.
const MOST_LISTED: usize = 500;

/// A message that a rule would have touched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Touched {
    /// The message.
    pub message_id: MessageId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// When it was written.
    pub at: Moment,
    /// Who wrote it.
    pub contact: String,
    /// The conversation's subject.
    pub subject: String,
    /// What it wants.
    pub intent: Intent,
    /// The number of the order that it is about.
    pub order: Option<String>,
    /// What the bot would have decided without the rule, with today's articles and orders.
    pub before: Decision,
    /// And with it.
    pub after: Decision,
}

/// What a rule would have done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct DryRun {
    /// Messages of customers that were looked at.
    pub looked_at: i32,
    /// Messages that it would have touched.
    pub touched: i32,
    /// The newest of them.
    pub messages: Vec<Touched>,
}

impl App {
    /// The seller's rules, in the order in which they are looked at.
    pub async fn automation_rules(&self) -> Result<Vec<AutomationRule>> {
        Ok(self.store.setting::<Vec<AutomationRule>>(KEY).await?.unwrap_or_default())
    }

    /// Stores the rules; they hold from the next message on. What cannot be is refused, and everything stays as it was.
    pub async fn save_automation_rules(&self, rules: &[AutomationRule]) -> Result<()> {
        automation::check(rules).map_err(|fault| refuse(fault.to_string(), "Change it, then save again."))?;
        self.known_members(rules).await?;
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_setting(KEY, rules).await?;
        let names: Vec<&str> = rules.iter().filter(|rule| rule.enabled).map(|rule| rule.name.as_str()).collect();
        tx.insert_audit(&self.member.name, "automation.rules", "settings", &serde_json::json!({ "enabled": names })).await?;
        tx.changed(ChangeKind::Settings, 0);
        tx.commit().await?;
        self.regression_is_due();
        self.tell(AppEvent::SettingsChanged);
        Ok(())
    }

    async fn known_members(&self, rules: &[AutomationRule]) -> Result<()> {
        let members = self.store.members().await?;
        let stranger = rules.iter().find(|rule| {
            rule.effects
                .iter()
                .any(|effect| matches!(effect, RuleEffect::Assign { member } if !members.iter().any(|known| known.id == *member)))
        });
        match stranger {
            Some(rule) => Err(refuse(format!("The rule “{}” assigns to nobody who is known", rule.name), "Choose a colleague.")),
            None => Ok(()),
        }
    }

    /// What a rule would have done with the customers' messages since a moment, switched on or not. Nothing is stored and nothing is sent.
    pub async fn dry_run(&self, rule: &AutomationRule, since: Option<Moment>) -> Result<DryRun> {
        automation::check(std::slice::from_ref(rule)).map_err(|fault| refuse(fault.to_string(), "Change it, then try again."))?;
        let rules: Arc<[AutomationRule]> = Arc::new([AutomationRule { enabled: true, ..rule.clone() }]);
        let since = since.unwrap_or_else(|| self.now().plus_ms(-BACK_MS));
        let (mut done, mut after) = (DryRun::default(), MessageId(0));
        loop {
            let portion = self.store.customer_messages(since, after, PORTION).await?;
            let Some(last) = portion.last() else { break };
            after = *last;
            for id in portion {
                done.looked_at += 1;
                if let Some(touched) = self.touched(id, &rules).await? {
                    done.touched += 1;
                    done.messages.push(touched);
                }
                if done.looked_at % TOLD_EVERY == 0 {
                    self.tell(AppEvent::Progress { task: "dry_run".into(), done: done.looked_at, total: 0 });
                }
            }
        }
        done.messages.reverse();
        done.messages.truncate(MOST_LISTED);
        Ok(done)
    }

    async fn touched(&self, id: MessageId, rules: &Arc<[AutomationRule]>) -> Result<Option<Touched>> {
        let subject = self.subject(id).await?;
        let mut input = self.input_of(&subject, subject.message.at).await;
        input.human_owns = false;
        input.automation = Arc::clone(rules);
        let turn = self.run_turn(input.clone(), subject.writer.clone(), Some(subject.conversation.id)).await?;
        if turn.rules.is_empty() {
            return Ok(None);
        }
        let after = turn.decide.value.decision;
        let changes =
            turn.rules.iter().flat_map(|hit| &hit.effects).any(|effect| matches!(effect, RuleEffect::HandOver | RuleEffect::Draft));
        let before = if changes {
            input.automation = Arc::new([]);
            self.run_turn(input, subject.writer.clone(), Some(subject.conversation.id)).await?.decide.value.decision
        } else {
            after
        };
        Ok(Some(Touched {
            message_id: id,
            conversation_id: subject.conversation.id,
            at: subject.message.at,
            contact: subject.contact.name.clone(),
            subject: subject.conversation.subject.clone(),
            intent: turn.understand.value.intent.name,
            order: turn.retrieve.value.order.map(|order| order.number),
            before,
            after,
        }))
    }
}

impl App {
    /// Carries out the effects of the rules that held, beside what the turn itself does: labels, who has it, what is to be done.
    pub(crate) async fn carry_out_rules(&self, tx: &mut Tx, subject: &Subject, turn: &Turn) -> Result<()> {
        if subject.message.automatic != Automatic::None {
            return Ok(());
        }
        for RuleHit { name, effects } in &turn.rules {
            for effect in effects {
                if self.carry_out_effect(tx, subject, turn, effect).await? {
                    let detail = serde_json::json!({ "conversation": subject.conversation.id, "effect": word(effect) });
                    tx.insert_audit("bot", "automation.effect", name, &detail).await?;
                }
            }
        }
        Ok(())
    }

    /// True where it changed something.
    async fn carry_out_effect(&self, tx: &mut Tx, subject: &Subject, turn: &Turn, effect: &RuleEffect) -> Result<bool> {
        let id = subject.conversation.id;
        match effect {
            RuleEffect::Label { name } => {
                let label = match tx.label_named(name).await? {
                    Some(label) => label.id,
                    None => tx.put_label(name, "").await?,
                };
                let added = tx.add_label(id, label).await?;
                if added {
                    tx.insert_activity(id, ActivityKind::Labelled, "bot", name).await?;
                }
                Ok(added)
            }
            RuleEffect::Assign { member } => {
                let free = tx.conversation(id).await?.assignee.is_none();
                // Somebody who has left since the rule was written gets nothing.
                let known = self.store.members().await?.into_iter().find(|known| known.id == *member);
                let Some(colleague) = known.filter(|_| free) else { return Ok(false) };
                tx.assign(id, Some(colleague.id)).await?;
                tx.insert_activity(id, ActivityKind::Assigned, "bot", &colleague.name).await?;
                Ok(true)
            }
            RuleEffect::WorkOrder { work, details } => {
                let known = self.store.work_orders(id).await?;
                if known.iter().any(|one| one.state == WorkState::Open && one.kind == *work && one.details == *details) {
                    return Ok(false);
                }
                let order_number = turn.retrieve.value.order.as_ref().map(|order| order.number.clone());
                tx.insert_work_order(id, &NewWorkOrder { kind: *work, details: details.clone(), order_number }).await?;
                Ok(true)
            }
            // The turn itself has done these.
            RuleEffect::HandOver | RuleEffect::Draft => Ok(false),
        }
    }
}

/// What an effect is, for the audit: never the words of a work order.
const fn word(effect: &RuleEffect) -> &'static str {
    match effect {
        RuleEffect::Label { .. } => "label",
        RuleEffect::Assign { .. } => "assign",
        RuleEffect::HandOver => "hand_over",
        RuleEffect::Draft => "draft",
        RuleEffect::WorkOrder { .. } => "work_order",
    }
}
