//! Everything the rules look at, gathered in one plain value: so that a rule is one line and a test needs no bot.

use mercator_domain::{
    emotion::EmotionLevel,
    handoff::HandoffReason,
    inbox::BotMode,
    intent::Intent,
    message::Automatic,
    shipment::Shipment,
    turn::{OrderMissing, Retrieved},
};

use crate::{
    consent::Consent,
    offers::Offer,
    ports::Rules,
    request::{self, Missing, Wish},
};

/// What the earlier stages found and what the conversation has been.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Whether a machine wrote it.
    pub automatic: Automatic,
    /// A person owns the conversation.
    pub human_owns: bool,
    /// Nothing was written.
    pub empty: bool,
    /// Files came with it.
    pub attachments: bool,
    /// A voice message came that nobody has listened to.
    pub unheard: bool,
    /// At least one kind of high risk.
    pub high_risk: bool,
    /// A person is asked for.
    pub asks_for_person: bool,
    /// The level; calm while the feature is off.
    pub level: EmotionLevel,
    /// The main intent.
    pub intent: Intent,
    /// Its probability.
    pub confidence: f32,
    /// False when it is out of scope or a guess.
    pub in_scope: bool,
    /// Asks how it is done, not for it to be done.
    pub asks_about_rule: bool,
    /// Paying did not work, or took too much.
    pub payment_failed: bool,
    /// At most two words.
    pub short: bool,
    /// The message is put as a question.
    pub is_question: bool,
    /// The message names an order or a parcel.
    pub names_order: bool,
    /// Passages and order.
    pub retrieved: &'a Retrieved,
    /// The shop's data could not be read.
    pub lookup_failed: bool,
    /// The parcel that the answer would be about.
    pub parcel: Option<&'a Shipment>,
    /// It has not moved for longer than the seller allows.
    pub stuck: bool,
    /// Bot answers in this episode.
    pub bot_replies: usize,
    /// How often the bot has asked back.
    pub asked: usize,
    /// The customer has asked for the same before, and the bot has answered it.
    pub asks_again: bool,
    /// The message answers a question of the bot's about an earlier one.
    pub carried: bool,
    /// What the customer says to what was restated; [`Consent::None`] where nothing was.
    pub consent: Consent,
    /// It was restated twice already.
    pub restated_twice: bool,
    /// What the wish for an action has come to.
    pub wish: &'a Wish,
    /// A rule of the seller's gives it to a person.
    pub handed_over: bool,
    /// What the shop's products and rules for duty offer.
    pub offer: &'a Offer,
    /// The mode for this intent; what a rule of the seller's holds back is no longer "auto".
    pub mode: BotMode,
    /// The seller's rules.
    pub rules: &'a Rules,
}

/// From this probability on the bot may answer alone whatever an intent's own threshold says: one that was hardly ever sure when it
/// was measured would else never be answered.
pub const SURE_ENOUGH: f32 = 0.9;
/// Below this probability an intent is a guess, and the order that is named says more.
const GUESS: f32 = 0.4;
/// At this probability the writer's own order is told without its number: it is the writer's, so a wrong guess costs little.
const LIKELY: f32 = 0.42;

impl Facts<'_> {
    /// The intents that an order and its parcel answer.
    pub fn about_parcel(&self) -> bool {
        match self.intent {
            Intent::OrderStatus | Intent::TrackingProblem | Intent::CustomsHeld => true,
            // "How long does it take?" is about the own parcel only when no rule of the shop is meant.
            Intent::DeliveryTime => self.names_order || (!self.article_fits() && self.in_scope && !self.asks_about_rule),
            // An own order named in a message that says little else: where it is, is what most want to know.
            _ => self.names_order && self.retrieved.order.is_some() && self.confidence < GUESS && !self.fault() && !self.article_fits(),
        }
    }

    /// Sure enough to tell where a parcel is: a named order, or a clear question.
    pub fn likely_parcel(&self) -> bool {
        self.names_order || (self.in_scope && self.confidence >= LIKELY)
    }

    /// A word or two that ask nothing.
    pub fn word_only(&self) -> bool {
        self.short && self.intent == Intent::Other && !self.is_question
    }

    /// The intent is sure enough to act on.
    pub fn sure(&self) -> bool {
        self.in_scope && self.confidence >= self.rules.intent_threshold
    }

    /// The intent is sure enough for its mode "auto": above the seller's threshold and above the one at which this intent was right
    /// as often as is asked for. Where no model tells, the other rules decide alone.
    pub fn sure_for_auto(&self) -> bool {
        let own = self.rules.auto_from.iter().find(|(intent, _)| *intent == self.intent).map(|(_, from)| from.min(SURE_ENOUGH));
        own.is_none_or(|own| self.confidence >= own.max(self.rules.intent_threshold))
    }

    /// An article is good enough to answer from.
    pub fn article_fits(&self) -> bool {
        self.retrieved.passages.first().is_some_and(|p| p.score >= self.rules.answer_threshold)
    }

    /// An article that covers nearly all of what was asked.
    pub fn article_answers_fully(&self) -> bool {
        self.is_question && self.retrieved.passages.first().is_some_and(|p| p.score >= self.rules.answer_threshold.max(0.55))
    }

    /// The intents that need something to be done in the shop.
    pub fn needs_action(&self) -> bool {
        use Intent::{
            AddressChange, DamagedItem, ExchangeRequest, InvoiceRequest, MissingItem, OrderCancel, OrderChange, RefundRequest,
            RefundStatus, ReturnRequest, WrongItem,
        };
        matches!(
            self.intent,
            AddressChange
                | DamagedItem
                | ExchangeRequest
                | InvoiceRequest
                | MissingItem
                | OrderCancel
                | OrderChange
                | RefundRequest
                | RefundStatus
                | ReturnRequest
                | WrongItem
        )
    }

    /// The bot may bring about what is wanted by itself, after a yes.
    pub fn may_act(&self) -> bool {
        self.mode == BotMode::Auto && request::can_act(self.intent) && self.sure()
    }

    /// What must be asked before an action can be restated. Each of two questions may be asked; then a person takes over.
    pub fn missing(&self, is: fn(&Missing) -> bool) -> bool {
        matches!(self.wish, Wish::Missing(missing) if is(missing))
    }

    /// The bot has asked back already.
    pub const fn asked_before(&self) -> bool {
        self.asked > 0
    }

    /// A fault has happened: no article about rules is an answer to it.
    pub fn fault(&self) -> bool {
        matches!(self.intent, Intent::DamagedItem | Intent::WrongItem | Intent::MissingItem)
    }

    /// Why there is no order.
    pub fn order_missing(&self) -> Option<OrderMissing> {
        self.retrieved.order_missing
    }

    /// The reason that the seller set for this intent.
    ///
    /// What is handed over because the bot cannot do it is still answered when it only asks ("which payment methods?"), and an
    /// article says so; what a rule keeps from the bot never is. A payment that went wrong is one whatever the model makes of it.
    pub fn always(&self) -> Option<HandoffReason> {
        let intent = if self.payment_failed { Intent::PaymentProblem } else { self.intent };
        let found = self.rules.always_hand_off.iter().find(|(always, _)| *always == intent).map(|(_, reason)| *reason);
        let asks = !self.payment_failed && (self.article_answers_fully() || (self.asks_about_rule && self.article_fits()));
        found.filter(|reason| *reason != HandoffReason::UnsupportedRequest || !asks)
    }
}
