// The seller's own rules, as the preview has them.
import type { AutomationRule, DryRun } from "$lib/backend/types";

const MINUTE = 60_000;

/** One that is on, one that waits to be tried. */
export const automationRules = (): AutomationRule[] => [
  {
    name: "Big refunds",
    enabled: true,
    when: "customer_writes",
    if: [
      { kind: "intent", any: ["refund_request"] },
      { kind: "order_above", amount: { minor: 10_000, currency: "EUR" } },
    ],
    then: [{ kind: "label", name: "big refund" }, { kind: "hand_over" }],
  },
  {
    name: "Parcels held in Brazil",
    enabled: false,
    when: "customer_writes",
    if: [
      { kind: "country", any: ["BR"] },
      { kind: "parcel_stage", any: ["customs_held", "duty_due"] },
    ],
    then: [{ kind: "work_order", work: "carrier_inquiry", details: "Ask the carrier which paper is missing" }],
  },
];

/** What a rule would have touched. */
export const dryRun = (now: number, conversations: { id: number; contact: string; subject: string }[]): DryRun => ({
  looked_at: 240,
  touched: conversations.length,
  messages: conversations.map(({ id, contact, subject }, index) => ({
    ...{ message_id: id * 10 + 1, conversation_id: id, at: now - (index + 1) * 90 * MINUTE, contact, subject },
    ...{ intent: "refund_request", order: `100${String(20 + index)}`, before: "propose", after: "hand_off" },
  })),
});
