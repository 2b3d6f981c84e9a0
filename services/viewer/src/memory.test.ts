/** The memory of the whole process, under what senders do. */
import { afterEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { toAttributes } from "./testing/otlp.ts";
import { PROTOBUF, toProtobuf } from "./testing/otlp-http.ts";

const MIB = 1024 * 1024;
const DEFAULT_LIMIT = 256 * MIB;
const SERVICES = 200;
const SPANS = 100_000;
const BATCH = 500;
const TIMEOUT_MS = 60_000;

let stop = () => {};
afterEach(() => stop());

async function start() {
  const env = { ...process.env, VIEWER_PORT: "0", VIEWER_OTLP_HTTP_PORT: "0", VIEWER_OTLP_GRPC_PORT: "0" };
  const child = Bun.spawn([process.execPath, "run", join(import.meta.dir, "..")], { env, stdout: "pipe" });
  stop = () => child.kill();
  const { value } = await child.stdout.getReader().read();
  const [url = "", otlpUrl = ""] = new TextDecoder().decode(value).match(/http:[^\s,]+/g) ?? [];
  const status = () => readFileSync(`/proc/${child.pid}/status`, "utf8");
  const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status())?.[1]) * 1024;
  return { url, otlpUrl, empty: read("VmRSS"), peak: () => read("VmHWM") };
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, "0");
}

/** Ten spans to a trace, all of one service. */
function batch(from: number): Uint8Array<ArrayBuffer> {
  const start = BigInt(Date.now()) * 1_000_000n;
  const spans = Array.from({ length: BATCH }, (_, index) => ({
    traceId: hex(Math.floor((from + index) / 10) + 1, 32),
    spanId: hex(from + index + 1, 16),
    name: `GET /items/${index % 50}`,
    kind: 2,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 1_000_000n),
    attributes: toAttributes({ "http.request.method": "GET", "item.id": from + index }),
  }));
  const resource = { attributes: toAttributes({ "service.name": `service ${(from / BATCH) % SERVICES}` }) };
  return toProtobuf({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
}

describe.skipIf(process.platform !== "linux")("memory", () => {
  test(
    "100 000 spans of 200 services are all kept, in one and a half times the limit",
    async () => {
      const { url, otlpUrl, empty, peak } = await start();
      for (let from = 0; from < SPANS; from += BATCH) {
        const response = await fetch(`${otlpUrl}/v1/traces`, {
          method: "POST",
          body: batch(from),
          headers: { "content-type": PROTOBUF },
        });
        expect(response.status).toBe(200);
      }
      const { data } = (await (await fetch(`${url}/api/viewer/stats`)).json()) as { data: object };
      expect(data).toMatchObject({ spans: SPANS, traces: SPANS / 10, droppedSpans: 0, refusedRecords: 0 });
      const services = (await (await fetch(`${url}/api/services`)).json()) as { total: number };
      expect(services.total).toBe(SERVICES);
      expect(peak()).toBeLessThan(1.5 * DEFAULT_LIMIT + empty);
    },
    TIMEOUT_MS,
  );

  test(
    "40 bodies of 18 KB at once that unpack to 19 MB each",
    async () => {
      const { otlpUrl, empty, peak } = await start();
      const span = { traceId: hex(1, 32), spanId: hex(1, 16), name: "x".repeat(19 * MIB) };
      const body = new Uint8Array(gzipSync(toProtobuf({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })));
      expect(body.length).toBeLessThan(25_000);
      const headers = { "content-type": PROTOBUF, "content-encoding": "gzip" };
      const send = async () => (await fetch(`${otlpUrl}/v1/traces`, { method: "POST", body, headers })).status;
      const answers = await Promise.all(Array.from({ length: 40 }, send));
      expect(answers.filter((status) => status !== 200 && status !== 503)).toEqual([]);
      expect(answers).toContain(200);
      expect(peak()).toBeLessThan(1.5 * DEFAULT_LIMIT + empty);
    },
    TIMEOUT_MS,
  );
});
