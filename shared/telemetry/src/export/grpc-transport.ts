/** OTLP over gRPC. Loaded only when `OTEL_EXPORTER_OTLP_PROTOCOL=grpc` asks for it. */
import { Client, type ClientOptions, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import type { OtlpConfig } from "../config/otlp.ts";
import type { Transport } from "./fetch-transport.ts";
import type { Reply, ReplyFailure } from "./retry.ts";
import { readRetryDelay } from "./retry-info.ts";
import { USER_AGENT } from "./user-agent.ts";

/** @see https://opentelemetry.io/docs/specs/otlp/#failures */
const RETRYABLE: ReadonlySet<status> = new Set([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);
/** `grpc.CompressionAlgorithms.gzip`. */
const GZIP = 2;

/** `method` is the full path, as in `/package.Service/Method`. */
export function createGrpcTransport(config: OtlpConfig, method: string): Transport {
  const options: ClientOptions = {
    "grpc.primary_user_agent": USER_AGENT,
    ...(config.compression === "gzip" ? { "grpc.default_compression_algorithm": GZIP } : {}),
  };
  const client = new Client(address(config.endpoint), channelCredentials(config), options);
  const metadata = Metadata.fromHttp2Headers(config.headers);
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    post: (body, signal, timeLeftMs) => {
      const { promise, resolve } = Promise.withResolvers<Reply>();
      // A copy, as `fetch` makes one: grpc-js may still hold it when the sender writes its next body there.
      const bytes = Buffer.from(body);
      const deadline = Date.now() + timeLeftMs;
      const call = client.makeUnaryRequest(method, same, same, bytes, metadata, { deadline }, (error, answer) => {
        signal.removeEventListener("abort", cancel);
        resolve(error ? failure(error) : { body: answer ?? new Uint8Array() });
      });
      const cancel = (): void => call.cancel();
      if (signal.aborted) cancel();
      signal.addEventListener("abort", cancel);
      return promise;
    },
    close: () => client.close(),
  };
}

/** A scheme says whether to use TLS, and wins over the variable. */
function channelCredentials(config: OtlpConfig): ReturnType<typeof credentials.createInsecure> {
  const plain = /^http:/i.test(config.endpoint) || (config.insecure && !/^https:/i.test(config.endpoint));
  if (plain) return credentials.createInsecure();
  const pem = (file: { readonly pem: string } | undefined): Buffer | null => (file ? Buffer.from(file.pem) : null);
  return credentials.createSsl(pem(config.ca), pem(config.client?.key), pem(config.client?.certificate));
}

function address(endpoint: string): string {
  if (!/^https?:/i.test(endpoint)) return endpoint;
  const url = new URL(endpoint);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return `${url.hostname}:${port}`;
}

function failure(error: ServiceError): ReplyFailure {
  const retryAfterMs = readRetryDelay(error.metadata);
  const name = status[error.code] ?? "UNKNOWN";
  return {
    ok: false,
    // RESOURCE_EXHAUSTED is worth another try only where the receiver says when.
    retry: RETRYABLE.has(error.code) || (error.code === status.RESOURCE_EXHAUSTED && retryAfterMs !== undefined),
    unreachable: error.code === status.UNAVAILABLE,
    reason: `${name}: ${error.details}`,
    errorType: name,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
