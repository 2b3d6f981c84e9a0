/** The short form of `bun run test:faults`: a few faults of each kind, held against what docs/reliability.md promises. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { createRunner } from "@baton/tools/faults/run";
import { FAULTS } from "@baton/tools/faults/table";

setDefaultTimeout(60_000);

/** Other tests run at the same time: here things may take longer than is promised. */
const slack = 3;
const runner = createRunner({ short: true, say: () => {}, slack });
afterAll(() => runner[Symbol.asyncDispose]());

const short = FAULTS.filter((fault) => fault.short).map((fault) => [fault.what, fault] as const);

test.each(short)("%s", async (_, fault) => {
  const { verdicts, error } = await runner.run(fault, "baton");
  expect(error).toBeUndefined();
  expect(verdicts.map(({ promise }) => promise)).toEqual([...fault.promises]);
  expect(verdicts.filter(({ kept }) => !kept)).toEqual([]);
});
