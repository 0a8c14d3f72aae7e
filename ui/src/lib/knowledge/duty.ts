// Rules for duty as a form: which fields a kind of rule has, and how it is said in one line.
import type { DutyFact, DutyRow, Money } from "$lib/backend/types";
import { amountOf, money, moneyOf } from "$lib/i18n/format";
import { t } from "$lib/i18n/i18n.svelte";

/** The kinds of rules. */
export type FactKind = DutyFact["kind"];
/** What a field of a rule holds. */
export type FieldForm = "percent" | "money" | "hs" | "currency" | "rate";
/** The fields that rules have. */
export type FieldName = "min" | "max" | "up_to" | "hs" | "below" | "each" | "above" | "rate" | "less" | "from" | "to" | "millionths";
/** A rule's fields as they are typed. */
export type Typed = Record<string, string>;

const FIELDS: Record<FactKind, Partial<Record<FieldName, FieldForm>>> = {
  tax: { min: "percent", max: "percent" },
  tax_inside: { min: "percent", max: "percent" },
  tax_free: { up_to: "money" },
  duty: { hs: "hs", min: "percent", max: "percent" },
  duty_free: { up_to: "money" },
  flat_duty: { below: "money", each: "money" },
  parcel_duty: { above: "money", up_to: "money", rate: "percent", less: "money" },
  exchange: { from: "currency", to: "currency", millionths: "rate" },
};

/** The kinds, in the order in which they are offered. */
export const FACT_KINDS = Object.keys(FIELDS) as FactKind[];
/** The fields of a kind. */
export const fieldsOf = (kind: FactKind): [FieldName, FieldForm][] => Object.entries(FIELDS[kind]) as [FieldName, FieldForm][];

const MILLION = 1_000_000;
const percentText = (points: number) => String(points / 100);

/** Basis points of a percentage as it is typed, with a point or a comma; nothing when it is none. */
export function pointsOf(text: string): number | undefined {
  const plain = text.trim().replace(",", ".");
  return /^\d{1,3}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : undefined;
}

/** A rule's fields as they would be typed. */
export function typedOf(fact: DutyFact): Typed {
  const values = fact as unknown as Record<string, unknown>;
  const typed: Typed = {};
  for (const [name, form] of fieldsOf(fact.kind)) {
    const value = values[name];
    if (form === "percent") typed[name] = percentText(value as number);
    else if (form === "money") typed[name] = amountOf(value as Money);
    else if (form === "rate") typed[name] = String((value as number) / MILLION);
    else typed[name] = String(value);
  }
  return typed;
}

/** The rule of what was typed; or the name of the first field that cannot be. */
export function factOf(kind: FactKind, typed: Typed, currency: string): DutyFact | string {
  const fact: Record<string, unknown> = { kind };
  for (const [name, form] of fieldsOf(kind)) {
    const text = (typed[name] ?? "").trim();
    const value = read(form, text, currency);
    if (value === undefined) return name;
    fact[name] = value;
  }
  return fact as unknown as DutyFact;
}

function read(form: FieldForm, text: string, currency: string): unknown {
  if (form === "percent") return pointsOf(text);
  if (form === "money") return moneyOf(text, currency);
  if (form === "hs") return /^\d{0,10}$/.test(text) ? text : undefined;
  if (form === "currency") return /^[A-Za-z]{3}$/.test(text) ? text.toUpperCase() : undefined;
  const rate = Number(text.replace(",", "."));
  return text !== "" && Number.isFinite(rate) && rate > 0 ? Math.round(rate * MILLION) : undefined;
}

/** The currency of a rule's amounts, where it has some. */
export const currencyOf = (fact: DutyFact): string | undefined =>
  Object.values(fact as unknown as Record<string, unknown>).flatMap((value) =>
    typeof value === "object" && value !== null && "currency" in value ? [(value as Money).currency] : [],
  )[0];

const share = (min: number, max: number) => (min === max ? `${percentText(min)} %` : `${percentText(min)}–${percentText(max)} %`);

/** A rule in one line. */
export function factText(fact: DutyFact): string {
  switch (fact.kind) {
    case "tax":
      return t("duty.said.tax", { rate: share(fact.min, fact.max) });
    case "tax_inside":
      return t("duty.said.tax_inside", { rate: share(fact.min, fact.max) });
    case "tax_free":
      return t("duty.said.tax_free", { amount: money(fact.up_to) });
    case "duty":
      return fact.hs === ""
        ? t("duty.said.dutyAll", { rate: share(fact.min, fact.max) })
        : t("duty.said.duty", { hs: fact.hs, rate: share(fact.min, fact.max) });
    case "duty_free":
      return t("duty.said.duty_free", { amount: money(fact.up_to) });
    case "flat_duty":
      return t("duty.said.flat_duty", { each: money(fact.each), below: money(fact.below) });
    case "parcel_duty":
      return t("duty.said.parcel_duty", {
        rate: share(fact.rate, fact.rate),
        above: money(fact.above),
        to: money(fact.up_to),
        less: money(fact.less),
      });
    case "exchange":
      return t("duty.said.exchange", { from: fact.from, rate: String(fact.millionths / MILLION), to: fact.to });
  }
}

/** When a rule holds and who says so. */
export const sourceText = (row: DutyRow): string =>
  t(row.to == null ? "duty.since" : "duty.between", { from: row.from, to: row.to ?? "", day: row.as_of, source: row.source });
