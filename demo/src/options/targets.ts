/** What the endpoints of options call: front itself over HTTP, and back over gRPC. */
import type { ExpectedSpan } from "@baton/trace-tree";

type Children = readonly ExpectedSpan[];

/** The CLIENT span of a request that front sends to itself. */
export function target(name: string, children: Children = []): ExpectedSpan {
  return { service: "front", kind: "client", name, children };
}
