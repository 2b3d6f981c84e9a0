/** After SIGKILL of back, front's part of a trace says which part is missing. */
import { startStack } from "@baton/demo/stack";
import { until } from "@baton/tools/until";
import { diagnose, readTree, type Trace } from "@baton/trace-tree";
import { PATH } from "../load.ts";
import type { Measured } from "../measured.ts";

const REQUESTS = 20;
const WHOLE = 4;
/** Long enough to be killed before a batch is sent. */
const DELAY_MS = 3000;

export async function runKilledCell(): Promise<Measured> {
  const stack = await startStack({
    ports: { front: 0, back: 0, query: 0, otlpHttp: 0, otlpGrpc: 0 },
    env: { OTEL_BSP_SCHEDULE_DELAY: String(DELAY_MS) },
  });
  const read = async (ids: readonly string[]): Promise<Trace[]> => {
    const trees = await Promise.all(ids.map((traceId) => readTree({ url: stack.backend.queryUrl, traceId })));
    return trees.flatMap((tree) => (tree === undefined ? [] : [tree.trace]));
  };
  try {
    const before = await send(stack.frontUrl);
    await until("whole traces", async () => {
      const traces = await read(before);
      return traces.length === REQUESTS && traces.every(({ spans }) => spans.length === WHOLE);
    });
    const cut = await send(stack.frontUrl);
    await stack.supervisor.kill("back");
    await stack.supervisor.stop("front");
    const traces = await read(cut);
    const findings = diagnose([...(await read(before)), ...traces]);
    const told = traces.filter(({ traceId }) =>
      findings.some(
        ({ spans, symptom }) =>
          spans.some((span) => span.traceId === traceId) && /no SERVER span below it/.test(symptom),
      ),
    );
    return { last: { ended: REQUESTS, arrived: told.length, problems: [] } };
  } finally {
    await stack.stop();
  }
}

/** @returns The ids of the traces. */
async function send(frontUrl: string): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < REQUESTS; index++) {
    const response = await fetch(frontUrl + PATH);
    await response.text();
    ids.push(response.headers.get("traceresponse")?.split("-")[1] ?? "");
  }
  return ids;
}
