/** Starts a receiver, and tells it how to behave. */
import type { Behaviour, ReceiverCounts } from "./behaviour.ts";
import type { ReceiverCall, ReceiverStarted } from "./main.ts";

export type Protocol = "http/protobuf" | "grpc";

export interface Receiver extends AsyncDisposable, ReceiverStarted {
  behave(behaviour: Behaviour): Promise<void>;
  counts(): Promise<ReceiverCounts>;
  /** The variables of a service that sends spans and logs here, and its counts to the port that always works. */
  readonly env: Readonly<Record<string, string>>;
}

export async function startReceiver(protocol: Protocol, { tls = false } = {}): Promise<Receiver> {
  let answer = Promise.withResolvers<unknown>();
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/main.ts`, protocol, ...(tls ? ["tls"] : [])], {
    ipc: (message) => answer.resolve(message),
    stdout: "inherit",
    stderr: "inherit",
  });
  void child.exited.then((code) => answer.reject(new Error(`the receiver ended with ${code}`)));
  answer.promise.catch(() => {});
  const started = (await answer.promise) as ReceiverStarted;
  let last: Promise<unknown> = Promise.resolve();
  /** One call after the other: an answer names no call. */
  const call = (what: ReceiverCall): Promise<ReceiverCounts> => {
    const next = last.then(() => {
      answer = Promise.withResolvers();
      child.send(what);
      return answer.promise;
    });
    last = next.catch(() => {});
    return next as Promise<ReceiverCounts>;
  };
  return {
    ...started,
    env: receiverEnv(protocol, started),
    behave: async (behaviour) => void (await call({ behave: behaviour })),
    counts: () => call({ counts: true }),
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited.catch(() => {});
    },
  };
}

function receiverEnv(protocol: Protocol, { url, ledgerUrl }: ReceiverStarted): Record<string, string> {
  const path = (signal: string) => (protocol === "grpc" ? url : `${url}/v1/${signal}`);
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: ledgerUrl,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: path("traces"),
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: path("logs"),
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: protocol,
    OTEL_METRIC_EXPORT_INTERVAL: "500",
  };
}
