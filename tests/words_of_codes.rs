//! Every code that the core shows to people has words in both languages of the window: no screen shows `customs_held`.
//!
//! The window cannot know which codes exist, and the core has no words for the window; so the two are held together here.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests: a panic is the report")]

use std::{collections::BTreeSet, path::Path};

use mercator_domain::{
    account::PaymentMethodKind,
    action::{ActionKind, ActionState, Refusal, rules::WhoDecides},
    courtesy::NameForm,
    emotion::{CueKind, EmotionLevel, RiskKind},
    evidence::{EvidenceCode, EvidenceKind},
    handoff::HandoffReason,
    inbox::BotMode,
    intent::Intent,
    order::OrderStatus,
    platform_case::{CaseKind, CaseState},
    segment::RfmSegment,
    shipment::ShipmentStage,
    turn::{Decision, OrderMissing, SilenceReason, StageName},
    work_order::{WorkKind, WorkState},
};
use mercator_pipeline::decide;
use serde_json::Value;

fn locale(language: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../ui/src/locales/{language}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn keys(language: &str, group: &str) -> BTreeSet<String> {
    let words = locale(language);
    let found = words[group].as_object().unwrap_or_else(|| panic!("{language}: no group {group}"));
    found.iter().filter(|(_, text)| text.as_str().is_some_and(|text| !text.trim().is_empty())).map(|(key, _)| key.clone()).collect()
}

/// The group has words for every code, and none for a code that does not exist.
fn check<'a>(group: &str, codes: impl IntoIterator<Item = &'a str>, beside: &[&'a str]) {
    let wanted: BTreeSet<String> = codes.into_iter().chain(beside.iter().copied()).map(str::to_owned).collect();
    assert!(!wanted.is_empty());
    for language in ["en", "zh"] {
        assert_eq!(keys(language, group), wanted, "{language}.json, {group}");
    }
}

#[test]
fn c10_every_code_of_a_turn_has_words_in_both_languages() {
    check("rule", decide::names(), &["other"]);
    check("evidence", EvidenceKind::ALL.iter().map(|code| code.as_str()), &[]);
    check("why", EvidenceCode::ALL.iter().map(|code| code.as_str()), &[]);
    check("stageName", StageName::ALL.iter().map(|code| code.as_str()), &[]);
    check("decision", Decision::ALL.iter().map(|code| code.as_str()), &[]);
    check("silence", SilenceReason::ALL.iter().map(|code| code.as_str()), &[]);
    check("orderMissing", OrderMissing::ALL.iter().map(|code| code.as_str()), &[]);
    check("reason", HandoffReason::ALL.iter().map(|code| code.as_str()), &[]);
    check("mode", BotMode::ALL.iter().map(|code| code.as_str()), &[]);
}

#[test]
fn c10_every_code_of_a_message_and_an_order_has_words_in_both_languages() {
    check("intent", Intent::ALL.iter().map(|code| code.as_str()), &[]);
    check("emotion", EmotionLevel::ALL.iter().map(|code| code.as_str()), &[]);
    check("cue", CueKind::ALL.iter().map(|code| code.as_str()), &[]);
    check("risk", RiskKind::ALL.iter().map(|code| code.as_str()), &[]);
    check("stage", ShipmentStage::ALL.iter().map(|code| code.as_str()), &[]);
    check("segment", RfmSegment::ALL.iter().map(|code| code.as_str()), &[]);
    check("segmentText", RfmSegment::ALL.iter().map(|code| code.as_str()), &[]);
    check("workKind", WorkKind::ALL.iter().map(|code| code.as_str()), &[]);
    check("workState", WorkState::ALL.iter().map(|code| code.as_str()), &[]);
    check("actionKind", ActionKind::ALL.iter().map(|code| code.as_str()), &[]);
    check("actionState", ActionState::ALL.iter().map(|code| code.as_str()), &[]);
    check("refusal", Refusal::ALL.iter().map(|code| code.as_str()), &[]);
    check("whoDecides", WhoDecides::ALL.iter().map(|code| code.as_str()), &[]);
    check("paymentMethod", PaymentMethodKind::ALL.iter().map(|code| code.as_str()), &[]);
    check("nameForm", NameForm::ALL.iter().map(|code| code.as_str()), &[]);
    check("caseKind", CaseKind::ALL.iter().map(|code| code.as_str()), &[]);
    check("caseTermText", CaseKind::ALL.iter().map(|code| code.as_str()), &[]);
    check("caseState", CaseState::ALL.iter().map(|code| code.as_str()), &[]);
    check("orderStatus", OrderStatus::ALL.iter().map(|code| code.as_str()), &[]);
}

#[test]
fn c10_a_sentence_has_the_same_places_in_every_language() {
    let places = |text: &str| -> BTreeSet<String> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(place, _)| place.to_owned()).collect()
    };
    for language in ["en", "zh"] {
        let words = locale(language);
        for code in EvidenceCode::ALL {
            let text = words["why"][code.as_str()].as_str().unwrap();
            for form in text.split(" || ") {
                assert_eq!(places(form), places(code.english()), "{language}.json, why.{code}: {form}");
            }
        }
    }
}

#[test]
fn c10_every_error_has_words_in_both_languages() {
    for language in ["en", "zh"] {
        let (errors, hints) = (keys(language, "errors"), keys(language, "hints"));
        for code in mercator_app::error::CODES {
            assert!(errors.contains(*code), "{language}.json, errors.{code}");
            // What was refused, and what could not be read, says itself what to do.
            assert!(hints.contains(*code) || ["precondition", "bad_input", "stopped"].contains(code), "{language}.json, hints.{code}");
        }
    }
}
