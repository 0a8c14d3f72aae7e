// The mock's side of Bot → Understanding: a model with plausible figures, examples, and a training that takes a moment.
import type { Backend } from "$lib/backend/backend";
import type { Core } from "$lib/backend/mock/mock";
import type { Effect, EmotionLevel, ExampleRow, Intent, IntentFigures, ModelVersion, UserError, WrongRow } from "$lib/backend/types";
import { INTENTS, LANGUAGES } from "$lib/shared/words";

type Calls = Pick<
  Backend,
  | "getUnderstanding"
  | "listWrongOnes"
  | "listExamples"
  | "correctIntent"
  | "addExample"
  | "removeExample"
  | "retrain"
  | "cancelTraining"
  | "activateModel"
>;

const HOUR = 3_600_000;
const STEPS = 101;
/** Which intents are taken for which, and how often of a hundred. */
const MIXED: [Intent, Intent, number][] = [
  ["order_status", "delivery_time", 7],
  ["order_status", "tracking_problem", 5],
  ["tracking_problem", "order_status", 11],
  ["refund_request", "refund_status", 6],
  ["refund_status", "refund_request", 9],
  ["complaint", "feedback", 12],
  ["product_question", "compatibility_question", 8],
  ["return_request", "exchange_request", 4],
  ["other", "feedback", 3],
];

function effect(sure: number, right: number): Effect {
  const auto = Array.from({ length: STEPS }, (_, step) => (step > 97 ? 0 : Math.round(sure * (step < 60 ? 1 : 1 - (step - 60) / 40))));
  const share = (step: number) => Math.min(1, right + (1 - right) * (step / 100));
  return { auto, right: auto.map((count, step) => Math.round(count * share(step))) };
}

/** Figures over `each` examples an intent. */
function figures(each: number, precision: number): IntentFigures {
  const confusion = INTENTS.map((intent, row) =>
    INTENTS.map((other, column) => {
      const part = MIXED.find(([from, to]) => from === intent && to === other)?.[2] ?? 0;
      const all = MIXED.filter(([from]) => from === intent).reduce((sum, [, , count]) => sum + count, 0);
      return Math.round((each * (row === column ? 100 - all : part)) / 100);
    }),
  );
  const by_intent = INTENTS.map((intent, at) => {
    const n = confusion[at]?.reduce((sum, count) => sum + count, 0) ?? 0;
    const right = confusion[at]?.[at] ?? 0;
    const alone = intent === "other" ? 0 : Math.round(right * (1.6 - precision));
    const threshold = intent === "other" || intent === "complaint" ? null : precision - 0.4 + (at % 7) * 0.03;
    return { intent, n, right, threshold, effect: effect(alone, right / n) };
  });
  const sum = (of: (line: (typeof by_intent)[number]) => number) => by_intent.reduce((total, line) => total + of(line), 0);
  const steps = [...Array(STEPS).keys()];
  return {
    n: sum((line) => line.n),
    right: sum((line) => line.right),
    labels: INTENTS,
    confusion,
    confused: MIXED.map(([intent, predicted, count]) => ({ intent, predicted, count: Math.round((each * count) / 100) })).sort(
      (a, b) => b.count - a.count,
    ),
    by_intent,
    by_language: LANGUAGES.map((language, at) => ({ language, n: 540, right: 540 - 40 - at * 5 })),
    effect: {
      auto: steps.map((step) => sum((line) => line.effect.auto[step] ?? 0)),
      right: steps.map((step) => sum((line) => line.effect.right[step] ?? 0)),
    },
  };
}

const PHRASES: WrongRow[] = (
  [
    ["My parcel says delivered but I am still waiting", "order_status", "tracking_problem", 0.93, "en"],
    ["Das Geld ist immer noch nicht da", "refund_status", "refund_request", 0.88, "de"],
    ["这个能用在220伏吗", "compatibility_question", "product_question", 0.81, "zh"],
    ["Vous devriez améliorer l'emballage", "feedback", "complaint", 0.74, "fr"],
  ] as [string, Intent, Intent, number, string][]
).map(([text, label, predicted, confidence, language], at) => ({
  key: `p${at}`,
  text,
  language,
  label,
  predicted,
  confidence,
  message_id: null,
  conversation_id: null,
  own: at === 3,
}));

class Taught {
  examples: ExampleRow[];
  versions: ModelVersion[];
  labelled = new Set<string>();
  stop: (() => void) | undefined;

  constructor(readonly core: Core) {
    const { empty } = core.options;
    const at = (hours: number) => core.now() - hours * HOUR;
    this.examples = empty
      ? []
      : [
          {
            id: 1,
            text: "Any news about the moon lamp?",
            language: "en",
            intent: "order_status",
            source: "correction" as const,
            at: at(3),
          },
          { id: 2, text: "Passt die Birne in E27?", language: "de", intent: "compatibility_question", source: "own" as const, at: at(30) },
        ].map(({ at: labelled_at, ...row }) => ({ ...row, intent: row.intent as Intent, member: "Ann Keller", labelled_at }));
    const own = (id: number, hours: number, accuracy: number, changes: Partial<ModelVersion> = {}): ModelVersion => ({
      id,
      trained_at: at(hours),
      member: "Ann Keller",
      examples: 12 * id,
      accuracy,
      active: false,
      kept: true,
      held_back: false,
      ...changes,
    });
    const shipped = { ...own(0, 0, 0.868), id: null, trained_at: null, member: "", examples: 0 };
    this.versions = empty
      ? [{ ...shipped, active: true }]
      : [
          own(3, 20, 0.842, { held_back: true }),
          own(2, 48, 0.874, { active: true }),
          own(1, 400, 0.87, { kept: false }),
          { ...shipped, accuracy: null },
        ];
  }

  changed(): null {
    this.core.emit({ event: "understanding_changed" });
    return null;
  }

  messages(): WrongRow[] {
    const rows = this.core.shop.seeds.slice(0, 7).map((seed, at): WrongRow => {
      const labelled = this.labelled.has(`m${seed.id}`);
      return {
        key: `m${seed.id}`,
        text: seed.text,
        language: seed.language,
        label: at === 2 || labelled ? seed.intent : null,
        predicted: at === 2 ? "feedback" : (seed.intent ?? "other"),
        confidence: 0.38 + at * 0.05,
        message_id: seed.id * 10 + 1,
        conversation_id: seed.id,
        own: false,
      };
    });
    return rows.filter((row) => !this.labelled.has(row.key));
  }

  put(text: string, intent: Intent, source: ExampleRow["source"], language: string | null): number {
    const id = this.core.nextId++;
    const row = { id, text, language, intent, source, member: "Ann Keller", labelled_at: this.core.now() };
    this.examples = [row, ...this.examples.filter((other) => other.text !== text)];
    return id;
  }
}

/** The commands of the page. */
export function understanding(core: Core, failure: (code: string, text: string, hint?: string) => UserError): Calls {
  const taught = new Taught(core);
  const { options } = core;
  return {
    getUnderstanding: async () => {
      if (options.failing) throw failure("internal", "The figures could not be read.", "Try again.");
      const pairs = new Map<string, { from: EmotionLevel; to: EmotionLevel; count: number }>();
      for (const [from, to] of core.corrected.values()) {
        const pair = pairs.get(`${from}${to}`) ?? { from, to, count: 0 };
        if (from !== to) pairs.set(`${from}${to}`, { ...pair, count: pair.count + 1 });
      }
      const seen = taught.versions.find((version) => version.active)?.trained_at ?? 0;
      return {
        encoder: !options.noModel,
        training: taught.stop !== undefined,
        precision: core.settings.precision ?? 0.95,
        examples: taught.examples.length,
        waiting: taught.examples.filter((row) => row.labelled_at > seen).length,
        versions: taught.versions,
        figures: options.noModel ? null : figures(320, core.settings.precision ?? 0.95),
        emotions: {
          enabled: core.settings.emotion_enabled,
          messages: core.shop.seeds.length,
          corrected: [...pairs.values()].reduce((sum, pair) => sum + pair.count, 0),
          pairs: [...pairs.values()],
        },
      };
    },
    listWrongOnes: async (kind, offset, limit) => {
      const all = kind === "messages" ? taught.messages() : options.empty || options.noModel ? [] : PHRASES;
      const rows = all.filter((row) => !taught.labelled.has(row.key));
      return { total: rows.length, rows: rows.slice(offset, offset + limit) };
    },
    listExamples: async (offset, limit) => ({
      total: taught.examples.length,
      rows: taught.examples.slice(offset, offset + limit),
    }),
    correctIntent: async (messageId, intent) => {
      const { seed, item } = core.messageItem(messageId);
      item.message = { ...item.message, intent };
      seed.intent = intent;
      taught.labelled.add(`m${seed.id}`);
      taught.put(item.message.text, intent, "correction", seed.language);
      core.touch(seed.id);
      return taught.changed();
    },
    addExample: async (text, intent, language) => {
      if (!text.trim()) throw failure("bad_input", "There are no words to learn from.", "Write it as a customer would.");
      const phrase = PHRASES.find((row) => row.text === text);
      if (phrase) taught.labelled.add(phrase.key);
      const id = taught.put(text, intent, "own", language);
      taught.changed();
      return id;
    },
    removeExample: async (id) => {
      taught.examples = taught.examples.filter((row) => row.id !== id);
      return taught.changed();
    },
    retrain: async () => {
      if (options.noModel) throw failure("no_model", "Training needs the sentence encoder.", "See the check-up.");
      let stopped = false;
      taught.stop = () => (stopped = true);
      for (let done = 0; done < 100 && !stopped; done += 20) {
        core.emit({ event: "progress", task: "training", done, total: 100 });
        await new Promise((next) => setTimeout(next, options.trainingStep ?? 300));
      }
      taught.stop = undefined;
      core.emit({ event: "progress", task: "training", done: 100, total: 100 });
      if (stopped) throw failure("stopped", "The training was stopped.", "Nothing was changed.");
      const id = Math.max(0, ...taught.versions.map((version) => version.id ?? 0)) + 1;
      const fresh = { accuracy: 0.879, active: true, kept: true, held_back: false, examples: taught.examples.length };
      taught.versions = [
        { id, trained_at: core.now(), member: "Ann Keller", ...fresh },
        ...taught.versions.map((version) => ({ ...version, active: false })),
      ];
      taught.changed();
      return { id, examples: fresh.examples, accuracy: fresh.accuracy, before: 0.868, after: 0.871, activated: true };
    },
    cancelTraining: async () => {
      taught.stop?.();
      return null;
    },
    activateModel: async (id) => {
      taught.versions = taught.versions.map((version) => ({ ...version, active: version.id === id }));
      return taught.changed();
    },
  };
}
