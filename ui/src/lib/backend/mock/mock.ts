// A core for the browser preview and the tests: holds a generated shop and behaves as the real one does where the window
// can see it (sends, undo, notes, states, search, drafts). It sends nothing anywhere and keeps nothing.
import type { Backend, Source } from "$lib/backend/backend";
import type {
  ActionRow,
  ActionSettings,
  ActionState,
  AppEvent,
  Article,
  ArticleRow,
  Assisted,
  AutomationRule,
  CannedRow,
  CaseTerm,
  ComposerDraft,
  CourtesyView,
  DutyView,
  EmotionLevel,
  FullModelState,
  FullSettings,
  Gap,
  Handoff,
  InboxCard,
  MailForm,
  Member,
  PlatformCase,
  Proposal,
  RegressionCase,
  RegressionRun,
  ThreadItem,
  TrackingState,
  UserError,
  WorkOrder,
} from "$lib/backend/types";
import { ACTION_SETTINGS, actions, ADDRESS } from "$lib/backend/mock/actions";
import { assisting, modelState, trackingState } from "$lib/backend/mock/assist";
import { automationRules, dryRun } from "$lib/backend/mock/automation";
import { courtesyCalls, courtesyView } from "$lib/backend/mock/courtesy";
import { dutyCalls, dutyView } from "$lib/backend/mock/duty";
import { replayCalls } from "$lib/backend/mock/replay";
import { caseCalls, caseRow, caseTerms, platformCases } from "$lib/backend/mock/cases";
import { drillAll, makeDashboard } from "$lib/backend/mock/dashboards";
import { CONVERSATIONS, LABELS, makeShop, STORES, type Seed } from "$lib/backend/mock/generate";
import { cases, gaps, proposals } from "$lib/backend/mock/learning";
import { matches, rowOf, sorted, VIEWS, warningsOf } from "$lib/backend/mock/search";
import { understanding } from "$lib/backend/mock/understanding";
import { feel, makeHandoff, makeItems, makeTurn, message, OFFSETS } from "$lib/backend/mock/thread";
import { ANSWERS, ARTICLES } from "$lib/backend/mock/words";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How a mock differs from the shop of the preview. */
export type MockOptions = {
  now?: number;
  conversations?: number;
  firstRun?: boolean;
  empty?: boolean;
  failing?: boolean;
  /** Set-up has not fetched the models. */
  noModel?: boolean;
  /** The machine has no font for Chinese. */
  noFonts?: boolean;
  /** How long a step of a training takes, in milliseconds. */
  trainingStep?: number;
  settings?: Partial<FullSettings>;
};

/** An error as the core gives it. */
export const failure = (code: string, text: string, hint = ""): UserError => ({ code, message: text, hint });

const week = [1, 2, 3, 4, 5, 6, 7].map((day) => (day < 6 ? [{ from: 540, to: 1080 }] : []));

function cards(now: number): InboxCard[] {
  return STORES.map((store) => ({
    id: store.id,
    channel: store.channel,
    name: store.name,
    address: store.address,
    language: store.id === 2 ? "de" : "en",
    signature: "Kind regards\nAnn, Lumen & Oak",
    hours: { time_zone: store.id === 2 ? "Europe/Berlin" : "Europe/London", week, holidays: ["2026-12-25"] },
    modes: { default: "draft", by_intent: { order_status: "auto", refund_request: "off" } },
    promise_minutes: 240,
    connection:
      store.channel === "email"
        ? {
            kind: "mail",
            imap: { host: "imap.lumen-oak.example", port: 993, encryption: "tls" },
            smtp: { host: "smtp.lumen-oak.example", port: 587, encryption: "starttls" },
            user: store.address,
            folders: ["INBOX"],
            sent_folder: "Sent",
            server_keeps_sent: false,
            extra_root_pem: null,
          }
        : { kind: "demo" },
    state: store.id === 6 ? "broken" : "active",
    state_reason: store.id === 6 ? "The server refused the password." : "",
    last_read_at: now - store.id * 40_000,
  }));
}

function articles(now: number): ArticleRow[] {
  return ARTICLES.map(([key, category, title, body], index) => ({
    article: {
      id: index + 1,
      key,
      category: category as Article["category"],
      title,
      body,
      language: title.startsWith("Zoll") ? "de" : "en",
      country: key.includes("canada") ? "CA" : null,
      inbox_ids: key === "gift-wrap" ? [1, 3] : [],
      valid_from: null,
      valid_to: key === "gift-wrap" ? now - 3 * DAY : null,
      review_at: key === "gift-wrap" ? now - 3 * DAY : null,
      source: "articles.csv",
      state: index === 8 ? "draft" : "approved",
      version: 1 + (index % 3),
      updated_at: now - index * 2.3 * DAY,
    },
    cited: (index * 37) % 61,
    out_of_date: key === "gift-wrap",
    needs_review: key === "gift-wrap",
  }));
}

const CANNED: CannedRow[] = [
  { id: 1, shortcode: "thanks", language: "en", text: "Dear {{contact.name}},\n\nthank you for your patience." },
  { id: 2, shortcode: "label", language: "en", text: "Please find the return label attached. Your order: {{order.number}}." },
  { id: 3, shortcode: "tracking", language: "en", text: "You can follow the parcel with this number: {{tracking.number}}." },
];

/** What the mock holds. */
export class Core {
  readonly shop;
  readonly changed = new Map<number, ThreadItem[]>();
  readonly handoffs = new Map<number, Handoff | null>();
  readonly drafts = new Map<number, ComposerDraft>();
  readonly versions = new Map<number, number>();
  readonly linked = new Map<number, string | null>();
  /** Corrected feelings: what the bot said, what a person says. */
  readonly corrected = new Map<number, [EmotionLevel, EmotionLevel]>();
  readonly listeners = new Set<(event: AppEvent) => void>();
  readonly members: Member[] = [
    { id: 1, name: "Ann Keller", role: "owner" },
    { id: 2, name: "Li Wei", role: "agent" },
  ];
  inboxes: InboxCard[];
  articles: ArticleRow[];
  canned = [...CANNED];
  work: WorkOrder[] = [];
  proposals: Proposal[];
  gaps: Gap[];
  cases: RegressionCase[];
  actions: ActionRow[];
  actionSettings: ActionSettings = ACTION_SETTINGS;
  automation: AutomationRule[];
  platformCases: PlatformCase[];
  terms: CaseTerm[] = caseTerms();
  duty: DutyView;
  courtesy: CourtesyView = courtesyView();
  tracking: TrackingState = trackingState();
  model: FullModelState = modelState();
  /** What the model of the preview says next. */
  says: Assisted = { text: "Shorter words.", rejected: null };
  settings: FullSettings;
  firstRun: boolean;
  nextId = 1_000_000;

  constructor(
    readonly options: MockOptions,
    readonly now: () => number,
  ) {
    this.shop = makeShop(now(), options.empty ? 0 : (options.conversations ?? CONVERSATIONS));
    if (options.empty) {
      this.shop.contacts.length = 0;
      this.shop.orders.length = 0;
    }
    this.inboxes = options.empty || options.firstRun ? [] : cards(now());
    this.articles = options.empty ? [] : articles(now());
    const first = this.shop.seeds[0];
    const name = this.shop.contacts.find((contact) => contact.id === first?.contact_id)?.name ?? "";
    this.actions = first ? actions(now(), first.id, name) : [];
    this.automation = first ? automationRules() : [];
    this.duty = dutyView(first !== undefined);
    const named = this.shop.seeds.flatMap((seed) => this.shop.orders.filter((order) => order.number === seed.order));
    this.platformCases = first ? platformCases(now(), [...new Set(named)]) : [];
    this.proposals = first ? proposals(now(), first.id) : [];
    this.gaps = first
      ? gaps(
          now(),
          this.shop.seeds.slice(0, 3).map((seed) => seed.id),
        )
      : [];
    this.cases = first ? cases(now()) : [];
    this.firstRun = options.firstRun ?? false;
    this.settings = {
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
      ...options.settings,
    };
  }

  emit(event: AppEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  seed(id: number): Seed {
    const seed = this.shop.seeds.find((row) => row.id === id);
    if (!seed) throw failure("not_found", "There is no such conversation.");
    return seed;
  }

  items(id: number): ThreadItem[] {
    let items = this.changed.get(id);
    if (!items) this.changed.set(id, (items = makeItems(this.seed(id))));
    return items;
  }

  workOf(id: number): WorkOrder[] {
    const own = this.work.filter((work) => work.conversation_id === id).map((work) => ({ ...work }));
    return [...own.filter((work) => work.state === "open"), ...own.filter((work) => work.state !== "open")];
  }

  run(): RegressionRun {
    const red = this.cases.filter((one) => one.passed === false).flatMap((one) => one.intent ?? []);
    return { cases: this.cases.length, passed: this.cases.filter((one) => one.passed).length, blocked: red };
  }

  endAction(id: number, state: ActionState, why: string): ActionRow {
    const row = this.actions.find(({ action }) => action.id === id);
    if (!row) throw failure("not_found", "There is no such action.");
    const changed = { ...row, action: { ...row.action, state, why, changed_at: this.now() } };
    this.actions = this.actions.map((other) => (other === row ? changed : other));
    this.emit({ event: "orders_changed" });
    if (row.action.conversation_id !== null) this.touch(row.action.conversation_id);
    return changed;
  }

  handoff(id: number): Handoff | null {
    if (!this.handoffs.has(id)) this.handoffs.set(id, makeHandoff(this.seed(id)));
    return this.handoffs.get(id) ?? null;
  }

  messageItem(messageId: number): { seed: Seed; item: Extract<ThreadItem, { kind: "message" }> } {
    const known = [...this.changed].find(([, items]) => items.some((item) => item.kind === "message" && item.message.id === messageId));
    const id = known?.[0] ?? Math.floor(messageId / 10);
    const item = this.items(id).find((entry) => entry.kind === "message" && entry.message.id === messageId);
    if (item?.kind !== "message") throw failure("not_found", "There is no such message.");
    return { seed: this.seed(id), item };
  }

  touch(id: number): void {
    this.versions.set(id, (this.versions.get(id) ?? 1) + 1);
    this.emit({ event: "conversation_changed", id });
    this.emit({ event: "counts_changed", badge: this.badge() });
  }

  badge(): number {
    return this.shop.seeds.filter((seed) => seed.waiting).length;
  }

  push(id: number, changes: Parameters<typeof message>[2], undo = 0): number {
    const messageId = this.nextId++;
    const made = message(messageId, this.seed(id), { at: this.now(), ...changes });
    this.items(id).push({ kind: "message", message: made, has_turn: false, sources: [], undo_until: undo || null });
    return messageId;
  }

  answered(id: number): void {
    const seed = this.seed(id);
    seed.waiting = null;
    seed.owner = "human";
    seed.has_bot_draft = false;
    if (seed.status === "pending") seed.status = "open";
    this.handoffs.set(id, null);
  }
}

type Calls<K extends keyof Backend> = Pick<Backend, K>;

function conversations(
  core: Core,
): Calls<
  | "listViews"
  | "listConversations"
  | "getThread"
  | "getTurn"
  | "markRead"
  | "setStatus"
  | "assign"
  | "handBack"
  | "saveDraft"
  | "addNote"
  | "setLabels"
  | "linkOrder"
  | "listActions"
  | "approveAction"
  | "rejectAction"
  | "settleAction"
  | "getActionSettings"
  | "saveActionSettings"
  | "getAutomationRules"
  | "saveAutomationRules"
  | "dryRun"
  | "addWorkOrder"
  | "setWorkOrderState"
  | "announcePresence"
  | "readAttachment"
> {
  const { shop } = core;
  return {
    listViews: async () => [
      ...VIEWS.map((view) => ({ key: view.key, name: "", channel: null, state: null, count: shop.seeds.filter(view.has).length })),
      ...core.inboxes.map((inbox) => ({
        key: `inbox:${inbox.id}`,
        name: inbox.name,
        channel: inbox.channel,
        state: inbox.state,
        count: shop.seeds.filter((s) => s.inbox_id === inbox.id && s.status !== "resolved").length,
      })),
    ],
    listConversations: async (query) => {
      if (core.options.failing) throw failure("internal", "The database did not answer.", "Try again.");
      const found = sorted(
        shop.seeds.filter((seed) => matches(seed, query)),
        query.view ?? "all",
      );
      const offset = query.offset ?? 0;
      return {
        total: found.length,
        rows: found.slice(offset, offset + (query.limit ?? 100)).map(rowOf),
        warnings: warningsOf(query.search ?? ""),
      };
    },
    getThread: async (id) => {
      const seed = core.seed(id);
      const contact = shop.contacts.find((other) => other.id === seed.contact_id);
      if (!contact) throw failure("not_found", "There is no such customer.");
      const orders = shop.orders.filter((order) => order.contact_id === contact.id);
      const number = core.linked.has(id) ? core.linked.get(id) : seed.order;
      const order = shop.orders.find((other) => other.number === number) ?? null;
      return {
        conversation: {
          id,
          inbox_id: seed.inbox_id,
          contact_id: contact.id,
          subject: seed.subject,
          status: seed.status,
          owner: seed.owner,
          assignee: core.members.find((m) => m.name === seed.assignee)?.id ?? null,
          priority: seed.high_risk ? 30 : 0,
          language: seed.language,
          emotion: seed.emotion,
          intent: seed.intent,
          episode: 1,
          last_message_at: seed.last_at,
          waiting_since: null,
          snoozed_until: null,
          unread: seed.unread,
          version: core.versions.get(id) ?? 1,
        },
        row: rowOf(seed),
        contact,
        identities: [{ kind: "email", value: core.shop.addresses.get(contact.id) ?? "" }],
        items: [...core.items(id)],
        handoff: core.handoff(id),
        draft: core.drafts.get(id) ?? null,
        order,
        other_orders: orders.filter((other) => other.number !== number).map((other) => orderRow(core, other)),
        actions: core.actions.filter(({ action }) => action.conversation_id === id),
        work_orders: core.workOf(id),
        cases: core.platformCases.map((one) => caseRow(core, one)).filter((row) => row.conversation_id === id),
        past: shop.seeds
          .filter((other) => other.contact_id === contact.id && other.id !== id)
          .slice(0, 5)
          .map(rowOf),
        utc_offset_minutes: OFFSETS[contact.country ?? ""] ?? 60,
        present: seed.id % 97 === 0 ? ["Li Wei"] : [],
      };
    },
    getTurn: async (messageId) => {
      const { seed, item } = core.messageItem(messageId);
      const text = item.message.author === "contact" ? item.message.text : seed.text;
      return {
        message_id: messageId,
        at: item.message.at,
        turn: makeTurn(text, seed, ANSWERS[seed.topic]?.replace("{n}", seed.order ?? "") ?? ""),
      };
    },
    markRead: async (id) => {
      core.seed(id).unread = false;
      core.emit({ event: "conversation_changed", id });
      return null;
    },
    setStatus: async (id, status) => {
      const seed = core.seed(id);
      seed.status = status;
      if (status === "resolved") {
        core.answered(id);
        seed.status = status;
        core.items(id).push({ kind: "activity", activity: "resolved", by: "Ann Keller", detail: "", at: core.now() });
      }
      core.touch(id);
      return null;
    },
    assign: async (id, memberId) => {
      core.seed(id).assignee = core.members.find((member) => member.id === memberId)?.name ?? null;
      core.touch(id);
      return null;
    },
    handBack: async (id) => {
      core.answered(id);
      Object.assign(core.seed(id), { owner: "bot", status: "pending" });
      core.items(id).push({ kind: "activity", activity: "handed_back", by: "Ann Keller", detail: "", at: core.now() });
      core.touch(id);
      return null;
    },
    saveDraft: async (id, draft) => {
      core.drafts.set(id, structuredClone(draft));
      return null;
    },
    addNote: async (id, text) => {
      core
        .items(id)
        .push({ kind: "note", member: "Ann Keller", note: { id: core.nextId++, conversation_id: id, member_id: 1, text, at: core.now() } });
      core.touch(id);
      return null;
    },
    setLabels: async (id, names) => {
      core.seed(id).labels = names.map(
        (name) => LABELS.find((label) => label.name === name) ?? { id: core.nextId++, name, colour: "grey" },
      );
      core.touch(id);
      return null;
    },
    linkOrder: async (id, number) => {
      if (number !== null && !shop.orders.some((order) => order.number === number))
        throw failure("not_found", "There is no order with this number.");
      core.linked.set(id, number);
      core.touch(id);
      return null;
    },
    listActions: async () => {
      if (core.options.failing) throw failure("internal", "The database did not answer.", "Try again.");
      return core.actions.filter(({ action }) => action.state === "awaiting_approval" || action.state === "running");
    },
    approveAction: async (id) => core.endAction(id, "done", ""),
    rejectAction: async (id, why) => core.endAction(id, "rejected", why),
    settleAction: async (id, done) => core.endAction(id, done ? "done" : "failed", ""),
    getActionSettings: async () => structuredClone(core.actionSettings),
    getAutomationRules: async () => structuredClone(core.automation),
    saveAutomationRules: async (rules) => {
      const names = rules.map((rule) => rule.name.trim());
      if (names.includes("")) throw failure("precondition", "A rule needs a name", "Change it, then save again.");
      core.automation = structuredClone(rules);
      core.emit({ event: "settings_changed" });
      return null;
    },
    dryRun: async () =>
      dryRun(
        core.now(),
        core.shop.seeds.slice(0, 3).map((seed) => ({
          id: seed.id,
          contact: core.shop.contacts.find((contact) => contact.id === seed.contact_id)?.name ?? "",
          subject: seed.subject,
        })),
      ),
    saveActionSettings: async (settings) => {
      core.actionSettings = structuredClone(settings);
      core.emit({ event: "settings_changed" });
      return null;
    },
    addWorkOrder: async (id, work) => {
      const number = work.order_number;
      if (number !== null && !shop.orders.some((order) => order.number === number))
        throw failure("precondition", `There is no order ${number}`, "Check the number, or leave it out.");
      const made = core.nextId++;
      const at = core.now();
      core.work.unshift({ ...work, id: made, conversation_id: id, state: "open", at, changed_at: at, version: 1 });
      core.touch(id);
      return made;
    },
    setWorkOrderState: async (id, version, state) => {
      const work = core.work.find((other) => other.id === id);
      if (!work) throw failure("not_found", "There is no such work order.");
      if (work.version !== version) throw failure("conflict", "It has changed in the meantime.");
      Object.assign(work, { state, version: version + 1, changed_at: core.now() });
      core.touch(work.conversation_id);
      return null;
    },
    announcePresence: async () => null,
    readAttachment: async (id) => `/tmp/mercator/${id}.jpg`,
  };
}

function sending(
  core: Core,
): Calls<
  | "sendReply"
  | "draftReply"
  | "undoSend"
  | "resolveDelivery"
  | "approveDraft"
  | "rejectDraft"
  | "correctEmotion"
  | "setContactLanguage"
  | "listCanned"
  | "saveCanned"
  | "deleteCanned"
> {
  const until = () => core.now() + core.settings.undo_seconds * 1000;
  return {
    sendReply: async (id, input) => {
      if (!input.text?.trim()) throw failure("bad_input", "An empty answer cannot be sent.");
      if (!input.anyway && (input.seen_version ?? 0) < (core.versions.get(id) ?? 1))
        throw failure("conflict", "The conversation has changed.");
      const undo_until = until();
      const message_id = core.push(id, { author: "agent", member_id: 1, text: input.text, delivery: "queued" }, undo_until);
      core.answered(id);
      if (input.resolve) core.seed(id).status = "resolved";
      Object.assign(core.seed(id), { preview: input.text, last_is_ours: true, last_at: core.now() });
      core.drafts.delete(id);
      core.touch(id);
      setTimeout(() => {
        const sent = core.items(id).find((item) => item.kind === "message" && item.message.id === message_id);
        if (sent?.kind === "message" && sent.message.delivery === "queued") {
          sent.message = { ...sent.message, delivery: "sent" };
          sent.undo_until = null;
          core.touch(id);
        }
      }, undo_until - core.now());
      return { message_id, undo_until };
    },
    draftReply: async (id) => ({
      text: core.handoff(id)?.card.suggested_reply ?? "Within Europe 4 to 7 working days.",
      sources: [],
      by_model: false,
      rejected: null,
    }),
    undoSend: async (messageId) => {
      const { seed, item } = core.messageItem(messageId);
      if (item.message.delivery !== "queued") throw failure("precondition", "The message has left already.");
      core.changed.set(
        seed.id,
        core.items(seed.id).filter((entry) => entry !== item),
      );
      core.touch(seed.id);
      return item.message.text;
    },
    resolveDelivery: async (messageId, choice) => {
      const { seed, item } = core.messageItem(messageId);
      const delivery = choice === "discard" ? "cancelled" : "sent";
      item.message = { ...item.message, delivery, delivery_error: "" };
      seed.delivery_problem = false;
      core.touch(seed.id);
      return null;
    },
    approveDraft: async (messageId, text) => {
      const { seed, item } = core.messageItem(messageId);
      const undo_until = until();
      item.message = { ...item.message, delivery: "queued", text: text ?? item.message.text, at: core.now() };
      item.undo_until = undo_until;
      seed.has_bot_draft = false;
      core.touch(seed.id);
      return { message_id: messageId, undo_until };
    },
    rejectDraft: async (messageId) => {
      const { seed, item } = core.messageItem(messageId);
      core.changed.set(
        seed.id,
        core.items(seed.id).filter((entry) => entry !== item),
      );
      seed.has_bot_draft = false;
      core.touch(seed.id);
      return null;
    },
    correctEmotion: async (messageId, level) => {
      const { seed, item } = core.messageItem(messageId);
      core.corrected.set(messageId, [core.corrected.get(messageId)?.[0] ?? item.message.emotion?.level ?? "calm", level]);
      item.message = { ...item.message, emotion: { ...feel(level), cues: item.message.emotion?.cues ?? [] } };
      seed.emotion = level;
      core.touch(seed.id);
      return null;
    },
    setContactLanguage: async (contactId, language) => {
      const contact = core.shop.contacts.find((other) => other.id === contactId);
      if (contact) Object.assign(contact, { language: language ?? contact.language, language_fixed: language !== null });
      return null;
    },
    listCanned: async () => core.canned,
    saveCanned: async (row) => {
      core.canned = [...core.canned.filter((other) => other.id !== row.id), { ...row, id: row.id || core.nextId++ }];
      return null;
    },
    deleteCanned: async (id) => {
      core.canned = core.canned.filter((row) => row.id !== id);
      return null;
    },
  };
}

const orderRow = (core: Core, order: Core["shop"]["orders"][number]) => ({
  number: order.number,
  contact_id: order.contact_id,
  contact: core.shop.contacts.find((contact) => contact.id === order.contact_id)?.name ?? "",
  status: order.status,
  ordered_at: order.ordered_at,
  total: order.total,
  country: order.country,
  stage: order.shipments[0]?.stage ?? null,
  stuck: order.status === "shipped" && core.now() - (order.shipments[0]?.events.at(-1)?.at ?? 0) > core.settings.stuck_after_hours * HOUR,
});

function trade(
  core: Core,
): Calls<
  | "listContacts"
  | "getContact"
  | "exportContact"
  | "eraseContact"
  | "listOrders"
  | "getOrder"
  | "listArticles"
  | "listProposals"
  | "approveProposal"
  | "rejectProposal"
  | "listGaps"
  | "markWrong"
  | "listCases"
  | "runCases"
  | "deleteCase"
  | "saveArticle"
  | "articleHistory"
  | "deleteArticle"
  | "importFile"
  | "testBench"
> {
  const { shop } = core;
  const contactRow = (contact: (typeof shop.contacts)[number]) => {
    const orders = shop.orders.filter((order) => order.contact_id === contact.id);
    const total = orders[0]
      ? { minor: orders.reduce((sum, order) => sum + order.total.minor, 0), currency: orders[0].total.currency }
      : null;
    const segment = orders.length === 0 ? null : (["new", "promising", "loyal", "champions", "at_risk"] as const)[contact.id % 5];
    return {
      id: contact.id,
      name: contact.name,
      address: shop.addresses.get(contact.id) ?? "",
      country: contact.country,
      language: contact.language,
      orders: orders.length,
      total,
      last_order_at: orders[0]?.ordered_at ?? null,
      segment: segment ?? null,
      conversations: shop.seeds.filter((seed) => seed.contact_id === contact.id).length,
    };
  };
  const has = (text: string, part: string | undefined) => text.toLowerCase().includes((part ?? "").toLowerCase());
  return {
    listContacts: async (query) => {
      const rows = shop.contacts
        .map(contactRow)
        .filter(
          (row) => (has(row.name, query.search) || has(row.address, query.search)) && (!query.segment || row.segment === query.segment),
        );
      return { total: rows.length, rows: rows.slice(query.offset ?? 0, (query.offset ?? 0) + (query.limit ?? 100)) };
    },
    getContact: async (id) => {
      const contact = shop.contacts.find((other) => other.id === id);
      if (!contact) throw failure("not_found", "There is no such customer.");
      return {
        row: contactRow(contact),
        contact,
        identities: [{ kind: "email", value: shop.addresses.get(id) ?? "" }],
        account: { address: ADDRESS, payment_methods: [{ id: "card_1", kind: "credit_card", label: "visa 1234", balance: null }] },
        orders: shop.orders.filter((order) => order.contact_id === id),
        conversations: shop.seeds.filter((seed) => seed.contact_id === id).map(rowOf),
      };
    },
    exportContact: async () => null,
    eraseContact: async (id) => {
      shop.contacts.splice(
        shop.contacts.findIndex((contact) => contact.id === id),
        1,
      );
      return null;
    },
    listOrders: async (search, offset, limit) => {
      const rows = shop.orders.map((order) => orderRow(core, order)).filter((row) => has(row.number, search) || has(row.contact, search));
      return { total: rows.length, rows: rows.slice(offset, offset + limit) };
    },
    getOrder: async (number) => {
      const order = shop.orders.find((other) => other.number === number);
      if (!order) throw failure("not_found", "There is no order with this number.");
      return order;
    },
    listProposals: async () => core.proposals,
    approveProposal: async (id, input) => {
      if (/\[(name|order|tracking|mail|phone|address|number)\]/.test(input.body))
        throw failure("precondition", "The article still has marks where something personal stood");
      core.proposals = core.proposals.filter((proposal) => proposal.id !== id);
      const article = {
        ...input,
        inbox_ids: input.inbox_ids ?? [],
        review_at: null,
        id: core.nextId++,
        source: "Ann Keller",
        version: 1,
        updated_at: core.now(),
      };
      const row: ArticleRow = { article, cited: 0, out_of_date: false, needs_review: false };
      core.articles = [row, ...core.articles];
      core.emit({ event: "knowledge_changed" });
      return row;
    },
    rejectProposal: async (id) => {
      core.proposals = core.proposals.filter((proposal) => proposal.id !== id);
      return null;
    },
    listGaps: async () => core.gaps,
    markWrong: async (messageId, right) => {
      const case_ = { ...(cases(core.now())[0] as RegressionCase), id: core.nextId++, message_id: messageId, passed: true };
      core.cases = [{ ...case_, expect: right.kind === "person" ? "person" : "article" }, ...core.cases];
      return core.run();
    },
    listCases: async () => core.cases,
    runCases: async () => core.run(),
    deleteCase: async (id) => {
      core.cases = core.cases.filter((one) => one.id !== id);
      return core.run();
    },
    listArticles: async (query) =>
      core.articles.filter(
        ({ article }) =>
          (has(article.title, query.search) || has(article.body, query.search)) &&
          (!query.category || article.category === query.category) &&
          (!query.language || article.language === query.language) &&
          (!query.state || article.state === query.state),
      ),
    articleHistory: async (id) => {
      const article = core.articles.find((row) => row.article.id === id)?.article;
      if (!article) throw failure("not_found", "There is no such article.");
      const before = { version: article.version - 1, title: article.title, body: `Before. ${article.body}`, at: article.updated_at - DAY };
      const body = [
        { kind: "removed" as const, text: "Before. " },
        { kind: "same" as const, text: article.body },
      ];
      return [{ before, changed_at: article.updated_at, title: [{ kind: "same", text: article.title }], body }];
    },
    saveArticle: async (input) => {
      if (!input.title.trim()) throw failure("bad_input", "An article needs a title.");
      const before = core.articles.find((row) => row.article.id === input.id);
      const article: Article = {
        ...input,
        review_at: input.review_at ?? null,
        inbox_ids: input.inbox_ids ?? [],
        id: input.id ?? core.nextId++,
        key: input.key || input.title.toLowerCase(),
        source: before?.article.source ?? "Ann Keller",
        version: (before?.article.version ?? 0) + 1,
        updated_at: core.now(),
      };
      const past = (moment: number | null | undefined) => typeof moment === "number" && moment < core.now();
      const row = {
        article,
        cited: before?.cited ?? 0,
        out_of_date: past(article.valid_to),
        needs_review: past(article.review_at),
      };
      core.articles = [row, ...core.articles.filter((other) => other.article.id !== article.id)];
      core.emit({ event: "knowledge_changed" });
      return row;
    },
    deleteArticle: async (id) => {
      core.articles = core.articles.filter((row) => row.article.id !== id);
      core.emit({ event: "knowledge_changed" });
      return null;
    },
    importFile: async () => ({
      imported: 41,
      unchanged: 7,
      rejected: 2,
      rows: [
        { line: 12, reason: "The category “misc” is not known." },
        { line: 30, reason: "The title is empty." },
      ],
      warnings: ["The column “colour” is not used."],
    }),
    testBench: async (text) => {
      const angry = /!!|A-to-z|lawyer|Anwalt|bank/i.test(text);
      const waiting = angry ? { reason: "emotion_risk" as const, since: core.now(), promised_at: core.now() + HOUR, overdue: false } : null;
      return makeTurn(
        text,
        {
          topic: angry ? "complaint" : "order_status",
          language: "en",
          emotion: angry ? "angry" : "calm",
          waiting,
          high_risk: angry,
          order: "LO-10400",
        },
        ANSWERS.order_status?.replace("{n}", "LO-10400") ?? "",
      );
    },
  };
}

function setup(
  core: Core,
): Calls<
  | "appState"
  | "startDemo"
  | "saveSettings"
  | "listMembers"
  | "listLabels"
  | "getDashboard"
  | "drill"
  | "exportDashboard"
  | "dashboardChoices"
  | "listInboxes"
  | "guessMailbox"
  | "testMailbox"
  | "connectMailbox"
  | "connectFolder"
  | "updateInbox"
  | "pauseInbox"
  | "removeInbox"
  | "backup"
  | "restore"
  | "verify"
  | "doctor"
  | "choosePath"
> {
  const find = (id: number) => {
    const card = core.inboxes.find((inbox) => inbox.id === id);
    if (!card) throw failure("not_found", "There is no such mailbox.");
    return card;
  };
  const added = (card: InboxCard) => {
    core.inboxes = [...core.inboxes, card];
    core.firstRun = false;
    core.emit({ event: "inbox_changed", id: card.id });
    return card;
  };
  const blank = (): InboxCard => ({
    ...(cards(core.now())[0] as InboxCard),
    id: core.nextId++,
    state: "active",
    state_reason: "",
    signature: "",
  });
  const change = (id: number, changes: Partial<InboxCard>) => {
    core.inboxes = core.inboxes.map((inbox) => (inbox.id === id ? { ...inbox, ...changes } : inbox));
    core.emit({ event: "inbox_changed", id });
    return find(id);
  };
  const refuse = (form: MailForm) => {
    if (form.password === "wrong") throw failure("auth", "The server refused the name or the password.", "Check the password.");
    if (form.imap_host.includes("nowhere")) throw failure("unreachable", "The server cannot be reached.", "Check the host and the port.");
  };
  const lines = [
    { name: "sqlite_version", result: "ok", detail: "3.51.3" },
    { name: "file_system", result: "ok", detail: "local disk, WAL, FULL" },
    { name: "keychain", result: "warning", detail: "No keychain; a passphrase is asked at start." },
  ];
  return {
    appState: async () => ({
      version: "0.1.0",
      first_run: core.firstRun,
      demo: !core.firstRun,
      workspace: "~/.local/share/mercator",
      member: core.members[0] as Member,
      settings: core.settings,
      badge: core.badge(),
      notices: core.inboxes
        .filter((inbox) => inbox.state === "broken")
        .map((inbox) => ({
          code: "inbox_broken",
          about: inbox.name,
          message: inbox.state_reason,
          hint: "Check the password in Settings.",
        })),
    }),
    startDemo: async () => {
      core.firstRun = false;
      core.inboxes = cards(core.now());
      core.emit({ event: "settings_changed" });
      return null;
    },
    saveSettings: async (settings) => {
      core.settings = { ...core.settings, ...(settings as FullSettings) };
      core.emit({ event: "settings_changed" });
      return null;
    },
    listMembers: async () => core.members,
    listLabels: async () => LABELS,
    getDashboard: async (key) => {
      if (core.options.failing) throw failure("internal", "The numbers could not be read.", "Try again.");
      const made = makeDashboard(key);
      return core.options.empty ? { ...made, figures: [], charts: [], tables: [] } : made;
    },
    drill: async (_filter, key) =>
      core.shop.seeds
        .filter((seed) => key.of === "ratings" || seed.id % 9 === 0)
        .slice(0, 96)
        .map((seed) => seed.id),
    exportDashboard: async (key, _filter, format, folder) => ({
      files: [`${folder}/${key}.${format}`],
      warning: format === "png" && core.options.noFonts ? failure("missing_letters", "No font has the letters 中文") : null,
    }),
    dashboardChoices: async () => ({
      inboxes: core.inboxes.map(({ id, name }): [number, string] => [id, name]),
      channels: ["email", "amazon", "shopify", "whatsapp", "instagram", "ebay"],
      languages: ["en", "de", "fr", "ja", "zh"],
      countries: ["US", "GB", "DE", "JP"],
      intents: ["order_status", "refund_status", "damaged_item"],
    }),
    listInboxes: async () => core.inboxes,
    guessMailbox: async (address) => {
      const domain = address.split("@")[1] ?? "";
      const form: MailForm = {
        name: domain.split(".")[0] ?? "",
        address,
        user: address,
        password: "",
        imap_host: `imap.${domain}`,
        imap_port: 993,
        imap_encryption: "tls",
        smtp_host: `smtp.${domain}`,
        smtp_port: 587,
        smtp_encryption: "starttls",
        extra_root_pem: null,
        language: "en",
      };
      return { form, known: /gmail|outlook|gmx/.test(domain), note: domain.includes("gmail") ? "app_password" : "" };
    },
    testMailbox: async (form) => {
      refuse(form);
      return { folders: ["INBOX", "Orders"], sent_folder: "Sent", capabilities: ["IDLE", "UIDPLUS", "CONDSTORE"] };
    },
    connectMailbox: async (form) => {
      refuse(form);
      return added({ ...blank(), name: form.name, address: form.address });
    },
    connectFolder: async (name, path) => added({ ...blank(), channel: "file", name, address: path, connection: { kind: "folder", path } }),
    updateInbox: async (id, patch) => change(id, patch),
    pauseInbox: async (id, paused) => {
      change(id, { state: paused ? "paused" : "active", state_reason: "" });
      return null;
    },
    removeInbox: async (id) => {
      core.inboxes = core.inboxes.filter((inbox) => inbox.id !== id);
      core.emit({ event: "inbox_changed", id });
      return null;
    },
    backup: async (path) => path,
    restore: async (path) => `${path}.before`,
    verify: async () => lines.slice(0, 2),
    doctor: async () => lines,
    choosePath: async (_kind, name) => `/home/ann/${name}`,
  };
}

/** A mock with its own shop, and a way to reach into it. */
export function makeMock(options: MockOptions = {}): Source & { core: Core } {
  const now = options.now === undefined ? () => Date.now() : () => options.now as number;
  const core = new Core(options, now);
  return {
    core,
    calls: {
      ...conversations(core),
      ...sending(core),
      ...trade(core),
      ...setup(core),
      ...understanding(core, failure),
      ...assisting(core, failure),
      ...caseCalls(core, failure),
      ...courtesyCalls(core, failure),
      ...dutyCalls(core, failure),
      ...replayCalls(core, failure),
    },
    subscribe: (handler) => {
      core.listeners.add(handler);
      return () => core.listeners.delete(handler);
    },
  };
}

/** The mock of the browser preview; the address may ask for an empty or a fresh one (`?mock=first`). */
export function mockSource(): Source {
  const asked = new URLSearchParams(location.search);
  const settings: Partial<FullSettings> = {};
  if (asked.get("language")) settings.ui_language = asked.get("language") ?? "en";
  if (asked.get("theme")) settings.theme = asked.get("theme") ?? "system";
  const mode = asked.get("mock");
  const empty = mode === "empty" || mode === "first";
  return makeMock({ firstRun: mode === "first", empty, failing: mode === "failing", noModel: mode === "nomodel", settings });
}

export { drillAll };
