/** A real back on a free port, and a real client of it. */
import { type DiceServiceClient, DiceServiceDefinition } from "@baton/proto/baton/dice/v1";
import { type Channel, createChannel, createClient } from "nice-grpc";
import { type BackDeps, type BackServer, createBackServer } from "../server.ts";

export interface StartedBack extends AsyncDisposable {
  readonly server: BackServer;
  readonly channel: Channel;
  readonly client: DiceServiceClient;
  readonly port: number;
  /** What was logged: the messages, in order. */
  readonly logged: readonly string[];
}

export async function startBack(deps: Omit<BackDeps, "log"> = {}): Promise<StartedBack> {
  const logged: string[] = [];
  const write = (_facts: object, message: string) => void logged.push(message);
  const server = createBackServer({ ...deps, log: { info: write, warn: write, error: write } });
  const port = await server.listen("127.0.0.1", 0);
  const channel = createChannel(`127.0.0.1:${port}`);
  return {
    server,
    channel,
    client: createClient(DiceServiceDefinition, channel),
    port,
    logged,
    async [Symbol.asyncDispose]() {
      channel.close();
      await server.shutdown(0);
    },
  };
}
