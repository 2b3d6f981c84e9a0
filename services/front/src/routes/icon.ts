/** GET /favicon.ico: 204, because front has no icon. A browser asks for it with every page, and would log a 404. */
import { Elysia } from "elysia";

export const iconPath = "/favicon.ico";

export function iconRoute() {
  return new Elysia().get(iconPath, () => new Response(null, { status: 204, headers }), { detail: { hide: true } });
}

/** A browser that remembers the answer does not ask again for a day. */
const headers = { "cache-control": "public, max-age=86400" };
