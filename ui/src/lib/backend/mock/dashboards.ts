// Dashboards of the preview: the same shapes as the core's, with simple bars drawn here.
import type { Chart, Dashboard, DashboardKey, DrillKey, DrillOf, Figure, Mark, Unit } from "$lib/backend/types";

const WIDTH = 640;
const ROW = 28;
const LEFT = 150;

/** Everything of a kind. */
export const drillAll = (of: DrillOf): DrillKey => ({
  of,
  channel: null,
  language: null,
  language_unknown: false,
  served_by: null,
  scores: [],
  outcome: null,
  reason: null,
  waiting: null,
  segment: null,
  currency: null,
  first_day: null,
  last_day: null,
});

const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

type Bar = { label: string; value: number; text: string; n: number; drill: DrillKey };

function bars(id: string, title: string, description: string, axis: string, list: Bar[]): Chart {
  const most = Math.max(...list.map((bar) => bar.value), 1);
  const height = list.length * ROW + 34;
  const shapes: string[] = [];
  const marks: Mark[] = list.map((bar, index) => {
    const y = index * ROW + 6;
    const width = ((WIDTH - LEFT - 70) * bar.value) / most;
    shapes.push(
      `<text x="${LEFT - 8}" y="${y + 13}" text-anchor="end" font-size="12" fill="var(--text)">${escape(bar.label)}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="18" fill="var(--chart-1)"/>`,
      `<text x="${LEFT + width + 6}" y="${y + 13}" font-size="12" fill="var(--text-muted)">${escape(bar.text)}</text>`,
    );
    return {
      x: LEFT,
      y,
      width: Math.max(width, 6),
      height: 18,
      label: bar.label,
      value: bar.value,
      text: bar.text,
      n: bar.n,
      drill: bar.drill,
    };
  });
  shapes.push(`<text x="${LEFT}" y="${height - 8}" font-size="11" fill="var(--text-muted)">${escape(axis)}</text>`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img"><title>${escape(title)}</title><desc>${escape(description)}</desc>${shapes.join("")}</svg>`;
  const rows = list.map((bar) => ({
    cells: [
      { text: bar.label, value: null },
      { text: bar.text, value: bar.value },
      { text: String(bar.n), value: bar.n },
    ],
    drill: bar.drill,
  }));
  return {
    id,
    kind: "bars",
    title,
    description,
    svg,
    marks,
    width: WIDTH,
    height,
    empty: false,
    table: { key: id, title, columns: [title, axis, "n"], rows },
  };
}

function line(id: string, title: string, description: string, axis: string, values: number[], of: DrillOf): Chart {
  const height = 190;
  const most = Math.max(...values, 1);
  const point = (value: number, index: number) => [44 + (index * (WIDTH - 64)) / (values.length - 1), 150 - (value / most) * 130] as const;
  const path = values
    .map((value, index) =>
      point(value, index)
        .map((n) => n.toFixed(1))
        .join(","),
    )
    .join(" ");
  const marks: Mark[] = values.map((value, index) => {
    const [x, y] = point(value, index);
    return {
      x: x - 8,
      y: y - 8,
      width: 16,
      height: 16,
      label: `${values.length - index} d`,
      value,
      text: `${value} %`,
      n: 12 + (index % 5),
      drill: drillAll(of),
    };
  });
  const grid = [0, 0.5, 1].map(
    (part) =>
      `<line x1="44" x2="${WIDTH - 20}" y1="${150 - part * 130}" y2="${150 - part * 130}" stroke="var(--line)"/><text x="38" y="${154 - part * 130}" text-anchor="end" font-size="11" fill="var(--text-muted)">${Math.round(most * part)}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img"><title>${escape(title)}</title><desc>${escape(description)}</desc>${grid.join("")}<polyline points="${path}" fill="none" stroke="var(--chart-1)" stroke-width="2"/><text x="44" y="180" font-size="11" fill="var(--text-muted)">${escape(axis)}</text></svg>`;
  return {
    id,
    kind: "line",
    title,
    description,
    svg,
    marks,
    width: WIDTH,
    height,
    empty: false,
    table: {
      key: id,
      title,
      columns: ["day", axis],
      rows: values.map((value, index) => ({
        cells: [
          { text: String(index + 1), value: index + 1 },
          { text: String(value), value },
        ],
        drill: null,
      })),
    },
  };
}

function figure(
  key: string,
  title: string,
  value: number,
  unit: Unit,
  text: string,
  n: number,
  formula: string,
  previous: number,
  before: string,
  of: DrillOf,
): Figure {
  return {
    key,
    title,
    value,
    unit,
    currency: null,
    text,
    n,
    formula_key: `formula.${key}`,
    formula,
    previous,
    previous_text: before,
    drill: drillAll(of),
  };
}

const bar = (label: string, value: number, text: string, n: number, of: DrillOf, changes: Partial<DrillKey> = {}): Bar => ({
  label,
  value,
  text,
  n,
  drill: { ...drillAll(of), ...changes },
});

const wave = (from: number, swing: number): number[] =>
  Array.from({ length: 30 }, (_, day) => Math.round(from + Math.sin(day / 3) * swing + Math.cos(day * 1.7) * swing * 0.4));

const MADE: Record<DashboardKey, () => Dashboard> = {
  segments: () => ({
    key: "segments",
    title: "Segments",
    notes: ["Customers who paid in different currencies are ranked within their currency."],
    figures: [
      figure(
        "customers",
        "Customers",
        271,
        "count",
        "271",
        271,
        "Customers with at least one order that was not cancelled",
        254,
        "254",
        "customers",
      ),
      figure(
        "repeat_rate",
        "Buy again",
        0.38,
        "percent",
        "38 %",
        271,
        "Customers with two or more orders / customers x 100",
        0.36,
        "36 %",
        "customers",
      ),
      figure("value", "Median value", 6900, "money", "€69.00", 271, "Median of what each customer has spent", 7100, "€71.00", "customers"),
      figure("at_risk", "At risk", 41, "count", "41", 271, "Customers in the groups at risk and cannot lose", 35, "35", "customers"),
    ],
    charts: [
      bars("segments", "Customers by group", "Number of customers in each group by recency, frequency and value.", "customers", [
        bar("Champions", 34, "34", 34, "customers", { segment: "champions" }),
        bar("Loyal", 41, "41", 41, "customers", { segment: "loyal" }),
        bar("New", 62, "62", 62, "customers", { segment: "new" }),
        bar("Promising", 38, "38", 38, "customers", { segment: "promising" }),
        bar("Need attention", 29, "29", 29, "customers", { segment: "need_attention" }),
        bar("At risk", 41, "41", 41, "customers", { segment: "at_risk" }),
        bar("Hibernating", 26, "26", 26, "customers", { segment: "hibernating" }),
      ]),
    ],
    tables: [],
  }),
  satisfaction: () => ({
    key: "satisfaction",
    title: "Satisfaction",
    notes: [],
    figures: [
      figure("csat", "Satisfaction", 0.84, "percent", "84 %", 312, "Ratings 4-5 / ratings x 100", 0.81, "81 %", "ratings"),
      figure("response_rate", "Response rate", 0.29, "percent", "29 %", 1076, "Ratings / surveys delivered x 100", 0.31, "31 %", "surveys"),
      figure("ratings", "Ratings", 312, "count", "312", 312, "Answers to a survey, at most one an episode", 287, "287", "ratings"),
    ],
    charts: [
      line("csat_days", "Satisfaction by day", "Share of ratings 4 and 5 on each day.", "% positive, last 30 days", wave(82, 7), "ratings"),
      bars("csat_channel", "Satisfaction by channel", "Share of positive ratings for each channel.", "% positive", [
        bar("E-mail", 86, "86 %", 121, "ratings", { channel: "email" }),
        bar("Amazon", 79, "79 %", 84, "ratings", { channel: "amazon" }),
        bar("Shopify", 88, "88 %", 51, "ratings", { channel: "shopify" }),
        bar("WhatsApp", 91, "91 %", 37, "ratings", { channel: "whatsapp" }),
        bar("eBay", 74, "74 %", 19, "ratings", { channel: "ebay" }),
      ]),
      bars("csat_served", "By who served", "Share of positive ratings for bot, people and both.", "% positive", [
        bar("Bot only", 83, "83 %", 168, "ratings", { served_by: "bot" }),
        bar("People only", 88, "88 %", 66, "ratings", { served_by: "human" }),
        bar("Both", 81, "81 %", 78, "ratings", { served_by: "mixed" }),
      ]),
    ],
    tables: [
      {
        key: "comments",
        title: "Comments",
        columns: ["Score", "Comment"],
        rows: [
          {
            cells: [
              { text: "5", value: 5 },
              { text: "Quick and friendly, thank you", value: null },
            ],
            drill: drillAll("ratings"),
          },
          {
            cells: [
              { text: "2", value: 2 },
              { text: "Zu spät, aber nett", value: null },
            ],
            drill: drillAll("ratings"),
          },
        ],
      },
    ],
  }),
  handoffs: () => ({
    key: "handoffs",
    title: "Handoffs",
    notes: [],
    figures: [
      figure("handoff_rate", "Handed off", 0.23, "percent", "23 %", 1483, "Handed off / bot-involved x 100", 0.26, "26 %", "handoffs"),
      figure(
        "confirmed",
        "Confirmed",
        0.31,
        "percent",
        "31 %",
        1483,
        "Solved, and the customer said so / bot-involved x 100",
        0.3,
        "30 %",
        "episodes",
      ),
      figure(
        "assumed",
        "Assumed",
        0.38,
        "percent",
        "38 %",
        1483,
        "No customer message within the channel's time / bot-involved x 100",
        0.36,
        "36 %",
        "episodes",
      ),
      figure("open", "Still open", 0.08, "percent", "8 %", 1483, "Neither of these / bot-involved x 100", 0.08, "8 %", "episodes"),
      figure(
        "waiting_median",
        "Median wait",
        5_040_000,
        "duration_ms",
        "1 h 24 min",
        341,
        "Median of first human reply - handoff",
        6_000_000,
        "1 h 40 min",
        "handoffs",
      ),
      figure("orphans", "Orphans", 6, "count", "6", 341, "Handoffs with no human reply by the promised time", 9, "9", "orphans"),
    ],
    charts: [
      bars("reasons", "Reasons", "Number of handoffs for each reason.", "handoffs", [
        bar("Anger or risk", 96, "96", 96, "handoffs", { reason: "emotion_risk" }),
        bar("Asked for a person", 81, "81", 81, "handoffs", { reason: "customer_request" }),
        bar("Nothing to answer from", 72, "72", 72, "handoffs", { reason: "missing_knowledge" }),
        bar("Rule of the shop", 58, "58", 58, "handoffs", { reason: "policy_restriction" }),
        bar("Look-up failed", 34, "34", 34, "handoffs", { reason: "tool_failure" }),
      ]),
      line(
        "handoff_days",
        "Handoff rate by day",
        "Share of bot-involved conversations that were handed to a person.",
        "% of bot-involved, last 30 days",
        wave(24, 5),
        "handoffs",
      ),
    ],
    tables: [],
  }),
};

/** A dashboard of the preview. */
export const makeDashboard = (key: DashboardKey): Dashboard => MADE[key]();
