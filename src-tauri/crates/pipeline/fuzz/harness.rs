//! What must hold for every text, whatever it is: for the fuzzer and for the property test, which call the same functions.
//!
//! A breach panics; both callers show the text that made it.

use std::sync::LazyLock;

use mercator_pipeline::{
    clean,
    entities::{self, OwnNumbers, tracking},
};

/// A shop with numbers of each kind.
static OWN: LazyLock<OwnNumbers> =
    LazyLock::new(|| OwnNumbers::learn(["LL-10023", "LL-10024", "10023", "302-1234567-7654321"], ["AB-123", "LMP/7"]));

/// Entities are slices of the text, in its order, none over another, and the same every time.
pub fn check_entities(text: &str) {
    let found = entities::find_with(text, &OWN);
    let mut end = 0;
    for entity in &found {
        let (from, to) = (entity.start as usize, entity.end as usize);
        assert_eq!(text.get(from..to), Some(entity.text.as_str()), "not the slice that it names");
        assert!(from >= end && to > from, "over another, or empty");
        assert!(!entity.value.is_empty(), "without a value");
        end = to;
    }
    assert_eq!(found, entities::find_with(text, &OWN), "not the same the second time");
    for number in tracking::find(text) {
        assert!(text.get(number.range.clone()).is_some(), "not a slice");
        assert!(number.number.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()), "not in capitals");
    }
    if let Some(number) = tracking::identify(text) {
        assert!(text.get(number.range).is_some() && !number.carriers.is_empty(), "a whole number without a place or a carrier");
    }
}

/// The parts of a message are there, and every line of the visible one leads back to the text.
pub fn check_cleaning(text: &str) {
    let parted = clean::part(text);
    let visible = &parted.cleaned.visible;
    let mut start = 0;
    for line in visible.split('\n') {
        if !line.is_empty()
            && let Some((from, to)) = parted.original(start, start + line.len())
        {
            assert_eq!(text.get(from..to), Some(line), "a visible line that does not stand in the text");
        }
        start += line.len() + 1;
    }
    assert_eq!(parted, clean::part(text), "not the same the second time");
}
