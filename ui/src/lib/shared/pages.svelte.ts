// A long list that is read page by page as it is scrolled.
import { asUserError } from "$lib/backend/backend";
import type { UserError } from "$lib/backend/types";

const PAGE = 100;
const PATIENCE_MS = 300;

/** Rows of a query, in pages. */
export class Pages<T> {
  total = $state(0);
  rows = $state.raw<T[]>([]);
  error = $state.raw<UserError | undefined>(undefined);
  slow = $state(false);
  ready = $state(false);
  #read: (offset: number, limit: number) => Promise<{ total: number; rows: T[] }> = async () => ({ total: 0, rows: [] });
  #round = 0;
  #busy = false;

  /** @param keyOf what tells a row from all others */
  constructor(readonly keyOf: (row: T) => string | number) {}

  /** Shows another query from its start. */
  async show(read: (offset: number, limit: number) => Promise<{ total: number; rows: T[] }>): Promise<void> {
    this.#read = read;
    const round = ++this.#round;
    const timer = setTimeout(() => (this.slow = round === this.#round), PATIENCE_MS);
    await this.#fetch(0, round);
    clearTimeout(timer);
    if (round === this.#round) [this.slow, this.ready] = [false, true];
  }

  retry = (): Promise<void> => this.show(this.#read);

  /** Reads on when the end of what is there comes in sight. */
  see(last: number): void {
    if (!this.#busy && this.rows.length < this.total && last > this.rows.length - PAGE / 2) void this.#fetch(this.rows.length, this.#round);
  }

  async #fetch(offset: number, round: number): Promise<void> {
    this.#busy = true;
    try {
      const page = await this.#read(offset, PAGE);
      if (round !== this.#round) return;
      this.total = page.total;
      // What has come in above since the last page has pushed its last rows down into this one.
      const known = new Set(offset === 0 ? [] : this.rows.map(this.keyOf));
      const next = page.rows.filter((row) => !known.has(this.keyOf(row)));
      this.rows = offset === 0 ? next : [...this.rows, ...next];
      this.error = undefined;
    } catch (error) {
      if (round === this.#round) this.error = asUserError(error);
    } finally {
      this.#busy = false;
    }
  }
}
