// Builds the window, and runs its tests: one configuration, so that both resolve the same aliases.
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  // Relative addresses: the window loads from its own scheme, the preview from a folder.
  base: "./",
  resolve: {
    alias: {
      $lib: here("./src/lib"),
      $components: here("./src/components"),
      $locales: here("./src/locales"),
      $routes: here("./src/routes"),
    },
    // Without it vitest takes Svelte's server build, which mounts nothing.
    conditions: mode === "test" ? ["browser"] : undefined,
  },
  build: { target: "es2022", sourcemap: false, chunkSizeWarningLimit: 700 },
  server: { port: 5173, strictPort: true },
  test: {
    environment: "jsdom",
    include: ["src/tests/**/*.test.ts"],
    setupFiles: ["src/tests/setup.ts"],
    // axe over a whole screen takes seconds on a busy machine.
    testTimeout: 60_000,
  },
}));
