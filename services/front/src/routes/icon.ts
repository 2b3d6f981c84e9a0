/** GET /favicon.ico: there is none. A browser asks for it beside every page, and should not be answered with an error. */
import { Elysia } from "elysia";

export const iconPath = "/favicon.ico";

export function iconRoute() {
  return new Elysia().get(iconPath, () => new Response(null, { status: 204, headers }), { detail: { hide: true } });
}

/** A browser that remembers the answer does not ask again for a day. */
const headers = { "cache-control": "public, max-age=86400" };
