/** Which spans a receiver has accepted, each once: a sender may send a batch again whose answer it did not get. */
import { readDurationsMs, readEndsMs, readSentSpans } from "../../scale/otlp-spans.ts";
import { attributeIn } from "./attribute.ts";
import { UNNAMED } from "./behaviour.ts";

export interface AcceptedSpans {
  /** By service. */
  counts(): Record<string, number>;
  /** @returns A function that accepts the spans, except the first so many, and returns how many it did not accept. */
  read(body: Uint8Array): (rejects: number) => number;
  /** From now on the first span is looked for. */
  startAnew(): void;
  /**
   * When a span was accepted that ended since then. A request that was under way, or a message without a span, says nothing
   * about the time since then.
   */
  readonly firstAcceptedAt: number | undefined;
  readonly impossible: number;
}

const LONGEST_MS = 60_000;

export function createAcceptedSpans(): AcceptedSpans {
  const byService = new Map<string, Set<string>>();
  let startedAt = 0;
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
      startedAt = Date.now();
      firstAcceptedAt = undefined;
    },
    read: (body) => (rejects) => {
      const ids = idsOf(attributeIn(Buffer.from(body).toString("latin1"), "service.name") ?? UNNAMED);
      const spans = readSentSpans(body);
      for (const { traceId, spanId } of spans.slice(rejects)) ids.add(traceId + spanId);
      impossible += readDurationsMs(body).filter((ms) => ms < 0 || ms > LONGEST_MS).length;
      if (
        readEndsMs(body)
          .slice(rejects)
          .some((endedAt) => endedAt > startedAt)
      )
        firstAcceptedAt ??= Date.now();
      return Math.min(rejects, spans.length);
    },
  };
}
