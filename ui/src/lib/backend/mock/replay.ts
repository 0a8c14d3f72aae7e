// What a replay says of the preview's messages.
import type { Backend } from "$lib/backend/backend";
import type { IntentReplay, Replayed } from "$lib/backend/types";
import type { Core } from "$lib/backend/mock/mock";

const DAY = 86_400_000;
const none: IntentReplay = {
  ...{ messages: 0, answered: 0, drafted: 0, proposed: 0, handed_over: 0, compared: 0, agreed: 0, differing: 0, answered_at_risk: 0 },
};

/** The commands about replay. */
export function replayCalls(core: Core, failure: (code: string, text: string) => unknown): Pick<Backend, "replay" | "cancelReplay"> {
  let stopped: (() => void) | undefined;
  return {
    replay: async (days) => {
      const since = core.now() - days * DAY;
      const seeds = core.shop.seeds.filter((seed) => seed.last_at >= since);
      core.emit({ event: "progress", task: "replay", done: Math.floor(seeds.length / 2), total: 0 });
      await new Promise<void>((done, fail) => {
        const timer = setTimeout(done, core.options.trainingStep ?? 200);
        stopped = () => (clearTimeout(timer), fail(failure("stopped", "The replay was stopped")));
      }).finally(() => core.emit({ event: "progress", task: "replay", done: 1, total: 1 }));
      const seed = seeds[0];
      if (seed === undefined) return { messages: 0, since, compared: true, intents: [], look_at: [], look_at_in_all: 0 };
      const one: Replayed = {
        ...{ message_id: seed.id * 10 + 1, conversation_id: seed.id, at: seed.last_at, language: seed.language ?? "en", asked: seed.text },
        ...{ intent: "order_status", confidence: 0.93, high_risk: false, would: "answer", rule: "order_answer", alike: 0.31 },
        bot: "Your parcel left our warehouse on Monday and is at customs since yesterday.",
        person: "I am sorry, this parcel was lost. I have sent another one today.",
      };
      const many = seeds.length;
      return {
        ...{ messages: many, since, compared: true, look_at: [one], look_at_in_all: 1 },
        intents: [
          {
            intent: "order_status",
            figures: { ...none, messages: many - 1, answered: many - 2, drafted: 1, compared: 9, agreed: 8, differing: 1 },
          },
          { intent: "complaint", figures: { ...none, messages: 1, handed_over: 1 } },
        ],
      };
    },
    cancelReplay: async () => {
      stopped?.();
      return null;
    },
  };
}
