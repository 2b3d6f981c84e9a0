/** Reads what the services count about their own spans from the metrics that they send. */
import { readSums } from "../../bench/otlp-count.ts";
import { attributeIn, type Ledger, UNNAMED } from "./behaviour.ts";

export interface LedgerBook {
  /** Takes a request to `/v1/metrics`, or the count that a service without metrics sends when it ends. */
  take(path: string, body: Uint8Array): void;
  /** By service. */
  read(): Record<string, Ledger>;
}

interface Count {
  readonly service: string;
  /** Why these are lost; `undefined` for spans that were made. */
  readonly reason: string | undefined;
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
        counts.set(`report ${reports++}`, { service: UNNAMED, reason: undefined, value });
      }
      if (!path.endsWith("/v1/metrics")) return;
      for (const { name, series, value } of readSums(body)) {
        const service = attributeIn(series, "service.name") ?? UNNAMED;
        const reason = attributeIn(series, "error.type");
        const isMade = name === "otel.sdk.span.started" && series.includes("RECORD_AND_SAMPLE");
        const isLost = LOST.has(name) && reason !== undefined && value > 0;
        if (isMade || isLost) counts.set(`${name} ${series}`, { service, reason: isLost ? reason : undefined, value });
      }
    },
    read() {
      const books: Record<string, { made: number; lost: Record<string, number> }> = {};
      for (const { service, reason, value } of counts.values()) {
        books[service] ??= { made: 0, lost: {} };
        const book = books[service];
        if (reason === undefined) book.made += value;
        else book.lost[reason] = (book.lost[reason] ?? 0) + value;
      }
      return books;
    },
  };
}
