//! Plays the demo's events through the ordinary path, in the order of time.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use mercator_channels::Pull;
use mercator_domain::{
    automation::AutomationRule,
    contact::Identity,
    conversation::Status,
    entity::comparable_number,
    hours::BusinessHours,
    ids::{ConversationId, ShipmentId},
    inbound::{ExternalKey, Inbound, InboundBody, InboundMessage, Party, ThreadHints},
    inbox::{Connection, Inbox},
    message::Automatic,
    moment::{HOUR_MS, Moment, SECOND_MS},
    order::OrderStatus,
    satisfaction::Score,
    shipment::{Shipment, ShipmentEvent, ShipmentStage},
};
use mercator_store::inboxes::NewInbox;

use super::{
    LIVE, Progress,
    data::{self, Demo, DemoConversation, DemoShipment, Event, Step},
    today,
};
use crate::{
    App,
    clock::FixedClock,
    satisfaction,
    views::{ImportKind, ReplyInput},
};

/// The stream's name in the keys of the demo's events.
const STREAM: &str = "demo";

/// By the time an agent's answer has left, the time to take it back is over.
const AFTER_UNDO_MS: i64 = 31 * SECOND_MS;

/// A person is promised to answer within four hours of open time.
const PROMISE_MINUTES: i32 = 240;

/// Loads the shop, then plays every event up to `now`.
pub(super) async fn everything(app: &App, clock: &FixedClock, now: Moment, progress: Progress<'_>) -> Result<()> {
    let demo = data::read(today(now))?;
    let inboxes = connect(app, &demo).await?;
    shop(app, now).await?;
    app.save_automation_rules(&serde_json::from_str::<Vec<AutomationRule>>(data::RULES).context("Cannot read the demo's rules")?).await?;
    link_accounts(app, &demo).await?;
    let mut carriers = Carriers::of(&demo, now)?;
    let past = demo.events.iter().filter(|event| event.at <= now).count();
    let mut player = Player { app, demo: &demo, inboxes: &inboxes, known: BTreeMap::new() };
    let mut looked = Moment(0);
    for (number, event) in demo.events.iter().take(past).enumerate() {
        clock.set(event.at);
        carriers.report(app, &demo, event.at).await?;
        if event.at.since(looked) > HOUR_MS {
            app.look_at_the_clock().await?;
            looked = event.at;
        }
        player.play(event).await.with_context(|| format!("The demo's event {number} cannot be played"))?;
        app.run_bot().await?;
        clock.set(event.at.plus_ms(AFTER_UNDO_MS));
        app.deliver_due().await?;
        progress(number + 1, past);
    }
    clock.set(now);
    carriers.report(app, &demo, now).await?;
    take(app, now, ImportKind::Cases, "cases.csv", data::CASES).await?;
    app.look_at_the_clock().await?;
    app.deliver_due().await?;
    let mut tx = app.store.begin_at(now).await?;
    tx.set_setting(LIVE, &past).await?;
    Ok(tx.commit().await?)
}

/// Plays the next event of the day that has not been played; false when there is none left.
pub(crate) async fn play_next_live(app: &App) -> Result<bool> {
    let now = app.now();
    let Some(next) = app.store.setting::<usize>(LIVE).await? else { return Ok(false) };
    let demo = data::read(today(now))?;
    let Some(event) = demo.events.get(next) else { return Ok(false) };
    let mut tx = app.store.begin_at(now).await?;
    tx.set_setting(LIVE, &(next + 1)).await?;
    tx.commit().await?;
    let inboxes = app.store.inboxes().await?.into_iter().map(|stored| (stored.inbox.name.clone(), stored.inbox)).collect();
    let mut player = Player { app, demo: &demo, inboxes: &inboxes, known: BTreeMap::new() };
    player.play(&Event { at: now, ..*event }).await?;
    Ok(true)
}

async fn connect(app: &App, demo: &Demo) -> Result<BTreeMap<String, Inbox>> {
    let mut tx = app.store.begin_at(app.now()).await?;
    for inbox in &demo.inboxes {
        tx.insert_inbox(&NewInbox {
            channel: inbox.channel,
            name: inbox.name.clone(),
            address: inbox.address.clone(),
            site: inbox.site.clone(),
            language: inbox.language.clone(),
            signature: inbox.signature.clone(),
            hours: BusinessHours { time_zone: inbox.time_zone.clone(), ..BusinessHours::default() },
            modes: inbox.modes.clone(),
            promise_minutes: PROMISE_MINUTES,
            connection: Connection::Demo,
        })
        .await?;
    }
    tx.commit().await?;
    Ok(app.store.inboxes().await?.into_iter().map(|stored| (stored.inbox.name.clone(), stored.inbox)).collect())
}

async fn shop(app: &App, now: Moment) -> Result<()> {
    let orders = data::orders_as_placed()?;
    let files = [
        (ImportKind::Products, "products.csv", data::PRODUCTS),
        (ImportKind::Customers, "customers.csv", data::CUSTOMERS),
        (ImportKind::Orders, "orders.csv", orders.as_str()),
        (ImportKind::Articles, "articles.csv", data::ARTICLES),
    ];
    for (kind, name, text) in files {
        take(app, now, kind, name, text).await?;
    }
    Ok(())
}

async fn take(app: &App, now: Moment, kind: ImportKind, name: &str, text: &str) -> Result<()> {
    let dated = data::dated(text, today(now), now);
    let report = app.import_bytes(kind, name, dated.as_bytes(), false).await.with_context(|| format!("Cannot import the demo's {name}"))?;
    anyhow::ensure!(report.rejected == 0, "The demo's {name} has rows that are refused: {:?}", report.rows.first());
    Ok(())
}

/// The shop knows which account on a messenger is which customer: the account becomes an identity of the customer.
async fn link_accounts(app: &App, demo: &Demo) -> Result<()> {
    let mut tx = app.store.begin_at(app.now()).await?;
    for contact in demo.conversations.iter().map(|conversation| &conversation.contact) {
        let Some(email) = contact.email.as_ref().filter(|email| **email != contact.address) else { continue };
        if let Some(known) = tx.contact_by_identity(&Identity::email(email)).await? {
            tx.add_identity(known.id, &crate::inbox::identity_of(&contact.address)).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// The carriers' reports of all parcels, in the order of time, and how far they have come.
struct Carriers {
    reports: Vec<(Moment, usize)>,
    reported: usize,
    now: Moment,
}

impl Carriers {
    fn of(demo: &Demo, now: Moment) -> Result<Self> {
        let mut reports = vec![];
        for (number, parcel) in demo.shipments.iter().enumerate() {
            for event in &parcel.events {
                reports.push((data::moment(&event.at, today(now))?, number));
            }
        }
        reports.sort_unstable();
        Ok(Self { reports, reported: 0, now })
    }

    /// Every report up to `at` arrives; the order follows its parcel.
    async fn report(&mut self, app: &App, demo: &Demo, at: Moment) -> Result<()> {
        let due = self.reports.iter().skip(self.reported).take_while(|(time, _)| *time <= at).count();
        if due == 0 {
            return Ok(());
        }
        let mut tx = app.store.begin_at(at).await?;
        for (time, number) in self.reports.iter().skip(self.reported).take(due) {
            let Some(parcel) = demo.shipments.get(*number) else { continue };
            let Some(order) = tx.order_by_number(&comparable_number(&parcel.order_number)).await? else { continue };
            let state = shipment(parcel, *time, today(self.now))?;
            if matches!(order.status, OrderStatus::Processing | OrderStatus::Shipped) {
                let status = if state.delivered_at.is_some() { OrderStatus::Delivered } else { OrderStatus::Shipped };
                tx.set_order_status(order.id, status).await?;
            }
            tx.put_shipment(order.id, &state).await?;
        }
        self.reported += due;
        Ok(tx.commit().await?)
    }
}

/// The parcel as it stands at `at`: later reports have not come yet.
fn shipment(parcel: &DemoShipment, until: Moment, today: Moment) -> Result<Shipment> {
    let mut events = vec![];
    for event in &parcel.events {
        let at = data::moment(&event.at, today)?;
        if at <= until {
            events.push(ShipmentEvent { at, stage: event.stage, place: event.place.clone(), text: event.text.clone() });
        }
    }
    events.sort_by_key(|event| event.at);
    let delivered = events.iter().find(|event| event.stage == ShipmentStage::Delivered);
    Ok(Shipment {
        id: ShipmentId(0),
        carrier: parcel.carrier.clone(),
        tracking_number: parcel.tracking_number.clone(),
        stage: events.last().map_or(ShipmentStage::InfoReceived, |event| event.stage),
        shipped_at: events.first().map(|event| event.at),
        delivered_at: delivered.map(|event| event.at),
        events,
    })
}

/// Plays events; knows which conversation of the workspace is which of the data.
struct Player<'a> {
    app: &'a App,
    demo: &'a Demo,
    inboxes: &'a BTreeMap<String, Inbox>,
    known: BTreeMap<usize, ConversationId>,
}

impl Player<'_> {
    async fn play(&mut self, event: &Event) -> Result<()> {
        let conversation = self.demo.conversations.get(event.conversation).context("No such conversation")?;
        let inbox = self.inboxes.get(&conversation.inbox).context("No such inbox")?;
        match event.step {
            Step::Message(index) => {
                let message = conversation.messages.get(index).context("No such message")?;
                if message.from == "agent" {
                    return self.answer(event, inbox, &message.text).await;
                }
                let subject = conversation.subject.clone();
                self.receive(event, inbox, conversation, subject, message.text.clone(), index).await
            }
            Step::Resolve => match self.find(event, inbox).await? {
                Some(id) => self.app.set_status(id, Status::Resolved, None).await,
                None => Ok(()),
            },
            Step::Rate => self.rate(event, inbox, conversation).await,
        }
    }

    async fn receive(
        &mut self,
        event: &Event,
        inbox: &Inbox,
        conversation: &DemoConversation,
        subject: String,
        text: String,
        index: usize,
    ) -> Result<()> {
        let contact = &conversation.contact;
        let message = InboundMessage {
            from: Party { name: contact.name.clone(), address: contact.address.clone() },
            to: vec![Party { name: inbox.name.clone(), address: inbox.address.clone() }],
            subject,
            text,
            automatic: Some(Automatic::None),
            country: contact.country.clone(),
            order_number: conversation.order.clone(),
            ..InboundMessage::default()
        };
        let id = format!("demo.{}.{index}@buyers.test", event.conversation);
        let inbound = Inbound {
            key: ExternalKey { stream: STREAM.to_owned(), external_id: id.clone(), revision: 0 },
            hints: ThreadHints { message_id: Some(id), thread: Some(thread(event)), ..ThreadHints::default() },
            at: event.at,
            body: InboundBody::Message(message),
            raw: None,
        };
        let pull = Pull { events: vec![inbound], next: None, more: false };
        let taken = self.app.receive(inbox, STREAM, pull).await?;
        if let Some(id) = taken.conversations.first() {
            self.known.insert(event.conversation, *id);
        }
        Ok(())
    }

    async fn answer(&self, event: &Event, inbox: &Inbox, text: &str) -> Result<()> {
        let Some(id) = self.find(event, inbox).await? else { return Ok(()) };
        let input = ReplyInput { text: text.to_owned(), anyway: true, ..ReplyInput::default() };
        self.app.send_reply(id, &input).await?;
        Ok(())
    }

    /// The prepared mail that the survey offers for this score, sent back.
    async fn rate(&mut self, event: &Event, inbox: &Inbox, conversation: &DemoConversation) -> Result<()> {
        let (Some(rating), Some(id)) = (&conversation.rating, self.find(event, inbox).await?) else { return Ok(()) };
        let stored = self.app.store.conversation(id).await?;
        let score = Score::try_from(rating.score)?;
        let subject = satisfaction::token(&self.app.survey_key, id, stored.episode, score);
        self.receive(event, inbox, conversation, subject, rating.comment.clone(), usize::MAX).await
    }

    async fn find(&self, event: &Event, inbox: &Inbox) -> Result<Option<ConversationId>> {
        if let Some(id) = self.known.get(&event.conversation) {
            return Ok(Some(*id));
        }
        let mut tx = self.app.store.begin_at(self.app.now()).await?;
        let found = tx.conversation_by_thread(inbox.id, &thread(event)).await?;
        tx.rollback().await?;
        Ok(found)
    }
}

fn thread(event: &Event) -> String {
    format!("demo-{}", event.conversation)
}
