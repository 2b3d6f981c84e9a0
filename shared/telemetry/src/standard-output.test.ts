import { describe, expect, spyOn, test } from "bun:test";
import { Writable } from "node:stream";
import { createLineOutput } from "./standard-output.ts";

/** A stream whose reader takes nothing until the test says so. */
function stalledStream() {
  const taken: string[] = [];
  let take: (() => void) | undefined;
  const stream = new Writable({
    highWaterMark: 1,
    decodeStrings: false,
    write: (line, _encoding, done) => {
      taken.push(String(line));
      if (take === undefined) take = done;
      else done();
    },
  });
  return { stream, taken, resume: () => take?.() };
}

describe("a reader that does not read", () => {
  test("costs lines, not memory; one line says how many", async () => {
    const { stream, taken, resume } = stalledStream();
    const output = createLineOutput(stream);
    const line = `${"x".repeat(1024 * 1024 - 1)}\n`;
    for (let count = 0; count < 20; count += 1) output.write(line);
    resume();
    await output.drain(5000);
    expect(taken).toHaveLength(8);
    output.write("after\n");
    await output.drain(5000);
    expect(JSON.parse(taken[8] ?? "")).toMatchObject({
      level: "warn",
      msg: expect.stringMatching(/^12 log lines were/),
    });
    expect(taken.at(-1)).toBe("after\n");
  });

  test("does not hold up the end of the process for longer than the time given", async () => {
    const { stream } = stalledStream();
    const output = createLineOutput(stream);
    output.write("a line\n");
    await output.drain(1);
  });

  test("that went away is not written to again", async () => {
    const { stream, taken } = stalledStream();
    const output = createLineOutput(stream);
    const write = spyOn(stream, "write");
    stream.destroy(new Error("EPIPE"));
    await new Promise((resolve) => stream.once("close", resolve));
    expect(() => output.write("a line\n")).not.toThrow();
    await output.drain(60_000);
    expect(taken).toEqual([]);
    expect(write).not.toHaveBeenCalled();
  });
});
