/** The schemas of a throw in a query and in a message, and the rule that an error names. */
import { t } from "elysia";

/** The values of parameters that the client leaves out. */
export const defaults = { player: "", rolls: 1, sides: 6, streamRolls: 5, intervalMs: 200, hops: 1 } as const;

interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

const ranges = {
  rolls: { minimum: 1, maximum: 1000 },
  sides: { minimum: 2, maximum: 1000 },
  interval_ms: { minimum: 0, maximum: 1000 },
  hops: { minimum: 0, maximum: 5 },
} as const;

/**
 * Not `t.Integer`, because in JSON it accepts the text "3" too. Elysia reads numbers in a query from text, and its error
 * for a number out of range does not name the field. So each schema has the name of its field as title.
 */
const wholeNumber = (title: string, range: Range, description: string) =>
  t.Optional(t.Number({ ...range, multipleOf: 1, title, description }));

const player = t.Optional(t.String({ maxLength: 64, title: "player", description: "Who throws." }));

const sides = wholeNumber("sides", ranges.sides, `Sides of each die, ${defaults.sides} when left out.`);

export const rollQuery = t.Object({
  player,
  rolls: wholeNumber("rolls", ranges.rolls, "How many dice. Left out: one die, answered as a plain number."),
  sides,
});

export const streamQuery = t.Object({
  player,
  rolls: wholeNumber("rolls", ranges.rolls, `How many dice, ${defaults.streamRolls} when left out.`),
  sides,
  interval_ms: wholeNumber(
    "interval_ms",
    ranges.interval_ms,
    `Milliseconds between two dice, ${defaults.intervalMs} when left out.`,
  ),
});

export const relayQuery = t.Object({
  hops: wholeNumber("hops", ranges.hops, `How often front calls itself first, ${defaults.hops} when left out.`),
});

/** A line of a tally, or a message at the table. */
export const throwMessage = t.Object({
  player,
  rolls: wholeNumber("rolls", ranges.rolls, `How many dice, ${defaults.rolls} when left out.`),
  sides,
});

/** Milliseconds that the caller will wait. It can only shorten the limit of the service. */
export const timeoutHeader = "request-timeout-ms";

export const timeoutHeaders = t.Object({
  [timeoutHeader]: wholeNumber(
    timeoutHeader,
    // A day; a gRPC timeout has at most eight digits.
    { minimum: 1, maximum: 86_400_000 },
    "Milliseconds that the caller will wait. It can only shorten the limit of the service.",
  ),
});

/** The part of a schema that says what a value must be. */
export interface ValueSchema {
  readonly title?: string;
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  /** The rule in words, where the other fields do not say it. */
  readonly rule?: string;
}

/** The rule of a value, in words. */
export function ruleOf({ minimum, maximum, maxLength, type, enum: words, rule }: ValueSchema): string {
  if (rule !== undefined) return rule;
  if (minimum !== undefined && maximum !== undefined) return `a whole number from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `a whole number of at least ${minimum}`;
  if (maxLength !== undefined) return `text of at most ${maxLength} characters`;
  if (words !== undefined) return `one of ${words.join(", ")}`;
  return type === "object" ? "a JSON object" : "valid";
}
