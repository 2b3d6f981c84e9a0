/** Channel and client of back. The generated types stop here. */
import { DiceServiceDefinition } from "@baton/proto/baton/dice/v1";
import type { Telemetry } from "@baton/telemetry";
import { type GrpcClientTelemetryOptions, grpcClientTelemetry } from "@baton/telemetry/grpc";
import { createChannel, createClientFactory } from "nice-grpc";
import { deadlineMiddleware } from "nice-grpc-client-middleware-deadline";
import { retryMiddleware } from "nice-grpc-client-middleware-retry";
import { Metadata } from "nice-grpc-common";
import { type BackWatcher, watchBack } from "./back-watch.ts";
import { createHealthCheck } from "./health-check.ts";
import { idleTimeoutMiddleware } from "./idle-timeout.ts";
import { retryPolicy } from "./retry-policy.ts";

export interface Throw {
  readonly player: string;
  readonly rolls: number;
  readonly sides: number;
}

export interface StreamedRoll {
  readonly roll: number;
  readonly value: number;
}

export interface Tally {
  readonly throws: number;
  readonly total: number;
  readonly players: readonly { readonly player: string; readonly throws: number; readonly total: number }[];
}

export interface Round {
  readonly round: number;
  readonly values: readonly number[];
  readonly total: number;
}

/** How long a call may go on. */
export interface CallLimits {
  /** Aborted when the answer is not needed any more. Then the call is cancelled. */
  readonly signal: AbortSignal;
  /** Milliseconds that the caller allows for the whole call. @default only the limit of the service holds */
  readonly timeoutMs?: number | undefined;
}

/** Every method ends with a ClientError that holds the gRPC status, or with an AbortError when its signal is aborted. */
export interface DiceClient {
  roll(request: Throw, limits: CallLimits): Promise<readonly number[]>;
  streamRolls(request: Throw & { readonly intervalMs: number }, limits: CallLimits): AsyncIterable<StreamedRoll>;
  tally(requests: AsyncIterable<Throw>, limits: CallLimits): Promise<Tally>;
  playRounds(requests: AsyncIterable<Throw>, limits: CallLimits): AsyncIterable<Round>;
  /** Asks back's health service. False also when there is no answer. */
  isReady(limits: CallLimits): Promise<boolean>;
  /** Reports now and at each change whether back can be reached, and keeps trying while it cannot. */
  watch(watcher: BackWatcher): void;
  close(): void;
}

export interface DiceClientOptions {
  /** Where back is: `host:port`, or a gRPC target, `dns:///host:port` or `ipv4:host:port,host:port`. */
  readonly address: string;
  /**
   * Milliseconds that back may take to answer. For a stream, which may go on for as long as people play, it is how
   * long back may stay silent while it owes a message.
   */
  readonly callTimeoutMs: number;
  readonly telemetry: Telemetry;
  /** More for the CLIENT spans. @default nothing */
  readonly grpcTelemetry?: GrpcClientTelemetryOptions;
}

/** Front reconnects to a restarted back within a second. The defaults wait for up to two minutes. */
const reconnectOptions = {
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 500,
  // Not a backoff in spite of its name: how long one attempt to connect may take.
  "grpc.min_reconnect_backoff_ms": 5000,
};

/**
 * Calls go to every address of the target in turn. The name is resolved again when a connection ends. So a back that is
 * added gets calls when another back ends a connection, see BACK_MAX_CONNECTION_AGE_MS.
 */
const balancingOptions = {
  "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  "grpc.dns_min_time_between_resolutions_ms": 1000,
};

/**
 * When packets are lost, a connection stays open. So it is pinged after two seconds, also when no call runs, and
 * replaced without an answer within two more. Otherwise every call would time out until the operating system closes the
 * connection, which takes many minutes. Back allows so many pings. A server that does not answers GOAWAY with
 * "too_many_pings".
 * @see https://grpc.io/docs/guides/keepalive/
 */
const keepaliveOptions = {
  "grpc.keepalive_time_ms": 2000,
  "grpc.keepalive_timeout_ms": 2000,
  "grpc.keepalive_permit_without_calls": 1,
};

export function createDiceClient({ address, callTimeoutMs, telemetry, grpcTelemetry }: DiceClientOptions): DiceClient {
  const channel = createChannel(address, undefined, { ...reconnectOptions, ...balancingOptions, ...keepaliveOptions });
  // nice-grpc runs the one attached last first: one span covers the deadline, the idle timeout and all attempts.
  const client = createClientFactory()
    .use(retryMiddleware)
    .use(idleTimeoutMiddleware)
    .use(deadlineMiddleware)
    .use(grpcClientTelemetry(telemetry, { ...grpcTelemetry, target: address }))
    .create(DiceServiceDefinition, channel, { "*": retryPolicy });
  const checkHealth = createHealthCheck(channel);

  const single = ({ signal, timeoutMs = callTimeoutMs }: CallLimits) => ({
    signal,
    ...deadlineAfter(Math.min(timeoutMs, callTimeoutMs)),
  });
  const stream = ({ signal, timeoutMs }: CallLimits) => ({
    signal,
    idleTimeoutMs: callTimeoutMs,
    ...(timeoutMs === undefined ? undefined : deadlineAfter(timeoutMs)),
  });

  return {
    roll: async (request, limits) => (await client.roll(request, single(limits))).values,
    streamRolls: (request, limits) => client.streamRolls(request, stream(limits)),
    tally: (requests, limits) => client.tallyRolls(requests, stream(limits)),
    playRounds: (requests, limits) => client.playRounds(requests, stream(limits)),
    isReady: (limits) => checkHealth(single(limits)),
    watch: (watcher) => watchBack(channel, watcher),
    close: () => channel.close(),
  };
}

/** The middleware ends the call here when the time is over; the header gives back the same deadline. */
function deadlineAfter(timeoutMs: number) {
  return { deadline: timeoutMs, metadata: Metadata({ "grpc-timeout": `${timeoutMs}m` }) };
}
