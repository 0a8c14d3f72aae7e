//! What the finders do together: who wins where two would, offsets, and what hostile texts cost.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

pub(crate) fn check(input: &str, expect: &[(EntityKind, &str)]) {
    let found = find(input);
    let got: Vec<_> = found.iter().map(|e| (e.kind, e.value.as_str())).collect();
    assert_eq!(got, expect, "{input}");
    for e in &found {
        assert_eq!(&input[e.start as usize..e.end as usize], e.text);
    }
}

#[test]
fn the_number_of_a_phone_a_date_or_a_price_is_no_order() {
    use EntityKind::*;
    check(
        "Order 10023 from 2026-11-03 for EUR 19.90, phone +1 415 555 2671",
        &[(OrderId, "10023"), (Date, "2026-11-03"), (Money, "EUR 19.90"), (Phone, "+14155552671")],
    );
    check("I ordered 3 days ago and paid 1000", &[]);
}

#[test]
fn digits_of_other_scripts_and_widths_are_read_and_offsets_count_in_the_given_text() {
    use EntityKind::*;
    let text = "طلبي رقم ١٠٠٢٣ بمبلغ ٥٠ ر.س";
    check(text, &[(OrderId, "10023"), (Money, "SAR 50")]);
    assert_eq!(find(text)[0].text, "١٠٠٢٣");
    check("订单号：１００２３，单号ＹＴ２６１２３４５６７８９０１２３４", &[(OrderId, "10023"), (TrackingNumber, "YT2612345678901234")]);
    check("RB\u{200b}473124829\u{a0}GB", &[(TrackingNumber, "RB473124829 GB")]);
}

/// Pieces that make numbers, words beside them, and what comes between.
fn pieces() -> impl Strategy<Value = String> {
    let piece = "(\\PC|order |#|Nr\\. |EUR |€|[0-9]{1,14}|[٠-٩]{1,5}|[A-Z]{1,3}|\n| |-|@|\\.|tracking |订单|www\\.|\\+|YT|1Z|,|包裹 )";
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_entity_is_its_slice_and_none_overlaps(text in pieces()) {
        let own = OwnNumbers::learn(["LL-10023", "10023"], ["AB-123"]);
        let mut end = 0;
        for e in find_with(&text, &own) {
            prop_assert_eq!(text.get(e.start as usize..e.end as usize), Some(e.text.as_str()));
            prop_assert!(e.start >= end && e.end > e.start);
            end = e.end;
        }
    }

    #[test]
    fn the_same_text_gives_the_same_entities(text in pieces()) {
        prop_assert_eq!(find(&text), find(&text));
    }

    #[test]
    fn a_tracking_number_found_is_found_again_by_track(text in pieces()) {
        let numbers: Vec<_> = tracking::find(&text).into_iter().map(|n| n.range).collect();
        for e in find(&text).into_iter().filter(|e| e.kind == EntityKind::TrackingNumber) {
            prop_assert!(numbers.contains(&(e.start as usize..e.end as usize)), "{}", e.text);
        }
    }
}

/// Far above what a slow machine takes for work that grows with the text, far below what work that grows with its square takes.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn hostile_texts_take_time_that_grows_with_them() {
    let units = [
        "1",
        "1 ",
        "A 1 ",
        "a@",
        "a.",
        "1.000 ",
        "€1",
        "order 10023 ",
        "germany ",
        "x-1-",
        "+1 ",
        "(1) ",
        "今天",
        "tracking 12345678 ",
        "۱",
    ];
    for unit in units {
        let text = unit.repeat(120_000 / unit.len());
        let start = Instant::now();
        let found = find(&text);
        assert!(start.elapsed() < PATIENCE, "{unit}: {:?} for {} entities", start.elapsed(), found.len());
    }
}
