/** The doctor against gRPC services: definitions by reflection, messages from JSON, metadata byte by byte. */
import { afterAll, describe, expect, test } from "bun:test";
import { createBackServer } from "@baton/back/server";
import { type Examination, examine } from "@baton/doctor";
import { startTelemetry } from "@baton/telemetry";
import { createServer } from "nice-grpc";
import { freePorts } from "./free-ports.ts";

const [otlpHttpPort = 0, otlpGrpcPort = 0] = freePorts(2);
const telemetry = startTelemetry({
  serviceName: "back",
  register: false,
  env: {
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${otlpGrpcPort}`,
    OTEL_BSP_SCHEDULE_DELAY: "20",
    OTEL_METRICS_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
  },
  onReport: () => {},
});
const quiet = () => {};
const log = { info: quiet, warn: quiet, error: quiet };
const back = createBackServer({ telemetry, log });
const address = `grpc://127.0.0.1:${await back.listen("127.0.0.1", 0)}`;
afterAll(async () => {
  await back.shutdown(0);
  await telemetry.shutdown();
});

const service = "baton.dice.v1.DiceService";

function look(method: string, data: string, url = address): Promise<Examination> {
  return examine({ url: `${url}/${method}`, data, otlpHttpPort, otlpGrpcPort, waitMs: 10_000 });
}

function summaryOf(checks: Examination["checks"], wanted: string): string {
  return checks.find(({ id }) => id === wanted)?.summary ?? "";
}

describe.each([
  ["Roll", '{"player":"ann","rolls":1,"sides":6}'],
  ["StreamRolls", '{"player":"ann","rolls":3,"sides":6}'],
  ["TallyRolls", '[{"player":"ann","rolls":1,"sides":6},{"player":"ann","rolls":2,"sides":6}]'],
  ["PlayRounds", '[{"player":"ann","rolls":1,"sides":6}]'],
])("%s", (method, data) => {
  test("nothing is found, and OTLP comes over gRPC", async () => {
    const { outcome, checks, service: facts } = await look(`${service}/${method}`, data);
    expect(facts?.name).toBe("back");
    expect(checks.filter(({ state }) => state !== "right").map(({ id }) => id)).toEqual(["passes-on", "baggage"]);
    expect(outcome).toBe("right");
    // gRPC spans have no User-Agent: those of new traces are known by their time.
    const [, right, all] = /^(\d+) of (\d+) cases right/.exec(summaryOf(checks, "strict")) ?? [];
    expect(Number(right)).toBeGreaterThan(100);
    expect(right).toBe(all);
  });
});

describe("refuses", () => {
  test.each([
    [`${service}/Roll`, "{", "data: must be JSON, not {"],
    [`${service}/Roll`, "[]", "data: Roll takes one message, not a list"],
    [`${service}/Roll`, '{"dice":1}', "data: is not a baton.dice.v1.RollRequest: "],
    [`${service}/Nothing`, "{}", `url: the server has no method /${service}/Nothing. Check its spelling.`],
    ["no.Such/Method", "{}", "url: the server does not know no.Such. Check its spelling."],
  ])("%s with %s", async (method, data, message) => {
    await expect(look(method, data)).rejects.toThrow(message);
  });

  test("a server without reflection", async () => {
    const bare = createServer();
    const port = await bare.listen("127.0.0.1:0");
    await expect(look(`${service}/Roll`, "{}", `grpc://127.0.0.1:${port}`)).rejects.toThrow(
      "url: the server has no reflection. Turn server reflection on",
    );
    await bare.shutdown();
  });

  test("an address where nobody listens", async () => {
    const [port] = freePorts(1);
    await expect(look(`${service}/Roll`, "{}", `grpc://127.0.0.1:${port}`)).rejects.toThrow(
      "url: asking the server for its definitions failed",
    );
  });
});
