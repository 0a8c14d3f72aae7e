// Bot → Understanding: what a person sees, labels, trains and takes back, and what the core then holds.
import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import type { MockOptions } from "$lib/backend/mock/mock";
import { aloneAt, heat, share, weakestFirst } from "$lib/bot/understanding";
import { openWindow } from "./window";

type Mock = Awaited<ReturnType<typeof openWindow>>;

async function page(options: MockOptions = {}): Promise<Mock> {
  const mock = await openWindow("#/bot?tab=understanding", { trainingStep: 20, ...options });
  await screen.findByTestId("retrain");
  return mock;
}
const wrongRows = () => screen.queryAllByTestId("wrong-row");
const choose = (element: HTMLElement, value: string) => fireEvent.change(element, { target: { value } });
const report = (mock: Mock) => mock.calls.getUnderstanding();

describe("the page Understanding", () => {
  it("d5 shows accuracy and the confusion of intents as a table with numbers", async () => {
    const mock = await page();
    const figures = (await report(mock)).figures;
    if (!figures) throw new Error("no figures");
    const table = await screen.findByTestId("confusion-table");
    expect(within(table).getAllByRole("row")).toHaveLength(figures.labels.length + 1);
    const row = within(table).getByRole("row", { name: /^Where is my order/ });
    const at = figures.labels.indexOf("delivery_time");
    const cells = within(row).getAllByRole("cell");
    expect(cells[at]?.textContent).toBe(String(figures.confusion[figures.labels.indexOf("order_status")]?.[at]));
    expect(cells[at]?.title).toContain("Delivery time");
    expect(screen.getByTestId("understanding-accuracy").textContent).toContain(`${Math.round((100 * figures.right) / figures.n)}%`);
    expect(screen.getAllByTestId("confused-pair")[0]?.textContent).toContain("Complaint taken for Feedback");
  });

  it("d6 tells what a threshold does while it is dragged, and keeps it when it is let go", async () => {
    const mock = await page();
    const slider = await screen.findByTestId<HTMLInputElement>("alone-threshold");
    const figures = (await report(mock)).figures;
    if (!figures) throw new Error("no figures");
    await fireEvent.input(slider, { target: { value: "90" } });
    const { auto, right } = aloneAt(figures.effect, 90);
    expect(screen.getByTestId("alone-effect").textContent).toContain(auto.toLocaleString("en-GB"));
    expect(screen.getByTestId("alone-effect").textContent).toContain(`${Math.round((100 * right) / auto)}%`);
    expect(screen.getByTestId("understanding-alone").textContent).toContain(`${Math.round((100 * auto) / figures.n)}%`);
    expect(mock.core.settings.intent_threshold).toBe(0.5);
    await fireEvent.change(slider);
    await waitFor(() => expect(mock.core.settings.intent_threshold).toBe(0.9));
    await choose(screen.getByTestId("precision"), "99");
    await waitFor(() => expect(mock.core.settings.precision).toBe(0.99));
    const strict = (await report(mock)).figures;
    const fewer = aloneAt(strict?.effect ?? { auto: [], right: [] }, 90).auto;
    expect(fewer).toBeLessThan(auto);
    await waitFor(() => expect(screen.getByTestId("alone-effect").textContent).toContain(fewer.toLocaleString("en-GB")));
  });

  it("d5 labels a message by one choice, and takes a tick for right as it is", async () => {
    const mock = await page();
    await waitFor(() => expect(wrongRows().length).toBeGreaterThan(3));
    const before = wrongRows().length;
    const first = wrongRows()[0] as HTMLElement;
    const text = first.querySelector(".text")?.textContent ?? "";
    await choose(within(first).getByTestId("wrong-label"), "stock_question");
    await waitFor(() => expect(wrongRows()).toHaveLength(before - 1));
    await waitFor(async () =>
      expect((await mock.calls.listExamples(0, 1)).rows[0]).toMatchObject({ text, intent: "stock_question", source: "correction" }),
    );
    const second = wrongRows()[0] as HTMLElement;
    const label = within(second).getByText(/Right as it is/).textContent;
    await fireEvent.click(within(second).getByTestId("right-as-it-is"));
    await waitFor(() => expect(wrongRows()).toHaveLength(before - 2));
    const { intent } = (await mock.calls.listExamples(0, 1)).rows[0] ?? {};
    expect(label).toBeTruthy();
    expect(mock.core.shop.seeds[1]?.intent).toBe(intent);
    await waitFor(() => expect(screen.getByTestId("understanding-examples").textContent).toContain("4 changes wait"));
  });

  it("d5 gives a phrase another label, which makes it an example of one's own", async () => {
    const mock = await page();
    await fireEvent.click(screen.getByTestId("look-tab-phrases"));
    await waitFor(() => expect(wrongRows()).toHaveLength(4));
    await choose(within(wrongRows()[0] as HTMLElement).getByTestId("wrong-label"), "tracking_problem");
    await waitFor(() => expect(wrongRows()).toHaveLength(3));
    expect((await mock.calls.listExamples(0, 1)).rows[0]).toMatchObject({ intent: "tracking_problem", source: "own" });
    await fireEvent.click(screen.getByTestId("look-tab-examples"));
    await waitFor(() => expect(screen.getAllByTestId("example-row")).toHaveLength(3));
    await fireEvent.input(screen.getByTestId("example-text"), { target: { value: "Is the moon in stock?" } });
    await choose(screen.getByTestId("example-intent"), "stock_question");
    await fireEvent.click(screen.getByTestId("example-add"));
    await waitFor(() => expect(screen.getAllByTestId("example-row")).toHaveLength(4));
    await fireEvent.click(within(screen.getAllByTestId("example-row")[0] as HTMLElement).getByRole("button"));
    await waitFor(() => expect(screen.getAllByTestId("example-row")).toHaveLength(3));
  });

  it("d5 trains with a bar, can be stopped, and goes back to an earlier version", async () => {
    const mock = await page({ trainingStep: 60 });
    await fireEvent.click(screen.getByTestId("retrain"));
    await screen.findByTestId("training-progress");
    await fireEvent.click(screen.getByTestId("cancel-training"));
    await screen.findByTestId("retrain");
    expect(screen.queryByRole("alert")).toBeNull();
    expect((await report(mock)).versions).toHaveLength(4);
    await fireEvent.click(screen.getByTestId("retrain"));
    expect((await screen.findByTestId("training-result")).textContent).toContain("Version 4 is in use");
    await waitFor(() => expect(screen.getAllByTestId("model-version")[0]?.textContent).toContain("In use"));
    const shipped = screen.getAllByTestId("model-version").at(-1) as HTMLElement;
    await fireEvent.click(within(shipped).getByTestId("use-version"));
    await waitFor(() => expect(within(shipped).queryByTestId("use-version")).toBeNull());
    expect((await report(mock)).versions.find((version) => version.active)?.id).toBeNull();
  });

  it("d5 says what is missing without the encoder, and still takes examples", async () => {
    await page({ noModel: true });
    expect(screen.getByTestId<HTMLButtonElement>("retrain").disabled).toBe(true);
    expect(screen.getByText(/sentence encoder is missing/)).toBeTruthy();
    expect(screen.queryByTestId("confusion-table")).toBeNull();
    await waitFor(() => expect(wrongRows().length).toBeGreaterThan(0));
  });

  it("says what failed and offers to try again", async () => {
    const mock = await openWindow("#/bot?tab=understanding", { failing: true });
    const alert = await screen.findByRole("alert");
    (mock.core.options as MockOptions).failing = false;
    alert.querySelector("button")?.click();
    await screen.findByTestId("confusion-table");
  });

  it("tries a message", async () => {
    await page();
    await fireEvent.input(screen.getByTestId("try-text"), { target: { value: "Where is my order LO-10400?" } });
    await fireEvent.click(screen.getByTestId("try-run"));
    expect((await screen.findByTestId("try-result")).textContent).toContain("Where is my order");
  });
});

describe("a message in the thread", () => {
  it("d5 has an intent that a person can correct", async () => {
    const mock = await openWindow("#/inbox");
    const chips = await screen.findAllByTestId("intent-chip");
    const chip = chips.at(-1) as HTMLElement;
    await fireEvent.keyDown(chip, { key: "Enter" });
    await fireEvent.click(await screen.findByText("Stock"));
    await waitFor(async () => expect((await mock.calls.listExamples(0, 1)).rows[0]?.intent).toBe("stock_question"));
    await screen.findByText("Thanks. It is an example for the next training.");
  });

  it("f4 a corrected feeling is counted in the report", async () => {
    const mock = await openWindow("#/inbox");
    const chip = (await screen.findAllByTestId("emotion-chip")).at(-1) as HTMLElement;
    const was = chip.textContent?.trim();
    await fireEvent.keyDown(chip, { key: "Enter" });
    const other = was === "Upset" ? "Angry" : "Upset";
    await fireEvent.click((await screen.findAllByText(other)).at(-1) as HTMLElement);
    await waitFor(async () => expect((await report(mock)).emotions.corrected).toBe(1));
    location.hash = "#/bot?tab=understanding";
    const corrections = await screen.findByTestId("emotion-corrections");
    expect(corrections.textContent).toContain("1 of 300 messages corrected");
    expect(
      within(corrections)
        .getAllByRole("cell")
        .map((cell) => cell.textContent?.trim()),
    ).toEqual([was, other, "1"]);
  });
});

describe("the figures", () => {
  it("stay within the places that the core has counted", () => {
    const effect = { auto: [...Array(101).keys()].reverse(), right: [...Array(101).fill(0)] };
    expect(aloneAt(effect, 0).auto).toBe(100);
    expect(aloneAt(effect, 100).auto).toBe(0);
    expect(aloneAt(effect, 250).auto).toBe(0);
    expect(aloneAt({ auto: [], right: [] }, 50)).toEqual({ auto: 0, right: 0 });
    expect([share(1, 4), share(0, 0)]).toEqual([0.25, null]);
    expect([heat(0, 9), heat(1, 100), heat(5, 100), heat(20, 100), heat(60, 100)]).toEqual([0, 1, 2, 3, 4]);
    const line = (intent: "thanks" | "other", right: number) => ({ intent, n: 10, right, threshold: null, effect });
    expect(weakestFirst([line("thanks", 9), line("other", 4)]).map(({ intent }) => intent)).toEqual(["other", "thanks"]);
  });
});
