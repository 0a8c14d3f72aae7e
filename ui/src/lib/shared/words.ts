// Fixed words that more than one screen lists.
import type {
  ArticleCategory,
  ArticleState,
  BotMode,
  CaseKind,
  CaseState,
  EmotionLevel,
  Intent,
  OrderStatus,
  RfmSegment,
  WhoDecides,
  WorkKind,
} from "$lib/backend/types";

/** The languages in which the bot has texts of its own. */
export const LANGUAGES = ["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh", "zh-tw"];
/** From calm to angry. */
export const EMOTIONS: EmotionLevel[] = ["calm", "concerned", "upset", "angry"];
/** What the bot may do. */
export const MODES: BotMode[] = ["off", "draft", "auto"];
/** The categories of articles. */
export const CATEGORIES: ArticleCategory[] = ["product", "faq", "after_sales", "logistics", "tariff", "payment"];
/** The states of an article. */
export const ARTICLE_STATES: ArticleState[] = ["draft", "approved", "archived"];
/** The groups of customers, best first. */
export const SEGMENTS: RfmSegment[] = [
  "champions",
  "loyal",
  "potential_loyal",
  "new",
  "promising",
  "need_attention",
  "about_to_sleep",
  "at_risk",
  "cannot_lose",
  "hibernating",
];
/** What can be noted down to be done. */
export const WORK_KINDS: WorkKind[] = ["refund", "reship", "return", "carrier_inquiry", "order_change", "invoice", "other"];
/** The kinds of cases at platforms. */
export const CASE_KINDS: CaseKind[] = ["a_to_z", "not_received", "not_as_described", "chargeback", "feedback"];
/** How far a case is. */
export const CASE_STATES: CaseState[] = ["open", "answered", "won", "lost", "closed"];
/** Who may set an action going. */
export const WHO_DECIDES: WhoDecides[] = ["nobody", "person", "customer"];
/** The states of an order, in the order in which it goes through them. */
export const ORDER_STATUSES: OrderStatus[] = ["pending", "processing", "shipped", "delivered", "cancelled", "returned", "refunded"];
/** The currencies in which a limit can be set: those of the markets that small cross-border sellers sell to most. */
export const CURRENCIES = [
  ...["EUR", "USD", "GBP", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "HKD", "HUF", "IDR", "ILS", "INR", "JPY", "KRW", "MXN"],
  ...["MYR", "NOK", "NZD", "PHP", "PLN", "RON", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "VND", "ZAR"],
];
/** What buyers want. */
export const INTENTS: Intent[] = [
  "order_status",
  "delivery_time",
  "tracking_problem",
  "customs_held",
  "tariff_question",
  "order_cancel",
  "order_change",
  "address_change",
  "return_request",
  "exchange_request",
  "refund_status",
  "refund_request",
  "damaged_item",
  "wrong_item",
  "missing_item",
  "product_question",
  "compatibility_question",
  "stock_question",
  "discount_request",
  "recommendation_request",
  "payment_problem",
  "invoice_request",
  "complaint",
  "thanks",
  "human_request",
  "feedback",
  "account_data_request",
  "other",
];
