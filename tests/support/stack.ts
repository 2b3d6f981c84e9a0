/** Front, back and a trace backend for a test: real processes on free ports, all stopped at the end. */
import type { Backend } from "@baton/demo/config";
import { type Stack, startStack } from "@baton/demo/stack";

/** For `setDefaultTimeout` in each file that starts processes, which is slow on a busy machine. */
export const processTimeoutMs = 30_000;

export type TestStack = Stack & AsyncDisposable;

/**
 * Starts the viewer, back and front. When `BATON_QUERY_URL` and `OTEL_EXPORTER_OTLP_ENDPOINT` name another backend,
 * spans are sent and read there, and no viewer is started. The test is the same.
 *
 * @param env More variables for back and front.
 * @param options `lab`: faults on request, and a proxy between front and back.
 */
export async function startTestStack(
  env: Readonly<Record<string, string>> = {},
  { lab = false }: { readonly lab?: boolean } = {},
): Promise<TestStack> {
  const stack = await startStack({
    ports: { front: 0, back: 0, query: 0, otlpHttp: 0, otlpGrpc: 0 },
    backend: namedBackend(),
    env,
    lab,
  });
  return { ...stack, [Symbol.asyncDispose]: stack.stop };
}

/** The backend that the environment names, if it does. */
export function namedBackend(): Backend | undefined {
  const { BATON_QUERY_URL: queryUrl, OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl } = process.env;
  return queryUrl && otlpUrl ? { queryUrl, otlpUrl } : undefined;
}
