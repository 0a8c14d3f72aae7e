// Working in the inbox: what a person does, and what the core then holds.
import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { drillAll } from "$lib/backend/mock/dashboards";
import { openWindow } from "./window";

type Mock = Awaited<ReturnType<typeof openWindow>>;
const text = () => screen.getByTestId<HTMLTextAreaElement>("composer-text");
const openId = () => Number(new URLSearchParams(location.hash.split("?")[1]).get("c"));
const press = (code: string, more: KeyboardEventInit = {}) => fireEvent.keyDown(document.body, { code, ...more });

async function inbox(hash = "#/inbox", options = {}): Promise<Mock> {
  const mock = await openWindow(hash, options);
  await screen.findByTestId("composer-text");
  return mock;
}
const textsOf = (mock: Mock, id = openId()) =>
  mock.core.items(id).map((item) => (item.kind === "message" ? item.message.text : item.kind === "note" ? item.note.text : ""));

describe("the inbox", () => {
  it("sends an answer at once and takes it back into the composer", async () => {
    const mock = await inbox();
    await fireEvent.input(text(), { target: { value: "It leaves today." } });
    await fireEvent.click(screen.getByTestId("composer-send"));
    expect(text().value).toBe("");
    await waitFor(() => expect(textsOf(mock)).toContain("It leaves today."));
    expect(mock.core.seed(openId()).owner).toBe("human");
    await fireEvent.click(await screen.findByTestId("toast-action"));
    await waitFor(() => expect(text().value).toBe("It leaves today."));
    expect(textsOf(mock)).not.toContain("It leaves today.");
  });

  it("sends by Ctrl+Enter, and by Enter only when that is set", async () => {
    const mock = await inbox();
    await fireEvent.input(text(), { target: { value: "One" } });
    await fireEvent.keyDown(text(), { code: "Enter" });
    expect(text().value).toBe("One");
    await fireEvent.keyDown(text(), { code: "Enter", ctrlKey: true });
    await waitFor(() => expect(textsOf(mock)).toContain("One"));
  });

  it("keeps an Enter that ends the choice of a Chinese word", async () => {
    const mock = await inbox("#/inbox", { settings: { enter_sends: true } });
    await fireEvent.input(text(), { target: { value: "你好" } });
    await fireEvent.keyDown(text(), { code: "Enter", isComposing: true });
    expect(textsOf(mock)).not.toContain("你好");
    await fireEvent.keyDown(text(), { code: "Enter" });
    await waitFor(() => expect(textsOf(mock)).toContain("你好"));
  });

  it("b10 adds a private note that is no message", async () => {
    const mock = await inbox();
    await fireEvent.click(screen.getByTestId("composer-note-tab"));
    await fireEvent.input(text(), { target: { value: "Refund is booked" } });
    await fireEvent.click(screen.getByTestId("composer-send"));
    const note = await screen.findByText("Refund is booked");
    expect(note.closest('[data-testid="note"]')).toBeTruthy();
    await waitFor(() => expect(mock.core.items(openId()).at(-1)?.kind).toBe("note"));
  });

  it("b9 keeps what is typed for each conversation", async () => {
    const mock = await inbox();
    const first = openId();
    await fireEvent.input(text(), { target: { value: "Half an answer" } });
    await press("KeyJ");
    await waitFor(() => expect(openId()).not.toBe(first));
    await waitFor(() => expect(text().value).toBe(""));
    expect(mock.core.drafts.get(first)?.reply).toBe("Half an answer");
    await press("KeyK");
    await waitFor(() => expect(text().value).toBe("Half an answer"));
  });

  it("asks first when the conversation has changed", async () => {
    const mock = await inbox();
    await fireEvent.input(text(), { target: { value: "Late answer" } });
    mock.core.versions.set(openId(), 7);
    await fireEvent.click(screen.getByTestId("composer-send"));
    const dialog = await screen.findByRole("dialog");
    expect(textsOf(mock)).not.toContain("Late answer");
    expect(text().value).toBe("Late answer");
    await fireEvent.click(within(dialog).getByText("Send anyway"));
    await waitFor(() => expect(textsOf(mock)).toContain("Late answer"));
  });

  it("resolves by E and goes to the next one", async () => {
    const mock = await inbox();
    const first = openId();
    await press("KeyE");
    await waitFor(() => expect(mock.core.seed(first).status).toBe("resolved"));
    await waitFor(() => expect(openId()).not.toBe(first));
  });

  it("works by key code on any layout, and never while typing", async () => {
    const mock = await inbox();
    const first = openId();
    await fireEvent.keyDown(text(), { code: "KeyE", key: "у" });
    expect(mock.core.seed(first).status).not.toBe("resolved");
    await press("KeyE", { key: "у" });
    await waitFor(() => expect(mock.core.seed(first).status).toBe("resolved"));
  });

  it("inserts the suggestion of the handoff card", async () => {
    await inbox("#/waiting");
    await fireEvent.click(await screen.findByTestId("insert-suggestion"));
    await waitFor(() => expect(text().value).toMatch(/^Dear /));
  });

  it("approves and rejects drafts of the bot", async () => {
    const mock = await inbox("#/inbox?view=drafts");
    const rows = mock.core.shop.seeds.filter(
      (seed) => seed.has_bot_draft && mock.core.items(seed.id).some((item) => item.kind === "message" && item.message.delivery === "draft"),
    );
    const id = rows[0]?.id ?? 0;
    location.hash = `#/inbox?view=drafts&c=${id}`;
    await fireEvent.click(await screen.findByTestId("approve-draft"));
    await waitFor(() =>
      expect(mock.core.items(id).some((item) => item.kind === "message" && item.message.delivery === "queued")).toBe(true),
    );
    expect(mock.core.seed(id).has_bot_draft).toBe(false);
  });

  it("shows why the bot did what it did, stage by stage", async () => {
    await inbox();
    await fireEvent.click((await screen.findAllByTestId("why-button"))[0] as HTMLElement);
    const panel = await screen.findByTestId("why-panel");
    for (const stage of ["Cleaned text", "Language", "Intent", "Feeling and risk", "Found", "Decision", "Reply"])
      expect(panel.textContent).toContain(stage);
    expect(panel.textContent).toContain("µs");
  });

  it("c10 says reasons and cards in Chinese, without a code or an English sentence", async () => {
    await inbox("#/waiting", { settings: { ui_language: "zh" } });
    const card = await screen.findByTestId("handoff-card");
    expect(card.textContent).toMatch(/机器人已尝试.*检索知识库：My tracking does not move/s);
    expect(card.textContent).toMatch(/诉求：/);
    await fireEvent.click((await screen.findAllByTestId("why-button"))[0] as HTMLElement);
    const panel = await screen.findByTestId("why-panel");
    expect(panel.textContent).toMatch(/规则.*末尾的本人姓名不算内容/s);
    expect(panel.textContent).toContain("依据全部语言的例句，属于业务范围的可能性 97%");
    for (const shown of [card, panel]) expect(shown.textContent).not.toMatch(/\b[a-z]+(_[a-z]+)+\b|\{\d\}/);
  });

  it("c10 shows a rule that it does not know by words, and what an older version wrote as it stands", async () => {
    const { language } = await import("$lib/i18n/i18n.svelte");
    const { reasonText, ruleName } = await import("$lib/bot/reasons");
    language.use("en");
    expect(ruleName("rule_of_tomorrow")).toBe("A rule of another version");
    expect(reasonText({ kind: "order", text: "order 12 of the writer" })).toBe("order 12 of the writer");
    expect(reasonText({ kind: "rule", text: "customs_held" })).toBe("Held at customs");
  });

  it("finds by words and operators and says what was not understood", async () => {
    await inbox();
    await fireEvent.input(screen.getByTestId("search"), { target: { value: "lang:de colour:red" } });
    await waitFor(() => expect(location.hash).toContain("q="));
    expect(await screen.findByText(/colour:red/)).toBeTruthy();
    await waitFor(() => expect(screen.getAllByTestId("conversation-row").length).toBeGreaterThan(0));
    expect(screen.getAllByTitle("German").length).toBeGreaterThan(0);
  });

  it("e1 links another order and unlinks it", async () => {
    const mock = await inbox();
    const number = mock.core.shop.orders[5]?.number ?? "";
    await fireEvent.click(screen.getByTestId("link-order"));
    const dialog = await screen.findByRole("dialog");
    await fireEvent.input(within(dialog).getByRole("searchbox"), { target: { value: number } });
    await fireEvent.click(await within(dialog).findByText(number));
    await waitFor(() => expect(mock.core.linked.get(openId())).toBe(number));
  });

  it("g8 notes down a work order that is filled in already, ticks it off and opens it again", async () => {
    const mock = await inbox("#/waiting");
    await fireEvent.click(await screen.findByTestId("work-add"));
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByLabelText<HTMLTextAreaElement>("Details").value).toBe("When will the money or the parcel arrive?");
    await fireEvent.input(within(dialog).getByLabelText("Details"), { target: { value: "EUR 15 back" } });
    await fireEvent.change(within(dialog).getByLabelText("What"), { target: { value: "refund" } });
    await fireEvent.input(within(dialog).getByLabelText(/^Order/), { target: { value: "no such" } });
    await fireEvent.click(screen.getByTestId("work-save"));
    expect((await within(dialog).findByRole("alert")).textContent).toContain("There is no order no such");
    await fireEvent.input(within(dialog).getByLabelText(/^Order/), { target: { value: "" } });
    await fireEvent.click(screen.getByTestId("work-save"));
    const item = await screen.findByTestId("work-order");
    expect(item.textContent).toMatch(/Refund.*Open.*EUR 15 back/s);
    await fireEvent.click(screen.getByTestId("work-done"));
    await waitFor(() => expect(mock.core.work[0]).toMatchObject({ state: "done", version: 2 }));
    await fireEvent.click(await screen.findByTestId("work-reopen"));
    await waitFor(() => expect(mock.core.work[0]?.state).toBe("open"));
  });

  it("g8 says that a colleague was quicker, and shows the newer state", async () => {
    const mock = await inbox();
    await mock.calls.addWorkOrder(openId(), { kind: "reship", details: "A new lamp", order_number: null });
    await screen.findByTestId("work-order");
    Object.assign(mock.core.work[0] ?? {}, { state: "done", version: 2 });
    await fireEvent.click(screen.getByTestId("work-cancel"));
    expect(await screen.findByText(/changed in the meantime/)).toBeTruthy();
    await waitFor(() => expect(screen.getByTestId("work-order").textContent).toContain("Done"));
    expect(mock.core.work[0]).toMatchObject({ state: "done", version: 2 });
  });

  it("never shows a buyer's markup as markup", async () => {
    const mock = await inbox();
    mock.core.push(openId(), { author: "contact", text: "<img src=x onerror=alert(1)>" });
    mock.core.touch(openId());
    await screen.findByText("<img src=x onerror=alert(1)>");
    expect(document.querySelector("img")).toBeNull();
  });
});

describe("the frame", () => {
  it("c10 switches the language without a restart", async () => {
    await openWindow("#/settings");
    await fireEvent.change(await screen.findByTestId("language-switch"), { target: { value: "zh" } });
    expect(await screen.findByRole("heading", { name: "设置" })).toBeTruthy();
    expect(document.documentElement.lang).toBe("zh-CN");
  });

  it("opens the palette by Ctrl+K and runs a command", async () => {
    await inbox();
    await press("KeyK", { ctrlKey: true });
    await fireEvent.input(await screen.findByTestId("palette-input"), { target: { value: "dashb" } });
    await fireEvent.keyDown(screen.getByTestId("palette-input"), { code: "Enter" });
    await waitFor(() => expect(location.hash).toContain("dashboards"));
  });

  it("connects a mailbox in three steps, with the error beside the field", async () => {
    const mock = await openWindow("", { firstRun: true, empty: true });
    await fireEvent.click(screen.getByTestId("first-run-connect"));
    await fireEvent.input(await screen.findByTestId("connect-address"), { target: { value: "hello@gmail.com" } });
    await fireEvent.submit(screen.getByTestId("connect-address").closest("form") as HTMLFormElement);
    const password = await screen.findByTestId("connect-password");
    await fireEvent.input(password, { target: { value: "wrong" } });
    await fireEvent.click(screen.getByTestId("connect-test"));
    expect((await screen.findByTestId("field-error")).textContent).toContain("refused");
    await fireEvent.input(password, { target: { value: "right" } });
    await fireEvent.click(screen.getByTestId("connect-test"));
    await screen.findByTestId("connect-ok");
    await fireEvent.click(screen.getByTestId("connect-save"));
    await waitFor(() => expect(mock.core.inboxes.map((card) => card.address)).toContain("hello@gmail.com"));
  });

  it("j8 says when letters are missing in the pictures, although the files are written", async () => {
    await openWindow("#/dashboards?tab=segments", { noFonts: true });
    await fireEvent.click(await screen.findByTestId("dashboard-export"));
    await fireEvent.click(await screen.findByText("Charts (PNG)"));
    expect(await screen.findByText(/1 file saved in/)).toBeTruthy();
    expect(await screen.findByText(/Some letters are boxes in the pictures/)).toBeTruthy();
    expect(screen.getByText(/Install a font that has them/)).toBeTruthy();
  });

  it("i1 says in plain words what each group of customers means", async () => {
    await openWindow("#/dashboards?tab=segments", { settings: { ui_language: "zh" } });
    const words = await screen.findByTestId("segment-words");
    expect(words.querySelectorAll("dt").length).toBe(10);
    expect(words.textContent).toContain("曾是最好的客户之一，却很久没来");
  });

  it("drills from a dashboard down to exactly its conversations", async () => {
    const mock = await openWindow("#/dashboards?tab=handoffs&period=7");
    await fireEvent.click(await screen.findByTestId("figure-handoff_rate"));
    await waitFor(() => expect(location.hash).toContain("drill="));
    const ids = await mock.calls.drill({}, drillAll("handoffs"));
    await waitFor(() => expect(screen.getByTestId("list-total").textContent).toContain(String(ids.length)));
  });
});
