// Threads, turns and handoff cards of the preview, made from a conversation's seed.
import type { Emotion, Evidence, Handoff, Message, Passage, Staged, ThreadItem, Turn } from "$lib/backend/types";
import type { Seed } from "$lib/backend/mock/generate";
import { ANSWERS } from "$lib/backend/mock/words";

const MINUTE = 60_000;
const DAY = 86_400_000;

const CUES: Record<string, Emotion["cues"]> = {
  calm: [{ kind: "mitigation", text: "thank you" }],
  concerned: [{ kind: "keyword", text: "has not changed" }],
  upset: [
    { kind: "repeated_demand", text: "3" },
    { kind: "punctuation", text: "!!!" },
  ],
  angry: [
    { kind: "threat", text: "A-to-z claim" },
    { kind: "keyword", text: "had enough" },
    { kind: "short_interval", text: "12 min" },
  ],
};

/** What the preview reads out of a level. */
export function feel(level: Emotion["level"]): Emotion {
  const anger = { calm: 0.02, concerned: 0.18, upset: 0.56, angry: 0.91 }[level];
  return { level, sentiment: level === "calm" ? "neutral" : "negative", anger, urgency: anger * 0.8, cues: CUES[level] ?? [], trend: null };
}

/** An empty message of a conversation. */
export function message(id: number, seed: Seed, changes: Partial<Message>): Message {
  return {
    id,
    conversation_id: seed.id,
    episode: 1,
    author: "contact",
    member_id: null,
    at: seed.last_at,
    subject: seed.subject,
    text: "",
    quoted: "",
    language: seed.language,
    delivery: "received",
    delivery_error: "",
    automatic: "none",
    emotion: null,
    intent: null,
    warnings: [],
    attachments: [],
    ...changes,
  };
}

const item = (made: Message, extra: Partial<Extract<ThreadItem, { kind: "message" }>> = {}): ThreadItem => ({
  kind: "message",
  message: made,
  has_turn: false,
  sources: [],
  undo_until: null,
  ...extra,
});

/** The thread of a seed; message identities are ten to a conversation. */
export function makeItems(seed: Seed): ThreadItem[] {
  const base = seed.id * 10;
  const answer = ANSWERS[seed.topic]?.replace("{n}", seed.order ?? "");
  const quoted = "On Monday Lumen & Oak wrote:\n> Your order has left our warehouse.\n> You can follow it with the number below.";
  const first = message(base + 1, seed, {
    at: seed.last_at - 26 * 60 * MINUTE,
    text: seed.topic === "complaint" ? "Hello, I wrote four days ago about my order and nobody has answered." : seed.text,
    emotion: feel(seed.topic === "complaint" ? "concerned" : (seed.emotion ?? "calm")),
    intent: seed.topic === "complaint" ? "order_status" : seed.topic,
    quoted: seed.id % 2 === 0 ? quoted : "",
    attachments:
      seed.topic === "damaged_item"
        ? [{ id: base + 1, name: "crack.jpg", media_type: "image/jpeg", bytes: 482_133, sha256: "0".repeat(64), kept: true }]
        : [],
  });
  const items: ThreadItem[] = [item(first, { has_turn: true })];
  if (answer) {
    const state = seed.has_bot_draft ? "draft" : seed.delivery_problem ? "uncertain" : "sent";
    const reply = message(base + 2, seed, {
      author: "bot",
      at: first.at + MINUTE,
      text: answer,
      delivery: state,
      delivery_error: state === "uncertain" ? "The connection closed after the last line was handed over." : "",
      language: seed.language,
    });
    items.push(item(reply, { has_turn: true, sources: [{ article_id: 1, title: "How long does delivery take?", passage: 1 }] }));
  }
  if (seed.waiting) {
    items.push({ kind: "activity", activity: "handed_off", by: "bot", detail: seed.waiting.reason, at: seed.waiting.since - MINUTE });
  }
  if (seed.topic === "refund_status") {
    items.push({
      kind: "note",
      member: "Ann Keller",
      note: {
        id: base,
        conversation_id: seed.id,
        member_id: 1,
        text: "@Li Wei the refund was booked on Friday, reference RF-2207. PayPal needs up to five days.",
        at: seed.last_at - 40 * MINUTE,
      },
    });
  }
  if (seed.topic === "complaint" || seed.has_bot_draft) {
    items.push(
      item(message(base + 3, seed, { text: seed.text, emotion: feel(seed.emotion ?? "calm"), intent: seed.topic, at: seed.last_at }), {
        has_turn: true,
      }),
    );
  }
  if (seed.status === "resolved")
    items.push({ kind: "activity", activity: "resolved", by: "Ann Keller", detail: "", at: seed.last_at + MINUTE });
  return items.sort((a, b) => momentOf(a) - momentOf(b));
}

const momentOf = (entry: ThreadItem): number =>
  entry.kind === "message" ? entry.message.at : entry.kind === "note" ? entry.note.at : entry.at;

/** The card of a seed that waits. */
export function makeHandoff(seed: Seed): Handoff | null {
  if (!seed.waiting) return null;
  return {
    id: seed.id,
    conversation_id: seed.id,
    episode: 1,
    message_id: seed.id * 10 + 1,
    reason: seed.waiting.reason,
    at: seed.waiting.since,
    promised_at: seed.waiting.promised_at,
    answered_at: null,
    answered_by: null,
    alarmed_at: seed.waiting.overdue ? seed.waiting.promised_at : null,
    closed_at: null,
    card: {
      summary: `${seed.contact} writes for the second time about ${seed.order ?? "an order without a number"} and wants an answer today.`,
      language: seed.language,
      identity: `${seed.contact}, address known from ${seed.order ?? "this mailbox"} (verified)`,
      order: seed.order ? `${seed.order} · shipped · at customs since yesterday` : "unknown",
      emotion: {
        levels: ["concerned", "upset", seed.emotion ?? "calm"],
        direction: seed.emotion === "upset" || seed.emotion === "angry" ? "rising" : "falling",
      },
      tried: [
        "Looked up the order: found, shipped 9 days ago",
        "Asked the carrier's history: last report yesterday",
        "Answered once from “My tracking does not move”",
      ],
      open_question: "When will the money or the parcel arrive?",
      suggested_reply: `Dear ${seed.contact},\n\nI am sorry that you had to ask more than once. I have looked into ${seed.order ?? "your order"} myself: the parcel reached customs yesterday, and the carrier expects to hand it over within two to four working days. I will write to you on Thursday, whatever the tracking says.\n\nKind regards`,
      intent: seed.topic,
      facts: {
        name: seed.contact,
        address: `${seed.contact.toLowerCase().replace(/[^a-z]+/g, ".")}@mail.example`,
        country: seed.country ?? null,
        verified: seed.order !== null,
        about_order: seed.order ?? null,
        said: seed.text,
        order: seed.order
          ? {
              number: seed.order,
              status: "shipped",
              total: { minor: 4990, currency: "EUR" },
              parcels: [{ carrier: "DHL", tracking_number: "JD014600003", stage: "customs_held", moved_at: seed.last_at - DAY }],
            }
          : null,
        tried: [
          said("passage", "found_articles", { kind: "text", value: "My tracking does not move" }),
          seed.order ? said("order", "read_order", { kind: "text", value: seed.order }) : said("order", "found_no_order"),
          said("history", "asked_back"),
        ],
      },
    },
  };
}

const stage = <T>(value: T, confidence: number, micros: number, ...evidence: Evidence[]): Staged<T> => ({
  value,
  confidence,
  micros,
  evidence,
});
/** The thing itself. */
const thing = (kind: Evidence["kind"], text: string): Evidence => ({ kind, text });
/** A sentence; the window says it from its code and its values. */
const said = (kind: Evidence["kind"], code: NonNullable<Evidence["code"]>, ...values: NonNullable<Evidence["values"]>): Evidence => ({
  kind,
  text: code,
  code,
  values,
});

/** A turn over a text, with every stage filled. */
export function makeTurn(
  text: string,
  seed: Pick<Seed, "topic" | "language" | "emotion" | "waiting" | "high_risk" | "order">,
  answer: string,
): Turn {
  const language = seed.language ?? "en";
  const passage: Passage = {
    article_id: 1,
    title: "How long does delivery take?",
    index: 1,
    text: "Europe: 5 to 8 working days. United States and Canada: 7 to 12 working days.",
    language: "en",
    score: 0.71,
  };
  const second: Passage = {
    ...passage,
    article_id: 9,
    title: "My tracking does not move",
    index: 0,
    text: "Between export and import the carrier reports nothing; three to five days without news are normal.",
    score: 0.58,
  };
  const draft = { text: answer, language, sources: [passage], discloses_ai: true };
  const reason = seed.waiting?.reason ?? null;
  return {
    clean: stage({ visible: text, quoted: "", signature: "" }, 1, 38, said("rule", "own_name")),
    language: stage(
      { code: language, unsure: false, mixed: false },
      0.98,
      112,
      said("script", "script_letters", { kind: "number", value: 42 }, { kind: "language", value: language }),
    ),
    translate: stage({ text: null, engine: null }, 1, 2, said("engine", "no_engine")),
    understand: stage(
      {
        intent: {
          name: seed.topic,
          confidence: 0.86,
          in_scope: true,
          alternatives: [
            { name: "delivery_time", confidence: 0.08 },
            { name: "tracking_problem", confidence: 0.04 },
          ],
        },
        entities: seed.order ? [{ kind: "order_id", text: seed.order, value: seed.order, start: 0, end: seed.order.length }] : [],
      },
      0.86,
      1840,
      said("phrase", "examples_of_all", { kind: "percent", value: 97 }),
      said("phrase", "whole_example", { kind: "intent", value: seed.topic }),
    ),
    emotion: stage(
      {
        emotion: feel(seed.emotion ?? "calm"),
        risk: { high: seed.high_risk, kinds: seed.high_risk ? ["platform_claim", "chargeback"] : [] },
      },
      0.8,
      96,
      ...(CUES[seed.emotion ?? "calm"] ?? []).map((cue) =>
        said("cue", "cue_seen", { kind: "cue", value: cue.kind }, { kind: "text", value: cue.text }),
      ),
    ),
    retrieve: stage(
      { passages: [passage, second], order: null, order_missing: seed.order ? null : "unknown" },
      0.71,
      640,
      thing("passage", passage.title),
    ),
    decide: stage(
      { decision: reason ? "hand_off" : "order_answer", rule: reason ? "high_risk" : "order_answer", mode: "auto", reason },
      1,
      14,
      thing("rule", reason ? "high_risk" : "order_answer"),
    ),
    act: stage({ done: ["read 2 passages"] }, 1, 21, said("passage", "read_passages", { kind: "number", value: 2 })),
    reply: stage(draft, 0.9, 310, thing("passage", passage.title)),
    outcome: reason
      ? { kind: "hand_off", reason, card: (makeHandoff(seed as Seed) as Handoff).card, notice: null }
      : { kind: "reply", reply: draft },
  };
}

/** Where a customer's clock stands, roughly. */
export const OFFSETS: Record<string, number> = {
  US: -300,
  CA: -300,
  MX: -360,
  BR: -180,
  GB: 0,
  PT: 0,
  JP: 540,
  KR: 540,
  CN: 480,
  SG: 480,
  AU: 660,
  AE: 240,
  SA: 180,
  TR: 180,
  KZ: 300,
  GE: 240,
};
export { DAY };
