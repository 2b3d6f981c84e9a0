/** The formats of a trace context that are not W3C's: how each is written, and how it is known when it goes out. */
import type { HeaderLines } from "./cases/index.ts";
import type { Identity } from "./probe.ts";

export interface Format {
  readonly name: string;
  readonly url: string;
  readonly write: (identity: Identity) => HeaderLines;
  /** A header that only this format has. */
  readonly header: string;
}

export const FORMATS: readonly Format[] = [
  {
    name: "B3 single",
    url: "https://github.com/openzipkin/b3-propagation#single-header",
    write: ({ traceId, parentId }) => [["b3", `${traceId}-${parentId}-1`]],
    header: "b3",
  },
  {
    name: "B3 multi",
    url: "https://github.com/openzipkin/b3-propagation#multiple-headers",
    write: ({ traceId, parentId }) => [
      ["x-b3-traceid", traceId],
      ["x-b3-spanid", parentId],
      ["x-b3-sampled", "1"],
    ],
    header: "x-b3-traceid",
  },
  {
    name: "Jaeger",
    url: "https://www.jaegertracing.io/sdk-migration/#propagation-format",
    write: ({ traceId, parentId }) => [["uber-trace-id", `${traceId}:${parentId}:0:1`]],
    header: "uber-trace-id",
  },
  {
    name: "X-Ray",
    url: "https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader",
    write: ({ traceId, parentId }) => [
      ["x-amzn-trace-id", `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${parentId};Sampled=1`],
    ],
    header: "x-amzn-trace-id",
  },
];
