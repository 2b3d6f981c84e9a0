/** One row of the table of variables, and how rows are read. A bad value is reported once, by name. */
import type { Kind } from "./kinds.ts";

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

/** Something in the environment that could not be done as it says. */
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
    problems.push({ variable, message: `${subject} ${fault}${used}` });
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
