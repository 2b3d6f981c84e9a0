/**
 * OTLP over gRPC on a channel that finds a receiver again. That of the stock exporter has no options: it waits up to two
 * minutes until it connects again, and does not notice a connection whose packets vanish.
 */
import {
  type ChannelCredentials,
  Client,
  type ClientUnaryCall,
  compressionAlgorithms,
  credentials,
  Metadata,
  status,
} from "@grpc/grpc-js";
import packageJson from "../../package.json" with { type: "json" };
import type { OtlpConfig, Signal } from "../config.ts";
import { SCOPE } from "../telemetry.ts";
import { GRPC_PATHS, grpcAddress, isGrpcSecure } from "./grpc-target.ts";
import type { Response, Transport } from "./retry.ts";

const channelOptions = {
  "grpc.initial_reconnect_backoff_ms": 500,
  "grpc.max_reconnect_backoff_ms": 2000,
  // Not a backoff in spite of its name: how long one attempt to connect may take.
  "grpc.min_reconnect_backoff_ms": 2000,
  // Only while a call runs. A receiver that allows fewer pings says so, and grpc-js then pings half as often.
  "grpc.keepalive_time_ms": 2000,
  "grpc.keepalive_timeout_ms": 1500,
};

export function createGrpcTransport(otlp: OtlpConfig, signal: Signal): Transport {
  const client = new Client(grpcAddress(otlp.endpoint), grpcCredentials(otlp), {
    ...channelOptions,
    "grpc.primary_user_agent": `${SCOPE}/${packageJson.version}`,
    "grpc.default_compression_algorithm": compressionAlgorithms[otlp.compression === "gzip" ? "gzip" : "identity"],
  });
  const metadata = Metadata.fromHttp2Headers({ ...otlp.headers });
  const same = (bytes: Buffer): Buffer => bytes;
  const calls = new Set<ClientUnaryCall>();
  /** Whether the last call had an answer in time. */
  let answered = true;
  return {
    send: async (body, timeoutMs) => {
      const deadline = Date.now() + timeoutMs;
      // A call keeps the process alive, so a process with nothing left to do can end only between two of them.
      if (!answered) await moment();
      answered = false;
      const { promise, resolve } = Promise.withResolvers<Response>();
      const call = client.makeUnaryRequest(
        GRPC_PATHS[signal],
        same,
        same,
        Buffer.from(body),
        metadata,
        { deadline },
        (error, data) => {
          answered = error?.code !== status.DEADLINE_EXCEEDED;
          resolve(error === null ? { status: "success", ...(data && { data }) } : { status: "failure", error });
        },
      );
      calls.add(call);
      return await promise.finally(() => calls.delete(call));
    },
    shutdown: () => {
      client.close();
      // A call that was given up would keep the process alive until its deadline.
      for (const call of calls) call.cancel();
    },
  };
}

/** Longer than a call takes to end after its deadline. The timer does not keep the process alive. */
function moment(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 100).unref());
}

function grpcCredentials(otlp: OtlpConfig): ChannelCredentials {
  if (!isGrpcSecure(otlp)) return credentials.createInsecure();
  const { ca, client } = otlp;
  const pem = (file: { readonly pem: string } | undefined): Buffer | null => (file ? Buffer.from(file.pem) : null);
  return credentials.createSsl(pem(ca), pem(client?.key), pem(client?.certificate));
}
