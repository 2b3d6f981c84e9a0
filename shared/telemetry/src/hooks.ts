/** Calls the hooks of a user, so that an error in one never changes the request. */
import { diag } from "@opentelemetry/api";
import { redactSecrets } from "./redact.ts";
import { printed } from "./thrown.ts";

/** One for the process: the names are the few of this package, and an error in a hook is reported once for all its uses. */
const reported = new Set<string>();

/**
 * Calls a user's hook, if there is one. What it throws is reported once per hook through `diag`.
 * @returns What the hook returns; `fallback` without a hook, and where it throws.
 */
export function callHook<Args extends readonly unknown[], T>(
  name: string,
  hook: ((...args: Args) => T) | undefined,
  args: Args,
  fallback: T,
): T {
  if (hook === undefined) return fallback;
  try {
    return hook(...args);
  } catch (error) {
    reportOnce(name, error);
    return fallback;
  }
}

/** For a call that runs for each request: `callHook()` would need a closure. */
export function reportOnce(name: string, error: unknown): void {
  if (reported.has(name)) return;
  reported.add(name);
  diag.error(`the hook ${name} threw, its default is used instead (reported once): ${redactSecrets(printed(error))}`);
}
