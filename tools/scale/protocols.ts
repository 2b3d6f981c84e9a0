/** Both transports of each collector, without the load balancer: OTLP over gRPC on 4317, and over HTTP on 4318. */

import { until } from "../until.ts";
import { type Request, sendLoad } from "./load.ts";
import type { StepOptions, StepResult } from "./observe.ts";
import type { ScaleStack } from "./stack.ts";
import { spansPerTrace, storedSpans } from "./stored.ts";

const transports = [
  { protocol: "grpc", port: 4317 },
  { protocol: "http/protobuf", port: 4318 },
];

/** A front that sends over this transport makes a trace with an error, and all of it must be stored. */
export async function everyTransportWorks({ stack }: StepOptions): Promise<StepResult> {
  const tried = stack.collectors.flatMap(({ address }) =>
    transports.map(async ({ protocol, port }) => {
      const url = `http://${address}:${port}`;
      const [request] = await sendThrough(stack, url, protocol);
      const arrived = await isStored(stack, request?.traceId ?? "");
      return arrived ? [] : [`what front sent to ${url} with ${protocol} did not arrive`];
    }),
  );
  return { problems: (await Promise.all(tried)).flat(), facts: [] };
}

async function sendThrough({ pair }: ScaleStack, url: string, protocol: string): Promise<readonly Request[]> {
  const front = await pair.startFront(url, protocol);
  try {
    return await sendLoad({ frontUrl: front.url, perSecond: 1, seconds: 1, failEvery: 1 });
  } finally {
    // It sends its spans before it ends.
    await front.stop();
  }
}

async function isStored({ queryUrl }: ScaleStack, traceId: string): Promise<boolean> {
  try {
    await until(
      `trace ${traceId} is stored`,
      async () => (await storedSpans(queryUrl, traceId)).length === spansPerTrace,
      {
        timeoutMs: 60_000,
      },
    );
    return true;
  } catch {
    return false;
  }
}
