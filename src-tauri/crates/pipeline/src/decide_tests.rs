//! One line a rule: which facts lead to which decision.

use mercator_domain::{article::Passage, emotion::EmotionLevel, ids::ArticleId, language::Language, turn::Retrieved};

use super::*;
use crate::{ports::Rules, support};

/// A calm, well understood question with nothing found.
fn facts<'a>(rules: &'a Rules, retrieved: &'a Retrieved) -> Facts<'a> {
    Facts {
        automatic: Automatic::None,
        human_owns: false,
        empty: false,
        attachments: false,
        unheard: false,
        high_risk: false,
        asks_for_person: false,
        level: EmotionLevel::Calm,
        intent: Intent::ProductQuestion,
        confidence: 0.9,
        in_scope: true,
        asks_about_rule: false,
        payment_failed: false,
        short: false,
        is_question: false,
        names_order: false,
        retrieved,
        lookup_failed: false,
        parcel: None,
        stuck: false,
        bot_replies: 0,
        asked: 0,
        asks_again: false,
        carried: false,
        consent: Consent::None,
        restated_twice: false,
        wish: &Wish::None,
        handed_over: false,
        offer: &Offer::None,
        mode: BotMode::Auto,
        rules,
    }
}

fn with_article(score: f32) -> Retrieved {
    let passage =
        Passage { article_id: ArticleId(1), title: "T".into(), index: 0, text: "Yes.".into(), language: Language::english(), score };
    Retrieved { passages: vec![passage], ..Retrieved::default() }
}

fn with_order(stage: ShipmentStage) -> Retrieved {
    Retrieved { order: Some(support::order("10023", stage)), ..Retrieved::default() }
}

fn missing(why: OrderMissing) -> Retrieved {
    Retrieved { order_missing: Some(why), ..Retrieved::default() }
}

fn check(retrieved: &Retrieved, change: impl Fn(&mut Facts), rule: &str, choice: Choice) {
    let rules = Rules::default();
    let mut facts = facts(&rules, retrieved);
    facts.parcel = retrieved.order.as_ref().and_then(|o| o.shipments.last());
    change(&mut facts);
    let (decided, got) = decide(&facts);
    assert_eq!((decided.rule.as_str(), got), (rule, choice));
}

#[test]
fn silence_and_what_breaks_it() {
    let none = Retrieved::default();
    check(
        &none,
        |f| {
            f.automatic = Automatic::Bounce;
            f.high_risk = true;
        },
        "automatic",
        Choice::Silence(SilenceReason::Automatic),
    );
    check(
        &none,
        |f| {
            f.human_owns = true;
            f.asks_for_person = true;
        },
        "human_owns",
        Choice::Silence(SilenceReason::HumanOwns),
    );
    check(&none, |f| f.empty = true, "empty", Choice::Silence(SilenceReason::Empty));
    check(&none, |f| f.mode = BotMode::Off, "mode_off", Choice::Silence(SilenceReason::ModeOff));
    check(
        &none,
        |f| {
            f.mode = BotMode::Off;
            f.high_risk = true;
        },
        "high_risk",
        Choice::HandOff(HandoffReason::EmotionRisk),
    );
    check(
        &none,
        |f| {
            f.mode = BotMode::Off;
            f.asks_for_person = true;
        },
        "asked_for_person",
        Choice::HandOff(HandoffReason::CustomerRequest),
    );
}

#[test]
fn g1_every_reason_has_a_rule() {
    use HandoffReason::*;
    let none = Retrieved::default();
    check(&none, |f| f.asks_for_person = true, "asked_for_person", Choice::HandOff(CustomerRequest));
    check(&none, |f| f.asked = 1, "weak_evidence", Choice::HandOff(MissingKnowledge));
    check(&none, |f| f.intent = Intent::OrderCancel, "needs_an_action", Choice::HandOff(UnsupportedRequest));
    check(&none, |f| f.intent = Intent::AccountDataRequest, "always_hand_off", Choice::HandOff(PolicyRestriction));
    check(
        &none,
        |f| {
            f.intent = Intent::OrderStatus;
            f.lookup_failed = true;
        },
        "order_data_failed",
        Choice::HandOff(ToolFailure),
    );
    check(&none, |f| f.level = EmotionLevel::Angry, "angry", Choice::HandOff(EmotionRisk));
    check(&none, |f| f.bot_replies = 6, "too_many_replies", Choice::HandOff(Limit));
}

#[test]
fn e2_parcels_moving_stuck_and_unknown() {
    let moving = with_order(ShipmentStage::InTransit);
    let status = |f: &mut Facts| f.intent = Intent::OrderStatus;
    check(&moving, status, "order_answer", Choice::Say(Decision::OrderAnswer));
    check(
        &moving,
        |f| {
            status(f);
            f.stuck = true;
        },
        "stuck_parcel",
        Choice::HandOff(HandoffReason::PolicyRestriction),
    );
    check(&missing(OrderMissing::Unknown), status, "no_order_number", Choice::Say(Decision::Clarify));
    check(
        &missing(OrderMissing::Unknown),
        |f| {
            status(f);
            f.asked = 1;
        },
        "no_order_number",
        Choice::HandOff(HandoffReason::MissingKnowledge),
    );
    check(&missing(OrderMissing::Several), status, "which_order", Choice::Say(Decision::Clarify));
    check(
        &missing(OrderMissing::NotTheirs),
        |f| {
            status(f);
            f.names_order = true;
        },
        "order_is_somebody_elses",
        Choice::Say(Decision::Clarify),
    );
    check(
        &missing(OrderMissing::NotFound),
        |f| {
            status(f);
            f.names_order = true;
        },
        "order_not_found",
        Choice::Say(Decision::Clarify),
    );
}

#[test]
fn e3_parcels_in_trouble_go_to_a_person() {
    let policy = Choice::HandOff(HandoffReason::PolicyRestriction);
    let status = |f: &mut Facts| f.intent = Intent::OrderStatus;
    check(&with_order(ShipmentStage::CustomsHeld), status, "customs_held", policy);
    check(&with_order(ShipmentStage::Exception), status, "carrier_exception", policy);
    check(&with_order(ShipmentStage::Delivered), |f| f.intent = Intent::TrackingProblem, "delivered_but_missing", policy);
    check(&with_order(ShipmentStage::DutyDue), status, "order_answer", Choice::Say(Decision::OrderAnswer));
}

#[test]
fn articles_answer_questions_and_not_requests() {
    let (good, weak) = (with_article(0.8), with_article(0.2));
    check(&good, |_| {}, "article_answers", Choice::Say(Decision::Answer));
    check(&weak, |_| {}, "weak_evidence", Choice::Say(Decision::Clarify));
    check(
        &good,
        |f| {
            f.intent = Intent::ReturnRequest;
            f.asks_about_rule = true;
        },
        "question_about_a_rule",
        Choice::Say(Decision::Answer),
    );
    check(&good, |f| f.intent = Intent::ReturnRequest, "needs_an_action", Choice::HandOff(HandoffReason::UnsupportedRequest));
    check(
        &good,
        |f| {
            f.intent = Intent::DamagedItem;
            f.asks_about_rule = true;
        },
        "needs_an_action",
        Choice::HandOff(HandoffReason::UnsupportedRequest),
    );
    check(&good, |f| f.intent = Intent::DeliveryTime, "article_answers", Choice::Say(Decision::Answer));
}

#[test]
fn a_word_only_is_asked_back_first_and_needs_no_answer_later() {
    let none = Retrieved::default();
    let word = |f: &mut Facts| {
        f.short = true;
        f.intent = Intent::Other;
    };
    check(&none, word, "a_word_only", Choice::Say(Decision::Clarify));
    let after = |f: &mut Facts| {
        word(f);
        f.bot_replies = 1;
    };
    check(&none, after, "a_word_only", Choice::Silence(SilenceReason::NothingAsked));
}

#[test]
fn thanks_is_answered_once() {
    let none = Retrieved::default();
    check(&none, |f| f.intent = Intent::Thanks, "thanks", Choice::Say(Decision::Courtesy));
    check(
        &none,
        |f| {
            f.intent = Intent::Thanks;
            f.bot_replies = 1;
        },
        "thanks",
        Choice::Silence(SilenceReason::NothingAsked),
    );
}

#[test]
fn d6_an_answer_that_rests_on_an_unsure_intent_waits_as_a_draft() {
    let order = with_order(ShipmentStage::InTransit);
    let (article, none) = (with_article(0.5), Retrieved::default());
    let decided = |retrieved: &Retrieved, change: &dyn Fn(&mut Facts)| {
        let rules = Rules { auto_from: [(Intent::OrderStatus, 0.7), (Intent::ProductQuestion, 1.1)].into(), ..Rules::default() };
        let mut facts = facts(&rules, retrieved);
        change(&mut facts);
        let (decided, _) = decide(&facts);
        (decided.rule, decided.mode)
    };
    let check = |retrieved: &Retrieved, change: &dyn Fn(&mut Facts), rule: &str, mode: BotMode| {
        assert_eq!(decided(retrieved, change), (rule.to_owned(), mode));
    };
    let status = |confidence: f32| {
        move |f: &mut Facts| {
            f.intent = Intent::OrderStatus;
            f.confidence = confidence;
        }
    };
    check(&order, &status(0.7), "order_answer", BotMode::Auto);
    check(&order, &status(0.69), UNSURE, BotMode::Draft);
    // The number in the message says which parcel is meant, whatever is wanted of it.
    check(
        &order,
        &|f| {
            status(0.5)(f);
            f.names_order = true;
        },
        "order_answer",
        BotMode::Auto,
    );
    // A threshold that was never reached does not keep an intent from ever being answered.
    check(&article, &|f| f.confidence = 0.9, "article_answers", BotMode::Auto);
    check(&article, &|f| f.confidence = 0.89, UNSURE, BotMode::Draft);
    check(
        &with_article(0.8),
        &|f| {
            f.confidence = 0.3;
            f.is_question = true;
        },
        "article_answers",
        BotMode::Auto,
    );
    // A question back is what an unsure intent leads to; an intent without a threshold is judged by the other rules.
    check(&none, &|f| f.confidence = 0.3, "weak_evidence", BotMode::Auto);
    check(
        &none,
        &|f| {
            f.intent = Intent::Thanks;
            f.confidence = 0.3;
        },
        "thanks",
        BotMode::Auto,
    );
    check(
        &order,
        &|f| {
            status(0.5)(f);
            f.mode = BotMode::Off;
        },
        "mode_off",
        BotMode::Off,
    );
}

#[test]
fn d6_the_sellers_own_threshold_holds_above_that_of_the_model() {
    let order = with_order(ShipmentStage::InTransit);
    let rules = Rules { auto_from: [(Intent::OrderStatus, 0.6)].into(), intent_threshold: 0.8, ..Rules::default() };
    let mut facts = facts(&rules, &order);
    facts.intent = Intent::OrderStatus;
    facts.confidence = 0.79;
    assert_eq!(decide(&facts).0.rule, UNSURE);
    facts.confidence = 0.8;
    assert_eq!(decide(&facts).0.mode, BotMode::Auto);
}
