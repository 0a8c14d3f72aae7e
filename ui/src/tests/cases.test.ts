// Claims, disputes and feedback at platforms: by deadline, settled, noted down, and beside their conversation.
import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { openWindow } from "./window";

const numbers = () => screen.queryAllByTestId("case-open").map((button) => button.textContent);
const set = (testId: string, value: string) => fireEvent.input(screen.getByTestId(testId), { target: { value } });

describe("e10 cases", () => {
  it("stand by deadline, with what is estimated marked, and lead to order and conversation", async () => {
    await openWindow("#/orders?tab=cases");
    await waitFor(() => expect(numbers()).toEqual(["PP-R-AKL-317206", "A2Z-70199443", "DP-8842107", "FB-2026-1187"]));
    const late = screen.getAllByTestId("case-deadline").map((node) => node.textContent ?? "");
    expect(late[0]).toContain("late");
    expect(screen.getAllByTestId("case-estimated")).toHaveLength(3);
    expect(screen.getAllByTestId("case-order")[0]?.getAttribute("href")).toContain("#/orders?number=");
    await fireEvent.click(screen.getAllByTestId("case-conversation")[0] as HTMLElement);
    expect((await screen.findByTestId("platform-cases")).textContent).toContain("Item not received");
  });

  it("leave the list when they are settled, and can be opened again", async () => {
    const mock = await openWindow("#/orders?tab=cases");
    const states = await screen.findAllByTestId("case-state");
    await fireEvent.change(states[0] as HTMLElement, { target: { value: "won" } });
    await waitFor(() => expect(numbers()).toHaveLength(3));
    expect(mock.core.platformCases.filter((one) => one.state === "won")).toHaveLength(1);
    await fireEvent.change(screen.getByTestId("case-which"), { target: { value: "settled" } });
    await waitFor(() => expect(numbers()).toEqual(["PP-R-AKL-317206"]));
    await fireEvent.change(screen.getByTestId("case-state"), { target: { value: "open" } });
    expect(await screen.findByText("Nothing answered or decided yet")).toBeTruthy();
  });

  it("are noted down by hand, and a number that is taken is said", async () => {
    const mock = await openWindow("#/orders?tab=cases");
    await screen.findAllByTestId("case");
    await fireEvent.click(screen.getByTestId("case-new"));
    await set("case-number", "DP-8842107");
    await fireEvent.click(screen.getByTestId("case-save"));
    expect((await screen.findByRole("alert")).textContent).not.toBe("");
    await set("case-number", "DP-1");
    await fireEvent.click(screen.getByTestId("case-save"));
    await waitFor(() => expect(numbers()).toContain("DP-1"));
    expect(mock.core.platformCases.find((one) => one.number === "DP-1")).toMatchObject({ kind: "a_to_z", answer_by: null, amount: null });
  });

  it("move with the seller's own terms where no platform has said a day", async () => {
    const mock = await openWindow("#/orders?tab=cases");
    const before = (await screen.findAllByTestId("case-deadline"))[0]?.textContent;
    await fireEvent.click(screen.getByTestId("case-terms"));
    await fireEvent.input(await screen.findByTestId("term-not_received"), { target: { value: "500" } });
    await fireEvent.click(screen.getByTestId("terms-save"));
    await waitFor(() => expect(screen.getAllByTestId("case-deadline")[0]?.textContent).not.toBe(before));
    expect(mock.core.terms.filter((term) => term.own).map((term) => term.kind)).toEqual(["not_received"]);
  });

  it("say what will stand here", async () => {
    await openWindow("#/orders?tab=cases", { empty: true });
    expect(await screen.findByText("No open cases")).toBeTruthy();
  });
});
