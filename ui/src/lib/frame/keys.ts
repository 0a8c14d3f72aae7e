// Shortcuts by key code, so that they work on every keyboard layout: the key that carries J on an English keyboard.

/** A shortcut: what is pressed, and the name of what it does. */
export type Shortcut = { code: string; ctrl?: boolean; shift?: boolean; name: CommandName; keys: string };
/** Things that a shortcut or the palette can do. */
export type CommandName =
  "next" | "previous" | "resolve" | "reply" | "note" | "snooze" | "assign" | "search" | "sheet" | "palette" | "back";

/** All of them, in the order of the sheet. */
export const SHORTCUTS: Shortcut[] = [
  { code: "KeyJ", name: "next", keys: "J" },
  { code: "KeyK", name: "previous", keys: "K" },
  { code: "KeyR", name: "reply", keys: "R" },
  { code: "KeyN", name: "note", keys: "N" },
  { code: "KeyE", name: "resolve", keys: "E" },
  { code: "KeyS", name: "snooze", keys: "S" },
  { code: "KeyA", name: "assign", keys: "A" },
  { code: "Slash", name: "search", keys: "/" },
  { code: "KeyK", ctrl: true, name: "palette", keys: "Ctrl K" },
  { code: "Slash", shift: true, name: "sheet", keys: "?" },
  { code: "Escape", name: "back", keys: "Esc" },
];

type Press = Pick<KeyboardEvent, "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** True where letters are text and no shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** What a press means; while typing only those with Ctrl and Escape count. */
export function meaning(press: Press, typing: boolean): CommandName | undefined {
  if (press.altKey) return undefined;
  const ctrl = press.ctrlKey || press.metaKey;
  const found = SHORTCUTS.find((s) => s.code === press.code && Boolean(s.ctrl) === ctrl && Boolean(s.shift) === press.shiftKey);
  if (!found) return undefined;
  return typing && !found.ctrl && found.name !== "back" ? undefined : found.name;
}
