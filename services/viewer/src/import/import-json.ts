/** Takes traces, logs and metrics that somebody saved: OTLP as JSON, or Jaeger's JSON; one document, or one to a line. */
import type { JaegerTrace } from "@baton/trace-tree";
import { parseExactJson } from "../otlp/json-reader.ts";
import { logs, metrics, traces } from "../otlp/telemetry-signals.ts";
import type { Store } from "../store.ts";
import { readJaegerSpans } from "./jaeger-import.ts";

type Fields = Readonly<Record<string, unknown>>;

/** @throws Error that says what is wrong with the text */
export function importJson(store: Store, text: string): void {
  const document = parse(text);
  if (document === undefined) importLines(store, text.split("\n"));
  else importDocument(store, document);
}

function importLines(store: Store, lines: readonly string[]): void {
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    try {
      importDocument(store, parseExactJson(line));
    } catch (error) {
      const where = lines.length === 1 ? "" : `line ${index + 1}: `;
      throw new Error(`${where}${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function parse(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

function importDocument(store: Store, document: unknown): void {
  if (Array.isArray(document)) {
    for (const each of document) importDocument(store, each);
    return;
  }
  const fields = (typeof document === "object" && document !== null ? document : {}) as Fields;
  // Jaeger's third API wraps what it answers.
  const otlp = isObject(fields.result) ? fields.result : fields;
  const taken = [
    "resourceSpans" in otlp && traces.take(store, traces.readJson(otlp)),
    "resourceLogs" in otlp && logs.take(store, logs.readJson(otlp)),
    "resourceMetrics" in otlp && metrics.take(store, metrics.readJson(otlp)),
  ].filter((answer) => answer !== false);
  for (const { partialSuccess } of taken) if (partialSuccess) throw new Error(partialSuccess.errorMessage);
  if (taken.length > 0) return;
  const jaeger = Array.isArray(fields.data) ? fields.data : [fields];
  for (const trace of jaeger) {
    if (!isJaegerTrace(trace)) throw new Error("it is neither OTLP as JSON nor Jaeger's JSON");
    store.addSpans(readJaegerSpans(trace));
  }
}

function isJaegerTrace(value: unknown): value is JaegerTrace {
  return isObject(value) && typeof value.traceID === "string" && Array.isArray(value.spans);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
