/** One request through all boundaries: HTTP in, gRPC out, gRPC in, HTTP out. */
import type { Telemetry } from "@baton/telemetry";
import { startRelay } from "@baton/tools/conformance/relay";
import { rawRequest, startRawServer } from "../support/raw-http.ts";
import type { Boundary } from "./boundary.ts";

export async function startRelayed(telemetry: Telemetry): Promise<Boundary> {
  const relay = await startRelay(telemetry);
  const peer = await startRawServer();
  return {
    name: "HTTP in, gRPC, HTTP out",
    protocol: "http",
    async pass(headers) {
      const body = JSON.stringify([{ url: `${peer.url}/callback`, arguments: [] }]);
      const { status } = await rawRequest(
        relay.port,
        "POST /test",
        [["Content-Type", "application/json"], ...headers],
        body,
      );
      const [request] = peer.take();
      if (status !== 200 || request === undefined) throw new Error(`HTTP ${status}, and no call-back`);
      return request.headers;
    },
    stop: async () => {
      await relay.stop();
      peer.stop();
    },
  };
}
