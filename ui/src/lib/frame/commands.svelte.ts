// Every command of the window, for the keyboard and the palette. A screen registers what it can do while it is shown.
import { untrack } from "svelte";
import type { CommandName } from "$lib/frame/keys";

/** An entry of the palette. */
export type Command = { id: string; label: string; group: string; keys?: string; run: () => void };

class Commands {
  palette = $state(false);
  sheet = $state(false);
  #handlers = $state.raw<Partial<Record<CommandName, () => void>>[]>([]);
  #entries = $state.raw<(() => Command[])[]>([]);

  /** Lets a screen answer shortcuts; the newest answers first. Gives the clean-up. */
  handle(handlers: Partial<Record<CommandName, () => void>>): () => void {
    // Untracked: an effect that registers must not run again because another one did.
    untrack(() => (this.#handlers = [handlers, ...this.#handlers]));
    return () => untrack(() => (this.#handlers = this.#handlers.filter((other) => other !== handlers)));
  }

  /** Lets a screen add entries to the palette. Gives the clean-up. */
  offer(entries: () => Command[]): () => void {
    untrack(() => (this.#entries = [...this.#entries, entries]));
    return () => untrack(() => (this.#entries = this.#entries.filter((other) => other !== entries)));
  }

  /** Runs the first handler of a name; false when nobody has one. */
  run(name: CommandName): boolean {
    const handler = this.#handlers.find((handlers) => handlers[name])?.[name];
    handler?.();
    return handler !== undefined;
  }

  /** True when somebody answers to the name now. */
  has(name: CommandName): boolean {
    return this.#handlers.some((handlers) => handlers[name]);
  }

  get entries(): Command[] {
    return this.#entries.flatMap((entries) => entries());
  }
}

/** The commands. */
export const commands = new Commands();
