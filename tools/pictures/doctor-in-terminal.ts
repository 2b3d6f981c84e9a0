/** What the doctor says of a service with one common fault, as somebody sees it who has a terminal with colours. */
import { root } from "@baton/demo/child-process";
import { startTelemetry } from "@baton/telemetry";
import { tracedHandler } from "@baton/telemetry/http";
import { columns } from "./demo-in-terminal.ts";

/** Those of the documents. */
const PORT = 8000;
const OTLP_HTTP_PORT = 4318;

/** @throws When a port is taken, or the doctor says something else. */
export async function reportOfDoctor(): Promise<readonly string[]> {
  await using _service = startShop();
  const decoder = new TextDecoder();
  let text = "";
  const url = `http://localhost:${PORT}/proxy?url={callback}`;
  const child = Bun.spawn([process.execPath, "doctor/src/main.ts", url], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "", TERM: "xterm-256color" },
    terminal: {
      cols: columns,
      rows: 50,
      data: (_, data) => {
        text += decoder.decode(data, { stream: true });
      },
    },
  });
  await child.exited;
  // Progress is written over and over on one line, which is cleared each time.
  const report = text.replaceAll("\r", "").split("\u001b[2K").at(-1)?.trimEnd() ?? "";
  if (!report.includes("The service calls others without a traceparent.")) throw new Error(`the doctor said:\n${text}`);
  return report.split("\n");
}

/** Its server is traced, and its client is not. */
function startShop(): AsyncDisposable {
  const telemetry = startTelemetry({
    serviceName: "shop",
    register: false,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${OTLP_HTTP_PORT}`,
      OTEL_BSP_SCHEDULE_DELAY: "100",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
    },
    onReport: () => {},
  });
  const handle = async (request: Request): Promise<Response> => {
    const url = new URL(request.url).searchParams.get("url");
    return url === null ? new Response("no such path", { status: 404 }) : fetch(url);
  };
  const server = Bun.serve({ port: PORT, hostname: "localhost", fetch: tracedHandler(telemetry)(handle) });
  return {
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await telemetry.shutdown();
    },
  };
}
