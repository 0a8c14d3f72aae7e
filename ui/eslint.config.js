// Lint of the window. Two rules of our own kind: no relative imports, and the tiers shared -> domain -> views -> routes.
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const domains = ["inbox", "customers", "orders", "knowledge", "bot", "dashboards", "settings"];
const noRelative = { group: ["./*", "../*"], message: "Import by alias ($lib, $components, $locales, $routes)." };
const noBindings = { group: ["$lib/backend/bindings"], message: "Only $lib/backend/backend touches the generated bindings." };
const noTauri = { group: ["@tauri-apps/*"], message: "Only $lib/backend talks to the shell." };

/** What files of a folder may not import, beside what nobody may. */
const tier = (files, ...banned) => ({
  files,
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          noRelative,
          noBindings,
          noTauri,
          ...banned.map((group) => ({ group: [group], message: "Against the tiers shared → domain → views." })),
        ],
      },
    ],
  },
});

export default ts.config(
  { ignores: ["dist", "node_modules", "src/lib/backend/bindings.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: Object.fromEntries(
        [
          "window",
          "document",
          "localStorage",
          "console",
          "setTimeout",
          "clearTimeout",
          "setInterval",
          "clearInterval",
          "navigator",
          "location",
          "process",
          "URL",
        ].map((name) => [name, "readonly"]),
      ),
    },
    rules: { "no-undef": "off", "no-console": "error", "@typescript-eslint/no-non-null-assertion": "error" },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  // Hash addresses and our own small caches need neither SvelteKit's resolve() nor reactive maps.
  { rules: { "svelte/no-navigation-without-resolve": "off", "svelte/prefer-svelte-reactivity": "off" } },
  tier(["src/**/*.{ts,svelte}"]),
  tier(["src/lib/**/*.ts"], "$components/**", "$routes/**"),
  tier(
    ["src/components/shared/**"],
    ...domains.map((d) => `$components/${d}/**`),
    "$components/frame/**",
    "$components/views/**",
    "$routes/**",
  ),
  tier(["src/components/frame/**"], ...domains.map((d) => `$components/${d}/**`), "$components/views/**"),
  ...domains.map((domain) =>
    tier(
      [`src/components/${domain}/**`],
      ...domains.filter((d) => d !== domain).map((d) => `$components/${d}/**`),
      "$components/views/**",
      "$components/frame/**",
      "$routes/**",
    ),
  ),
  tier(["src/components/views/**"], "$routes/**"),
  // The entry, the door, and the tests.
  { files: ["src/main.ts", "src/tests/**"], rules: { "no-restricted-imports": "off" } },
  { files: ["src/lib/backend/*.ts"], rules: { "no-restricted-imports": ["error", { patterns: [noRelative] }] } },
  // Charts are drawn by our own core; every other place must stay text.
  {
    files: ["src/components/dashboards/ChartCard.svelte", "src/components/shared/Icon.svelte"],
    rules: { "svelte/no-at-html-tags": "off" },
  },
  { files: ["scripts/*.mjs"], rules: { "no-console": "off" } },
);
