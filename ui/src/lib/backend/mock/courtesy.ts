// Courtesy by country in the preview.
import type { Backend } from "$lib/backend/backend";
import type { CourtesyProfile, CourtesyView } from "$lib/backend/types";
import type { Core } from "$lib/backend/mock/mock";

const plain = { greeting: "", opening: "", sign_off: "", avoid: [] };

/** Three of those that ship, and one of the seller's own. */
export const courtesyView = (): CourtesyView => ({
  own: [{ ...plain, country: "DE", language: "de", name: "full", sign_off: "Mit besten Grüßen" }],
  shipped: [
    { ...plain, country: "US", language: "en", name: "given", greeting: "Hi {name}," },
    { ...plain, country: "GB", language: "en", name: "given" },
    { ...plain, country: "JP", language: "ja", name: "full", opening: "このたびはお問い合わせいただき、誠にありがとうございます。" },
  ],
});

const NAMES: Record<CourtesyProfile["name"], string> = { full: "Alex Martin", given: "Alex", none: "" };

type CourtesyCalls = Pick<Backend, "getCourtesy" | "saveCourtesy" | "previewCourtesy">;

/** The commands about courtesy. */
export function courtesyCalls(core: Core, failure: (code: string, text: string) => unknown): CourtesyCalls {
  const check = (profile: CourtesyProfile) => {
    if (profile.greeting && !profile.greeting.includes("{name}")) throw failure("precondition", "the greeting has no name");
  };
  return {
    getCourtesy: async () => structuredClone(core.courtesy),
    saveCourtesy: async (profiles) => {
      profiles.forEach(check);
      core.courtesy.own = profiles;
      core.emit({ event: "settings_changed" });
      return null;
    },
    previewCourtesy: async (profile) => {
      check(profile);
      const greeting = (profile.greeting || "Hello {name},").replace("{name}", NAMES[profile.name]);
      return [greeting, profile.opening, "Your order 10023 is being prepared.", profile.sign_off || "Kind regards,"]
        .filter(Boolean)
        .join("\n\n");
    },
  };
}
