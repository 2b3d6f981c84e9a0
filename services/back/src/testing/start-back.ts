/** A real back on a free port, and a real client of it. */
import { type DiceServiceClient, DiceServiceDefinition } from "@baton/proto/baton/dice/v1";
import { startTestTelemetry, type TestTelemetry } from "@baton/telemetry/testing";
import { type Channel, createChannel, createClient } from "nice-grpc";
import { createDice, type DiceOptions } from "../dice.ts";
import { type BackDeps, type BackServer, createBackServer } from "../server.ts";

export interface StartedBack extends AsyncDisposable {
  readonly server: BackServer;
  readonly channel: Channel;
  readonly client: DiceServiceClient;
  readonly port: number;
  /** What was logged: the messages, in order. */
  readonly logged: readonly string[];
  readonly waitForSpans: TestTelemetry["waitForSpans"];
}

export type StartBackOptions = Pick<BackDeps, "dice"> &
  Pick<DiceOptions, "throwDie"> & {
    /** @default A free one. */
    readonly port?: number;
  };

export async function startBack({ dice, throwDie, port: wanted = 0 }: StartBackOptions = {}): Promise<StartedBack> {
  const test = startTestTelemetry({ serviceName: "back" });
  const { telemetry } = test;
  const logged: string[] = [];
  const write = (_facts: object, message: string) => void logged.push(message);
  const server = createBackServer({
    telemetry,
    log: { info: write, warn: write, error: write },
    dice: dice ?? createDice({ telemetry, ...(throwDie && { throwDie }) }),
  });
  const port = await server.listen("127.0.0.1", wanted);
  const channel = createChannel(`127.0.0.1:${port}`);
  return {
    server,
    channel,
    client: createClient(DiceServiceDefinition, channel),
    port,
    logged,
    waitForSpans: test.waitForSpans,
    async [Symbol.asyncDispose]() {
      channel.close();
      await server.shutdown(0);
      await test.shutdown();
    },
  };
}
