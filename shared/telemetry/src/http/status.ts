/** HTTP status -> span status, for each side. @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status */

/** Of each class of status code: does it make the span of that side an error? Exhaustive over RFC 9110 section 15. */
export const HTTP_STATUS_CLASS: Readonly<
  Record<1 | 2 | 3 | 4 | 5, { readonly client: boolean; readonly server: boolean }>
> = {
  1: { client: false, server: false },
  2: { client: false, server: false },
  3: { client: false, server: false },
  // The caller's mistake: it failed for the client, and the server did what it should.
  4: { client: true, server: false },
  5: { client: true, server: true },
};

/** A code outside 100-599 is no HTTP status, and counts as an error on both sides. */
export function isErrorStatus(side: "client" | "server", status: number): boolean {
  const statusClass = HTTP_STATUS_CLASS[Math.floor(status / 100) as 1 | 2 | 3 | 4 | 5];
  return statusClass === undefined ? true : statusClass[side];
}
