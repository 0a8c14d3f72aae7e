//! AfterShip, Tracking API version 2025-01.
//!
//! The service follows numbers that were created with it; each creation counts against the account's plan, asking does not. So every
//! number is asked for first, and only one that the service does not list is created, once.
//!
//! Sources, read on 2026-11-27 in stored copies:
//! - `https://www.aftership.com/docs/tracking/jh865r66gc6hi-get-trackings`: 50 numbers a request, pages of up to 200 trackings.
//! - `https://www.aftership.com/docs/tracking/sxafu5cay1usl-create-a-tracking` and the service's own software kits: the content of a
//!   creation, 4 to 100 characters a number, the fields of trackings and checkpoints.
//! - `https://aftership.com/docs/tracking/2025-01/quickstart/rate-limit`: 6 requests a second to list, 20 to create, 5 for one
//!   tracking; the headers.
//! - `https://www.aftership.com/docs/tracking/quickstart/request-errors`: HTTP states and `meta.code`.
//! - `https://www.aftership.com/docs/tracking/enum/delivery-sub-statuses`, and for the subtags of March 2026
//!   `https://tracking-helpcenter.aftership.com/en/article/learn-about-delivery-sub-status-1b0hdlx`: tags and subtags.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use mercator_domain::shipment::{ShipmentEvent, ShipmentStage};
use reqwest::{Client, Url};
use serde_json::{Value, json};

use super::{
    Found, Groups, LookedUp, Pace, ParcelRef, Report, TrackingError, TrackingLookup, Wanted, answers,
    asking::{Answer, Asker, Rate, one_every},
    at_side, clean, first_of, in_order, keep_younger, key_of, leaves, list_at, look_up_all, moment_of, place_of, refined, text_at, wanted,
    words,
};
use crate::secrets::Secret;

/// Numbers a request.
const MOST_NUMBERS: usize = 50;
/// Trackings a page; one number may run at several carriers.
const PAGE: &str = "200";
/// More pages than these for 50 numbers are a circle.
const MOST_PAGES: usize = 5;
/// The service's rates, with a little room for the network's jitter.
const LIST_EVERY: Duration = Duration::from_millis(180);
const CREATE_EVERY: Duration = Duration::from_millis(55);
const READ_EVERY: Duration = Duration::from_millis(215);

const ALREADY_CREATED: i64 = 4003;

/// The service AfterShip with one account's key.
pub struct AfterShip {
    asker: Asker,
    list_rate: Rate,
    create_rate: Rate,
    read_rate: Rate,
    /// What this program has created: the service may need a moment to list it, in which it must not be created twice.
    created: Mutex<HashSet<String>>,
}

impl AfterShip {
    /// Where the service is.
    pub const BASE_URL: &'static str = "https://api.aftership.com";

    /// The service at `base_url` (normally [`Self::BASE_URL`]) with the account's key. The client should follow no redirects: they would
    /// carry the key along. Fails when the address or the key cannot be used.
    pub fn new(client: Client, base_url: &str, key: Secret) -> Result<Self, TrackingError> {
        Ok(Self {
            asker: Asker::new(client, base_url, "as-api-key", key)?,
            list_rate: one_every(LIST_EVERY),
            create_rate: one_every(CREATE_EVERY),
            read_rate: one_every(READ_EVERY),
            created: Mutex::default(),
        })
    }

    /// The same with another pace.
    #[must_use]
    pub fn with_pace(mut self, pace: Pace) -> Self {
        self.asker.pace = pace;
        self
    }

    /// The trackings that the service has of a group.
    async fn list(&self, group: &[Wanted]) -> Result<Vec<Value>, TrackingError> {
        let numbers = group.iter().map(|wanted| wanted.number.as_str()).collect::<Vec<_>>().join(",");
        let mut trackings = vec![];
        let mut cursor = String::new();
        for _ in 0..MOST_PAGES {
            let mut parameters = vec![("tracking_numbers", numbers.as_str()), ("limit", PAGE)];
            if !cursor.is_empty() {
                parameters.push(("cursor", &cursor));
            }
            let query = query_of(&parameters);
            let ask = |client: &Client, base: &str| client.get(format!("{base}/tracking/2025-01/trackings?{query}"));
            let data = data_of(self.asker.ask(&self.list_rate, ask).await?)?;
            let Some(page) = data.get("trackings").and_then(Value::as_array) else {
                return Err(TrackingError::Answer("it holds no list of trackings".into()));
            };
            trackings.extend(page.iter().cloned());
            text_at(&data, "/pagination/next_cursor").clone_into(&mut cursor);
            if cursor.is_empty() || data.pointer("/pagination/has_next_page") == Some(&Value::Bool(false)) {
                break;
            }
        }
        Ok(trackings)
    }

    /// Has the service follow a number, once; what it knows of it then, mostly nothing yet.
    async fn create(&self, wanted: &Wanted) -> Result<Report, TrackingError> {
        if self.created.lock().unwrap_or_else(PoisonError::into_inner).contains(&wanted.key) {
            return Err(TrackingError::NotYet);
        }
        let result = self.create_at(wanted, wanted.carrier.as_deref()).await;
        // A carrier's name may look like the service's code and be none; the number alone may do.
        if result == Err(TrackingError::CarrierUnknown) && wanted.carrier.is_some() {
            return self.create_at(wanted, None).await;
        }
        result
    }

    async fn create_at(&self, wanted: &Wanted, carrier: Option<&str>) -> Result<Report, TrackingError> {
        let mut content = json!({ "tracking_number": wanted.number });
        if let (Some(carrier), Some(content)) = (carrier, content.as_object_mut()) {
            content.insert("slug".into(), carrier.into());
        }
        let ask = |client: &Client, base: &str| client.post(format!("{base}/tracking/2025-01/trackings")).json(&content);
        let answer = self.asker.ask(&self.create_rate, ask).await?;
        if meta_code(&answer) == Some(ALREADY_CREATED) {
            // The list leaves it out, as it does with what is older than 120 days; its id leads there.
            let body = answer.body.unwrap_or_default();
            return self.read(first_of(&[text_at(&body, "/data/id"), text_at(&body, "/data/tracking/id")])).await;
        }
        let data = data_of(answer)?;
        self.created.lock().unwrap_or_else(PoisonError::into_inner).insert(wanted.key.clone());
        report_of(data.get("tracking").unwrap_or(&data))
    }

    async fn read(&self, id: &str) -> Result<Report, TrackingError> {
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(TrackingError::NotYet);
        }
        let ask = |client: &Client, base: &str| client.get(format!("{base}/tracking/2025-01/trackings/{id}"));
        let data = data_of(self.asker.ask(&self.read_rate, ask).await?)?;
        report_of(data.get("tracking").unwrap_or(&data))
    }
}

#[async_trait]
impl Groups for AfterShip {
    async fn look_up_group(&self, group: &[Wanted], found: &mut Found) -> Result<(), TrackingError> {
        let trackings = self.list(group).await?;
        for wanted in group {
            for tracking in of_number(&trackings, wanted) {
                keep_younger(found, wanted.key.clone(), report_of(tracking));
            }
        }
        for wanted in group {
            if found.contains_key(&wanted.key) {
                continue;
            }
            match self.create(wanted).await {
                Err(error) if error.ends_all() => return Err(error),
                result => drop(found.insert(wanted.key.clone(), result)),
            }
        }
        Ok(())
    }
}

#[async_trait]
impl TrackingLookup for AfterShip {
    fn name(&self) -> &'static str {
        "AfterShip"
    }

    fn host(&self) -> String {
        self.asker.host()
    }

    async fn look_up(&self, parcels: &[ParcelRef]) -> Vec<LookedUp> {
        let mut found = Found::new();
        let all = wanted(parcels, is_number, is_slug, &mut found);
        look_up_all(self, &all, MOST_NUMBERS, &mut found).await;
        answers(parcels, &found)
    }
}

/// 4 to 100 letters, digits and `-._/`.
fn is_number(number: &str) -> bool {
    (4..=100).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/".contains(&b))
}

/// The form of the service's carrier codes, such as `dhl-germany`.
fn is_slug(carrier: &str) -> bool {
    (2..=60).contains(&carrier.len()) && carrier.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Parameters as the end of an address; any address serves to have them encoded.
fn query_of(parameters: &[(&str, &str)]) -> String {
    let url = Url::parse_with_params(AfterShip::BASE_URL, parameters);
    url.ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default()
}

/// The trackings of a number: those at the carrier that was named, where there are any.
fn of_number<'a>(trackings: &'a [Value], wanted: &Wanted) -> Vec<&'a Value> {
    let all: Vec<&Value> = trackings.iter().filter(|tracking| key_of(text_at(tracking, "/tracking_number")) == wanted.key).collect();
    let is_named = |tracking: &&Value| Some(text_at(tracking, "/slug")) == wanted.carrier.as_deref();
    let named: Vec<&Value> = all.iter().copied().filter(is_named).collect();
    if named.is_empty() { all } else { named }
}

fn meta_code(answer: &Answer) -> Option<i64> {
    answer.body.as_ref()?.pointer("/meta/code")?.as_i64()
}

fn data_of(answer: Answer) -> Result<Value, TrackingError> {
    let status = answer.status;
    if !status.is_success() {
        return Err(error_of(status.as_u16(), meta_code(&answer)));
    }
    let data = answer.body.and_then(|mut body| body.get_mut("data").map(Value::take)).filter(Value::is_object);
    data.ok_or_else(|| TrackingError::Answer("it holds no data".into()))
}

fn error_of(status: u16, meta: Option<i64>) -> TrackingError {
    match (status, meta) {
        (401, _) => TrackingError::WrongKey,
        (402, _) => TrackingError::QuotaUsedUp,
        (403, _) => TrackingError::NotAllowed,
        (_, Some(4004)) => TrackingError::NotFound,
        (_, Some(4005 | 4007 | 4008 | 4017)) => TrackingError::NumberRefused,
        (_, Some(4009 | 4011)) => TrackingError::MoreNeeded,
        (_, Some(4010 | 4012)) => TrackingError::CarrierUnknown,
        (status, Some(code)) => TrackingError::Answer(format!("HTTP {status}, code {code}")),
        (status, None) => TrackingError::Answer(format!("HTTP {status}")),
    }
}

/// Countries have had two names in the versions of this service.
fn country_at<'a>(value: &'a Value, before: &str) -> &'a str {
    first_of(&[text_at(value, &format!("/{before}country_region")), text_at(value, &format!("/{before}country_iso3"))])
}

fn report_of(tracking: &Value) -> Result<Report, TrackingError> {
    let from = country_at(tracking, "origin_");
    let to = first_of(&[country_at(tracking, "destination_"), country_at(tracking, "courier_destination_")]);
    let checkpoints = list_at(tracking, "/checkpoints").iter().filter_map(|checkpoint| event_of(checkpoint, from, to)).collect();
    let events = in_order(vec![checkpoints]);
    let (tag, subtag, slug) = (text_at(tracking, "/tag"), text_at(tracking, "/subtag"), text_at(tracking, "/slug"));
    if events.is_empty() && matches!(tag, "" | "Pending" | "Expired") {
        return Err(match (tag, slug) {
            (_, "unrecognized") => TrackingError::CarrierUnknown,
            ("Expired", _) => TrackingError::NotFound,
            _ => TrackingError::NotYet,
        });
    }
    let code = stage_of_codes(subtag, tag);
    Ok(Report { carrier: clean(slug), stage: refined(code, events.last().map(|event| event.stage)), events })
}

/// A checkpoint without a time that can be read has no place in the order, and is left out.
fn event_of(checkpoint: &Value, from: &str, to: &str) -> Option<ShipmentEvent> {
    let at = moment_of(text_at(checkpoint, "/checkpoint_time"))?;
    let text = clean(first_of(&[text_at(checkpoint, "/message"), text_at(checkpoint, "/subtag_message")]));
    let code = stage_of_codes(text_at(checkpoint, "/subtag"), text_at(checkpoint, "/tag"));
    let country = country_at(checkpoint, "");
    let stage = at_side(refined(code, words::stage_of(&text)), leaves(country, from, to));
    let parts = [text_at(checkpoint, "/city"), text_at(checkpoint, "/state"), country];
    Some(ShipmentEvent { at, stage, place: place_of(text_at(checkpoint, "/location"), &parts), text })
}

/// A subtag, else its tag; a new subtag counts as its tag. `None` when neither says anything. What waits at a pick-up point counts as
/// out for delivery; a payment that a parcel is held for is nearly always duty.
fn stage_of_codes(subtag: &str, tag: &str) -> Option<ShipmentStage> {
    match subtag {
        "InTransit_005" => return Some(ShipmentStage::CustomsReleased),
        "InTransit_006" => return Some(ShipmentStage::CustomsImport),
        // Delayed at customs; papers missing that authorities want.
        "Exception_004" | "Exception_018" => return Some(ShipmentStage::CustomsHeld),
        "Exception_006" => return Some(ShipmentStage::DutyDue),
        "Exception_010" | "Exception_011" => return Some(ShipmentStage::Returned),
        _ => {}
    }
    let stage = |tag: &str| match tag {
        "InfoReceived" => Some(ShipmentStage::InfoReceived),
        "InTransit" => Some(ShipmentStage::InTransit),
        "OutForDelivery" | "AvailableForPickup" => Some(ShipmentStage::OutForDelivery),
        "Delivered" => Some(ShipmentStage::Delivered),
        "AttemptFail" | "Exception" | "Expired" => Some(ShipmentStage::Exception),
        _ => None,
    };
    stage(subtag.split('_').next().unwrap_or_default()).or_else(|| stage(tag))
}

#[cfg(test)]
#[path = "after_ship_tests.rs"]
mod tests;
