/** The profile `metrics`: Prometheus has the services' own metrics, and Jaeger answers for its Monitor tab. */
import { findScenario } from "@baton/demo/scenarios";
import { until } from "../until.ts";
import { type Checks, expectNone } from "./checks.ts";
import { hasStatus, startLoad } from "./load.ts";
import type { Project } from "./project.ts";
import { readUrls } from "./traces.ts";

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const rpc = "baton.dice.v1.DiceService/Roll";

/** Metrics that Prometheus must have, and one of their series. */
const prometheusRows = [
  { metric: "http_server_request_duration_seconds_count", job: "services", label: "http_route", value: "/rolldice" },
  { metric: "rpc_client_call_duration_seconds_count", job: "services", label: "rpc_method", value: rpc },
  { metric: "rpc_server_call_duration_seconds_count", job: "services", label: "rpc_method", value: rpc },
  { metric: "traces_span_metrics_calls_total", job: "span-metrics", label: "span_name", value: "GET /rolldice" },
] as const;

/** The requests of the Monitor tab. */
const monitorRows = [
  { path: "calls", service: "front", operation: "GET /rolldice" },
  { path: "calls", service: "back", operation: rpc },
  { path: "latencies", service: "front", operation: "GET /rolldice" },
  { path: "latencies", service: "back", operation: rpc },
] as const;

export async function checkMetrics(checks: Checks, project: Project): Promise<void> {
  const { frontUrl, queryUrl } = await readUrls(project);
  const prometheusUrl = await project.url("prometheus", 9090);
  // A rate needs requests all the time.
  const load = startLoad(frontUrl, [findScenario("plain-roll")]);
  try {
    await load.more(10, "answered with 200", hasStatus(200));
    for (const { metric, job, label, value } of prometheusRows) {
      await checks.check(`Prometheus has ${metric} with ${label} "${value}"`, async () => {
        const query = `${metric}{job="${job}",${label}="${value}"}`;
        await until("a series is above 0", async () => isAboveZero(await askPrometheus(prometheusUrl, query)));
      });
    }
    await checks.check("Prometheus reaches front, back and Jaeger", async () => {
      const targets = await askPrometheus(prometheusUrl, "up");
      const down = targets.filter(({ value }) => value !== 1).map(({ labels }) => `${labels.instance} is down`);
      expectNone(targets.length === 3 ? down : [`there are ${targets.length} targets`, ...down]);
    });
    for (const { path, service, operation } of monitorRows) {
      await checks.check(`Jaeger's Monitor has ${path} of ${service}: ${operation}`, async () => {
        await until("a point is above 0", async () => {
          const series = await askMonitor(queryUrl, path, service);
          return isAboveZero(series.filter(({ labels }) => labels.operation === operation));
        });
      });
    }
  } finally {
    await load.stop();
  }
}

function isAboveZero(series: readonly Series[]): true | undefined {
  return series.some(({ value }) => value > 0) || undefined;
}

/** @see https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
async function askPrometheus(url: string, query: string): Promise<readonly Series[]> {
  interface Answer {
    readonly data: {
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly value: readonly [number, string];
      }[];
    };
  }
  const { data } = await askJson<Answer>(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** The greatest point of each series of the last minutes. */
async function askMonitor(url: string, path: string, service: string): Promise<readonly Series[]> {
  interface Answer {
    readonly metrics: readonly {
      readonly labels: readonly { readonly name: string; readonly value: string }[];
      readonly metricPoints: readonly { readonly gaugeValue?: { readonly doubleValue?: number | string } }[];
    }[];
  }
  const query = new URLSearchParams({
    service,
    groupByOperation: "true",
    endTs: String(Date.now()),
    lookback: String(5 * 60_000),
    step: "5000",
    ratePer: "60000",
    quantile: "0.95",
  });
  const { metrics } = await askJson<Answer>(`${url}/api/metrics/${path}?${query}`);
  return metrics.map(({ labels, metricPoints }) => ({
    labels: Object.fromEntries(labels.map(({ name, value }) => [name, value])),
    value: Math.max(
      0,
      ...metricPoints.map(({ gaugeValue }) => Number(gaugeValue?.doubleValue)).filter(Number.isFinite),
    ),
  }));
}

async function askJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
  return (await response.json()) as T;
}
