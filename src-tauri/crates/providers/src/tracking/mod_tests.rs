//! What both services share.

use ShipmentStage::{
    CustomsExport, CustomsHeld, CustomsImport, CustomsReleased, Delivered, DutyDue, Exception, InTransit, InfoReceived, OutForDelivery,
    Returned,
};

use super::*;

fn event(at: i64, text: &str) -> ShipmentEvent {
    ShipmentEvent { at: Moment(at), stage: InTransit, place: String::new(), text: text.into() }
}

#[test]
fn e3_words_sharpen_a_code_that_knows_no_customs_and_leave_a_definite_one_alone() {
    for customs in [CustomsExport, CustomsImport, CustomsHeld, DutyDue, CustomsReleased] {
        assert_eq!(refined(Some(InTransit), Some(customs)), customs);
        assert_eq!(refined(Some(CustomsImport), Some(customs)), customs);
        assert_eq!(refined(Some(Delivered), Some(customs)), Delivered);
        assert_eq!(refined(Some(InfoReceived), Some(customs)), InfoReceived);
    }
    assert_eq!(refined(Some(CustomsHeld), Some(DutyDue)), DutyDue);
    assert_eq!(refined(Some(CustomsHeld), Some(CustomsReleased)), CustomsHeld);
    assert_eq!(refined(Some(Exception), Some(CustomsHeld)), CustomsHeld);
    assert_eq!(refined(Some(Exception), Some(Returned)), Returned);
    assert_eq!(refined(Some(InTransit), Some(OutForDelivery)), OutForDelivery);
    // A phrase alone never ends a parcel's journey that its service says goes on.
    assert_eq!(refined(Some(InTransit), Some(Delivered)), InTransit);
    // Without a code the words count, without words it is on its way.
    assert_eq!(refined(None, Some(Delivered)), Delivered);
    assert_eq!(refined(None, None), InTransit);
}

#[test]
fn events_of_two_carriers_stand_in_one_row_oldest_first_and_each_once() {
    let newest_first = vec![event(30, "c"), event(20, "b2"), event(20, "b1"), event(10, "a")];
    let oldest_first = vec![event(30, "c"), event(40, "d")];
    let texts: Vec<String> = in_order(vec![newest_first, oldest_first]).into_iter().map(|event| event.text).collect();
    assert_eq!(texts, ["a", "b1", "b2", "c", "d"]);
}

#[test]
fn endless_events_keep_the_newest() {
    let many = (0..1000).map(|at| event(at, "x")).collect();
    let kept = in_order(vec![many]);
    assert_eq!((kept.len(), kept[0].at.ms(), kept[kept.len() - 1].at.ms()), (MOST_EVENTS, 1000 - MOST_EVENTS as i64, 999));
}

#[test]
fn times_are_read_with_and_without_a_zone() {
    let utc = moment_of("2026-11-20T10:00:00Z").unwrap();
    assert_eq!(moment_of("2026-11-20T18:00:00+08:00"), Some(utc));
    assert_eq!(moment_of("2026-11-20T10:00:00"), Some(utc));
    assert_eq!(moment_of("2026-11-20 10:00:00"), Some(utc));
    assert_eq!(moment_of("2026-11-20").map(Moment::day), Some(utc.day()));
    for text in ["", "yesterday", "2026-13-40", "null"] {
        assert_eq!(moment_of(text), None, "{text}");
    }
}

#[test]
fn words_from_outside_are_one_bounded_line() {
    assert_eq!(clean(" Held\u{0}\u{1b}[31m\n by\tcustoms "), "Held [31m by customs");
    assert_eq!(clean(&"x".repeat(5000)).len(), MOST_SIGNS);
}

#[test]
fn a_number_is_asked_for_once_however_it_is_written_and_answered_as_it_was_asked() {
    let parcels = stub::parcels(&["rr1cn", " RR1CN ", "!", "RR2CN"]);
    let mut found = Found::new();
    let asked = wanted(&parcels, |number| number.len() > 1, |_| false, &mut found);
    assert_eq!(asked.iter().map(|wanted| wanted.number.as_str()).collect::<Vec<_>>(), ["rr1cn", "RR2CN"]);
    found.insert("RR1CN".into(), Err(TrackingError::NotFound));
    let answers = answers(&parcels, &found);
    assert_eq!(answers.iter().map(|answer| answer.number.as_str()).collect::<Vec<_>>(), ["rr1cn", " RR1CN ", "!", "RR2CN"]);
    assert_eq!(answers[1].result, Err(TrackingError::NotFound));
    assert_eq!(answers[2].result, Err(TrackingError::NumberRefused));
    assert!(matches!(answers[3].result, Err(TrackingError::Answer(_))));
}
