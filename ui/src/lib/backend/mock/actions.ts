// Actions on orders, and the shop's rules for them, as the preview has them.
import type { ActionRow, ActionSettings, PostalAddress } from "$lib/backend/types";

const MINUTE = 60_000;

/** Where the customers of the preview live. */
export const ADDRESS: PostalAddress = {
  line1: "Hauptstraße 5",
  line2: "",
  city: "Berlin",
  region: "",
  postal_code: "10115",
  country: "DE",
};

/** One that waits for a person, one whose end is not known, one that is done. */
export function actions(now: number, conversation: number, contact: string): ActionRow[] {
  const base = {
    conversation_id: conversation,
    contact_id: 1,
    order_id: 1,
    rma: null,
    actor: "customer",
    why: "",
    changed_at: now - 5 * MINUTE,
    version: 2,
  };
  return [
    {
      contact,
      items: "2 × Aurora lamp",
      action: {
        ...base,
        id: 1,
        request: { kind: "return", order: "10023", items: ["L-1", "L-1"], payment_method: null },
        amount: { minor: -9980, currency: "EUR" },
        state: "awaiting_approval",
        rma: "RMA-00001",
        at: now - 42 * MINUTE,
      },
    },
    {
      contact,
      items: "",
      action: {
        ...base,
        id: 2,
        request: { kind: "change_address", order: "10031", address: ADDRESS },
        amount: null,
        state: "running",
        at: now - 90 * MINUTE,
      },
    },
    {
      contact,
      items: "",
      action: {
        ...base,
        id: 3,
        request: { kind: "cancel", order: "10017", reason: null },
        amount: { minor: -4990, currency: "EUR" },
        state: "done",
        at: now - 300 * MINUTE,
      },
    },
  ];
}

/** What a careful shop allows. */
export const ACTION_SETTINGS: ActionSettings = {
  kept_here: false,
  rules: {
    approvals: true,
    approval_above: [{ minor: 2000, currency: "EUR" }],
    kinds: [
      { kind: "cancel", who: "customer", states: ["pending"], not_after: ["change_items"], within_days: null, reasons: [] },
      { kind: "change_address", who: "customer", states: ["pending"], not_after: [], within_days: null, reasons: [] },
      { kind: "return", who: "customer", states: ["delivered"], not_after: ["return", "exchange"], within_days: 30, reasons: [] },
      { kind: "refund", who: "customer", states: [], not_after: ["refund"], within_days: 90, reasons: [] },
      { kind: "discount", who: "nobody", states: [], not_after: ["discount"], within_days: 90, reasons: [] },
    ],
  },
};
