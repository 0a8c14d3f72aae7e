// What jsdom lacks and the window uses: sizes, observers of sizes, scrolling.
import { afterEach, beforeEach, vi } from "vitest";
import { cleanup, configure } from "@testing-library/svelte";

// A busy machine must not fail a test: what is waited for still has to come.
configure({ asyncUtilTimeout: 8000 });

const SIZE = 720;

class FixedSizes implements ResizeObserver {
  constructor(private readonly callback: ResizeObserverCallback) {}
  observe(target: Element): void {
    const entry = { target, contentRect: { width: SIZE, height: SIZE } } as unknown as ResizeObserverEntry;
    queueMicrotask(() => this.callback([entry], this));
  }
  unobserve(): void {}
  disconnect(): void {}
}

vi.stubGlobal("ResizeObserver", FixedSizes);
Object.defineProperty(HTMLElement.prototype, "offsetHeight", { configurable: true, get: () => SIZE });
Object.defineProperty(HTMLElement.prototype, "offsetWidth", { configurable: true, get: () => SIZE });
Object.defineProperty(HTMLElement.prototype, "offsetParent", { configurable: true, get: () => document.body });
Element.prototype.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
window.matchMedia = ((query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
})) as unknown as typeof window.matchMedia;
window.innerWidth = 1440;

beforeEach(() => localStorage.clear());
afterEach(() => cleanup());
