/** The query API: Jaeger's paths, old and new, and under `/api/viewer/` what Jaeger has no path for. */
import { type Answer, failure, type Route } from "./api/answer.ts";
import { JAEGER_ROUTES } from "./api/jaeger-routes.ts";
import { ParamError } from "./api/params.ts";
import { V3_ROUTES, v3Failure } from "./api/v3-routes.ts";
import { VIEWER_ROUTES } from "./api/viewer-routes.ts";
import type { Store } from "./store.ts";

/** Answers a GET below `/api/`. */
export type Api = (url: URL) => Response;

const ROUTES: readonly Route[] = [...JAEGER_ROUTES, ...V3_ROUTES, ...VIEWER_ROUTES];

/** @see https://www.jaegertracing.io/docs/latest/architecture/apis/#http-json */
export function createApi(store: Store): Api {
  return (url) => {
    const pretty = (url.searchParams.get("prettyPrint") ?? "false") !== "false";
    const fail = url.pathname.startsWith("/api/v3/") ? v3Failure : failure;
    try {
      const response = respond(dispatch(store, url) ?? fail(404, `there is no ${url.pathname}`), pretty);
      if (response.ok && url.searchParams.has("download")) offerAsFile(response, url.pathname);
      return response;
    } catch (error) {
      if (!(error instanceof ParamError)) throw error;
      return respond(fail(400, error.message), pretty);
    }
  };
}

function dispatch(store: Store, { pathname, searchParams: params }: URL): Answer | undefined {
  for (const [pattern, answer] of ROUTES) {
    const match = pattern.exec(pathname);
    if (match) return answer({ store, params, parts: match.slice(1).map(decodePart) });
  }
  return undefined;
}

/** A file is named after the trace that it holds. */
function offerAsFile({ headers }: Response, pathname: string): void {
  const id = /\/traces\/([0-9a-f]{1,32})(\/|$)/i.exec(pathname)?.[1] ?? "answer";
  headers.set("content-disposition", `attachment; filename="trace-${id.toLowerCase()}.json"`);
}

export function respond({ status = 200, body }: Answer, pretty = false): Response {
  const json = JSON.stringify(body, null, pretty ? 4 : 0);
  return new Response(json, { status, headers: { "content-type": "application/json", "cache-control": "no-store" } });
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
