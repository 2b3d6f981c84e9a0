/** The path of a request, for every value of the `Host` header. */

/**
 * It does not parse the URL. Where `Host` is not valid, Bun gives a URL that no parser accepts; where there is no `Host`
 * (HTTP/1.0), it gives only the path. Elysia's own `path` is wrong then.
 */
export function requestPath({ url }: Pick<Request, "url">): string {
  const start = url.startsWith("/") ? 0 : url.indexOf("/", url.indexOf("://") + 3);
  const path = start < 0 ? "" : url.slice(start);
  return path.split(/[?#]/, 1)[0] || "/";
}
