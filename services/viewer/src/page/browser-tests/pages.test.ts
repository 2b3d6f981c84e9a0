import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { START, toAttributes } from "../../testing/otlp.ts";
import { inspect } from "./inspector.ts";
import { CHROMIUM, type Stage, startStage } from "./stage.ts";
import { LATE, MESSY, MESSY_ID, ROLL, ROLL_ID } from "./traces.ts";

const LOOKS = [
  ["light", 1600, "rgb(247, 246, 243)"],
  ["dark", 360, "rgb(18, 20, 25)"],
  ["light", 360, "rgb(247, 246, 243)"],
] as const;

const HISTOGRAM = {
  name: "http.server.request.duration",
  unit: "s",
  description: "How long requests took",
  histogram: {
    aggregationTemporality: 2,
    dataPoints: [
      {
        timeUnixNano: String(START),
        count: "4",
        sum: 0.07,
        min: 0.01,
        max: 0.04,
        explicitBounds: [0.01, 0.025, 0.05],
        bucketCounts: ["1", "2", "1", "0"],
        attributes: toAttributes({ "http.route": "/rolldice" }),
      },
    ],
  },
};

const METRICS = {
  resourceMetrics: [
    {
      resource: { attributes: toAttributes({ "service.name": "front" }) },
      scopeMetrics: [{ metrics: [HISTOGRAM] }],
    },
  ],
};

const LOGS = {
  resourceLogs: [
    {
      resource: { attributes: toAttributes({ "service.name": "cron" }) },
      scopeLogs: [
        {
          logRecords: [
            { timeUnixNano: String(START), severityNumber: 9, body: { stringValue: "of no trace" } },
            {
              timeUnixNano: String(START + 1n),
              severityNumber: 17,
              traceId: "abf92f3577b34da6a3ce929d0e0e4736",
              body: { stringValue: "of a trace without spans" },
            },
            {
              timeUnixNano: String(START + 2n),
              severityNumber: 13,
              traceId: ROLL_ID,
              spanId: "0000000000000004",
              body: { stringValue: "the die is warm" },
              attributes: toAttributes({ die: "six" }),
            },
          ],
        },
      ],
    },
  ],
};

describe.skipIf(CHROMIUM === undefined)("the viewer's pages in a browser", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage?.stop());
  afterEach(() => expect(stage.takeFaults()).toEqual([]));

  test("an empty list explains what to do, and fills by itself", async () => {
    const page = await stage.open("/search");
    await page.locator(".empty code", { hasText: "curl" }).first().waitFor();
    await page.locator("[name=tags]").fill("half typ");
    await stage.send(ROLL);
    await stage.send(MESSY);
    await stage.post("/v1/metrics", METRICS);
    await stage.post("/v1/logs", LOGS);
    await page.locator(".trace-link").first().waitFor();
    expect(await page.locator("[name=tags]").inputValue()).toBe("half typ");
  });

  const pages = [
    ["/search", ".trace-link"],
    [`/trace/${ROLL_ID}#span=0000000000000004`, ".details"],
    [`/trace/${MESSY_ID}`, ".row"],
    ["/logs", ".logs li"],
    ["/search?limit=many", ".problem"],
    ["/metrics", ".metric"],
  ] as const;

  test.each(pages)("%s is readable in light and dark, and fits narrow and wide windows", async (path, content) => {
    for (const [colorScheme, width, ground] of LOOKS) {
      const page = await stage.open(path, { colorScheme, width });
      await page.locator(content).first().waitFor();
      expect(await inspect(page)).toEqual({ lowContrast: [], ground, width, foreignLinks: [], pwned: false });
    }
  });

  test("the list shows each trace with its services, errors and verdict, and links to it", async () => {
    const page = await stage.open("/search");
    const roll = page.locator(`a[href="/trace/${ROLL_ID}"]`);
    expect(await roll.textContent()).toMatch(/^front GET \/rolldice14 ms5034 spans1 errorfront 2back 2/);
    expect(await page.locator(`a[href="/trace/${MESSY_ID}"]`).textContent()).toContain("1 orphan");
    expect(await page.locator("#stats").textContent()).toContain("2 traces, 12 spans");
    await roll.click();
    await page.locator("h1", { hasText: "GET /rolldice" }).waitFor();
  });

  test("a search is an address that can be shared", async () => {
    const page = await stage.open("/search");
    await page.locator(".trace-link").nth(1).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("http.route=/rolldice");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/search?tags=http.route%3D%2Frolldice");
    await page.locator("#summary", { hasText: "1 trace" }).waitFor();
    await page.reload();
    await page.locator("#summary", { hasText: "1 trace" }).waitFor();
    expect(await page.locator("[name=tags]").inputValue()).toBe("http.route=/rolldice");
    await page.goBack();
    await page.locator("#summary", { hasText: "2 traces" }).waitFor();
  });

  test("the operations are those of the service, and a search without a result says so", async () => {
    const page = await stage.open("/search?service=back&operation=gone");
    await page.locator(".empty", { hasText: "No trace matches" }).waitFor();
    const operations = await page.locator("[name=operation] option").allInnerTexts();
    expect(operations).toEqual([
      "Every operation",
      "DiceService/Roll",
      "child of the orphan",
      "orphan",
      "roll dice",
      "gone",
    ]);
    await page.locator("[name=service]").selectOption("cron");
    await page.locator("#summary", { hasText: "1 trace" }).waitFor();
  });

  test.each([
    ["tags", '"never closed', "cannot read"],
    ["minDuration", "fast", "a number with a unit"],
    ["limit", "many", "from 1 to 1500"],
    ["lookback", "yesterday", "a number with a unit"],
    ["start", "soon", "microseconds"],
    ["maxDuration", "1us&minDuration=2us", "no less than the shortest duration"],
  ])("a first search with a wrong value says so under its field: %s=%s", async (field, value, message) => {
    for (const width of [1280, 360]) {
      const page = await stage.open(`/search?${field}=${value}`, { width });
      const problem = page.locator("label", { has: page.locator(`[name=${field}]`) }).locator(".problem");
      await problem.filter({ hasText: message }).waitFor();
      expect(await page.locator(`[name=${field}]`).getAttribute("aria-invalid")).toBe("true");
      expect(await page.locator("#summary").textContent()).toBe("Nothing to show");
      // The server's own refusal is an error in the browser's console, too.
      stage.takeFaults();
    }
    const page = await stage.open(`/search?${field}=${value}`);
    await page.locator(".problem").waitFor();
    await page.locator("button[type=reset]").click();
    await page.locator("#summary", { hasText: "2 traces" }).waitFor();
    expect(await page.locator(".problem, [aria-invalid]").count()).toBe(0);
    stage.takeFaults();
  });

  test("a link that Jaeger's page wrote finds the same", async () => {
    const [from, to] = [-60_000_000n, 60_000_000n].map((us) => START / 1000n + us);
    const rest = `end=${to}&limit=20&lookback=1h&maxDuration&minDuration&start=${from}`;
    const page = await stage.open(`/search?${rest}&service=front&tags=%7B%22http.route%22%3A%22%2Frolldice%22%7D`);
    await page.locator("#summary", { hasText: "1 trace" }).waitFor();
    expect(await page.locator("[name=tags]").inputValue()).toBe("http.route=/rolldice");
    expect(await page.locator("[name=start]").isVisible()).toBeTrue();
    await stage.open(`/search?${rest.replace(String(to), String(from))}&service=front`);
    await page.locator("#summary", { hasText: "No traces" }).waitFor();
    await stage.open(`/search?traceID=${ROLL_ID}&traceID=abc`);
    await page.locator("#summary", { hasText: "1 trace" }).waitFor();
    await page.locator(".notice", { hasText: "Not here: 00000000000000000000000000000abc" }).waitFor();
  });

  test("more traces than are shown are counted, and the order can be chosen", async () => {
    const page = await stage.open("/search?limit=1");
    await page.locator("#summary", { hasText: "1 of 2 traces, the newest first" }).waitFor();
    await page.locator("[name=sort]").selectOption("spans");
    await page.waitForURL("**/search?limit=1&sort=spans");
    await page.locator(`a[href="/trace/${MESSY_ID}"]`).waitFor();
    await page.locator("[name=sort]").selectOption("errors");
    await page.locator(`a[href="/trace/${ROLL_ID}"]`).waitFor();
  });

  test("a trace opens by its id or a whole traceparent, and by nothing else", async () => {
    const page = await stage.open("/metrics");
    const field = page.locator(".jump input");
    await field.fill("../etc/passwd");
    await field.press("Enter");
    expect(await page.locator(".jump input:invalid").count()).toBe(1);
    await field.fill(`00-${ROLL_ID}-00f067aa0ba902b7-01`);
    await field.press("Enter");
    await page.waitForURL(`**/trace/${ROLL_ID}`);
    await page.locator(".row").first().waitFor();
  });

  test("logs of traces and of none are on one page, found by words, severity and service, and lead to their trace", async () => {
    const page = await stage.open("/logs");
    await page.locator("#summary", { hasText: "3 log records" }).waitFor();
    expect(await page.locator(".said").allTextContents()).toEqual([
      "the die is warm die=six",
      "of a trace without spans",
      "of no trace",
    ]);
    await page.keyboard.press("/");
    await page.keyboard.type("trace of");
    await page.locator("#summary", { hasText: "2 log records" }).waitFor();
    await page.locator("[name=severity]").selectOption("error");
    await page.waitForURL("**/logs?search=trace+of&severity=error");
    await page.locator("#summary", { hasText: "1 log record" }).waitFor();
    await page.reload();
    await page.locator("#summary", { hasText: "1 log record" }).waitFor();
    expect(await page.locator("[name=search]").inputValue()).toBe("trace of");
    await page.locator("[name=service]").selectOption("front");
    await page.locator(".empty", { hasText: "No log record matches" }).waitFor();
    await stage.open("/logs?search=warm");
    await page.locator(".logs a").click();
    await page.locator(".details h2", { hasText: "roll dice" }).waitFor();
  });

  test("logs refresh themselves when told to", async () => {
    const page = await stage.open("/logs?search=late");
    await page.locator(".empty").waitFor();
    await page.clock.install();
    await page.locator("#auto").check();
    const late = { timeUnixNano: String(START), body: { stringValue: "late" } };
    await stage.post("/v1/logs", { resourceLogs: [{ scopeLogs: [{ logRecords: [late] }] }] });
    await page.clock.runFor(5_000);
    await page.locator("#summary", { hasText: "1 log record" }).waitFor();
  });

  test("metrics show their distribution in numbers, too", async () => {
    const page = await stage.open("/metrics");
    const metric = page.locator(".metric");
    await metric.waitFor();
    expect(await metric.locator("dl").textContent()).toMatch(/^count4mean17.5 msp50 ≈17.5 msp99 ≈[\d.]+ msmax40 ms$/);
    expect(await metric.locator("svg").getAttribute("aria-label")).toContain("≤ 25 ms: 2");
    await page.locator("#find").fill("nothing like it");
    await page.locator("#summary", { hasText: "0 metrics of 1" }).waitFor();
  });

  test("the list refreshes itself when that is switched on, and the focus stays", async () => {
    const page = await stage.open("/search");
    await page.clock.install();
    await page.locator("#auto").check();
    await page.locator(`a[href="/trace/${ROLL_ID}"]`).focus();
    await stage.send(LATE);
    await page.clock.runFor(5_000);
    await page.locator("#summary", { hasText: "3 traces" }).waitFor();
    expect(await page.locator(":focus").getAttribute("href")).toBe(`/trace/${ROLL_ID}`);
  });
});
