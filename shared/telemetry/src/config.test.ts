/** Every row of the table: what a good value does, that a bad one is reported once and the default used. */
import { describe, expect, test } from "bun:test";
import {
  type ConfigCase,
  configCases,
  inertCases,
  refusedCases,
  specifiedDefaults,
} from "./config/config-cases.fixture.ts";
import { sections } from "./config/variables.ts";
import { type Environment, readTelemetryConfig } from "./config.ts";

const defaults = readTelemetryConfig({});

function read(env: Environment, found: ConfigCase["read"]): { value: unknown; problems: readonly string[] } {
  const { config, problems } = readTelemetryConfig(env);
  return { value: found(config), problems: problems.map(({ variable }) => variable) };
}

test("each row of the table has a case, and each case a row", () => {
  const rows = sections.flatMap((section) => Object.keys(section.rows));
  const cases = [...configCases, ...refusedCases, ...inertCases].map(({ variable }) => variable);
  expect(cases.toSorted()).toEqual(rows.toSorted());
});

test("with nothing set the defaults are the specification's, and there is nothing to report", () => {
  expect(defaults.problems).toEqual([]);
  expect(defaults.config).toEqual(specifiedDefaults);
});

describe.each([...configCases])("$variable", ({ variable, good, read: found, gives, bad, with: others = {} }) => {
  const without = read(others, found).value;

  test("a good value takes effect", () => {
    const { value, problems } = read({ ...others, [variable]: good }, found);
    expect(value).toEqual(gives);
    expect(value).not.toEqual(without);
    expect(problems).toEqual([]);
  });

  test("an empty or blank value is unset", () => {
    for (const blank of ["", "  "]) {
      expect(read({ ...others, [variable]: blank }, found)).toEqual(read(others, found));
    }
  });

  for (const text of bad) {
    test(`"${text.slice(0, 40)}" is reported once, by name`, () => {
      const { config, problems } = readTelemetryConfig({ ...others, [variable]: text });
      const mine = problems.filter((problem) => problem.variable === variable);
      expect(mine).toHaveLength(1);
      expect(mine[0]?.message).toStartWith(variable);
      expect(mine[0]?.message).toContain("; used instead: ");
      // A list keeps what it can; anything else falls back.
      if (!text.includes(",") || text === ",") expect(found(config)).toEqual(without);
    });
  }
});

describe.each([...refusedCases])("$variable", ({ variable, instead }) => {
  test("is refused by name, with what happens instead", () => {
    const { config, problems } = readTelemetryConfig({ [variable]: "x" });
    expect(problems.map((problem) => problem.variable)).toEqual([variable]);
    expect(problems[0]?.message).toContain(instead);
    expect(config).toEqual(defaults.config);
    expect(readTelemetryConfig({ [variable]: " " }).problems).toEqual([]);
  });
});

describe.each([...inertCases])("$variable", ({ variable, good, bad }) => {
  test("asks in vain, and says so", () => {
    expect(readTelemetryConfig({ [variable]: good })).toEqual(defaults);
    const { config, problems } = readTelemetryConfig({ [variable]: bad });
    expect(problems).toHaveLength(1);
    expect(config).toEqual(defaults.config);
  });
});

describe("values that are each valid but not together", () => {
  test("a batch is never larger than its queue", () => {
    const { config, problems } = readTelemetryConfig({ OTEL_BSP_MAX_QUEUE_SIZE: "100", OTEL_BLRP_MAX_QUEUE_SIZE: "7" });
    expect(config.traces.batch.maxBatchSize).toBe(100);
    expect(config.logs.batch.maxBatchSize).toBe(7);
    expect(problems.map(({ variable }) => variable)).toEqual([]);
    const asked = readTelemetryConfig({ OTEL_BSP_MAX_QUEUE_SIZE: "100", OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "200" });
    expect(asked.config.traces.batch.maxBatchSize).toBe(100);
    expect(asked.problems[0]?.message).toBe(
      "OTEL_BSP_MAX_EXPORT_BATCH_SIZE is 200, more than the queue holds; used instead: 100",
    );
  });

  test("the timeout of metrics is never longer than their interval", () => {
    const { config, problems } = readTelemetryConfig({
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
      OTEL_METRIC_EXPORT_TIMEOUT: "2000",
    });
    expect(config.metrics).toMatchObject({ intervalMs: 1000, timeoutMs: 1000 });
    expect(problems.map(({ variable }) => variable)).toEqual(["OTEL_METRIC_EXPORT_TIMEOUT"]);
    const short = readTelemetryConfig({ OTEL_METRIC_EXPORT_INTERVAL: "1000" });
    expect(short.config.metrics.timeoutMs).toBe(1000);
    expect(short.problems).toEqual([]);
  });

  test("a client certificate needs its key", () => {
    const pem = `${import.meta.dir}/../fixtures/certificates/ca.pem`;
    for (const part of ["CLIENT_CERTIFICATE", "CLIENT_KEY"]) {
      const { config, problems } = readTelemetryConfig({ [`OTEL_EXPORTER_OTLP_${part}`]: pem });
      expect(config.traces.otlp.client).toBeUndefined();
      expect(problems).toHaveLength(1);
    }
  });

  test("an endpoint without a scheme is for gRPC alone", () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317" };
    const { config, problems } = readTelemetryConfig({ ...env, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc" });
    expect(config.traces.otlp.endpoint).toBe("collector:4317");
    expect(config.metrics.otlp.endpoint).toBe("http://localhost:4318/v1/metrics");
    expect(problems).toHaveLength(1);
  });

  test.each([
    ["ENDPOINT", "localhost:4318", "write http://localhost:4318;"],
    ["ENDPOINT", "unix:/run/collector", "write http://HOST:4318;"],
    ["TRACES_ENDPOINT", "localhost:4318", "write http://localhost:4318/v1/traces;"],
    ["ENDPOINT", "http://c/base/v1/traces/", "leave /v1/traces out"],
  ])("OTEL_EXPORTER_OTLP_%s=%s: the one problem says what to write", (name, value, advice) => {
    const { problems } = readTelemetryConfig({ [`OTEL_EXPORTER_OTLP_${name}`]: value });
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining(advice)]);
  });

  test.each([
    [
      "zipkin,otlp",
      'is used in part: "zipkin" is ignored, because it is not supported (deprecated); used instead: otlp',
    ],
    ["zipkin", 'is not used: "zipkin" is ignored, because it is not supported (deprecated); used instead: otlp'],
  ])("OTEL_TRACES_EXPORTER=%s: the problem names the part that is ignored", (value, words) => {
    const { problems } = readTelemetryConfig({ OTEL_TRACES_EXPORTER: value });
    expect(problems.map(({ message }) => message)).toEqual([`OTEL_TRACES_EXPORTER="${value}" ${words}`]);
  });
});

describe("OTLP: one signal's variable wins over the general one", () => {
  const prefix = "OTEL_EXPORTER_OTLP";

  test("headers are merged; the rest replaces", () => {
    const { config } = readTelemetryConfig({
      [`${prefix}_HEADERS`]: "a=1,b=2",
      [`${prefix}_LOGS_HEADERS`]: "B=3,c=4",
      [`${prefix}_TIMEOUT`]: "100",
      [`${prefix}_LOGS_TIMEOUT`]: "200",
      [`${prefix}_COMPRESSION`]: "gzip",
      [`${prefix}_LOGS_COMPRESSION`]: "none",
    });
    expect(config.traces.otlp).toMatchObject({ headers: { a: "1", b: "2" }, timeoutMs: 100, compression: "gzip" });
    expect(config.logs.otlp).toMatchObject({
      headers: { a: "1", b: "3", c: "4" },
      timeoutMs: 200,
      compression: "none",
    });
  });

  test.each([
    ["http://c", "http://c/v1/metrics"],
    ["http://c/", "http://c/v1/metrics"],
    ["http://c/base", "http://c/base/v1/metrics"],
    ["http://c/base//", "http://c/base/v1/metrics"],
    ["http://c/base?tenant=1", "http://c/base/v1/metrics?tenant=1"],
  ])("the general endpoint %s sends metrics to %s", (endpoint, expected) => {
    expect(readTelemetryConfig({ [`${prefix}_ENDPOINT`]: endpoint }).config.metrics.otlp.endpoint).toBe(expected);
  });

  test.each([
    ["http://c", "http://c/"],
    ["http://c/custom", "http://c/custom"],
  ])("a signal's endpoint %s is used as it stands: %s", (endpoint, expected) => {
    expect(readTelemetryConfig({ [`${prefix}_TRACES_ENDPOINT`]: endpoint }).config.traces.otlp.endpoint).toBe(expected);
  });

  test("gRPC has a default endpoint of its own", () => {
    const { config } = readTelemetryConfig({ [`${prefix}_LOGS_PROTOCOL`]: "grpc" });
    expect(config.logs.otlp.endpoint).toBe("http://localhost:4317");
    expect(config.traces.otlp.endpoint).toBe("http://localhost:4318/v1/traces");
  });
});

test("no message repeats what may be a secret", () => {
  const { problems } = readTelemetryConfig({
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=hunter2,x y=hunter2",
    OTEL_EXPORTER_OTLP_ENDPOINT: "ftp://user:hunter2@host",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "hunter2@host:4317",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http://user:hunter2@host",
    OTEL_TRACES_EXPORTER: "http://user:hunter2@host",
    OTEL_EXPORTER_OTLP_CLIENT_KEY: "-----BEGIN PRIVATE KEY----- hunter2",
  });
  expect(problems).toHaveLength(6);
  expect(JSON.stringify(problems)).not.toContain("hunter2");
});

describe("a sampling fraction that records everything", () => {
  const env = { OTEL_TRACES_SAMPLER: "parentbased_traceidratio" };
  test.each([
    ["10", ": 10 % is 0.1"],
    ["50%", ": 50 % is 0.5"],
    ["0.5 %", ": 0.5 % is 0.005"],
    ["1000", ""],
    ["half", ""],
  ])("%s is reported with what it does, and with what was meant", (text, meant) => {
    const { config, problems } = readTelemetryConfig({ ...env, OTEL_TRACES_SAMPLER_ARG: text });
    expect(config.sampler.ratio).toBe(1);
    expect(problems.map(({ message }) => message)).toEqual([
      `OTEL_TRACES_SAMPLER_ARG="${text}" is not a number from 0 to 1${meant}; used instead: 1, which records everything`,
    ]);
  });

  test("is reported where the sampler has no argument", () => {
    const { problems } = readTelemetryConfig({ OTEL_TRACES_SAMPLER_ARG: "0.1" });
    expect(problems.map(({ message }) => message)).toEqual([
      "OTEL_TRACES_SAMPLER_ARG has no effect, because OTEL_TRACES_SAMPLER is parentbased_always_on. For a fraction, set OTEL_TRACES_SAMPLER=parentbased_traceidratio",
    ]);
  });
});

describe("an unknown variable", () => {
  test.each([
    ["OTEL_EXPORTER_OTLP_ENDPIONT", "OTEL_EXPORTER_OTLP_ENDPOINT"],
    ["OTEL_TRACES_SAMPLE", "OTEL_TRACES_SAMPLER"],
    ["OTEL_TRACE_SAMPLER", "OTEL_TRACES_SAMPLER"],
    ["OTEL_EXPORTER_OTLP_TRACE_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
    ["OTEL_EXPORTER_OTLP_HEADER", "OTEL_EXPORTER_OTLP_HEADERS"],
    ["OTEL_EXPORTER_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"],
    ["OTEL_SERVICE", "OTEL_SERVICE_NAME"],
    ["otel_service_name", "OTEL_SERVICE_NAME"],
    ["OETL_SERVICE_NAME", "OTEL_SERVICE_NAME"],
    ["OTEL-SERVICE-NAME", "OTEL_SERVICE_NAME"],
    ["OXTXEL_SERVICE_NAME", "OTEL_SERVICE_NAME"],
    ["EL_SERVICE_NAME", "OTEL_SERVICE_NAME"],
    ["XXTEL_SERVICE_NAME", "OTEL_SERVICE_NAME"],
    ["OTEXXSERVICE_NAME", "OTEL_SERVICE_NAME"],
    ["OTEL_METRICS_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_INTERVAL"],
  ])("%s: did you mean %s?", (variable, meant) => {
    const { config, problems } = readTelemetryConfig({ [variable]: "x" });
    expect(problems).toEqual([{ variable, message: `${variable} is unknown. Did you mean ${meant}?` }]);
    expect(config).toEqual(defaults.config);
  });

  test.each([
    "OTEL_GO_X_DEPRECATED_RUNTIME_METRICS",
    "OTEL_PYTHON_LOG_CORRELATION",
    "OTEL_JAVAAGENT_ENABLED",
    "OTEL_NODE_ENABLED_INSTRUMENTATIONS",
    "OTEL_EXPORTER_JAEGER_AGENT_HOST",
    "OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST",
    "PATH",
  ])("of something else is left alone: %s", (variable) => {
    expect(readTelemetryConfig({ [variable]: "x" }).problems).toEqual([]);
  });

  test("that is empty is unset", () => {
    expect(readTelemetryConfig({ OTEL_TRACES_SAMPLE: " " }).problems).toEqual([]);
  });
});
