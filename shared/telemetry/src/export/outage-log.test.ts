import { afterEach, describe, expect, setSystemTime, test } from "bun:test";
import { createOutageLog } from "./outage-log.ts";

function record(calmMs?: number) {
  const lines: string[] = [];
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const log = createOutageLog(
    "spans",
    "http://c/v1/traces",
    (level, message, fields) => {
      lines.push(`${level}: ${message} [${fields?.lost}]`);
      if (level === "info") resolve();
    },
    calmMs,
  );
  return { lines, log, over };
}

afterEach(() => void setSystemTime());

describe("one line when a loss begins, one when it is over", () => {
  test("failed exports", async () => {
    const { lines, log, over } = record(0);
    for (let batch = 0; batch < 10; batch += 1) log.failed(512, "HTTP 503", "Try later.");
    log.succeeded();
    await over;
    log.succeeded();
    log.closed();
    expect(lines).toEqual([
      "warn: Cannot send spans to http://c/v1/traces: HTTP 503. Try later. Spans are lost until it works again. [512]",
      "info: Sending spans to http://c/v1/traces works again: 5120 spans lost in 1 s [5120]",
    ]);
  });

  test("a full queue, however many batches go through in between", () => {
    const { lines, log } = record();
    for (let round = 0; round < 10; round += 1) {
      log.dropped(1);
      log.dropped(1);
      log.succeeded();
      log.succeeded();
    }
    expect(lines).toEqual([
      expect.stringMatching(/^warn: Spans end faster than .* takes them: the queue is full\. Spans are lost/),
    ]);
    log.closed();
    expect(lines[1]).toBe("info: Sending spans to http://c/v1/traces works again: 20 spans lost in 1 s [20]");
  });

  test("the last line counts each cause, the greatest first", () => {
    const { lines, log } = record();
    log.dropped(2);
    log.failed(30, "rejected", "");
    log.dropped(1);
    log.failed(40, "rejected", "");
    log.closed();
    expect(lines[1]).toBe(
      "warn: Stopped while spans could not be sent to http://c/v1/traces: 73 spans lost in 1 s (rejected: 70, the queue is full: 3) [73]",
    );
  });

  test("a second outage is logged again", async () => {
    const { lines, log, over } = record(0);
    log.failed(1, "a", "");
    log.succeeded();
    await over;
    log.failed(2, "b", "");
    log.succeeded();
    log.closed();
    expect(lines).toHaveLength(4);
    expect(lines[3]).toEndWith("[2]");
  });

  test("a loss that begins at the end is one line", () => {
    const { lines, log } = record();
    log.failed(3, "a", "");
    log.closed();
    expect(lines).toEqual([expect.stringMatching(/^warn: Cannot send spans .* \[3\]$/)]);
  });

  test.each([1, -1])("the system's clock, which jumps by %d hours, is not what says how long it was", (hours) => {
    const { lines, log } = record();
    log.failed(3, "a", "");
    setSystemTime(Date.now() + hours * 3_600_000);
    log.failed(4, "a", "");
    log.closed();
    expect(lines[1]).toContain("7 spans lost in 1 s");
  });

  test("an end during an outage logs what was lost", () => {
    const { lines, log } = record();
    log.closed();
    expect(lines).toEqual([]);
    log.failed(3, "a", "");
    log.succeeded();
    log.failed(4, "a", "");
    log.closed();
    expect(lines.slice(1)).toEqual([
      "warn: Stopped while spans could not be sent to http://c/v1/traces: 7 spans lost in 1 s [7]",
    ]);
  });
});
