/** What the list of traces costs when the traces are large. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CHROMIUM, type Stage, startStage } from "./stage.ts";
import { bigTrace } from "./traces.ts";

const TRACES = 20;
const SPANS = 5_000;
const MAX_BYTES = 100_000;

describe.skipIf(CHROMIUM === undefined)("the list of 20 traces of 5 000 spans", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage();
    for (let number = 1; number <= TRACES; number += 1) {
      const traceId = number.toString(16).padStart(32, "0");
      await stage.send(
        bigTrace(SPANS).map((group) => ({ ...group, spans: group.spans.map((span) => ({ ...span, traceId })) })),
      );
    }
  }, 60_000);
  afterAll(() => stage?.stop());

  test("takes less than 100 KB, scripts and styles included", async () => {
    const page = await stage.open("/metrics");
    await page.waitForLoadState("networkidle");
    const bodies: Promise<number>[] = [];
    page.on("response", (response) => bodies.push(response.body().then(({ length }) => length)));
    await stage.open("/search");
    await page.locator("#summary", { hasText: `${TRACES} traces` }).waitFor();
    expect(await page.locator(".trace-link").count()).toBe(TRACES);
    const sizes = await Promise.all(bodies);
    expect(sizes.length).toBeGreaterThan(5);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES);
  });
});
