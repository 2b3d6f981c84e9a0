/** The sink as a process of its own, so that its CPU time is not measured. */
import type { SinkCounts } from "./sink.ts";

export interface Sink {
  /** Ends with a slash. */
  readonly url: string;
  readonly counts: () => Promise<Record<string, SinkCounts>>;
  readonly stop: () => void;
}

export async function startSink(): Promise<Sink> {
  let answer = Promise.withResolvers<unknown>();
  const child = Bun.spawn([process.execPath, new URL("./sink.ts", import.meta.url).pathname], {
    ipc: (message) => answer.resolve(message),
    stdout: "inherit",
    stderr: "inherit",
  });
  const { url } = (await answer.promise) as { readonly url: string };
  return {
    url,
    counts: () => {
      answer = Promise.withResolvers();
      child.send("counts");
      return answer.promise as Promise<Record<string, SinkCounts>>;
    },
    stop: () => child.kill(),
  };
}
