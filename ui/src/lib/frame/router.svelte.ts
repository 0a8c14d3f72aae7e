// The address of the window: `#/inbox?c=12&view=mine`. Screens, selections and dashboard filters live in it,
// so that back, reload and a second look find the same place.

/** The screens of the rail. */
export const SCREENS = ["inbox", "waiting", "customers", "orders", "knowledge", "bot", "dashboards", "settings"] as const;
/** A screen. */
export type Screen = (typeof SCREENS)[number];

function parse(hash: string): { screen: Screen; params: URLSearchParams } {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const screen = SCREENS.find((name) => name === path) ?? "inbox";
  return { screen, params: new URLSearchParams(query) };
}

class Router {
  #hash = $state(typeof location === "undefined" ? "" : location.hash);
  #parsed = $derived(parse(this.#hash));

  get screen(): Screen {
    return this.#parsed.screen;
  }

  /** A parameter of the address. */
  get(name: string): string {
    return this.#parsed.params.get(name) ?? "";
  }

  /** Follows the address; gives the clean-up. */
  start(): () => void {
    const follow = () => (this.#hash = location.hash);
    window.addEventListener("hashchange", follow);
    follow();
    return () => window.removeEventListener("hashchange", follow);
  }

  /** The address of a screen. */
  href(screen: Screen, params: Record<string, string | number> = {}): string {
    const entries = Object.entries(params).filter(([, value]) => value !== "");
    const query = new URLSearchParams(entries.map(([key, value]) => [key, String(value)])).toString();
    return `#/${screen}${query === "" ? "" : `?${query}`}`;
  }

  /** Opens a screen. */
  go(screen: Screen, params: Record<string, string | number> = {}): void {
    this.#set(this.href(screen, params));
  }

  /** Changes parameters of this screen; an empty one is left out. */
  patch(changes: Record<string, string | number>): void {
    const all = Object.fromEntries(this.#parsed.params);
    this.#set(this.href(this.screen, { ...all, ...changes }));
  }

  #set(hash: string): void {
    if (location.hash !== hash) location.hash = hash;
    this.#hash = hash;
  }
}

/** The address. */
export const router = new Router();
