/** The result for people: a table, the verdicts, and a progress bar before them. */

import { type Measured, ratioTo } from "./measure.ts";
import type { BenchResult } from "./result.ts";
import { median } from "./statistics.ts";
import type { Verdict } from "./targets.ts";
import { beforeOf } from "./variants.ts";

const HEAD = ["", "CPU/request", "ratio", "middle half", "requests/s", "p50", "p99", "RSS", "spans made", "received"];

export function renderTable(result: BenchResult): string {
  return Object.entries(result.scenarios)
    .map(([scenario, variants]) => {
      const rows = Object.entries(variants).map(([name, measured]) => row(name, measured, variants.bare, result));
      return `${scenario}\n${align([HEAD, ...rows])}`;
    })
    .join("\n\n");
}

function row(name: string, measured: Measured, bare: Measured | undefined, { sink }: BenchResult): string[] {
  const compared = bare === undefined ? undefined : ratioTo(bare, measured);
  const counts = sink[name];
  return [
    name,
    `${median(measured.cpuPerRequest).toFixed(0)} us`,
    compared === undefined ? "" : compared.ratio.toFixed(3),
    compared === undefined ? "" : compared.spread.map((value) => value.toFixed(2)).join(" - "),
    measured.requestsPerSecond.toFixed(0),
    `${measured.p50.toFixed(1)} ms`,
    `${measured.p99.toFixed(1)} ms`,
    `${(measured.rss / 1e6).toFixed(0)} MB`,
    counts === undefined ? "-" : String(counts.made),
    counts === undefined ? "-" : String(counts.received),
  ];
}

/** This checkout compared with another one, for each variant of both. */
export function renderAgainst({ scenarios }: BenchResult): string {
  return Object.entries(scenarios)
    .flatMap(([scenario, variants]) =>
      Object.entries(variants).flatMap(([name, now]) => {
        const before = variants[beforeOf(name)];
        if (before === undefined) return [];
        const { ratio, spread } = ratioTo(before, now);
        const [low, high] = spread.map((value) => value.toFixed(3));
        return `${scenario}, ${name}: ${ratio.toFixed(3)} of what it was before (middle half ${low} - ${high})`;
      }),
    )
    .join("\n");
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
    )
    .map((cells) => `  ${cells.join("  ")}`)
    .join("\n");
}

export function renderVerdicts(verdicts: readonly Verdict[]): string {
  const word = ({ met }: Verdict) => (met === undefined ? "-     " : met ? "met   " : "MISSED");
  return verdicts.map((verdict) => `${word(verdict)}  ${verdict.target}: ${verdict.found}`).join("\n");
}

export interface Progress {
  readonly add: (requests: number) => void;
  readonly say: (what: string) => void;
  readonly end: () => void;
}

const BAR_WIDTH = 30;

/** One line that is overwritten; nothing when standard error is not a terminal. */
export function createProgress(total: number): Progress {
  const startedAt = performance.now();
  let done = 0;
  let doing = "";
  const show = (): void => {
    if (!process.stderr.isTTY) return;
    const share = Math.min(1, done / total);
    const bar = "#".repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, ".");
    const left = done === 0 ? "" : ` ${Math.ceil(((performance.now() - startedAt) / 1000) * (1 / share - 1))} s left`;
    process.stderr.write(`\r\x1b[K[${bar}] ${Math.round(share * 100)} % ${doing}${left}`);
  };
  return {
    add: (requests) => {
      done += requests;
      show();
    },
    say: (what) => {
      doing = what;
      if (process.stderr.isTTY) show();
      else process.stderr.write(`${what}\n`);
    },
    end: () => {
      if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    },
  };
}
