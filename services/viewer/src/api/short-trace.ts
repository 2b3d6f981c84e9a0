/** A trace in Jaeger's JSON with the beginning of each text: what the page needs to draw it and to find spans in it. */
import type { JaegerTag, JaegerTrace } from "@baton/trace-tree";

const MAX_TEXT = 1_000;

export function shorten(trace: JaegerTrace): JaegerTrace {
  return {
    ...trace,
    spans: trace.spans.map((span) => ({
      ...span,
      operationName: clip(span.operationName),
      tags: clipTags(span.tags),
      logs: span.logs?.map((log) => ({ ...log, fields: clipTags(log.fields) })) ?? null,
    })),
    processes: Object.fromEntries(
      Object.entries(trace.processes).map(([id, process]) => [
        id,
        { serviceName: clip(process.serviceName), tags: clipTags(process.tags) },
      ]),
    ),
  };
}

function clipTags(tags: readonly JaegerTag[] | null | undefined): readonly JaegerTag[] {
  return (tags ?? []).map((tag) => ({
    ...tag,
    key: clip(tag.key),
    value: typeof tag.value === "string" ? clip(tag.value) : tag.value,
  }));
}

function clip(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
