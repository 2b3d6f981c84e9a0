/** The gRPC server: DiceService, health and reflection, with telemetry outermost. */
import { DiceServiceDefinition } from "@baton/proto/baton/dice/v1";
import { descriptorSet } from "@baton/proto/descriptor-set";
import { hostAndPort, type ServiceLog, settlesWithin } from "@baton/service";
import type { Telemetry } from "@baton/telemetry";
import { grpcServerOptions, grpcServerTelemetry } from "@baton/telemetry/grpc";
import { createServer, type Server } from "nice-grpc";
import { HealthDefinition, HealthServiceImpl, HealthState } from "nice-grpc-server-health";
import { ServerReflection, ServerReflectionService } from "nice-grpc-server-reflection";
import { createDice, type Dice } from "./dice.ts";
import { createDiceService } from "./dice-service.ts";
import type { BackLab } from "./lab/back-lab.ts";
import { createTerminator } from "./terminator.ts";
import { hideUnexpectedErrors } from "./unexpected-errors.ts";

export interface BackDeps {
  readonly telemetry: Telemetry;
  readonly log: ServiceLog;
  /** @default Random dice. */
  readonly dice?: Dice;
  /** Adds services, with telemetry of their own. @default none */
  readonly addServices?: (server: Server) => void;
  /** Milliseconds after which a connection takes no new calls and its caller opens another. @default 0, which is never */
  readonly maxConnectionAgeMs?: number;
  /** Makes faults on request. @default none */
  readonly lab?: BackLab;
}

export interface BackServer {
  /**
   * @returns The port in use, which differs from the one asked for when that is 0.
   * @throws When the address cannot be used, for example because another process listens there.
   */
  listen(host: string, port: number): Promise<number>;
  /**
   * Refuses new calls and waits for those that are running. Bidirectional calls and health watches could go on for
   * ever, so they are ended at once. Server-streaming calls have a second to end by themselves. Calls that still run after
   * the given milliseconds are ended then. In all these cases the caller gets UNAVAILABLE.
   */
  shutdown(timeoutMs: number): Promise<void>;
}

/** How long server-streaming calls may go on. */
const lastMessagesMs = 1000;
/** How long the last statuses may take to be sent before connections are closed. */
const lastStatusesMs = 250;

/**
 * When packets of a caller are lost, its connection stays open and its calls run on. So it is pinged after two seconds,
 * and its calls are cancelled without an answer within two more.
 * @see https://grpc.io/docs/guides/keepalive/
 */
const keepaliveOptions = { "grpc.keepalive_time_ms": 2000, "grpc.keepalive_timeout_ms": 2000 };

export function createBackServer(deps: BackDeps): BackServer {
  const { telemetry, log, dice = createDice({ telemetry }), maxConnectionAgeMs = 0, lab } = deps;
  const health = HealthState();
  const services = ["", DiceServiceDefinition.fullName];
  for (const service of services) health.setStatus("healthy", service);

  const terminator = createTerminator();
  // The one attached first runs outermost: the span sees the status that the caller sees.
  const traced = createServer({
    ...grpcServerOptions(),
    ...keepaliveOptions,
    ...(maxConnectionAgeMs > 0 && { "grpc.max_connection_age_ms": maxConnectionAgeMs }),
  }).use(grpcServerTelemetry(telemetry, { ...lab?.grpcServer, filter: isTracedHere }));
  const server = (lab === undefined ? traced : traced.use(lab.middleware))
    .use(terminator.middleware)
    .use(hideUnexpectedErrors(log));
  server.add(DiceServiceDefinition, createDiceService(lab?.wrapDice(dice) ?? dice));
  deps.addServices?.(server);
  server.add(HealthDefinition, HealthServiceImpl(health));
  const described = [DiceServiceDefinition.fullName, HealthDefinition.fullName];
  server.add(ServerReflectionService, ServerReflection(descriptorSet, described));

  return {
    listen: (host, port) => server.listen(hostAndPort(host, port)),

    async shutdown(timeoutMs) {
      for (const service of services) health.setStatus("unhealthy", service);
      const finished = server.shutdown();
      terminator.end("endless");
      if (await settlesWithin(finished, Math.min(timeoutMs, lastMessagesMs))) return;
      terminator.end("streams");
      if (await settlesWithin(finished, Math.max(0, timeoutMs - lastMessagesMs))) return;
      log.warn({ timeoutMs }, "shutdown timed out: ending the calls that still run");
      terminator.end("all");
      if (await settlesWithin(finished, lastStatusesMs)) return;
      server.forceShutdown();
    },
  };
}

/** False for what machines call all the time, and for the services of the lab, which have telemetry of their own. */
function isTracedHere({ method }: { readonly method: { readonly path: string } }): boolean {
  return !/^\/(grpc\.(health|reflection)|baton\.lab)\./.test(method.path);
}
