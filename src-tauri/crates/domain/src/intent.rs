//! What the buyer wants done now: the shipped taxonomy.

use serde::{Deserialize, Serialize};

use crate::words;

words! {
    /// One main intent a message. The meanings, in a few words, are those of the merchant's help page; `other` is out of scope.
    Intent {
        /// Where is it, has it been sent.
        OrderStatus => "order_status",
        /// How long does it take.
        DeliveryTime => "delivery_time",
        /// The number is unknown, stuck, or says delivered but it is not there.
        TrackingProblem => "tracking_problem",
        /// The parcel waits at customs.
        CustomsHeld => "customs_held",
        /// Will there be duty or tax.
        TariffQuestion => "tariff_question",
        /// Cancel the order.
        OrderCancel => "order_cancel",
        /// Change the items of an order.
        OrderChange => "order_change",
        /// Send it to another address.
        AddressChange => "address_change",
        /// Wants to send back.
        ReturnRequest => "return_request",
        /// Wants another size, colour or piece instead.
        ExchangeRequest => "exchange_request",
        /// Money already owed: where is it.
        RefundStatus => "refund_status",
        /// Wants money back, not yet agreed.
        RefundRequest => "refund_request",
        /// It came broken.
        DamagedItem => "damaged_item",
        /// Something else came than was ordered.
        WrongItem => "wrong_item",
        /// A part or piece was not in the parcel.
        MissingItem => "missing_item",
        /// A question about features.
        ProductQuestion => "product_question",
        /// Does it fit or work with something.
        CompatibilityQuestion => "compatibility_question",
        /// Is it, or when will it be, in stock.
        StockQuestion => "stock_question",
        /// Asks for a lower price or a code.
        DiscountRequest => "discount_request",
        /// Asks what to buy.
        RecommendationRequest => "recommendation_request",
        /// Paying did not work, or was charged wrongly.
        PaymentProblem => "payment_problem",
        /// Wants an invoice or a VAT document.
        InvoiceRequest => "invoice_request",
        /// Dissatisfaction without a concrete request.
        Complaint => "complaint",
        /// Thanks, praise, a closing word.
        Thanks => "thanks",
        /// Wants a person, a manager, a callback.
        HumanRequest => "human_request",
        /// Opinions and suggestions.
        Feedback => "feedback",
        /// Privacy, newsletter, log-in, address of mail of the account.
        AccountDataRequest => "account_data_request",
        /// Out of scope.
        Other => "other",
    }
}

words! {
    /// Where an example of an intent comes from.
    ExampleSource {
        /// An agent said what a customer's message means.
        Correction => "correction",
        /// The seller wrote it.
        Own => "own",
    }
}

/// An intent with its probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ScoredIntent {
    /// The intent.
    pub name: Intent,
    /// Calibrated probability, 0 to 1.
    pub confidence: f32,
}

/// What the classifier says of one message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct IntentGuess {
    /// The main intent.
    pub name: Intent,
    /// Calibrated probability of the main intent, 0 to 1.
    pub confidence: f32,
    /// False when the message is out of scope or too uncertain to act on.
    pub in_scope: bool,
    /// The next best, best first.
    pub alternatives: Vec<ScoredIntent>,
}
