/** What `bun run demo` prints besides trees: the logs of each trace, and the metrics of the run. */
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { scenarios } from "@baton/demo/scenarios";
import type { ExpectedSpan } from "@baton/trace-tree";
import { startViewer } from "@baton/viewer";
import { type DemoPorts, type DemoRun, runDemo } from "../support/run-demo.ts";
import { processTimeoutMs } from "../support/stack.ts";

setDefaultTimeout(processTimeoutMs);

const anyPorts: DemoPorts = { front: 0, back: 0, query: 0, otlpHttp: 0, otlpGrpc: 0 };

const runs: DemoRun[] = [];
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.kill("SIGTERM");
    await run.exited;
  }
  for (const end of ends.splice(0)) await end();
});

function start(args: readonly string[], ports = anyPorts, env: Readonly<Record<string, string>> = {}): DemoRun {
  const run = runDemo(args, ports, env);
  runs.push(run);
  return run;
}

test("the whole run: the log record is under its trace, and the metrics count each span once", async () => {
  const run = start(["--once"]);
  expect(await run.exited).toBe(0);
  const output = run.output();
  expect(output.match(/^ {2}log .*$/gm)).toHaveLength(1);
  expect(sectionOf(output, "An unexpected error")).toMatch(
    /\n {2}log \+\d+ms {2}back {2}ERROR {2}unexpected error {2}in baton\.dice\.v1\.DiceService\/Roll\n/,
  );
  expect(countsIn(output)).toEqual({
    "front http.server.request.duration": count((span) => isOf("front", "server")(span) && !isMessage(span)),
    "front http.client.request.duration": count((span) => isOf("front", "client")(span) && !isCall(span)),
    "front rpc.client.call.duration": count((span) => isOf("front", "client")(span) && isCall(span)),
    "back rpc.server.call.duration": count(isOf("back", "server")),
    "front spans": count(isOf("front")),
    // Also the counts of back before it was restarted for the last scenario.
    "back spans": count(isOf("back")),
  });
  expect(output).not.toContain("not counted in time");
});

describe("a backend that already runs", () => {
  test("the viewer of another demo: the counts of the other demo are not added", async () => {
    const first = start(["--only=plain-roll"]);
    await first.waitFor(/\/search {2}the traces/);
    const [, query, otlpHttp] = await first.waitFor(
      /viewer {2}http:\/\/localhost:(\d+), OTLP at http:\/\/localhost:(\d+)/,
    );
    const ports = { ...anyPorts, query: Number(query), otlpHttp: Number(otlpHttp) };
    const second = start(["--once", "--only=plain-roll"], ports);
    expect(await second.exited).toBe(0);
    expect(countsIn(second.output())["front http.server.request.duration"]).toBe(1);
    expect(second.output()).not.toContain("not counted in time");
  });

  test("a Jaeger has neither: a line says so, and nothing else is missing", async () => {
    const jaeger = await startTracesOnly();
    const run = start(["--once", "--only=back-fails"], anyPorts, {
      BATON_QUERY_URL: jaeger.queryUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlpUrl,
    });
    expect(await run.exited).toBe(0);
    expect(run.output()).toContain("The backend stores only traces: there are no logs and no metrics to show.");
    expect(run.output()).not.toMatch(/missing log record| {2}log |not counted|What the services measured/);
    expect(jaeger.refused()).toEqual([]);
  });
});

/** The title of a scenario and the lines until the next title. */
function sectionOf(output: string, title: string): string {
  const from = output.indexOf(`\n${title}\n`);
  const ends = scenarios.map((scenario) => output.indexOf(`\n${scenario.title}\n`)).filter((at) => at > from);
  return output.slice(from, Math.min(...ends));
}

/** The first number of each row of the two tables. */
function countsIn(output: string): Readonly<Record<string, number>> {
  const table = output.slice(output.indexOf("\nWhat the services measured"));
  const rows = [...table.matchAll(/^ {2}(front|back) +(\S+(?: \S+)*) +(\d+) /gm)];
  return Object.fromEntries(rows.map(([, service, what, number]) => [`${service} ${what}`, Number(number)]));
}

function isOf(service: string, kind?: string) {
  return (span: ExpectedSpan) => span.service === service && (kind === undefined || span.kind === kind);
}

/** A message on a WebSocket is not a request. */
function isMessage({ name }: ExpectedSpan): boolean {
  return name === "websocket message";
}

function isCall({ attributes = {} }: ExpectedSpan): boolean {
  return "rpc.system.name" in attributes;
}

function count(matches: (span: ExpectedSpan) => boolean): number {
  const within = (span: ExpectedSpan): number =>
    (span.children ?? []).reduce((sum, child) => sum + within(child), matches(span) ? 1 : 0);
  return scenarios.reduce((sum, { tree }) => sum + within(tree), 0);
}

/** A viewer behind a proxy that passes on the paths of a Jaeger and answers 404 for the others, as a Jaeger does. */
async function startTracesOnly() {
  const viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 });
  const refused: string[] = [];
  const open = (url: string, lets: RegExp, probed: RegExp) =>
    Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        const { pathname, search } = new URL(request.url);
        if (lets.test(pathname)) {
          const { method, headers } = request;
          return fetch(url + pathname + search, {
            method,
            headers,
            ...(method === "POST" && { body: await request.bytes() }),
          });
        }
        if (!probed.test(pathname)) refused.push(pathname);
        return new Response("404 page not found\n", { status: 404 });
      },
    });
  const query = open(viewer.url, /^\/api\/(services|traces\/[0-9a-f]+)$/, /^\/api\/viewer\/metrics$/);
  const otlp = open(viewer.otlpUrl, /^\/v1\/traces$/, /^\/v1\/logs$/);
  ends.push(async () => {
    await query.stop(true);
    await otlp.stop(true);
    await viewer.stop();
  });
  const at = ({ port }: { readonly port: number | undefined }) => `http://127.0.0.1:${port}`;
  return { queryUrl: at(query), otlpUrl: at(otlp), refused: () => refused };
}
