/** Front and two backs as processes, with the telemetry variables of the overlay. */
import { fileURLToPath } from "node:url";
import { type ManagedProcess, startProcess } from "./process.ts";
import { telemetryVariables } from "./tiers.ts";

export interface Pair {
  readonly frontUrl: string;
  /** The sums of the services' own counts of spans. */
  spanTotals(): Promise<SpanTotals>;
  /** One more front, which sends its spans to another URL. */
  startFront(otlpUrl: string, protocol: string): Promise<{ readonly url: string; stop(): Promise<void> }>;
  stop(): Promise<void>;
}

export interface SpanTotals {
  readonly started: number;
  readonly live: number;
  readonly exported: number;
  /** The queue was full. */
  readonly dropped: number;
  /** Given up after the exporter's attempts. */
  readonly failed: number;
  readonly waiting: number;
}

interface Service {
  readonly process: ManagedProcess;
  /** Where it listens. */
  readonly address: string;
  readonly metricsUrl: string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** @param otlpUrl The URL for spans over HTTP. */
export async function startPair(otlpUrl: string, logs: string): Promise<Pair> {
  const given = await telemetryVariables();
  const sendTo = (url: string, protocol: string) => ({
    ...given,
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_PROMETHEUS_HOST: "127.0.0.1",
    OTEL_EXPORTER_PROMETHEUS_PORT: "0",
    BACK_PORT: "0",
    FRONT_PORT: "0",
  });
  const env = sendTo(otlpUrl, "http/protobuf");
  const backs = await Promise.all(["back-1", "back-2"].map((name) => startService(name, "back", env, logs)));
  const target = `ipv4:${backs.map((back) => back.address).join(",")}`;
  const front = await startService("front", "front", { ...env, BACK_ADDRESS: target }, logs);
  const services = [front, ...backs];
  return {
    frontUrl: front.address,
    spanTotals: async () => addUp(await Promise.all(services.map(({ metricsUrl }) => readTotals(metricsUrl)))),
    startFront: async (url, protocol) => {
      const one = await startService("front-more", "front", { ...sendTo(url, protocol), BACK_ADDRESS: target }, logs);
      return { url: one.address, stop: one.process.stop };
    },
    stop: async () => {
      for (const service of services) await service.process.stop();
    },
  };
}

async function startService(
  name: string,
  service: "front" | "back",
  env: Record<string, string>,
  logs: string,
): Promise<Service> {
  let address = "";
  let metricsUrl = "";
  const process_ = await startProcess({
    name,
    command: [process.execPath, `${root}services/${service}/src/main.ts`],
    env,
    logs,
    ready: async (line) => {
      metricsUrl = /http:\S+\/metrics/.exec(await line(/Prometheus metrics at/))?.[0] ?? "";
      const said: { url?: string; address?: string } = JSON.parse(await line(/answers (gRPC|HTTP)"/));
      address = said.url ?? said.address ?? "";
    },
  });
  return { process: process_, address, metricsUrl };
}

async function readTotals(url: string): Promise<SpanTotals> {
  const page = await (await fetch(url, { signal: AbortSignal.timeout(5000) })).text();
  const sum = (name: string, labels: RegExp) =>
    [...page.matchAll(/^(\w+)\{([^}]*)\} (\d+)/gm)]
      .filter(([, metric, given = ""]) => metric === name && labels.test(given))
      .reduce((total, [, , , value]) => total + Number(value), 0);
  const failed = /error_type="(?!")/;
  const exported = "otel_sdk_exporter_span_exported_total";
  return {
    started: sum("otel_sdk_span_started_total", /RECORD_AND_SAMPLE/),
    live: sum("otel_sdk_span_live", /./),
    exported: sum(exported, /^(?!.*error_type)/),
    failed: sum(exported, failed),
    dropped: sum("otel_sdk_processor_span_processed_total", failed),
    waiting: sum("otel_sdk_processor_span_queue_size", /./) + sum("otel_sdk_exporter_span_inflight", /./),
  };
}

function addUp(all: readonly SpanTotals[]): SpanTotals {
  const sum = (key: keyof SpanTotals) => all.reduce((total, one) => total + one[key], 0);
  return {
    started: sum("started"),
    live: sum("live"),
    exported: sum("exported"),
    failed: sum("failed"),
    dropped: sum("dropped"),
    waiting: sum("waiting"),
  };
}
