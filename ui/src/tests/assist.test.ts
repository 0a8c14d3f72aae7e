// The copilot in the composer, the language model in the settings, and the log of what leaves this computer.
import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { openWindow } from "./window";

const composer = () => screen.getByTestId("composer-text") as HTMLTextAreaElement;

async function openFirst() {
  const rows = await screen.findAllByTestId("conversation-row");
  await fireEvent.click(rows[0] as HTMLElement);
  await screen.findByTestId("copilot");
}
async function choose(label: string) {
  await fireEvent.keyDown(await screen.findByTestId("copilot"), { key: "Enter" });
  await fireEvent.click(await screen.findByText(label));
}
async function ready(mock: Awaited<ReturnType<typeof openWindow>>) {
  Object.assign(mock.core.model.settings, { enabled: true, model: "tiny", agreed_host: mock.core.model.host });
  mock.core.emit({ event: "settings_changed" });
}

describe("copilot", () => {
  it("g8 puts a draft into the composer, and nowhere else", async () => {
    const mock = await openWindow("#/inbox");
    await openFirst();
    const before = [...mock.core.changed.values()].flat().length;
    await choose("Draft an answer");
    await waitFor(() => expect(composer().value).not.toBe(""));
    expect([...mock.core.changed.values()].flat().length).toBe(before);
  });

  it("g8 shows a summary, which goes into a note when the person wants it", async () => {
    await openWindow("#/inbox");
    await openFirst();
    await choose("Summarise");
    expect((await screen.findByTestId("copilot-summary")).textContent).toContain("Wants to return a lamp");
    expect(composer().value).toBe("");
    await fireEvent.click(screen.getByText("Into a note"));
    await waitFor(() => expect(composer().value).toContain("Wants to return a lamp"));
    expect(screen.getByTestId("composer-note-tab").getAttribute("aria-selected")).toBe("true");
  });

  it("g8 writes the own words anew, and keeps them where the model's stand on nothing", async () => {
    const mock = await openWindow("#/inbox");
    await openFirst();
    await ready(mock);
    await fireEvent.input(composer(), { target: { value: "Some rather long words." } });
    await choose("Shorter");
    await waitFor(() => expect(composer().value).toBe("Shorter words."));
    mock.core.says = { text: "", rejected: ["number", "30"] };
    await choose("Warmer");
    expect((await screen.findByTestId("copilot-why")).textContent).toContain("a number in them stands in no source (30)");
    expect(composer().value).toBe("Shorter words.");
  });

  it("l4 leads to the settings where no model is set up", async () => {
    await openWindow("#/inbox");
    await openFirst();
    await fireEvent.input(composer(), { target: { value: "Some words." } });
    await choose("More formal");
    await waitFor(() => expect(location.hash).toContain("settings"));
  });
});

describe("language model", () => {
  it("k4 shows what is sent before the first call, and asks for agreement", async () => {
    const mock = await openWindow("#/settings");
    await fireEvent.input(await screen.findByTestId("model-name"), { target: { value: "tiny" } });
    await fireEvent.click(screen.getByTestId("model-enabled"));
    await fireEvent.click(screen.getByTestId("model-save"));
    expect((await screen.findByTestId("model-payload")).textContent).toContain("You help the staff");
    expect(mock.core.model.settings.agreed_host).toBe("");
    await fireEvent.click(screen.getByTestId("model-agree"));
    await waitFor(() => expect(screen.getByTestId("model-state").textContent).toBe("Ready"));
    expect(mock.core.model.settings.agreed_host).toBe("localhost:11434");
  });

  it("k4 keeps what is not on this computer from being asked while local only is on", async () => {
    const mock = await openWindow("#/settings");
    Object.assign(mock.core.model, { host: "models.example", here: false });
    await ready(mock);
    await waitFor(() => expect(screen.getByTestId("model-state").textContent).toContain("Not asked"));
    await fireEvent.click(screen.getByTestId("local-only"));
    await waitFor(() => expect(screen.getByTestId("model-state").textContent).toBe("Ready"));
    expect(mock.core.settings.local_only).toBe(false);
  });

  it("k4 lists what has left, and says so when nothing has", async () => {
    await openWindow("#/settings");
    await waitFor(() => expect(screen.getAllByTestId("outbound-row")).toHaveLength(3));
    await openWindow("#/settings", { empty: true });
    expect(await screen.findByTestId("outbound-empty")).toBeTruthy();
  });
});

describe("parcels", () => {
  it("e3 sets a tracking service, and asks only where it may leave this computer", async () => {
    const mock = await openWindow("#/settings");
    await fireEvent.change(await screen.findByTestId("tracking-service"), { target: { value: "17track" } });
    await fireEvent.input(screen.getByTestId("tracking-key"), { target: { value: "secret" } });
    await fireEvent.click(screen.getByTestId("tracking-save"));
    await waitFor(() => expect(screen.getByTestId("tracking-state").textContent).toContain("Not asked"));
    expect(mock.core.tracking.settings.service).toBe("17track");
    await fireEvent.click(screen.getByTestId("local-only"));
    await waitFor(() => expect(screen.getByTestId("tracking-state").textContent).toBe("Ready"));
    await fireEvent.click(screen.getByTestId("tracking-ask"));
    expect(await screen.findByText("12 parcels asked about, 3 with news, 1 not found or refused")).toBeTruthy();
  });
});
