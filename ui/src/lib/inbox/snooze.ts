// When a snoozed conversation wakes.

/** A choice of the snooze menu. */
export type SnoozeChoice = "hour" | "later" | "tomorrow" | "week" | "reply";
/** In the order of the menu. */
export const SNOOZE_CHOICES: SnoozeChoice[] = ["hour", "later", "tomorrow", "week", "reply"];

const HOUR = 3_600_000;
const MORNING = 9;

/** The moment of a choice; `null` means: with the next message. */
export function snoozeUntil(choice: SnoozeChoice, now: number): number | null {
  const day = new Date(now);
  const morning = (ahead: number) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + ahead, MORNING).getTime();
  switch (choice) {
    case "hour":
      return now + HOUR;
    case "later":
      return now + 4 * HOUR;
    case "tomorrow":
      return morning(1);
    case "week":
      // The next Monday, and never today.
      return morning(((8 - day.getDay()) % 7) + (day.getDay() === 1 ? 7 : 0));
    case "reply":
      return null;
  }
}
