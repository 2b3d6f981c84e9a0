/** Follows redirects one by one, so that each host is decided on anew: `fetch` would take every header along. */

/** As many as `fetch` follows. @see https://fetch.spec.whatwg.org/#http-redirect-fetch */
const MAX_REDIRECTS = 20;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Meant for the first host alone. */
const PRIVATE_HEADERS = ["authorization", "cookie", "proxy-authorization"];

/**
 * Fetches like `fetch` with `redirect: "follow"`. `prepare` gets each request just before it is sent, with none of the
 * headers that it added to the one before.
 * @throws TypeError after 20 redirects, and for one that leads anywhere but to http or https: a peer must not make
 *   this process read its own files.
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
    if (location === null) return redirects === 0 ? response : markRedirected(response);
    await response.body?.cancel();
    if (redirects === MAX_REDIRECTS) throw new TypeError(`more than ${MAX_REDIRECTS} redirects from ${first.url}`);
    request = nextRequest(untouched, response.status, readLocation(location, request.url));
  }
}

function readLocation(location: string, base: string): URL {
  const url = new URL(location, base);
  if (url.protocol === "http:" || url.protocol === "https:") return url;
  throw new TypeError(`a redirect from ${base} leads to ${url.protocol}, only http: and https: are followed`);
}

/** As `fetch` marks an answer that came by way of a redirect. */
function markRedirected(response: Response): Response {
  return Object.defineProperty(response, "redirected", { value: true });
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
