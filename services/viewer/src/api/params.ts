/** The parameters of a query. The error of an invalid one has its name and its rule. */

/** @see HTTP status 400 */
export class ParamError extends Error {
  constructor(name: string, rule: string) {
    super(`parameter '${name}' must be ${rule}`);
    this.name = "ParamError";
  }
}

const UNIT_NANOS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
  w: 604_800e9,
};

/** `undefined` when the parameter is missing or empty. @throws ParamError */
export function readWhole(params: URLSearchParams, name: string, min: number): number | undefined {
  const text = params.get(name);
  if (!text) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < min) throw new ParamError(name, `a whole number of at least ${min}`);
  return value;
}

/** A duration such as `1.5ms` or `1h30m`, in nanoseconds; `undefined` as above. @throws ParamError */
export function readDuration(params: URLSearchParams, name: string): number | undefined {
  const text = params.get(name);
  if (!text) return undefined;
  const nanos = parseDuration(text);
  if (nanos === undefined) throw new ParamError(name, "a duration such as 100us, 1.5ms, 2s or 1h30m");
  return nanos;
}

const MAX_DURATION_LENGTH = 64;

function parseDuration(text: string): number | undefined {
  if (text.length > MAX_DURATION_LENGTH) return undefined;
  // Sticky: each part begins where the one before it ended, so nothing is read twice.
  const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)/y;
  let nanos = 0;
  while (part.lastIndex < text.length) {
    const [, number, unit = ""] = part.exec(text) ?? [];
    if (number === undefined) return undefined;
    nanos += Number(number) * (UNIT_NANOS[unit] ?? 0);
  }
  return nanos;
}

/** 32 lower-case hex digits. Leading zeros may be missing in the text. @throws ParamError */
export function parseTraceId(text: string, name: string): string {
  if (!/^[0-9a-f]{1,32}$/i.test(text) || /^0+$/.test(text)) {
    throw new ParamError(name, "a trace id: up to 32 hex digits that are not all zero");
  }
  return text.toLowerCase().padStart(32, "0");
}

/** `tag=key:value`, any number of them, and `tags={"key":"value"}`. @throws ParamError */
export function readTags(params: URLSearchParams): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const tag of params.getAll("tag")) {
    const colon = tag.indexOf(":");
    if (colon < 1) throw new ParamError("tag", "key:value");
    tags.set(tag.slice(0, colon), tag.slice(colon + 1));
  }
  for (const json of params.getAll("tags").filter((text) => text !== "")) {
    for (const [key, value] of readTagsJson(json, "tags")) tags.set(key, value);
  }
  return tags;
}

/** A moment as RFC 3339 writes it, in nanoseconds since 1970; undefined as above. @throws ParamError */
export function readMoment(params: URLSearchParams, name: string): bigint | undefined {
  const text = params.get(name);
  if (!text) return undefined;
  const [, seconds, fraction = "", zone] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const ms = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(ms)) throw new ParamError(name, "a moment such as 2026-01-31T12:00:00.123Z");
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** Undefined as above. @throws ParamError */
export function readFlag(params: URLSearchParams, name: string): boolean | undefined {
  const text = readChoice(params, name, ["true", "false", "1", "0"]);
  return text === undefined ? undefined : text === "true" || text === "1";
}

/** One of a few words; undefined as above. @throws ParamError */
export function readChoice<Word extends string>(
  params: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = params.get(name);
  if (!text) return undefined;
  const word = words.find((each) => each === text);
  if (word === undefined) throw new ParamError(name, `one of ${words.join(", ")}`);
  return word;
}

/** @throws ParamError */
export function readTagsJson(text: string, name: string): readonly (readonly [string, string])[] {
  const rule = 'a JSON object of strings, such as {"http.route":"/"}';
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ParamError(name, rule);
  }
  const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  if (!isObject || !Object.values(parsed as object).every((value) => typeof value === "string")) {
    throw new ParamError(name, rule);
  }
  return Object.entries(parsed as Record<string, string>);
}
