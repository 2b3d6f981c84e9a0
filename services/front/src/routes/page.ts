/** GET / and GET /assets/*: the page, its script and its styles, and what the page reads of front. */
import type { Telemetry } from "@baton/telemetry";
import { type Context, Elysia } from "elysia";
import type { FrontConfig } from "../config.ts";
import { pageAssets } from "../page/assets.ts";
import { ProblemError } from "../problem.ts";
import { browserSpanRoutes } from "./browser-spans.ts";
import { tracesRoutes } from "./traces.ts";

/** What the page asks for by itself. */
export function isPageRequest(path: string): boolean {
  return /^\/(assets\/.*|lab\/(browser-spans|fault|metrics|traces)(\/.*)?)$/.test(path);
}

/** Nothing inline and nothing from another server, so that no text of a span can run or send anything away. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The page is for everybody; a user and a password in QUERY_URL are front's. */
function withoutUser(url: string): string {
  return url.replace(/^(https?:\/\/)[^/?#]*@/, "$1");
}

/** @param browser Makes the spans of the browser. `undefined`: none are made. */
export function pageRoutes(
  config: Pick<FrontConfig, "queryUrl" | "queryPageUrl" | "queryToken" | "lab">,
  browser?: Telemetry,
) {
  const { queryUrl, queryPageUrl, lab } = config;
  const facts = { queryPageUrl: withoutUser(queryPageUrl || queryUrl), hasTraces: queryUrl !== "", lab };
  const answer = async (path: string, headers: Context["set"]["headers"]) => {
    const asset = (await pageAssets())[path];
    if (asset === undefined) throw new ProblemError({ status: 404, detail: "There is no such file." });
    headers["content-type"] = asset.type;
    headers["content-security-policy"] = contentSecurityPolicy;
    headers["cache-control"] = "no-cache";
    return path === "/" ? asset.body.replace("{{facts}}", Bun.escapeHTML(JSON.stringify(facts))) : asset.body;
  };
  return new Elysia()
    .use(tracesRoutes(config))
    .use(browser === undefined ? new Elysia() : browserSpanRoutes(browser))
    .get("/", ({ set }) => answer("/", set.headers), { detail: { hide: true } })
    .get("/assets/:file", ({ params, set }) => answer(`/assets/${params.file}`, set.headers), {
      detail: { hide: true },
    });
}
