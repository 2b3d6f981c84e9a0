/** The endpoint from which Prometheus reads metrics. Loaded only when `OTEL_METRICS_EXPORTER` names it. */
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import {
  AggregationTemporality,
  DataPointType,
  type MetricData,
  MetricReader,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import type { Report } from "../diagnostics.ts";

export interface PrometheusOptions {
  readonly host: string;
  /** 0 takes a free one; the log line says which. */
  readonly port: number;
}

/** Forbid a browser what no answer needs. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** A name of this machine, with or without a port. After DNS rebinding a page of a stranger asks under a name of its own. */
const LOCAL = /^(?:(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|\[?::1\]?)(?::\d*)?$/i;

/**
 * Serves `/metrics`. An address that is taken is reported, and the service goes on without the endpoint.
 * @see https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/prometheus/
 */
export function createPrometheusReader(options: PrometheusOptions, report: Report): MetricReader {
  const reader = new PrometheusReader();
  const serializer = new PrometheusSerializer();
  const refusal = (status: number, why: string): Response => new Response(why, { status, headers: HEADERS });
  const isLocal = LOCAL.test(options.host);
  const serve = async (request: Request): Promise<Response> => {
    if (isLocal && !LOCAL.test(request.headers.get("host") ?? "")) {
      return refusal(421, "OTEL_EXPORTER_PROMETHEUS_HOST is this machine, and the name in Host is another");
    }
    if (new URL(request.url).pathname !== "/metrics") return refusal(404, "Not found");
    const { resourceMetrics } = await reader.collect();
    const headers = { ...HEADERS, "content-type": "text/plain; version=0.0.4; charset=utf-8" };
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

/** The words for UCUM's abbreviations. A unit that is not in this list stays as it is. */
const words: Readonly<Record<string, string>> = {
  d: "days",
  h: "hours",
  min: "minutes",
  s: "seconds",
  ms: "milliseconds",
  us: "microseconds",
  ns: "nanoseconds",
  By: "bytes",
  KiBy: "kibibytes",
  MiBy: "mebibytes",
  GiBy: "gibibytes",
  KBy: "kilobytes",
  MBy: "megabytes",
  GBy: "gigabytes",
  m: "meters",
  g: "grams",
  V: "volts",
  A: "amperes",
  J: "joules",
  W: "watts",
  Cel: "celsius",
  Hz: "hertz",
  "%": "percent",
};

/** Units after a slash are in the singular: `By/s` is bytes per second. */
const perWords: Readonly<Record<string, string>> = { s: "second", min: "minute", h: "hour", d: "day", w: "week" };

/**
 * The same metrics, with the unit at the end of each name that does not have it yet. The serializer of
 * `@opentelemetry/exporter-prometheus` leaves it out.
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1
 */
export function nameUnits({ resource, scopeMetrics }: ResourceMetrics): ResourceMetrics {
  return {
    resource,
    scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({ scope, metrics: metrics.map(nameUnit) })),
  };
}

function nameUnit<T extends MetricData>(metric: T): T {
  const { descriptor } = metric;
  const unit = wordsOf(metric);
  // The serializer ends a counter's name with _total, after the unit.
  const isCounter = metric.dataPointType === DataPointType.SUM && metric.isMonotonic;
  const base = isCounter ? descriptor.name.replace(/_total$/, "") : descriptor.name;
  const hasUnit = unit === "" || base.endsWith(`_${unit}`) || base.endsWith(`.${unit}`);
  return { ...metric, descriptor: { ...descriptor, name: hasUnit ? descriptor.name : `${base}_${unit}`, unit } };
}

function wordsOf({ descriptor, dataPointType }: MetricData): string {
  // Text in braces, such as {span}, is a comment and not a unit.
  const [unit = "", per = ""] = descriptor.unit.replaceAll(/\{[^}]*\}/g, "").split("/", 2);
  if (unit === "1" && per === "") return dataPointType === DataPointType.GAUGE ? "ratio" : "";
  const parts = [words[unit] ?? unit, per === "" ? "" : `per_${perWords[per] ?? per}`];
  return parts
    .filter((part) => part !== "")
    .join("_")
    .replaceAll(/[^a-z0-9_]/gi, "_");
}
