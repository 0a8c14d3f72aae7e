//! The demo's data files, read into events in the order of their times.

use anyhow::{Context, Result};
use mercator_domain::{
    channel::ChannelKind,
    inbox::BotModes,
    language::Language,
    moment::{DAY_MS, MINUTE_MS, Moment},
    shipment::ShipmentStage,
};
use serde::{Deserialize, de::DeserializeOwned};

const INBOXES: &str = include_str!("../../demo/inboxes.json");
const SHIPMENTS: &str = include_str!("../../demo/shipments.jsonl");
const CONVERSATIONS: &str = include_str!("../../demo/conversations.jsonl");

/// The files that go through the ordinary import, with their dates still relative.
pub(super) const PRODUCTS: &str = include_str!("../../demo/products.csv");
pub(super) const CUSTOMERS: &str = include_str!("../../demo/customers.csv");
pub(super) const ORDERS: &str = include_str!("../../demo/orders.csv");
pub(super) const ARTICLES: &str = include_str!("../../demo/articles.csv");
pub(super) const RULES: &str = include_str!("../../demo/rules.json");
pub(super) const CASES: &str = include_str!("../../demo/cases.csv");

/// One inbox of the seller.
#[derive(Deserialize)]
pub(super) struct DemoInbox {
    pub(super) channel: ChannelKind,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) site: Option<String>,
    pub(super) language: Language,
    #[serde(default)]
    pub(super) signature: String,
    pub(super) time_zone: String,
    pub(super) modes: BotModes,
}

/// The parcel of an order.
#[derive(Deserialize)]
pub(super) struct DemoShipment {
    pub(super) order_number: String,
    pub(super) carrier: String,
    pub(super) tracking_number: String,
    pub(super) events: Vec<DemoShipmentEvent>,
}

/// One report of a carrier.
#[derive(Deserialize)]
pub(super) struct DemoShipmentEvent {
    pub(super) at: String,
    pub(super) stage: ShipmentStage,
    #[serde(default)]
    pub(super) place: String,
    #[serde(default)]
    pub(super) text: String,
}

/// One conversation with everything that people wrote in it.
#[derive(Deserialize)]
pub(super) struct DemoConversation {
    pub(super) inbox: String,
    pub(super) contact: DemoContact,
    #[serde(default)]
    pub(super) subject: String,
    pub(super) order: Option<String>,
    pub(super) messages: Vec<DemoMessage>,
    pub(super) resolved_at: Option<String>,
    pub(super) rating: Option<DemoRating>,
}

/// Who wrote.
#[derive(Deserialize)]
pub(super) struct DemoContact {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) country: Option<String>,
    /// The address that the shop knows, for accounts on other channels.
    #[serde(default)]
    pub(super) email: Option<String>,
}

/// One message of the customer or of an agent.
#[derive(Deserialize)]
pub(super) struct DemoMessage {
    pub(super) from: String,
    pub(super) at: String,
    pub(super) text: String,
}

/// How the customer answered the survey.
#[derive(Deserialize)]
pub(super) struct DemoRating {
    pub(super) score: u8,
    #[serde(default)]
    pub(super) comment: String,
    pub(super) at: String,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// A message of the conversation, by its number.
    Message(usize),
    /// A person resolves it.
    Resolve,
    /// The customer answers the survey.
    Rate,
}

/// What happens when, in which conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Event {
    pub(super) at: Moment,
    pub(super) conversation: usize,
    pub(super) step: Step,
}

/// The whole demo.
pub(super) struct Demo {
    pub(super) inboxes: Vec<DemoInbox>,
    pub(super) shipments: Vec<DemoShipment>,
    pub(super) conversations: Vec<DemoConversation>,
    /// In the order of time.
    pub(super) events: Vec<Event>,
}

/// Reads the files; `today` is the midnight that they call `D-0`.
pub(super) fn read(today: Moment) -> Result<Demo> {
    let inboxes = serde_json::from_str(INBOXES).context("Cannot read the demo's inboxes")?;
    let shipments = lines(SHIPMENTS).context("Cannot read the demo's parcels")?;
    let conversations: Vec<DemoConversation> = lines(CONVERSATIONS).context("Cannot read the demo's conversations")?;
    let mut events = vec![];
    for (number, conversation) in conversations.iter().enumerate() {
        let mut add = |at: &str, step: Step| -> Result<()> {
            events.push(Event { at: moment(at, today)?, conversation: number, step });
            Ok(())
        };
        for (index, message) in conversation.messages.iter().enumerate() {
            add(&message.at, Step::Message(index))?;
        }
        if let Some(at) = &conversation.resolved_at {
            add(at, Step::Resolve)?;
        }
        if let Some(rating) = &conversation.rating {
            add(&rating.at, Step::Rate)?;
        }
    }
    events.sort();
    Ok(Demo { inboxes, shipments, conversations, events })
}

fn lines<T: DeserializeOwned>(text: &str) -> Result<Vec<T>> {
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// `D-12T14:05`: twelve days before today, at 14:05 UTC; `D+3T12:00`: in three days.
pub(super) fn moment(text: &str, today: Moment) -> Result<Moment> {
    let read = || {
        let (sign, rest) = text.strip_prefix("D-").map(|rest| (-1, rest)).or_else(|| text.strip_prefix("D+").map(|rest| (1, rest)))?;
        let (days, time) = rest.split_once('T')?;
        let (hours, minutes) = time.split_once(':')?;
        let minutes = hours.parse::<i64>().ok()? * 60 + minutes.get(..2)?.parse::<i64>().ok()?;
        Some(today.plus_ms(sign * days.parse::<i64>().ok()? * DAY_MS + minutes * MINUTE_MS))
    };
    read().with_context(|| format!("'{text}' is no time of the demo"))
}

/// The orders as they were placed: parcels come with the carriers' reports, when their time has come.
pub(super) fn orders_as_placed() -> Result<String> {
    const LATER: &[&str] = &["carrier", "tracking_number", "shipped_at", "delivered_at"];
    let mut reader = csv::Reader::from_reader(ORDERS.as_bytes());
    let headings = reader.headers()?.clone();
    let kept: Vec<usize> = (0..headings.len()).filter(|n| headings.get(*n).is_some_and(|name| !LATER.contains(&name))).collect();
    let status = headings.iter().position(|name| name == "status");
    let mut writer = csv::Writer::from_writer(vec![]);
    writer.write_record(kept.iter().filter_map(|n| headings.get(*n)))?;
    for record in reader.records() {
        let record = record?;
        writer.write_record(kept.iter().filter_map(|n| match record.get(*n) {
            Some("shipped" | "delivered") if Some(*n) == status => Some("processing"),
            other => other,
        }))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// A file for the import, its relative times written out. What happens later today does not exist yet, so it gets the present; a
/// deadline (`D+3`) lies in the future on purpose.
pub(super) fn dated(text: &str, today: Moment, now: Moment) -> String {
    let mut out = String::with_capacity(text.len() + 4_096);
    let mut rest = text;
    while let Some(start) = rest.find("D-").into_iter().chain(rest.find("D+")).min() {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let end = from.find(|c: char| !(c.is_ascii_digit() || "D-+T:".contains(c))).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        match moment(word, today) {
            Ok(at) if word.starts_with("D+") => out.push_str(&at.to_string()),
            Ok(at) => out.push_str(&at.min(now).to_string()),
            Err(_) => out.push_str(word),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn relative_times_are_written_out() {
        let today = Moment(100 * DAY_MS);
        assert_eq!(moment("D-1T01:30", today).unwrap(), Moment(99 * DAY_MS + 90 * MINUTE_MS));
        assert_eq!(dated("a,D-1T00:00,AB-D-x\n", today, today), "a,1970-04-10T00:00:00Z,AB-D-x\n");
        assert_eq!(dated("a,D+1T00:00", today, today), "a,1970-04-12T00:00:00Z", "a deadline is ahead");
        assert!(moment("yesterday", today).is_err());
    }

    #[test]
    fn a1_the_demo_has_five_families_ten_languages_and_two_hundred_conversations() {
        let demo = read(Moment(1000 * DAY_MS)).unwrap();
        let families: BTreeSet<_> = demo.inboxes.iter().map(|inbox| inbox.channel.family()).collect();
        assert_eq!(families.len(), 5);
        assert!(demo.conversations.len() >= 200, "{}", demo.conversations.len());
        assert!(demo.events.is_sorted());
        for conversation in &demo.conversations {
            assert!(demo.inboxes.iter().any(|inbox| inbox.name == conversation.inbox), "{}", conversation.inbox);
            assert_eq!(conversation.messages[0].from, "customer");
        }
    }
}
