// Courtesy by the customer's country: what ships, the seller's own, and how a letter looks.
import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { openWindow } from "./window";

const type = (testId: string, value: string) => fireEvent.input(screen.getByTestId(testId), { target: { value } });
const letter = () => screen.getByTestId("courtesy-letter").textContent ?? "";

describe("c7 courtesy", () => {
  it("shows how a letter looks while it is written, and keeps it as one's own", async () => {
    const mock = await openWindow("#/settings");
    const rows = await screen.findAllByTestId("courtesy-row");
    expect(rows).toHaveLength(4);
    await fireEvent.click(rows.find((row) => row.textContent?.includes("United States")) as HTMLElement);
    await waitFor(() => expect(letter()).toContain("Hi Alex,"));
    await type("courtesy-greeting", "Dear {name},");
    await waitFor(() => expect(letter()).toContain("Dear Alex,"));
    await fireEvent.change(screen.getByTestId("courtesy-name"), { target: { value: "full" } });
    await waitFor(() => expect(letter()).toContain("Dear Alex Martin,"));
    await fireEvent.submit(document.querySelector("#courtesy-form") as HTMLFormElement);
    await waitFor(() => expect(mock.core.courtesy.own).toHaveLength(2));
    expect(mock.core.courtesy.own[1]).toMatchObject({ country: "US", name: "full", greeting: "Dear {name}," });
    expect(screen.getAllByTestId("courtesy-row")).toHaveLength(4);
  });

  it("goes back to what ships", async () => {
    const mock = await openWindow("#/settings");
    const rows = await screen.findAllByTestId("courtesy-row");
    await fireEvent.click(rows.find((row) => row.textContent?.includes("Germany")) as HTMLElement);
    await fireEvent.click(await screen.findByTestId("courtesy-reset"));
    await waitFor(() => expect(mock.core.courtesy.own).toHaveLength(0));
  });
});
