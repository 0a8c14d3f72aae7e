// The seller's own rules: their parts, fresh ones, and how they read in a sentence.
import type {
  AutomationRule,
  ChannelKind,
  RuleCondition,
  RuleEffect,
  EmotionLevel,
  InboxCard,
  Intent,
  Member,
  OrderStatus,
  RuleMoment,
  ShipmentStage,
} from "$lib/backend/types";
import { amountOf, countryName, languageName } from "$lib/i18n/format";
import { t } from "$lib/i18n/i18n.svelte";

/** When a rule is looked at. */
export const MOMENTS: RuleMoment[] = ["customer_writes", "conversation_begins", "handed_over"];
/** The kinds of conditions, the most used first. */
export const CONDITIONS: RuleCondition["kind"][] = [
  "intent",
  "words",
  "order_above",
  "order_below",
  "order_status",
  "parcel_stage",
  "country",
  "language",
  "emotion",
  "high_risk",
  "label",
  "inbox",
  "channel",
  "out_of_hours",
];
/** What a rule can do. */
export const EFFECTS: RuleEffect["kind"][] = ["label", "assign", "hand_over", "draft", "work_order"];
/** The channels that a rule can name. */
export const CHANNELS: ChannelKind[] = [
  "email",
  "amazon",
  "ebay",
  "shopify",
  "woocommerce",
  "webchat",
  "messenger",
  "instagram",
  "whatsapp",
  "telegram",
  "line",
];
/** The stages of a parcel. */
export const STAGES: ShipmentStage[] = [
  "info_received",
  "in_transit",
  "customs_export",
  "customs_import",
  "customs_held",
  "duty_due",
  "customs_released",
  "out_for_delivery",
  "delivered",
  "exception",
  "returned",
];

/** What a rule can name. */
export type Known = { inboxes: InboxCard[]; members: Member[] };

/** A new rule: held back until it was tried. */
export const newRule = (): AutomationRule => ({
  name: "",
  enabled: false,
  when: "customer_writes",
  if: [newCondition("intent")],
  then: [newEffect("label", [])],
});

/** A condition that the person fills in. */
export function newCondition(kind: RuleCondition["kind"]): RuleCondition {
  switch (kind) {
    case "emotion":
      return { kind, at_least: "upset" };
    case "order_above":
    case "order_below":
      return { kind, amount: { minor: 10_000, currency: "EUR" } };
    case "high_risk":
    case "out_of_hours":
      return { kind };
    default:
      return { kind, any: [] };
  }
}

/** An effect that the person fills in. */
export function newEffect(kind: RuleEffect["kind"], members: Member[]): RuleEffect {
  switch (kind) {
    case "label":
      return { kind, name: "" };
    case "assign":
      return { kind, member: members[0]?.id ?? 0 };
    case "work_order":
      return { kind, work: "other", details: "" };
    default:
      return { kind };
  }
}

/** The words of one choice of a condition. */
export function choiceName(kind: RuleCondition["kind"], choice: string | number, known: Known): string {
  switch (kind) {
    case "intent":
      return t(`intent.${choice as Intent}`);
    case "language":
      return languageName(String(choice));
    case "country":
      return countryName(String(choice));
    case "inbox":
      return known.inboxes.find((inbox) => inbox.id === choice)?.name ?? String(choice);
    case "channel":
      return t(`channel.${choice as ChannelKind}`);
    case "order_status":
      return t(`orderStatus.${choice as OrderStatus}`);
    case "parcel_stage":
      return t(`stage.${choice as ShipmentStage}`);
    default:
      return String(choice);
  }
}

/** A condition as a part of a sentence. */
export function conditionText(condition: RuleCondition, known: Known): string {
  const name = t(`automation.condition.${condition.kind}`);
  if (condition.kind === "emotion") return `${name}: ${t(`emotion.${condition.at_least as EmotionLevel}`)}`;
  if (condition.kind === "order_above" || condition.kind === "order_below")
    return `${name} ${amountOf(condition.amount)} ${condition.amount.currency}`;
  if (!("any" in condition)) return name;
  return `${name}: ${condition.any.map((choice) => choiceName(condition.kind, choice, known)).join(", ")}`;
}

/** An effect as a part of a sentence. */
export function effectText(effect: RuleEffect, known: Known): string {
  const name = t(`automation.effect.${effect.kind}`);
  if (effect.kind === "label") return `${name}: ${effect.name}`;
  if (effect.kind === "assign") return `${name}: ${known.members.find((member) => member.id === effect.member)?.name ?? "?"}`;
  if (effect.kind === "work_order") return `${name}: ${t(`workKind.${effect.work}`)}, ${effect.details}`;
  return name;
}
