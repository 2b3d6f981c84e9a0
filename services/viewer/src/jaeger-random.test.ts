/**
 * The same random traces go into a real Jaeger and into the viewer, and the answers to the same random queries agree.
 * Runs when BATON_REAL_JAEGER names Jaeger's binary. The seed is printed; BATON_RANDOM_SEED sets it, to see a fault again.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { JaegerEnvelope } from "@baton/trace-tree";
import { normalise, otlpWithoutKnown, sortData, withoutKnown } from "./testing/jaeger-answers.ts";
import { postJson, traceRequest } from "./testing/otlp.ts";
import { createRandom, randomSearch, randomTraces } from "./testing/random-traces.ts";
import { type RealJaeger, startRealJaeger } from "./testing/real-jaeger.ts";
import { startViewer, type Viewer } from "./viewer.ts";

const binary = process.env.BATON_REAL_JAEGER ?? "";
const seed = Number(process.env.BATON_RANDOM_SEED ?? Math.floor(Math.random() * 2 ** 32));

const TRACES = 80;
const SEARCHES = 150;

describe.skipIf(binary === "")(`random traces and a real Jaeger, BATON_RANDOM_SEED=${seed}`, () => {
  const random = createRandom(seed);
  const sent = randomTraces(random, TRACES);
  let viewer: Viewer;
  let jaeger: RealJaeger;

  beforeAll(async () => {
    console.log(`BATON_RANDOM_SEED=${seed}`);
    [viewer, jaeger] = await Promise.all([
      startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 }),
      startRealJaeger(binary),
    ]);
    for (const { otlpUrl } of [viewer, jaeger]) {
      for (const trace of sent)
        expect((await postJson(otlpUrl, "/v1/traces", traceRequest(...trace))).status).toBe(200);
    }
  });
  afterAll(async () => {
    await Promise.all([viewer?.stop(), jaeger?.stop()]);
  });

  async function both(path: string) {
    const [ours, theirs] = await Promise.all(
      [viewer, jaeger].map(async ({ url }) => {
        const response = await fetch(`${url}${path}`);
        return { status: response.status, body: (await response.json()) as JaegerEnvelope<unknown> };
      }),
    );
    if (!ours || !theirs) throw new Error("no answer");
    return { ours, theirs };
  }

  test("every trace, in both APIs", async () => {
    for (const [group] of sent) {
      const id = group?.spans[0]?.traceId;
      const first = await both(`/api/traces/${id}`);
      expect(byTrace(normalise(first.ours.body))).toEqual(byTrace(normalise(first.theirs.body)));
      const third = await both(`/api/v3/traces/${id}`);
      expect(otlpWithoutKnown(third.ours.body)).toEqual(otlpWithoutKnown(third.theirs.body));
    }
  });

  test("services, operations and dependencies", async () => {
    const services = await both("/api/services");
    expect(sortData(services.ours.body)).toEqual(sortData(services.theirs.body));
    for (const service of services.theirs.body.data as readonly string[]) {
      const { ours, theirs } = await both(`/api/operations?service=${encodeURIComponent(service)}`);
      expect(sortData(ours.body)).toEqual(sortData(theirs.body));
    }
    const { ours, theirs } = await both(`/api/dependencies?endTs=${Date.now() + 60_000}&lookback=3600000`);
    expect(sortData(ours.body)).toEqual(sortData(theirs.body));
  });

  test("searches", async () => {
    let found = 0;
    for (let left = SEARCHES; left > 0; left -= 1) {
      const query = randomSearch(random, Date.now());
      const { ours, theirs } = await both(`/api/traces?${query}`);
      const answers = [ours, theirs].map(({ status, body }) => ({ query, status, body: byTrace(normalise(body)) }));
      expect(answers[0]).toEqual(answers[1]);
      found += (theirs.body.data as readonly unknown[] | null)?.length ?? 0;
    }
    // Searches that find nothing would prove nothing.
    expect(found).toBeGreaterThan(SEARCHES);
  });
});

/** Jaeger's traces have no order. */
function byTrace(body: ReturnType<typeof normalise>) {
  return { ...body, data: withoutKnown(body.data).toSorted((a, b) => (a.traceID < b.traceID ? -1 : 1)) };
}
