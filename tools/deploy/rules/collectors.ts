/** The structure of Collector and Jaeger configurations: complete pipelines, reachable receivers, no removed components. */
import type { IContainer } from "kubernetes-models/v1/Container";
import type { Cluster, Rule } from "../cluster.ts";
import { portNumber } from "../cluster.ts";
import {
  type CollectorConfig,
  inside,
  isListeningExporter,
  readCollectorConfig,
  type Section,
  section,
  typeOf,
} from "../collector-config.ts";

type ConfigRule = (config: CollectorConfig, container: IContainer) => readonly string[];

/** Runs rules over each configuration and names its workload. */
function forEachConfig(...rules: readonly ConfigRule[]): Rule {
  return (cluster: Cluster) =>
    cluster.workloads.flatMap((workload) =>
      workload.containers.flatMap((container) => {
        const config = readCollectorConfig(cluster, workload, container);
        if (config === undefined) return [];
        return rules
          .flatMap((rule) => rule(config, container))
          .map((text) => `${workload.name}'s configuration ${text}`);
      }),
    );
}

const variablesAreGiven: ConfigRule = ({ missingVariables }) =>
  missingVariables.map((name) => `uses the variable ${name}, which the container does not have`);

const pipelinesAreWhole: ConfigRule = (config) => {
  const { pipelines, connectors } = config;
  if (pipelines.length === 0) return ["has no pipeline"];
  const parts = ["receivers", "processors", "exporters"] as const;
  return [
    ...parts.flatMap((part) => {
      const used = new Set(pipelines.flatMap((pipeline) => pipeline[part]));
      const defined = { ...config[part], ...(part === "processors" ? {} : connectors) };
      return [...undefinedOf(part, used, defined), ...unusedOf(part, used, config[part])];
    }),
    ...undefinedOf("extensions", new Set(config.enabledExtensions), config.extensions),
    ...unusedOf("extensions", new Set(config.enabledExtensions), config.extensions),
  ];
};

function undefinedOf(part: string, used: ReadonlySet<string>, defined: Section): string[] {
  return [...used]
    .filter((name) => !(name in defined))
    .map((name) => `uses ${name} of its ${part}, which it does not define`);
}

function unusedOf(part: string, used: ReadonlySet<string>, defined: Section): string[] {
  return Object.keys(defined)
    .filter((name) => !used.has(name))
    .map((name) => `defines ${name} in its ${part} and does not use it`);
}

/** @see https://github.com/open-telemetry/opentelemetry-collector-contrib/pull/26546 */
const removedExporters = ["jaeger", "jaeger_thrift", "logging", "zipkin", "opencensus"];

const nothingRemoved: ConfigRule = ({ exporters }) =>
  Object.keys(exporters)
    .filter((name) => removedExporters.includes(typeOf(name)))
    .map((name) => `sends with ${name}, which releases of today do not have: use otlp`);

const memoryIsLimitedFirst: ConfigRule = ({ pipelines }) =>
  pipelines
    .filter(({ receivers }) => receivers.some((name) => ["otlp", "kafka"].includes(typeOf(name))))
    .filter(({ processors }) => processors[0] !== "memory_limiter")
    .map(
      ({ name }) => `lets the pipeline ${name} take more than memory holds: memory_limiter must be its first processor`,
    );

const portsAreOpen: ConfigRule = ({ receivers, exporters, extensions }, container) => {
  const listening = [
    ...listeners("receivers", receivers),
    ...listeners("exporters", exporters),
    ...listeners("extensions", extensions),
  ];
  return listening.flatMap(({ where, endpoint }) => {
    const [, host, port] = /^(.*):(\d+)$/.exec(endpoint ?? "") ?? [];
    if (host === undefined || port === undefined) return [`says no address for ${where}, and localhost is the default`];
    if (host !== "0.0.0.0" && host !== "[::]") return [`has ${where} listen on ${host}, where no other pod reaches it`];
    if (portNumber(container, Number(port)) === undefined)
      return [`has ${where} listen on ${port}, which the container does not name`];
    return [];
  });
};

interface Listener {
  readonly where: string;
  readonly endpoint: string | undefined;
}

function listeners(part: string, components: Section): readonly Listener[] {
  return Object.entries(components).flatMap(([name, settings]) => {
    const protocols = inside(settings, "protocols");
    const endpoints = typeOf(name) === "otlp" ? section(protocols) : pick(settings, ["http", "grpc"]);
    const own =
      typeOf(name) === "health_check" || isListeningExporter(name) ? [listener(`${part} ${name}`, settings)] : [];
    return [
      ...own,
      ...Object.entries(endpoints).map(([protocol, one]) => listener(`${part} ${name} ${protocol}`, one)),
    ];
  });
}

function pick(settings: unknown, keys: readonly string[]): Section {
  return Object.fromEntries(Object.entries(section(settings)).filter(([key]) => keys.includes(key)));
}

function listener(where: string, settings: unknown): Listener {
  const endpoint = inside(settings, "endpoint");
  return { where, endpoint: typeof endpoint === "string" ? endpoint : undefined };
}

/** A Collector for services: it receives all three signals over both transports of OTLP, batches, and sends OTLP. */
const collectorIsComplete: ConfigRule = ({ receivers, exporters, pipelines }, container) => {
  if (!container.image?.startsWith("otel/opentelemetry-collector")) return [];
  const problems: string[] = [];
  for (const protocol of ["grpc", "http"]) {
    if (inside(receivers, "otlp", "protocols", protocol) === undefined) problems.push(`takes no OTLP over ${protocol}`);
  }
  // Services export all three; a signal without a pipeline is answered with 404 or UNIMPLEMENTED, and is lost.
  for (const signal of ["traces", "metrics", "logs"]) {
    if (!pipelines.some(({ name }) => typeOf(name) === signal)) problems.push(`has no pipeline for ${signal}`);
  }
  if (!Object.keys(exporters).some((name) => typeOf(name).startsWith("otlp"))) problems.push("sends no OTLP");
  const single = pipelines.filter(({ processors }) => !processors.some((name) => typeOf(name) === "batch"));
  return [...problems, ...single.map(({ name }) => `sends what comes in the pipeline ${name} without a batch`)];
};

/** Which health extension an image has, and the path that it answers on. */
const healthExtensions = [
  { image: /^otel\/opentelemetry-collector/, extension: "health_check", path: "/", endpoint: ["endpoint"] },
  { image: /^jaegertracing\/jaeger/, extension: "healthcheckv2", path: "/status", endpoint: ["http", "endpoint"] },
];

const probesAskHealth: ConfigRule = ({ extensions }, container) => {
  const known = healthExtensions.find(({ image }) => image.test(container.image ?? ""));
  if (known === undefined) return [`is for ${container.image}, which is neither a Collector nor a Jaeger`];
  if (!(known.extension in extensions))
    return [`has no ${known.extension}, which is the health extension of its image`];
  const port = Number(
    String(inside(extensions[known.extension], ...known.endpoint))
      .split(":")
      .at(-1),
  );
  return [container.startupProbe, container.readinessProbe, container.livenessProbe].flatMap((probe) => {
    const { port: asked = 0, path } = probe?.httpGet ?? {};
    const right = portNumber(container, asked) === port && path === known.path;
    return right ? [] : [`answers health on port ${port}${known.path}, but a probe asks ${asked}${path ?? ""}`];
  });
};

export const collectorsAreSound: Rule = forEachConfig(
  variablesAreGiven,
  pipelinesAreWhole,
  nothingRemoved,
  memoryIsLimitedFirst,
  portsAreOpen,
  collectorIsComplete,
  probesAskHealth,
);
