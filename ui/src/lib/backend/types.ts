// The wire types as the screens use them: what the core always fills is not optional here.
// Everything else is passed on unchanged from the generated bindings.
import type * as wire from "$lib/backend/bindings";

export type * from "$lib/backend/bindings";

/** Settings as read: the core fills every field. */
export type FullSettings = Required<wire.Settings>;
/** What is set about the language model, with every field. */
export type FullModelState = wire.ModelState & { settings: Required<wire.ModelSettings> };
/** A dashboard's filter with every list there. */
export type FullFilter = Required<wire.DashboardFilter>;
/** A message of a thread, without the tag. */
export type MessageItem = Extract<wire.ThreadItem, { kind: "message" }>;
/** The members of a stage, whatever its value. */
export type AnyStage = wire.Staged<unknown>;
