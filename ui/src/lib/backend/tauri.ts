// The real core: generated commands, unwrapped, and the one stream of events.
import type { Backend, Source } from "$lib/backend/backend";
import { commands, events } from "$lib/backend/bindings";

type Result = { status: "ok"; data: unknown } | { status: "error"; error: unknown };

const calls = Object.fromEntries(
  Object.entries(commands).map(([name, call]) => [
    name,
    async (...args: never[]) => {
      const result = (await (call as (...args: never[]) => Promise<Result>)(...args)) as Result;
      if (result.status === "error") throw result.error;
      return result.data;
    },
  ]),
) as unknown as Backend;

/** Commands and events of the real core. */
export function tauriSource(): Source {
  return {
    calls,
    subscribe(handler) {
      const stop = events.appEventMessage.listen((event) => handler(event.payload));
      return () => void stop.then((end) => end());
    },
  };
}
