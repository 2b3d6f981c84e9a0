/** Which headers or metadata are recorded on a span. Secrets in their values are replaced. */
import type { Attributes } from "@opentelemetry/api";
import type { Redact } from "./redact.ts";

/**
 * Names in any case, or globs: `*` stands for any characters, `?` for one. An exclusion wins over an inclusion. A glob does
 * not select a header that holds a secret by its name, such as `cookie` or `x-api-key`: write such a name out. The
 * credentials of `authorization` are never recorded.
 * @example ["x-tenant", "x-req-*"]
 * @example { include: ["x-req-*"], exclude: ["x-req-secret"] }
 */
export type HeaderList =
  | readonly string[]
  | { readonly include: readonly string[]; readonly exclude?: readonly string[] };

/** The attributes of the selected headers. `entries` has each name in lower case, once. */
export type HeaderCapture = (entries: Iterable<readonly [name: string, values: readonly string[]]>) => Attributes;

/**
 * @param attributeName as `http.request.header.<key>` or `rpc.request.header.<key>`
 * @returns `undefined` where the list selects nothing.
 */
export function createHeaderCapture(
  list: HeaderList,
  attributeName: (key: string) => string,
  redact: Redact,
): HeaderCapture | undefined {
  if (("include" in list ? list.include : list).length === 0) return undefined;
  const isWanted = createHeaderFilter(list);
  return (entries) => {
    const attributes: Attributes = {};
    for (const [name, values] of entries) {
      if (isWanted(name)) attributes[attributeName(name)] = values.map((value) => recordedValue(name, value, redact));
    }
    return attributes;
  };
}

const SECRET_NAME = /auth|cookie|token|secret|passw|credential|signature|session|api-?key/;

export function createHeaderFilter(list: HeaderList): (name: string) => boolean {
  const { include, exclude = [] } = "include" in list ? list : { include: list };
  const isIncluded = createListFilter(include);
  const isExcluded = createListFilter(exclude);
  const named = new Set(include.map((pattern) => pattern.toLowerCase()));
  return (anyCase) => {
    const name = anyCase.toLowerCase();
    return isIncluded(name) && !isExcluded(name) && (!SECRET_NAME.test(name) || named.has(name));
  };
}

function createListFilter(patterns: readonly string[]): (name: string) => boolean {
  const sources = patterns.map((pattern) =>
    RegExp.escape(pattern.toLowerCase()).replaceAll("\\*", ".*").replaceAll("\\?", "."),
  );
  const anyOf = new RegExp(`^(?:${sources.join("|")})$`, "s");
  return (name) => patterns.length > 0 && anyOf.test(name);
}

function recordedValue(name: string, value: string, redact: Redact): string {
  const isCredential = name === "authorization" || name === "proxy-authorization";
  return isCredential ? value.replace(/^(\S+\s)?.*$/s, "$1REDACTED") : redact(value);
}
