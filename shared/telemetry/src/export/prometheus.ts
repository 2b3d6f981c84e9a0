/** The metrics as a page that Prometheus reads. Loaded only when `OTEL_METRICS_EXPORTER` names it. */
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { AggregationTemporality, MetricReader } from "@opentelemetry/sdk-metrics";
import type { Report } from "../diagnostics.ts";
import { nameUnits } from "./prometheus-names.ts";

export interface PrometheusOptions {
  readonly host: string;
  /** 0 takes a free one; the log line says which. */
  readonly port: number;
}

/**
 * Serves `/metrics`. An address that is taken is reported, and the service goes on without the endpoint.
 * @see https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/prometheus/
 */
export function createPrometheusReader(options: PrometheusOptions, report: Report): MetricReader {
  const reader = new PrometheusReader();
  const serializer = new PrometheusSerializer();
  const serve = async (request: Request): Promise<Response> => {
    if (new URL(request.url).pathname !== "/metrics") return new Response("Not found", { status: 404 });
    const { resourceMetrics } = await reader.collect();
    const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
    return new Response(serializer.serialize(nameUnits(resourceMetrics)), { headers });
  };
  try {
    const server = Bun.serve({ hostname: options.host, port: options.port, fetch: serve });
    server.unref();
    reader.stop = () => server.stop();
    report("info", `Prometheus metrics at http://${options.host}:${server.port}/metrics`, { port: server.port });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report("error", `No Prometheus endpoint at ${options.host}:${options.port}: ${reason}`);
  }
  return reader;
}

class PrometheusReader extends MetricReader {
  stop: () => Promise<void> = () => Promise.resolve();

  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE });
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return this.stop();
  }
}
