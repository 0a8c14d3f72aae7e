// The filter of the dashboards as it stands in the address, so that a reload, a bookmark and the export mean the same.
import type { ChannelKind, FullFilter, Intent } from "$lib/backend/types";

const DAY = 86_400_000;
/** Periods that can be chosen, in days; 0 is everything. */
export const PERIODS = [7, 30, 90, 0] as const;

/** The choice of conversations whose language nobody knows. */
export const UNKNOWN = "unknown";

/** What the address says. */
export type FilterAddress = { period: number; inbox: string; channel: string; language: string; country: string; intent: string };
/** Reads a parameter of the address. */
export type Read = (name: string) => string;

/** The filter's words from the address. */
export function readFilter(read: Read): FilterAddress {
  const period = Number(read("period") || 30);
  return {
    period: PERIODS.some((known) => known === period) ? period : 30,
    inbox: read("inbox"),
    channel: read("channel"),
    language: read("language"),
    country: read("country"),
    intent: read("intent"),
  };
}

const one = <T extends string>(word: string): T[] => (word === "" ? [] : [word as T]);

/** The filter as the core takes it: whole days, so that the same choice gives the same numbers all day long. */
export function toFilter(address: FilterAddress, now: number): FullFilter {
  const end = Math.floor(now / DAY) * DAY + DAY;
  return {
    from: address.period === 0 ? null : end - address.period * DAY,
    to: address.period === 0 ? null : end,
    inboxes: address.inbox === "" ? [] : [Number(address.inbox)],
    channels: one<ChannelKind>(address.channel),
    languages: address.language === UNKNOWN ? [] : one(address.language),
    language_unknown: address.language === UNKNOWN,
    countries: one(address.country),
    intents: one<Intent>(address.intent),
  };
}
