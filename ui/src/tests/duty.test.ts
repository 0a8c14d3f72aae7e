// Rules for duty: the seller's own, who pays, an estimate; and the replay before an intent is switched to auto.
import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { factOf, pointsOf, typedOf } from "$lib/knowledge/duty";
import { openWindow } from "./window";

const type = (testId: string, value: string) => fireEvent.input(screen.getByTestId(testId), { target: { value } });

describe("duty", () => {
  it("reads what is typed, and says which field cannot be", () => {
    expect(pointsOf("19")).toBe(1900);
    expect(pointsOf("7,7")).toBe(770);
    expect(pointsOf("7.777")).toBeUndefined();
    const flat = factOf("flat_duty", { below: "150", each: "3,00" }, "EUR");
    expect(flat).toEqual({ kind: "flat_duty", below: { minor: 15_000, currency: "EUR" }, each: { minor: 300, currency: "EUR" } });
    expect(factOf("duty", { hs: "94x", min: "1", max: "2" }, "EUR")).toBe("hs");
    const rate = factOf("exchange", { from: "usd", to: "EUR", millionths: "0.921" }, "EUR");
    expect(rate).toEqual({ kind: "exchange", from: "USD", to: "EUR", millionths: 921_000 });
    if (typeof rate !== "string") expect(factOf("exchange", typedOf(rate), "EUR")).toEqual(rate);
  });

  it("keeps a rule of one's own, which goes before, and takes it away", async () => {
    const mock = await openWindow("#/knowledge?tab=duty");
    await screen.findByTestId("duty-row");
    await type("try-country", "de");
    await type("try-value", "100");
    await fireEvent.click(screen.getByTestId("try-reckon"));
    await waitFor(() => expect(screen.getByTestId("estimate").textContent).toContain("€19.00"));
    await fireEvent.click(screen.getByTestId("duty-new"));
    await type("duty-country", "de");
    await type("duty-min", "x");
    await type("duty-max", "7");
    await type("duty-source", "Ministry of Finance");
    await fireEvent.submit(document.querySelector("#duty-form") as HTMLFormElement);
    expect((await screen.findByTestId("field-error")).textContent).toBe("This cannot be read");
    await type("duty-min", "7");
    await fireEvent.submit(document.querySelector("#duty-form") as HTMLFormElement);
    await waitFor(() => expect(screen.getAllByTestId("duty-row")).toHaveLength(2));
    expect(mock.core.duty.own[1]).toMatchObject({ country: "DE", fact: { kind: "tax", min: 700, max: 700 }, to: null });
    await fireEvent.click(screen.getByTestId("try-reckon"));
    await waitFor(() => expect(screen.getByTestId("estimate").textContent).toContain("€7.00"));
    await fireEvent.click(screen.getAllByTestId("duty-remove")[0] as HTMLElement);
    await waitFor(() => expect(screen.getAllByTestId("duty-row")).toHaveLength(1));
  });

  it("says who pays", async () => {
    const mock = await openWindow("#/knowledge?tab=duty");
    await fireEvent.click(await screen.findByTestId("terms-ddp"));
    await waitFor(() => expect(mock.core.duty.terms).toBe("ddp"));
  });
});

describe("replay", () => {
  it("shows figures by request and what to look at, and can be stopped", async () => {
    await openWindow("#/bot?tab=replay", { trainingStep: 30 });
    await fireEvent.click(await screen.findByTestId("replay-run"));
    expect((await screen.findByTestId("replay-table")).textContent).toContain("89% (9)");
    expect(screen.getByTestId("replay-look").textContent).toContain("this parcel was lost");
  });

  it("is no failure when it is stopped", async () => {
    await openWindow("#/bot?tab=replay", { trainingStep: 60_000 });
    await fireEvent.click(await screen.findByTestId("replay-run"));
    await fireEvent.click(await screen.findByTestId("replay-stop"));
    expect(await screen.findByTestId("replay-run")).toBeTruthy();
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("says when there is nothing", async () => {
    await openWindow("#/bot?tab=replay", { empty: true, trainingStep: 1 });
    await fireEvent.click(await screen.findByTestId("replay-run"));
    expect(await screen.findByTestId("replay-none")).toBeTruthy();
  });
});
