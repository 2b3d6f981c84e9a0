/** GET /lab/traces/:id: a trace of the backend that QUERY_URL names. A browser may not ask a Jaeger on another origin. */
import { Elysia, t } from "elysia";
import { answers } from "../openapi.ts";
import { ProblemError } from "../problem.ts";

const timeoutMs = 5000;
/** A trace of the page has a few spans. More than this is somebody else's. */
const maxBytes = 4 * 1024 * 1024;

export function tracesRoute(queryUrl: string) {
  const base = queryUrl.replace(/\/+$/, "");
  return new Elysia().get(
    "/lab/traces/:id",
    async ({ params: { id }, request }) => {
      if (base === "") throw new ProblemError({ status: 404, detail: "QUERY_URL names no trace backend." });
      const body = await read(`${base}/api/traces/${id}`, request.signal);
      return new Response(body, { headers: { "content-type": "application/json", "cache-control": "no-store" } });
    },
    {
      // Nothing else may become a part of the URL.
      params: t.Object({ id: t.String({ pattern: "^[0-9a-f]{32}$", title: "id", description: "A trace id." }) }),
      detail: {
        summary: "A trace, from the backend that QUERY_URL names",
        description: "The JSON of Jaeger's query API. `data` is empty until its first span has arrived.",
        responses: answers("The trace.", "application/json", { type: "object" }),
      },
    },
  );
}

const noTrace = JSON.stringify({ data: [] });

async function read(url: string, signal: AbortSignal): Promise<ArrayBuffer | string> {
  const response = await ask(url, signal);
  // Not an error: the page asks until the spans have arrived.
  if (response.status === 404) return noTrace;
  const body = response.ok ? await response.arrayBuffer() : undefined;
  if (body !== undefined && body.byteLength <= maxBytes) return body;
  throw new ProblemError({ status: 502, detail: `The trace backend answered ${response.status}.` });
}

async function ask(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), redirect: "error" });
  } catch {
    throw new ProblemError({ status: 502, detail: "The trace backend that QUERY_URL names does not answer." });
  }
}
