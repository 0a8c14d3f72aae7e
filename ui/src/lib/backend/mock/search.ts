// A subset of the search of the core, enough to try the list: `channel:` `status:` `label:` `lang:` `country:` `emotion:` `is:` and words.
import type { ConversationRow, ListQuery } from "$lib/backend/types";
import type { Seed } from "$lib/backend/mock/generate";

/** The views with what belongs to them. */
export const VIEWS: { key: string; has: (seed: Seed) => boolean }[] = [
  { key: "all", has: (seed) => seed.status !== "resolved" },
  { key: "mine", has: (seed) => seed.assignee === "Ann Keller" && seed.status !== "resolved" },
  { key: "unassigned", has: (seed) => seed.status === "open" && seed.assignee === null },
  { key: "waiting", has: (seed) => seed.waiting !== null },
  { key: "drafts", has: (seed) => seed.has_bot_draft },
  { key: "bot", has: (seed) => seed.owner === "bot" && seed.status === "pending" },
  { key: "snoozed", has: (seed) => seed.status === "snoozed" },
  { key: "failed", has: (seed) => seed.delivery_problem },
  { key: "resolved", has: (seed) => seed.status === "resolved" },
];

const FIELDS: Record<string, (seed: Seed, word: string) => boolean> = {
  channel: (seed, word) => seed.channel === word || seed.family === word,
  store: (seed, word) => seed.store.toLowerCase().includes(word),
  status: (seed, word) => seed.status === word,
  label: (seed, word) => seed.labels.some((label) => label.name === word),
  lang: (seed, word) => seed.language === word,
  country: (seed, word) => seed.country?.toLowerCase() === word,
  emotion: (seed, word) => seed.emotion === word,
  intent: (seed, word) => seed.intent === word,
  order: (seed, word) => (seed.order ?? "").toLowerCase().includes(word),
  is: (seed, word) =>
    word === "unread"
      ? seed.unread
      : word === "unassigned"
        ? seed.assignee === null
        : word === "overdue"
          ? Boolean(seed.waiting?.overdue)
          : false,
};

const parts = (search: string): string[] => search.trim().split(/\s+/).filter(Boolean);

function holds(seed: Seed, part: string): boolean {
  if (part.startsWith("-")) return !holds(seed, part.slice(1));
  const [name = "", word] = part.toLowerCase().split(":");
  const field = FIELDS[name];
  if (word !== undefined && field) return field(seed, word);
  if (word !== undefined) return true;
  return `${seed.contact} ${seed.subject} ${seed.text} ${seed.preview}`.toLowerCase().includes(name);
}

/** True when a conversation belongs to the query. */
export function matches(seed: Seed, query: ListQuery): boolean {
  if (query.only) return query.only.includes(seed.id);
  const search = parts(query.search ?? "");
  const view = query.view || "all";
  const inbox = view.startsWith("inbox:") ? Number(view.slice(6)) : undefined;
  const inView =
    inbox !== undefined
      ? seed.inbox_id === inbox && seed.status !== "resolved"
      : (VIEWS.find((known) => known.key === view)?.has(seed) ?? true);
  return (inView || (view === "all" && search.length > 0)) && search.every((part) => holds(seed, part));
}

/** Operators that are none. */
export const warningsOf = (search: string): string[] =>
  parts(search).filter((part) => /^-?[a-z]+:/.test(part) && !FIELDS[part.replace("-", "").split(":")[0] ?? ""]);

/** Newest first; in Waiting for you the gravest and most urgent first. */
export function sorted(seeds: Seed[], view: string): Seed[] {
  if (view !== "waiting") return [...seeds].sort((a, b) => b.last_at - a.last_at);
  return [...seeds].sort(
    (a, b) => Number(b.high_risk) - Number(a.high_risk) || (a.waiting?.promised_at ?? 0) - (b.waiting?.promised_at ?? 0),
  );
}

/** What a seed has beyond a row. */
const OWN = ["inbox_id", "topic", "order", "text"];

/** A row as the core gives it. */
export const rowOf = (seed: Seed): ConversationRow =>
  Object.fromEntries(Object.entries(seed).filter(([name]) => !OWN.includes(name))) as ConversationRow;
