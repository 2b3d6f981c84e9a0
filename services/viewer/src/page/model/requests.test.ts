import { expect, test } from "bun:test";
import type { MetricAnswer, SeriesAnswer } from "./metric.ts";
import { sumUpRequests } from "./requests.ts";

function series(attributes: Readonly<Record<string, unknown>>, ...counts: number[]): SeriesAnswer {
  const pairs = Object.entries(attributes).map(([key, value]) => ({ key, value }));
  return { attributes: pairs, count: counts.reduce((a, b) => a + b, 0), bounds: [1], counts };
}

function metric(name: string, ...all: SeriesAnswer[]): MetricAnswer {
  return { service: "front", name, unit: "s", description: "", type: "histogram", series: all };
}

test("requests of all series are added up, and those that failed are counted", () => {
  const found = sumUpRequests([
    metric(
      "http.server.request.duration",
      series({ "http.response.status_code": 200 }, 6, 0),
      series({ "http.response.status_code": 503, "error.type": "503" }, 0, 2),
      series({ "http.response.status_code": 404, "error.type": "404" }, 2, 0),
    ),
    metric("http.client.request.duration", series({}, 9, 9)),
    metric("rpc.server.call.duration", series({ "error.type": "timeout" }, 1, 0)),
  ]);
  expect(found).toMatchObject([
    { protocol: "HTTP", count: 10, errors: 2, unit: "s" },
    { protocol: "RPC", count: 1, errors: 1 },
  ]);
  expect(found[0]?.median).toBeCloseTo(0.625);
});

test("series with other buckets are counted, but have no common median", () => {
  const other = { ...series({}, 1, 0), bounds: [5] };
  expect(sumUpRequests([metric("http.server.duration", series({}, 1, 0), other)])).toMatchObject([
    { count: 2, median: undefined },
  ]);
});
