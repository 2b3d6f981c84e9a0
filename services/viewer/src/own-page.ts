/** Which page in a browser asks. A program says nothing about pages, and is allowed. */

/**
 * Whether a page of this viewer asks, or a program. Browsers say which page asks, where the address is encrypted or
 * is this machine; elsewhere, and older ones, say only of which origin. Another port of a machine is another origin, though
 * the same site.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function isOwnPage({ headers }: Pick<Request, "headers">): boolean {
  const site = headers.get("sec-fetch-site");
  return (site === null || site === "same-origin") && isOwnOrigin(headers);
}

/**
 * Whether a page of another origin asks, also of another port of this machine: it would get no answer to read but could
 * still keep the viewer busy. To follow a link to a page is fine.
 */
export function isForeign({ headers, url }: Request): boolean {
  if (!isOwnOrigin(headers)) return true;
  const site = headers.get("sec-fetch-site");
  if (site === null || site === "same-origin" || site === "none") return false;
  const isLink = headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document";
  return !isLink || new URL(url).pathname.startsWith("/api/");
}

/** The scheme is not compared: a proxy in front may have ended the encryption. */
function isOwnOrigin(headers: Headers): boolean {
  const origin = headers.get("origin");
  if (origin === null) return true;
  const { protocol, host } = URL.parse(origin) ?? {};
  return host !== undefined && host !== "" && host === URL.parse(`${protocol}//${headers.get("host")}`)?.host;
}
