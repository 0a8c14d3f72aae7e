// The loop of knowledge in the window: proposals are taken or left, gaps lead to the editor, corrections are kept as cases.
import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { openWindow } from "./window";

describe("review", () => {
  it("h1 makes a proposal an article, not while a mark stands in it", async () => {
    const mock = await openWindow("#/knowledge?tab=review");
    const body = await screen.findByTestId("proposal-body");
    await fireEvent.input(body, { target: { value: "Your order [order] has one." } });
    await fireEvent.click(screen.getByTestId("proposal-approve"));
    expect((await screen.findByRole("alert")).textContent).toContain("marks");
    await fireEvent.input(body, { target: { value: "Yes, with any LED dimmer." } });
    await fireEvent.click(screen.getByTestId("proposal-approve"));
    await waitFor(() => expect(screen.queryByTestId("proposal")).toBeNull());
    expect(mock.core.articles[0]?.article.body).toBe("Yes, with any LED dimmer.");
  });
});

describe("gaps", () => {
  it("h2 lists the most frequent first, and its button opens a draft with the question", async () => {
    await openWindow("#/knowledge?tab=gaps");
    const rows = await screen.findAllByTestId("gap");
    expect(rows.map((row) => row.querySelector("strong")?.textContent)).toEqual(["7", "2"]);
    await fireEvent.click(screen.getAllByTestId("gap-write")[1] as HTMLElement);
    const title = await screen.findByTestId("article-title");
    expect((title as HTMLInputElement).value).toBe("Gibt es einen Ausstellungsraum in Wien?");
  });
});

describe("corrections", () => {
  it("h3 says what fails and what it holds back", async () => {
    const mock = await openWindow("#/bot?tab=regression");
    expect((await screen.findByTestId("cases-held")).textContent).toContain("Payment problem");
    mock.core.cases = mock.core.cases.map((one) => ({ ...one, passed: true }));
    await fireEvent.click(screen.getByTestId("cases-run"));
    await waitFor(() => expect(screen.queryByTestId("cases-held")).toBeNull());
  });
});
