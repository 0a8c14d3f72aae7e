import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

/** Svelte 5. */
export default { preprocess: vitePreprocess() };
