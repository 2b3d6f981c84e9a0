/** `bun run doctor` as a process: its words, its exit codes, its reports. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Examination } from "@baton/doctor";
import { freePorts } from "./free-ports.ts";
import { faults, startTinyService } from "./services.ts";

const main = fileURLToPath(new URL("../../doctor/src/main.ts", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "baton-doctor-"));
afterAll(() => rm(folder, { recursive: true }));

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function doctor(...words: readonly string[]): Promise<Result> {
  const child = Bun.spawn([process.execPath, main, ...words], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}

/** Examines a tiny service, with the fault of that name. */
async function examineTiny(fault: string | undefined, ...words: readonly string[]): Promise<Result> {
  const [http = 0, grpc = 0] = freePorts(2);
  await using service = startTinyService(http, fault === undefined ? {} : faults[fault]);
  const ports = ["--otlp-http-port", `${http}`, "--otlp-grpc-port", `${grpc}`];
  return await doctor(`${service.url}?url={callback}`, ...ports, ...words);
}

const hasEscape = (text: string) => text.includes("\u001b");

describe("the words", () => {
  test("--help lists every option", async () => {
    const { code, out } = await doctor("--help");
    expect(code).toBe(0);
    for (const option of ["--method", "--header", "--query", "--pid", "--strict", "--self"])
      expect(out).toContain(option);
  });

  test.each([
    [[], "Give the address of a service, or --help."],
    [["localhost:3000"], "url: must begin with http://, https://, grpc:// or grpcs://"],
    [["ftp://localhost/"], "url: must begin with"],
    [["http://ann:secret@localhost/"], "url: must have no user name"],
    [["http://a/", "http://b/"], "Give one address, not 2"],
    [["http://localhost/", "--nope"], "Unknown option '--nope'"],
    [["http://localhost/", "--timeout", "soon"], "--timeout: must be a number of seconds"],
    [["http://localhost/", "--otlp-http-port", "70000"], "--otlp-http-port: must be a whole number from 0 to 65535"],
    [["http://localhost/", "--json", "--junit"], "Give one of --json and --junit."],
    [["http://localhost/", "--header", "no colon"], "--header: must be 'name: value'"],
    [["http://localhost/", "--body", "@/no/such/file"], "@/no/such/file: there is no such file"],
    [["http://localhost/", "--data", "{}"], "data: is for gRPC"],
    [["grpc://localhost:1/x"], "url: must name a method"],
    [["grpc://localhost:1/a.B/C", "--body", "x"], "body and method: are for HTTP"],
    [["--self", "http://localhost/"], "--self: takes no address"],
  ])("%p", async (words, message) => {
    const { code, out, err } = await doctor(...words);
    expect(err).toContain(`doctor: ${message}`);
    expect([code, out]).toEqual([2, ""]);
  });

  test.each([
    ["http://192.0.2.1/", "--method", "POST"],
    ["http://192.0.2.1/", "--body", "x"],
    ["http://192.0.2.1/", "--method", "DELETE"],
    ["grpc://192.0.2.1:1/a.B/C", "--data", "{}"],
  ])("in a pipe nothing but GET goes to another machine: %s %s %s", async (url, option, value) => {
    const { code, err } = await doctor(url, option, value);
    expect(code).toBe(2);
    expect(err).toContain("to 192.0.2.1, which is not this machine. Give --yes if that is what you want.");
  });

  test.each([
    ["n", "Nothing was sent."],
    // Nobody has this address: what comes of it depends on the network.
    ["y", " requests in "],
  ])("on a terminal it asks, and %s means: %s", async (answer, message) => {
    let text = "";
    const words = ["http://192.0.2.1/", "--method", "POST", "--timeout", "0.2"];
    const ports = ["--otlp-http-port", "0", "--otlp-grpc-port", "0"];
    const child = Bun.spawn([process.execPath, main, ...words, ...ports], {
      terminal: {
        cols: 200,
        rows: 40,
        data(terminal, data) {
          text += new TextDecoder().decode(data);
          if (text.endsWith("[y/N] ")) terminal.write(`${answer}\n`);
        },
      },
    });
    expect(await child.exited).toBe(2);
    expect(text).toContain("The doctor would send up to 300 POST requests to 192.0.2.1, which is not this machine.");
    expect(text).toContain(message);
  });

  test("a port that is taken is named with the option that moves it", async () => {
    await using taken = startListener();
    const { code, err } = await doctor(
      "http://localhost/",
      "--otlp-http-port",
      `${taken.port}`,
      "--otlp-grpc-port",
      "0",
    );
    expect(code).toBe(2);
    expect(err).toContain("another process has that port. Use --otlp-http-port for another port, or --query URL");
  });
});

function startListener() {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
  return { port: listener.port, [Symbol.asyncDispose]: async () => listener.stop(true) };
}

describe("the exit code", () => {
  test("0 for a service that is right; in a pipe the report has no colours", async () => {
    const { code, out, err } = await examineTiny(undefined);
    expect(out).toContain("A trace gets through this service.");
    expect(hasEscape(out + err)).toBe(false);
    expect(err).toContain("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:");
    expect(err).toContain("The first span came from tiny.");
    expect(code).toBe(0);
  });

  test("1 for what is broken", async () => {
    const { code, out } = await examineTiny("calls without a header");
    expect(code).toBe(1);
    expect(out).toContain("✗ The service calls others without a traceparent.");
  });

  test("what is unusual is 0, and 1 with --strict", async () => {
    expect((await examineTiny("loses baggage")).code).toBe(0);
    expect((await examineTiny("loses baggage", "--strict")).code).toBe(1);
  });

  test("2 for what cannot be examined", async () => {
    const [port] = freePorts(1);
    const { code, out } = await doctor(`http://127.0.0.1:${port}/`, "--otlp-http-port", "0", "--otlp-grpc-port", "0");
    expect(code).toBe(2);
    expect(out).toContain("Nothing listens at");
  });
});

describe("the report", () => {
  test("--json is the examination", async () => {
    const { out } = await examineTiny("calls without a header", "--json");
    const examination = JSON.parse(out) as Examination;
    expect(examination).toMatchObject({ outcome: "broken", service: { name: "tiny", language: "bun" } });
    for (const finding of examination.findings) {
      expect(finding.rule.url).toStartWith("https://");
      for (const text of [finding.title, finding.sent, finding.came, finding.effect, finding.remedy]) {
        expect(text).not.toBe("");
      }
    }
  });

  test("--junit has a test case for each check", async () => {
    const { out } = await examineTiny("calls without a header", "--junit");
    expect(out.match(/<testcase /g)).toHaveLength(7);
    expect(out).toContain('<testcase classname="doctor" name="Passes on (passes-on)"><failure message="');
    expect(out).toContain('tests="7" failures="1" errors="0"');
  });

  test("--markdown links each rule", async () => {
    const { out } = await examineTiny("calls without a header", "--markdown");
    expect(out).toContain("| Passes on | broken |");
    expect(out).toMatch(/- rule: \[.*\]\(https:\/\/opentelemetry\.io\//);
  });

  test.each([
    ["coloured on a terminal", {}, true],
    ["plain with NO_COLOR", { NO_COLOR: "1" }, false],
  ])("is %s", async (_, env, coloured) => {
    const [port] = freePorts(1);
    let text = "";
    const words = [`http://127.0.0.1:${port}/`, "--otlp-http-port", "0", "--otlp-grpc-port", "0"];
    const child = Bun.spawn([process.execPath, main, ...words], {
      env: { ...process.env, NO_COLOR: "", TERM: "xterm-256color", ...env },
      terminal: {
        cols: 100,
        rows: 40,
        data: (_terminal, data) => {
          text += new TextDecoder().decode(data);
        },
      },
    });
    await child.exited;
    expect(text).toContain("Nothing listens at");
    expect(text.includes("\u001b[33m")).toBe(coloured);
  });
});

describe("a body", () => {
  test("from a file, with the call-back in it", async () => {
    const [http = 0, grpc = 0] = freePorts(2);
    const file = join(folder, "order.json");
    await Bun.write(file, '{"url":"{callback}"}');
    await using service = startTinyService(http);
    const words = ["--method", "POST", "--body", `@${file}`, "--json"];
    const ports = ["--otlp-http-port", `${http}`, "--otlp-grpc-port", `${grpc}`];
    const { code, out } = await doctor(service.url, ...words, ...ports);
    const { checks } = JSON.parse(out) as Examination;
    expect(checks.find(({ id }) => id === "passes-on")).toMatchObject({ state: "right" });
    expect(code).toBe(0);
  });
});

describe("--pid", () => {
  test.each([
    ["ends in order", "right", 0],
    ["ends at once", "broken", 1],
  ])("a service that %s is %s", async (manner, state, expected) => {
    const [http = 0, grpc = 0] = freePorts(2);
    const script = fileURLToPath(new URL("ending-service.ts", import.meta.url));
    const env = { ...process.env, OTLP_PORT: `${http}`, IN_ORDER: manner === "ends in order" ? "yes" : "no" };
    const child = Bun.spawn([process.execPath, script], { env, stdin: "ignore", stdout: "pipe", stderr: "ignore" });
    const reader = child.stdout.getReader();
    const url = new TextDecoder().decode((await reader.read()).value).trim();
    const ports = ["--otlp-http-port", `${http}`, "--otlp-grpc-port", `${grpc}`];
    const { code, out } = await doctor(url, "--pid", `${child.pid}`, "--json", ...ports);
    const { checks } = JSON.parse(out) as Examination;
    expect(checks.find(({ id }) => id === "ending")?.state).toBe(state as "right" | "broken");
    expect(code).toBe(expected);
    await child.exited;
  });
});

test("--self finds nothing in Baton's own two services", async () => {
  const { code, out } = await doctor("--self", "--json", "--strict");
  const examinations = JSON.parse(out) as readonly Examination[];
  expect(examinations.map(({ service, outcome }) => `${service?.name} ${outcome}`)).toEqual([
    "front right",
    "back right",
  ]);
  expect(code).toBe(0);
}, 60_000);
