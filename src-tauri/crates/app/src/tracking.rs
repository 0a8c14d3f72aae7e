//! Parcels, asked about at the service of the seller's choice: what is set, when it is asked, and what becomes of the answers.
//!
//! Only parcels that may still move, of the last ninety days, each after some hours. A service gets the parcel's number and nothing else.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Result;
use mercator_domain::{
    assist::Purpose,
    moment::{DAY_MS, HOUR_MS},
    shipment::{Shipment, ShipmentStage},
    tracking::{TrackingService, TrackingSettings},
};
use mercator_providers::{
    secrets::{Account, Secret},
    tracking::{AfterShip, ParcelRef, Report, SeventeenTrack, TrackingLookup},
    web,
};
use mercator_store::shipments::OpenParcel;
use serde::{Deserialize, Serialize};

use crate::{
    App,
    error::{refuse, user},
    views::AppEvent,
};

/// The row of the settings.
const KEY: &str = "tracking";
/// The field under which its key is kept.
const SECRET: &str = "tracking_key";
/// Older orders' parcels are not asked about.
const OF_DAYS: i64 = 90;
/// So many parcels a round: what is left comes with the next.
const ROUND: i64 = 200;

/// The settings with what the window shows beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct TrackingState {
    /// What is set.
    pub settings: TrackingSettings,
    /// A key is kept.
    pub has_key: bool,
    /// Where questions go; empty without a service.
    pub host: String,
    /// Questions may leave: a service, a key, and not "local only".
    pub ready: bool,
}

/// What one round has brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct TrackingRound {
    /// Parcels that were asked about.
    pub asked: i32,
    /// Parcels with something new.
    pub news: i32,
    /// How many could not be looked up, by reason.
    pub failed: BTreeMap<String, i32>,
}

impl App {
    /// What is set about the tracking service.
    pub async fn tracking_state(&self) -> Result<TrackingState> {
        let settings = self.tracking_settings().await?;
        let url = web::address(&address(&settings)).ok();
        let host = url.as_ref().map(web::host).unwrap_or_default();
        let allowed = url.as_ref().is_some_and(web::is_here) || !self.settings.read().await.local_only;
        let has_key = self.tracking_key().await?.is_some();
        let ready = settings.service != TrackingService::None && has_key && allowed;
        Ok(TrackingState { settings, has_key, host, ready })
    }

    async fn tracking_settings(&self) -> Result<TrackingSettings> {
        Ok(self.store.setting::<TrackingSettings>(KEY).await?.unwrap_or_default())
    }

    /// Stores the settings. `key`: `None` leaves the key as it is, an empty one takes it away; another service or host needs its own.
    pub async fn save_tracking_settings(&self, mut settings: TrackingSettings, key: Option<String>) -> Result<TrackingState> {
        settings.every_hours = settings.every_hours.clamp(2, 72);
        settings.address = settings.address.trim().to_owned();
        if settings.service != TrackingService::None {
            web::address(&address(&settings))
                .map_err(|error| user("bad_input", error.to_string(), "Leave it empty for the service's own."))?;
        }
        let before = self.tracking_settings().await?;
        let moved = (before.service, address(&before)) != (settings.service, address(&settings));
        match key {
            Some(key) if !key.trim().is_empty() => self.keep_tracking_key(Some(Secret::new(key.trim()))).await?,
            Some(_) => self.keep_tracking_key(None).await?,
            None if moved => self.keep_tracking_key(None).await?,
            None => {}
        }
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_setting(KEY, &settings).await?;
        tx.insert_audit(&self.member.name, "tracking.settings", "settings", &serde_json::json!({ "service": settings.service })).await?;
        tx.changed(mercator_store::ChangeKind::Settings, 0);
        tx.commit().await?;
        // The service remembers what is registered with it: with another one that is void.
        *self.tracker.lock().await = None;
        self.tell(AppEvent::SettingsChanged);
        self.tracking_state().await
    }

    fn tracking_account(&self) -> Account {
        Account::of_workspace(&self.workspace.secret_prefix(), SECRET)
    }

    async fn tracking_key(&self) -> Result<Option<Secret>> {
        let account = self.tracking_account();
        let Ok(secrets) = self.secrets().cloned() else { return Ok(None) };
        Ok(tokio::task::spawn_blocking(move || secrets.get(&account)).await?.ok().flatten())
    }

    async fn keep_tracking_key(&self, key: Option<Secret>) -> Result<()> {
        let account = self.tracking_account();
        if key.is_none() && self.tracking_key().await?.is_none() {
            return Ok(());
        }
        let secrets = self.secrets()?.clone();
        let keep = move || match key {
            Some(key) => secrets.set(&account, &key),
            None => secrets.delete(&account),
        };
        Ok(tokio::task::spawn_blocking(keep).await??)
    }

    /// Asks about the parcels that are due. `all`: about every parcel that may still move, however lately it was asked about.
    pub async fn track_parcels(&self, all: bool) -> Result<TrackingRound> {
        let settings = self.tracking_settings().await?;
        if settings.service == TrackingService::None {
            return if all {
                Err(refuse("No tracking service is set", "Choose one under Settings, Parcels."))
            } else {
                Ok(TrackingRound::default())
            };
        }
        let now = self.now();
        let asked_before = if all { now.plus_ms(1) } else { now.plus_ms(-i64::from(settings.every_hours) * HOUR_MS) };
        let due = self.store.parcels_to_ask(now.plus_ms(-OF_DAYS * DAY_MS), asked_before, ROUND).await?;
        if due.is_empty() {
            return Ok(TrackingRound::default());
        }
        let url = web::address(&address(&settings)).map_err(|error| user("bad_input", error.to_string(), "Check it under Settings."))?;
        let host = web::host(&url);
        if self.settings.read().await.local_only && !web::is_here(&url) {
            self.count_tracking(&host, 0, 1).await?;
            let hint = "Switch “local only” off under Settings, or leave tracking to the shop's own data.";
            return Err(refuse(format!("{host} is not on this computer, and “local only” is on"), hint));
        }
        let tracker = self.tracker(&settings, url.as_str()).await?;
        // A parcel may be in several orders.
        let numbers: BTreeMap<&str, ()> = due.iter().map(|open| (open.parcel.tracking_number.as_str(), ())).collect();
        let wanted: Vec<ParcelRef> = numbers.keys().map(|number| ParcelRef { number: (*number).to_owned(), carrier: None }).collect();
        self.count_tracking(&host, 1, 0).await?;
        let answers = tracker.look_up(&wanted).await;
        let mut round = TrackingRound { asked: i32::try_from(wanted.len()).unwrap_or(i32::MAX), ..TrackingRound::default() };
        for answer in answers {
            let of_number = due.iter().filter(|open| open.parcel.tracking_number == answer.number);
            match answer.result {
                Ok(report) => {
                    for open in of_number {
                        round.news += i32::from(self.take_report(open, Some(&report)).await?);
                    }
                }
                Err(error) => {
                    *round.failed.entry(error.to_string()).or_insert(0) += 1;
                    for open in of_number {
                        self.take_report(open, None).await?;
                    }
                }
            }
        }
        if round.news > 0 {
            self.orders_changed();
        }
        Ok(round)
    }

    /// Stores what came of a question; true where it is news.
    async fn take_report(&self, open: &OpenParcel, report: Option<&Report>) -> Result<bool> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_asked(open.parcel.id).await?;
        let news = match report {
            Some(report) => tx.put_shipment(open.order_id, &merged(&open.parcel, report)).await?.1 != mercator_store::Put::Unchanged,
            None => false,
        };
        tx.commit().await?;
        Ok(news)
    }

    async fn count_tracking(&self, host: &str, sent: u32, refused: u32) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.count_outbound(host, Purpose::Tracking, sent, refused).await?;
        Ok(tx.commit().await?)
    }

    /// One for each key, since it holds the limits and what is registered.
    async fn tracker(&self, settings: &TrackingSettings, address: &str) -> Result<Arc<dyn TrackingLookup>> {
        let mut slot = self.tracker.lock().await;
        if let Some(known) = slot.as_ref() {
            return Ok(Arc::clone(known));
        }
        let key = self
            .tracking_key()
            .await?
            .ok_or_else(|| refuse("The tracking service's key is missing", "Enter it under Settings, Parcels."))?;
        let client = web::client().map_err(|error| refuse(error.to_string(), "Check this computer's certificates."))?;
        let address = address.trim_end_matches('/');
        let made: Arc<dyn TrackingLookup> = match settings.service {
            TrackingService::AfterShip => Arc::new(AfterShip::new(client, address, key).map_err(settings_fault)?),
            _ => Arc::new(SeventeenTrack::new(client, address, key).map_err(settings_fault)?),
        };
        Ok(Arc::clone(slot.insert(made)))
    }
}

fn settings_fault(error: impl std::fmt::Display) -> anyhow::Error {
    refuse(error.to_string(), "Check address and key under Settings, Parcels.")
}

fn address(settings: &TrackingSettings) -> String {
    match (settings.service, settings.address.as_str()) {
        (TrackingService::None, _) => String::new(),
        (TrackingService::SeventeenTrack, "") => SeventeenTrack::BASE_URL.to_owned(),
        (TrackingService::AfterShip, "") => AfterShip::BASE_URL.to_owned(),
        (_, given) => given.to_owned(),
    }
}

/// The parcel with what is reported; what the shop knows and the service does not stays.
fn merged(parcel: &Shipment, report: &Report) -> Shipment {
    let first = report.events.first().map(|event| event.at);
    let delivered = report.events.iter().rev().find(|event| event.stage == ShipmentStage::Delivered).map(|event| event.at);
    Shipment {
        carrier: if parcel.carrier.is_empty() { report.carrier.clone() } else { parcel.carrier.clone() },
        stage: report.stage,
        shipped_at: parcel.shipped_at.or(first),
        delivered_at: parcel.delivered_at.or(delivered.filter(|_| report.stage == ShipmentStage::Delivered)),
        events: report.events.clone(),
        ..parcel.clone()
    }
}
