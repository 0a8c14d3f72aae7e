// The small rules: hours, canned texts, snooze, filter, keys, list sizes.
import { describe, expect, it } from "vitest";
import { meaning } from "$lib/frame/keys";
import { readFilter, toFilter } from "$lib/dashboards/filter";
import { ago, money, span } from "$lib/i18n/format";
import { language } from "$lib/i18n/i18n.svelte";
import { putCanned, slashWord } from "$lib/inbox/canned";
import { ConversationList } from "$lib/inbox/list.svelte";
import { snoozeUntil } from "$lib/inbox/snooze";
import { readSpans, showSpans } from "$lib/settings/hours";
import { useSource } from "$lib/backend/backend";
import { makeMock } from "$lib/backend/mock/mock";

describe("business hours", () => {
  const check = (input: string, expected: string | undefined) => {
    const spans = readSpans(input);
    expect(spans && showSpans(spans), input).toBe(expected);
  };
  it("are read as people write them", () => {
    check("", "");
    check("9-17", "09:00-17:00");
    check("09:00-12:30, 14:00–18:00", "09:00-12:30, 14:00-18:00");
    check("14:00-18:00；9:00-12:00".replace("；", ";"), "09:00-12:00, 14:00-18:00");
    check("18-9", undefined);
    check("9-25", undefined);
    check("morning", undefined);
  });
});

describe("saved texts", () => {
  it("start with a slash at the start of a word only", () => {
    expect(slashWord("/tra", 4)).toBe("tra");
    expect(slashWord("Hello /", 7)).toBe("");
    expect(slashWord("and/or", 6)).toBeUndefined();
    expect(putCanned("Hi /th, bye", 6, "thanks")).toEqual({ text: "Hi thanks, bye", caret: 9 });
  });
});

describe("snooze", () => {
  it("wakes next week on a Monday at nine, never today", () => {
    for (let day = 16; day < 23; day++) {
      const now = new Date(2026, 10, day, 15).getTime();
      const until = new Date(snoozeUntil("week", now) ?? 0);
      expect([until.getDay(), until.getHours()]).toEqual([1, 9]);
      expect(until.getTime()).toBeGreaterThan(now);
    }
    expect(snoozeUntil("reply", 0)).toBeNull();
  });
});

describe("the dashboards' filter", () => {
  it("is what the address says, in whole days", () => {
    const read = (name: string) => ({ period: "7", channel: "amazon" })[name] ?? "";
    const filter = toFilter(readFilter(read), Date.UTC(2026, 10, 23, 13));
    expect(filter.channels).toEqual(["amazon"]);
    expect([filter.from, filter.to]).toEqual([Date.UTC(2026, 10, 17), Date.UTC(2026, 10, 24)]);
    expect(readFilter((name) => (name === "period" ? "12" : "")).period).toBe(30);
  });
});

describe("keys", () => {
  const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
  it("mean the same on every layout and little while typing", () => {
    expect(meaning({ ...none, code: "KeyK" }, false)).toBe("previous");
    expect(meaning({ ...none, code: "KeyK", ctrlKey: true }, true)).toBe("palette");
    expect(meaning({ ...none, code: "KeyJ" }, true)).toBeUndefined();
    expect(meaning({ ...none, code: "Slash", shiftKey: true }, false)).toBe("sheet");
    expect(meaning({ ...none, code: "KeyE", altKey: true }, false)).toBeUndefined();
  });
});

describe("formats", () => {
  it("say times and money as the language does", () => {
    language.use("en");
    expect(ago(0, 59_000)).toBe("now");
    expect(span(130 * 60_000)).toBe("2 h 10 min");
    expect(money({ minor: 1999, currency: "EUR" })).toBe("€19.99");
    expect(money({ minor: 1999, currency: "JPY" })).toBe("¥1,999");
    language.use("zh");
    expect(span(130 * 60_000)).toBe("2 小时 10 分");
  });
});

describe("a long list", () => {
  it("holds only the pages in sight, and all of their rows", async () => {
    useSource(makeMock({ conversations: 2000 }));
    const list = new ConversationList();
    await list.show({ view: "resolved" });
    expect(list.total).toBeGreaterThan(1000);
    expect(list.rows.filter(Boolean)).toHaveLength(100);
    list.see(560, 575);
    await new Promise((done) => setTimeout(done, 20));
    expect(list.rows.slice(500, 600).every(Boolean)).toBe(true);
    expect(list.rows[300]).toBeNull();
  });

  it("shows a conversation once, also when it has moved from one page into another", async () => {
    const mock = makeMock({ conversations: 2000 });
    let moved = false;
    const { listConversations } = mock.calls;
    // As if one conversation had come in at the top after the first page was read: each stands one place further down.
    mock.calls.listConversations = async (query) => {
      const page = await listConversations({ ...query, offset: Math.max(0, (query.offset ?? 0) - Number(moved)) });
      return { ...page, total: page.total + Number(moved) };
    };
    useSource(mock);
    const list = new ConversationList();
    await list.show({ view: "resolved" });
    const last = list.rows[99]?.id;
    moved = true;
    list.see(100, 115);
    await new Promise((done) => setTimeout(done, 20));
    expect(list.rows.flatMap((row, index) => (row?.id === last ? [index] : []))).toEqual([100]);
  });
});
