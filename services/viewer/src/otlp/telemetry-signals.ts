/** The three telemetry signals, traces, logs and metrics: how each is decoded, stored and answered over HTTP and gRPC. */
import type { BinaryReader } from "@bufbuild/protobuf/wire";
import type { Store } from "../store.ts";
import type { Reading } from "./common.ts";
import {
  ExportLogsServiceRequest,
  ExportLogsServiceResponse,
} from "./gen/opentelemetry/proto/collector/logs/v1/logs_service.ts";
import {
  ExportMetricsServiceRequest,
  ExportMetricsServiceResponse,
} from "./gen/opentelemetry/proto/collector/metrics/v1/metrics_service.ts";
import {
  ExportTraceServiceRequest,
  ExportTraceServiceResponse,
} from "./gen/opentelemetry/proto/collector/trace/v1/trace_service.ts";
import { readLogsJson, readMetricsJson, readTraceJson } from "./json.ts";
import type { Reader } from "./json-reader.ts";
import { readLogs } from "./logs.ts";
import { readMetrics } from "./metrics.ts";
import { readSpans } from "./spans.ts";

export interface TelemetrySignal<Request, Response> {
  readonly requestType: { decode(input: BinaryReader | Uint8Array): Request };
  readonly responseType: { encode(response: Response): { finish(): Uint8Array } };
  readonly readJson: Reader<Request>;
  /** Stores the valid records. The response counts the others. */
  readonly take: (store: Store, request: Request) => Response;
}

/** The records of a request that were not stored. */
interface Refusal {
  readonly count: bigint;
  readonly errorMessage: string;
}

export const traces: TelemetrySignal<ExportTraceServiceRequest, ExportTraceServiceResponse> = {
  requestType: ExportTraceServiceRequest,
  responseType: ExportTraceServiceResponse,
  readJson: readTraceJson,
  take(store, request) {
    const reading = readSpans(request);
    const refusal = describe("span", reading, store.addSpans(reading.items));
    return { partialSuccess: refusal && { rejectedSpans: refusal.count, errorMessage: refusal.errorMessage } };
  },
};

export const logs: TelemetrySignal<ExportLogsServiceRequest, ExportLogsServiceResponse> = {
  requestType: ExportLogsServiceRequest,
  responseType: ExportLogsServiceResponse,
  readJson: readLogsJson,
  take(store, request) {
    const reading = readLogs(request);
    const refusal = describe("log record", reading, store.addLogs(reading.items));
    return { partialSuccess: refusal && { rejectedLogRecords: refusal.count, errorMessage: refusal.errorMessage } };
  },
};

export const metrics: TelemetrySignal<ExportMetricsServiceRequest, ExportMetricsServiceResponse> = {
  requestType: ExportMetricsServiceRequest,
  responseType: ExportMetricsServiceResponse,
  readJson: readMetricsJson,
  take(store, request) {
    const reading = readMetrics(request);
    store.addMetrics(reading.items);
    const refusal = describe("data point", reading, 0);
    return { partialSuccess: refusal && { rejectedDataPoints: refusal.count, errorMessage: refusal.errorMessage } };
  },
};

/**
 * `undefined` when everything was stored: then the response must have no partial success.
 * @see https://opentelemetry.io/docs/specs/otlp/#partial-success
 */
function describe(noun: string, { rejections }: Reading<unknown>, tooMany: number): Refusal | undefined {
  const full = Array.from({ length: tooMany }, () => "its trace is larger than the viewer stores of one trace");
  const all = [...rejections, ...full];
  if (all.length === 0) return undefined;
  const rules = [...Map.groupBy(all, (rule) => rule)].map(([rule, { length }]) => `${rule} (${length})`);
  return {
    count: BigInt(all.length),
    errorMessage: `${all.length} ${noun}${all.length === 1 ? "" : "s"} not stored: ${rules.join("; ")}`,
  };
}
