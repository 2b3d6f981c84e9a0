/** GET / and GET /assets/*: the page, its script and its styles, and what the page reads of front. */
import type { Telemetry } from "@baton/telemetry";
import { Elysia } from "elysia";
import type { FrontConfig } from "../config.ts";
import { pageAssets } from "../page/assets.ts";
import { ProblemError } from "../problem.ts";
import { browserSpanRoutes } from "./browser-spans.ts";
import { checkSameMachine } from "./same-machine.ts";
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

/** @param browser Makes the spans of the browser. `undefined`: none are made. */
export function pageRoutes(config: Pick<FrontConfig, "queryUrl" | "queryPageUrl" | "lab">, browser?: Telemetry) {
  const { queryUrl, queryPageUrl, lab } = config;
  const facts = { queryPageUrl: queryPageUrl || queryUrl, hasTraces: queryUrl !== "", lab };
  const answer = async (path: string) => {
    const asset = (await pageAssets())[path];
    if (asset === undefined) throw new ProblemError({ status: 404, detail: "There is no such file." });
    const body = path === "/" ? asset.body.replace("{{facts}}", Bun.escapeHTML(JSON.stringify(facts))) : asset.body;
    return new Response(body, {
      headers: {
        "content-type": asset.type,
        "content-security-policy": contentSecurityPolicy,
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
      },
    });
  };
  return new Elysia()
    .onBeforeHandle({ as: "local" }, ({ request, server }) => checkSameMachine(request, server))
    .use(tracesRoutes(config))
    .use(browser === undefined ? new Elysia() : browserSpanRoutes(browser))
    .get("/", () => answer("/"), { detail: { hide: true } })
    .get("/assets/:file", ({ params }) => answer(`/assets/${params.file}`), { detail: { hide: true } });
}
