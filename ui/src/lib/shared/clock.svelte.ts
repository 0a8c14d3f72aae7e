// The clock of the screen: relative times move on by themselves, every half minute.
class Clock {
  now = $state(Date.now());
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Lets the time run; gives the clean-up. */
  start(): () => void {
    this.#timer = setInterval(() => (this.now = Date.now()), 30_000);
    return () => clearInterval(this.#timer);
  }
}

/** The time that is shown. */
export const screenClock = new Clock();
