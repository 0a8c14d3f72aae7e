// What the whole frame knows: the state of the workspace, its settings, the members and labels, and the events.
import { backend, onEvent } from "$lib/backend/backend";
import type { AppEvent, AppState, FullSettings, Label, Member } from "$lib/backend/types";
import { attempt } from "$lib/frame/toasts.svelte";
import { language } from "$lib/i18n/i18n.svelte";
import { Loaded } from "$lib/shared/loaded.svelte";

/** Until the core has answered. */
const BEFORE: FullSettings = {
  ui_language: "en",
  theme: "system",
  undo_seconds: 10,
  enter_sends: false,
  emotion_enabled: true,
  hand_off_at: "angry",
  answer_threshold: 0.45,
  intent_threshold: 0.5,
  precision: 0.95,
  stuck_after_hours: 120,
  max_bot_replies: 6,
  survey_enabled: true,
  local_only: true,
};

type Listener = (event: AppEvent) => void;

class App {
  state = new Loaded<AppState>();
  settings = $state<FullSettings>(BEFORE);
  badge = $state(0);
  members = $state.raw<Member[]>([]);
  labels = $state.raw<Label[]>([]);
  progress = $state.raw<{ task: string; done: number; total: number } | undefined>(undefined);
  #listeners = new Set<Listener>();

  /** Loads everything and follows the events; gives the clean-up. */
  start(): () => void {
    void this.reload();
    return onEvent((event) => {
      if (event.event === "counts_changed") this.badge = event.badge;
      if (event.event === "settings_changed" || event.event === "inbox_changed") void this.reload();
      if (event.event === "progress") this.progress = event.total > 0 && event.done >= event.total ? undefined : event;
      for (const listener of this.#listeners) listener(event);
    });
  }

  /** Calls a screen's listener; gives the clean-up. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the state again. */
  reload = async (): Promise<void> => {
    await this.state.load(() => backend.appState());
    const data = this.state.data;
    if (!data) return;
    this.settings = { ...BEFORE, ...data.settings } as FullSettings;
    this.badge = data.badge;
    this.#show();
    [this.members, this.labels] = await Promise.all([backend.listMembers(), backend.listLabels()]).catch(
      () => [this.members, this.labels] as const,
    );
  };

  /** Changes settings: shown at once, taken back when the core refuses. */
  async set(changes: Partial<FullSettings>): Promise<void> {
    const before = this.settings;
    this.settings = { ...before, ...changes };
    this.#show();
    if (!(await attempt(() => backend.saveSettings($state.snapshot(this.settings) as FullSettings)))) {
      this.settings = before;
      this.#show();
    }
  }

  #show(): void {
    language.use(this.settings.ui_language);
    const { theme } = this.settings;
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  }
}

/** The frame's state. */
export const app = new App();
