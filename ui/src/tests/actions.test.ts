// Approvals and the rules of actions: what waits is listed, decided once, and the rules are kept as they are set.
import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { amountOf, moneyOf } from "$lib/i18n/format";
import { openWindow } from "./window";

describe("approvals", () => {
  it("e7 lists what waits, and one click agrees", async () => {
    const mock = await openWindow("#/bot?tab=approvals");
    await waitFor(() => expect(screen.getAllByTestId("action")).toHaveLength(2));
    expect(screen.getByText("2 × Aurora lamp")).toBeTruthy();
    await fireEvent.click(screen.getByTestId("action-approve"));
    await waitFor(() => expect(screen.getAllByTestId("action")).toHaveLength(1));
    expect(mock.core.actions.find(({ action }) => action.id === 1)?.action.state).toBe("done");
  });

  it("e7 refuses with a reason for the log", async () => {
    const mock = await openWindow("#/bot?tab=approvals");
    await fireEvent.click(await screen.findByTestId("action-reject"));
    await fireEvent.input(await screen.findByTestId("action-why"), { target: { value: "made to measure" } });
    await fireEvent.click(screen.getByTestId("action-reject-now"));
    await waitFor(() => expect(mock.core.actions.find(({ action }) => action.id === 1)?.action.state).toBe("rejected"));
    expect(mock.core.actions.find(({ action }) => action.id === 1)?.action.why).toBe("made to measure");
  });

  it("says so when nothing waits", async () => {
    await openWindow("#/bot?tab=approvals", { empty: true });
    expect(await screen.findByText("Nothing waits for you")).toBeTruthy();
  });
});

describe("rules of actions", () => {
  it("e7 keeps who decides, and a limit a currency", async () => {
    const mock = await openWindow("#/bot?tab=actions");
    await fireEvent.change(await screen.findByTestId("who-cancel"), { target: { value: "person" } });
    await waitFor(() => expect(mock.core.actionSettings.rules?.kinds.find((rule) => rule.kind === "cancel")?.who).toBe("person"));
    await fireEvent.input(screen.getByTestId("limit-amount"), { target: { value: "12,50" } });
    await fireEvent.click(screen.getByTestId("limit-add"));
    await waitFor(() => expect(mock.core.actionSettings.rules?.approval_above).toEqual([{ minor: 1250, currency: "EUR" }]));
  });

  it("reads amounts as they are typed, and none that a currency cannot hold", () => {
    expect(moneyOf("12,50", "EUR")).toEqual({ minor: 1250, currency: "EUR" });
    expect(moneyOf("980", "JPY")).toEqual({ minor: 980, currency: "JPY" });
    expect(moneyOf("9.5", "JPY")).toBeUndefined();
    expect(moneyOf("-3", "EUR")).toBeUndefined();
    expect(moneyOf("1e5", "EUR")).toBeUndefined();
    expect(amountOf({ minor: 1250, currency: "EUR" })).toBe("12.50");
  });
});
