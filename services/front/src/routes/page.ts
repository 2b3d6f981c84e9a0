/** GET / and GET /assets/*: the page, its script and its styles. */
import { Elysia } from "elysia";
import { pageAssets } from "../page/assets.ts";
import { ProblemError } from "../problem.ts";

export interface PageFacts {
  /** Where a browser opens a trace. Empty: nowhere. */
  readonly queryPageUrl: string;
  /** Whether traces can be read. */
  readonly hasTraces: boolean;
  readonly lab: boolean;
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

export function pageRoutes(facts: PageFacts) {
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
    .get("/", () => answer("/"), { detail: { hide: true } })
    .get("/assets/:file", ({ params }) => answer(`/assets/${params.file}`), { detail: { hide: true } });
}
