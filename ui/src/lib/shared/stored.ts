// Small things that the window remembers for itself (widths of panes): never data of the shop.

/** Reads a remembered value. */
export function remembered<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`mercator.${key}`);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

/** Remembers a value; a full or forbidden storage is no reason to stop. */
export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(`mercator.${key}`, JSON.stringify(value));
  } catch {
    // Nothing depends on it.
  }
}
