/** HTTP out and gRPC out: our client, in the context of a case, calls a server that records the headers. */

import type { HeaderLines } from "@baton/doctor/cases";
import type { Telemetry } from "@baton/telemetry";
import { grpcClientTelemetry } from "@baton/telemetry/grpc";
import { tracedFetch } from "@baton/telemetry/http";
import { RelayDefinition } from "@baton/tools/conformance/relay-definition";
import { type Context, context, ROOT_CONTEXT, type TextMapGetter } from "@opentelemetry/api";
import { createChannel, createClientFactory } from "nice-grpc";
import { startRawGrpcServer } from "../support/raw-grpc.ts";
import { startRawServer } from "../support/raw-http.ts";
import type { Boundary } from "./boundary.ts";

/** Also takes a context of the test's own making. */
export interface OutgoingBoundary extends Boundary {
  send(from: Context): Promise<HeaderLines>;
}

export async function startHttpOut(telemetry: Telemetry): Promise<OutgoingBoundary> {
  const peer = await startRawServer();
  const fetch = tracedFetch(telemetry);
  const send = async (from: Context): Promise<HeaderLines> => {
    await context.with(from, fetch, undefined, peer.url);
    return only(peer.take().map(({ headers }) => headers));
  };
  return {
    name: "HTTP out",
    protocol: "http",
    send,
    pass: (headers) => send(receive(telemetry, headers)),
    stop: peer.stop,
  };
}

export async function startGrpcOut(telemetry: Telemetry): Promise<OutgoingBoundary> {
  const peer = await startRawGrpcServer();
  const channel = createChannel(peer.address);
  const client = createClientFactory().use(grpcClientTelemetry(telemetry)).create(RelayDefinition, channel);
  const send = async (from: Context): Promise<HeaderLines> => {
    await context.with(from, client.forward, undefined, { calls: [] });
    return only(peer.take());
  };
  return {
    name: "gRPC out",
    protocol: "grpc",
    send,
    pass: (headers) => send(receive(telemetry, headers)),
    stop: () => {
      channel.close();
      peer.stop();
    },
  };
}

/** The context that a case's headers make, without a server in between. */
function receive({ propagator }: Telemetry, headers: HeaderLines): Context {
  return propagator.extract(ROOT_CONTEXT, headers, linesGetter);
}

const linesGetter: TextMapGetter<HeaderLines> = {
  keys: (lines) => lines.map(([name]) => name.toLowerCase()),
  get: (lines, key) => lines.filter(([name]) => name.toLowerCase() === key).map(([, value]) => value),
};

function only(requests: readonly HeaderLines[]): HeaderLines {
  const [first, ...more] = requests;
  if (first === undefined || more.length > 0) throw new Error(`one request expected, ${requests.length} were sent`);
  return first;
}
