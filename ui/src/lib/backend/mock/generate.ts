// Makes the preview's shop: customers, orders, two thousand conversations. The same every time, so that pictures compare.
import type {
  ChannelFamily,
  ChannelKind,
  Contact,
  ConversationRow,
  EmotionLevel,
  HandoffReason,
  Label,
  Order,
  ShipmentStage,
  Status,
} from "$lib/backend/types";
import { TOPICS, VOICES, type Topic } from "$lib/backend/mock/words";

/** How many conversations the preview has. */
export const CONVERSATIONS = 2000;
/** How many customers write them. */
export const CUSTOMERS = 420;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A small pseudo-random generator (mulberry32): repeatable, which Math.random is not. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** An inbox of the preview. */
export type Store = { id: number; name: string; channel: ChannelKind; family: ChannelFamily; address: string };

/** One of each family, and two of mail. */
export const STORES: Store[] = [
  { id: 1, name: "Lumen & Oak", channel: "email", family: "email", address: "hello@lumen-oak.example" },
  { id: 2, name: "Lumen DE", channel: "amazon", family: "marketplace", address: "A1LUMENDE" },
  { id: 3, name: "lumen-oak.example", channel: "shopify", family: "store", address: "lumen-oak" },
  { id: 4, name: "Lumen Chat", channel: "whatsapp", family: "im", address: "+44 20 5550 0188" },
  { id: 5, name: "@lumen.oak", channel: "instagram", family: "social", address: "lumen.oak" },
  { id: 6, name: "Oak Outlet", channel: "ebay", family: "marketplace", address: "oak_outlet" },
];

/** The labels of the preview. */
export const LABELS: Label[] = [
  { id: 1, name: "vip", colour: "violet" },
  { id: 2, name: "refund", colour: "amber" },
  { id: 3, name: "customs", colour: "blue" },
  { id: 4, name: "broken", colour: "red" },
  { id: 5, name: "happy", colour: "green" },
];

/** A conversation with what its thread is made of. */
export type Seed = ConversationRow & { inbox_id: number; topic: Topic; order: string | null; text: string };
/** The whole shop. */
export type Shop = { contacts: Contact[]; addresses: Map<number, string>; orders: Order[]; seeds: Seed[] };

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

function makeContacts(now: number, next: () => number): { contacts: Contact[]; addresses: Map<number, string> } {
  const addresses = new Map<number, string>();
  const contacts = Array.from({ length: CUSTOMERS }, (_, index) => {
    const voice = at(VOICES, Math.floor(next() ** 1.6 * VOICES.length));
    const id = index + 1;
    addresses.set(id, `${voice.language}.customer${id}@post.example`);
    return {
      id,
      name: at(voice.names, Math.floor(next() * voice.names.length)),
      country: at(voice.countries, Math.floor(next() * voice.countries.length)),
      language: voice.language,
      language_fixed: false,
      time_zone: null,
      tags: next() < 0.08 ? ["vip"] : [],
      consent_marketing: next() < 0.3,
      created_at: now - Math.floor(next() * 400) * DAY,
    };
  });
  return { contacts, addresses };
}

const GOODS: [string, string, number][] = [
  ["LMP-204", "Desk lamp Alder, brass", 6900],
  ["KTL-031", "Folding travel kettle 0.6 l", 3450],
  ["JCK-118", "Rain jacket Fjell, M", 8900],
  ["BLB-009", "LED bulb E27 warm, set of 4", 1990],
];
const STAGES: ShipmentStage[] = ["info_received", "in_transit", "customs_export", "customs_import", "out_for_delivery", "delivered"];
const PLACES = ["Shenzhen", "Hong Kong", "Hong Kong", "Leipzig", "Local depot", "Front door"];
const REPORTS = [
  "Shipment information received",
  "Departed origin facility",
  "Export clearance completed",
  "Arrived at customs",
  "Out for delivery",
  "Delivered",
];

function makeOrder(id: number, contact: Contact, now: number, next: () => number): Order {
  const ordered = now - Math.floor(next() * 60 * DAY) - DAY;
  const [sku, title, price] = at(GOODS, Math.floor(next() * GOODS.length));
  const quantity = 1 + Math.floor(next() * 2);
  const currency = { US: "USD", GB: "GBP", JP: "JPY", CA: "CAD" }[contact.country ?? ""] ?? "EUR";
  const minor = currency === "JPY" ? price * quantity : price * quantity;
  const reach = Math.min(STAGES.length, 1 + Math.floor((now - ordered) / (2 * DAY)));
  const events = STAGES.slice(0, reach).map((stage, step) => ({
    at: ordered + (step + 1) * 1.6 * DAY,
    stage,
    place: at(PLACES, step),
    text: at(REPORTS, step),
  }));
  const stage = at(STAGES, reach - 1);
  const delivered = stage === "delivered";
  return {
    id,
    number: `LO-${10400 + id}`,
    contact_id: contact.id,
    status: delivered ? "delivered" : reach > 1 ? "shipped" : "processing",
    ordered_at: ordered,
    total: { minor, currency },
    country: contact.country,
    address: null,
    lines: [{ sku, title, quantity, unit_price: { minor: price, currency } }],
    payments: [{ kind: "paid", amount: { minor, currency }, method: "PayPal", at: ordered + 4 * MINUTE }],
    shipments: [
      {
        id,
        carrier: "YunExpress",
        tracking_number: `YT${2390000000 + id * 7}`,
        stage,
        shipped_at: ordered + DAY,
        delivered_at: delivered ? (events.at(-1)?.at ?? null) : null,
        events,
      },
    ],
  };
}

const FEELING: Record<Topic, EmotionLevel> = {
  order_status: "concerned",
  damaged_item: "upset",
  refund_status: "upset",
  product_question: "calm",
  tariff_question: "calm",
  return_request: "calm",
  thanks: "calm",
  complaint: "angry",
};
const REASONS: Partial<Record<Topic, HandoffReason>> = {
  complaint: "emotion_risk",
  refund_status: "policy_restriction",
  damaged_item: "unsupported_request",
  return_request: "customer_request",
};

function makeSeed(id: number, age: number, contact: Contact, order: Order | undefined, now: number, next: () => number): Seed {
  const store = at(STORES, Math.floor(next() * STORES.length));
  const topic = at(TOPICS, Math.floor(next() * TOPICS.length * (age < DAY ? 1 : 0.95)));
  const voice = VOICES.find((v) => v.language === contact.language) ?? (VOICES[0] as (typeof VOICES)[number]);
  const text = voice.says[topic].replace("{n}", order?.number ?? "LO-10400");
  const old = age > 6 * DAY;
  const reason = REASONS[topic];
  const waits = age < 3 * DAY && reason !== undefined && next() < 0.22;
  const roll = next();
  const status: Status = waits
    ? "open"
    : old || topic === "thanks"
      ? "resolved"
      : roll < 0.55
        ? "pending"
        : roll < 0.75
          ? "open"
          : roll < 0.85
            ? "snoozed"
            : "resolved";
  const promised = now - age + 26 * HOUR;
  return {
    id,
    inbox_id: store.id,
    topic,
    order: order?.number ?? null,
    text,
    channel: store.channel,
    family: store.family,
    store: store.name,
    contact_id: contact.id,
    contact: contact.name,
    country: contact.country,
    language: contact.language,
    subject: `${order?.number ?? ""} ${at(GOODS, id)[1]}`.trim(),
    preview: text,
    last_is_ours: false,
    last_at: now - age,
    status,
    owner: waits || status === "open" ? "human" : "bot",
    assignee: next() < 0.3 && status === "open" ? "Ann Keller" : null,
    unread: age < 10 * HOUR && (waits || roll < 0.35),
    emotion: FEELING[topic],
    intent: topic,
    high_risk: topic === "complaint" && (contact.language === "en" || contact.language === "de"),
    labels:
      topic === "refund_status"
        ? [at(LABELS, 1)]
        : topic === "tariff_question"
          ? [at(LABELS, 2)]
          : topic === "damaged_item"
            ? [at(LABELS, 3)]
            : contact.tags.includes("vip")
              ? [at(LABELS, 0)]
              : [],
    waiting: waits && reason ? { reason, since: now - age + MINUTE, promised_at: promised, overdue: promised < now } : null,
    has_bot_draft: !waits && status === "open" && roll < 0.7,
    delivery_problem: !old && roll > 0.985,
  };
}

/** The shop as it stands at `now`. */
export function makeShop(now: number, conversations = CONVERSATIONS): Shop {
  const next = random(2026);
  const { contacts, addresses } = makeContacts(now, next);
  const orders: Order[] = [];
  for (const contact of contacts) {
    const many = Math.floor(next() ** 2 * 4);
    for (let count = 0; count < many; count++) orders.push(makeOrder(orders.length + 1, contact, now, next));
  }
  orders.sort((a, b) => b.ordered_at - a.ordered_at);
  const seeds: Seed[] = [];
  let age = 4 * MINUTE;
  for (let id = conversations; id > 0; id--) {
    const contact = at(contacts, Math.floor(next() * contacts.length));
    const order = orders.find((o) => o.contact_id === contact.id);
    seeds.push(makeSeed(id, age, contact, order, now, next));
    age += Math.floor(next() * 34 * MINUTE) + MINUTE;
  }
  return { contacts, addresses, orders, seeds };
}
