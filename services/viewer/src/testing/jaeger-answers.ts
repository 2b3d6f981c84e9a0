/** Answers of Jaeger and of the viewer, in one form. */
import type { JaegerEnvelope, JaegerTag, JaegerTrace } from "@baton/trace-tree";

/** Jaeger's spans and processes have no order. A search without a result is null there and an empty list here. */
export function normalise(envelope: JaegerEnvelope<unknown>) {
  const traces = ((envelope.data ?? []) as readonly JaegerTrace[]).map((trace) => ({
    ...trace,
    processes: undefined,
    spans: trace.spans
      .map((span) => ({ ...span, processID: undefined, process: trace.processes[span.processID] }))
      .sort((a, b) => a.spanID.localeCompare(b.spanID)),
  }));
  return { ...envelope, data: traces };
}

interface OtlpSpan {
  readonly spanId: string;
  readonly startTimeUnixNano?: string;
  readonly endTimeUnixNano?: string;
  readonly attributes?: readonly { readonly key: string }[];
  readonly events?: readonly object[];
}

interface ResourceSpans {
  readonly resource: object;
  readonly scopeSpans: readonly { readonly scope: object; readonly spans: readonly OtlpSpan[] }[];
}

/** Each span with its resource and its scope: neither Jaeger's groups nor its spans have an order. */
export function spansOf(body: unknown) {
  const { result, error } = body as { result?: { resourceSpans: readonly ResourceSpans[] }; error?: unknown };
  const spans = result?.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans: own }) => own.map((span) => ({ span, resource, scope }))),
  );
  return { error, spans: spans?.sort((a, b) => a.span.spanId.localeCompare(b.span.spanId)) };
}

export function sortData(envelope: JaegerEnvelope<unknown>): unknown {
  const text = (value: unknown) => JSON.stringify(value);
  return { ...envelope, data: (envelope.data as readonly unknown[]).toSorted((a, b) => (text(a) < text(b) ? -1 : 1)) };
}

/**
 * Differences from Jaeger that random data meets, each with its reason:
 * - Jaeger warns at spans whose clocks differ; here the page of the trace says it, once for each service.
 * - Jaeger warns that it has made a span of no length one nanosecond long.
 * - Tags of one key have no order there, and events are in the order of their names.
 */
export function withoutKnown(traces: readonly ComparedTrace[]) {
  return traces.map((trace) => ({
    ...trace,
    spans: trace.spans.map((span) => ({
      ...span,
      warnings: (span.warnings ?? []).filter((warning) => !KNOWN_WARNINGS.test(warning)),
      tags: sortTags(span.tags),
      logs: sortTexts((span.logs ?? []).map((log) => ({ ...log, fields: sortTags(log.fields) }))),
    })),
  }));
}

const KNOWN_WARNINGS = /^(clock skew adjustment disabled|Negative duration detected)/;

type ComparedTrace = ReturnType<typeof normalise>["data"][number];

/** The same of the third API, which has the warnings in an attribute, and the nanosecond. */
export function otlpWithoutKnown(body: unknown) {
  const { error, spans = [] } = spansOf(body);
  return {
    error,
    spans: spans.map(({ span, ...rest }) => {
      const attributes = (span.attributes ?? []).filter(({ key }) => key !== "@jaeger@warnings");
      const length = BigInt(span.endTimeUnixNano ?? 0) - BigInt(span.startTimeUnixNano ?? 0);
      const events = sortTexts(span.events ?? []);
      return {
        ...rest,
        span: { ...span, attributes, events, endTimeUnixNano: undefined },
        length: length <= 1n ? 0n : length,
      };
    }),
  };
}

function sortTags(tags: readonly JaegerTag[] | null | undefined): readonly string[] {
  return sortTexts(tags ?? []);
}

function sortTexts(values: readonly unknown[]): readonly string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}
