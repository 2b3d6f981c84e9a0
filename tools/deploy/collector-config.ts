/** The configuration of a Collector or Jaeger container: its files merged, with its variables. */
import type { IContainer } from "kubernetes-models/v1/Container";
import { type Cluster, variables, type Workload } from "./cluster.ts";
import { configFiles, mountedFiles } from "./rules/references.ts";

export type Section = Readonly<Record<string, unknown>>;

export interface CollectorConfig {
  readonly receivers: Section;
  readonly processors: Section;
  readonly exporters: Section;
  readonly connectors: Section;
  readonly extensions: Section;
  readonly enabledExtensions: readonly string[];
  readonly pipelines: readonly Pipeline[];
  /** `${env:NAME}` without a default, when the container has no variable NAME. */
  readonly missingVariables: readonly string[];
}

export interface Pipeline {
  readonly name: string;
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

/** `undefined` for a container that reads no such file. */
export function readCollectorConfig(
  cluster: Cluster,
  workload: Workload,
  container: IContainer,
): CollectorConfig | undefined {
  const mounted = mountedFiles(cluster, workload.pod, container);
  const texts = configFiles(container).flatMap((path) => mounted.get(path) ?? []);
  if (texts.length === 0) return undefined;
  const given = variables(cluster, container);
  const named = new Set([...Object.keys(given), ...(container.env ?? []).map(({ name }) => name)]);
  const missing = new Set<string>();
  const fill = (text: string) =>
    text.replace(/\$\{env:(\w+)(?::-([^}]*))?\}/g, (_, name: string, fallback: string | undefined) => {
      if (fallback === undefined && !named.has(name)) missing.add(name);
      return given[name] ?? fallback ?? `value-of-${name}`;
    });
  const root = texts.map((text) => section(Bun.YAML.parse(fill(text)))).reduce(merge);
  return { ...parts(root), missingVariables: [...missing] };
}

function parts(root: Section): Omit<CollectorConfig, "missingVariables"> {
  const service = section(root.service);
  return {
    receivers: section(root.receivers),
    processors: section(root.processors),
    exporters: section(root.exporters),
    connectors: section(root.connectors),
    extensions: section(root.extensions),
    enabledExtensions: names(service.extensions),
    pipelines: Object.entries(section(service.pipelines)).map(([name, pipeline]) => ({
      name,
      receivers: names(section(pipeline).receivers),
      processors: names(section(pipeline).processors),
      exporters: names(section(pipeline).exporters),
    })),
  };
}

/** The section, or an empty one: the rules report missing ones. */
export function section(value: unknown): Section {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Section) : {};
}

/** The value at this path, or `undefined`. */
export function inside(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((part, key) => section(part)[key], value);
}

/** `otlp/jaeger` is a component of the type `otlp`. */
export function typeOf(component: string): string {
  return component.split("/")[0] ?? component;
}

/** An exporter that waits to be asked, so that its endpoint is its own address and not that of another. */
export function isListeningExporter(component: string): boolean {
  return typeOf(component) === "prometheus";
}

function names(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Merges files like the Collector: sections key by key, other values as a whole. */
function merge(first: Section, second: Section): Section {
  const merged: Record<string, unknown> = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const both = isSection(first[key]) && isSection(value);
    merged[key] = both ? merge(section(first[key]), section(value)) : value;
  }
  return merged;
}

function isSection(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
