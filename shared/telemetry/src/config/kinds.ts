/** The table of variables, row by row: parsers of the values, and how rows are read. A bad value is reported once, by name. */
import { redactSecrets } from "../redact.ts";

/** With `value` alone it is used, with `fault` alone the default. With both, a part of the text is bad and the rest is used. */
export interface Parsed<T> {
  readonly value?: T;
  /** Continues after the name of the variable, as in `OTEL_X="y" is not ...`. */
  readonly fault?: string;
}

export interface Kind<T> {
  /** What the documentation says is accepted. */
  readonly accepts: string;
  /** The text may hold a credential, so no message repeats it. */
  readonly secret?: boolean;
  /** The variable is not supported, so the message does not name a default. */
  readonly refused?: boolean;
  /** The text is trimmed and never empty: empty is unset. */
  readonly parse: (text: string) => Parsed<T>;
}

/** The largest number of milliseconds that a timer takes: a larger one fires at once. */
export const MAX_INT32 = 2_147_483_647;

/**
 * Only "true" is true; anything else is false.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#boolean
 */
export const boolean: Kind<boolean> = {
  accepts: "`true` or `false`",
  parse: (text) => {
    const lower = text.toLowerCase();
    if (lower === "true" || lower === "false") return { value: lower === "true" };
    return { fault: "is neither true nor false" };
  },
};

/** Any text. */
export const text: Kind<string> = { accepts: "text", parse: (value) => ({ value }) };

/** @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#integer */
export function integer(min: number, max: number = MAX_INT32): Kind<number> {
  const accepts = `whole number, ${min} to ${max}`;
  return {
    accepts,
    parse: (raw) => {
      const value = /^\+?\d+$/.test(raw) ? Number(raw) : Number.NaN;
      return value >= min && value <= max ? { value } : { fault: `is not a whole number from ${min} to ${max}` };
    },
  };
}

/** For a row without a default of its own: it falls back to another row. */
export function optional<T>(kind: Kind<T>): Kind<T | undefined> {
  return kind;
}

/** @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#duration */
export function duration(min: number): Kind<number> {
  return { ...integer(min), accepts: `milliseconds, ${min} to ${MAX_INT32}` };
}

/**
 * 0 means no limit, which is the longest time that a timer takes.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#timeout
 */
export const timeout: Kind<number> = {
  accepts: `milliseconds, 0 (no limit) to ${MAX_INT32}`,
  parse: (raw) => {
    const parsed = integer(0).parse(raw);
    return parsed.value === 0 ? { value: MAX_INT32 } : parsed;
  },
};

/** A fraction, such as a sampling probability. */
export const ratio: Kind<number> = {
  accepts: "number, 0 to 1",
  parse: (raw) => {
    const value = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(raw) ? Number(raw) : Number.NaN;
    if (value >= 0 && value <= 1) return { value };
    const percent = Number(/^(\d+\.?\d*)\s*%?$/.exec(raw)?.[1]);
    const meant = percent <= 100 ? `: ${percent} % is ${percent / 100}` : "";
    return { fault: `is not a number from 0 to 1${meant}` };
  },
};

/** One of a set, in any case. `refused` names known values that are not supported, and why. */
export function oneOf<T extends string>(values: readonly T[], refused: Readonly<Record<string, string>> = {}): Kind<T> {
  return {
    accepts: listed(values) + refusals(refused),
    parse: (raw) => {
      const lower = raw.toLowerCase();
      const value = values.find((known) => known === lower);
      if (value !== undefined) return { value };
      const why = refused[lower];
      return { fault: why ? `is not supported (${why})` : `is not one of ${values.join(", ")}` };
    },
  };
}

/** A comma-separated list of the same, each taken once. `none` stands alone and means an empty list. */
export function listOf<T extends string>(
  values: readonly T[],
  refused: Readonly<Record<string, string>> = {},
): Kind<readonly T[]> {
  const one = oneOf(values, refused);
  return {
    accepts: `list of ${listed(values)}, or \`none\`${refusals(refused)}`,
    parse: (raw) => {
      const words = splitList(raw);
      if (words.length === 1 && words[0]?.toLowerCase() === "none") return { value: [] };
      const parsed = words.map((word) => ({ word, ...one.parse(word) }));
      const found = [...new Set(parsed.flatMap(({ value }) => (value === undefined ? [] : [value])))];
      const faults = parsed.flatMap(({ word, fault }) =>
        fault === undefined ? [] : [`"${word}" is ignored, because it ${fault}`],
      );
      if (faults.length === 0) return found.length > 0 ? { value: found } : { fault: "names nothing" };
      const fault = `is ${found.length > 0 ? "used in part" : "not used"}: ${faults.join("; ")}`;
      return found.length > 0 ? { value: found, fault } : { fault };
    },
  };
}

/** A variable that is not supported. @param instead What happens, for the message. */
export function refused(instead: string): Kind<undefined> {
  return { accepts: "refused", refused: true, parse: () => ({ fault: `is not used: ${instead}` }) };
}

export function splitList(raw: string): readonly string[] {
  return raw
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function listed(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(", ");
}

function refusals(refusedValues: Readonly<Record<string, string>>): string {
  const entries = Object.entries(refusedValues).map(([value, why]) => `\`${value}\` (${why})`);
  return entries.length > 0 ? `; refused: ${entries.join(", ")}` : "";
}

export interface Row<T> {
  readonly kind: Kind<T>;
  /** Used when the variable is unset, empty or bad. */
  readonly fallback: T;
  /** The default in words, where the value itself does not say it. */
  readonly fallbackText?: string;
  /** What it does, for the documentation. */
  readonly does: string;
}

export function row<T>(kind: Kind<T>, fallback: T, does: string, fallbackText?: string): Row<T> {
  return fallbackText === undefined ? { kind, fallback, does } : { kind, fallback, does, fallbackText };
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that cannot be used as it is set. */
export interface ConfigProblem {
  readonly variable: string;
  /** A whole sentence: the variable, what is wrong with it, what is used instead. Holds no credential. */
  readonly message: string;
}

export type RowValues<R extends Readonly<Record<string, Row<unknown>>>> = {
  readonly [N in keyof R]: R[N] extends Row<infer T> ? T : never;
};

export function readRows<R extends Readonly<Record<string, Row<unknown>>>>(
  env: Environment,
  rows: R,
  problems: ConfigProblem[],
  prefix = "",
): RowValues<R> {
  const entries = Object.entries(rows).map(([suffix, row]) => [suffix, readRow(env, prefix + suffix, row, problems)]);
  return Object.fromEntries(entries) as RowValues<R>;
}

function readRow<T>(env: Environment, variable: string, row: Row<T>, problems: ConfigProblem[]): T {
  const text = env[variable]?.trim() ?? "";
  if (text === "") return row.fallback;
  const { value, fault } = row.kind.parse(text);
  if (fault !== undefined) {
    const subject = row.kind.secret ? variable : `${variable}="${text}"`;
    const used = row.kind.refused ? "" : `; used instead: ${describe(value, row)}`;
    const message = `${subject} ${fault}${used}`;
    const isClean = redactSecrets(text) === text;
    problems.push({ variable, message: isClean ? message : redactSecrets(message) });
  }
  return value ?? row.fallback;
}

function describe<T>(value: T | undefined, row: Row<T>): string {
  if (value !== undefined && !row.kind.secret) return plain(value);
  if (value !== undefined) return "the rest of it";
  return row.fallbackText?.replaceAll("`", "") ?? plain(row.fallback);
}

/** A value as a person would write it into the variable. */
export function plain(value: unknown): string {
  if (Array.isArray(value)) return value.length > 0 ? value.join(",") : "none";
  return String(value);
}
