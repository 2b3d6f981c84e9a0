/** Which pages in a browser may send OTLP, and the headers that tell the browser. */

export interface AllowedOrigins {
  /** The headers of an answer to this request; undefined where its page may not send. */
  headersFor(request: Request): Readonly<Record<string, string>> | undefined;
}

/** An origin in the words of a browser, with one `*` for a port or for the first names of a host. */
const PATTERN = /^(\*|null|[a-z][a-z0-9+.-]{0,20}:\/\/(\*\.)?[a-z0-9.[\]:-]{1,253}?(:\*)?)$/;
const MAX_ORIGIN = 512;
const TOKENS = /^[\w!#$%&'*+.^`|~, -]{1,1000}$/;

/** Whether `VIEWER_ALLOWED_ORIGINS` may list this. */
export function isOriginPattern(text: string): boolean {
  return PATTERN.test(text);
}

/**
 * @param patterns Such as `https://app.example`, `http://localhost:*` (any port, and none), `https://*.example`, `*`.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function createAllowedOrigins(patterns: readonly string[]): AllowedOrigins {
  return {
    headersFor({ headers }) {
      const origin = headers.get("origin") ?? "";
      if (origin === "" || origin.length > MAX_ORIGIN || !patterns.some((each) => matches(origin, each)))
        return undefined;
      const wanted = headers.get("access-control-request-headers") ?? "";
      return {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": TOKENS.test(wanted) ? wanted : "content-type, content-encoding",
        "access-control-expose-headers": "retry-after",
        "access-control-max-age": "600",
        vary: "origin, access-control-request-headers",
      };
    },
  };
}

function matches(origin: string, pattern: string): boolean {
  if (pattern === "*" || pattern === origin) return true;
  const anyPort = pattern.endsWith(":*");
  const [scheme = "", host = ""] = split(anyPort ? pattern.slice(0, -2) : pattern);
  const [sentScheme, sent = ""] = split(anyPort ? origin.replace(/:\d{1,5}$/, "") : origin);
  if (scheme !== sentScheme) return false;
  return host.startsWith("*.") ? sent.endsWith(host.slice(1)) : sent === host;
}

function split(origin: string): readonly string[] {
  return origin.split("://", 2);
}
