// The list of conversations: a long list of which only the pages in sight are held, and the row that is chosen.
import { backend, asUserError } from "$lib/backend/backend";
import type { ConversationRow, ListQuery, UserError } from "$lib/backend/types";

const PAGE = 100;
/** Changes come in bursts while mail arrives: one look for all of them. */
const SETTLE_MS = 120;
const PATIENCE_MS = 300;

/** A list of conversations for one query. */
export class ConversationList {
  total = $state(0);
  rows = $state.raw<(ConversationRow | null)[]>([]);
  warnings = $state.raw<string[]>([]);
  error = $state.raw<UserError | undefined>(undefined);
  slow = $state(false);
  ready = $state(false);
  #query: ListQuery = {};
  #round = 0;
  #wanted = new Set<number>();
  #seen = { from: 0, to: PAGE - 1 };
  #settle: ReturnType<typeof setTimeout> | undefined;

  /** Shows another query. */
  async show(query: ListQuery): Promise<void> {
    this.#query = query;
    const round = ++this.#round;
    this.#wanted.clear();
    this.#seen = { from: 0, to: PAGE - 1 };
    this.ready = false;
    const timer = setTimeout(() => (this.slow = round === this.#round), PATIENCE_MS);
    await this.#fetch(0, round, true);
    clearTimeout(timer);
    if (round !== this.#round) return;
    this.slow = false;
    this.ready = true;
  }

  /** The same query again. */
  retry = (): Promise<void> => this.show(this.#query);

  /** Tells which rows are in sight, so that they are fetched. */
  see(from: number, to: number): void {
    this.#seen = { from, to };
    for (let page = Math.floor(from / PAGE); page <= Math.floor(Math.max(from, to) / PAGE); page++) {
      const missing = this.rows.slice(page * PAGE, (page + 1) * PAGE).some((row) => row === null);
      if (missing && !this.#wanted.has(page)) void this.#fetch(page, this.#round, false);
    }
  }

  /** Something changed: the pages in sight are read again, without a flicker. */
  refresh(): void {
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => {
      const first = Math.floor(this.#seen.from / PAGE);
      for (let page = first; page <= Math.floor(Math.max(this.#seen.from, this.#seen.to) / PAGE); page++) {
        void this.#fetch(page, this.#round, page === first);
      }
    }, SETTLE_MS);
  }

  /** Changes a row at once, before the core has confirmed. */
  change(id: number, changes: Partial<ConversationRow>): void {
    this.rows = this.rows.map((row) => (row?.id === id ? { ...row, ...changes } : row));
  }

  /** The row after or before one; the first when there is none. */
  beside(id: number | undefined, step: 1 | -1): ConversationRow | undefined {
    const at = this.rows.findIndex((row) => row?.id === id);
    const next = at === -1 ? 0 : Math.min(this.rows.length - 1, Math.max(0, at + step));
    return this.rows[next] ?? undefined;
  }

  async #fetch(page: number, round: number, resize: boolean): Promise<void> {
    this.#wanted.add(page);
    try {
      const found = await backend.listConversations({ ...this.#query, offset: page * PAGE, limit: PAGE });
      if (round !== this.#round) return;
      this.error = undefined;
      this.warnings = found.warnings;
      this.total = found.total;
      const rows: (ConversationRow | null)[] =
        page === 0 && resize && !this.ready ? new Array(found.total).fill(null) : this.rows.slice(0, found.total);
      while (rows.length < found.total) rows.push(null);
      // A conversation that has moved into this page stands in its old place no longer; what stands there now is read next.
      const here = new Set(found.rows.map((row) => row.id));
      rows.forEach((row, index) => row && here.has(row.id) && (rows[index] = null));
      found.rows.forEach((row, index) => (rows[page * PAGE + index] = row));
      this.rows = rows;
      this.#wanted.delete(page);
      this.see(this.#seen.from, this.#seen.to);
    } catch (error) {
      if (round === this.#round) this.error = asUserError(error);
    } finally {
      this.#wanted.delete(page);
    }
  }
}
