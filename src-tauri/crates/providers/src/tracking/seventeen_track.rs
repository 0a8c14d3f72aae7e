//! 17TRACK, API version 2.4.
//!
//! A number must be registered before anything is told of it, and each registration costs one of the account's quota, while asking is
//! free: so every number is asked for first, and only those that the service says it does not know are registered, each once.
//!
//! Sources, read on 2026-11-27 in stored copies:
//! - `https://asset.17track.net/api/document/v2.4_en/index.html` for what 2.4 changed, and `.../v2.2_en/index.html` beside it: the header
//!   `17token`, the paths, 40 numbers a request, the shape of requests and answers.
//! - `https://raw.githubusercontent.com/api-evangelist/17track/refs/heads/main/rate-limits/rate-limits.yml`, a summary by others: three
//!   requests a second, 5 to 50 letters and digits a number.
//! - `https://help.17track.net/hc/en-us/articles/37570440168473-Error-Codes-and-Troubleshooting`: HTTP states and error codes.
//! - `https://help.17track.net/hc/en-us/articles/37471096573337-Understanding-Tracking-Status-Main-Status-Substatus`: main and sub-statuses.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use mercator_domain::shipment::{ShipmentEvent, ShipmentStage};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::{
    Found, Groups, LookedUp, Pace, ParcelRef, Report, TrackingError, TrackingLookup, Wanted, answers,
    asking::{Answer, Asker, Rate, one_every},
    at_side, clean, fail_rest, in_order, keep_younger, key_of, leaves, list_at, look_up_all, moment_of, place_of, refined, text_at, wanted,
    words,
};
use crate::secrets::Secret;

/// Numbers a request (error -18010014 above it).
const MOST_NUMBERS: usize = 40;
/// Three requests a second, with a little room for the network's jitter.
const EVERY: Duration = Duration::from_millis(350);

const ALREADY_REGISTERED: i64 = -18_019_901;
const NOT_REGISTERED: i64 = -18_019_902;

/// The service 17TRACK with one account's key.
pub struct SeventeenTrack {
    asker: Asker,
    rate: Rate,
    /// What this program has registered: the service may need a moment to know it, in which it must not be paid for twice.
    registered: Mutex<HashSet<String>>,
}

/// What `gettrackinfo` says of one number.
enum State {
    Known(Result<Report, TrackingError>),
    Unregistered,
}

impl SeventeenTrack {
    /// Where the service is.
    pub const BASE_URL: &'static str = "https://api.17track.net";

    /// The service at `base_url` (normally [`Self::BASE_URL`]) with the account's key. The client should follow no redirects: they would
    /// carry the key along. Fails when the address or the key cannot be used.
    pub fn new(client: Client, base_url: &str, key: Secret) -> Result<Self, TrackingError> {
        Ok(Self { asker: Asker::new(client, base_url, "17token", key)?, rate: one_every(EVERY), registered: Mutex::default() })
    }

    /// The same with another pace.
    #[must_use]
    pub fn with_pace(mut self, pace: Pace) -> Self {
        self.asker.pace = pace;
        self
    }

    async fn info(&self, group: &[Wanted]) -> Result<HashMap<String, State>, TrackingError> {
        let data = self.post("gettrackinfo", group).await?;
        let mut states = HashMap::new();
        for item in list_at(&data, "/rejected") {
            let state = match code_of(item, "/error/code") {
                Some(NOT_REGISTERED) => State::Unregistered,
                code => State::Known(Err(error_of(code))),
            };
            states.insert(key_of(text_at(item, "/number")), state);
        }
        let mut reports = Found::new();
        for item in list_at(&data, "/accepted") {
            keep_younger(&mut reports, key_of(text_at(item, "/number")), report_of(item));
        }
        states.extend(reports.into_iter().map(|(key, result)| (key, State::Known(result))));
        Ok(states)
    }

    /// Registers what has never been; gives back those that are registered now. The others get their answer.
    async fn register(&self, unknown: &[Wanted], found: &mut Found) -> Result<Vec<Wanted>, TrackingError> {
        let (before, new): (Vec<Wanted>, Vec<Wanted>) = unknown.iter().cloned().partition(|wanted| self.is_registered(&wanted.key));
        fail_rest(&before, &TrackingError::NotYet, found);
        if new.is_empty() {
            return Ok(vec![]);
        }
        let data = self.post("register", &new).await?;
        let mut keys: HashSet<String> = list_at(&data, "/accepted").iter().map(|item| key_of(text_at(item, "/number"))).collect();
        for item in list_at(&data, "/rejected") {
            let key = key_of(text_at(item, "/number"));
            match code_of(item, "/error/code") {
                Some(ALREADY_REGISTERED) => {
                    keys.insert(key);
                }
                code => {
                    found.insert(key, Err(error_of(code)));
                }
            }
        }
        let (registered, rest): (Vec<Wanted>, Vec<Wanted>) = new.into_iter().partition(|wanted| keys.contains(&wanted.key));
        fail_rest(&rest, &TrackingError::Answer("it leaves this number out".into()), found);
        self.registered.lock().unwrap_or_else(PoisonError::into_inner).extend(registered.iter().map(|wanted| wanted.key.clone()));
        Ok(registered)
    }

    fn is_registered(&self, key: &str) -> bool {
        self.registered.lock().unwrap_or_else(PoisonError::into_inner).contains(key)
    }

    /// The `data` of an answer that is content with the request as a whole.
    async fn post(&self, action: &str, group: &[Wanted]) -> Result<Value, TrackingError> {
        let content: Vec<Value> = group.iter().map(item_of).collect();
        let content = Value::Array(content);
        let ask = |client: &Client, base: &str| client.post(format!("{base}/track/v2.4/{action}")).json(&content);
        data_of(self.asker.ask(&self.rate, ask).await?)
    }
}

#[async_trait]
impl Groups for SeventeenTrack {
    async fn look_up_group(&self, group: &[Wanted], found: &mut Found) -> Result<(), TrackingError> {
        let unknown = settle(group, self.info(group).await?, found);
        if unknown.is_empty() {
            return Ok(());
        }
        let registered = self.register(&unknown, found).await?;
        if registered.is_empty() {
            return Ok(());
        }
        let still_unknown = settle(&registered, self.info(&registered).await?, found);
        fail_rest(&still_unknown, &TrackingError::NotYet, found);
        Ok(())
    }
}

#[async_trait]
impl TrackingLookup for SeventeenTrack {
    fn name(&self) -> &'static str {
        "17TRACK"
    }

    fn host(&self) -> String {
        self.asker.host()
    }

    async fn look_up(&self, parcels: &[ParcelRef]) -> Vec<LookedUp> {
        let mut found = Found::new();
        let is_carrier = |carrier: &str| carrier.parse::<u32>().is_ok_and(|code| code > 0);
        let all = wanted(parcels, is_number, is_carrier, &mut found);
        look_up_all(self, &all, MOST_NUMBERS, &mut found).await;
        answers(parcels, &found)
    }
}

/// 5 to 50 letters, digits and hyphens.
fn is_number(number: &str) -> bool {
    (5..=50).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Without a carrier the service finds it by the number. No `lang`: a translation costs quota and takes the carrier's own words away.
fn item_of(wanted: &Wanted) -> Value {
    match wanted.carrier.as_deref().and_then(|carrier| carrier.parse::<u32>().ok()) {
        Some(carrier) => json!({ "number": wanted.number, "carrier": carrier }),
        None => json!({ "number": wanted.number }),
    }
}

fn data_of(answer: Answer) -> Result<Value, TrackingError> {
    let body = answer.body.unwrap_or_default();
    let code = code_of(&body, "/code").filter(|code| *code != 0).or_else(|| code_of(&body, "/data/errors/0/code"));
    match (answer.status, code) {
        (_, Some(code)) if code < -18_000_000 => Err(error_of(Some(code))),
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => Err(TrackingError::WrongKey),
        (status, _) if !status.is_success() => Err(TrackingError::Answer(format!("HTTP {}", status.as_u16()))),
        (_, Some(code)) => Err(error_of(Some(code))),
        (_, None) => {
            body.get("data").filter(|data| data.is_object()).cloned().ok_or_else(|| TrackingError::Answer("it holds no data".into()))
        }
    }
}

fn code_of(value: &Value, pointer: &str) -> Option<i64> {
    value.pointer(pointer).and_then(Value::as_i64)
}

/// An error code of the service, of a whole request or of one number.
fn error_of(code: Option<i64>) -> TrackingError {
    let Some(code) = code else { return TrackingError::Answer("it refuses without saying why".into()) };
    match code {
        -18_010_002 | -18_010_005 => TrackingError::WrongKey,
        -18_010_001 | -18_010_004 => TrackingError::NotAllowed,
        -18_010_003 => TrackingError::Unavailable { status: 200 },
        -18_010_013..=-18_010_010 | -18_010_015 => TrackingError::NumberRefused,
        -18_010_022..=-18_010_018 => TrackingError::MoreNeeded,
        -18_019_903 | -18_019_910 | -18_019_911 => TrackingError::CarrierUnknown,
        -18_019_907 | -18_019_908 => TrackingError::QuotaUsedUp,
        -18_019_909 => TrackingError::NotYet,
        429 => TrackingError::LimitReached { retry_after: None },
        code => TrackingError::Answer(format!("it has the error code {code}")),
    }
}

/// Puts what is known to the answers; gives back what is not registered.
fn settle(group: &[Wanted], mut states: HashMap<String, State>, found: &mut Found) -> Vec<Wanted> {
    let mut unknown = vec![];
    for wanted in group {
        match states.remove(&wanted.key) {
            Some(State::Known(result)) => {
                found.insert(wanted.key.clone(), result);
            }
            Some(State::Unregistered) => unknown.push(wanted.clone()),
            None => fail_rest(std::slice::from_ref(wanted), &TrackingError::Answer("it leaves this number out".into()), found),
        }
    }
    unknown
}

fn report_of(item: &Value) -> Result<Report, TrackingError> {
    let info = item.get("track_info").filter(|info| info.is_object()).ok_or(TrackingError::NotYet)?;
    let (from, to) = (text_at(info, "/shipping_info/shipper_address/country"), text_at(info, "/shipping_info/recipient_address/country"));
    let mut lists: Vec<(String, Vec<ShipmentEvent>)> = vec![];
    for provider in list_at(info, "/tracking/providers") {
        let events = list_at(provider, "/events").iter().filter_map(|event| event_of(event, from, to)).collect();
        lists.push((clean(text_at(provider, "/provider/name")), events));
    }
    let newest = |events: &[ShipmentEvent]| events.iter().map(|event| event.at).max();
    let carrier = lists.iter().max_by_key(|(_, events)| newest(events)).map(|(name, _)| name.clone()).unwrap_or_default();
    let events = in_order(lists.into_iter().map(|(_, events)| events).collect());
    let (status, sub_status) = (text_at(info, "/latest_status/status"), text_at(info, "/latest_status/sub_status"));
    if events.is_empty() && (status.eq_ignore_ascii_case("NotFound") || status.is_empty()) {
        return Err(match sub_status {
            "NotFound_InvalidCode" => TrackingError::NumberRefused,
            _ if status.is_empty() => TrackingError::NotYet,
            _ => TrackingError::NotFound,
        });
    }
    let code = stage_of_code(sub_status).or_else(|| stage_of_code(status));
    Ok(Report { carrier, stage: refined(code, events.last().map(|event| event.stage)), events })
}

/// An event without a time that can be read has no place in the order, and is left out.
fn event_of(event: &Value, from: &str, to: &str) -> Option<ShipmentEvent> {
    let at = moment_of(text_at(event, "/time_utc")).or_else(|| moment_of(text_at(event, "/time_iso")))?;
    let text = clean(text_at(event, "/description"));
    let code = stage_of_code(text_at(event, "/sub_status")).or_else(|| stage_of_code(text_at(event, "/stage")));
    let said = words::stage_of(&text).or_else(|| words::stage_of(text_at(event, "/description_translation/description")));
    let parts = ["/address/city", "/address/state", "/address/country"].map(|part| text_at(event, part));
    let stage = at_side(refined(code, said), leaves(text_at(event, "/address/country"), from, to));
    Some(ShipmentEvent { at, stage, place: place_of(text_at(event, "/location"), &parts), text })
}

/// A main or sub-status, which are one vocabulary; a new sub-status counts as its main status. `None` when it says nothing: the parcel
/// is not found, or the status is new altogether. A parcel that waits at a pick-up point counts as out for delivery; one that the
/// service has given up as too long under way has something wrong.
fn stage_of_code(code: &str) -> Option<ShipmentStage> {
    match code {
        "InTransit_CustomsProcessing" => return Some(ShipmentStage::CustomsImport),
        "InTransit_CustomsReleased" => return Some(ShipmentStage::CustomsReleased),
        "InTransit_CustomsRequiringInformation" => return Some(ShipmentStage::CustomsHeld),
        "Exception_Returning" | "Exception_Returned" | "Returning" | "Returned" => return Some(ShipmentStage::Returned),
        _ => {}
    }
    match code.split('_').next().unwrap_or_default() {
        "InfoReceived" => Some(ShipmentStage::InfoReceived),
        "InTransit" | "PickedUp" | "Departure" | "Arrival" => Some(ShipmentStage::InTransit),
        "OutForDelivery" | "AvailableForPickup" => Some(ShipmentStage::OutForDelivery),
        "Delivered" => Some(ShipmentStage::Delivered),
        "Expired" | "DeliveryFailure" | "Exception" => Some(ShipmentStage::Exception),
        _ => None,
    }
}

#[cfg(test)]
#[path = "seventeen_track_tests.rs"]
mod tests;
