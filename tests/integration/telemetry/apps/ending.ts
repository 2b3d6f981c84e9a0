/** Ends spans, logs, and then ends in the way that its argument names, without a shutdown of telemetry. */
import { writeSync } from "node:fs";
import { createLogger, startTelemetry } from "@baton/telemetry";

const [way = "", spans = "3"] = process.argv.slice(2);
const telemetry = startTelemetry({ serviceName: "app" });
const log = createLogger(telemetry);
for (let count = 0; count < Number(spans); count += 1) telemetry.tracer.startSpan(`span ${count}`).end();
log.info("done");

/** Must never be seen: nothing runs after an exit. */
const afterwards = (): void => void writeSync(1, "ran on\n");

const ways: Readonly<Record<string, () => unknown>> = {
  "natural end": () => {},
  "process.exit()": () => {
    queueMicrotask(afterwards);
    setTimeout(afterwards);
    process.exit(3);
  },
  "process.exit() in a timer": () => setTimeout(() => process.exit(3)),
  "process.exitCode": () => {
    process.exitCode = 4;
  },
  "process.exit() after a shutdown that nobody awaits": () => {
    void telemetry.shutdown();
    process.exit(3);
  },
  // While the processor has begun to shut down and has not handed over its queue.
  "process.exit() a moment after a shutdown that nobody awaits": () => {
    void telemetry.shutdown();
    queueMicrotask(() => queueMicrotask(() => process.exit(3)));
  },
  "process.exit() some time after a shutdown that nobody awaits": () => {
    void telemetry.shutdown();
    setTimeout(() => process.exit(3));
  },
  "spans after a shutdown": async () => {
    await telemetry.shutdown();
    for (let count = 0; count < 2; count += 1) telemetry.tracer.startSpan("late").end();
    process.exit(3);
  },
  "uncaught exception": () => {
    throw new TypeError("boom");
  },
  "uncaught exception in a timer": () =>
    setTimeout(() => {
      queueMicrotask(afterwards);
      throw new TypeError("boom");
    }),
  "unhandled rejection": () => void Promise.reject(new TypeError("boom")),
  "unhandled rejection in a timer": () => setTimeout(() => void Promise.reject(new TypeError("boom"))),
  "own handler that exits": () => {
    process.on("uncaughtException", (error) => {
      process.stderr.write(`own handler: ${error.message}\n`);
      process.exit(5);
    });
    setTimeout(() => {
      throw new TypeError("boom");
    });
  },
  "own handler that goes on": () => {
    process.on("uncaughtException", () => telemetry.tracer.startSpan("afterwards").end());
    setTimeout(() => {
      throw new TypeError("boom");
    });
  },
  "SIGTERM and a handler that exits": () => {
    process.on("SIGTERM", () => process.exit(6));
    process.kill(process.pid, "SIGTERM");
    setInterval(() => {}, 60_000);
  },
};
ways[way]?.();
