// Pictures of every screen in Chromium, from the built window with the mock's data: {light, dark} x {en, zh} x two sizes.
// On the way it runs axe on each, and fails on anything serious, on any break of the content policy, and on any request that leaves.
// Usage: node scripts/pictures.mjs FOLDER [only-screens-that-contain]
import { createReadStream, existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../dist", import.meta.url));
const folder = process.argv[2];
const only = process.argv[3] ?? "";
if (!folder || !existsSync(join(root, "index.html"))) {
  console.error("Build first (npm run build), then: node scripts/pictures.mjs FOLDER");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// As strict as in the real window: nothing inline, nothing from elsewhere.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json" };
const server = createServer((request, response) => {
  const path = normalize(new URL(request.url ?? "/", "http://local").pathname).replace(/^\/$/, "/index.html");
  const file = join(root, path);
  if (!file.startsWith(root) || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "content-security-policy": POLICY });
  createReadStream(file).pipe(response);
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const origin = `http://127.0.0.1:${server.address().port}`;

const click = (id) => async (page) => page.locator(`[data-testid="${id}"]`).last().click();
/** Each screen: name, address, mock, and what is done before the picture. */
const SCREENS = [
  ["first-run", "", "first"],
  [
    "connect",
    "",
    "first",
    async (page) => {
      await click("first-run-connect")(page);
      await page.getByTestId("connect-address").fill("hello@gmail.com");
      await click("connect-next")(page);
      await page.getByTestId("connect-password").fill("wrong");
      await click("connect-test")(page);
      await page.getByTestId("field-error").waitFor();
    },
  ],
  ["inbox", "#/inbox"],
  [
    "inbox-why",
    "#/inbox?view=drafts",
    "",
    async (page) => {
      await click("why-button")(page);
      await page.getByTestId("why-panel").waitFor();
    },
  ],
  ["inbox-empty", "#/inbox", "empty"],
  ["inbox-failed", "#/inbox", "failing"],
  ["inbox-search", "#/inbox?q=lang:de%20colour:red"],
  ["waiting", "#/waiting"],
  ["customers", "#/customers?id=4"],
  ["orders", "#/orders", "", async (page) => page.getByTestId("order-row").nth(2).click()],
  ["knowledge", "#/knowledge?id=2"],
  ["knowledge-empty", "#/knowledge", "empty"],
  ["bot", "#/bot"],
  ["bot-rules", "#/bot?tab=rules"],
  ["bot-understanding", "#/bot?tab=understanding", "", async (page) => page.getByTestId("confusion-table").waitFor()],
  [
    "bot-understanding-table",
    "#/bot?tab=understanding",
    "",
    async (page) => page.getByTestId("confusion-table").scrollIntoViewIfNeeded({ timeout: 5000 }),
  ],
  [
    "bot-understanding-end",
    "#/bot?tab=understanding",
    "",
    async (page) => {
      await page.getByTestId("try-text").fill("Where is my order?");
      await click("try-run")(page);
      await page.getByTestId("try-result").waitFor();
      await page.getByTestId("try-result").scrollIntoViewIfNeeded();
    },
  ],
  ["bot-understanding-empty", "#/bot?tab=understanding", "empty"],
  ["bot-understanding-failed", "#/bot?tab=understanding", "failing"],
  ["bot-understanding-no-model", "#/bot?tab=understanding", "nomodel"],
  [
    "bot-bench",
    "#/bot?tab=bench",
    "",
    async (page) => {
      await page.getByTestId("bench-text").fill("Where is my order LO-10400?");
      await click("bench-run")(page);
      await page.getByTestId("why-panel").waitFor();
    },
  ],
  ["dashboards", "#/dashboards"],
  ["dashboards-handoffs", "#/dashboards?tab=handoffs"],
  ["dashboards-empty", "#/dashboards", "empty"],
  ["settings", "#/settings"],
  [
    "palette",
    "#/inbox",
    "",
    async (page) => {
      await page.keyboard.press("Control+KeyK");
      await page.getByTestId("palette-input").waitFor();
    },
  ],
].filter(([name]) => name.includes(only));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
let problems = 0;
const complain = (what) => {
  problems++;
  console.error(what);
};

for (const [width, height] of [
  [1440, 900],
  [1100, 720],
]) {
  for (const theme of ["light", "dark"]) {
    for (const language of ["en", "zh"]) {
      for (const [name, hash, mock = "", before] of SCREENS) {
        const label = `${name}-${width}-${theme}-${language}`;
        const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, bypassCSP: false });
        // As the real window does.
        await context.addInitScript(() => Object.freeze(Object.prototype));
        const page = await context.newPage();
        page.on("console", (message) => message.type() === "error" && complain(`${label}: ${message.text()}`));
        page.on("pageerror", (error) => complain(`${label}: ${error.message}`));
        page.on(
          "request",
          (request) =>
            !request.url().startsWith(origin) && !request.url().startsWith("data:") && complain(`${label}: asks for ${request.url()}`),
        );
        try {
          await page.goto(`${origin}/?mock=${mock}&theme=${theme}&language=${language}${hash}`);
          await page.locator("main").first().waitFor({ timeout: 10_000 });
          await page.waitForTimeout(350);
          if (before) await before(page);
          await page.waitForTimeout(250);
          await page.screenshot({ path: join(folder, `${label}.png`) });
          // Through the debugger, which the content policy does not bind.
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
          for (const violation of violations.filter(({ impact }) => impact === "serious" || impact === "critical")) {
            complain(
              `${label}: ${violation.id}: ${violation.nodes
                .slice(0, 3)
                .map((node) => `${node.target} ${node.any[0]?.message ?? ""}`)
                .join(" | ")}`,
            );
          }
        } catch (error) {
          complain(`${label}: ${String(error).split("\n")[0]}`);
        }
        await context.close();
      }
    }
  }
}
await browser.close();
server.close();
console.log(`${problems} problems`);
process.exit(problems === 0 ? 0 : 1);
