import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { START, toAttributes } from "../../testing/otlp.ts";
import { inspect } from "./inspector.ts";
import { CHROMIUM, type Stage, startStage } from "./stage.ts";
import { ROLL, ROLL_ID } from "./traces.ts";

const SECOND = 1_000_000_000n;
const BEGIN = { startTimeUnixNano: String(START) };

/** What two services say after so many seconds. */
function metricsAt(seconds: number): object {
  const point = { ...BEGIN, timeUnixNano: String(START + BigInt(seconds) * SECOND) };
  const exemplars = [
    { timeUnixNano: point.timeUnixNano, asDouble: 0.014, traceId: ROLL_ID, spanId: "0000000000000001" },
  ];
  const buckets = (count: number) => ({
    count: String(count),
    sum: count * 0.02,
    bucketCounts: ["0", String(count), "0"],
    explicitBounds: [0.01, 0.03],
  });
  const failed = { "http.response.status_code": 503n };
  const metrics = [
    { name: "queue.length", gauge: { dataPoints: [{ ...point, asInt: String(10 - seconds) }] } },
    {
      name: "bytes",
      unit: "{byte}",
      sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [{ ...point, asInt: "9007199254740993" }] },
    },
    {
      name: "http.server.request.duration",
      unit: "s",
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [
          { ...point, ...buckets(seconds * 3), exemplars },
          { ...point, ...buckets(1), attributes: toAttributes(failed) },
        ],
      },
    },
    {
      name: "otel.sdk.span.started",
      sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [{ ...point, asInt: "1" }] },
    },
  ];
  const resource = { attributes: toAttributes({ "service.name": "front" }) };
  return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] };
}

describe.skipIf(CHROMIUM === undefined)("metrics over time in a browser", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage();
    await stage.send(ROLL);
    for (const seconds of [1, 2, 4]) await stage.post("/v1/metrics", metricsAt(seconds));
  });
  afterAll(() => stage?.stop());
  afterEach(() => expect(stage.takeFaults()).toEqual([]));

  test("requests, errors and durations come first, and what the SDK counts of itself is folded", async () => {
    const page = await stage.open("/metrics");
    await page.locator(".metric").first().waitFor();
    expect(await page.locator(".requests").textContent()).toMatch(
      /^HTTP requests13failed1 \(7\.7 %\)median ≈2\d(\.\d)? ms95 % ≈/,
    );
    expect(await page.locator(".metric h3:visible").allTextContents()).toEqual([
      "http.server.request.duration",
      "bytes",
      "queue.length",
    ]);
    const own = page.locator(".own-metrics");
    expect(await own.locator("summary").textContent()).toBe("1 metric of the telemetry about itself");
    await own.locator("summary").focus();
    await page.keyboard.press("Enter");
    await own.locator("h3", { hasText: "otel.sdk.span.started" }).waitFor();
    await page.locator("#refresh").click();
    await own.locator("h3", { hasText: "otel.sdk.span.started" }).waitFor();
  });

  test("each series shows how it went, and integers to their last digit", async () => {
    const page = await stage.open("/metrics");
    const card = (name: string) => page.locator(".metric", { has: page.locator("h3", { hasText: name }) });
    await card("queue.length").waitFor();
    expect(await card("queue.length").locator(".timeline svg").getAttribute("aria-label")).toBe(
      "Value over time: last 6, lowest 6, highest 8",
    );
    expect(await card("bytes").locator(".value").textContent()).toMatch(/^9.007.199.254.740.993$/);
    const lines = await card("http.server").locator("li").first().locator(".timeline svg").all();
    expect(await Promise.all(lines.map((line) => line.getAttribute("aria-label")))).toEqual([
      "per second over time: last 3 per second, lowest 3 per second, highest 3 per second",
      "95 % over time: last 29 ms, lowest 29 ms, highest 29 ms",
    ]);
  });

  test("an exemplar leads to the span in which it was measured", async () => {
    const page = await stage.open("/metrics");
    const links = page.locator(".exemplars a");
    await links.first().waitFor();
    expect(await links.count()).toBe(3);
    await links.first().click();
    await page.locator(".details h2", { hasText: "GET /rolldice" }).waitFor();
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
    ["dark", 360],
  ] as const)("is readable: %s, %d", async (colorScheme, width) => {
    const page = await stage.open("/metrics", { colorScheme, width });
    await page.locator(".timeline").first().waitFor();
    expect(await inspect(page)).toMatchObject({ lowContrast: [], width, foreignLinks: [] });
  });
});
