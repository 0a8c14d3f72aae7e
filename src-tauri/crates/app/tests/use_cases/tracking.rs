//! Parcels asked about at a tracking service, and what the bot then says of them (E3, K4).

use std::sync::{Arc, Mutex};

use axum::{Json, Router, extract::State, http::HeaderMap, routing::post};
use mercator_domain::{
    assist::Purpose,
    message::Author,
    moment::HOUR_MS,
    shipment::ShipmentStage,
    tracking::{TrackingService, TrackingSettings},
};
use serde_json::{Value, json};

use crate::support::{Shop, buyer, code, shop};

/// What the service knows: number, main state, finer state, the carrier's words.
type Known = (&'static str, &'static str, &'static str, &'static str);

#[derive(Clone)]
struct Service {
    known: Arc<Mutex<Vec<Known>>>,
    asked: Arc<Mutex<Vec<Value>>>,
}

/// 17TRACK's wire on loopback: refuses another key, knows what it is told.
async fn service(known: &[Known]) -> (Service, String) {
    let service = Service { known: Arc::new(Mutex::new(known.to_vec())), asked: Arc::default() };
    let routes = Router::new()
        .route("/track/v2.4/gettrackinfo", post(info))
        .route("/track/v2.4/register", post(|| async { Json(json!({"code": 0, "data": {"accepted": [], "rejected": []}})) }))
        .with_state(service.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (service, address)
}

async fn info(State(service): State<Service>, headers: HeaderMap, Json(asked): Json<Value>) -> Json<Value> {
    if headers.get("17token").and_then(|key| key.to_str().ok()) != Some("right-key") {
        return Json(json!({"code": -18010002, "data": {"errors": [{"code": -18010002, "message": "Invalid security key."}]}}));
    }
    service.asked.lock().unwrap().push(asked.clone());
    let known = service.known.lock().unwrap().clone();
    let mut accepted = vec![];
    for item in asked.as_array().unwrap() {
        let number = item["number"].as_str().unwrap();
        if let Some((_, status, sub, words)) = known.iter().find(|(of, ..)| *of == number) {
            accepted.push(json!({"number": number, "carrier": 3011, "track_info": {
                "latest_status": {"status": status, "sub_status": sub},
                "tracking": {"providers": [{"provider": {"name": "China Post"}, "events": [
                    {"time_utc": "2026-11-22T08:00:00Z", "description": words, "location": "Leipzig", "stage": null, "sub_status": sub}
                ]}]}
            }}));
        }
    }
    Json(json!({"code": 0, "data": {"accepted": accepted, "rejected": []}}))
}

async fn set(shop: &Shop, address: &str, key: &str) {
    let settings = TrackingSettings { service: TrackingService::SeventeenTrack, address: address.to_owned(), every_hours: 8 };
    let state = shop.app.save_tracking_settings(settings, Some(key.to_owned())).await.unwrap();
    assert!(state.ready, "{state:?}");
}

async fn stage(shop: &Shop, number: &str) -> ShipmentStage {
    shop.app.order(number).await.unwrap().shipments[0].stage
}

#[tokio::test(flavor = "multi_thread")]
async fn e3_a_parcel_that_customs_hold_is_told_from_what_the_service_reports() {
    let shop = shop().await.with_faqs().await;
    let ana = buyer("ana");
    shop.order(&ana, "10023", ShipmentStage::InTransit, 20).await;
    let (service, address) =
        service(&[("TRACK10023", "InTransit", "InTransit_CustomsRequiringInformation", "Held by customs, documents required")]).await;
    set(&shop, &address, "right-key").await;
    let id = shop.hear(&ana.writes("Parcel", "Where is my order 10023?")).await;
    assert_eq!(stage(&shop, "10023").await, ShipmentStage::CustomsHeld);
    let said = shop.last_of(id, Author::Bot).await.unwrap().text;
    assert!(said.contains("Customs are holding the parcel TRACK10023"), "{said}");
    // The number went out, and nothing of the customer.
    let sent = service.asked.lock().unwrap().clone();
    assert_eq!(sent.len(), 1);
    let text = sent[0].to_string();
    assert!(text.contains("TRACK10023") && !text.contains("Ana") && !text.contains("buyers.test") && !text.contains("\"10023\""), "{text}");
    let log = shop.app.outbound_log().await.unwrap();
    assert_eq!(log.rows.iter().map(|row| (row.purpose, row.requests)).collect::<Vec<_>>(), [(Purpose::Tracking, 1)]);
    // Not again before its time, then again; what has arrived is not asked about any more.
    shop.pass().await;
    assert_eq!(service.asked.lock().unwrap().len(), 1);
    shop.later(9 * HOUR_MS);
    *service.known.lock().unwrap() = vec![("TRACK10023", "Delivered", "Delivered_Other", "Delivered to the recipient")];
    let round = shop.app.track_parcels(false).await.unwrap();
    assert_eq!((round.asked, round.news), (1, 1), "{round:?}");
    assert_eq!(stage(&shop, "10023").await, ShipmentStage::Delivered);
    shop.later(9 * HOUR_MS);
    assert_eq!(shop.app.track_parcels(false).await.unwrap().asked, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn e3_a_service_that_refuses_changes_nothing_and_says_why() {
    let shop = shop().await;
    let ana = buyer("ana");
    shop.order(&ana, "10023", ShipmentStage::InTransit, 20).await;
    assert_eq!(code(shop.app.track_parcels(true).await), "precondition");
    let (_, address) = service(&[]).await;
    set(&shop, &address, "wrong-key").await;
    let round = shop.app.track_parcels(true).await.unwrap();
    assert_eq!((round.asked, round.news), (1, 0));
    let why = round.failed.keys().next().unwrap();
    assert!(why.contains("key") && !why.contains("wrong-key"), "{why}");
    assert_eq!(stage(&shop, "10023").await, ShipmentStage::InTransit);
}

#[tokio::test(flavor = "multi_thread")]
async fn k4_local_only_keeps_parcel_numbers_here() {
    let shop = shop().await;
    shop.order(&buyer("ana"), "10023", ShipmentStage::InTransit, 20).await;
    let settings = TrackingSettings { service: TrackingService::AfterShip, ..TrackingSettings::default() };
    let state = shop.app.save_tracking_settings(settings, Some("key".into())).await.unwrap();
    assert_eq!((state.ready, state.host.as_str()), (false, "api.aftership.com"));
    assert_eq!(code(shop.app.track_parcels(true).await), "precondition");
    let rows = shop.app.outbound_log().await.unwrap().rows;
    assert_eq!(rows.iter().map(|row| (row.host.as_str(), row.requests, row.refused)).collect::<Vec<_>>(), [("api.aftership.com", 0, 1)]);
    // Another service needs a key of its own.
    let other = TrackingSettings { service: TrackingService::SeventeenTrack, ..TrackingSettings::default() };
    assert!(!shop.app.save_tracking_settings(other, None).await.unwrap().has_key);
}
