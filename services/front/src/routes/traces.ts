/** What the page reads of the backend that QUERY_URL names. A browser may not ask a Jaeger on another origin, nor know a token. */
import { Elysia, t } from "elysia";
import { answers } from "../openapi.ts";
import { ProblemError } from "../problem.ts";
import { readText } from "../read-text.ts";

export interface TracesOptions {
  /** Empty: there is no backend. */
  readonly queryUrl: string;
  /** Empty: that backend asks for none. */
  readonly queryToken: string;
  /** Whether traces can be searched too, which shows those of other people. */
  readonly lab: boolean;
}

export function tracesRoutes({ queryUrl, queryToken, lab }: TracesOptions) {
  const ask = createReader(queryUrl.replace(/\/+$/, ""), queryToken);
  const routes = new Elysia().get(
    "/lab/traces/:id",
    async ({ params: { id }, request }) => ask(`/api/traces/${id}`, request.signal),
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
  return lab ? routes.use(labRoutes(ask)) : routes;
}

/** For the lab: a broken trace is in pieces, and only a search finds them all. */
function labRoutes(ask: Reader) {
  const micros = (title: string) =>
    t.Number({ minimum: 0, multipleOf: 1, title, description: "Microseconds since 1970." });
  return new Elysia()
    .get(
      "/lab/traces",
      async ({ query: { start, end }, request }) => {
        const search = (service: string) =>
          ask(`/api/traces?service=${service}&start=${start}&end=${end}&limit=${maxTraces}`, request.signal);
        const found = await Promise.all(["front", "back"].map(search));
        return { data: uniqueTraces(found.flatMap(listOf)) };
      },
      { query: t.Object({ start: micros("start"), end: micros("end") }), detail: { hide: true } },
    )
    .get(
      "/lab/metrics",
      async ({ request }) => {
        // Only the viewer has it.
        const found = await ask("/api/viewer/metrics", request.signal).catch(() => undefined);
        const names = listOf(found).map((metric) => String((metric as { readonly name?: unknown }).name));
        return { names: names.length === 0 ? null : [...new Set(names)] };
      },
      { detail: { hide: true } },
    );
}

type Reader = (path: string, signal: AbortSignal) => Promise<unknown>;

const timeoutMs = 5000;
const maxTraces = 20;
/** A trace of the page has a few spans. More than this is somebody else's. */
const maxBytes = 4 * 1024 * 1024;

function createReader(base: string, token: string): Reader {
  const headers: Readonly<Record<string, string>> = token === "" ? {} : { authorization: `Bearer ${token}` };
  return async (path, signal) => {
    if (base === "") throw new ProblemError({ status: 404, detail: "QUERY_URL names no trace backend." });
    const { status, text } = await get(base + path, headers, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    // Not an error: the page asks until the spans have arrived.
    if (status === 404) return { data: [] };
    const body = text === undefined ? undefined : parse(text);
    if (body !== undefined) return body;
    if (status === 401)
      throw new ProblemError({
        status: 502,
        detail: "The trace backend answered 401: set QUERY_TOKEN to the token that it asks for.",
      });
    throw new ProblemError({ status: 502, detail: `The trace backend answered ${status} and no trace.` });
  };
}

interface Answer {
  readonly status: number;
  /** `undefined` for an error, and for more than `maxBytes`. */
  readonly text: string | undefined;
}

async function get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
  try {
    const { ok, status, body } = await fetch(url, { headers, signal, redirect: "error" });
    if (ok) return { status, text: await readText(body, maxBytes) };
    await body?.cancel();
    return { status, text: undefined };
  } catch {
    throw new ProblemError({
      status: 502,
      detail: "The trace backend that QUERY_URL names does not answer, or not to the end.",
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listOf(body: unknown): readonly unknown[] {
  const data = typeof body === "object" && body !== null && "data" in body ? body.data : undefined;
  return Array.isArray(data) ? data : [];
}

/** A trace of both services is found twice. */
function uniqueTraces(traces: readonly unknown[]): readonly unknown[] {
  return [...new Map(traces.map((trace) => [(trace as { readonly traceID?: unknown }).traceID, trace])).values()];
}
