// Every screen in both languages, full, empty and failed: it opens, and axe finds nothing serious.
// Contrast needs real pixels and is checked in Chromium by scripts/pictures.mjs.
import axe from "axe-core";
import { screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import type { MockOptions } from "$lib/backend/mock/mock";
import { openWindow } from "./window";

const SCREENS = [
  "inbox",
  "waiting",
  "customers?id=3",
  "orders",
  "orders?tab=cases",
  "knowledge?id=2",
  "knowledge?tab=review",
  "knowledge?tab=gaps",
  "knowledge?tab=duty",
  "bot?tab=regression",
  "bot",
  "bot?tab=rules",
  "bot?tab=actions",
  "bot?tab=approvals",
  "bot?tab=understanding",
  "bot?tab=bench",
  "bot?tab=replay",
  "dashboards",
  "dashboards?tab=handoffs",
  "settings",
];

async function serious(): Promise<string[]> {
  const { violations } = await axe.run(document, { rules: { "color-contrast": { enabled: false } }, resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`);
}

const settled = () => new Promise((done) => setTimeout(done, 120));

describe("each screen", () => {
  const cases: [string, MockOptions][] = [
    ["full", {}],
    ["empty", { empty: true }],
    ["in Chinese", { settings: { ui_language: "zh" } }],
  ];
  for (const [name, options] of cases) {
    it.each(SCREENS)(`is accessible, ${name}: %s`, async (hash) => {
      await openWindow(`#/${hash}`, options);
      await settled();
      expect(await serious()).toEqual([]);
    });
  }

  it("shows the three choices on the first run", async () => {
    await openWindow("", { firstRun: true, empty: true });
    for (const choice of ["demo", "connect", "team"]) expect(screen.getByTestId(`first-run-${choice}`)).toBeTruthy();
    expect(await serious()).toEqual([]);
  });

  it("says what failed and offers to try again", async () => {
    const mock = await openWindow("#/inbox", { failing: true });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("Try again");
    (mock.core.options as MockOptions).failing = false;
    alert.querySelector("button")?.click();
    await waitFor(() => expect(screen.getAllByTestId("conversation-row").length).toBeGreaterThan(0));
  });
});
