/** A front for tests: its application, its client of a back, and its telemetry in memory. */
import { startTestTelemetry, type TestTelemetry } from "@baton/telemetry/testing";
import { createFrontApp, type FrontDeps } from "../app.ts";
import { readFrontConfig } from "../config.ts";
import { createDiceClient, type DiceClient } from "../dice-client.ts";
import { createFrontServer, type FrontServer } from "../server.ts";

export interface TestFront extends AsyncDisposable {
  readonly dice: DiceClient;
  /** Calls the application without a socket. */
  get(path: string, init?: RequestInit): Promise<Response>;
  readonly server: FrontServer;
  /** What was logged: the messages, in order. */
  readonly logged: readonly string[];
  readonly waitForSpans: TestTelemetry["waitForSpans"];
}

export interface TestFrontOptions extends Partial<FrontDeps["config"]> {
  /** The port of back. @default A port on which no server listens. */
  readonly backPort?: number;
  /** @default 2000 */
  readonly callTimeoutMs?: number;
  /** Methods in place of the real client, for what no real back would do. */
  readonly dice?: DiceClient;
}

export function startFront(options: TestFrontOptions = {}): TestFront {
  const { backPort = 1, callTimeoutMs = 2000, dice: fake, ...changes } = options;
  const config = { ...readFrontConfig({}), ...changes };
  const test = startTestTelemetry({ serviceName: "front" });
  const { telemetry } = test;
  const logged: string[] = [];
  const write = (_facts: object, message: string) => void logged.push(message);
  const log = { info: write, warn: write, error: write };
  const dice = fake ?? createDiceClient({ address: `127.0.0.1:${backPort}`, callTimeoutMs, telemetry });
  const app = createFrontApp({ telemetry, log, dice, config });
  const server = createFrontServer({ telemetry, log, dice, config });
  return {
    dice,
    get: async (path, init) => app.handle(new Request(`http://localhost${path}`, init)),
    server,
    logged,
    waitForSpans: test.waitForSpans,
    async [Symbol.asyncDispose]() {
      await server.shutdown(0);
      dice.close();
      await test.shutdown();
    },
  };
}
