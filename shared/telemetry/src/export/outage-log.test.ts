import { describe, expect, test } from "bun:test";
import { createOutageLog } from "./outage-log.ts";

function record() {
  const lines: string[] = [];
  const log = createOutageLog("spans", "http://c/v1/traces", (level, message, fields) => {
    lines.push(`${level}: ${message} [${fields?.lost}]`);
  });
  return { lines, log };
}

describe("one line when a loss begins, one when it is over", () => {
  test("failed exports", () => {
    const { lines, log } = record();
    for (let batch = 0; batch < 10; batch += 1) log.failed(512, "HTTP 503");
    log.succeeded();
    log.succeeded();
    expect(lines).toEqual([
      "warn: Cannot send spans to http://c/v1/traces: HTTP 503. They are lost while this lasts, 512 so far [512]",
      "info: Sending spans to http://c/v1/traces works again: 5120 spans lost in 1 s [5120]",
    ]);
  });

  test("a full queue, however many batches go through in between, for as long as spans are dropped", () => {
    const { lines, log } = record();
    for (let round = 0; round < 10; round += 1) {
      log.dropped(1);
      log.dropped(1);
      log.succeeded();
    }
    expect(lines).toHaveLength(1);
    log.succeeded();
    expect(lines).toEqual([
      expect.stringMatching(/^warn: More spans than .* takes: the queue is full/),
      "info: Sending spans to http://c/v1/traces works again: 20 spans lost in 1 s [20]",
    ]);
  });

  test("a second outage is told again", () => {
    const { lines, log } = record();
    log.failed(1, "a");
    log.succeeded();
    log.failed(2, "b");
    log.succeeded();
    expect(lines).toHaveLength(4);
    expect(lines[3]).toEndWith("[2]");
  });

  test("an end during an outage tells what was lost", () => {
    const { lines, log } = record();
    log.closed();
    expect(lines).toEqual([]);
    log.failed(3, "a");
    log.closed();
    expect(lines.at(-1)).toBe(
      "warn: Stopped while spans could not be sent to http://c/v1/traces: 3 spans lost in 1 s [3]",
    );
  });
});
