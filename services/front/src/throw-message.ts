/** Reads a throw from a line of a tally or a message at the table. */
import type { MessageCarrier } from "@baton/telemetry/http";
import { getSchemaValidator, type Static } from "elysia";
import type { Throw } from "./dice-client.ts";
import { type FieldError, ProblemError } from "./problem.ts";
import { defaults, ruleOf, throwMessage } from "./schemas.ts";

const validator = getSchemaValidator(throwMessage, {});

/** The field of an error that is about the whole message. */
export const wholeMessage = "(all)";

/**
 * @param message JSON as text or bytes, or the parsed value.
 * @param line Its line in the body, from 1.
 * @throws ProblemError 400 that names the line, each bad field and its rule.
 */
export function readThrowMessage(message: unknown, line?: number): Throw {
  const value = typeof message === "string" || message instanceof Uint8Array ? parseJson(message, line) : message;
  if (isThrow(value)) {
    const { player = defaults.player, rolls = defaults.rolls, sides = defaults.sides } = value;
    return { player, rolls, sides };
  }
  // A value can break several rules of its schema; `ruleOf` describes them together.
  const rules = new Map<string, string>();
  for (const { path, schema } of validator.Errors(value)) {
    // What is wrong with an unknown field is said by the schema of the whole message.
    const isUnknown = path !== "" && schema.type === "object";
    rules.set(path.slice(1) || wholeMessage, isUnknown ? "left out: a throw has no such field" : ruleOf(schema));
  }
  throw invalid(rules, line);
}

export interface TableMessage {
  /** `undefined` for a message that carries no context. */
  readonly carrier: MessageCarrier | undefined;
  /** The throw, or whatever was sent in its place. */
  readonly content: unknown;
}

/**
 * A message at the table may carry the context of its sender: `traceparent`, `tracestate` and `baggage` are fields beside
 * those of the throw. Nothing that is wrong with them is an error: a trace must not make a round fail.
 */
export function openMessage(message: unknown): TableMessage {
  const value = message instanceof Uint8Array ? parsed(message) : message;
  if (!hasContext(value)) return { carrier: undefined, content: message };
  const { traceparent, tracestate, baggage, ...content } = value;
  return { carrier: { traceparent, tracestate, baggage }, content };
}

function hasContext(value: unknown): value is MessageCarrier {
  const isRecord = typeof value === "object" && value !== null;
  return isRecord && ("traceparent" in value || "tracestate" in value || "baggage" in value);
}

function isThrow(value: unknown): value is Static<typeof throwMessage> {
  return validator.Check(value);
}

function parseJson(message: string | Uint8Array, line: number | undefined): unknown {
  const value = parsed(message);
  if (value === undefined) throw invalid(new Map([[wholeMessage, "a JSON object"]]), line);
  return value;
}

/** `undefined` for what is not JSON. */
function parsed(message: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof message === "string" ? message : new TextDecoder().decode(message));
  } catch {
    return undefined;
  }
}

function invalid(rules: ReadonlyMap<string, string>, line: number | undefined): ProblemError {
  const errors = [...rules].map(
    ([field, rule]): FieldError => ({ in: "body", field, rule, ...(line === undefined ? undefined : { line }) }),
  );
  const where = line === undefined ? "" : `Line ${line}: `;
  return new ProblemError({ status: 400, detail: where + wordErrors(errors), errors });
}

/** "rolls must be a whole number from 1 to 1000; sides must be ..." */
export function wordErrors(errors: readonly FieldError[]): string {
  const subject = (field: string) => (field === wholeMessage ? "the message" : field);
  return `${errors.map(({ field, rule }) => `${subject(field)} must be ${rule}`).join("; ")}.`;
}
