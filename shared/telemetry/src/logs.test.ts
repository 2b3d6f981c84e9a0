import { describe, expect, test } from "bun:test";
import { context, propagation, ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { createLogger, type Logger, type LoggerOptions } from "./logs.ts";
import type { TelemetryOptions } from "./start.ts";
import { startReporting } from "./start-reporting.fixture.ts";
import { startTestTelemetry } from "./testing.ts";

function start(telemetryOptions: Partial<TelemetryOptions> = {}, loggerOptions: LoggerOptions = {}) {
  const memory = startTestTelemetry({ serviceName: "shop", ...telemetryOptions });
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { ...memory, lines, logger: createLogger(memory.telemetry, { destination, ...loggerOptions }) };
}

describe("https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/", () => {
  test("a line inside a span has its ids at the top level, in the names of the specification", () => {
    const { telemetry, logger, lines } = start();
    telemetry.tracer.startActiveSpan("a", (span) => {
      logger.info({ order: 7 }, "paid");
      const { traceId, spanId } = span.spanContext();
      expect(lines).toEqual([
        {
          level: "info",
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          service: "shop",
          trace_id: traceId,
          span_id: spanId,
          trace_flags: "01",
          order: 7,
          msg: "paid",
        },
      ]);
    });
  });

  test("trace_flags says what was decided, in two hex digits", () => {
    const { logger, lines } = start();
    const parent = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
    for (const traceFlags of [TraceFlags.NONE, TraceFlags.SAMPLED, 3]) {
      context.with(trace.setSpanContext(ROOT_CONTEXT, { ...parent, traceFlags }), () => logger.info("x"));
    }
    expect(lines.map(({ trace_flags }) => trace_flags)).toEqual(["00", "01", "03"]);
  });

  test("a line outside of any span has none of the three ids", () => {
    const { logger, lines } = start();
    logger.info("x");
    expect(Object.keys(lines[0] ?? {})).toEqual(["level", "time", "service", "msg"]);
  });
});

describe("the same over OTLP", () => {
  test.each([
    ["trace", 1],
    ["debug", 5],
    ["info", 9],
    ["warn", 13],
    ["error", 17],
    ["fatal", 21],
  ] as const)("%s has severity number %d", (level, severityNumber) => {
    const { logger, lines, logs } = start({}, { level: "trace" });
    logger[level]("hello %s", "you");
    expect(logs()).toMatchObject([{ severityNumber, severityText: level.toUpperCase(), body: "hello you" }]);
    expect(lines).toMatchObject([{ level, msg: "hello you" }]);
  });

  test("a record inside a span belongs to it", () => {
    const { telemetry, logger, logs, spans } = start();
    telemetry.tracer.startActiveSpan("a", (span) => {
      logger.info("x");
      span.end();
    });
    const [span] = spans();
    expect(logs()).toMatchObject([{ traceId: span?.traceId, spanId: span?.spanId }]);
  });

  test("fields and the bindings of child loggers are attributes", () => {
    const { logger, logs } = start({}, { name: "orders" });
    const child = logger.child({ tenant: "a", nested: { list: [1, "2", null] } }).child({ user: 7 });
    child.info({ when: new Date(0), tenant: "b" }, "x");
    expect(logs()[0]?.attributes).toEqual({
      name: "orders",
      tenant: "b",
      user: 7,
      nested: { list: [1, "2", null] },
      when: "1970-01-01T00:00:00.000Z",
    });
  });

  test.each([
    ["alone", (error: Error) => [error] as const],
    ["as err", (error: Error) => [{ err: error }, "it broke"] as const],
    ["under another name", (error: Error) => [{ cause: error }, "it broke"] as const],
  ])("an error %s is an exception", (_how, make) => {
    const { logger, logs } = start();
    const error = new RangeError("too far");
    logger.error(...(make(error) as [object, string]));
    expect(logs()[0]?.attributes).toEqual({
      "exception.type": "RangeError",
      "exception.message": "too far",
      "exception.stacktrace": error.stack,
    });
  });

  test.each([
    ["redaction of a child logger", (logger: Logger) => logger.child({}, { redact: ["password"] }), { password: "x" }],
    [
      "redaction below a field",
      (logger: Logger) => logger.child({}, { redact: ["user.*"] }),
      { user: { password: "x" } },
    ],
    [
      "a serializer of a child logger",
      (logger: Logger) => logger.child({}, { serializers: { card: () => "a card" } }),
      { card: { number: "1" } },
    ],
    ["redacted bindings", (logger: Logger) => logger.child({ token: "x" }, { redact: ["token"] }), {}],
    ["a value's own JSON form", (logger: Logger) => logger, { secret: { inner: "x", toJSON: () => "hidden" } }],
    [
      "values that JSON does not have",
      (logger: Logger) => logger,
      { big: 1n, none: undefined, work: () => {}, nan: Number.NaN },
    ],
    ["an error in any field", (logger: Logger) => logger, { cause: new RangeError("too far") }],
  ])("%s: the record has what the line has", (_, use, fields) => {
    const { logger, lines, logs } = start();
    use(logger).info(fields, "x");
    const { level, time, service, msg, ...written } = lines[0] ?? {};
    const { cause, ...others } = written as { cause?: Record<string, string> };
    const exception = cause && {
      "exception.type": cause.type,
      "exception.message": cause.message,
      "exception.stacktrace": cause.stack,
    };
    expect(logs()[0]?.attributes).toEqual({ ...others, ...exception });
    expect(JSON.stringify(logs())).not.toContain('"x"}');
  });

  test("levels below the logger's are neither written nor sent", () => {
    const { logger, lines, logs } = start();
    logger.debug("x");
    expect([lines, logs()]).toEqual([[], []]);
  });
});

test("without an exporter no record is made of a line", () => {
  const lines: string[] = [];
  const { telemetry } = startReporting({});
  const logger = createLogger(telemetry, { destination: { write: (line) => void lines.push(line) } });
  let reads = 0;
  const field = {
    get costly(): number {
      reads += 1;
      return 1;
    },
  };
  logger.info(field, "x");
  expect(lines).toHaveLength(1);
  expect(reads).toBe(1);
});

describe("the secrets of URLs are in no line and no record", () => {
  const url = "http://me:s3cret@h/?token=s3cret";
  test.each<readonly [string, object]>([
    ["of an error", { err: new Error(`cannot reach ${url}`) }],
    ["of a field of an error", { err: Object.assign(new Error("refused"), { path: url }) }],
    ["of a field", { request: { url } }],
    ["of JSON in a field", { body: JSON.stringify({ password: "s3cret" }) }],
  ])("%s", (_, fields) => {
    const { logger, lines, logs } = start();
    logger.error(fields, `GET ${url}`);
    expect(lines).toMatchObject([{ level: "error", msg: "GET http://REDACTED:REDACTED@h/?token=REDACTED" }]);
    expect(JSON.stringify([lines, logs()])).not.toContain("s3cret");
  });

  test("a long text without a secret stays whole", () => {
    const { logger, lines } = start();
    logger.info(`a=${"x".repeat(10_000)}`);
    expect(lines[0]?.msg).toHaveLength(10_002);
  });
});

describe("logging never throws", () => {
  test("whatever is logged", () => {
    const { logger, lines, logs } = start();
    const circular: Record<string, unknown> = { big: 1n, symbol: Symbol("s"), work: () => {} };
    circular.self = circular;
    const hostile = {
      get boom(): never {
        throw new Error("no");
      },
    };
    expect(() => logger.info(circular, "circular")).not.toThrow();
    expect(() => logger.info(hostile, "hostile")).not.toThrow();
    expect(lines.map(({ msg }) => msg)).toEqual(["circular", "hostile (not logged: Error: no)"]);
    expect(logs().map(({ body }) => body)).toContain("circular");
  });

  test("also after the end of telemetry", async () => {
    const { logger, lines, logs, shutdown } = start();
    await shutdown();
    logger.info("still a line");
    expect(lines).toMatchObject([{ msg: "still a line" }]);
    expect(logs()).toEqual([]);
  });
});

test("allowed baggage is in the lines and the records; it cannot take over a field", () => {
  const { logger, lines, logs } = start({ baggageAttributes: ["user.id", "level", "trace_id"] });
  const entries = { "user.id": { value: "7" }, level: { value: "x" }, trace_id: { value: "x" }, other: { value: "x" } };
  context.with(propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage(entries)), () => logger.info("hi"));
  expect(lines[0]).toMatchObject({ level: "info", "user.id": "7" });
  expect(lines[0]).not.toHaveProperty("trace_id");
  expect(lines[0]).not.toHaveProperty("other");
  expect(logs()[0]?.attributes).toMatchObject({ "user.id": "7" });
});

test("records go through the SDK as soon as there is one, and after the end there never is", async () => {
  const { telemetry } = startReporting({ OTEL_LOGS_EXPORTER: "otlp", OTEL_TRACES_EXPORTER: "none" });
  const { logger } = telemetry;
  await telemetry.flush();
  expect(logger.enabled()).toBe(true);
  await telemetry.shutdown();

  const unused = startReporting({ OTEL_LOGS_EXPORTER: "otlp", OTEL_TRACES_EXPORTER: "none" });
  await unused.telemetry.shutdown();
  unused.telemetry.logger.emit({ body: "too late" });
  expect(unused.telemetry.logger.enabled()).toBe(false);
});
