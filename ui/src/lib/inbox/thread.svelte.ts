// The open conversation: its thread, and everything that can be done with it. A click shows its effect at once; the core
// confirms, and a refusal takes it back with a word about it.
import { backend, asUserError } from "$lib/backend/backend";
import type {
  ComposerDraft,
  EmotionLevel,
  Intent,
  Message,
  MessageItem,
  NewWorkOrder,
  Status,
  Thread,
  ThreadItem,
  WorkOrder,
  WorkState,
} from "$lib/backend/types";
import { app } from "$lib/frame/app.svelte";
import { attempt, toasts } from "$lib/frame/toasts.svelte";
import { t } from "$lib/i18n/i18n.svelte";
import { Loaded } from "$lib/shared/loaded.svelte";

/** How sending ended. */
export type SendOutcome = "sent" | "changed" | "failed";

/** Temporary messages have identities below zero: the core's are above. */
let nextTemporary = -1;

class OpenThread {
  loaded = new Loaded<Thread>();
  id = $state<number | undefined>(undefined);
  /** Which message's reasons are open. */
  why = $state<number | undefined>(undefined);
  /** A text that the composer shall take in: a suggestion, or what was taken back. */
  insertion = $state.raw<{ text: string; replace: boolean } | undefined>(undefined);

  get data(): Thread | undefined {
    return this.loaded.data;
  }

  /** Opens a conversation. */
  async open(id: number | undefined): Promise<void> {
    if (id === this.id) return;
    this.id = id;
    this.why = undefined;
    this.loaded.clear();
    void backend.announcePresence(id ?? null).catch(() => undefined);
    if (id === undefined) return;
    await this.reload();
    if (this.data?.row.unread) void backend.markRead(id).catch(() => undefined);
  }

  /** Reads the thread again. */
  reload = async (): Promise<void> => {
    const { id } = this;
    if (id === undefined) return;
    await this.loaded.load(() => backend.getThread(id));
  };

  async #change(changes: Partial<Thread>, run: () => Promise<unknown>): Promise<boolean> {
    const before = this.loaded.data;
    if (before) this.loaded.data = { ...before, ...changes };
    const worked = await attempt(run);
    if (!worked && before && this.id === before.conversation.id) this.loaded.data = before;
    else void this.reload();
    return worked;
  }

  /** Opens, snoozes or resolves. */
  async setStatus(status: Status, until: number | null = null): Promise<void> {
    const thread = this.data;
    if (!thread) return;
    const { id, status: before } = thread.conversation;
    const changed = { conversation: { ...thread.conversation, status }, row: { ...thread.row, status } };
    if (!(await this.#change(changed, () => backend.setStatus(id, status, until)))) return;
    const undo = () => void attempt(() => backend.setStatus(id, before, null)).then(this.reload);
    if (status !== "open") toasts.say(t(status === "resolved" ? "toast.resolved" : "toast.snoozed"), { label: t("toast.undo"), run: undo });
  }

  /** Gives it to a member, or to nobody. */
  async assign(memberId: number | null): Promise<void> {
    const thread = this.data;
    if (!thread) return;
    const assignee = app.members.find((member) => member.id === memberId)?.name ?? null;
    const changed = { conversation: { ...thread.conversation, assignee: memberId }, row: { ...thread.row, assignee } };
    await this.#change(changed, () => backend.assign(thread.conversation.id, memberId));
  }

  /** Lets the bot answer again. */
  async handBack(): Promise<void> {
    const thread = this.data;
    if (!thread) return;
    const conversation = { ...thread.conversation, owner: "bot" as const, status: "pending" as const };
    await this.#change({ conversation, handoff: null }, () => backend.handBack(thread.conversation.id));
  }

  /** Sends a reply; shown before the core has taken it. */
  async send(text: string, attachments: string[], resolve: boolean, anyway = false): Promise<SendOutcome> {
    const thread = this.data;
    if (!thread) return "failed";
    const { id, version } = thread.conversation;
    const temporary = this.#temporary(thread, text);
    this.loaded.data = { ...thread, items: [...thread.items, temporary], handoff: null };
    try {
      const sent = await backend.sendReply(id, { text, attachments, seen_version: version, anyway, resolve });
      const run = () => void this.undo(id, sent.message_id);
      if (sent.undo_until > Date.now()) toasts.say(t("toast.sent"), { label: t("toast.undo"), run }, sent.undo_until);
      void this.reload();
      return "sent";
    } catch (error) {
      if (this.id === id) this.loaded.data = thread;
      if (asUserError(error).code === "conflict") {
        void this.reload();
        return "changed";
      }
      toasts.fail(error);
      return "failed";
    }
  }

  /** Takes a sent answer back while there is time; its text returns to the composer. */
  async undo(conversation: number, message: number): Promise<void> {
    await attempt(async () => {
      const text = await backend.undoSend(message);
      if (this.id === conversation) this.insertion = { text, replace: true };
    });
    void this.reload();
  }

  /** Writes a note for the team. */
  async addNote(text: string): Promise<boolean> {
    const thread = this.data;
    if (!thread) return false;
    const me = app.state.data?.member;
    const note = { id: nextTemporary--, conversation_id: thread.conversation.id, member_id: me?.id ?? 0, text, at: Date.now() };
    const item: ThreadItem = { kind: "note", note, member: me?.name ?? "" };
    return this.#change({ items: [...thread.items, item] }, () => backend.addNote(thread.conversation.id, text));
  }

  /** Sets the labels. */
  async setLabels(names: string[]): Promise<void> {
    const thread = this.data;
    if (!thread) return;
    const labels = names.map((name) => app.labels.find((label) => label.name === name) ?? { id: 0, name, colour: "grey" });
    await this.#change({ row: { ...thread.row, labels } }, () => backend.setLabels(thread.conversation.id, names));
    await app.reload();
  }

  /** Links another order, or none. */
  async linkOrder(number: string | null): Promise<boolean> {
    const thread = this.data;
    if (!thread) return false;
    return this.#change(number === null ? { order: null } : {}, () => backend.linkOrder(thread.conversation.id, number));
  }

  /** Notes down what is to be done; a refusal is thrown, to be shown in the form. */
  async addWorkOrder(work: NewWorkOrder): Promise<void> {
    const thread = this.data;
    if (!thread) return;
    await backend.addWorkOrder(thread.conversation.id, work);
    await this.reload();
  }

  /** Ticks a work order off, cancels it or opens it again; refused when somebody else was quicker, and then the newer state is read. */
  async setWorkState(work: WorkOrder, state: WorkState): Promise<void> {
    const thread = this.data;
    if (!thread) return;
    const work_orders = thread.work_orders.map((other) => (other.id === work.id ? { ...other, state } : other));
    const worked = await this.#change({ work_orders }, () => backend.setWorkOrderState(work.id, work.version, state));
    if (!worked) void this.reload();
  }

  /** Sets the customer's language; `null` lets the messages tell. */
  async setLanguage(language: string | null): Promise<void> {
    const thread = this.data;
    if (!thread) return;
    const contact = { ...thread.contact, language: language ?? thread.contact.language, language_fixed: language !== null };
    await this.#change({ contact }, () => backend.setContactLanguage(contact.id, language));
  }

  /** A person reads the feeling differently. */
  async correctEmotion(message: Message, level: EmotionLevel): Promise<void> {
    const thread = this.data;
    if (!thread || !message.emotion) return;
    const emotion = { ...message.emotion, level };
    const items = thread.items.map((item) =>
      item.kind === "message" && item.message.id === message.id ? { ...item, message: { ...message, emotion } } : item,
    );
    await this.#change({ items }, () => backend.correctEmotion(message.id, level));
  }

  /** A person reads what is wanted differently. */
  async correctIntent(message: Message, intent: Intent): Promise<void> {
    const thread = this.data;
    if (!thread) return;
    const items = thread.items.map((item) =>
      item.kind === "message" && item.message.id === message.id ? { ...item, message: { ...message, intent } } : item,
    );
    if (await this.#change({ items }, () => backend.correctIntent(message.id, intent))) toasts.say(t("toast.learned"));
  }

  /** Any other command on this thread, followed by a fresh look. */
  async act(run: () => Promise<unknown>): Promise<boolean> {
    const worked = await attempt(run);
    await this.reload();
    return worked;
  }

  /** Keeps what is typed. */
  async saveDraft(id: number, draft: ComposerDraft): Promise<void> {
    await backend.saveDraft(id, draft).catch((error: unknown) => toasts.fail(error));
  }

  #temporary(thread: Thread, text: string): MessageItem {
    const { id, episode } = thread.conversation;
    const message: Message = {
      id: nextTemporary--,
      conversation_id: id,
      episode,
      author: "agent",
      member_id: app.state.data?.member.id ?? null,
      at: Date.now(),
      subject: "",
      text,
      quoted: "",
      language: null,
      delivery: "queued",
      delivery_error: "",
      automatic: "none",
      emotion: null,
      intent: null,
      warnings: [],
      attachments: [],
    };
    return { kind: "message", message, has_turn: false, sources: [], undo_until: null };
  }
}

/** The open conversation. */
export const thread = new OpenThread();
