/** Calls what a user plugged in, so that a mistake in it never touches the request. */
import { diag } from "@opentelemetry/api";
import { redactSecrets } from "./redact.ts";
import { printed } from "./thrown.ts";

/** One for the process: the names are the few of this package, and a mistake in a hook is the same in each of its uses. */
const reported = new Set<string>();

/**
 * Runs a user's hook. What it throws is reported once per hook through `diag`, with what is used instead, and
 * `fallback` is returned.
 */
export function callHook<T>(name: string, hook: () => T, fallback: T): T {
  try {
    return hook();
  } catch (error) {
    if (!reported.has(name)) {
      reported.add(name);
      diag.error(
        `the hook ${name} threw, its default is used instead (reported once): ${redactSecrets(printed(error))}`,
      );
    }
    return fallback;
  }
}
