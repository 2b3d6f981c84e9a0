/** Each fault of the lab, made in real processes for every request: the doctor's finding is that fault's, and no other. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Fault } from "@baton/demo/lab/fault";
import { faults } from "@baton/demo/lab/faults";
import { type Examination, examine } from "@baton/doctor";
import { processTimeoutMs, startTestStack, type TestStack } from "../support/stack.ts";

setDefaultTimeout(processTimeoutMs);

interface Expected {
  readonly finding: string;
  readonly level: "broken" | "unusual";
}

interface Row {
  readonly findings: readonly Expected[];
  /** Why the finding has not the fault's name. */
  readonly because?: string;
}

const broken = (cause: string): Row => ({ findings: [{ finding: `passes-on/${cause}`, level: "broken" }] });
/** Something else could look the same, or the trace is whole. */
const unusual = (cause: string): Row => ({ findings: [{ finding: `passes-on/${cause}`, level: "unusual" }] });

const expected: Readonly<Record<string, Row>> = {
  "front-does-not-inject": broken("not-injected"),
  "back-does-not-extract": broken("not-extracted"),
  "header-dropped": broken("header-dropped"),
  "context-lost": unusual("context-lost"),
  "stale-context": unusual("stale-context"),
  "wrong-parent": broken("wrong-parent"),
  "silent-intermediary": broken("silent-intermediary"),
  "trace-id-cut": broken("trace-id-altered"),
  "sampled-flag-lost": {
    ...unusual("missing-callee-unknown"),
    because:
      "Only the random flag tells it from a sampler that decides for itself, and the doctor does not send that flag: services that do not know it start a new trace.",
  },
  "random-flag-lost": { findings: [], because: "The doctor does not send the flag, for the same reason." },
  "tracestate-dropped": unusual("tracestate-dropped"),
  "tracestate-altered": unusual("tracestate-altered"),
  "sampler-ignores-parent": broken("sampler-ignores-parent"),
  b3: broken("format-mismatch"),
  "malformed-uppercase": broken("malformed-header"),
  "malformed-short": broken("malformed-header"),
  "malformed-version-ff": broken("malformed-header"),
  "malformed-twice": broken("malformed-header"),
  "double-instrumentation": broken("double-instrumentation"),
  "span-never-ended": unusual("span-never-ended"),
  "export-failed": unusual("export-failed"),
  "clock-skew": unusual("clock-skew"),
  "baggage-dropped": unusual("baggage-dropped"),
  "baggage-altered": unusual("baggage-altered"),
  "baggage-leak": unusual("baggage-leak"),
};

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({}, { lab: true });
});
afterAll(() => stack.stop());

async function switchTo(fault: string | null): Promise<void> {
  const { ok } = await fetch(`${stack.frontUrl}/lab/fault`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ fault }),
  });
  expect(ok).toBeTrue();
}

/**
 * The baggage lets back capture a header also where `traceparent` does not arrive; otherwise nobody knows whether it
 * captures any. Spans are read from the viewer of the pair: a receiver for each examination would make the exporters of
 * the pair wait between two of them.
 */
function examineWith({ request }: Pick<Fault, "request">): Promise<Examination> {
  const headers = Object.entries({ baggage: "dice.table=blue", ...request.headers });
  return examine({ url: stack.frontUrl + request.path, headers, query: stack.backend.queryUrl, waitMs: 10_000 });
}

function wrong({ findings }: Examination) {
  return findings
    .filter(({ level }) => level === "broken" || level === "unusual")
    .map(({ id, level }) => ({ finding: id, level }));
}

test("every fault of the lab is expected here", () => {
  expect(Object.keys(expected)).toEqual(faults.map(({ id }) => id));
});

test.each(["/rolldice", "/lab/stranger"])("without a fault nothing is found at %s", async (path) => {
  const examination = await examineWith({ request: { type: "http", path } });
  expect(wrong(examination)).toEqual([]);
  expect(examination.outcome).toBe("right");
});

describe("the finding is the fault's", () => {
  test.each(faults.map((fault) => [fault.id, fault] as const))("%s", async (id, fault) => {
    await switchTo(id);
    try {
      expect(wrong(await examineWith(fault))).toEqual([...(expected[id]?.findings ?? [])]);
    } finally {
      await switchTo(null);
    }
  });
});
