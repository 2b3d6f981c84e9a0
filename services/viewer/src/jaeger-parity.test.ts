/**
 * The viewer and a real Jaeger must answer with the same JSON when the same OTLP was sent to both. Runs when
 * BATON_REAL_JAEGER names Jaeger's binary.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { JaegerEnvelope } from "@baton/trace-tree";
import { normalise, sortData, spansOf } from "./testing/jaeger-answers.ts";
import { postJson, TRACE_ID, traceRequest } from "./testing/otlp.ts";
import { REFUSED, SEARCHES, SENT, SHORT_TRACE_ID, V3_LISTS, V3_REFUSED, V3_SEARCHES } from "./testing/parity-cases.ts";
import { type RealJaeger, startRealJaeger } from "./testing/real-jaeger.ts";
import { startViewer, type Viewer } from "./viewer.ts";

const binary = process.env.BATON_REAL_JAEGER ?? "";

if (binary === "") {
  test.skipIf(true)("against a real Jaeger: not run, BATON_REAL_JAEGER does not name its binary", () => {});
} else {
  describe("against a real Jaeger", compareWithJaeger);
}

function compareWithJaeger(): void {
  let viewer: Viewer;
  let jaeger: RealJaeger;

  beforeAll(async () => {
    [viewer, jaeger] = await Promise.all([
      startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 }),
      startRealJaeger(binary),
    ]);
    for (const { otlpUrl } of [viewer, jaeger]) {
      const response = await postJson(otlpUrl, "/v1/traces", traceRequest(...SENT));
      expect(await response.json()).toEqual(expect.objectContaining({}));
      expect(response.status).toBe(200);
    }
  });
  afterAll(async () => {
    await Promise.all([viewer?.stop(), jaeger?.stop()]);
  });

  async function both(path: string) {
    const [ours, theirs] = await Promise.all([viewer, jaeger].map(({ url }) => fetch(`${url}${path}`)));
    if (!ours || !theirs) throw new Error("no answer");
    return { ours: await read(ours), theirs: await read(theirs) };
  }

  test.each([TRACE_ID, TRACE_ID.slice(1), SHORT_TRACE_ID, SHORT_TRACE_ID.slice(16)])("trace %s", async (id) => {
    const { ours, theirs } = await both(`/api/traces/${id}`);
    expect(theirs.status).toBe(200);
    expect({ ...ours, body: normalise(ours.body) }).toEqual({ ...theirs, body: normalise(theirs.body) });
  });

  test.each(SEARCHES)("search %s", async (query) => {
    const { ours, theirs } = await both(`/api/traces?${query}`);
    expect(theirs.status).toBe(200);
    expect({ ...ours, body: normalise(ours.body) }).toEqual({ ...theirs, body: normalise(theirs.body) });
  });

  test.each(["/api/services", "/api/services/back/operations", "/api/operations?service=back&spanKind=server"])(
    "list %s",
    async (path) => {
      const { ours, theirs } = await both(path);
      expect(sortData(ours.body)).toEqual(sortData(theirs.body));
    },
  );

  test("dependencies", async () => {
    const { ours, theirs } = await both(`/api/dependencies?endTs=${Date.now() + 60_000}&lookback=3600000`);
    expect(sortData(ours.body)).toEqual(sortData(theirs.body));
  });

  test.each([TRACE_ID, TRACE_ID.slice(1), SHORT_TRACE_ID])("trace %s of the third API", async (id) => {
    const { ours, theirs } = await both(`/api/v3/traces/${id}`);
    expect(theirs.status).toBe(200);
    expect(spansOf(ours.body)).toEqual(spansOf(theirs.body));
  });

  test.each(V3_SEARCHES)("search %s of the third API", async (query) => {
    const { ours, theirs } = await both(`/api/v3/traces?${query}`);
    expect(ours.status).toBe(theirs.status);
    expect(spansOf(ours.body)).toEqual(spansOf(theirs.body));
  });

  test.each(V3_LISTS)("list %s", async (path) => {
    const { ours, theirs } = await both(path);
    expect(sortLists(ours.body)).toEqual(sortLists(theirs.body));
  });

  test.each(V3_REFUSED)("refuses %s", async (path) => {
    const { ours, theirs } = await both(path);
    expect(ours.status).toBe(theirs.status);
    expect<unknown>(ours.body).toEqual({ error: { httpCode: ours.status, message: expect.any(String) } });
    expect<unknown>(theirs.body).toEqual({ error: { httpCode: theirs.status, message: expect.any(String) } });
  });

  test.each(REFUSED)("refuses %s", async (path) => {
    const { ours, theirs } = await both(path);
    expect(ours.status).toBe(theirs.status);
    expect(shapeOf(ours.body)).toEqual(shapeOf(theirs.body));
  });
}

interface Answer {
  readonly status: number;
  readonly body: JaegerEnvelope<unknown>;
}

async function read(response: Response): Promise<Answer> {
  return { status: response.status, body: (await response.json()) as JaegerEnvelope<unknown> };
}

function sortLists(body: unknown): unknown {
  const text = (value: unknown) => JSON.stringify(value);
  return Object.entries(body as Readonly<Record<string, readonly unknown[]>>).map(([name, list]) => [
    name,
    list.toSorted((a, b) => (text(a) < text(b) ? -1 : 1)),
  ]);
}

/** Our error messages have other words. */
function shapeOf({ errors, ...rest }: JaegerEnvelope<unknown>): unknown {
  return { ...rest, errors: errors?.map(({ code }) => code) };
}
