//! Stage 7: what to do, by rules in one table; the first that applies wins, and its name is shown to the seller.
//!
//! No model decides here. What a rule looks at is gathered in [`Facts`]; what is then said is for `reply`.

use mercator_domain::{
    handoff::HandoffReason,
    inbox::BotMode,
    intent::Intent,
    message::Automatic,
    order::OrderStatus,
    shipment::ShipmentStage,
    turn::{Decided, Decision, OrderMissing, SilenceReason},
};

use crate::{
    action_reply,
    consent::Consent,
    facts::{self, Facts},
    offers::Offer,
    request::{Missing, Wish},
};

/// So many things an action may need to be asked for.
const MOST_ASKED: usize = 2;

/// What a rule chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Say nothing.
    Silence(SilenceReason),
    /// Give it to a person.
    HandOff(HandoffReason),
    /// One of the other decisions.
    Say(Decision),
}

/// A rule: its name, as the help has it, and when it applies.
pub struct Rule {
    /// Shown under "why?".
    pub name: &'static str,
    applies: fn(&Facts) -> Option<Choice>,
}

const fn rule(name: &'static str, applies: fn(&Facts) -> Option<Choice>) -> Rule {
    Rule { name, applies }
}

/// The rules, in the order in which they are tried.
pub const RULES: &[Rule] = &[
    rule("automatic", |f| when(f.automatic != Automatic::None, Choice::Silence(SilenceReason::Automatic))),
    rule("human_owns", |f| when(f.human_owns, Choice::Silence(SilenceReason::HumanOwns))),
    rule("empty", |f| when(f.empty && !f.attachments, Choice::Silence(SilenceReason::Empty))),
    rule("high_risk", |f| when(f.high_risk, Choice::HandOff(HandoffReason::EmotionRisk))),
    rule("asked_for_person", |f| when(f.asks_for_person, Choice::HandOff(HandoffReason::CustomerRequest))),
    rule("mode_off", |f| when(f.mode == BotMode::Off, Choice::Silence(SilenceReason::ModeOff))),
    rule("own_rule", |f| when(f.handed_over, Choice::HandOff(HandoffReason::PolicyRestriction))),
    // Before the feelings: who has said yes to what was restated gets it, however annoyed.
    // The seller has taken "auto" back between the question and the answer.
    rule("consent_without_auto", |f| {
        when(f.consent != Consent::None && f.mode != BotMode::Auto, Choice::HandOff(HandoffReason::UnsupportedRequest))
    }),
    rule("consent_given", |f| when(f.consent == Consent::Yes, Choice::Say(Decision::Act))),
    rule("consent_refused", |f| {
        // What has gone wrong is not put right by leaving it as it is.
        let choice = if f.fault() { Choice::HandOff(HandoffReason::CustomerRequest) } else { Choice::Say(Decision::Decline) };
        when(f.consent == Consent::No, choice)
    }),
    rule("consent_unclear", |f| {
        let choice = if f.restated_twice { Choice::HandOff(HandoffReason::UnsupportedRequest) } else { Choice::Say(Decision::Propose) };
        when(f.consent == Consent::Unclear, choice)
    }),
    rule("angry", |f| when(f.level >= f.rules.hand_off_at, Choice::HandOff(HandoffReason::EmotionRisk))),
    rule("too_many_replies", |f| when(f.bot_replies >= f.rules.max_bot_replies, Choice::HandOff(HandoffReason::Limit))),
    // What a voice message says may be the opposite of what is written beside it.
    rule("unheard_voice", |f| when(f.unheard, Choice::HandOff(HandoffReason::UnsupportedRequest))),
    // A picture without a word shows something that only a person can judge.
    rule("only_files", |f| when(f.empty && !f.carried, Choice::HandOff(HandoffReason::UnsupportedRequest))),
    rule("always_hand_off", |f| f.always().filter(|_| f.sure() || f.payment_failed).map(Choice::HandOff)),
    rule("order_data_failed", |f| when(f.lookup_failed && needs_order(f), Choice::HandOff(HandoffReason::ToolFailure))),
    rule("stuck_parcel", |f| when(f.about_parcel() && f.stuck, Choice::HandOff(HandoffReason::PolicyRestriction))),
    rule("delivered_but_missing", |f| {
        let delivered = f.parcel.is_some_and(|p| p.stage == ShipmentStage::Delivered);
        when(f.intent == Intent::TrackingProblem && delivered, Choice::HandOff(HandoffReason::PolicyRestriction))
    }),
    rule("customs_held", |f| {
        when(f.about_parcel() && at(f, ShipmentStage::CustomsHeld), Choice::HandOff(HandoffReason::PolicyRestriction))
    }),
    rule("carrier_exception", |f| {
        let trouble = at(f, ShipmentStage::Exception) || at(f, ShipmentStage::Returned);
        when(f.about_parcel() && trouble, Choice::HandOff(HandoffReason::PolicyRestriction))
    }),
    rule("order_answer", |f| {
        when(f.about_parcel() && f.likely_parcel() && f.retrieved.order.is_some(), Choice::Say(Decision::OrderAnswer))
    }),
    rule("order_is_somebody_elses", |f| ask(f, f.order_missing() == Some(OrderMissing::NotTheirs) && about_order(f))),
    rule("order_not_found", |f| ask(f, f.order_missing() == Some(OrderMissing::NotFound) && about_order(f))),
    rule("which_order", |f| ask(f, f.order_missing() == Some(OrderMissing::Several) && f.about_parcel() && f.in_scope)),
    rule("no_order_number", |f| {
        ask(f, f.order_missing() == Some(OrderMissing::Unknown) && f.about_parcel() && f.in_scope && !general_question(f))
    }),
    rule("refund_state", |f| {
        let back = f
            .retrieved
            .order
            .as_ref()
            .is_some_and(|o| matches!(o.status, OrderStatus::Refunded | OrderStatus::Returned | OrderStatus::Cancelled));
        when(f.intent == Intent::RefundStatus && f.in_scope && back, Choice::Say(Decision::OrderAnswer))
    }),
    rule("duty_estimate", |f| when(matches!(f.offer, Offer::Duty(_)), Choice::Say(Decision::Quote))),
    rule("advice", |f| when(matches!(f.offer, Offer::Advice(..)), Choice::Say(Decision::Advise))),
    rule("question_about_a_rule", |f| {
        when(f.needs_action() && !f.fault() && f.asks_about_rule && !f.names_order && f.article_fits(), Choice::Say(Decision::Answer))
    }),
    // "Do the jeans stretch?" may be read as a wish to exchange them: what an article covers needs no question about an order.
    rule("article_before_asking", |f| {
        let unknown = matches!(f.order_missing(), Some(OrderMissing::Several | OrderMissing::Unknown));
        let read_so = unknown && f.needs_action() && !f.fault() && f.confidence < facts::SURE_ENOUGH;
        when(read_so && f.article_answers_fully(), Choice::Say(Decision::Answer))
    }),
    rule("which_order_to_change", |f| ask_for(f, f.order_missing() == Some(OrderMissing::Several) && f.may_act())),
    rule("no_order_to_change", |f| ask_for(f, f.order_missing() == Some(OrderMissing::Unknown) && f.may_act())),
    rule("action_unchecked", |f| when(matches!(f.wish, Wish::Unchecked(_)), Choice::HandOff(HandoffReason::ToolFailure))),
    rule("photos_missing", |f| ask_for(f, f.missing(|missing| matches!(missing, Missing::Photos)))),
    rule("items_missing", |f| ask_for(f, f.missing(|missing| matches!(missing, Missing::Items(_))))),
    rule("variant_missing", |f| ask_for(f, f.missing(|missing| matches!(missing, Missing::Variant(titles) if !titles.is_empty())))),
    rule("address_missing", |f| ask_for(f, f.missing(|missing| matches!(missing, Missing::Address)))),
    rule("action_refused", |f| match f.wish {
        // Whoever insists, or has a fault to report, gets a person; so does what the bot has no words for.
        Wish::Refused(_, why) if !f.asks_again && !f.fault() && action_reply::explains(*why) => Some(Choice::Say(Decision::Refuse)),
        Wish::Refused(..) => Some(Choice::HandOff(HandoffReason::PolicyRestriction)),
        _ => None,
    }),
    rule("action_proposed", |f| when(matches!(f.wish, Wish::Allowed(_)), Choice::Say(Decision::Propose))),
    rule("needs_an_action", |f| when(f.needs_action() && f.in_scope, Choice::HandOff(HandoffReason::UnsupportedRequest))),
    rule("complaint", |f| when(f.intent == Intent::Complaint && f.sure(), Choice::HandOff(HandoffReason::UnsupportedRequest))),
    // "ok" after an answer needs none; as a first word it needs a question back.
    rule("a_word_only", |f| {
        let silence = Some(Choice::Silence(SilenceReason::NothingAsked));
        if f.bot_replies > 0 { silence.filter(|_| f.word_only()) } else { ask(f, f.word_only()) }
    }),
    rule("thanks", |f| {
        let kind = matches!(f.intent, Intent::Thanks | Intent::Feedback) && f.in_scope;
        when(
            kind,
            if f.bot_replies == 0 || f.asked_before() {
                Choice::Say(Decision::Courtesy)
            } else {
                Choice::Silence(SilenceReason::NothingAsked)
            },
        )
    }),
    rule("article_answers", |f| when(f.article_fits(), Choice::Say(Decision::Answer))),
    rule("duty_product_missing", |f| ask(f, *f.offer == Offer::ProductMissing)),
    rule("duty_country_missing", |f| ask(f, *f.offer == Offer::CountryMissing)),
    rule("out_of_scope", |f| {
        when(f.intent == Intent::Other && f.confidence >= f.rules.intent_threshold, Choice::HandOff(HandoffReason::MissingKnowledge))
    }),
    rule("weak_evidence", |f| ask(f, true)),
];

fn when(applies: bool, choice: Choice) -> Option<Choice> {
    applies.then_some(choice)
}

/// Ask back once; the second time a person takes over.
fn ask(f: &Facts, applies: bool) -> Option<Choice> {
    let again = Choice::HandOff(HandoffReason::MissingKnowledge);
    applies.then_some(if f.asked_before() { again } else { Choice::Say(Decision::Clarify) })
}

/// Ask for what an action needs: at most two things, one after the other; then a person takes over.
fn ask_for(f: &Facts, applies: bool) -> Option<Choice> {
    let enough = Choice::HandOff(HandoffReason::UnsupportedRequest);
    applies.then_some(if f.asked >= MOST_ASKED { enough } else { Choice::Say(Decision::Clarify) })
}

fn at(f: &Facts, stage: ShipmentStage) -> bool {
    f.parcel.is_some_and(|p| p.stage == stage)
}

fn needs_order(f: &Facts) -> bool {
    f.about_parcel() || f.needs_action() || f.names_order
}

/// The message is about the order that it names.
fn about_order(f: &Facts) -> bool {
    f.in_scope && (f.about_parcel() || f.needs_action() || f.names_order)
}

/// "Where do I see the status of an order?": an article answers better than a question back.
fn general_question(f: &Facts) -> bool {
    f.asks_about_rule && f.article_fits() && f.intent != Intent::OrderStatus
}

/// The rule that is named when an answer waits for a person because the intent is not sure enough.
pub const UNSURE: &str = "unsure_intent";

/// The rule that is named when none applied.
const NONE: &str = "no_rule";

/// Every rule that a turn can name; the window has words for each, and a test of the project holds it to that.
pub fn names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name).chain([UNSURE, NONE])
}

/// Whether a decision rests on the intent alone, so that an intent that is not sure makes it unsure. A parcel whose number the
/// message names, an article that covers the question, and a question back do not.
fn rests_on_intent(facts: &Facts, decision: Decision) -> bool {
    match decision {
        Decision::OrderAnswer => !facts.names_order,
        Decision::Answer => !facts.article_answers_fully(),
        Decision::Courtesy | Decision::Quote | Decision::Advise => true,
        // What is restated is done only after a yes.
        Decision::Propose | Decision::Act | Decision::Decline => false,
        Decision::Refuse => true,
        Decision::Clarify | Decision::HandOff | Decision::Silence => false,
    }
}

/// The decision with the rule that made it.
///
/// What the bot may send alone (`auto`) becomes a draft when the decision rests on an intent that is not sure enough.
pub fn decide(facts: &Facts) -> (Decided, Choice) {
    let found = RULES.iter().find_map(|rule| (rule.applies)(facts).map(|choice| (rule.name, choice)));
    // The last rule always applies; should it be removed, a person decides.
    let (name, choice) = found.unwrap_or((NONE, Choice::HandOff(HandoffReason::MissingKnowledge)));
    let (decision, reason) = match choice {
        Choice::Silence(_) => (Decision::Silence, None),
        Choice::HandOff(reason) => (Decision::HandOff, Some(reason)),
        Choice::Say(decision) => (decision, None),
    };
    let waits = facts.mode == BotMode::Auto && rests_on_intent(facts, decision) && !facts.sure_for_auto();
    let (rule, mode) = if waits { (UNSURE, BotMode::Draft) } else { (name, facts.mode) };
    (Decided { decision, rule: rule.to_owned(), mode, reason }, choice)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
