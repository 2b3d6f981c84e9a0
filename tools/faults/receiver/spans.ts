/** Which spans a receiver has accepted, each once: a sender may send a batch again whose answer it did not get. */
import { readSentSpans } from "../../scale/otlp-spans.ts";

export interface AcceptedSpans {
  readonly count: number;
  readonly requests: number;
  /** @returns Takes the spans in, without the first so many. */
  read(body: Uint8Array): (rejected: number) => void;
  /** The next batch that is accepted is the first one. */
  startAnew(): void;
  readonly firstAcceptedAt: number | undefined;
}

export function createAcceptedSpans(): AcceptedSpans {
  const ids = new Set<string>();
  let requests = 0;
  let firstAcceptedAt: number | undefined;
  return {
    get count() {
      return ids.size;
    },
    get requests() {
      return requests;
    },
    get firstAcceptedAt() {
      return firstAcceptedAt;
    },
    startAnew() {
      firstAcceptedAt = undefined;
    },
    read(body) {
      requests += 1;
      return (rejected) => {
        const spans = readSentSpans(body);
        for (const { traceId, spanId } of spans.slice(rejected)) ids.add(traceId + spanId);
        firstAcceptedAt ??= performance.timeOrigin + performance.now();
      };
    },
  };
}
