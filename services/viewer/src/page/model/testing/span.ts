/** A span for tests, with what the test does not care about filled in. */
import type { Span } from "@baton/trace-tree";

export function spanOf(spanId: string, parentId: string | undefined, more: Partial<Span> = {}): Span {
  return {
    traceId: "t",
    spanId,
    ...(parentId !== undefined && { parentId }),
    name: spanId,
    kind: "internal",
    service: "front",
    startMicros: 0,
    durationMicros: 10,
    status: "unset",
    statusMessage: "",
    attributes: {},
    resource: {},
    events: [],
    links: [],
    ...more,
  };
}
