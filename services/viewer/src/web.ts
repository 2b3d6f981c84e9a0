/** Serves the API and the pages on the query port, with a policy that forbids content of other servers. */
import type { Access } from "./access.ts";
import { type Api, respond } from "./api.ts";
import type { Changes } from "./changes.ts";
import { isForeign } from "./own-page.ts";
import type { Asset } from "./page/assets.ts";
import { askForToken, isOpenToAll } from "./sign-in.ts";

export interface WebOptions {
  readonly api: Api;
  readonly changes: Changes;
  readonly access: Access;
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

export function createWeb(options: WebOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const response = await route(request, options);
    response.headers.set("content-security-policy", CONTENT_SECURITY_POLICY);
    return response;
  };
}

async function route(request: Request, { api, changes, access, assets }: WebOptions): Promise<Response> {
  if (isForeign(request))
    return new Response("A page of another origin may not send requests here.\n", { status: 403 });
  const url = new URL(request.url);
  if (!access.allows(request.headers) && !isOpenToAll(request, url))
    return askForToken(request, url, access, wantsPage(request));
  if (request.method === "POST" && url.pathname.startsWith("/api/viewer/")) return respond(await changes(request, url));
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response("Only GET and HEAD are allowed here.\n", { status: 405, headers: { allow: "GET, HEAD" } });
  }
  if (url.pathname.startsWith("/api/")) return api(url);
  if (url.pathname === "/healthz") return Response.json({ status: "ok" });
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
