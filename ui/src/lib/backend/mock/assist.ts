// The language model and the log of what leaves the computer, as the preview has them.
import type { Backend } from "$lib/backend/backend";
import type {
  AppEvent,
  Assisted,
  FullModelState,
  FullSettings,
  ModelSettings,
  OutboundLog,
  TrackingSettings,
  TrackingState,
  UserError,
} from "$lib/backend/types";

const DAY = 86_400_000;

/** A model on this computer that nobody has set up yet. */
export const modelState = (): FullModelState => ({
  settings: {
    enabled: false,
    kind: "ollama",
    address: "http://localhost:11434/",
    model: "",
    timeout_seconds: 60,
    daily_tokens: 200_000,
    agreed_host: "",
  },
  has_key: false,
  host: "localhost:11434",
  here: true,
  used_today: 0,
  ready: false,
});

/** Mail of two days, and a question that was kept back. */
export const outbound = (now: number): OutboundLog => {
  const day = now - (now % DAY);
  const host = "mail.lumenloom.test";
  return {
    rows: [
      { day, host, purpose: "mail_receive", requests: 42, refused: 0, last_at: now },
      { day, host, purpose: "mail_send", requests: 17, refused: 0, last_at: now },
      { day: day - DAY, host: "models.example", purpose: "language_model", requests: 0, refused: 1, last_at: now - DAY },
    ],
    calls: [],
  };
};

/** What this file needs of the preview's shop. */
type Shop = {
  model: FullModelState;
  tracking: TrackingState;
  says: Assisted;
  settings: FullSettings;
  now: () => number;
  options: { empty?: boolean };
  emit: (event: AppEvent) => void;
};

function state(core: Shop): FullModelState {
  const { settings, here, host } = core.model;
  const allowed = here || !core.settings.local_only;
  return { ...core.model, ready: settings.enabled && settings.model !== "" && allowed && settings.agreed_host === host };
}

function tracking(core: Shop): TrackingState {
  const { settings, has_key } = core.tracking;
  return { ...core.tracking, ready: settings.service !== "none" && has_key && !core.settings.local_only };
}

/** No tracking service yet. */
export const trackingState = (): TrackingState => ({
  settings: { service: "none", address: "", every_hours: 8 },
  has_key: false,
  host: "",
  ready: false,
});

/** The commands about the language model. */
export function assisting(
  core: Shop,
  failure: (code: string, message: string, hint?: string) => UserError,
): Pick<
  Backend,
  | "getModelState"
  | "saveModelSettings"
  | "agreeToModel"
  | "previewAssist"
  | "assist"
  | "cancelAssist"
  | "summarise"
  | "outboundLog"
  | "getTracking"
  | "saveTracking"
  | "trackParcels"
  | "getTracking"
  | "saveTracking"
  | "trackParcels"
> {
  return {
    getModelState: async () => state(core),
    saveModelSettings: async (given, key) => {
      const settings = given as Required<ModelSettings>;
      if (!/^https?:/.test(settings.address)) throw failure("bad_input", "That is no address.", "Write the address of its API.");
      const { host } = new URL(settings.address);
      const agreed_host = host === core.model.host ? core.model.settings.agreed_host : "";
      const here = /^(localhost|127\.)/.test(host);
      const has_key = key === null ? core.model.has_key && host === core.model.host : key !== "";
      core.model = { ...core.model, settings: { ...settings, agreed_host }, host, here, has_key };
      core.emit({ event: "settings_changed" });
      return state(core);
    },
    agreeToModel: async (host) => {
      core.model.settings = { ...core.model.settings, agreed_host: host };
      return state(core);
    },
    previewAssist: async () => ({
      host: core.model.host,
      model: core.model.settings.model,
      system: "You help the staff of an online shop.",
      user: "Are you ready?",
      hidden: 0,
    }),
    assist: async (_task, conversation) => {
      if (!state(core).ready) throw failure("precondition", "No language model is set up.");
      if (conversation !== null) core.emit({ event: "assist_words", id: conversation, text: core.says.text });
      return core.says;
    },
    cancelAssist: async () => null,
    summarise: async () => ({ text: "Wants to return a lamp; the label is open.", by_model: false, rejected: null }),
    getTracking: async () => tracking(core),
    saveTracking: async (given, key) => {
      const settings = given as Required<TrackingSettings>;
      const moved = settings.service !== core.tracking.settings.service;
      const has_key = key === null ? core.tracking.has_key && !moved : key !== "";
      core.tracking = { ...core.tracking, settings, has_key };
      core.emit({ event: "settings_changed" });
      return tracking(core);
    },
    trackParcels: async () => ({ asked: 12, news: 3, failed: { "no carrier knows this number": 1 } }),
    outboundLog: async () => (core.options.empty ? { rows: [], calls: [] } : outbound(core.now())),
  };
}
