import { expect, test } from "bun:test";
import { Writable } from "node:stream";
import { terminalOf } from "./terminal.ts";

function fakeOutput(isTTY: boolean) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { written, output: Object.assign(stream, { isTTY }) };
}

test("a pipe gets JSON", () => {
  expect(terminalOf("front", fakeOutput(false).output)).toBeUndefined();
});

test("a person gets the message, the level where it is not info, and the stack of an error", () => {
  const { written, output } = fakeOutput(true);
  const terminal = terminalOf("front", output);
  terminal?.write('{"level":"info","time":"now","service":"front","url":"http://localhost:3000","msg":"ready"}\n');
  terminal?.write(
    '{"level":"error","err":{"message":"no","stack":"Error: no\\n    at dice"},"msg":"unexpected error"}\n',
  );
  terminal?.report("info", "Telemetry on: traces to http://localhost:4318", { propagators: "tracecontext" });
  terminal?.report("warn", "spans are not exported");
  terminal?.report("info", "spans are exported again");
  expect(written).toEqual([
    "front  ready\n",
    "front  error: unexpected error\nError: no\n    at dice\n",
    "front  warn: spans are not exported\n",
    "front  spans are exported again\n",
  ]);
});
