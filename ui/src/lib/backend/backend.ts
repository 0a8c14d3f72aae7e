// The only door to the core. In the window it calls the generated commands; in the browser preview and in tests the mock
// answers instead. It unwraps results, so that callers use try/catch and branch on `UserError.code` only.
import { commands } from "$lib/backend/bindings";
import type { AppEvent, UserError } from "$lib/backend/types";

type Unwrapped<F> = F extends (...args: infer A) => Promise<infer R>
  ? (...args: A) => Promise<R extends { status: "ok"; data: infer D } ? D : never>
  : never;

/** Every command, giving its data or throwing a {@link UserError}. */
export type Backend = { [K in keyof typeof commands]: Unwrapped<(typeof commands)[K]> };
/** Undoes a subscription. */
export type CleanUp = () => void;
/** A source of commands and events. */
export type Source = { calls: Backend; subscribe: (handler: (event: AppEvent) => void) => CleanUp };

/** True inside of the real window. */
export const inWindow = "__TAURI_INTERNALS__" in globalThis;

let source: Promise<Source> | undefined;

/** Takes this source instead of the one that is found: tests bring a mock of their own. */
export function useSource(other: Source): void {
  source = Promise.resolve(other);
}

async function findSource(): Promise<Source> {
  if (inWindow) return (await import("$lib/backend/tauri")).tauriSource();
  return (await import("$lib/backend/mock/mock")).mockSource();
}

const door = (): Promise<Source> => (source ??= findSource());

/** The commands. */
export const backend: Backend = new Proxy({} as Backend, {
  get:
    (_, name: keyof Backend) =>
    async (...args: never[]) =>
      ((await door()).calls[name] as (...args: never[]) => Promise<unknown>)(...args),
});

/** Calls `handler` for every event of the core until the clean-up is called. */
export function onEvent(handler: (event: AppEvent) => void): CleanUp {
  let stopped = false;
  let stop: CleanUp | undefined;
  void door().then((found) => {
    if (!stopped) stop = found.subscribe(handler);
  });
  return () => {
    stopped = true;
    stop?.();
  };
}

/** Any thrown value as an error with code, message and hint. */
export function asUserError(error: unknown): UserError {
  if (typeof error === "object" && error !== null && "code" in error && "message" in error) {
    return { hint: "", ...(error as object) } as UserError;
  }
  return { code: "internal", message: error instanceof Error ? error.message : String(error), hint: "" };
}
