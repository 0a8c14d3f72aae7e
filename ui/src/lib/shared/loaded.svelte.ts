// One value that comes from the core, with the four states that every list and chart shows.
import { asUserError } from "$lib/backend/backend";
import type { UserError } from "$lib/backend/types";

/** No sign of waiting before this time: most answers come sooner, and a flash looks slower than it is. */
const PATIENCE_MS = 300;

/** A value on its way, there, or failed. A new load keeps the old value on the screen. */
export class Loaded<T> {
  data = $state.raw<T | undefined>(undefined);
  error = $state.raw<UserError | undefined>(undefined);
  /** True when it is time to show a skeleton. */
  slow = $state(false);
  busy = $state(false);
  #round = 0;
  #last: (() => Promise<T>) | undefined;

  /** Loads; an older load that comes back later is dropped. */
  async load(fetch: () => Promise<T>): Promise<void> {
    const round = ++this.#round;
    this.#last = fetch;
    this.busy = true;
    const timer = setTimeout(() => (this.slow = round === this.#round && this.data === undefined), PATIENCE_MS);
    try {
      const data = await fetch();
      if (round !== this.#round) return;
      this.data = data;
      this.error = undefined;
    } catch (error) {
      if (round === this.#round) this.error = asUserError(error);
    } finally {
      clearTimeout(timer);
      if (round === this.#round) {
        this.slow = false;
        this.busy = false;
      }
    }
  }

  /** The same again. */
  retry = async (): Promise<void> => {
    if (this.#last) await this.load(this.#last);
  };

  /** Forgets the value, for another subject. */
  clear(): void {
    this.#round++;
    this.data = undefined;
    this.error = undefined;
    this.slow = false;
    this.busy = false;
  }
}
