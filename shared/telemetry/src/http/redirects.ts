/** Follows redirects one by one, so that each host is decided on anew: `fetch` would take every header along. */

/** As many as `fetch` follows. @see https://fetch.spec.whatwg.org/#http-redirect-fetch */
const MAX_REDIRECTS = 20;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Meant for the first host alone. */
const PRIVATE_HEADERS = ["authorization", "cookie", "proxy-authorization"];

/**
 * Fetches like `fetch` with `redirect: "follow"`. `prepare` gets each request just before it is sent, with none of the
 * headers that it added to the one before.
 * @throws TypeError after 20 redirects.
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
export async function fetchHopByHop(
  first: Request,
  options: BunFetchRequestInit,
  prepare: (request: Request) => void,
): Promise<Response> {
  let request = first;
  for (let redirects = 0; ; redirects++) {
    const untouched = request.clone() as Request;
    prepare(request);
    const response = await fetch(request, { ...options, redirect: "manual" });
    const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
    if (location === null) return response;
    if (redirects === MAX_REDIRECTS) throw new TypeError(`more than ${MAX_REDIRECTS} redirects from ${first.url}`);
    request = nextRequest(untouched, response.status, new URL(location, request.url));
  }
}

/** 303 always, and 301 and 302 for a POST, ask for the answer by GET; the others repeat the request as it was. */
function nextRequest(previous: Request, status: number, url: URL): Request {
  const { method } = previous;
  const headers = new Headers(previous.headers);
  headers.delete("host");
  if (url.origin !== new URL(previous.url).origin) for (const name of PRIVATE_HEADERS) headers.delete(name);
  const becomesGet = status === 303 ? method !== "GET" && method !== "HEAD" : status < 303 && method === "POST";
  const { signal } = previous;
  if (!becomesGet) return new Request(url.href, { method, headers, body: previous.body, signal });
  for (const name of [...headers.keys()]) if (name.startsWith("content-")) headers.delete(name);
  return new Request(url.href, { method: "GET", headers, signal });
}
