/** `bun run demo --wire` and `--break` as processes: what they print, as text and as JSON, and how they end. */
import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { faults, findFault } from "@baton/demo/lab/faults";
import { scenarios } from "@baton/demo/scenarios";
import { type DemoRun, runDemo } from "../support/run-demo.ts";
import { processTimeoutMs } from "../support/stack.ts";

setDefaultTimeout(processTimeoutMs);

const runs: DemoRun[] = [];
afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.kill("SIGTERM");
    await run.exited;
  }
});

async function demo(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const run = runDemo(args, { front: 0, back: 0, query: 0, otlpHttp: 0, otlpGrpc: 0 }, env);
  runs.push(run);
  const code = await run.exited;
  return { code, output: run.output() };
}

/** `bun run` prints the command that it runs, on standard error. */
function jsonOf<Row>(output: string): readonly Row[] {
  return JSON.parse(output.slice(output.indexOf("[\n"), output.lastIndexOf("]") + 1));
}

interface HopRow {
  readonly from: { readonly service: string } | null;
  readonly to: { readonly service: string } | null;
  readonly headers: readonly { readonly name: string; readonly change: string }[];
}

test("--wire --json has the hops of every scenario, and traceparent arrived at back as it left front", async () => {
  const { code, output } = await demo(["--wire", "--json"]);
  expect(code).toBe(0);
  const rows = jsonOf<{ scenario: string; differences: readonly string[]; hops: readonly HopRow[] }>(output);
  expect(rows.map(({ scenario }) => scenario)).toEqual(scenarios.map(({ id }) => id));
  expect(rows.flatMap(({ differences }) => differences)).toEqual([]);
  const toBack = rows.flatMap(({ hops }) => hops).filter(({ from, to }) => from !== null && to?.service === "back");
  expect(toBack.length).toBeGreaterThan(7);
  for (const { headers } of toBack)
    expect(headers).toContainEqual(expect.objectContaining({ name: "traceparent", change: "same" }));
});

test("--wire prints each hop below its trace", async () => {
  const { code, output } = await demo(["--wire", "--once", "--only=plain-roll"]);
  expect(code).toBe(0);
  expect(output).toMatch(/1\. \(no span\) -> front SERVER [0-9a-f]{16} {2}http, from outside\n/);
  expect(output).toMatch(/2\. front CLIENT ([0-9a-f]{16}) -> back SERVER [0-9a-f]{16} {2}grpc\n/);
  expect(output).toMatch(/traceparent {4}00 [0-9a-f]{32} [0-9a-f]{16} 03 {2}arrived as it left\n/);
});

test("--break prints symptom, diagnosis and what mends it, and ends with 0", async () => {
  const { id, symptom, title } = findFault("header-dropped");
  const { code, output } = await demo(["--break", `--only=${id}`]);
  expect(code).toBe(0);
  for (const text of [
    title,
    symptom,
    `x-lab-fault: ${id}`,
    "two traces",
    "dropped",
    "diagnosis: header-dropped (certain)",
  ])
    expect(output).toContain(text);
  // The wire shows what the diagnosis says.
  expect(output).toMatch(/traceparent {4}left {5}00 [0-9a-f]{32} [0-9a-f]{16} 03\n +arrived {2}nothing {2}dropped\n/);
  expect(output).toContain("Sent again without the fault: no finding.");
  expect(output).toContain("1 fault: the diagnosis named each cause.");
});

test("--break --json has each fault with its findings", async () => {
  const { code, output } = await demo(["--break", "--json"]);
  const rows = jsonOf<{ fault: string; cause: string; ok: boolean; findings: readonly { cause: string }[] }>(output);
  expect(
    rows.map(({ fault, cause, ok, findings }) => [fault, cause, ok, findings.map((found) => found.cause)]),
  ).toEqual(faults.map(({ id, cause }) => [id, cause, true, [cause]]));
  expect(code).toBe(0);
});

test("--break ends with 1 where a diagnosis is wrong, here because it is not given time to see the spans", async () => {
  const { code, output } = await demo(["--break", "--only=header-dropped"], { BATON_TRACE_TIMEOUT_MS: "0" });
  expect(output).toContain("The diagnosis is wrong: the cause is header-dropped, and nothing else.");
  expect(code).toBe(1);
});

test.each([
  [["--json"], "--json is for --wire and --break."],
  [["--break", "--only=plain-roll"], '"plain-roll" is not a fault of the demo.'],
  [["--only=header-dropped"], '"header-dropped" is not a scenario of the demo.'],
])("%p is refused", async (args, message) => {
  const { code, output } = await demo(args);
  expect(output).toContain(message);
  expect(code).toBe(2);
});
