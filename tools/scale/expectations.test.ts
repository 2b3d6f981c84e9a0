import { describe, expect, test } from "bun:test";
import {
  answersProblems,
  countingProblems,
  deliveryProblems,
  samplingProblems,
  storageProblems,
} from "./expectations.ts";
import { createLedger } from "./ledger.ts";
import type { Request } from "./load.ts";
import type { SpanTotals } from "./pair.ts";
import { compareWithStored, type Findings } from "./stored.ts";

const sound: Findings = {
  failing: 100,
  errorsIncomplete: [],
  spansMissing: 0,
  spansTwice: 0,
  errorsUndelivered: 0,
  others: 400,
  othersStored: 100,
  othersTorn: [],
};
const totals: SpanTotals = { started: 10, live: 1, exported: 4, dropped: 2, failed: 2, waiting: 1 };
const request: Request = { traceId: "a", failing: false, status: 200, elapsedMs: 1, atMs: 0 };

test("a run without a fault has no problems", () => {
  expect(storageProblems(sound)).toEqual([]);
  expect(samplingProblems(sound, 25)).toEqual([]);
  expect(countingProblems(totals)).toEqual([]);
  expect(deliveryProblems(sound, { ...totals, dropped: 0, failed: 0 })).toEqual([]);
  expect(answersProblems([request, { ...request, failing: true, status: 500 }])).toEqual([]);
});

describe("each fault is named", () => {
  test.each([
    [
      storageProblems({ ...sound, errorsIncomplete: ["a"], spansMissing: 2 }),
      "1 traces with an error lack 2 accepted spans: a",
    ],
    [storageProblems({ ...sound, spansTwice: 3 }), "3 spans are shown twice"],
    [storageProblems({ ...sound, othersTorn: ["a", "b", "c", "d"] }), "4 traces are stored in part: a, b, c, ..."],
    [
      samplingProblems({ ...sound, othersStored: 20 }, 25),
      "20 of 400 traces without an error are stored; 25 % would be 100 ± 35",
    ],
    [countingProblems({ ...totals, started: 11 }), "the services made 11 spans and account for 10"],
    [
      deliveryProblems({ ...sound, errorsUndelivered: 1 }, { ...totals, dropped: 0, failed: 0 }),
      "1 of 100 traces with an error were not delivered whole",
    ],
    [deliveryProblems(sound, totals), "the services dropped 4 spans"],
    [answersProblems([{ ...request, status: 503 }]), "1 of 1 requests were answered wrongly"],
  ])("%#", (problems, sentence) => {
    expect(problems).toEqual([sentence]);
  });
});

test("stored spans are compared with accepted spans, one by one", async () => {
  const stored: Record<string, readonly string[]> = { whole: ["1", "2"], torn: ["1"], twice: ["1", "1", "2"] };
  await using api = Bun.serve({
    port: 0,
    fetch(asked) {
      const spans = stored[asked.url.split("/").at(-1) ?? ""];
      if (spans === undefined) return new Response("", { status: 404 });
      return Response.json({ data: [{ spans: spans.map((spanID) => ({ spanID })) }] });
    },
  });
  const ledger = createLedger();
  for (const traceId of ["whole", "torn", "twice", "gone"]) {
    ledger.accept(["1", "2"].map((spanId) => ({ traceId, spanId, failed: true })));
  }
  const asked = ["whole", "torn", "twice", "gone", "never"].map((traceId) => ({ ...request, traceId, failing: true }));
  const findings = await compareWithStored(`http://localhost:${api.port}`, asked, ledger);
  expect(findings.errorsIncomplete.toSorted()).toEqual(["gone", "torn"]);
  expect(findings).toMatchObject({ spansMissing: 3, spansTwice: 1, errorsUndelivered: 5 });
  const others = asked.map((one) => ({ ...one, failing: false }));
  expect(await compareWithStored(`http://localhost:${api.port}`, others, ledger)).toMatchObject({
    othersStored: 3,
    othersTorn: ["torn"],
  });
});
