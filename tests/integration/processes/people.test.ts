/** What a person sees who starts a service in a terminal and looks for a trace. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { root } from "@baton/demo/child-process";
import { until } from "@baton/tools/until";
import { processTimeoutMs } from "../../support/stack.ts";
import { otlpEnvironment, startOtlpSink } from "../telemetry/otlp-sink.ts";
import { startBack, startFront } from "./service-process.ts";

setDefaultTimeout(processTimeoutMs);

test("a trace is at the backend long before OpenTelemetry's default of five seconds", async () => {
  await using sink = startOtlpSink();
  const otlp = { ...otlpEnvironment(sink.url), OTEL_TRACES_EXPORTER: "otlp" };
  await using back = await startBack(otlp);
  await using front = await startFront({ ...otlp, BACK_ADDRESS: back.address });
  await front.line(/^back answers/);
  expect((await front.get("/rolldice")).status).toBe(200);
  const answeredAt = performance.now();
  await until("all four spans are there", () => sink.spans.length === 4);
  expect(performance.now() - answeredAt).toBeLessThan(3000);
});

test.each([
  ["front", /^front {2}http:\/\/localhost:\d+ {2}traces -> http:\/\/localhost:4999$/],
  ["back", /^back {2}localhost:\d+ {2}traces -> http:\/\/localhost:4999$/],
])("%s says on a terminal where it is and where its traces go, each once", async (service, line) => {
  await using terminal = startInTerminal(service, {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4999",
    OTEL_TRACES_SAMPLER: "dice",
  });
  await until("it is ready", () => terminal.lines().some((text) => line.test(text)));
  const text = terminal.lines().join("\n");
  expect(text).not.toContain("{");
  expect(text.match(/localhost:4999/g)).toHaveLength(1);
  expect(text).toMatch(new RegExp(`^${service}  warn: OTEL_TRACES_SAMPLER`, "m"));
});

test.each([
  [{ OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.1" }, "parentbased_traceidratio 0.1"],
  [{ OTEL_TRACES_SAMPLER: "always_off" }, "always_off"],
])("a sampler that may hide a trace is named on a terminal: %j", async (env, sampler) => {
  await using terminal = startInTerminal("back", env);
  await until("it is ready", () => terminal.lines().some((text) => text.endsWith(`  sampler: ${sampler}`)));
});

test("in a pipe the address stands in a field of the line, and nowhere else in it", async () => {
  await using back = await startBack();
  await using front = await startFront({ BACK_ADDRESS: back.address });
  expect(await front.line(/^front answers/)).toMatchObject({ msg: "front answers HTTP", url: front.url });
  expect(await back.line(/^back answers/)).toMatchObject({ msg: "back answers gRPC", address: back.address });
});

function startInTerminal(service: string, env: Readonly<Record<string, string>>) {
  let text = "";
  const decoder = new TextDecoder();
  const child = Bun.spawn([process.execPath, "run", `services/${service}`], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", TERM: "xterm", FRONT_PORT: "0", BACK_PORT: "0", ...env },
    terminal: {
      cols: 200,
      rows: 50,
      data: (_, data) => {
        text += decoder.decode(data, { stream: true }).replaceAll("\r", "");
      },
    },
  });
  return {
    lines: (): readonly string[] => text.split("\n"),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
