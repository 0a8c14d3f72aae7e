// What an article said before: shown word by word, taken back into the editor by one click.
import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { openWindow } from "./window";

it("d1 shows what a change has changed, and takes the earlier text back", async () => {
  const mock = await openWindow("#/knowledge");
  const changed = mock.core.articles.find((row) => row.article.version > 1);
  await fireEvent.click(await screen.findByText(changed?.article.title ?? ""));
  const history = (await screen.findByTestId("article-history")) as HTMLDetailsElement;
  history.open = true;
  await fireEvent(history, new Event("toggle"));
  const change = await screen.findByTestId("article-change");
  expect(change.querySelector("del")?.textContent).toBe("Before. ");
  await fireEvent.click(screen.getByText("Take the earlier text"));
  await waitFor(() => expect((screen.getByTestId("article-body") as HTMLTextAreaElement).value).toMatch(/^Before\. /));
});
