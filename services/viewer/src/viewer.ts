/** The trace backend as one value: OTLP in, Jaeger's query API and the pages out, everything in memory. */

import type { JaegerTrace } from "@baton/trace-tree";
import { createAccess } from "./access.ts";
import { createApi } from "./api.ts";
import { createChanges } from "./changes.ts";
import { importJson } from "./import/import-json.ts";
import { type Listening, listenGrpc, listenHttp } from "./listen.ts";
import { isLoopback } from "./loopback.ts";
import { createAllowedOrigins } from "./otlp/allowed-origins.ts";
import { createOtlpGrpc } from "./otlp/grpc.ts";
import { createOtlpHttp } from "./otlp/http.ts";
import { createIntake } from "./otlp/intake.ts";
import { pageAssets } from "./page/assets.ts";
import { createStore, type StoreOptions } from "./store.ts";
import { findTrace, waitForTrace } from "./wait-for-trace.ts";
import { createWeb } from "./web.ts";

export { ListenError, type PortName } from "./listen.ts";
export type { JaegerTrace };

export interface ViewerOptions extends StoreOptions {
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** Of the pages and the query API. 0 takes any free port, here and below. @default 16686 */
  readonly port?: number;
  /** @default 4318 */
  readonly otlpHttpPort?: number;
  /** @default 4317 */
  readonly otlpGrpcPort?: number;
  /** Whose pages in a browser may send OTLP over HTTP, such as `http://localhost:*`. @default [] */
  readonly allowedOrigins?: readonly string[];
  /** Who has it may read and write; the health endpoint is open. @default everybody may */
  readonly token?: string | undefined;
}

export interface WaitOptions {
  /** Milliseconds. @default 5000 */
  readonly timeoutMs?: number;
}

export interface Viewer {
  /** Of the pages and the query API, without a slash at the end: `http://127.0.0.1:16686`. */
  readonly url: string;
  /** The value of `OTEL_EXPORTER_OTLP_ENDPOINT` for HTTP. */
  readonly otlpUrl: string;
  /** The same for gRPC. */
  readonly otlpGrpcUrl: string;
  /** The trace in the JSON of the query API. @throws ParamError when the id is invalid */
  trace(id: string): JaegerTrace | undefined;
  /**
   * Resolves with the trace as soon as `until` returns true. It is called again whenever a span of the trace arrives.
   * @throws Error after the timeout, with the spans that were there
   */
  waitForTrace(id: string, until: (trace: JaegerTrace) => boolean, options?: WaitOptions): Promise<JaegerTrace>;
  /** Takes what was saved: OTLP as JSON, one document or one to a line, or Jaeger's JSON. @throws Error with the reason */
  importJson(text: string): void;
  stop(): Promise<void>;
}

/** @throws ListenError when a port is taken; nothing is left listening then */
export async function startViewer(options: ViewerOptions = {}): Promise<Viewer> {
  const { host = "127.0.0.1", port = 16_686, otlpHttpPort = 4318, otlpGrpcPort = 4317 } = options;
  const store = createStore(options);
  const intake = createIntake();
  const access = createAccess(options.token);
  const allowedOrigins = createAllowedOrigins(options.allowedOrigins ?? []);
  const otlpHttp = createOtlpHttp({ store, intake, allowedOrigins, access });
  const otlpGrpc = createOtlpGrpc({ store, intake, access, isLocal: isLoopback(host) });
  const assets = await pageAssets();
  const web = createWeb({ api: createApi(store), changes: createChanges(store, intake), access, assets });
  const open: Listening[] = [];
  const stopping = new AbortController();
  const stop = async () => {
    stopping.abort();
    await Promise.all(open.map((listening) => listening.stop()));
  };
  const add = async (listening: Promise<Listening>) => {
    open.push(await listening);
    return open.at(-1)?.url ?? "";
  };
  try {
    return {
      url: await add(listenHttp({ name: "query", host, port, handle: web })),
      otlpUrl: await add(listenHttp({ name: "otlpHttp", host, port: otlpHttpPort, handle: otlpHttp })),
      otlpGrpcUrl: await add(listenGrpc({ name: "otlpGrpc", host, port: otlpGrpcPort, server: otlpGrpc })),
      trace: (id) => findTrace(store, id),
      waitForTrace: async (id, until, { timeoutMs = 5000 } = {}) =>
        waitForTrace({ store, id, until, timeoutMs, signal: stopping.signal }),
      importJson: (text) => importJson(store, text),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
