/** Which spans a receiver has accepted, each once: a sender may send a batch again whose answer it did not get. */
import { readDurationsMs, readSentSpans } from "../../scale/otlp-spans.ts";
import { attributeIn } from "./attribute.ts";
import { UNNAMED } from "./behaviour.ts";

export interface AcceptedSpans {
  /** By service. */
  counts(): Record<string, number>;
  /** @returns A function that accepts the spans, except the first so many. */
  read(body: Uint8Array): (rejected: number) => void;
  /** The next batch that is accepted is the first one. */
  startAnew(): void;
  readonly firstAcceptedAt: number | undefined;
  readonly impossible: number;
}

const LONGEST_MS = 60_000;

export function createAcceptedSpans(): AcceptedSpans {
  const byService = new Map<string, Set<string>>();
  let firstAcceptedAt: number | undefined;
  let impossible = 0;
  const idsOf = (service: string): Set<string> => {
    const ids = byService.get(service) ?? new Set();
    byService.set(service, ids);
    return ids;
  };
  return {
    counts: () => Object.fromEntries([...byService].map(([service, ids]) => [service, ids.size])),
    get firstAcceptedAt() {
      return firstAcceptedAt;
    },
    get impossible() {
      return impossible;
    },
    startAnew() {
      firstAcceptedAt = undefined;
    },
    read: (body) => (rejected) => {
      const ids = idsOf(attributeIn(Buffer.from(body).toString("latin1"), "service.name") ?? UNNAMED);
      for (const { traceId, spanId } of readSentSpans(body).slice(rejected)) ids.add(traceId + spanId);
      impossible += readDurationsMs(body).filter((ms) => ms < 0 || ms > LONGEST_MS).length;
      firstAcceptedAt ??= performance.timeOrigin + performance.now();
    },
  };
}
