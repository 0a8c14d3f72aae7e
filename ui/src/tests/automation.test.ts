// The seller's own rules: listed as sentences, written, tried, switched on and off.
import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { openWindow } from "./window";

describe("own rules", () => {
  it("b14 reads as sentences, and each can be switched off", async () => {
    const mock = await openWindow("#/bot?tab=automation");
    const rules = await screen.findAllByTestId("rule");
    expect(rules).toHaveLength(2);
    expect(rules[0]?.textContent).toMatch(/WHEN\s+a customer writes\s+IF\s+Request: Refund and Order above 100.00 EUR/i);
    await fireEvent.click(screen.getAllByTestId("rule-enabled")[0] as HTMLElement);
    await waitFor(() => expect(mock.core.automation[0]?.enabled).toBe(false));
  });

  it("b14 shows by a dry run what a rule would have touched", async () => {
    await openWindow("#/bot?tab=automation");
    await fireEvent.click((await screen.findAllByTestId("rule-try"))[0] as HTMLElement);
    expect((await screen.findByTestId("dry-run-count")).textContent).toContain("3 of 240");
    const touched = screen.getAllByTestId("touched");
    expect(touched).toHaveLength(3);
    expect(touched[0]?.textContent).toContain("Restates and asks for a yes → Hand to a person");
  });

  it("b14 writes a rule, which is off until it is switched on", async () => {
    const mock = await openWindow("#/bot?tab=automation");
    await screen.findAllByTestId("rule");
    await fireEvent.click(screen.getByTestId("rule-new"));
    await fireEvent.input(await screen.findByTestId("rule-name"), { target: { value: "Legal" } });
    await fireEvent.change(screen.getByTestId("condition-kind"), { target: { value: "words" } });
    await fireEvent.change(await screen.findByTestId("condition-text"), { target: { value: "lawyer, 律师" } });
    await fireEvent.input(screen.getByTestId("effect-label"), { target: { value: "legal" } });
    await fireEvent.click(screen.getByTestId("rule-save"));
    await waitFor(() => expect(mock.core.automation).toHaveLength(3));
    expect(mock.core.automation[2]).toEqual({
      name: "Legal",
      enabled: false,
      when: "customer_writes",
      if: [{ kind: "words", any: ["lawyer", "律师"] }],
      then: [{ kind: "label", name: "legal" }],
    });
    await waitFor(() => expect(screen.getAllByTestId("rule-remove")).toHaveLength(3));
    await fireEvent.click(screen.getAllByTestId("rule-remove")[2] as HTMLElement);
    await waitFor(() => expect(mock.core.automation).toHaveLength(2));
  });

  it("says so when there is none", async () => {
    await openWindow("#/bot?tab=automation", { empty: true });
    expect(await screen.findByText("No rules yet")).toBeTruthy();
  });
});
