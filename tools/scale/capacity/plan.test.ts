import { expect, test } from "bun:test";
import { readPart } from "../document.ts";
import { type CapacityInputs, readInputs } from "./inputs.ts";
import { makePlan } from "./plan.ts";
import { renderTables } from "./tables.ts";

/** Round figures, so that the results are easy to check. */
const inputs: CapacityInputs = {
  measuredOn: "paper",
  date: "2026-01-01",
  spansPerRequest: 4,
  wireBytesPerSpan: 500,
  kafkaBytesPerSpan: 200,
  storedBytesPerSpan: 1000,
  spansPerCoreSecond: { collector: 10_000, kafka: 20_000, ingesterRead: 10_000, ingesterWrite: 1000, database: 2000 },
};

test("the size of each tier follows from the spans that reach it", () => {
  expect(makePlan(inputs, 1000, { name: "", head: 1, tail: 0.25 })).toEqual({
    requests: 1000,
    spans: 4000,
    wireBytes: 2_000_000,
    collectorCores: 0.8,
    kafkaCores: 1.2,
    kafkaBytes: 2_400_000,
    kafkaDisk: 51_840_000_000,
    ingesterCores: 0.8 + 2,
    partitions: 6,
    storedSpans: 1000,
    databaseCores: 3,
    storageBytesPerDay: 259_200_000_000,
    waitingSpans: 40_000,
  });
});

test("head sampling saves in every tier, tail sampling from the writing of the ingester on", () => {
  const all = makePlan(inputs, 1000, { name: "", head: 1, tail: 1 });
  const head = makePlan(inputs, 1000, { name: "", head: 0.1, tail: 1 });
  const tail = makePlan(inputs, 1000, { name: "", head: 1, tail: 0.1 });
  expect([head.wireBytes, head.collectorCores, head.storageBytesPerDay]).toEqual([
    all.wireBytes / 10,
    all.collectorCores / 10,
    all.storageBytesPerDay / 10,
  ]);
  expect([tail.wireBytes, tail.kafkaBytes, tail.waitingSpans]).toEqual([
    all.wireBytes,
    all.kafkaBytes,
    all.waitingSpans,
  ]);
  expect(tail.storageBytesPerDay).toBe(all.storageBytesPerDay / 10);
});

test("the topic has partitions for later ingesters", () => {
  // 40 000 spans/s: 8 cores to read, 80 to write, 44 ingesters of two cores.
  expect(makePlan(inputs, 10_000, { name: "", head: 1, tail: 1 }).partitions).toBe(88);
});

test("docs/scaling.md has the tables that follow from the inputs", async () => {
  expect(await readPart("capacity")).toBe(renderTables(await readInputs()).trim());
});
