/** Headers as attributes: those on a list, without secrets. */
import type { Attributes } from "@opentelemetry/api";
import type { Redact } from "../redact.ts";
import type { HeaderList } from "./options.ts";

/** Reads the attributes of the headers on a list. @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
export type HeaderCapture = (headers: Headers) => Attributes;

/** By such a name a header holds a secret. A pattern that was meant for others does not match it. */
const SECRET_NAME = /auth|cookie|token|secret|passw|credential|signature|session|api-?key/;
const CREDENTIALS: ReadonlySet<string> = new Set(["authorization", "proxy-authorization"]);

/** @param attributeName for `http.request.header.<key>` or `http.response.header.<key>`. */
export function createHeaderCapture(
  list: HeaderList | undefined,
  attributeName: (key: string) => string,
  redact: Redact,
): HeaderCapture {
  const { include, exclude = [] } = isPlain(list) ? { include: list } : (list ?? { include: [] });
  if (include.length === 0) return () => ({});
  const isExcluded = matcherOf(exclude);
  const isIncluded = matcherOf(include);
  const byName = new Set(include.map((name) => name.toLowerCase()));
  const valuesOf = (headers: Headers, key: string): string[] => {
    if (key === "set-cookie") return headers.getSetCookie().map(redact);
    const value = headers.get(key) ?? "";
    return [CREDENTIALS.has(key) ? value.replace(/^(\S+\s)?.*$/s, "$1REDACTED") : redact(value)];
  };
  return (headers) => {
    const attributes: Attributes = {};
    for (const key of headers.keys()) {
      if (isExcluded(key) || !isIncluded(key) || (SECRET_NAME.test(key) && !byName.has(key))) continue;
      attributes[attributeName(key)] = valuesOf(headers, key);
    }
    return attributes;
  };
}

function isPlain(list: HeaderList | undefined): list is readonly string[] {
  return Array.isArray(list);
}

/** Names of headers compare without regard to case; `Headers` gives them in lower case. */
function matcherOf(patterns: readonly string[]): (key: string) => boolean {
  const alternatives = patterns.map((pattern) => RegExp.escape(pattern.toLowerCase()).replaceAll("\\*", ".*"));
  const expression = new RegExp(`^(?:${alternatives.join("|")})$`);
  return patterns.length === 0 ? () => false : (key) => expression.test(key);
}
