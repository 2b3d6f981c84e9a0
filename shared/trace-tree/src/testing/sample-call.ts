/** A call from one service to another, with what its two spans captured, for the tests of wire and diagnosis. */
import type { Span, Tags, Trace } from "../trace.ts";

export const traceA = "a".repeat(32);
export const traceB = "b".repeat(32);
export const ids = {
  entry: "1".repeat(16),
  call: "2".repeat(16),
  served: "3".repeat(16),
  work: "4".repeat(16),
} as const;

/** The header that the CLIENT span of the call sends. */
export const sent = `00-${traceA}-${ids.call}-03`;

type SpanParts = Pick<Span, "spanId" | "kind" | "service"> & Partial<Span>;

export function sampleSpan({ attributes = {}, ...parts }: SpanParts): Span {
  return {
    traceId: traceA,
    name: parts.kind === "internal" ? "work" : "dice.Dice/Roll",
    startMicros: 0,
    durationMicros: 1000,
    status: "unset",
    statusMessage: "",
    attributes,
    resource: {},
    events: [],
    links: [],
    ...parts,
  };
}

/** Attributes of a captured request, as Jaeger's JSON has them. */
export function requestHeaders(headers: Readonly<Record<string, string | readonly string[]>>): Tags {
  return capture("rpc.request.header.", headers);
}

export function responseHeaders(headers: Readonly<Record<string, string | readonly string[]>>): Tags {
  return capture("rpc.response.header.", headers);
}

function capture(prefix: string, headers: Readonly<Record<string, string | readonly string[]>>): Tags {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [prefix + name, JSON.stringify([value].flat())]),
  );
}

const grpc = { "rpc.system.name": "grpc", "rpc.method": "dice.Dice/Roll" };
const answered = { "rpc.status_code": "OK" };

export interface SampleCall {
  /** What the CLIENT span captured. @default Nothing. */
  readonly left?: Tags;
  /** What the SERVER span captured. @default Nothing. */
  readonly arrived?: Tags;
  /** More of the SERVER span. @default It is the child of the CLIENT span. */
  readonly served?: Partial<Span>;
  /** The SERVER span is the root of a trace of its own. @default false */
  readonly isNewTrace?: boolean;
  /** Whether the SERVER span is there. @default true */
  readonly isServed?: boolean;
}

/** front: SERVER, CLIENT; back: SERVER, INTERNAL. Spans of different traces are in traces of their own. */
export function sampleCall(call: SampleCall): readonly Trace[] {
  const { left = {}, arrived = {}, served = {}, isNewTrace = false, isServed = true } = call;
  const server = sampleSpan({
    spanId: ids.served,
    ...(isNewTrace ? { traceId: traceB } : { parentId: ids.call }),
    kind: "server",
    service: "back",
    startMicros: 2000,
    durationMicros: 4000,
    attributes: { ...grpc, ...arrived },
    ...served,
  });
  const spans = [
    sampleSpan({ spanId: ids.entry, kind: "server", service: "front", durationMicros: 9000 }),
    sampleSpan({
      spanId: ids.call,
      parentId: ids.entry,
      kind: "client",
      service: "front",
      startMicros: 1000,
      durationMicros: 7000,
      attributes: { ...grpc, ...answered, ...left },
    }),
    ...(isServed ? [server] : []),
  ];
  return tracesOf(spans);
}

export function tracesOf(spans: readonly Span[]): readonly Trace[] {
  return [...Map.groupBy(spans, ({ traceId }) => traceId)].map(([traceId, of]) => ({ traceId, spans: of }));
}
