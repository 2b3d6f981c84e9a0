/** The answers that Jaeger's API does not have: logs and metrics. */
import { writeOutBounds } from "../exponential.ts";
import type { LogRecord, Resource } from "../records.ts";
import { type History, SAMPLE_FIELDS } from "../store/history.ts";
import type { Series } from "../store/series.ts";
import type { StoredMetric } from "../store.ts";
import { showTraceId } from "./jaeger-json.ts";

/** A double cannot hold nanoseconds, so they are text. */
export function toLogJson(log: LogRecord) {
  return {
    id: log.id,
    timeUnixNano: String(log.time),
    severityNumber: log.severityNumber,
    severityText: log.severityText,
    body: log.body,
    attributes: log.attributes.map(({ key, type, value }) => ({ key, type, value })),
    traceId: log.traceId,
    spanId: log.spanId,
    service: log.resource.service,
    scope: log.scope.name,
  };
}

/** As much of a text as a list has room for. */
const MAX_TEXT = 2_000;
const MAX_ATTRIBUTES = 32;

/** The same with the beginning of what is long, and how long all of it is. */
export function toLogSummary(log: LogRecord) {
  const attributes = log.attributes.slice(0, MAX_ATTRIBUTES).map(({ key, type, value }) => ({
    key: clip(key),
    type,
    value: typeof value === "string" ? clip(value) : value,
  }));
  const sizes = log.attributes.map(({ key, value }) => key.length + String(value).length);
  const length = log.body.length + sizes.reduce((sum, size) => sum + size, 0);
  const whole = toLogJson(log);
  const summary = {
    ...whole,
    body: clip(log.body),
    attributes,
    service: clip(whole.service),
    scope: clip(whole.scope),
  };
  const isWhole =
    summary.body === log.body && attributes.every(({ value }, index) => value === log.attributes[index]?.value);
  return { ...summary, length, isWhole: isWhole && attributes.length === log.attributes.length };
}

function clip(text: string): string {
  return text.slice(0, MAX_TEXT);
}

/** Metrics that only their sender tells apart have its mark in `instance`. */
export function toMetricsJson(metrics: readonly StoredMetric[]) {
  const instances = nameInstances(metrics.map(({ resource }) => resource));
  return metrics.map(({ resource, scope, series, ...metric }) => ({
    service: resource.service,
    instance: instances.get(resource) ?? "",
    scope: scope.name,
    scopeVersion: scope.version,
    ...metric,
    series: series.map(toSeriesJson),
  }));
}

function toSeriesJson({ attributes, value, time, startTime, ...rest }: Series) {
  const { restarts, gaps, stopped, exemplars, history } = rest;
  return {
    attributes,
    ...(value && "scale" in value ? writeOutBounds(value) : value),
    timeUnixNano: String(time),
    startTimeUnixNano: String(startTime),
    restarts,
    gaps: gaps.map(({ from, to }) => ({ fromUnixNano: String(from), toUnixNano: String(to) })),
    stopped,
    exemplars: exemplars.map((each) => ({
      timeUnixNano: String(each.time),
      value: each.value,
      traceId: showTraceId(each.traceId),
      spanId: each.spanId,
    })),
    history: samplesOf(history),
  };
}

/** JSON has no NaN: what is not known is null. */
function samplesOf(history: History): readonly (readonly (number | null)[])[] {
  return Array.from({ length: history.length / SAMPLE_FIELDS }, (_, index) =>
    [...history.subarray(index * SAMPLE_FIELDS, (index + 1) * SAMPLE_FIELDS)].map((each) =>
      Number.isFinite(each) ? each : null,
    ),
  );
}

/** As many attributes as a reader takes in at once. */
const MAX_MARKS = 3;
const MAX_MARK_LENGTH = 120;

/** For each service of which several senders are there, what each sender has and the others have not. */
function nameInstances(resources: readonly Resource[]): ReadonlyMap<Resource, string> {
  const names = new Map<Resource, string>();
  for (const same of Map.groupBy(new Set(resources), ({ service }) => service).values()) {
    const users = new Map<string, number>();
    for (const text of same.flatMap(markTexts)) users.set(text, (users.get(text) ?? 0) + 1);
    for (const resource of same) {
      const own = markTexts(resource).filter((text) => (users.get(text) ?? 0) < same.length);
      names.set(resource, own.slice(0, MAX_MARKS).join(" "));
    }
  }
  return names;
}

/** `service.instance.id` first: it is what tells two processes apart by definition. */
function markTexts({ attributes }: Resource): readonly string[] {
  return attributes
    .toSorted((a, b) => Number(b.key === "service.instance.id") - Number(a.key === "service.instance.id"))
    .map(({ key, value }) => `${key}=${value}`.slice(0, MAX_MARK_LENGTH));
}
