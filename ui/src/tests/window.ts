// Opens the whole window on a mock of its own, at an address.
import { screen } from "@testing-library/svelte";
import { onTestFinished, vi } from "vitest";
import { makeMock, type MockOptions } from "$lib/backend/mock/mock";

/** The window, fresh: modules hold state, so each test loads them anew, Svelte with them. */
export async function openWindow(hash: string, options: MockOptions = {}) {
  vi.resetModules();
  location.hash = hash;
  const mock = makeMock({ conversations: 300, ...options });
  const { mount, unmount } = await import("svelte");
  const { useSource } = await import("$lib/backend/backend");
  useSource(mock);
  const { default: App } = await import("../App.svelte");
  const app = mount(App, { target: document.body });
  onTestFinished(async () => {
    await unmount(app);
    document.body.replaceChildren();
  });
  await screen.findAllByRole("main");
  return mock;
}
