// The conversations behind a number of a dashboard, on their way to the list. Too many for the address, so they are kept here.
class Drilled {
  ids = $state.raw<number[] | null>(null);
}

/** What was drilled down to. */
export const drilled = new Drilled();
