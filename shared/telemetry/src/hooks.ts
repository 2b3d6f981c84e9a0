/** Guards the hooks of a user, so that an error in one never changes the request. */
import { diag } from "@opentelemetry/api";
import { redactSecrets } from "./redact.ts";
import { printed } from "./thrown.ts";

/** One for the process: the names are the few of this package, and an error in a hook is reported once for all its uses. */
const reported = new Set<string>();

/**
 * Makes a user's hook safe to call. What it throws is reported once through `diag`, and `fallback` is called in its place.
 * Without a hook, `fallback` is all there is.
 */
export function guardHook<Args extends readonly unknown[], T>(
  name: string,
  hook: ((...args: Args) => T) | undefined,
  fallback: (...args: Args) => T,
): (...args: Args) => T {
  if (hook === undefined) return fallback;
  return (...args) => {
    try {
      return hook(...args);
    } catch (error) {
      reportOnce(`the hook ${name}`, "its default is used instead", error);
      return fallback(...args);
    }
  };
}

/** Reports what somebody else's code threw, once for each `part`. @param effect What follows from it. */
export function reportOnce(part: string, effect: string, error: unknown): void {
  if (reported.has(part)) return;
  reported.add(part);
  diag.error(`${part} threw, ${effect} (reported once): ${redactSecrets(printed(error))}`);
}
