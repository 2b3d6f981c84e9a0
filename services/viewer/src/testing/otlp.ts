/** OTLP for tests, as JSON that any client could send. */

type Value = string | boolean | number | bigint | Uint8Array | readonly Value[] | { readonly [key: string]: Value };
export type Attributes = Readonly<Record<string, Value>>;

export interface SpanSpec {
  readonly traceId?: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  /** As OTLP numbers them: 2 is SERVER. */
  readonly kind?: number;
  /** Nanoseconds after `START`. */
  readonly start?: number;
  readonly duration?: number;
  readonly attributes?: Attributes;
  readonly traceState?: string;
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly events?: readonly { readonly name: string; readonly at: number; readonly attributes?: Attributes }[];
  readonly flags?: number;
  readonly droppedAttributesCount?: number;
  readonly droppedEventsCount?: number;
  readonly droppedLinksCount?: number;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string; readonly attributes?: Attributes }[];
}

export const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
/** A time near now, in nanoseconds since 1970, that is not a whole number of microseconds. */
export const START = BigInt(Date.now()) * 1_000_000n + 123_456n;

export interface GroupSpec {
  readonly service?: string;
  readonly resource?: Attributes;
  readonly scope?: { readonly name?: string; readonly version?: string; readonly attributes?: Attributes };
  readonly spans: readonly SpanSpec[];
}

/** The body of `POST /v1/traces`. */
export function traceRequest(...groups: readonly GroupSpec[]): object {
  return {
    resourceSpans: groups.map(({ service = "front", resource = {}, scope, spans }) => ({
      resource: { attributes: toAttributes({ "service.name": service, ...resource }) },
      scopeSpans: [
        {
          scope: { ...scope, attributes: toAttributes(scope?.attributes ?? {}) },
          spans: spans.map(toSpan),
        },
      ],
    })),
  };
}

export function toAttributes(attributes: Attributes): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toAnyValue(value) }));
}

export function postJson(otlpUrl: string, path: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${otlpUrl}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

function toSpan({ spanId, parentSpanId, name = "work", kind = 1, start = 0, duration = 1_000_000, ...rest }: SpanSpec) {
  const startTime = START + BigInt(start);
  return {
    traceId: rest.traceId ?? TRACE_ID,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    ...(rest.traceState !== undefined && { traceState: rest.traceState }),
    name,
    kind,
    startTimeUnixNano: String(startTime),
    endTimeUnixNano: String(startTime + BigInt(duration)),
    attributes: toAttributes(rest.attributes ?? {}),
    events: (rest.events ?? []).map((event) => ({
      name: event.name,
      timeUnixNano: String(startTime + BigInt(event.at)),
      attributes: toAttributes(event.attributes ?? {}),
    })),
    links: (rest.links ?? []).map((link) => ({ ...link, attributes: toAttributes(link.attributes ?? {}) })),
    status: rest.status ?? {},
    ...(rest.flags !== undefined && { flags: rest.flags }),
    droppedAttributesCount: rest.droppedAttributesCount ?? 0,
    droppedEventsCount: rest.droppedEventsCount ?? 0,
    droppedLinksCount: rest.droppedLinksCount ?? 0,
  };
}

function toAnyValue(value: Value): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "bigint") return { intValue: String(value) };
  if (typeof value === "number") return { doubleValue: value };
  if (value instanceof Uint8Array) return { bytesValue: value.toBase64() };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(toAnyValue) } };
  return { kvlistValue: { values: toAttributes(value as Attributes) } };
}
