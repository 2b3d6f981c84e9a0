/** The unit in a metric's name, as Prometheus expects it: `http_server_request_duration_seconds`. */
import { DataPointType, type MetricData, type ResourceMetrics } from "@opentelemetry/sdk-metrics";

/** The words for UCUM's abbreviations; a unit without one keeps its own letters. */
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

/** After a stroke the unit stands for one: `By/s` is bytes per second. */
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
  // What stands in braces is a remark, such as {span}, and no unit.
  const [unit = "", per = ""] = descriptor.unit.replaceAll(/\{[^}]*\}/g, "").split("/", 2);
  if (unit === "1" && per === "") return dataPointType === DataPointType.GAUGE ? "ratio" : "";
  const parts = [words[unit] ?? unit, per === "" ? "" : `per_${perWords[per] ?? per}`];
  return parts
    .filter((part) => part !== "")
    .join("_")
    .replaceAll(/[^a-z0-9_]/gi, "_");
}
