// Short words at the edge of the window: what was done, how to take it back, what failed.
import { asUserError } from "$lib/backend/backend";
import { tMaybe } from "$lib/i18n/i18n.svelte";

/** A toast. */
export type Toast = {
  id: number;
  text: string;
  hint?: string;
  tone: "plain" | "danger";
  /** The moment at which it goes; with an action it counts down. */
  until: number;
  action?: { label: string; run: () => void };
};

const STAY_MS = 5000;
const STAY_FAILED_MS = 9000;

class Toasts {
  all = $state<Toast[]>([]);
  #next = 1;

  #add(toast: Omit<Toast, "id">): number {
    const id = this.#next++;
    this.all = [...this.all.slice(-3), { ...toast, id }];
    setTimeout(() => this.remove(id), Math.max(0, toast.until - Date.now()));
    return id;
  }

  /** Says what was done. */
  say(text: string, action?: Toast["action"], until = Date.now() + STAY_MS): number {
    return this.#add({ text, tone: "plain", until, action });
  }

  /** Says what failed and what to do. */
  fail(error: unknown): number {
    const { code, message, hint } = asUserError(error);
    const text = tMaybe(`errors.${code}`, message);
    return this.#add({ text, hint: tMaybe(`hints.${code}`, hint), tone: "danger", until: Date.now() + STAY_FAILED_MS });
  }

  /** Takes one away. */
  remove(id: number): void {
    this.all = this.all.filter((toast) => toast.id !== id);
  }
}

/** The toasts. */
export const toasts = new Toasts();

/** Runs a command; a failure becomes a toast. True when it worked. */
export async function attempt(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    toasts.fail(error);
    return false;
  }
}
