import { expect, test } from "bun:test";
import type { Attributes } from "@opentelemetry/api";
import { createMethodReader } from "./method.ts";
import { createRouteBook } from "./routes.ts";

function book() {
  const lookedUp: Attributes[] = [];
  const durations = {
    series: (attributes: Attributes) => {
      lookedUp.push(attributes);
      return { record: () => {} };
    },
  };
  return { routes: createRouteBook(durations), lookedUp, read: createMethodReader(["GET", "POST"]) };
}

test("a route has a name for its span, one for each method; a method that is not known is HTTP", () => {
  const { routes, read } = book();
  const names = ["GET", "POST", "BREW"].map((method) => [
    routes.unknown(read(method)).spanName,
    routes.of(read(method), "/users/:id").spanName,
  ]);
  expect(names).toEqual([
    ["GET", "GET /users/:id"],
    ["POST", "POST /users/:id"],
    ["HTTP", "HTTP /users/:id"],
  ]);
});

test("what ended in the same way is looked up once, and only that", () => {
  const { routes, lookedUp, read } = book();
  const ends = [
    ["http", 200, undefined],
    ["http", 200, "ClientDisconnected"],
    ["https", 200, undefined],
    ["http", undefined, undefined],
    ["http", 404, undefined],
  ] as const;
  for (const [scheme, status, error] of ends) {
    const one = routes.of(read("GET"), "/a").duration(scheme, status, error);
    const again = routes.of(read("GET"), "/a").duration(scheme, status, error);
    if (error === undefined) expect(again).toBe(one);
  }
  routes.unknown(read("GET")).duration("http", 404, undefined);
  const get = { "http.request.method": "GET", "url.scheme": "http" };
  expect(lookedUp).toEqual([
    { ...get, "http.route": "/a", "http.response.status_code": 200 },
    { ...get, "http.route": "/a", "http.response.status_code": 200, "error.type": "ClientDisconnected" },
    { ...get, "http.route": "/a", "http.response.status_code": 200, "error.type": "ClientDisconnected" },
    { ...get, "url.scheme": "https", "http.route": "/a", "http.response.status_code": 200 },
    { ...get, "http.route": "/a" },
    { ...get, "http.route": "/a", "http.response.status_code": 404 },
    { ...get, "http.response.status_code": 404 },
  ]);
});

test("routes without end are served, and only the first thousand are kept", () => {
  const { routes, read } = book();
  const of = (index: number) => routes.of(read("GET"), `/${index}`);
  const [first] = Array.from({ length: 1200 }, (_, index) => of(index));
  expect(of(0)).toBe(first as never);
  expect(of(1100).spanName).toBe("GET /1100");
  expect(of(1100)).not.toBe(of(1100));
});
