// Saved texts in the composer: what was typed after `/`, and the variables of a text.
import type { Thread } from "$lib/backend/types";

/** The word after a `/` that starts a line or follows a space, right before the caret. */
export function slashWord(text: string, caret: number): string | undefined {
  return /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, caret))?.[1];
}

/** Puts a text in place of the `/word` before the caret. */
export function putCanned(text: string, caret: number, canned: string): { text: string; caret: number } {
  const word = slashWord(text, caret) ?? "";
  const start = caret - word.length - 1;
  return { text: text.slice(0, start) + canned + text.slice(caret), caret: start + canned.length };
}

/** Fills `{{contact.name}}`, `{{order.number}}`, `{{tracking.number}}`; what is unknown stays to be seen. */
export function fillVariables(text: string, thread: Thread): string {
  const known: Record<string, string | undefined> = {
    "contact.name": thread.contact.name,
    "order.number": thread.order?.number,
    "tracking.number": thread.order?.shipments[0]?.tracking_number,
  };
  return text.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (whole, name: string) => known[name] || whole);
}
