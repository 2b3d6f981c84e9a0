/** Serves the API and the pages on the query port, with headers that forbid content of other servers. */
import { type Api, respond } from "./api.ts";
import type { Changes } from "./changes.ts";
import type { Asset } from "./page/assets.ts";

export interface WebOptions {
  readonly api: Api;
  readonly changes: Changes;
  /** By path. `/trace` is for every `/trace/{id}`. */
  readonly assets: ReadonlyMap<string, Asset>;
}

/** No inline scripts, nothing from other servers: the text of a span cannot run, even if a page does not escape it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["content-security-policy", CONTENT_SECURITY_POLICY],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  // A page of another origin cannot even load an answer as an image or a script.
  ["cross-origin-resource-policy", "same-origin"],
];

export function createWeb(options: WebOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const response = await route(request, options);
    for (const [name, value] of HEADERS) response.headers.set(name, value);
    return response;
  };
}

async function route(request: Request, { api, changes, assets }: WebOptions): Promise<Response> {
  if (isForeign(request)) return new Response("A page of another site may not ask here.\n", { status: 403 });
  const url = new URL(request.url);
  if (request.method === "POST" && url.pathname.startsWith("/api/viewer/")) return respond(await changes(request, url));
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response("Only GET and HEAD are allowed here.\n", { status: 405, headers: { allow: "GET, HEAD" } });
  }
  if (url.pathname.startsWith("/api/")) return api(url);
  if (url.pathname === "/") return new Response(null, { status: 302, headers: { location: "/search" } });
  const asset = assets.get(/^\/trace\/[^/]+$/.test(url.pathname) ? "/trace" : url.pathname);
  const shown = asset ?? (wantsPage(request) ? assets.get("/missing") : undefined);
  if (!shown) return new Response("There is no such page.\n", { status: 404 });
  const headers = { "content-type": shown.type, "cache-control": "no-cache" };
  return new Response(shown.body, { status: asset && asset !== assets.get("/missing") ? 200 : 404, headers });
}

/** A person reads a page, a program a line. */
function wantsPage({ headers }: Request): boolean {
  return headers.get("accept")?.includes("text/html") ?? false;
}

/**
 * Whether a page of another site asks, which would get no answer to read but could still keep the viewer busy. To follow
 * a link to a page is fine.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
function isForeign({ headers, url }: Request): boolean {
  if (headers.get("sec-fetch-site") !== "cross-site") return false;
  const isLink = headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document";
  return !isLink || new URL(url).pathname.startsWith("/api/");
}
