/** Reads a service's variables: each value is checked once, and a bad one is replaced by its default and reported. */

export interface Environment {
  /** The value of a variable; unset and empty are the same. */
  text(name: string, fallback: string, shape?: TextShape): string;
  /** A whole number in a closed range. */
  integer(name: string, fallback: number, range: IntegerRange): number;
  /** One sentence for each invalid value: the value, what is allowed, and what is used instead. */
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

/** @param source The variables: `process.env`, or a plain object in a test. */
export function readEnvironment(source: Readonly<Record<string, string | undefined>>): Environment {
  const problems: string[] = [];
  const read = (name: string) => source[name]?.trim() || undefined;
  return {
    problems,
    text(name, fallback, shape) {
      const value = read(name);
      if (value === undefined) return fallback;
      if (shape === undefined || shape.pattern.test(value)) return value;
      problems.push(`${name}="${value}" is not ${shape.description}: using ${fallback || "none"}`);
      return fallback;
    },
    integer(name, fallback, { min, max }) {
      const value = read(name);
      if (value === undefined) return fallback;
      const number = /^[+-]?\d+$/.test(value) ? Number(value) : Number.NaN;
      if (number >= min && number <= max) return number;
      problems.push(`${name}="${value}" is not a whole number from ${min} to ${max}: using ${fallback}`);
      return fallback;
    },
  };
}
