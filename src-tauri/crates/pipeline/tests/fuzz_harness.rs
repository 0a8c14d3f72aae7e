//! The checks of the fuzz targets over generated texts: pieces that make numbers and mails, in many orders.

use proptest::prelude::*;

#[path = "../fuzz/harness.rs"]
mod harness;

fn texts() -> impl Strategy<Value = String> {
    let piece = concat!(
        "(\\PC|[0-9]{1,20}|[A-Z]{1,4}|[a-z]{1,8}|[٠-٩０-９]{1,6}|[ \\-.,:/#@+]{1,3}|\n|\n> |\r\n|order |Nr\\. |tracking |EUR |€|1Z|LL-|订单|包裹 |",
        "On Monday, Ann <ann@mail\\.example> wrote:\n|-- \n|Sent from my phone|www\\.|https://a\\.test/|\u{200b}|\u{a0}|12 May 2026|3x |germany)"
    );
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn entities_hold_for_every_text(text in texts()) {
        harness::check_entities(&text);
    }

    #[test]
    fn cleaning_holds_for_every_text(text in texts()) {
        harness::check_cleaning(&text);
    }
}
