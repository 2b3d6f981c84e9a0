/** What is between front and back: passes every gRPC call on, and spoils the headers of some. */
import { randomBytes } from "node:crypto";
import {
  Client,
  credentials,
  type Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  status,
} from "@grpc/grpc-js";
import { optionMethods } from "../options/grpc.ts";
import type { ProxyConfig } from "./proxy-config.ts";

const faultHeader = "x-lab-fault";
const dice = ["Roll", "StreamRolls", "TallyRolls", "PlayRounds"].map((rpc) => `/baton.dice.v1.DiceService/${rpc}`);
const options = optionMethods.map((method) => `/${method}`);
const health = ["Check", "Watch"].map((rpc) => `/grpc.health.v1.Health/${rpc}`);
const asBytes = (bytes: Buffer): Buffer => bytes;

/** @returns `host:port`. @throws Error when the port cannot be used. */
export async function startProxy({ host, port, backAddress }: Omit<ProxyConfig, "strangerPort">): Promise<string> {
  const client = new Client(backAddress, credentials.createInsecure(), {
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 500,
  });
  const server = new Server();
  // On the wire every kind of call is a stream both ways.
  for (const path of [...dice, ...options, ...health]) {
    const handle = (call: ServerDuplexStream<Buffer, Buffer>) => passOn(call, path, client);
    server.register(path, handle, asBytes, asBytes, "bidi");
  }
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, used) =>
    error === null ? resolve(used) : reject(error),
  );
  return `${host}:${await promise}`;
}

function passOn(call: ServerDuplexStream<Buffer, Buffer>, path: string, client: Client): void {
  const options = { deadline: call.getDeadline() };
  const onward = client.makeBidiStreamRequest(path, asBytes, asBytes, spoil(call.metadata), options);
  onward.on("metadata", (header: Metadata) => call.sendMetadata(header));
  onward.on("status", (end) => (end.code === status.OK ? call.end(end.metadata) : call.emit("error", end)));
  // The status says the same, and is the end of the call.
  onward.on("error", () => {});
  onward.on("data", (message: Buffer) => call.write(message));
  call.on("data", (message: Buffer) => onward.write(message));
  call.on("end", () => onward.end());
  call.on("cancelled", () => onward.cancel());
}

function spoil(received: Metadata): Metadata {
  const metadata = received.clone();
  const faults = String(metadata.get(faultHeader)[0] ?? "").split(",");
  if (faults.includes("baggage-dropped")) metadata.remove("baggage");
  if (faults.includes("baggage-altered")) rewrite(metadata, "baggage", (baggage) => baggage.replaceAll("%", "%25"));
  if (faults.includes("tracestate-dropped")) metadata.remove("tracestate");
  if (faults.includes("tracestate-altered")) rewrite(metadata, "tracestate", (state) => `${state},proxy=1`);
  if (faults.includes("header-dropped")) {
    metadata.remove("traceparent");
    metadata.remove("tracestate");
  }
  rewrite(metadata, "traceparent", (traceparent) => {
    const [version, traceId, parentId, flags] = traceparent.split("-");
    const isSilent = faults.includes("silent-intermediary");
    const newTraceId = faults.includes("trace-id-cut") ? traceId?.slice(16).padStart(32, "0") : traceId;
    const newFlags = faults.includes("sampled-flag-lost") ? "00" : faults.includes("random-flag-lost") ? "01" : flags;
    return [version, newTraceId, isSilent ? randomBytes(8).toString("hex") : parentId, newFlags].join("-");
  });
  return metadata;
}

/** Only what came once: two of them are passed on as they are. */
function rewrite(metadata: Metadata, key: string, change: (value: string) => string): void {
  const [value, ...more] = metadata.get(key).map(String);
  if (value !== undefined && more.length === 0) metadata.set(key, change(value));
}
