// The texts: complete in both languages, all used, none missing, and none written into a screen.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { flatten, language, t } from "$lib/i18n/i18n.svelte";
import en from "$locales/en.json";
import zh from "$locales/zh.json";

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(svelte|ts)$/.test(name) && !name.startsWith("tests") && !name.includes("mock"))
  .map((name) => ({ name, text: readFileSync(join("src", name), "utf8") }));
const english = flatten(en);
const chinese = flatten(zh);
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort().join(" ");

describe("c10 the texts", () => {
  it("have the same keys in both languages", () => {
    expect([...chinese.keys()]).toEqual([...english.keys()]);
  });

  it("have the same placeholders in both languages and in each form", () => {
    for (const [key, text] of english) {
      for (const form of [...text.split(" || "), ...(chinese.get(key) ?? "").split(" || ")]) {
        // A form for one may leave the number out: "No passage".
        const wanted = placeholders(text.split(" || ").at(-1) ?? "");
        expect(placeholders(form), key).toBe(wanted);
      }
    }
  });

  it("are never empty, and Chinese is not left in English", () => {
    const same = /^(channel|encryption|uiLanguage|author\.system|app\.title|settings\.(ctrlEnter|enter)|dashboards\.(n|noValue))/;
    for (const [key, text] of english) {
      expect(text.trim(), key).not.toBe("");
      if (!same.test(key)) expect(chinese.get(key), key).toMatch(/\p{Script=Han}|^\{\w+\}( [/%] \{\w+\})?$/u);
    }
  });

  it("are all used", () => {
    const source = files.map(({ text }) => text).join("\n");
    const prefixes = [...source.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z]+)*\.)\$\{/g)].map((found) => found[1] ?? "");
    const unused = [...english.keys()].filter(
      (key) => !source.includes(`"${key}"`) && !source.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });

  it("are never missing where a screen asks for one", () => {
    const asked = files.flatMap(({ text }) => [...text.matchAll(/\bt\(\s*["']([\w.]+)["']/g)].map((found) => found[1] ?? ""));
    expect(asked.filter((key) => !english.has(key))).toEqual([]);
    expect(asked.length).toBeGreaterThan(200);
  });

  it("are nowhere written into a screen", () => {
    const literals = files
      .filter(({ name }) => name.endsWith(".svelte"))
      .flatMap(({ name, text }) => {
        const markup = text
          .replace(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>|<!--[\s\S]*?-->/g, "")
          .replace(/<(code|kbd)>[\s\S]*?<\/\1>/g, "")
          .replace(/=>/g, "")
          .replace(/\{[^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}/g, "")
          .replace(/&nbsp;/g, "");
        const between = [...markup.matchAll(/>([^<>]+)</g)].map((found) => (found[1] ?? "").trim());
        const attributes = [...text.matchAll(/\b(?:aria-label|title|placeholder|alt)="([^"{]+)"/g)].map((found) => found[1] ?? "");
        return [...between.filter((part) => /\p{L}{2,}/u.test(part)), ...attributes.filter((part) => !/^(\d|support@)/.test(part))].map(
          (part) => `${name}: ${part}`,
        );
      });
    expect(literals).toEqual([]);
  });
});

describe("a text", () => {
  it("takes the form of its number", () => {
    language.use("en");
    expect(t("inbox.count", { n: 1 })).toBe("1 conversation");
    expect(t("inbox.count", { n: 1200 })).toBe("1,200 conversations");
    language.use("zh");
    expect(t("inbox.count", { n: 1 })).toBe("1 个会话");
  });
});
