/** The path of a request, whatever its client sent as `Host`. */

/**
 * Scans: Bun gives a URL that no parser takes where the `Host` is none, and the target of the request alone where there
 * is no `Host` (HTTP/1.0). Elysia's own `path` is cut at the wrong place then.
 */
export function requestPath({ url }: Pick<Request, "url">): string {
  const start = url.startsWith("/") ? 0 : url.indexOf("/", url.indexOf("://") + 3);
  const path = start < 0 ? "" : url.slice(start);
  return path.split(/[?#]/, 1)[0] || "/";
}
