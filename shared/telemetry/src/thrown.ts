/** What is recorded of a thrown value. It can be any value, so a field that cannot be read counts as missing. */
import { type Redact, redactSecrets } from "./redact.ts";

/** The class, message and stack of what was thrown, without the secrets in URLs. */
export interface ThrownException {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

export function exceptionOf(error: unknown, redact: Redact = redactSecrets): ThrownException {
  if (!isErrorObject(error)) return { name: "Error", message: redact(printed(error)) };
  const stack = textOf(error, "stack");
  const shown = { name: redact(nameOf(error) ?? "Error"), message: redact(textOf(error, "message") ?? "") };
  return stack === undefined ? shown : { ...shown, stack: redact(stack) };
}

/** A low-cardinality name for what was thrown: the `code` of a system error, else the name of its class. */
export function errorType(error: unknown): string {
  if (!isErrorObject(error)) return "_OTHER";
  const code = textOf(error, "code");
  if (code !== undefined && /^[A-Za-z][A-Za-z0-9_]*$/.test(code)) return code;
  return redactSecrets(nameOf(error) ?? "_OTHER");
}

/** True for the error that an aborted `AbortSignal` has by default. */
export function isAbort(error: unknown): boolean {
  return isErrorObject(error) && textOf(error, "name") === "AbortError";
}

/** `instanceof Error` that cannot throw. */
export function isErrorObject(error: unknown): error is Error {
  return attempt(() => error instanceof Error) === true;
}

/** The value as text, for a message. */
export function printed(value: unknown): string {
  return attempt(() => String(value)) ?? "a value without a text";
}

function nameOf(error: Error): string | undefined {
  const classOf = attempt(() => error.constructor);
  return textOf(error, "name") || textOf(classOf, "name") || undefined;
}

/** A field whose value is text; `undefined` for any other. */
export function textOf(value: unknown, key: string): string | undefined {
  const text = attempt(() => (value as Readonly<Record<string, unknown>>)[key]);
  return typeof text === "string" ? text : undefined;
}

/** Runs `work`. @returns `undefined` where it throws. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
