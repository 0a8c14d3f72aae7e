// Claims, disputes and feedback of the preview, and what is done with them.
import type { Backend } from "$lib/backend/backend";
import type { CaseKind, CaseRow, CaseTerm, Order, PlatformCase } from "$lib/backend/types";
import type { Core } from "$lib/backend/mock/mock";

const HOUR = 3_600_000;

/** The platforms' shortest terms, as the core ships them. */
export const caseTerms = (): CaseTerm[] => [
  { kind: "a_to_z", hours: 48, own: false },
  { kind: "not_received", hours: 72, own: false },
  { kind: "not_as_described", hours: 72, own: false },
  { kind: "chargeback", hours: 168, own: false },
  { kind: "feedback", hours: 2160, own: false },
];

/** Four cases about orders of the preview, one of them late. */
export function platformCases(now: number, orders: (Order | undefined)[]): PlatformCase[] {
  const made: [CaseKind, string, number, number | null, string][] = [
    ["a_to_z", "A2Z-70199443", 30, null, "The parcel has not moved for a week; the buyer wants the money back"],
    ["not_received", "PP-R-AKL-317206", 90, null, "Item not received: tracking shows no scan for days"],
    ["chargeback", "DP-8842107", 20, 190, "Product unacceptable: the lamp arrived broken"],
    ["feedback", "FB-2026-1187", 400, null, "3 of 5: lovely lamp, but delivery took far too long"],
  ];
  return made.map(([kind, number, opened, left, reason], index) => ({
    ...{ id: index + 1, kind, number, reason, inbox_id: 2, conversation_id: null, version: 1 },
    order_number: orders[index]?.number ?? null,
    amount: kind === "feedback" ? null : (orders[index]?.total ?? null),
    state: "open",
    opened_at: now - opened * HOUR,
    answer_by: left === null ? null : now + left * HOUR,
    changed_at: now - opened * HOUR,
  }));
}

/** A case as the core gives it. */
export function caseRow(core: Core, one: PlatformCase): CaseRow {
  const order = core.shop.orders.find((other) => other.number === one.order_number);
  const seed = core.shop.seeds.find((other) => other.order === one.order_number && one.order_number !== null);
  const hours = core.terms.find((term) => term.kind === one.kind)?.hours ?? 0;
  const deadline = one.answer_by ?? one.opened_at + hours * HOUR;
  return {
    case: one,
    deadline,
    estimated: one.answer_by === null,
    overdue: one.state === "open" && deadline < core.now(),
    contact_id: order?.contact_id ?? null,
    contact: core.shop.contacts.find((contact) => contact.id === order?.contact_id)?.name ?? "",
    conversation_id: one.conversation_id ?? seed?.id ?? null,
    store: core.inboxes.find((inbox) => inbox.id === one.inbox_id)?.name ?? "",
    order_known: order !== undefined,
  };
}

type CaseCalls = Pick<Backend, "listPlatformCases" | "savePlatformCase" | "setPlatformCaseState" | "getCaseTerms" | "saveCaseTerms">;

/** The commands about cases. */
export function caseCalls(core: Core, failure: (code: string, text: string) => unknown): CaseCalls {
  const find = (id: number, version: number) => {
    const one = core.platformCases.find((other) => other.id === id);
    if (!one) throw failure("not_found", "There is no such case.");
    if (one.version !== version) throw failure("conflict", "Somebody else has changed it.");
    return one;
  };
  const replace = (one: PlatformCase) => {
    core.platformCases = core.platformCases.map((other) => (other.id === one.id ? one : other));
    core.emit({ event: "orders_changed" });
  };
  return {
    listPlatformCases: async (settled) =>
      core.platformCases
        .filter((one) => (one.state === "open") !== settled)
        .map((one) => caseRow(core, one))
        .sort((a, b) => (settled ? b.case.changed_at - a.case.changed_at : a.deadline - b.deadline)),
    savePlatformCase: async (id, version, given) => {
      if (core.platformCases.some((other) => other.number === given.number && other.id !== id))
        throw failure("precondition", `There is a case ${given.number} already`);
      const before = id === null ? undefined : find(id, version);
      const one: PlatformCase = { ...given, id: id ?? core.nextId++, version: (before?.version ?? 0) + 1, changed_at: core.now() };
      if (before === undefined) core.platformCases = [...core.platformCases, one];
      replace(one);
      return caseRow(core, one);
    },
    setPlatformCaseState: async (id, version, state) => {
      replace({ ...find(id, version), state, version: version + 1, changed_at: core.now() });
      return null;
    },
    getCaseTerms: async () => core.terms,
    saveCaseTerms: async (terms) => {
      core.terms = caseTerms().map((shipped) => {
        const own = terms.find((term) => term.kind === shipped.kind && term.hours !== shipped.hours);
        return own ? { ...own, own: true } : shipped;
      });
      return core.terms;
    },
  };
}
