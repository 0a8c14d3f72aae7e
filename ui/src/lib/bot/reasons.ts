// The reasons under "why?" and the steps of a handoff card, in the language of the console. The core keeps codes and values; its own
// English sentence is shown only for what an older version stored without them.
import type { Evidence, EvidenceValue } from "$lib/backend/types";
import { countryName, languageName, percent, scriptName } from "$lib/i18n/format";
import { type Params, t, tMaybe } from "$lib/i18n/i18n.svelte";

/** The words of a rule; a rule that this version does not know is never shown as its code. */
export const ruleName = (rule: string): string => tMaybe(`rule.${rule}`, t("rule.other"));

function valueWords(value: EvidenceValue): string | number {
  switch (value.kind) {
    case "text":
    case "number":
      return value.value;
    case "percent":
      return percent(value.value / 100);
    case "language":
      return languageName(value.value);
    case "script":
      return scriptName(value.value);
    case "countries":
      return value.value.map(countryName).join(", ");
    case "intent":
      return t(`intent.${value.value}`);
    case "level":
      return t(`emotion.${value.value}`);
    case "cue":
      return t(`cue.${value.value}`);
    case "missing":
      return t(`orderMissing.${value.value}`);
    case "action":
      return t(`actionKind.${value.value}`);
    case "refused":
      return t(`refusal.${value.value}`);
    case "stage":
      return t(`actionState.${value.value}`);
  }
}

/** What a reason says. */
export function reasonText(reason: Evidence): string {
  if (reason.code) {
    const params: Params = {};
    for (const [place, value] of (reason.values ?? []).entries()) {
      params[place] = valueWords(value);
      if (value.kind === "number" && params.n === undefined) params.n = value.value;
    }
    return t(`why.${reason.code}`, params);
  }
  // A rule's name is one word of small letters; sentences of older versions are not.
  return reason.kind === "rule" && /^[a-z_]+$/.test(reason.text) ? ruleName(reason.text) : reason.text;
}
