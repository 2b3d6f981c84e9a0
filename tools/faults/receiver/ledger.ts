/** Reads what the services count about their own spans from the metrics that they send. */
import { readSums } from "../../bench/otlp-count.ts";
import { attributeIn } from "./attribute.ts";
import { type Ledger, UNNAMED } from "./behaviour.ts";

export interface LedgerBook {
  /** Takes a request to `/v1/metrics`, or the count that a service without metrics sends when it ends. */
  take(path: string, body: Uint8Array): void;
  /** By service. */
  read(): Record<string, Ledger>;
}

interface Count {
  readonly service: string;
  readonly what: "made" | "waiting" | "lost";
  /** Why they are lost. */
  readonly reason: string;
  readonly value: number;
}

const LOST: ReadonlySet<string> = new Set(["otel.sdk.processor.span.processed", "otel.sdk.exporter.span.exported"]);

export function createLedger(): LedgerBook {
  /** The last value of each series. */
  const counts = new Map<string, Count>();
  let reports = 0;
  return {
    take(path, body) {
      if (path.endsWith("/made")) {
        const value = Number(new TextDecoder().decode(body));
        counts.set(`report ${reports++}`, { service: UNNAMED, what: "made", reason: "", value });
      }
      if (!path.endsWith("/v1/metrics")) return;
      for (const { name, series, value } of readSums(body)) {
        const service = attributeIn(series, "service.name") ?? UNNAMED;
        const reason = attributeIn(series, "error.type") ?? "";
        const what = meaningOf(name, series, reason);
        if (what !== undefined) counts.set(`${name} ${series}`, { service, what, reason, value });
      }
    },
    read() {
      const books: Record<string, { made: number; waiting: number; lost: Record<string, number> }> = {};
      for (const { service, what, reason, value } of counts.values()) {
        books[service] ??= { made: 0, waiting: 0, lost: {} };
        const book = books[service];
        if (what !== "lost") book[what] += value;
        else if (value > 0) book.lost[reason] = (book.lost[reason] ?? 0) + value;
      }
      return books;
    },
  };
}

function meaningOf(name: string, series: string, reason: string): Count["what"] | undefined {
  if (name === "otel.sdk.span.started") return series.includes("RECORD_AND_SAMPLE") ? "made" : undefined;
  if (name === "otel.sdk.processor.span.queue.size") return "waiting";
  return LOST.has(name) && reason !== "" ? "lost" : undefined;
}
