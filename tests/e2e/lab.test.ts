/** Each fault of the lab, made in real processes: the diagnosis names its cause, and the healthy request has none. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { faults, findFault } from "@baton/demo/lab/faults";
import { runFault, runMended } from "@baton/demo/lab/run-fault";
import { processTimeoutMs, startTestStack, type TestStack } from "../support/stack.ts";

setDefaultTimeout(processTimeoutMs);

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({}, { lab: true });
});
afterAll(() => stack.stop());

const rows = faults.map((fault) => [fault.id, fault] as const);

describe("the diagnosis names the cause", () => {
  test.each(rows)("%s", async (_, fault) => {
    const { findings, answer } = await runFault(fault, stack);
    expect(findings.map(({ cause }) => cause)).toEqual([fault.cause]);
    expect(findings[0]?.likelyCauses[0]).toBe(fault.cause);
    expect(answer.status).toBe(200);
  });
});

describe("the same request without the fault has no finding", () => {
  test.each(rows)("%s", async (_, fault) => {
    const { findings, answer, traces } = await runMended(fault, stack);
    expect(findings).toEqual([]);
    expect(answer.status).toBe(200);
    expect(traces).toHaveLength(fault.times ?? 1);
  });
});

test("a fault that was switched on holds for every request until it is switched off", async () => {
  const fault = findFault("header-dropped");
  const switchTo = (value: string | null) =>
    fetch(`${stack.frontUrl}/lab/fault`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ fault: value }),
    });
  expect(await (await switchTo(fault.id)).json()).toEqual({ fault: fault.id });
  expect(await (await fetch(`${stack.frontUrl}/lab/fault`)).json()).toEqual({ fault: fault.id });
  for (let sent = 0; sent < 2; sent++) {
    const { findings } = await runFault(fault, stack, { isStanding: true });
    expect(findings.map(({ cause }) => cause)).toEqual([fault.cause]);
  }
  expect((await switchTo("NOT A FAULT")).status).toBe(400);
  expect(await (await switchTo(null)).json()).toEqual({ fault: null });
  const plain = { ...fault, request: { ...fault.request, headers: {} } };
  expect((await runFault(plain, stack, { isStanding: true, timeoutMs: 0 })).findings).toEqual([]);
});
