/** The two requests of the pages that change what is kept: to take a file, and to forget everything. */
import { type Answer, failure, wrap } from "./api/answer.ts";
import { showTraceId } from "./api/jaeger-json.ts";
import { importJson } from "./import/import-json.ts";
import { BodyError, type Intake } from "./otlp/intake.ts";
import { checkJsonValues, LimitError } from "./otlp/limits.ts";
import { HTTP_ENCODINGS } from "./otlp/unpack.ts";
import { isOwnPage } from "./own-page.ts";
import type { Store } from "./store.ts";

/** Answers a POST below `/api/viewer/`. */
export type Changes = (request: Request, url: URL) => Promise<Answer>;

/** With the limits that OTLP has: a file is a request body like any other. */
export function createChanges(store: Store, intake: Intake): Changes {
  return async (request, { pathname }) => {
    if (!isOwnPage(request)) return failure(403, "only a page of this viewer, or a program, may change what is kept");
    if (pathname === "/api/viewer/clear") {
      store.clear();
      return wrap(store.stats());
    }
    if (pathname !== "/api/viewer/import") return failure(405, "only GET and HEAD are allowed here");
    try {
      return wrap(await takeFile(request, store, intake));
    } catch (error) {
      if (error instanceof BodyError) return failure(error.status, error.message);
      if (error instanceof LimitError) return failure(413, error.message);
      return failure(400, `this file cannot be read: ${whyNot(error)}`);
    }
  };
}

/** Also what was read before a fault was met is kept. */
async function takeFile(request: Request, store: Store, intake: Intake) {
  const traceIds = new Set<string>();
  const before = store.stats();
  const chunks = request.body ?? new Blob([]).stream();
  const encoding = request.headers.get("content-encoding")?.trim().toLowerCase() || "identity";
  const body = { chunks, encoding, encodings: HTTP_ENCODINGS, length: Number(request.headers.get("content-length")) };
  await intake.take(body, (bytes) => {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    checkJsonValues(text);
    const stop = store.onSpans((traceId) => traceIds.add(showTraceId(traceId)));
    try {
      importJson(store, text);
    } finally {
      stop();
    }
  });
  const { logs, series } = store.stats();
  return { traceIds: [...traceIds], logs: logs - before.logs, series: series - before.series };
}

function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return /call stack|recursion/.test(error.message) ? "it is nested too deeply" : error.message.trim();
}
