/** Reads what the services count about their own spans from the metrics that they send. */
import { readSums } from "../../bench/otlp-count.ts";
import type { Ledger } from "./behaviour.ts";

export interface LedgerBook {
  /** Takes a request to `/v1/metrics`, or the count that a service without metrics sends when it ends. */
  take(path: string, body: Uint8Array): void;
  read(): Ledger;
}

const LOST: ReadonlySet<string> = new Set(["otel.sdk.processor.span.processed", "otel.sdk.exporter.span.exported"]);

export function createLedger(): LedgerBook {
  /** The last value of each series. */
  const started = new Map<string, number>();
  const lost = new Map<string, { readonly reason: string; readonly value: number }>();
  let reported = 0;
  return {
    take(path, body) {
      if (path.endsWith("/made")) reported += Number(new TextDecoder().decode(body));
      if (!path.endsWith("/v1/metrics")) return;
      for (const { name, series, value } of readSums(body)) {
        if (name === "otel.sdk.span.started" && series.includes("RECORD_AND_SAMPLE")) started.set(series, value);
        // An attribute is bytes here: its key, two tags with their lengths, and its value.
        const [reason] = /^[\w.]+/.exec(series.split("error.type")[1]?.slice(4) ?? "") ?? [];
        if (LOST.has(name) && reason !== undefined && value > 0) lost.set(`${name} ${series}`, { reason, value });
      }
    },
    read() {
      const byReason: Record<string, number> = {};
      for (const { reason, value } of lost.values()) byReason[reason] = (byReason[reason] ?? 0) + value;
      return { made: reported + [...started.values()].reduce((sum, value) => sum + value, 0), lost: byReason };
    },
  };
}
