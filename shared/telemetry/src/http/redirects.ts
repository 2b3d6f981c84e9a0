/** Follows redirects one by one, so that each request has its own span and its own headers. */
import { sourceOf } from "../bun-quirks.ts";
import { redactSecrets } from "../redact.ts";

/** As many as the standard allows. @see https://fetch.spec.whatwg.org/#http-redirect-fetch */
const MAX_REDIRECTS = 20;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Headers that are for the first host alone. */
const PRIVATE_HEADERS = ["authorization", "cookie", "proxy-authorization"];

/** A request as it was before headers were added to it. A body that is a stream is not kept. */
export interface RedirectCopy {
  readonly request: Request;
  readonly lacksBody: boolean;
}

export interface Step {
  readonly response: Response;
  /** The request that the response asks for. */
  readonly next: Request | undefined;
}

/** @throws TypeError for a redirect that must not be followed. */
export type NextOf = (copy: RedirectCopy, response: Response) => Step;

/** A clone of a stream would keep all of it in memory. */
export function copyForRedirect(request: Request): RedirectCopy {
  if (!sourceOf(request).isStream) return { request: request.clone() as Request, lacksBody: false };
  const { url, method, headers, signal } = request;
  return { request: new Request(url, { method, headers, signal }), lacksBody: true };
}

/**
 * Fetches like `fetch` with `redirect: "follow"`. `send` sends one request, and asks `nextOf` for what follows.
 * @throws TypeError after 20 redirects, for a stream that would have to be sent again, and for a redirect that leads
 *   anywhere but to http or https: a peer must not make this process read its own files.
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
export async function followRedirects(
  first: Request,
  send: (request: Request, redirects: number, nextOf: NextOf) => Promise<Step>,
): Promise<Response> {
  let request = first;
  for (let redirects = 0; ; redirects++) {
    const nextOf: NextOf = (copy, response) => {
      const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
      if (location === null) return { response, next: undefined };
      if (redirects === MAX_REDIRECTS) {
        throw new TypeError(`more than ${MAX_REDIRECTS} redirects from ${redactSecrets(first.url)}`);
      }
      return { response, next: nextRequest(copy, response.status, readLocation(location, copy.request.url)) };
    };
    const { response, next } = await send(request, redirects, nextOf);
    if (next === undefined) return redirects === 0 ? response : markRedirected(response);
    await response.body?.cancel();
    request = next;
  }
}

function readLocation(location: string, base: string): URL {
  const url = URL.parse(location, base);
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  const from = redactSecrets(base);
  if (url === null) throw new TypeError(`a redirect from ${from} leads to something that is not a URL`);
  throw new TypeError(`a redirect from ${from} leads to ${url.protocol}, only http: and https: are followed`);
}

/** Marks the response as `fetch` does after a redirect. */
function markRedirected(response: Response): Response {
  return Object.defineProperty(response, "redirected", { value: true });
}

/** 303 always, and 301 and 302 for a POST, ask for the answer by GET; the others repeat the request as it was. */
function nextRequest({ request, lacksBody }: RedirectCopy, status: number, url: URL): Request {
  if (lacksBody && status !== 303) {
    throw new TypeError("the body of the request is a stream, so it cannot be sent again after a redirect");
  }
  const { method, signal } = request;
  const becomesGet = status === 303 ? method !== "GET" && method !== "HEAD" : status < 303 && method === "POST";
  // Bun takes a whole body over from a Request as it is; read as `body`, it would be a stream.
  const next = becomesGet
    ? new Request(url.href, { method: "GET", headers: request.headers, signal })
    : new Request(url.href, request);
  const { headers } = next;
  headers.delete("host");
  if (url.origin !== new URL(request.url).origin) for (const name of PRIVATE_HEADERS) headers.delete(name);
  if (becomesGet) for (const name of [...headers.keys()]) if (name.startsWith("content-")) headers.delete(name);
  return next;
}
