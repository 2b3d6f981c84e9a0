/**
 * Adds a route to front that makes as many spans as it is asked for: `/bench/spans?count=16`. It works with whatever
 * telemetry the services have, so preload it after the module that replaces that.
 */
import { type Telemetry, withSpan } from "@baton/telemetry";
import * as http from "@baton/telemetry/http";
import { plugin } from "bun";

plugin({
  name: "add /bench/spans",
  setup(build) {
    build.module("@baton/telemetry/http", () => ({ exports: { ...http, httpServerTelemetry }, loader: "object" }));
  },
});

/** The first span is the one of the request; the others follow one another inside it. */
function httpServerTelemetry(telemetry: Telemetry, options: http.HttpServerTelemetryOptions) {
  return http.httpServerTelemetry(telemetry, options).get("/bench/spans", async ({ query }) => {
    const count = Number(query.count);
    let sum = 0;
    for (let number = 2; number <= count; number++) {
      const attributes = { "work.number": number, "work.name": "roll" };
      sum += await withSpan(telemetry, "work", { attributes }, async () => number);
    }
    return { sum };
  });
}
