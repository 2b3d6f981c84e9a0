/** The pair and a trace backend for a test: real processes, each on a port of its own choice, all gone at the end. */
import type { Backend } from "@baton/demo/config";
import { type Stack, startStack } from "@baton/demo/stack";

/** For `setDefaultTimeout` in each file that starts processes, which a busy machine makes slow. */
export const processTimeoutMs = 30_000;

export type TestStack = Stack & AsyncDisposable;

/**
 * Starts the viewer, back and front. Where `BATON_QUERY_URL` and `OTEL_EXPORTER_OTLP_ENDPOINT` name another backend,
 * spans go there and are asked for there, and no viewer is started: the test is the same.
 *
 * @param env More variables for back and front.
 */
export async function startTestStack(env: Readonly<Record<string, string>> = {}): Promise<TestStack> {
  const stack = await startStack({
    ports: { front: 0, back: 0, query: 0, otlpHttp: 0, otlpGrpc: 0 },
    backend: namedBackend(),
    env,
  });
  return { ...stack, [Symbol.asyncDispose]: stack.stop };
}

/** The backend that the environment names, if it does. */
export function namedBackend(): Backend | undefined {
  const { BATON_QUERY_URL: queryUrl, OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl } = process.env;
  return queryUrl && otlpUrl ? { queryUrl, otlpUrl } : undefined;
}
