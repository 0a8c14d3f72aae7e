//! Against a server that behaves as 17TRACK does.

use std::time::Duration;

use ShipmentStage::{
    CustomsExport, CustomsHeld, CustomsImport, CustomsReleased, Delivered, DutyDue, Exception, InTransit, InfoReceived, OutForDelivery,
    Returned,
};
use tokio::time::Instant;

use super::*;
use crate::tracking::stub::{Instead, KEY, Stub, client, key, parcels, quick, seventeen_track};

async fn service(stub: &Stub) -> SeventeenTrack {
    let base = seventeen_track(stub.clone()).await;
    SeventeenTrack::new(client(), &base, key()).unwrap().with_pace(quick())
}

/// What the carriers of a parcel tell: state, then events, newest first as the service has them.
fn news(status: &str, sub_status: &str, events: &[(&str, &str, &str, &str)]) -> Value {
    let events: Vec<Value> = events
        .iter()
        .map(|(time, code, text, country)| {
            json!({
                "time_iso": time, "time_utc": time, "time_raw": { "date": null, "time": null, "timezone": null },
                "description": text, "description_translation": null, "location": "", "stage": null, "sub_status": code,
                "address": { "country": country, "state": null, "city": null, "street": null },
            })
        })
        .collect();
    json!({
        "shipping_info": { "shipper_address": { "country": "CN" }, "recipient_address": { "country": "DE" } },
        "latest_status": { "status": status, "sub_status": sub_status, "sub_status_descr": null },
        "tracking": { "providers_hash": 1, "providers": [{ "provider": { "key": 3011, "name": "China Post" }, "events": events }] },
    })
}

fn on_its_way() -> Value {
    news("InTransit", "InTransit_Other", &[("2026-11-20T10:00:00Z", "InTransit_Other", "Departed from facility", "CN")])
}

fn stage(answer: &LookedUp) -> ShipmentStage {
    answer.result.as_ref().unwrap().stage
}

fn error(answer: &LookedUp) -> &TrackingError {
    answer.result.as_ref().unwrap_err()
}

#[test]
fn e3_every_documented_status_has_its_stage_customs_among_them() {
    let table = [
        ("InfoReceived", InfoReceived),
        ("InTransit_PickedUp", InTransit),
        ("InTransit_Other", InTransit),
        ("InTransit_Departure", InTransit),
        ("InTransit_Arrival", InTransit),
        ("InTransit_CustomsProcessing", CustomsImport),
        ("InTransit_CustomsReleased", CustomsReleased),
        ("InTransit_CustomsRequiringInformation", CustomsHeld),
        ("Expired_Other", Exception),
        ("AvailableForPickup_Other", OutForDelivery),
        ("OutForDelivery_Other", OutForDelivery),
        ("DeliveryFailure_Other", Exception),
        ("DeliveryFailure_NoBody", Exception),
        ("DeliveryFailure_Security", Exception),
        ("DeliveryFailure_Rejected", Exception),
        ("DeliveryFailure_InvalidAddress", Exception),
        ("Delivered_Other", Delivered),
        ("Exception_Other", Exception),
        ("Exception_Returning", Returned),
        ("Exception_Returned", Returned),
        ("Exception_NoBody", Exception),
        ("Exception_Security", Exception),
        ("Exception_Damage", Exception),
        ("Exception_Rejected", Exception),
        ("Exception_Delayed", Exception),
        ("Exception_Lost", Exception),
        ("Exception_Destroyed", Exception),
        ("Exception_Cancel", Exception),
        // Main statuses, and a sub-status that came later.
        ("InTransit", InTransit),
        ("Delivered", Delivered),
        ("InTransit_TransportArrived", InTransit),
    ];
    for (code, expected) in table {
        assert_eq!(stage_of_code(code), Some(expected), "{code}");
    }
    for code in ["", "NotFound", "NotFound_Other", "Teleported"] {
        assert_eq!(stage_of_code(code), None, "{code}");
    }
}

#[tokio::test]
async fn e3_a_parcel_at_customs_is_reported_with_its_customs_stages_oldest_first() {
    let stub = Stub::default();
    stub.follow(
        "RR123456789CN",
        news(
            "InTransit",
            "InTransit_Other",
            &[
                ("2026-11-24T10:00:00Z", "InTransit_Other", "Awaiting payment of customs charges", "DE"),
                ("2026-11-23T10:00:00Z", "InTransit_CustomsRequiringInformation", "Held by import Customs", "DE"),
                ("2026-11-22T10:00:00Z", "InTransit_CustomsProcessing", "Item presented", "DE"),
                ("2026-11-21T10:00:00Z", "InTransit_CustomsReleased", "出口海关/放行", "CN"),
                ("2026-11-20T12:00:00Z", "InTransit_CustomsProcessing", "Item presented", "CN"),
                ("2026-11-20T10:00:00Z", "InTransit_PickedUp", "收寄", "CN"),
            ],
        ),
    );
    let answer = service(&stub).await.look_up(&parcels(&["RR123456789CN"])).await.remove(0);
    let report = answer.result.unwrap();
    assert_eq!(report.carrier, "China Post");
    let stages: Vec<ShipmentStage> = report.events.iter().map(|event| event.stage).collect();
    assert_eq!(stages, [InTransit, CustomsExport, CustomsReleased, CustomsImport, CustomsHeld, DutyDue]);
    // The service says "in transit"; the newest words say that the receiver must pay.
    assert_eq!(report.stage, DutyDue);
    assert_eq!(report.events[0].place, "CN");
}

#[tokio::test]
async fn e3_the_newest_customs_event_sharpens_a_parcel_that_is_only_in_transit() {
    let stub = Stub::default();
    let held = [("2026-11-23T10:00:00Z", "InTransit_Other", "Held in Customs", "US")];
    stub.follow("LX100000001CN", news("InTransit", "InTransit_Other", &held));
    let released = [("2026-11-23T10:00:00Z", "InTransit_Other", "Inbound Out of Customs", "US")];
    stub.follow("LX100000002CN", news("InTransit", "InTransit_CustomsProcessing", &released));
    let security = [("2026-11-23T10:00:00Z", "Exception_Security", "Shipment held by customs", "US")];
    stub.follow("LX100000003CN", news("Exception", "Exception_Security", &security));
    let done = [("2026-11-23T10:00:00Z", "Delivered_Other", "Delivered, customs charges paid", "US")];
    stub.follow("LX100000004CN", news("Delivered", "Delivered_Other", &done));
    let answers = service(&stub).await.look_up(&parcels(&["LX100000001CN", "LX100000002CN", "LX100000003CN", "LX100000004CN"])).await;
    assert_eq!(answers.iter().map(stage).collect::<Vec<_>>(), [CustomsHeld, CustomsReleased, CustomsHeld, Delivered]);
}

#[tokio::test]
async fn a_hundred_numbers_are_asked_for_in_forties_and_not_faster_than_allowed() {
    let stub = Stub::default();
    let numbers: Vec<String> = (0..100).map(|n| format!("RR{n:09}CN")).collect();
    for number in &numbers {
        stub.follow(number, on_its_way());
    }
    let service = service(&stub).await;
    let asked: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let begun = Instant::now();
    let answers = service.look_up(&parcels(&asked)).await;
    assert_eq!(answers.len(), 100);
    assert!(answers.iter().zip(&numbers).all(|(answer, number)| answer.number == *number && stage(answer) == InTransit));
    assert_eq!(stub.books().asked, [40, 40, 20]);
    assert!(begun.elapsed() >= EVERY * 2, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_number_is_registered_once_and_only_when_the_service_does_not_know_it() {
    let stub = Stub::default();
    stub.follow("RR000000001CN", on_its_way());
    stub.books().news.insert("RR000000002CN".into(), on_its_way());
    stub.books().slow.insert("RR000000003CN".into());
    let service = service(&stub).await;
    let asked = parcels(&["RR000000001CN", "RR000000002CN", "RR000000003CN", "RR000000004CN"]);
    let first = service.look_up(&asked).await;
    assert_eq!((stage(&first[0]), stage(&first[1])), (InTransit, InTransit));
    assert_eq!((error(&first[2]), error(&first[3])), (&TrackingError::NotYet, &TrackingError::NotYet));
    let second = service.look_up(&asked).await;
    assert_eq!(error(&second[2]), &TrackingError::NotYet);
    stub.books().slow.clear();
    stub.books().news.insert("RR000000003CN".into(), on_its_way());
    assert_eq!(stage(&service.look_up(&asked).await[2]), InTransit);
    assert_eq!(stub.books().registrations, ["RR000000002CN", "RR000000003CN", "RR000000004CN"]);
}

#[tokio::test]
async fn a_number_that_another_program_registered_meanwhile_is_no_error() {
    let stub = Stub::default();
    stub.follow("RR000000005CN", on_its_way());
    stub.books().slow.insert("RR000000005CN".into());
    let service = service(&stub).await;
    assert_eq!(error(&service.look_up(&parcels(&["RR000000005CN"])).await[0]), &TrackingError::NotYet);
    assert!(stub.books().registrations.is_empty());
}

#[tokio::test]
async fn one_refused_number_does_not_lose_the_others() {
    let stub = Stub::default();
    stub.follow("RR000000001CN", on_its_way());
    stub.books().refused.extend([
        ("RR000000002CN".to_owned(), -18_019_903),
        ("RR000000003CN".to_owned(), -18_019_908),
        ("RR000000004CN".to_owned(), -18_010_020),
        ("RR000000005CN".to_owned(), -18_099_999),
    ]);
    let asked = parcels(&["RR000000001CN", "RR000000002CN", "RR000000003CN", "RR000000004CN", "RR000000005CN", "RR", "RR 1;drop"]);
    let answers = service(&stub).await.look_up(&asked).await;
    assert_eq!(stage(&answers[0]), InTransit);
    assert_eq!(error(&answers[1]), &TrackingError::CarrierUnknown);
    assert_eq!(error(&answers[2]), &TrackingError::QuotaUsedUp);
    assert_eq!(error(&answers[3]), &TrackingError::MoreNeeded);
    assert_eq!(error(&answers[4]), &TrackingError::Answer("it has the error code -18099999".into()));
    assert_eq!((error(&answers[5]), error(&answers[6])), (&TrackingError::NumberRefused, &TrackingError::NumberRefused));
}

#[tokio::test]
async fn a_number_that_spoils_the_whole_request_is_found_and_the_others_are_answered() {
    let stub = Stub::default();
    for number in ["RR000000001CN", "RR000000002CN", "RR000000003CN", "RR000000004CN"] {
        stub.follow(number, on_its_way());
    }
    stub.books().poison = Some("RR000000003CN".into());
    let asked = parcels(&["RR000000001CN", "RR000000002CN", "RR000000003CN", "RR000000004CN"]);
    let answers = service(&stub).await.look_up(&asked).await;
    assert_eq!(error(&answers[2]), &TrackingError::NumberRefused);
    assert!([0, 1, 3].into_iter().all(|n| stage(&answers[n]) == InTransit));
}

#[tokio::test]
async fn a_wrong_key_ends_the_look_up_after_one_request_and_no_error_shows_it() {
    let stub = Stub::default();
    let base = seventeen_track(stub.clone()).await;
    let service = SeventeenTrack::new(client(), &base, Secret::new("wrong-canary-4712")).unwrap().with_pace(quick());
    let numbers: Vec<String> = (0..90).map(|n| format!("RR{n:09}CN")).collect();
    let asked: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let answers = service.look_up(&parcels(&asked)).await;
    assert!(answers.iter().all(|answer| *error(answer) == TrackingError::WrongKey));
    assert_eq!(stub.books().requests, 1);
    assert!(!format!("{answers:?}").contains("4712"));
}

#[tokio::test]
async fn too_many_requests_are_tried_again_after_the_time_that_the_service_names() {
    let stub = Stub::default();
    stub.follow("RR000000001CN", on_its_way());
    stub.books().instead.push_back(Instead::TooMany(Some(1)));
    let begun = Instant::now();
    let answers = service(&stub).await.look_up(&parcels(&["RR000000001CN"])).await;
    assert_eq!(stage(&answers[0]), InTransit);
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(stub.books().requests, 2);
}

#[tokio::test]
async fn a_service_that_goes_on_refusing_is_left_alone_after_the_third_time() {
    let stub = Stub::default();
    stub.books().instead.extend([Instead::TooMany(None), Instead::TooMany(None), Instead::TooMany(Some(2))]);
    let service = service(&stub).await;
    let answers = service.look_up(&parcels(&["RR000000001CN"])).await;
    assert_eq!(error(&answers[0]), &TrackingError::LimitReached { retry_after: Some(Duration::from_secs(2)) });
    assert_eq!(stub.books().requests, 3);
    // A service that wants an hour is not waited for.
    stub.books().instead.push_back(Instead::TooMany(Some(3600)));
    let answers = service.look_up(&parcels(&["RR000000001CN"])).await;
    assert_eq!(error(&answers[0]), &TrackingError::LimitReached { retry_after: Some(Duration::from_secs(3600)) });
    assert_eq!(stub.books().requests, 4);
}

#[tokio::test]
async fn trouble_of_the_service_is_tried_again_and_then_reported() {
    let stub = Stub::default();
    stub.follow("RR000000001CN", on_its_way());
    stub.books().instead.extend([Instead::Status(503), Instead::Status(500)]);
    let service = service(&stub).await;
    assert_eq!(stage(&service.look_up(&parcels(&["RR000000001CN"])).await[0]), InTransit);
    stub.books().instead.extend([Instead::Status(502), Instead::Status(502), Instead::Status(502)]);
    let answers = service.look_up(&parcels(&["RR000000001CN"])).await;
    assert_eq!(error(&answers[0]), &TrackingError::Unavailable { status: 502 });
}

#[tokio::test]
async fn answers_that_are_not_as_documented_are_errors_of_their_numbers_only() {
    for text in
        ["", "{\"code\":0,\"data\":{\"acc", "<html>canary</html>", "[]", "null", "{\"code\":0}", "{\"code\":0,\"data\":[]}", "\"canary\""]
    {
        let stub = Stub::default();
        stub.books().instead.push_back(Instead::Text(text));
        let answers = service(&stub).await.look_up(&parcels(&["RR000000001CN"])).await;
        assert!(matches!(error(&answers[0]), TrackingError::Answer(_)), "{text}");
        assert!(!format!("{answers:?}").contains("canary"), "{text}");
    }
    let stub = Stub::default();
    stub.books().instead.push_back(Instead::Text(r#"{"code":0,"data":{"accepted":[3,{"number":5}],"rejected":"none"}}"#));
    assert!(matches!(error(&service(&stub).await.look_up(&parcels(&["RR000000001CN"])).await[0]), TrackingError::Answer(_)));
}

#[tokio::test]
async fn odd_values_inside_an_answer_lose_only_themselves() {
    let stub = Stub::default();
    let mut odd = news("InTransit", "InTransit_Other", &[("2026-11-20T10:00:00Z", "InTransit_Other", "Departed", "CN")]);
    odd["tracking"]["providers"][0]["events"].as_array_mut().unwrap().extend([
        json!(null),
        json!({ "time_utc": 5 }),
        json!({ "time_utc": "" }),
    ]);
    odd["tracking"]["providers"].as_array_mut().unwrap().push(json!({ "provider": null, "events": null }));
    odd["brand_new"] = json!({ "a": [1, 2] });
    odd["shipping_info"] = json!(null);
    stub.follow("RR000000001CN", odd);
    let answers = service(&stub).await.look_up(&parcels(&["RR000000001CN"])).await;
    let report = answers[0].result.as_ref().unwrap();
    assert_eq!((report.events.len(), report.carrier.as_str(), report.stage), (1, "China Post", InTransit));
}

#[tokio::test]
async fn an_unknown_code_falls_back_on_the_words_and_then_on_in_transit() {
    let stub = Stub::default();
    let time = "2026-11-20T10:00:00Z";
    stub.follow("RR000000001CN", news("Teleported", "Teleported_Far", &[(time, "Teleported_Far", "Zugestellt", "DE")]));
    stub.follow("RR000000002CN", news("Teleported", "Teleported_Far", &[(time, "Teleported_Far", "Held by customs", "DE")]));
    stub.follow("RR000000003CN", news("Teleported", "Teleported_Far", &[(time, "", "Beamed up", "DE")]));
    let answers = service(&stub).await.look_up(&parcels(&["RR000000001CN", "RR000000002CN", "RR000000003CN"])).await;
    assert_eq!(answers.iter().map(stage).collect::<Vec<_>>(), [Delivered, CustomsHeld, InTransit]);
}

#[tokio::test]
async fn numbers_without_news_are_not_found_not_yet_known_or_wrong() {
    let stub = Stub::default();
    stub.follow("RR000000001CN", news("NotFound", "NotFound_Other", &[]));
    stub.follow("RR000000002CN", news("NotFound", "NotFound_InvalidCode", &[]));
    stub.follow("RR000000003CN", Value::Null);
    let answers = service(&stub).await.look_up(&parcels(&["RR000000001CN", "RR000000002CN", "RR000000003CN"])).await;
    let errors: Vec<&TrackingError> = answers.iter().map(error).collect();
    assert_eq!(errors, [&TrackingError::NotFound, &TrackingError::NumberRefused, &TrackingError::NotYet]);
}

#[tokio::test]
async fn only_the_services_own_carrier_codes_are_sent() {
    let stub = Stub::default();
    let named = |number: &str, carrier: &str| ParcelRef { number: number.into(), carrier: Some(carrier.into()) };
    service(&stub)
        .await
        .look_up(&[named("RR000000001CN", "3011"), named("RR000000002CN", "China Post"), named("RR000000003CN", "0")])
        .await;
    assert_eq!(stub.books().carriers, HashMap::from([("RR000000001CN".to_owned(), "3011".to_owned())]));
}

#[tokio::test]
async fn silence_and_a_closed_door_are_unreachable_and_end_the_look_up() {
    let stub = Stub::default();
    stub.books().instead.extend((0..3).map(|_| Instead::Silence(Duration::from_secs(5))));
    let service = service(&stub).await.with_pace(Pace { time_out: Duration::from_millis(50), ..quick() });
    let numbers: Vec<String> = (0..90).map(|n| format!("RR{n:09}CN")).collect();
    let asked: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let answers = service.look_up(&parcels(&asked)).await;
    assert!(answers.iter().all(|answer| *error(answer) == TrackingError::Unreachable));
    assert_eq!(stub.books().requests, 3);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = SeventeenTrack::new(client(), &format!("http://{closed}"), key()).unwrap().with_pace(quick());
    let answers = nobody.look_up(&parcels(&["RR000000001CN"])).await;
    assert_eq!(error(&answers[0]), &TrackingError::Unreachable);
    assert!(!error(&answers[0]).to_string().contains("RR000000001CN"));
}

#[tokio::test]
async fn the_key_is_in_no_error_whatever_goes_wrong() {
    let stub = Stub::default();
    let service = service(&stub).await;
    let wrongs = || [Instead::Text(KEY), Instead::Status(401), Instead::Status(403), Instead::Status(404), Instead::Status(418)];
    for wrong in wrongs() {
        stub.books().instead.push_back(wrong);
        let answers = service.look_up(&parcels(&["RR000000001CN"])).await;
        let shown = format!("{} {:?}", error(&answers[0]), answers);
        assert!(!shown.contains(KEY) && !shown.contains("4711"), "{shown}");
    }
}

#[tokio::test]
async fn the_stub_itself_holds_to_the_services_limits() {
    let stub = Stub::default();
    let base = seventeen_track(stub.clone()).await;
    let client = client();
    let ask = |items: usize| {
        let content: Vec<Value> = (0..items).map(|n| json!({ "number": format!("RR{n:09}CN") })).collect();
        client.post(format!("{base}/track/v2.4/gettrackinfo")).header("17token", KEY).json(&content).send()
    };
    let body: Value = ask(41).await.unwrap().json().await.unwrap();
    assert_eq!(body["code"], json!(-18_010_014));
    let body: Value = ask(40).await.unwrap().json().await.unwrap();
    assert_eq!(body["data"]["rejected"].as_array().unwrap().len(), 40);
    ask(1).await.unwrap();
    assert_eq!(ask(1).await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn the_service_names_itself_and_its_host() {
    let service = SeventeenTrack::new(client(), SeventeenTrack::BASE_URL, key()).unwrap();
    assert_eq!((service.name(), service.host().as_str()), ("17TRACK", "api.17track.net"));
}
