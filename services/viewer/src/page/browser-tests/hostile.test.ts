import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { START, toAttributes } from "../../testing/otlp.ts";
import { inspect } from "./inspector.ts";
import { CHROMIUM, type Stage, startStage } from "./stage.ts";
import { HOSTILE, HOSTILE_ID, HOSTILE_TEXTS } from "./traces.ts";

const [IMAGE, SCRIPT, ADDRESS] = HOSTILE_TEXTS;
const RESOURCE = { attributes: toAttributes({ "service.name": IMAGE }) };
const HARMLESS = { foreignLinks: [], pwned: false };

describe.skipIf(CHROMIUM === undefined)("markup and scripts in every field that a client can send", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage();
    await stage.send(HOSTILE);
    const attributes = toAttributes({ [IMAGE]: SCRIPT });
    const log = { severityText: SCRIPT, body: { stringValue: IMAGE }, attributes, timeUnixNano: String(START) };
    const logRecords = [{ ...log, traceId: HOSTILE_ID, spanId: "00000000000000b1" }];
    await stage.post("/v1/logs", { resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ logRecords }] }] });
    const dataPoints = [{ asInt: "7", timeUnixNano: String(START), attributes }];
    const metrics = [{ name: SCRIPT, description: IMAGE, unit: SCRIPT, gauge: { dataPoints } }];
    await stage.post("/v1/metrics", { resourceMetrics: [{ resource: RESOURCE, scopeMetrics: [{ metrics }] }] });
  });
  afterAll(() => stage?.stop());
  // The faults would contain a violation of the policy, so no script even tries to run.
  afterEach(() => expect(stage.takeFaults()).toEqual([]));

  test("is text on the list of traces, and in its filters", async () => {
    const page = await stage.open(`/search?service=${encodeURIComponent(IMAGE)}`);
    expect(await page.locator(".trace-name").textContent()).toBe(`${IMAGE} ${SCRIPT}`);
    expect(await page.locator("[name=service] option").allTextContents()).toContain(SCRIPT);
    expect(await page.locator("[name=operation] option").allTextContents()).toContain(SCRIPT);
    expect(await inspect(page)).toMatchObject(HARMLESS);
  });

  test("is text in the parts of the address", async () => {
    const page = await stage.open(
      `/search?service=${encodeURIComponent(SCRIPT)}&tags=${encodeURIComponent(`"${IMAGE}`)}`,
    );
    await page.locator("#problem:not(:empty)").waitFor();
    expect(await inspect(page)).toMatchObject(HARMLESS);
  });

  test("is text in the tree and in the details of each span", async () => {
    const page = await stage.open(`/trace/${HOSTILE_ID}`);
    const rows = page.locator(".row");
    await rows.first().click();
    const details = page.locator(".details");
    const text = await details.textContent();
    for (const hostile of HOSTILE_TEXTS) expect(text).toContain(hostile);
    expect(await details.locator("tr", { hasText: ADDRESS }).locator("a").count()).toBe(0);
    expect(await details.locator("tr", { hasText: "__proto__" }).textContent()).toBe(`__proto__${SCRIPT}`);
    await rows.nth(1).click();
    await page.locator(".details h2", { hasText: IMAGE }).waitFor();
    expect(await inspect(page)).toMatchObject(HARMLESS);
  });

  test("is text in the logs", async () => {
    const page = await stage.open(`/trace/${HOSTILE_ID}`);
    expect(await page.locator(".logs li").textContent()).toContain(`${SCRIPT}${IMAGE}${IMAGE} ${IMAGE}=${SCRIPT}`);
    expect(await inspect(page)).toMatchObject(HARMLESS);
  });

  test("is text on the map", async () => {
    const page = await stage.open("/map");
    const names = await page.locator(".map title").allTextContents();
    for (const name of [IMAGE, SCRIPT]) expect(names.some((text) => text.startsWith(`${name}: `))).toBeTrue();
    expect(await page.locator(".calls tbody tr").textContent()).toContain(`${IMAGE}${SCRIPT}unknown`);
    expect(await inspect(page)).toMatchObject(HARMLESS);
  });

  test("is text where two traces are compared", async () => {
    const page = await stage.open(`/compare?a=${HOSTILE_ID}&b=${HOSTILE_ID}`);
    expect(await page.locator(".pair-name").first().textContent()).toBe(`${IMAGE} ${SCRIPT}`);
    await stage.open(`/compare?a=${encodeURIComponent(IMAGE)}`);
    await page.locator(".notice", { hasText: IMAGE }).waitFor();
    expect(await inspect(page)).toMatchObject(HARMLESS);
  });

  test("is text among the metrics", async () => {
    const page = await stage.open("/metrics");
    const text = await page.locator(".metric").textContent();
    expect(text).toContain(`${SCRIPT}gauge, in ${SCRIPT}${IMAGE}${IMAGE}=${SCRIPT}`);
    expect(await inspect(page)).toMatchObject(HARMLESS);
  });
});
