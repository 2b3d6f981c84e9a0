/** A real gRPC server in place of back, with methods that a test writes. */
import { DiceServiceDefinition, type DiceServiceImplementation } from "@baton/proto/baton/dice/v1";
import { grpcServerOptions, grpcServerTelemetry } from "@baton/telemetry/grpc";
import { startTestTelemetry, type TestTelemetry } from "@baton/telemetry/testing";
import { createServer } from "nice-grpc";
import { ServerError, Status } from "nice-grpc-common";
import { HealthDefinition, HealthServiceImpl, HealthState } from "nice-grpc-server-health";

export interface ScriptedBack extends AsyncDisposable {
  readonly port: number;
  readonly health: HealthState;
  /** The spans of this server. */
  readonly waitForSpans: TestTelemetry["waitForSpans"];
  stop(): Promise<void>;
}

/** @param script The methods that a test calls; the others are UNIMPLEMENTED. */
export async function startScriptedBack(
  script: Partial<DiceServiceImplementation>,
  wantedPort = 0,
): Promise<ScriptedBack> {
  const test = startTestTelemetry({ serviceName: "back" });
  const server = createServer(grpcServerOptions()).use(grpcServerTelemetry(test.telemetry));
  const health = HealthState();
  server.add(DiceServiceDefinition, { ...notScripted, ...script });
  server.add(HealthDefinition, HealthServiceImpl(health));
  const port = await server.listen(`127.0.0.1:${wantedPort}`);
  const stop = async () => server.forceShutdown();
  return { port, health, stop, waitForSpans: test.waitForSpans, [Symbol.asyncDispose]: stop };
}

const unimplemented = () => {
  throw new ServerError(Status.UNIMPLEMENTED, "not in the script");
};

const notScripted: DiceServiceImplementation = {
  roll: unimplemented,
  streamRolls: unimplemented,
  tallyRolls: unimplemented,
  playRounds: unimplemented,
};
