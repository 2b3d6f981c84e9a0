/** 400 for a request whose `Host` is not valid. Bun accepts it, and gives the request a URL that no parser accepts. */
import { ProblemError } from "./problem.ts";

/** `reg-name` or `IP-literal`, and a port. @see https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2 */
const hostAndPort = /^(?:\[[0-9a-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9a-f]{2})+)(?::\d{0,5})?$/i;

/**
 * Two `Host` headers arrive as one, joined with a comma and a space. A request of HTTP/1.0 needs no `Host`.
 * @throws ProblemError 400.
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function checkHost({ headers, url }: Pick<Request, "headers" | "url">): void {
  const host = headers.get("host");
  if (host === null || (hostAndPort.test(host) && URL.canParse(url))) return;
  throw new ProblemError({
    status: 400,
    detail: "Host must be one name or address, and at most one port from 0 to 65535.",
    errors: [{ in: "header", field: "host", rule: "one name or address, with a port or without" }],
  });
}
