/** Traces for the tests of this folder, written down as short as possible. */
import type { JaegerSpan, JaegerTag, JaegerTrace } from "../jaeger.ts";
import { readTrace, type SpanKind, type Trace } from "../trace.ts";

export interface SampleSpan {
  readonly id: string;
  readonly parent?: string;
  readonly service?: string;
  readonly name?: string;
  readonly kind?: SpanKind;
  readonly start?: number;
  readonly duration?: number;
  readonly tags?: Readonly<Record<string, string | boolean>>;
  readonly events?: readonly {
    readonly name: string;
    readonly at: number;
    readonly tags?: Readonly<Record<string, string>>;
  }[];
  readonly links?: readonly string[];
}

export function sampleTrace(...spans: readonly SampleSpan[]): Trace {
  return readTrace(sampleJson(...spans));
}

export function sampleJson(...spans: readonly SampleSpan[]): JaegerTrace {
  const services = [...new Set(spans.map(({ service = "front" }) => service))];
  return {
    traceID: "t",
    spans: spans.map(toSpan),
    processes: Object.fromEntries(services.map((serviceName) => [serviceName, { serviceName, tags: [] }])),
    warnings: null,
  };
}

function toSpan({ id, parent, service = "front", name = id, kind = "internal", ...rest }: SampleSpan): JaegerSpan {
  const parents = parent === undefined ? [] : [{ refType: "CHILD_OF", traceID: "t", spanID: parent } as const];
  const links = (rest.links ?? []).map((traceID) => ({ refType: "FOLLOWS_FROM", traceID, spanID: "x" }) as const);
  return {
    traceID: "t",
    spanID: id,
    operationName: name,
    references: [...parents, ...links],
    startTime: rest.start ?? 1000,
    duration: rest.duration ?? 10,
    tags: toTags({ "span.kind": kind, ...rest.tags }),
    logs: (rest.events ?? []).map(({ name: event, at, tags }) => ({
      timestamp: at,
      fields: toTags({ event, ...tags }),
    })),
    processID: service,
    warnings: null,
  };
}

function toTags(tags: Readonly<Record<string, string | boolean>>): readonly JaegerTag[] {
  return Object.entries(tags).map(([key, value]) => ({
    key,
    type: typeof value === "string" ? "string" : "bool",
    value,
  }));
}
