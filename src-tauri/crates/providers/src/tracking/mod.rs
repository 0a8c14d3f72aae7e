//! Where parcels are, asked from services that know hundreds of carriers: [`SeventeenTrack`] and [`AfterShip`], each with the seller's
//! own key. Both answer in the same words ([`Report`]); [`words`] reads what the carriers themselves say.
//!
//! A service gets the parcel's number and, where known, the carrier: no name, no address, no order. What it answers is data from
//! outside and is never trusted to be whole: unknown fields and codes pass, and one parcel's failure never loses the others'.
//! Asking is asynchronous; who asks decides when and keeps what comes back.

mod after_ship;
mod asking;
mod seventeen_track;
pub mod words;

#[cfg(test)]
#[path = "stub_for_tests.rs"]
mod stub;

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

pub use after_ship::AfterShip;
pub use asking::Pace;
use async_trait::async_trait;
use mercator_domain::{
    moment::Moment,
    shipment::{ShipmentEvent, ShipmentStage},
};
use serde_json::Value;
pub use seventeen_track::SeventeenTrack;

/// Longer words of a carrier are cut: the longest seen are some 300 signs.
const MOST_SIGNS: usize = 500;
/// Older events than these are left out; a parcel has some 20, one that goes round in circles some 100.
const MOST_EVENTS: usize = 300;

/// A service that knows where parcels are.
#[async_trait]
pub trait TrackingLookup: Send + Sync {
    /// Its name as people know it.
    fn name(&self) -> &'static str;

    /// The host that is asked, for the list of what leaves this computer.
    fn host(&self) -> String;

    /// What the service knows of each parcel: one answer a parcel, in the order asked. The request is split and slowed down as the
    /// service demands, so that many parcels take a while.
    async fn look_up(&self, parcels: &[ParcelRef]) -> Vec<LookedUp>;
}

/// A parcel to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelRef {
    /// The number on its label.
    pub number: String,
    /// The carrier in the service's own code (`21051` at 17TRACK, `usps` at AfterShip). Anything else is not sent, and the service
    /// finds the carrier by the number.
    pub carrier: Option<String>,
}

/// What came back for one parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookedUp {
    /// The number as it was asked for.
    pub number: String,
    /// The report, or why there is none.
    pub result: Result<Report, TrackingError>,
}

/// What a service knows of one parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The carrier that reported last, as the service calls it; empty when it does not say.
    pub carrier: String,
    /// Where the parcel is now.
    pub stage: ShipmentStage,
    /// The carriers' reports, oldest first.
    pub events: Vec<ShipmentEvent>,
}

/// Why a parcel could not be looked up, and what to do about it. No variant holds a key, a number or words of the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrackingError {
    /// The address or the key cannot be used at all; found before anything is sent.
    #[error("the settings of the tracking service are not usable: {0}")]
    Settings(&'static str),
    /// The service does not know the key: enter it anew.
    #[error("the tracking service does not accept the key")]
    WrongKey,
    /// It knows the key, but refuses: this computer's address is not on its list, or the account is closed.
    #[error("the tracking service refuses access: the account is blocked, or this computer's address is not on its list")]
    NotAllowed,
    /// The account may not follow more parcels until it is topped up or renewed.
    #[error("the tracking service's quota is used up")]
    QuotaUsedUp,
    /// No carrier knows the number.
    #[error("no carrier knows this number")]
    NotFound,
    /// The service has just been told of the number and has nothing yet: ask again in some minutes.
    #[error("the tracking service has no news of this number yet")]
    NotYet,
    /// The number cannot be one of a parcel.
    #[error("the tracking service does not accept this number")]
    NumberRefused,
    /// The service cannot tell the carrier from the number: name its code.
    #[error("the tracking service cannot tell which carrier has this number")]
    CarrierUnknown,
    /// This carrier tells nothing without more, such as the receiver's postcode.
    #[error("the carrier of this number tells nothing without further particulars, such as a postcode")]
    MoreNeeded,
    /// Too many requests, even after waiting.
    #[error("the tracking service accepts no more requests for now")]
    LimitReached {
        /// How long it wants to be left alone, where it says so.
        retry_after: Option<Duration>,
    },
    /// No answer: no network, or a time-out.
    #[error("the tracking service cannot be reached")]
    Unreachable,
    /// It answers that something is wrong on its own side.
    #[error("the tracking service has trouble of its own (HTTP {status})")]
    Unavailable {
        /// The HTTP status.
        status: u16,
    },
    /// The answer is not as documented.
    #[error("the tracking service's answer cannot be understood: {0}")]
    Answer(String),
}

impl TrackingError {
    /// True when asking for further parcels would only end the same way.
    const fn ends_all(&self) -> bool {
        matches!(
            self,
            Self::Settings(_)
                | Self::WrongKey
                | Self::NotAllowed
                | Self::LimitReached { .. }
                | Self::Unreachable
                | Self::Unavailable { .. }
        )
    }
}

/// A parcel to ask for, once however often it was named.
#[derive(Clone, Debug)]
struct Wanted {
    /// Under which its answer is found, since services change the case of letters.
    key: String,
    /// As it is sent.
    number: String,
    /// The carrier, when it has the form of the service's codes.
    carrier: Option<String>,
}

/// Answers by key.
type Found = HashMap<String, Result<Report, TrackingError>>;

/// The parcels to ask for, each once; those whose number cannot be one are answered here, for one such number may have a service
/// refuse a whole request.
fn wanted(parcels: &[ParcelRef], is_number: fn(&str) -> bool, is_carrier: fn(&str) -> bool, found: &mut Found) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = vec![];
    for parcel in parcels {
        let (number, key) = (parcel.number.trim().to_owned(), key_of(&parcel.number));
        if !is_number(&number) {
            found.insert(key, Err(TrackingError::NumberRefused));
        } else if !wanted.iter().any(|other| other.key == key) {
            let carrier = parcel.carrier.as_deref().map(str::trim).filter(|carrier| is_carrier(carrier)).map(str::to_owned);
            wanted.push(Wanted { key, number, carrier });
        }
    }
    wanted
}

/// A service as far as its requests for several numbers go.
#[async_trait]
trait Groups: Sync {
    /// Answers a group as far as it can; those without an answer get the error.
    async fn look_up_group(&self, group: &[Wanted], found: &mut Found) -> Result<(), TrackingError>;
}

/// Looks all parcels up in groups of at most so many.
async fn look_up_all(service: &impl Groups, all: &[Wanted], size: usize, found: &mut Found) {
    let mut groups: VecDeque<Vec<Wanted>> = all.chunks(size).map(<[Wanted]>::to_vec).collect();
    while let Some(group) = groups.pop_front() {
        let Err(error) = service.look_up_group(&group, found).await else { continue };
        let rest: Vec<Wanted> = group.into_iter().filter(|wanted| !found.contains_key(&wanted.key)).collect();
        if error.ends_all() {
            fail_rest(&rest, &error, found);
            groups.iter().for_each(|group| fail_rest(group, &error, found));
            break;
        }
        // One number that the service takes for impossible must not cost the others their answer: halves find it.
        if error == TrackingError::NumberRefused && rest.len() > 1 {
            let (first, second) = rest.split_at(rest.len() / 2);
            groups.push_front(second.to_vec());
            groups.push_front(first.to_vec());
        } else {
            fail_rest(&rest, &error, found);
        }
    }
}

/// One answer a parcel, in the order asked.
fn answers(parcels: &[ParcelRef], found: &Found) -> Vec<LookedUp> {
    let left_out = || Err(TrackingError::Answer("it leaves this number out".into()));
    let answer = |parcel: &ParcelRef| LookedUp {
        number: parcel.number.clone(),
        result: found.get(&key_of(&parcel.number)).cloned().unwrap_or_else(left_out),
    };
    parcels.iter().map(answer).collect()
}

/// Those of a group that have no answer yet get this one.
fn fail_rest(group: &[Wanted], error: &TrackingError, found: &mut Found) {
    for wanted in group {
        found.entry(wanted.key.clone()).or_insert_with(|| Err(error.clone()));
    }
}

fn key_of(number: &str) -> String {
    number.trim().to_ascii_uppercase()
}

/// Of two answers for one number the one with the younger news: a number may run at two carriers.
fn keep_younger(found: &mut Found, key: String, result: Result<Report, TrackingError>) {
    let newest = |report: &Report| report.events.last().map(|event| event.at);
    let older = match (found.get(&key), &result) {
        (Some(Ok(before)), Ok(now)) => newest(now) < newest(before),
        (Some(Ok(_)), Err(_)) => true,
        _ => false,
    };
    if !older {
        found.insert(key, result);
    }
}

/// What a service's code says, sharpened by a hint: the carrier's words for an event, the newest event for the parcel. A code says too
/// little where it knows no customs; where it is definite it stands, so that no loose phrase delivers a parcel.
fn refined(code: Option<ShipmentStage>, hint: Option<ShipmentStage>) -> ShipmentStage {
    use ShipmentStage as S;
    let (Some(code), Some(hint)) = (code, hint) else { return code.or(hint).unwrap_or(S::InTransit) };
    let sharper = match code {
        S::InTransit => words::is_customs(hint) || matches!(hint, S::OutForDelivery | S::Exception | S::Returned),
        S::CustomsImport => words::is_customs(hint),
        S::CustomsHeld => hint == S::DutyDue,
        S::Exception => matches!(hint, S::CustomsHeld | S::DutyDue | S::Returned),
        _ => false,
    };
    if sharper { hint } else { code }
}

/// Events of several carriers in one row, oldest first, each once.
fn in_order(lists: Vec<Vec<ShipmentEvent>>) -> Vec<ShipmentEvent> {
    let mut events: Vec<ShipmentEvent> = vec![];
    for mut list in lists {
        // Most carriers tell the newest first; two events of one minute must then change places as well, which sorting alone does not do.
        if list.first().map(|event| event.at) > list.last().map(|event| event.at) {
            list.reverse();
        }
        for event in list {
            if !events.iter().any(|other| other.at == event.at && other.text == event.text && other.place == event.place) {
                events.push(event);
            }
        }
    }
    events.sort_by_key(|event| event.at);
    let surplus = events.len().saturating_sub(MOST_EVENTS);
    events.drain(..surplus);
    events
}

/// The text at a place of an answer; empty when there is none.
fn text_at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).map(str::trim).unwrap_or_default()
}

/// The list at a place of an answer; empty when there is none.
fn list_at<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The first of some texts that says anything.
fn first_of<'a>(texts: &[&'a str]) -> &'a str {
    texts.iter().copied().find(|text| !text.is_empty()).unwrap_or_default()
}

/// A place as the carrier names it, else put together from what parts there are.
fn place_of(location: &str, parts: &[&str]) -> String {
    if !location.is_empty() {
        return clean(location);
    }
    clean(&parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "))
}

/// The codes for customs are one for both sides; where the parcel is then tells which.
const fn at_side(stage: ShipmentStage, leaves: bool) -> ShipmentStage {
    match stage {
        ShipmentStage::CustomsImport if leaves => ShipmentStage::CustomsExport,
        stage => stage,
    }
}

/// True when an event's country is the one that the parcel comes from and not also the one that it goes to.
fn leaves(country: &str, from: &str, to: &str) -> bool {
    !country.is_empty() && country.eq_ignore_ascii_case(from) && !country.eq_ignore_ascii_case(to)
}

/// Words from outside on one line, without control characters, not too long.
fn clean(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST_SIGNS).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A point in time as services write it: with a zone, else read as UTC, since a carrier that names none leaves nothing better.
fn moment_of(text: &str) -> Option<Moment> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(Moment::from(time));
    }
    let time: jiff::civil::DateTime = text.parse().ok()?;
    Some(Moment::from(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp()))
}

#[cfg(test)]
#[path = "mod_tests.rs"]
mod tests;
