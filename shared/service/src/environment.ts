/**
 * Reads a service's variables: each value is checked once. A bad one is replaced by its default and reported, or is an
 * error where the default would let everybody in.
 */

import { closestMatch } from "leven";

export interface Environment {
  /** The value of a variable; unset and empty are the same. */
  text(name: string, fallback: string, shape?: TextShape): string;
  /** One of a few words. */
  choice<const Choice extends string>(name: string, fallback: Choice, choices: readonly Choice[]): Choice;
  /** A whole number in a closed range. */
  integer(name: string, fallback: number, range: IntegerRange): number;
  /**
   * One sentence for each invalid value: the value, what is allowed, and what is used instead. One for each variable whose
   * name looks like a misspelled one of those that were read so far.
   * @throws Error for a misspelled name of a variable that restricts.
   */
  readonly problems: readonly string[];
}

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

export interface TextShape {
  readonly pattern: RegExp;
  /** The pattern in words. */
  readonly description: string;
}

/**
 * @param source The variables: `process.env`, or a plain object in a test.
 * @param restricting The names of those that restrict what callers may do, and restrict nothing by default. To read a bad value
 * of one of them throws an Error.
 */
export function readEnvironment(
  source: Readonly<Record<string, string | undefined>>,
  restricting: readonly string[] = [],
): Environment {
  const problems: string[] = [];
  const replace = (name: string, problem: string, fallback: string | number) => {
    if (restricting.includes(name)) throw notStarted(`${problem}.`, name);
    problems.push(`${problem}: using ${fallback}`);
  };
  const names = new Set<string>();
  const read = (name: string) => {
    names.add(name);
    return source[name]?.trim() || undefined;
  };
  return {
    get problems() {
      const unknown = misspelled(source, names).map(({ name, meant }) => {
        const problem = `${name} is unknown. Did you mean ${meant}?`;
        if (restricting.includes(meant)) throw notStarted(problem, meant);
        return problem;
      });
      return [...problems, ...unknown];
    },
    text(name, fallback, shape) {
      const value = read(name);
      if (value === undefined) return fallback;
      if (shape === undefined || shape.pattern.test(value)) return value;
      replace(name, `${name}="${withoutUser(value)}" is not ${shape.description}`, fallback || "none");
      return fallback;
    },
    choice(name, fallback, choices) {
      const value = read(name);
      if (value === undefined) return fallback;
      const chosen = choices.find((choice) => choice === value);
      if (chosen === undefined) replace(name, `${name}="${value}" is not ${choices.join(" or ")}`, fallback);
      return chosen ?? fallback;
    },
    integer(name, fallback, { min, max }) {
      const value = read(name);
      if (value === undefined) return fallback;
      const number = /^[+-]?\d+$/.test(value) ? Number(value) : Number.NaN;
      if (number >= min && number <= max) return number;
      replace(name, `${name}="${value}" is not a whole number from ${min} to ${max}`, fallback);
      return fallback;
    },
  };
}

/** A URL that was written in the place of an address may have a password. */
function withoutUser(value: string): string {
  return value.replace(/[^/\s]*@/g, "");
}

function notStarted(problem: string, name: string): Error {
  return new Error(
    `${problem} ${name} restricts what callers may do, so the service does not start with a mistake in it. Correct it or remove it.`,
  );
}

const MAX_EDITS = 2;

interface Misspelled {
  readonly name: string;
  readonly meant: string;
}

function misspelled(source: Readonly<Record<string, string | undefined>>, names: ReadonlySet<string>): Misspelled[] {
  return Object.keys(source).flatMap((name) => {
    // A short name is too close to many others.
    if (names.has(name) || !name.includes("_") || !source[name]?.trim()) return [];
    const meant = closestMatch(name.toUpperCase(), [...names], { maxDistance: MAX_EDITS });
    return meant === undefined ? [] : [{ name, meant }];
  });
}
