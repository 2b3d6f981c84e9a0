/** The line in which a service says that it is ready: for people on a terminal, else as JSON. */
import type { ServiceLog } from "./service-log.ts";
import type { Terminal } from "./terminal.ts";

export interface Announcement {
  readonly log: ServiceLog;
  readonly terminal: Terminal | undefined;
  /** "front answers HTTP": the line for programs, which find the address in a field. */
  readonly message: string;
  /** The field with the address. */
  readonly where: { readonly url: string } | { readonly address: string };
  readonly telemetry: TracesConfig;
}

/** The part of a telemetry's configuration that says where traces go. */
export interface TracesConfig {
  readonly disabled: boolean;
  readonly sampler: { readonly name: string; readonly ratio: number };
  readonly traces: { readonly exporters: readonly string[]; readonly otlp: { readonly endpoint: string } };
}

export function announce({ log, terminal, message, where, telemetry }: Announcement): void {
  const address = "url" in where ? where.url : where.address;
  log.info(where, terminal ? `${asTyped(address)}  traces -> ${tracesTarget(telemetry)}` : message);
}

/** `http://127.0.0.1:3000/` as a person types it: `http://localhost:3000`. */
function asTyped(address: string): string {
  return address.replace("127.0.0.1", "localhost").replace(/\/$/, "");
}

function tracesTarget({ disabled, sampler, traces: { exporters, otlp } }: TracesConfig): string {
  if (disabled || exporters.length === 0) return "nowhere";
  const targets = exporters.map((name) => (name === "otlp" ? serverOf(otlp.endpoint) : name)).join(" and ");
  return sampler.name === DEFAULT_SAMPLER ? targets : `${targets}  sampler: ${described(sampler)}`;
}

/** It records everything that a caller does not forbid, so it hides no trace from a person who looks for one. */
const DEFAULT_SAMPLER = "parentbased_always_on";

function described({ name, ratio }: TracesConfig["sampler"]): string {
  return name.endsWith("traceidratio") ? `${name} ${ratio}` : name;
}

/** Without the path, and without a user and a password. */
function serverOf(endpoint: string): string {
  return URL.canParse(endpoint) && /^https?:/i.test(endpoint) ? new URL(endpoint).origin : endpoint;
}
