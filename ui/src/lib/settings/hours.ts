// Business hours as they are typed: `09:00-12:30, 14:00-18:00`.
import type { Span } from "$lib/backend/types";

const time = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** The spans of a day as text. */
export const showSpans = (spans: Span[]): string => spans.map((span) => `${time(span.from)}-${time(span.to)}`).join(", ");

/** Reads the spans of a day; `undefined` when the text is none. Empty means closed. */
export function readSpans(text: string): Span[] | undefined {
  if (text.trim() === "") return [];
  const spans: Span[] = [];
  for (const part of text.split(/[,;、，]/)) {
    const found = /^\s*(\d{1,2})(?:[:：.](\d{2}))?\s*[-–—~]\s*(\d{1,2})(?:[:：.](\d{2}))?\s*$/.exec(part);
    if (!found) return undefined;
    const minute = (hour: string | undefined, rest: string | undefined) => Number(hour) * 60 + Number(rest ?? 0);
    const span = { from: minute(found[1], found[2]), to: minute(found[3], found[4]) };
    if (span.from >= span.to || span.to > 1440) return undefined;
    spans.push(span);
  }
  return spans.sort((a, b) => a.from - b.from);
}
