import { afterEach, expect, test } from "bun:test";
import { type Telemetry, withSpan } from "@baton/telemetry";
import { startTestTelemetry } from "@baton/telemetry/testing";

// The code under test is given its telemetry, so a test can give it one that keeps everything in memory.
async function placeOrder(telemetry: Telemetry, items: number): Promise<void> {
  await withSpan(telemetry, "place order", { attributes: { "order.items": items } }, async () => {
    if (items === 0) throw new RangeError("an order needs an item");
    withSpan(telemetry, "reserve stock", () => {});
  });
}

const recorded = startTestTelemetry();
afterEach(() => recorded.reset());

test("an order reserves its stock, in one trace", async () => {
  await placeOrder(recorded.telemetry, 2);

  const [reserve, order] = recorded.spans();
  expect(order).toMatchObject({ name: "place order", attributes: { "order.items": 2 }, parentSpanId: undefined });
  expect(reserve).toMatchObject({ name: "reserve stock", parentSpanId: order?.spanId, traceId: order?.traceId });
});

test("an order without items is an error", async () => {
  await expect(placeOrder(recorded.telemetry, 0)).rejects.toThrow("an order needs an item");

  const [order] = await recorded.waitForSpans(1);
  expect(order).toMatchObject({ status: "ERROR", attributes: { "error.type": "RangeError" } });
});
