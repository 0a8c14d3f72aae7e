// Figures of the page "Understanding", worked out from what the core has counted.
import type { Effect, IntentLine } from "$lib/backend/types";

/** What is answered alone, and how much of it is right. */
export type Alone = { auto: number; right: number };

/** What is answered alone at a confidence, given in per cent. */
export const aloneAt = (effect: Effect, percent: number): Alone => {
  const at = Math.min(100, Math.max(0, Math.round(percent)));
  return { auto: effect.auto[at] ?? 0, right: effect.right[at] ?? 0 };
};

/** A share, or nothing where there is nothing to share. */
export const share = (part: number, of: number): number | null => (of > 0 ? part / of : null);

/** How strongly a cell of the confusion table is coloured, 0 to 4: by its share of the row, so that rare intents show too. */
export function heat(count: number, ofRow: number): number {
  if (count === 0) return 0;
  const part = count / ofRow;
  return part >= 0.5 ? 4 : part >= 0.1 ? 3 : part >= 0.03 ? 2 : 1;
}

/** Intents, the one that is answered wrongly most often first. */
export const weakestFirst = (lines: IntentLine[]): IntentLine[] =>
  [...lines].sort((a, b) => (share(a.right, a.n) ?? 1) - (share(b.right, b.n) ?? 1));
