//! The seller's own rules: WHEN something happens, IF all conditions hold, THEN do this. Data, evaluated in one place; no rule writes to a
//! customer, and none makes the bot bolder than its mode.

use serde::{Deserialize, Serialize};

use crate::{
    channel::ChannelKind,
    emotion::EmotionLevel,
    ids::{InboxId, MemberId},
    intent::Intent,
    language::Language,
    money::Money,
    order::{Order, OrderStatus},
    shipment::ShipmentStage,
    words,
    work_order::WorkKind,
};

/// More rules than this nobody can keep in mind.
pub const MOST_RULES: usize = 100;
/// Longest name, label or text of a work order, in characters.
const LONGEST: usize = 200;

words! {
    /// When a rule is looked at.
    RuleMoment {
        /// With each message of a customer.
        CustomerWrites => "customer_writes",
        /// With the first message of a conversation.
        ConversationBegins => "conversation_begins",
        /// When the bot hands over to a person.
        HandedOver => "handed_over",
    }
}

/// One condition. In a list any one is enough; an empty list holds never.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RuleCondition {
    /// What the message wants.
    Intent {
        /// Any of these.
        any: Vec<Intent>,
    },
    /// Its language.
    Language {
        /// Any of these.
        any: Vec<Language>,
    },
    /// The customer's country, ISO 3166-1 alpha-2.
    Country {
        /// Any of these.
        any: Vec<String>,
    },
    /// The store.
    Inbox {
        /// Any of these.
        any: Vec<InboxId>,
    },
    /// The channel.
    Channel {
        /// Any of these.
        any: Vec<ChannelKind>,
    },
    /// The feeling.
    Emotion {
        /// This or worse.
        at_least: EmotionLevel,
    },
    /// A threat or a danger.
    HighRisk,
    /// The order that it is about costs more; one in another currency does not.
    OrderAbove {
        /// Than this.
        amount: Money,
    },
    /// The order that it is about costs less; one in another currency does not.
    OrderBelow {
        /// Than this.
        amount: Money,
    },
    /// The state of the order that it is about.
    OrderStatus {
        /// Any of these.
        any: Vec<OrderStatus>,
    },
    /// The stage of a parcel of that order.
    ParcelStage {
        /// Any of these.
        any: Vec<ShipmentStage>,
    },
    /// The message or its subject says one of these words or phrases, in any case.
    Words {
        /// Any of these.
        any: Vec<String>,
    },
    /// The conversation has a label.
    Label {
        /// Any of these, in lower case.
        any: Vec<String>,
    },
    /// Nobody answers at this hour.
    OutOfHours,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RuleEffect {
    /// Marks the conversation.
    Label {
        /// The label; it is made when there is none.
        name: String,
    },
    /// Gives it to a colleague, unless somebody has it.
    Assign {
        /// To whom.
        member: MemberId,
    },
    /// Gives it to a person; the bot does not answer.
    HandOver,
    /// The bot's answer waits for a person instead of going out.
    Draft,
    /// Notes something down to be done, unless the same is open already.
    WorkOrder {
        /// What kind.
        work: WorkKind,
        /// What is to be done.
        details: String,
    },
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct AutomationRule {
    /// Its name, which "why?" shows.
    pub name: String,
    /// It is looked at.
    pub enabled: bool,
    /// When.
    pub when: RuleMoment,
    /// If all of these hold; none at all holds always.
    #[serde(rename = "if")]
    pub conditions: Vec<RuleCondition>,
    /// Then do these.
    #[serde(rename = "then")]
    pub effects: Vec<RuleEffect>,
}

/// A rule that held, as it is kept with the turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct RuleHit {
    /// The rule's name.
    pub name: String,
    /// What it does.
    pub effects: Vec<RuleEffect>,
}

/// What rules look at.
#[derive(Clone, Debug)]
pub struct RuleFacts<'a> {
    /// What has happened.
    pub moment: RuleMoment,
    /// What the message wants.
    pub intent: Intent,
    /// Its language.
    pub language: &'a Language,
    /// The customer's country.
    pub country: Option<&'a str>,
    /// The store.
    pub inbox: Option<InboxId>,
    /// The channel.
    pub channel: ChannelKind,
    /// The feeling.
    pub emotion: EmotionLevel,
    /// A threat or a danger.
    pub high_risk: bool,
    /// The order that it is about.
    pub order: Option<&'a Order>,
    /// Subject and text.
    pub text: &'a str,
    /// The labels of the conversation.
    pub labels: &'a [String],
    /// Somebody answers at this hour.
    pub open: bool,
}

/// Why a rule cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// It has no name.
    #[error("A rule needs a name")]
    NoName,
    /// Two have the same.
    #[error("Two rules are called “{0}”")]
    TwiceNamed(String),
    /// It does nothing.
    #[error("The rule “{0}” does nothing")]
    NoEffect(String),
    /// A list is empty, or a text is empty or too long.
    #[error("A condition or an effect of the rule “{0}” is empty or too long")]
    Empty(String),
    /// When the bot has handed over it answers no more.
    #[error("The rule “{0}” comes after the handoff, so it cannot hand over or hold back an answer")]
    TooLate(String),
    /// There are too many.
    #[error("There are more than {MOST_RULES} rules")]
    TooMany,
}

impl RuleCondition {
    fn holds(&self, facts: &RuleFacts) -> bool {
        let order = facts.order;
        match self {
            Self::Intent { any } => any.contains(&facts.intent),
            Self::Language { any } => any.iter().any(|language| facts.language.fallbacks().contains(language)),
            Self::Country { any } => facts.country.is_some_and(|country| any.iter().any(|code| code.eq_ignore_ascii_case(country))),
            Self::Inbox { any } => facts.inbox.is_some_and(|inbox| any.contains(&inbox)),
            Self::Channel { any } => any.contains(&facts.channel),
            Self::Emotion { at_least } => facts.emotion >= *at_least,
            Self::HighRisk => facts.high_risk,
            Self::OrderAbove { amount } => order.is_some_and(|o| o.total.currency == amount.currency && o.total.minor > amount.minor),
            Self::OrderBelow { amount } => order.is_some_and(|o| o.total.currency == amount.currency && o.total.minor < amount.minor),
            Self::OrderStatus { any } => order.is_some_and(|o| any.contains(&o.status)),
            Self::ParcelStage { any } => order.is_some_and(|o| o.shipments.iter().any(|parcel| any.contains(&parcel.stage))),
            Self::Words { any } => any.iter().any(|words| says(facts.text, words)),
            Self::Label { any } => any.iter().any(|label| facts.labels.contains(&label.to_lowercase())),
            Self::OutOfHours => !facts.open,
        }
    }

    fn is_empty(&self) -> bool {
        let texts = |any: &[String]| any.is_empty() || any.iter().any(|text| !fits(text));
        match self {
            Self::Intent { any } => any.is_empty(),
            Self::Language { any } => any.is_empty(),
            Self::Inbox { any } => any.is_empty(),
            Self::Channel { any } => any.is_empty(),
            Self::OrderStatus { any } => any.is_empty(),
            Self::ParcelStage { any } => any.is_empty(),
            Self::Country { any } | Self::Words { any } | Self::Label { any } => texts(any),
            Self::Emotion { .. } | Self::HighRisk | Self::OrderAbove { .. } | Self::OrderBelow { .. } | Self::OutOfHours => false,
        }
    }
}

fn fits(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST
}

/// Whole words where the script has borders: "app" is not in "happy".
fn says(text: &str, words: &str) -> bool {
    let (text, words) = (text.to_lowercase(), words.trim().to_lowercase());
    let border = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() && c.is_ascii());
    text.match_indices(&words).any(|(at, found)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|t| t.chars().next());
        border(before) && border(after)
    })
}

impl AutomationRule {
    /// Whether it holds now.
    pub fn holds(&self, facts: &RuleFacts) -> bool {
        let now = self.when == facts.moment || (self.when == RuleMoment::CustomerWrites && facts.moment == RuleMoment::ConversationBegins);
        self.enabled && now && self.conditions.iter().all(|condition| condition.holds(facts))
    }

    /// The rule as a hit.
    pub fn hit(&self) -> RuleHit {
        RuleHit { name: self.name.clone(), effects: self.effects.clone() }
    }

    fn check(&self) -> Result<(), RuleFault> {
        let name = self.name.trim().to_owned();
        if name.is_empty() {
            return Err(RuleFault::NoName);
        }
        if self.effects.is_empty() {
            return Err(RuleFault::NoEffect(name));
        }
        let hollow = |effect: &RuleEffect| match effect {
            RuleEffect::Label { name } => !fits(name),
            RuleEffect::WorkOrder { details, .. } => !fits(details),
            RuleEffect::Assign { .. } | RuleEffect::HandOver | RuleEffect::Draft => false,
        };
        if !fits(&self.name) || self.conditions.iter().any(RuleCondition::is_empty) || self.effects.iter().any(hollow) {
            return Err(RuleFault::Empty(name));
        }
        let late =
            self.when == RuleMoment::HandedOver && self.effects.iter().any(|e| matches!(e, RuleEffect::HandOver | RuleEffect::Draft));
        if late { Err(RuleFault::TooLate(name)) } else { Ok(()) }
    }
}

/// Whether rules can be stored together.
pub fn check(rules: &[AutomationRule]) -> Result<(), RuleFault> {
    if rules.len() > MOST_RULES {
        return Err(RuleFault::TooMany);
    }
    let mut names = std::collections::BTreeSet::new();
    for rule in rules {
        rule.check()?;
        if !names.insert(rule.name.trim()) {
            return Err(RuleFault::TwiceNamed(rule.name.trim().to_owned()));
        }
    }
    Ok(())
}

/// The rules that hold, in their order.
pub fn hits(rules: &[AutomationRule], facts: &RuleFacts) -> Vec<RuleHit> {
    rules.iter().filter(|rule| rule.holds(facts)).map(AutomationRule::hit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn facts<'a>(language: &'a Language, labels: &'a [String]) -> RuleFacts<'a> {
        RuleFacts {
            moment: RuleMoment::CustomerWrites,
            intent: Intent::RefundRequest,
            language,
            country: Some("BR"),
            inbox: Some(InboxId(2)),
            channel: ChannelKind::Email,
            emotion: EmotionLevel::Upset,
            high_risk: false,
            order: None,
            text: "Refund\nI want my money back. 退款！",
            labels,
            open: true,
        }
    }

    #[test]
    fn b14_each_condition_holds_where_it_should_and_nowhere_else() {
        let language = Language::parse("pt-BR").unwrap();
        let labels = ["vip".to_owned()];
        let facts = facts(&language, &labels);
        let check = |condition: RuleCondition, expect: bool| assert_eq!(condition.holds(&facts), expect, "{condition:?}");
        check(RuleCondition::Intent { any: vec![Intent::OrderStatus, Intent::RefundRequest] }, true);
        check(RuleCondition::Intent { any: vec![Intent::OrderStatus] }, false);
        check(RuleCondition::Intent { any: vec![] }, false);
        check(RuleCondition::Language { any: vec![Language::parse("pt").unwrap()] }, true);
        check(RuleCondition::Language { any: vec![Language::parse("es").unwrap()] }, false);
        check(RuleCondition::Country { any: vec!["br".into()] }, true);
        check(RuleCondition::Country { any: vec!["DE".into()] }, false);
        check(RuleCondition::Inbox { any: vec![InboxId(2)] }, true);
        check(RuleCondition::Inbox { any: vec![InboxId(1)] }, false);
        check(RuleCondition::Channel { any: vec![ChannelKind::Email] }, true);
        check(RuleCondition::Emotion { at_least: EmotionLevel::Concerned }, true);
        check(RuleCondition::Emotion { at_least: EmotionLevel::Angry }, false);
        check(RuleCondition::HighRisk, false);
        check(RuleCondition::OutOfHours, false);
        check(RuleCondition::Words { any: vec!["MONEY BACK".into()] }, true);
        check(RuleCondition::Words { any: vec!["退款".into()] }, true);
        check(RuleCondition::Words { any: vec!["one".into()] }, false);
        check(RuleCondition::Label { any: vec!["VIP".into()] }, true);
        check(RuleCondition::Label { any: vec!["new".into()] }, false);
        // Without an order nothing is known of it.
        let hundred = Money::new(10_000, Currency::parse("EUR").unwrap());
        check(RuleCondition::OrderAbove { amount: hundred }, false);
        check(RuleCondition::OrderBelow { amount: hundred }, false);
    }

    fn rule(name: &str, when: RuleMoment, effects: Vec<RuleEffect>) -> AutomationRule {
        AutomationRule { name: name.into(), enabled: true, when, conditions: vec![], effects }
    }

    #[test]
    fn b14_rules_hold_at_their_moment_in_their_order() {
        let language = Language::english();
        let label = |name: &str| vec![RuleEffect::Label { name: name.into() }];
        let mut rules = vec![
            rule("each", RuleMoment::CustomerWrites, label("a")),
            rule("first", RuleMoment::ConversationBegins, label("b")),
            rule("handed", RuleMoment::HandedOver, label("c")),
        ];
        let named = |rules: &[AutomationRule], moment| {
            let facts = RuleFacts { moment, ..facts(&language, &[]) };
            hits(rules, &facts).into_iter().map(|hit| hit.name).collect::<Vec<_>>()
        };
        assert_eq!(named(&rules, RuleMoment::CustomerWrites), ["each"]);
        assert_eq!(named(&rules, RuleMoment::ConversationBegins), ["each", "first"]);
        assert_eq!(named(&rules, RuleMoment::HandedOver), ["handed"]);
        rules[0].enabled = false;
        assert!(named(&rules, RuleMoment::CustomerWrites).is_empty());
    }

    #[test]
    fn b14_rules_that_cannot_be_are_refused_with_their_name() {
        let fine = rule("fine", RuleMoment::CustomerWrites, vec![RuleEffect::HandOver]);
        assert_eq!(check(std::slice::from_ref(&fine)), Ok(()));
        assert_eq!(check(&[fine.clone(), fine.clone()]), Err(RuleFault::TwiceNamed("fine".into())));
        assert_eq!(check(&[rule(" ", RuleMoment::CustomerWrites, vec![RuleEffect::Draft])]), Err(RuleFault::NoName));
        assert_eq!(check(&[rule("x", RuleMoment::CustomerWrites, vec![])]), Err(RuleFault::NoEffect("x".into())));
        assert_eq!(check(&[rule("x", RuleMoment::HandedOver, vec![RuleEffect::Draft])]), Err(RuleFault::TooLate("x".into())));
        let hollow = AutomationRule { conditions: vec![RuleCondition::Words { any: vec![" ".into()] }], ..fine.clone() };
        assert_eq!(check(&[hollow]), Err(RuleFault::Empty("fine".into())));
        let label = rule("x", RuleMoment::CustomerWrites, vec![RuleEffect::Label { name: String::new() }]);
        assert_eq!(check(&[label]), Err(RuleFault::Empty("x".into())));
        assert_eq!(check(&vec![fine; 101]), Err(RuleFault::TooMany));
    }

    #[test]
    fn a_rule_is_written_as_people_say_it() {
        let text = r#"{"name":"Big refunds","enabled":true,"when":"customer_writes","if":[{"kind":"intent","any":["refund_request"]},
            {"kind":"order_above","amount":{"minor":10000,"currency":"EUR"}}],"then":[{"kind":"label","name":"big refund"},{"kind":"hand_over"}]}"#;
        let rule: AutomationRule = serde_json::from_str(text).unwrap();
        assert_eq!((rule.conditions.len(), rule.effects.len()), (2, 2));
        let again: AutomationRule = serde_json::from_str(&serde_json::to_string(&rule).unwrap()).unwrap();
        assert_eq!(again, rule);
    }
}
