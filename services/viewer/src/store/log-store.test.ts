import { expect, test } from "bun:test";
import { logRecord } from "../testing/records.ts";
import { createLogStore } from "./log-store.ts";

test("the oldest log is dropped first, by number", () => {
  const store = createLogStore({ maxLogs: 2, maxBytes: 1_000_000 });
  for (const body of ["one", "two", "three"]) store.add(logRecord({ body }));
  expect(store.newestFirst().map(({ body }) => body)).toEqual(["three", "two"]);
  expect(store.stats()).toMatchObject({ logs: 2, dropped: 1 });
});

test("and by bytes", () => {
  const maxBytes = 10_000;
  const store = createLogStore({ maxLogs: 1_000_000, maxBytes });
  for (let index = 0; index < 100; index += 1) {
    store.add(logRecord({ body: "x".repeat(1000) }));
    expect(store.stats().bytes).toBeLessThanOrEqual(maxBytes);
  }
  expect(store.stats().logs).toBeGreaterThan(1);
  expect(store.stats().logs + store.stats().dropped).toBe(100);
});
