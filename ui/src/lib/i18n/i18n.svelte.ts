// The texts of the console. Keys are typed from en.json; both files are in the bundle, so that a switch needs no restart.
// Forms are parted by " || " and chosen by the plural rule of `n` (one || other); Chinese has one form.
import en from "$locales/en.json";
import zh from "$locales/zh.json";

/** A language of the console. */
export type UiLanguage = "en" | "zh";

type Paths<T, P extends string = ""> = {
  [K in keyof T & string]: T[K] extends string ? `${P}${K}` : Paths<T[K], `${P}${K}.`>;
}[keyof T & string];

/** A key of the texts. */
export type Key = Paths<typeof en>;
/** What a text can be given. */
export type Params = Record<string, string | number>;

type Tree = { [key: string]: string | Tree };

/** All texts of a tree by their full key. */
export function flatten(tree: Tree, prefix = ""): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") flat.set(prefix + key, value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) flat.set(inner, text);
  }
  return flat;
}

const texts: Record<UiLanguage, Map<string, string>> = { en: flatten(en), zh: flatten(zh) };
const locales: Record<UiLanguage, string> = { en: "en-GB", zh: "zh-CN" };

class Language {
  current = $state<UiLanguage>("en");

  /** Switches every visible text. */
  use(language: string): void {
    this.current = language.startsWith("zh") ? "zh" : "en";
    if (typeof document !== "undefined") document.documentElement.lang = locales[this.current];
  }

  /** For Intl. */
  get locale(): string {
    return locales[this.current];
  }
}

/** The language of the console. */
export const language = new Language();

function pick(text: string, params: Params | undefined): string {
  const forms = text.split(" || ");
  const last = forms.length - 1;
  if (last === 0) return text;
  const one = new Intl.PluralRules(language.locale).select(Number(params?.n ?? 0)) === "one";
  return forms[one ? 0 : last] ?? text;
}

/** The text of a key, with its parameters filled in. */
export function t(key: Key, params?: Params): string {
  const text = texts[language.current].get(key);
  if (text === undefined) return key;
  return pick(text, params).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params?.[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? new Intl.NumberFormat(language.locale).format(value) : value;
  });
}

/** The text of a key that only the data knows; `otherwise` when there is none. */
export function tMaybe(key: string, otherwise: string, params?: Params): string {
  return texts[language.current].has(key) ? t(key as Key, params) : otherwise;
}
