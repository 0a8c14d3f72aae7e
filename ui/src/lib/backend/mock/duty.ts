// Rules for duty of the preview, and what is done with them.
import type { Backend } from "$lib/backend/backend";
import type { DutyRow, DutyView, Estimate, Money } from "$lib/backend/types";
import type { Core } from "$lib/backend/mock/mock";

const since = { from: "2021-07-01", as_of: "2025-08-12", source: "VAT rates, published list" };

/** Three of the rules that ship, and one of the seller's own. */
export const dutyView = (first: boolean): DutyView => ({
  terms: "ddu",
  own: first
    ? [
        {
          country: "CH",
          fact: { kind: "tax_free", up_to: { minor: 6200, currency: "CHF" } },
          from: "2024-01-01",
          as_of: "2026-03-02",
          source: "Federal Office for Customs",
        },
      ]
    : [],
  shipped: [
    { country: "DE", fact: { kind: "tax", min: 1900, max: 1900 }, ...since },
    { country: "BR", fact: { kind: "tax_inside", min: 1700, max: 2000 }, ...since },
    { country: "", fact: { kind: "exchange", from: "USD", to: "EUR", millionths: 921_000 }, ...since },
  ],
});

const of = (unit: Money, points: number): Money => ({ ...unit, minor: Math.round((unit.minor * points) / 10_000) });

type DutyCalls = Pick<Backend, "getDuty" | "saveDutyRows" | "saveDutyTerms" | "quote">;

/** The commands about duty; the estimate knows the import tax only. */
export function dutyCalls(core: Core, failure: (code: string, text: string) => unknown): DutyCalls {
  return {
    getDuty: async () => structuredClone(core.duty),
    saveDutyRows: async (rows) => {
      const wrong = rows.findIndex((row: DutyRow) => row.fact.kind !== "exchange" && (row.country ?? "").length !== 2);
      if (wrong >= 0) throw failure("precondition", `row ${wrong + 1}: no country`);
      core.duty.own = rows;
      core.emit({ event: "settings_changed" });
      return null;
    },
    saveDutyTerms: async (terms) => {
      core.duty.terms = terms;
      core.emit({ event: "settings_changed" });
      return null;
    },
    quote: async (request): Promise<Estimate> => {
      const rule = [...core.duty.own, ...core.duty.shipped].find((row) => row.country === request.country && row.fact.kind === "tax");
      const unit = request.lines[0]?.unit ?? { minor: 0, currency: "EUR" };
      const tax = rule?.fact.kind === "tax" ? { min: of(unit, rule.fact.min), max: of(unit, rule.fact.max) } : undefined;
      return {
        duty: { kind: "unknown", value: [{ kind: "duty_rate", hs: request.lines[0]?.hs ?? "" }] },
        tax: tax ? { kind: "known", value: tax } : { kind: "unknown", value: [{ kind: "tax_rate" }] },
        total: { kind: "unknown", value: [] },
        terms: request.terms,
        steps: rule && tax ? [{ text: "", what: { kind: "no_tax" }, rule }] : [],
      };
    },
  };
}
