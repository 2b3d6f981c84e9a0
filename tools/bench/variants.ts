/** The variants: the same two services, each time with another telemetry. */
import type { PairOptions } from "./pair.ts";

export interface Variant extends PairOptions {
  readonly describe: string;
  /** Measured only in the unary scenario, because this peer makes other spans for streams and errors. */
  readonly isPeer?: boolean;
  /** The variant of this checkout, where this one is of another. @default none */
  readonly base?: string;
  /** Whether it sends to the sink. */
  readonly exports: boolean;
}

/** The traced pair without a backend for its spans. Its metrics about them still arrive. */
export function createOutage(sink: string): Variant {
  return {
    name: "outage",
    describe: "no server listens at the spans endpoint",
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${sink}${senderOf("outage", 1)}`,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:9/v1/traces",
    },
    exports: true,
  };
}

const folder = new URL("./", import.meta.url).pathname;

/** The name under which a pair sends: its variant and its number. */
export const senderOf = (name: string, pair: number): string => `${name}-${pair}`;

/** @param sink The URL to which the variants send, each pair under a name of its own. */
export function createVariants(sink: string, pair: number): Variant[] {
  const to = (name: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `${sink}${senderOf(name, pair)}` });
  return [
    {
      name: "bare",
      describe: "no plugin, no middleware, no telemetry loaded",
      preload: `${folder}telemetries/bare.ts`,
      exports: false,
    },
    { name: "traced", describe: "everything sampled and exported, metrics on", env: to("traced"), exports: true },
    {
      name: "unsampled",
      describe: "OTEL_TRACES_SAMPLER=always_off",
      env: { ...to("unsampled"), OTEL_TRACES_SAMPLER: "always_off" },
      exports: true,
    },
    { name: "disabled", describe: "OTEL_SDK_DISABLED=true", env: { OTEL_SDK_DISABLED: "true" }, exports: false },
    {
      name: "plain",
      describe: "the SDK's tracer and the stock exporter, four spans by hand, no metrics",
      preload: `${folder}peers/plain.ts`,
      env: to("plain"),
      isPeer: true,
      exports: true,
    },
    {
      name: "peers",
      describe: "@elysia/opentelemetry and nice-grpc-opentelemetry, no metrics",
      preload: `${folder}peers/elysia-nice-grpc.ts`,
      env: to("peers"),
      isPeer: true,
      exports: true,
    },
  ];
}

/** @returns The name of the same variant from another checkout. */
export const beforeOf = (name: string): string => `${name}-before`;

/** The project's own variants once more, with the services of another checkout. */
export function createBefore(sink: string, pair: number, root: string): Variant[] {
  return createVariants(sink, pair)
    .filter(({ preload }) => preload === undefined)
    .map(({ name, env, exports, ...variant }) => ({
      ...variant,
      name: beforeOf(name),
      base: name,
      root,
      env: { ...env, ...(exports && { OTEL_EXPORTER_OTLP_ENDPOINT: `${sink}${senderOf(beforeOf(name), pair)}` }) },
      exports,
    }));
}
