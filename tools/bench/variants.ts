/** The variants: the same two services, each time with another telemetry. */
import type { PairOptions } from "./pair.ts";
import { otherRuntimes } from "./runtimes.ts";

export interface Variant extends PairOptions {
  /** Measured only in the unary scenario: for streams and errors this one makes other spans, or has no route. */
  readonly isPeer?: boolean;
  /** Measured in every slice of the latency, not in one of several: the target is for the difference of these. */
  readonly isJudged?: boolean;
  /** What `--only` calls it. @default its name */
  readonly base?: string;
}

const folder = new URL("./", import.meta.url).pathname;
const bare: readonly string[] = [`${folder}telemetries/bare.ts`];
const spans = `${folder}telemetries/spans.ts`;

/** The name under which a pair sends: its variant and its number. */
export const senderOf = (name: string, pair: number): string => `${name}-${pair}`;

/** @returns The name of the same variant from another checkout. */
export const beforeOf = (name: string): string => `${name}-before`;

/** The variant that another one is compared with: the one without telemetry on the same runtime. */
export const bareOf = (name: string): string => /^(node|deno)-/.exec(name)?.[0].concat("bare") ?? "bare";

/** @param sink The URL to which the variants send, each pair under a name of its own. */
export function createVariants(sink: string, pair: number): Variant[] {
  const to = (name: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `${sink}${senderOf(name, pair)}` });
  const peer = (name: string, module: string) => ({
    name,
    preload: [`${folder}peers/${module}`],
    env: to(name),
    isPeer: true,
  });
  return [
    { name: "bare", preload: bare, isJudged: true },
    { name: "traced", env: to("traced"), isJudged: true },
    { name: "unsampled", env: { ...to("unsampled"), OTEL_TRACES_SAMPLER: "always_off" } },
    { name: "disabled", env: { OTEL_SDK_DISABLED: "true" } },
    peer("plain", "plain.ts"),
    peer("peers", "elysia-nice-grpc.ts"),
    ...otherRuntimes().flatMap(({ name: base, bare, traced, telemetry }) => {
      const name = `${base}-${telemetry}`;
      return [
        { ...bare, name: bareOf(name), base, isPeer: true },
        { ...traced, name, base, env: { ...to(name), ...traced.env }, isPeer: true },
      ];
    }),
  ];
}

/** The project's own variants once more, with the services of another checkout. */
export function createBefore(sink: string, pair: number, root: string): Variant[] {
  const address = (name: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `${sink}${senderOf(beforeOf(name), pair)}` });
  return createVariants(sink, pair)
    .filter(({ preload, isPeer }) => preload === undefined && !isPeer)
    .map(({ name, env, ...variant }) => ({
      ...variant,
      name: beforeOf(name),
      base: name,
      root,
      env: { ...env, ...address(name) },
    }));
}

/** The name under which the pair sends whose cost grows with its work. */
export const WORK = "work";

/** The bare and the traced pair with a route that makes any number of spans. */
export function createWorkVariants(sink: string): Variant[] {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `${sink}${senderOf(WORK, 1)}` };
  return [
    { name: "bare", preload: [...bare, spans] },
    { name: "traced", preload: [spans], env },
  ];
}

/** The traced pair without a backend for its spans. Its metrics about them still arrive. */
export function createOutage(sink: string): Variant {
  return {
    name: "outage",
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${sink}${senderOf("outage", 1)}`,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:9/v1/traces",
    },
  };
}
