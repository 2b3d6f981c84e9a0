/** What front takes over from an unknown caller, and what of it reaches back. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { DiceServiceDefinition, type DiceServiceImplementation } from "@baton/proto/baton/dice/v1";
import { createServer } from "nice-grpc";
import { processTimeoutMs } from "../../support/stack.ts";
import { startFront } from "./service-process.ts";

setDefaultTimeout(processTimeoutMs);

const callerTraceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${callerTraceId}-b7ad6b7169203331-01`;
/** The SDK is on, so that something is decided; nothing is exported. */
const noExport = { OTEL_TRACES_EXPORTER: "none" };

describe("a traceparent of an unknown caller that says sampled, where the sampler's ratio is 0", () => {
  const ratioZero = { ...noExport, OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0" };
  test.each([
    ["continue", true, "sampled"],
    ["restart", false, "not sampled"],
    ["ignore", false, "not sampled"],
  ])("FRONT_TRUST=%s: the caller's trace goes on: %p, and it is %s", async (trust, goesOn, sampled) => {
    await using front = await startFront({ ...ratioZero, FRONT_TRUST: trust });
    const response = await fetch(new URL("/openapi", front.url), { headers: { traceparent } });
    const [, traceId, , flags = ""] = (response.headers.get("traceresponse") ?? "").split("-");
    expect(traceId === callerTraceId).toBe(goesOn);
    expect(Number.parseInt(flags, 16) & 1).toBe(sampled === "sampled" ? 1 : 0);
  });
});

test("of the baggage of an unknown caller, only the key of the demo reaches back", async () => {
  const received: (string | undefined)[] = [];
  const server = createServer();
  const roll: DiceServiceImplementation["roll"] = async (_, { metadata }) => {
    received.push(metadata.get("baggage"));
    return { values: [4] };
  };
  server.add(DiceServiceDefinition, { ...notCalled, roll });
  const port = await server.listen("127.0.0.1:0");
  await using front = await startFront({ ...noExport, BACK_ADDRESS: `127.0.0.1:${port}` });
  const ask = (baggage: string) => fetch(new URL("/rolldice", front.url), { headers: { baggage } });
  expect((await ask("dice.table=blue,user.id=7,DICE.TABLE=red")).status).toBe(200);
  expect((await ask("user.id=7")).status).toBe(200);
  expect(received).toEqual(["dice.table=blue", undefined]);
  server.forceShutdown();
});

const notCalled: DiceServiceImplementation = {
  roll: () => Promise.reject(new Error("not called")),
  streamRolls: () => {
    throw new Error("not called");
  },
  tallyRolls: () => Promise.reject(new Error("not called")),
  playRounds: () => {
    throw new Error("not called");
  },
};
