// Numbers, money, dates and names in the language of the console.
import type { Money } from "$lib/backend/types";
import { language, t } from "$lib/i18n/i18n.svelte";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const cache = new Map<string, unknown>();

/** Intl objects are dear to make: one for each language and kind. */
function cached<T>(kind: string, make: (locale: string) => T): T {
  const key = `${language.locale}|${kind}`;
  let made = cache.get(key) as T | undefined;
  if (made === undefined) cache.set(key, (made = make(language.locale)));
  return made;
}

/** A number. */
export const number = (value: number): string => cached("n", (l) => new Intl.NumberFormat(l)).format(value);

/** A share of 1. */
export const percent = (value: number | null | undefined): string =>
  value === null || value === undefined
    ? "–"
    : cached("%", (l) => new Intl.NumberFormat(l, { style: "percent", maximumFractionDigits: 0 })).format(value);

/** An amount in its currency. */
export function money(amount: Money): string {
  const format = cached(
    `m${amount.currency}`,
    (l) => new Intl.NumberFormat(l, { style: "currency", currency: amount.currency, currencyDisplay: "narrowSymbol" }),
  );
  return format.format(amount.minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

const decimals = (currency: string): number =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** An amount as a plain decimal with a point, as it is typed. */
export const amountOf = (amount: Money): string => (amount.minor / 10 ** decimals(amount.currency)).toFixed(decimals(amount.currency));

/** What was typed as an amount, with a point or a comma; nothing when it is no amount of the currency. */
export function moneyOf(text: string, currency: string): Money | undefined {
  const plain = text.trim().replace(",", ".");
  const [, fraction = ""] = plain.split(".");
  if (!/^\d{1,9}(\.\d+)?$/.test(plain) || fraction.length > decimals(currency)) return undefined;
  return { minor: Math.round(Number(plain) * 10 ** decimals(currency)), currency };
}

/** A day and a time, in full: for the hover. */
export const exact = (moment: number): string =>
  cached("exact", (l) => new Intl.DateTimeFormat(l, { dateStyle: "full", timeStyle: "short" })).format(moment);

/** A day. */
export const date = (moment: number): string => cached("date", (l) => new Intl.DateTimeFormat(l, { dateStyle: "medium" })).format(moment);

/** A day and a time, short. */
export const dateTime = (moment: number): string =>
  cached("dt", (l) => new Intl.DateTimeFormat(l, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" })).format(moment);

/** The time of a day. */
export const clock = (moment: number): string =>
  cached("clock", (l) => new Intl.DateTimeFormat(l, { hour: "2-digit", minute: "2-digit" })).format(moment);

/** The clock on the customer's wall. */
export const clockAt = (moment: number, offsetMinutes: number): string =>
  cached("utc", (l) => new Intl.DateTimeFormat(l, { hour: "2-digit", minute: "2-digit", weekday: "short", timeZone: "UTC" })).format(
    moment + offsetMinutes * MINUTE,
  );

/** Midnight of the local day of a moment. */
export const dayOf = (moment: number): number => new Date(moment).setHours(0, 0, 0, 0);

/** A day as a separator says it. */
export function dayName(moment: number, now: number): string {
  const days = Math.round((dayOf(now) - dayOf(moment)) / DAY);
  if (days === 0) return t("time.today");
  if (days === 1) return t("time.yesterday");
  return cached("day", (l) => new Intl.DateTimeFormat(l, { weekday: "long", day: "numeric", month: "long" })).format(moment);
}

/** How long ago, in the few letters of a list row. */
export function ago(moment: number, now: number): string {
  const passed = Math.max(0, now - moment);
  if (passed < MINUTE) return t("time.now");
  if (passed < HOUR) return t("time.minutes", { n: Math.floor(passed / MINUTE) });
  if (passed < DAY) return t("time.hours", { n: Math.floor(passed / HOUR) });
  if (passed < 7 * DAY) return t("time.days", { n: Math.floor(passed / DAY) });
  return cached("short", (l) => new Intl.DateTimeFormat(l, { month: "short", day: "numeric" })).format(moment);
}

/** A span of time: `2 h 10 min`. */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / MINUTE));
  if (minutes < 60) return t("time.minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  // From ten hours on the minutes are noise.
  if (hours < 48)
    return minutes % 60 === 0 || hours >= 10 ? t("time.hours", { n: hours }) : t("time.hoursMinutes", { hours, minutes: minutes % 60 });
  return t("time.days", { n: Math.floor(hours / 24) });
}

/** A file's size. */
export function bytes(size: number): string {
  if (size < 1024) return `${number(size)} B`;
  if (size < 1024 * 1024) return `${number(Math.round(size / 1024))} KB`;
  return `${number(Math.round((size / 1024 / 1024) * 10) / 10)} MB`;
}

/** Microseconds as people read them. */
export const micros = (value: number): string => (value < 1000 ? `${number(value)} µs` : `${number(Math.round(value / 100) / 10)} ms`);

/** A language's name. */
export const languageName = (code: string): string => {
  const name = code === "zh" ? "zh-Hans" : code === "zh-tw" ? "zh-Hant" : code;
  return cached("lang", (l) => new Intl.DisplayNames([l], { type: "language" })).of(name) ?? code;
};

/** A writing system's name, by ISO 15924. */
export const scriptName = (code: string): string =>
  cached("script", (l) => new Intl.DisplayNames([l], { type: "script" })).of(code) ?? code;

/** A country's name, with its flag where there is one. */
export const country = (code: string): string => (flag(code) === code ? countryName(code) : `${flag(code)} ${countryName(code)}`);

/** A country's name. */
export function countryName(code: string): string {
  try {
    return cached("country", (l) => new Intl.DisplayNames([l], { type: "region" })).of(code) ?? code;
  } catch {
    return code;
  }
}

/**
 * A country's flag where the system can draw flags, else its two letters. Windows has no flags, and a system without
 * a font for them draws boxes: so two flags are drawn aside, and only pixels that differ in colour count.
 */
export const flag = (code: string): string => {
  if (!/^[A-Z]{2}$/.test(code)) return "";
  drawsFlags ??= canDrawFlags();
  return drawsFlags ? asFlag(code) : code;
};

let drawsFlags: boolean | undefined;
const asFlag = (code: string): string => String.fromCodePoint(...[...code].map((letter) => 0x1f1e6 + letter.charCodeAt(0) - 65));

function canDrawFlags(): boolean {
  if (typeof OffscreenCanvas === "undefined") return false;
  const context = new OffscreenCanvas(24, 24).getContext("2d", { willReadFrequently: true });
  if (!context) return false;
  context.textBaseline = "top";
  context.font = "16px sans-serif";
  context.fillText(asFlag("DE"), 0, 0);
  const { data } = context.getImageData(0, 0, 24, 24);
  // Letters and boxes are black; a flag of Germany has red and gold.
  return data.some((value, index) => index % 4 === 0 && value > 120 && (data[index + 3] ?? 0) > 0);
}
