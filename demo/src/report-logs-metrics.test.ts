import { describe, expect, test } from "bun:test";
import { printLogs, printMetrics } from "./report-logs-metrics.ts";
import type { Terminal } from "./terminal.ts";
import { readLogs } from "./trace-logs.ts";

/** What is printed on a terminal, line by line. */
function print(look: Partial<Terminal>, work: (terminal: Terminal) => void): readonly string[] {
  const lines: string[] = [];
  work({ colour: false, width: undefined, ...look, write: (line = "") => lines.push(line) });
  return lines;
}

const span = { spanId: "a1", name: "roll dice", startMicros: 5_000_900 };
const tree = { trace: { traceId: "1", spans: [span] } };

function record(body: string, more: Readonly<Record<string, unknown>> = {}) {
  const known = { severityNumber: 17, severityText: "ERROR", attributes: [], traceId: "1", spanId: "a1" };
  return { ...known, timeUnixNano: "5012000000", service: "back", body, ...more };
}

describe("logs", () => {
  const logs = readLogs(
    [
      record("the dice fell"),
      record("\u001b[2J\nhello", { severityNumber: 9, severityText: "", spanId: "b2", timeUnixNano: "5000000000" }),
    ],
    tree,
  );
  const missing = [{ service: "back", severity: "WARN", body: "late", span: "Roll" }];

  test("are one line each, without control characters", () => {
    expect(print({}, (terminal) => printLogs(terminal, { logs, missing }))).toEqual([
      "  log +12ms  back  ERROR  the dice fell  in roll dice",
      "  log +0ms  back  INFO  \\x1b[2J\\nhello  in no span of the trace",
      "  missing log record: back  WARN  late  in Roll",
    ]);
  });

  test("fit a narrow terminal, colours not counted", () => {
    const lines = print({ colour: true, width: 30 }, (terminal) => printLogs(terminal, { logs, missing: [] }));
    expect(lines[0]).toBe("\u001b[31m  log +12ms  back  ERROR  the…\u001b[39m");
    for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(30);
  });
});

describe("metrics", () => {
  const histogram = { count: 4, sum: 0.4, bounds: [0.1, 0.2], counts: [2, 2, 0], min: 0, max: 0.2 };
  const found = {
    durations: [{ service: "front", metric: "http.server.request.duration", histogram }],
    spans: [{ service: "front", exported: 24, dropped: 1 }],
    uncounted: ["back rpc.server.call.duration: 3 of 9"],
  };

  test("are a table with percentiles, dropped spans, and counts that were not reached in time", () => {
    const lines = print({}, (terminal) => printMetrics(terminal, found, "http://localhost:16686"));
    expect(lines.slice(4)).toEqual([
      "                                           count      mean       p50       p99",
      "  front   http.server.request.duration         4   100.0ms   100.0ms   198.0ms",
      "",
      "                                        exported   dropped",
      "  front   spans                               24         1",
      "  not counted in time: back rpc.server.call.duration: 3 of 9",
      "",
      "  http://localhost:16686/metrics",
    ]);
  });

  test("fit a narrow terminal, but a link is never cut", () => {
    const lines = print({ width: 20 }, (terminal) => printMetrics(terminal, found, "http://localhost:16686"));
    expect(lines.filter((line) => line.length > 20)).toEqual(["  http://localhost:16686/metrics"]);
  });
});
