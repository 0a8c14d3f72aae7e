//! Against a server that behaves as AfterShip does.

use std::time::Duration;

use ShipmentStage::{
    CustomsExport, CustomsHeld, CustomsImport, CustomsReleased, Delivered, DutyDue, Exception, InTransit, InfoReceived, OutForDelivery,
    Returned,
};
use tokio::time::Instant;

use super::*;
use crate::tracking::stub::{Instead, KEY, Stub, after_ship, client, key, parcels, quick};

async fn service(stub: &Stub) -> AfterShip {
    let base = after_ship(stub.clone()).await;
    AfterShip::new(client(), &base, key()).unwrap().with_pace(quick())
}

/// What the service tells of a parcel: state, then checkpoints (time, subtag, words, country).
fn news(subtag: &str, checkpoints: &[(&str, &str, &str, &str)]) -> Value {
    let tag = |subtag: &str| subtag.split('_').next().unwrap().to_owned();
    let checkpoints: Vec<Value> = checkpoints
        .iter()
        .map(|(time, subtag, message, country)| {
            json!({
                "slug": "china-post", "checkpoint_time": time, "created_at": time, "message": message, "tag": tag(subtag), "subtag": subtag,
                "subtag_message": "", "location": null, "city": "Town", "state": null, "country_region": country, "raw_tag": "X1",
            })
        })
        .collect();
    json!({
        "slug": "china-post", "tag": tag(subtag), "subtag": subtag, "checkpoints": checkpoints,
        "origin_country_region": "CHN", "destination_country_region": "DEU",
    })
}

fn on_its_way() -> Value {
    news("InTransit_001", &[("2026-11-20T10:00:00+08:00", "InTransit_007", "Departed from facility", "CHN")])
}

fn stage(answer: &LookedUp) -> ShipmentStage {
    answer.result.as_ref().unwrap().stage
}

fn error(answer: &LookedUp) -> &TrackingError {
    answer.result.as_ref().unwrap_err()
}

#[test]
fn e3_every_documented_tag_and_subtag_has_its_stage_customs_among_them() {
    let table = [
        ("InfoReceived_001", InfoReceived),
        ("InTransit_001", InTransit),
        ("InTransit_002", InTransit),
        ("InTransit_003", InTransit),
        ("InTransit_004", InTransit),
        ("InTransit_005", CustomsReleased),
        ("InTransit_006", CustomsImport),
        ("InTransit_007", InTransit),
        ("InTransit_008", InTransit),
        ("InTransit_009", InTransit),
        ("OutForDelivery_001", OutForDelivery),
        ("OutForDelivery_003", OutForDelivery),
        ("OutForDelivery_004", OutForDelivery),
        ("AvailableForPickup_001", OutForDelivery),
        ("Delivered_001", Delivered),
        ("Delivered_002", Delivered),
        ("Delivered_003", Delivered),
        ("Delivered_004", Delivered),
        ("AttemptFail_001", Exception),
        ("AttemptFail_002", Exception),
        ("AttemptFail_003", Exception),
        ("Exception_001", Exception),
        ("Exception_002", Exception),
        ("Exception_003", Exception),
        ("Exception_004", CustomsHeld),
        ("Exception_005", Exception),
        ("Exception_006", DutyDue),
        ("Exception_007", Exception),
        ("Exception_008", Exception),
        ("Exception_009", Exception),
        ("Exception_010", Returned),
        ("Exception_011", Returned),
        ("Exception_012", Exception),
        ("Exception_013", Exception),
        ("Exception_016", Exception),
        ("Exception_018", CustomsHeld),
        ("Exception_021", Exception),
        ("Expired_001", Exception),
        // A subtag that came later.
        ("InTransit_099", InTransit),
    ];
    for (subtag, expected) in table {
        assert_eq!(stage_of_codes(subtag, ""), Some(expected), "{subtag}");
    }
    for (tag, expected) in [("InTransit", InTransit), ("AttemptFail", Exception), ("AvailableForPickup", OutForDelivery)] {
        assert_eq!(stage_of_codes("Teleported_001", tag), Some(expected), "{tag}");
    }
    assert_eq!(stage_of_codes("Pending_001", "Pending"), None);
}

#[tokio::test]
async fn e3_a_parcel_at_customs_is_reported_with_its_customs_stages_oldest_first() {
    let stub = Stub::default();
    stub.follow(
        "RR123456789CN",
        news(
            "InTransit_001",
            &[
                ("2026-11-20T10:00:00+08:00", "InTransit_002", "收寄", "CHN"),
                ("2026-11-20T12:00:00+08:00", "InTransit_006", "Item presented", "CHN"),
                ("2026-11-21T10:00:00+08:00", "InTransit_005", "Customs clearance success", "CHN"),
                ("2026-11-22T10:00:00", "InTransit_006", "Item presented", "DEU"),
                ("2026-11-23T10:00:00+01:00", "InTransit_001", "Die Sendung wurde vom Zoll zurückgehalten.", "DEU"),
                ("2026-11-24T10:00:00+01:00", "InTransit_001", "Einfuhrabgaben zu zahlen", "DEU"),
            ],
        ),
    );
    let answer = service(&stub).await.look_up(&parcels(&["RR123456789CN"])).await.remove(0);
    assert!(!format!("{answer:?}").contains("canary"), "what the service knows of customers stays outside");
    let report = answer.result.unwrap();
    assert_eq!((report.carrier.as_str(), report.events[0].place.as_str()), ("china-post", "Town, CHN"));
    let stages: Vec<ShipmentStage> = report.events.iter().map(|event| event.stage).collect();
    assert_eq!(stages, [InTransit, CustomsExport, CustomsReleased, CustomsImport, CustomsHeld, DutyDue]);
    assert_eq!(report.stage, DutyDue);
}

#[tokio::test]
async fn e3_countries_in_the_older_spelling_tell_the_side_of_customs_too() {
    let stub = Stub::default();
    let mut old = news("InTransit_006", &[("2026-11-20T12:00:00Z", "InTransit_006", "Item presented", "")]);
    old["origin_country_region"] = Value::Null;
    old["origin_country_iso3"] = json!("CHN");
    old["checkpoints"][0]["country_region"] = Value::Null;
    old["checkpoints"][0]["country_iso3"] = json!("CHN");
    stub.follow("RR123456789CN", old);
    assert_eq!(stage(&service(&stub).await.look_up(&parcels(&["RR123456789CN"])).await[0]), CustomsExport);
}

#[tokio::test]
async fn a_hundred_numbers_are_asked_for_in_fifties_and_all_pages_are_read() {
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
    assert_eq!(stub.books().asked, [50; 6], "three pages for each fifty");
    assert!(begun.elapsed() >= LIST_EVERY * 5, "{:?}", begun.elapsed());
    assert!(stub.books().registrations.is_empty());
}

#[tokio::test]
async fn a_number_is_created_once_and_only_when_the_service_does_not_list_it() {
    let stub = Stub::default();
    stub.follow("RR000000001CN", on_its_way());
    stub.books().slow.insert("RR000000003CN".into());
    let service = service(&stub).await;
    let asked = parcels(&["RR000000001CN", "RR000000002CN", "RR000000003CN"]);
    for _ in 0..2 {
        let answers = service.look_up(&asked).await;
        assert_eq!(stage(&answers[0]), InTransit);
        assert_eq!((error(&answers[1]), error(&answers[2])), (&TrackingError::NotYet, &TrackingError::NotYet));
    }
    stub.books().news.insert("RR000000002CN".into(), on_its_way());
    assert_eq!(stage(&service.look_up(&asked).await[1]), InTransit);
    assert_eq!(stub.books().registrations, ["RR000000002CN", "RR000000003CN"]);
}

#[tokio::test]
async fn a_number_that_exists_without_being_listed_is_read_by_its_id() {
    let stub = Stub::default();
    stub.follow("RR000000005CN", on_its_way());
    stub.books().slow.insert("RR000000005CN".into());
    assert_eq!(stage(&service(&stub).await.look_up(&parcels(&["RR000000005CN"])).await[0]), InTransit);
    assert!(stub.books().registrations.is_empty());
}

#[tokio::test]
async fn one_refused_number_does_not_lose_the_others() {
    let stub = Stub::default();
    stub.follow("RR000000001CN", on_its_way());
    stub.books().refused.extend([
        ("RR000000002CN".to_owned(), 4012),
        ("RR000000003CN".to_owned(), 4011),
        ("RR000000004CN".to_owned(), 4017),
        ("RR000000005CN".to_owned(), 4999),
    ]);
    let asked = parcels(&["RR000000002CN", "RR000000003CN", "RR000000004CN", "RR000000005CN", "R,R", "RR", "RR000000001CN"]);
    let answers = service(&stub).await.look_up(&asked).await;
    assert_eq!(error(&answers[0]), &TrackingError::CarrierUnknown);
    assert_eq!(error(&answers[1]), &TrackingError::MoreNeeded);
    assert_eq!(error(&answers[2]), &TrackingError::NumberRefused);
    assert_eq!(error(&answers[3]), &TrackingError::Answer("HTTP 400, code 4999".into()));
    assert_eq!((error(&answers[4]), error(&answers[5])), (&TrackingError::NumberRefused, &TrackingError::NumberRefused));
    assert_eq!(stage(&answers[6]), InTransit);
}

#[tokio::test]
async fn a_number_that_spoils_the_whole_request_is_found_and_the_others_are_answered() {
    let stub = Stub::default();
    for number in ["RR000000001CN", "RR000000002CN", "RR000000003CN"] {
        stub.follow(number, on_its_way());
    }
    stub.books().poison = Some("RR000000002CN".into());
    let answers = service(&stub).await.look_up(&parcels(&["RR000000001CN", "RR000000002CN", "RR000000003CN"])).await;
    assert_eq!(error(&answers[1]), &TrackingError::NumberRefused);
    assert_eq!((stage(&answers[0]), stage(&answers[2])), (InTransit, InTransit));
}

#[tokio::test]
async fn the_carriers_code_is_sent_and_a_name_that_is_none_is_given_up() {
    let stub = Stub::default();
    let named = |number: &str, carrier: &str| ParcelRef { number: number.into(), carrier: Some(carrier.into()) };
    let asked = [named("RR000000001CN", "usps"), named("RR000000002CN", "Deutsche Post"), named("RR000000003CN", "no-such-carrier")];
    let answers = service(&stub).await.look_up(&asked).await;
    assert!(answers.iter().all(|answer| *error(answer) == TrackingError::NotYet), "{answers:?}");
    assert_eq!(stub.books().registrations.len(), 3);
    assert_eq!(stub.books().carriers.get("RR000000001CN").map(String::as_str), Some("usps"));
    assert_eq!(stub.books().carriers.len(), 1);
}

#[test]
fn of_two_carriers_with_one_number_the_named_one_counts() {
    let trackings = [json!({ "tracking_number": "rr1", "slug": "dhl" }), json!({ "tracking_number": "RR1", "slug": "usps" })];
    let wanted = |carrier: &str| Wanted { key: "RR1".into(), number: "RR1".into(), carrier: Some(carrier.into()) };
    assert_eq!(of_number(&trackings, &wanted("usps")), [&trackings[1]]);
    assert_eq!(of_number(&trackings, &wanted("yanwen")).len(), 2);
}

#[tokio::test]
async fn a_wrong_key_ends_the_look_up_after_one_request_and_no_error_shows_it() {
    let stub = Stub::default();
    let base = after_ship(stub.clone()).await;
    let service = AfterShip::new(client(), &base, Secret::new("wrong-canary-4712")).unwrap().with_pace(quick());
    let numbers: Vec<String> = (0..90).map(|n| format!("RR{n:09}CN")).collect();
    let asked: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let answers = service.look_up(&parcels(&asked)).await;
    assert!(answers.iter().all(|answer| *error(answer) == TrackingError::WrongKey));
    assert_eq!(stub.books().requests, 1);
    assert!(!format!("{answers:?}").contains("4712"));
}

#[tokio::test]
async fn too_many_requests_are_tried_again_once_the_limit_begins_anew() {
    let stub = Stub::default();
    stub.follow("RR000000001CN", on_its_way());
    stub.books().instead.push_back(Instead::TooManyUntil(1));
    let begun = Instant::now();
    let service = service(&stub).await;
    assert_eq!(stage(&service.look_up(&parcels(&["RR000000001CN"])).await[0]), InTransit);
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    stub.books().instead.push_back(Instead::TooManyUntil(600));
    let answers = service.look_up(&parcels(&["RR000000001CN", "RR000000002CN"])).await;
    let expected = TrackingError::LimitReached { retry_after: Some(Duration::from_secs(600)) };
    assert_eq!((error(&answers[0]), error(&answers[1])), (&expected, &expected));
}

#[tokio::test]
async fn a_limit_that_stops_creating_keeps_what_was_found_before() {
    let stub = Stub::default();
    stub.follow("RR000000001CN", on_its_way());
    stub.books().instead.extend([Instead::Nothing, Instead::TooMany(Some(600))]);
    let answers = service(&stub).await.look_up(&parcels(&["RR000000002CN", "RR000000001CN", "RR000000003CN"])).await;
    let expected = TrackingError::LimitReached { retry_after: Some(Duration::from_secs(600)) };
    assert_eq!((error(&answers[0]), error(&answers[2])), (&expected, &expected));
    assert_eq!(stage(&answers[1]), InTransit);
}

#[tokio::test]
async fn trouble_of_the_service_is_tried_again_and_then_reported() {
    let stub = Stub::default();
    stub.follow("RR000000001CN", on_its_way());
    stub.books().instead.extend([Instead::Status(503), Instead::Status(500)]);
    let service = service(&stub).await;
    assert_eq!(stage(&service.look_up(&parcels(&["RR000000001CN"])).await[0]), InTransit);
    stub.books().instead.extend([Instead::Status(502), Instead::Status(502), Instead::Status(502)]);
    assert_eq!(error(&service.look_up(&parcels(&["RR000000001CN"])).await[0]), &TrackingError::Unavailable { status: 502 });
}

#[tokio::test]
async fn answers_that_are_not_as_documented_are_errors_and_their_words_stay_outside() {
    for text in
        ["", "{\"meta\":{\"code\":200},\"da", "<html>canary</html>", "[]", "{}", "{\"data\":{\"trackings\":\"canary\"}}", "{\"data\":null}"]
    {
        let stub = Stub::default();
        stub.books().instead.push_back(Instead::Text(text));
        let answers = service(&stub).await.look_up(&parcels(&["RR000000001CN"])).await;
        assert!(matches!(error(&answers[0]), TrackingError::Answer(_)), "{text}");
        assert!(!format!("{answers:?}").contains("canary"), "{text}");
        assert!(stub.books().registrations.is_empty(), "nothing is created on a broken list");
    }
}

#[tokio::test]
async fn an_unknown_code_falls_back_on_the_words_and_then_on_in_transit() {
    let stub = Stub::default();
    let time = "2026-11-20T10:00:00Z";
    stub.follow("RR000000001CN", news("Teleported_001", &[(time, "Teleported_001", "Zugestellt", "DEU")]));
    stub.follow("RR000000002CN", news("Teleported_001", &[(time, "Teleported_001", "Held by customs", "DEU")]));
    stub.follow("RR000000003CN", news("Teleported_001", &[(time, "Teleported_001", "Beamed up", "DEU"), ("", "InTransit_001", "x", "")]));
    let answers = service(&stub).await.look_up(&parcels(&["RR000000001CN", "RR000000002CN", "RR000000003CN"])).await;
    assert_eq!(answers.iter().map(stage).collect::<Vec<_>>(), [Delivered, CustomsHeld, InTransit]);
}

#[tokio::test]
async fn numbers_without_news_are_not_found_not_yet_known_or_of_no_known_carrier() {
    let stub = Stub::default();
    stub.follow("RR000000001CN", news("Expired_001", &[]));
    stub.follow("RR000000002CN", news("Pending_001", &[]));
    let mut unrecognized = news("Pending_002", &[]);
    unrecognized["slug"] = json!("unrecognized");
    stub.follow("RR000000003CN", unrecognized);
    let answers = service(&stub).await.look_up(&parcels(&["RR000000001CN", "RR000000002CN", "RR000000003CN"])).await;
    let errors: Vec<&TrackingError> = answers.iter().map(error).collect();
    assert_eq!(errors, [&TrackingError::NotFound, &TrackingError::NotYet, &TrackingError::CarrierUnknown]);
}

#[tokio::test]
async fn the_key_is_in_no_error_whatever_goes_wrong() {
    let stub = Stub::default();
    let service = service(&stub).await;
    let wrongs = [Instead::Text(KEY), Instead::Status(401), Instead::Status(402), Instead::Status(403), Instead::Status(404)];
    for wrong in wrongs {
        stub.books().instead.push_back(wrong);
        let answers = service.look_up(&parcels(&["RR000000001CN"])).await;
        let shown = format!("{} {:?}", error(&answers[0]), answers);
        assert!(!shown.contains(KEY) && !shown.contains("4711"), "{shown}");
    }
}

#[tokio::test]
async fn the_stub_itself_holds_to_the_services_limits() {
    let stub = Stub::default();
    let base = after_ship(stub.clone()).await;
    let client = client();
    let list = |count: usize| {
        let numbers = vec!["RR000000001CN"; count].join(",");
        client.get(format!("{base}/tracking/2025-01/trackings?tracking_numbers={numbers}")).header("as-api-key", KEY).send()
    };
    assert_eq!(list(51).await.unwrap().status().as_u16(), 400);
    for _ in 0..5 {
        assert_eq!(list(50).await.unwrap().status().as_u16(), 200);
    }
    assert_eq!(list(1).await.unwrap().status().as_u16(), 429);
}

#[tokio::test]
async fn the_service_names_itself_and_its_host() {
    let service = AfterShip::new(client(), AfterShip::BASE_URL, key()).unwrap();
    assert_eq!((service.name(), service.host().as_str()), ("AfterShip", "api.aftership.com"));
}
