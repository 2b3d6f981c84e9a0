/**
 * How long 100 000 spans take to arrive, to be searched and to be drawn, in the viewer and in a real Jaeger by turns:
 * `BATON_REAL_JAEGER=... bun services/viewer/src/testing/measure.ts`. The figures of docs/viewer.md come from it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { toAttributes } from "./otlp.ts";
import { PROTOBUF, toProtobuf } from "./otlp-http.ts";
import { startRealJaeger } from "./real-jaeger.ts";

const ROUNDS = 3;
const SPANS = 100_000;
const BATCH = 500;
const SPANS_PER_TRACE = 10;
/** About as many as the viewer keeps of one trace with its usual memory. */
const LARGE_SPANS = 90_000;
const SERVICES = 20;
const LARGE_TRACE = 0xf_ffff;
const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

interface Backend {
  readonly url: string;
  readonly otlpUrl: string;
  readonly pid: number;
  readonly stop: () => Promise<void> | void;
}

type Figures = Record<string, number>;

const hex = (number: number, digits: number) => number.toString(16).padStart(digits, "0");
const now = BigInt(Date.now()) * 1_000_000n;
const bodies = Array.from({ length: SPANS / BATCH }, (_, index) => batch(index * BATCH, SPANS_PER_TRACE, 1));
const large = Array.from({ length: LARGE_SPANS / BATCH }, (_, index) => batch(index * BATCH, LARGE_SPANS, LARGE_TRACE));

const figures: Record<string, Figures[]> = { viewer: [], Jaeger: [] };
for (let round = 0; round < ROUNDS; round += 1) {
  figures.viewer?.push(await measure(await startViewerProcess(), true));
  figures.Jaeger?.push(await measure(await startRealJaeger(process.env.BATON_REAL_JAEGER ?? "", SPANS), false));
}
for (const [name, rounds] of Object.entries(figures)) {
  for (const what of Object.keys(rounds[0] ?? {}))
    console.log(name, what, rounds.map((each) => Math.round(each[what] ?? 0)).join(" "));
}

/** Milliseconds, and mebibytes. */
async function measure({ url, otlpUrl, pid, stop }: Backend, hasPages: boolean): Promise<Figures> {
  try {
    const found: Figures = {};
    found["100 000 spans of 10 000 traces arrive"] = await timed(() => sendAll(otlpUrl, bodies));
    found["memory after that, MiB"] =
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
    const times = `start=${(now - 3_600_000_000_000n) / 1000n}&end=${(now + 3_600_000_000_000n) / 1000n}&limit=20`;
    found["search by service, 20 traces"] = await timed(() => read(`${url}/api/traces?service=service-5&${times}`, 20));
    found["search by service and a tag of one trace"] = await timed(() =>
      read(`${url}/api/traces?service=service-5&tag=item.id:52555&${times}`, 1),
    );
    found["search that finds nothing"] = await timed(() =>
      read(`${url}/api/traces?service=service-5&tag=item.id:none&${times}`, 0),
    );
    if (hasPages) found["list of traces drawn"] = await drawn(`${url}/search`, ".trace-link", 20);
    found["90 000 spans of one trace arrive"] = await timed(() => sendAll(otlpUrl, large));
    found["that trace as JSON"] = await timed(() => read(`${url}/api/traces/${hex(LARGE_TRACE, 32)}`, 1));
    if (hasPages) found["that trace drawn"] = await drawn(`${url}/trace/${hex(LARGE_TRACE, 32)}`, ".row", LARGE_SPANS);
    return found;
  } finally {
    await stop();
  }
}

async function startViewerProcess(): Promise<Backend> {
  const env = { ...process.env, VIEWER_PORT: "0", VIEWER_OTLP_HTTP_PORT: "0", VIEWER_OTLP_GRPC_PORT: "0" };
  const child = Bun.spawn([process.execPath, "run", join(import.meta.dir, "../..")], {
    env,
    stdout: "pipe",
    stdin: "ignore",
  });
  const { value } = await child.stdout.getReader().read();
  const [url = "", otlpUrl = ""] = new TextDecoder().decode(value).match(/http:[^\s,]+/g) ?? [];
  return { url, otlpUrl, pid: child.pid, stop: () => child.kill() };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
}

async function sendAll(otlpUrl: string, all: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
  for (const body of all) {
    const response = await fetch(`${otlpUrl}/v1/traces`, {
      method: "POST",
      body,
      headers: { "content-type": PROTOBUF },
    });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  }
}

async function read(url: string, traces: number): Promise<void> {
  const { data } = (await (await fetch(url)).json()) as { data: readonly unknown[] | null };
  if ((data?.length ?? 0) !== traces) throw new Error(`${url} found ${data?.length}, not ${traces}`);
}

/** Until the page has this many elements and the browser has painted. */
async function drawn(url: string, selector: string, count: number): Promise<number> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage();
    return await timed(async () => {
      await page.goto(url);
      await page
        .locator(selector)
        .nth(count - 1)
        .waitFor({ state: "attached", timeout: 120_000 });
      await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    });
  } finally {
    await browser.close();
  }
}

function batch(from: number, spansPerTrace: number, firstTrace: number): Uint8Array<ArrayBuffer> {
  const spans = Array.from({ length: BATCH }, (_, index) => {
    const number = from + index;
    const place = number % spansPerTrace;
    const first = number - place;
    const start = now + BigInt(place) * 1_000_000n;
    return {
      traceId: hex(Math.floor(number / spansPerTrace) + firstTrace, 32),
      spanId: hex(number + 1, 16),
      ...(place > 0 && { parentSpanId: hex(first + Math.floor((place - 1) / 2) + 1, 16) }),
      name: `step ${number % 50}`,
      kind: 2,
      startTimeUnixNano: String(start),
      endTimeUnixNano: String(start + 5_000_000n),
      attributes: toAttributes({ "http.request.method": "GET", "item.id": String(number) }),
    };
  });
  const resource = { attributes: toAttributes({ "service.name": `service-${(from / BATCH) % SERVICES}` }) };
  return toProtobuf({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
}
