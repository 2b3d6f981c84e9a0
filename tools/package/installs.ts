/** Installs that go wrong elsewhere: with one framework only, with the newest API, with two APIs, and on Node.js. */
import { join } from "node:path";
import { bun, outputOf, pinned, run, type Workplace } from "./project.ts";

/** Prints `active` where `trace.getActiveSpan()`, of the application's own API, is the span of the handler. */
const APPLICATION = `import { startTelemetry } from "@baton/telemetry";
import { httpServerTelemetry } from "@baton/telemetry/http";
import { trace } from "@opentelemetry/api";
import { Elysia } from "elysia";

const off = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };
const early = trace.getTracer("shop");
const telemetry = startTelemetry({ serviceName: "shop", env: off });
const app = new Elysia()
  .use(httpServerTelemetry(telemetry))
  .get("/", () => (trace.getActiveSpan()?.isRecording() && early.startSpan("mine").isRecording() ? "active" : "nothing"))
  .listen({ port: 0, hostname: "127.0.0.1" });
console.log(await (await fetch(app.server?.url ?? "")).text());
await app.stop(true);
await telemetry.shutdown();
`;
const WARNING = `bun add ${pinned("@opentelemetry/api")}`;

/** The API at its newest in the same folder: Bun gives it to the telemetry, too. Run, bundled and compiled. */
export async function checkNewestApi(workplace: Workplace, tarball: string): Promise<string> {
  const packages = [tarball, pinned("elysia"), "@opentelemetry/api@latest"];
  const project = await workplace.project("newest-api", packages, { "main.ts": APPLICATION });
  await bun(["build", "--target=bun", "--outfile=bundle.js", "main.ts"], project);
  await bun(["build", "--compile", "--outfile=compiled", "main.ts"], project);
  const outputs = [
    await bun(["main.ts"], project),
    await bun(["bundle.js"], project),
    await run([join(project, "compiled")], project),
  ];
  for (const output of outputs) worksOrWarns(output);
  const { version } = (await Bun.file(join(project, "node_modules/@opentelemetry/api/package.json")).json()) as {
    version: string;
  };
  return `@opentelemetry/api ${version}`;
}

/** The API at its newest for the application, and the one of its peer range for the telemetry, as in a monorepo. */
export async function checkTwoApis(workplace: Workplace, tarball: string): Promise<void> {
  await workplace.project("two-apis", [tarball, pinned("elysia")]);
  const project = await workplace.project("two-apis/shop", ["@opentelemetry/api@latest"], { "main.ts": APPLICATION });
  const output = await bun(["main.ts"], project);
  worksOrWarns(output);
  if (!output.includes(WARNING)) throw new Error(`nothing is said about the two copies:\n${output}`);
}

function worksOrWarns(output: string): void {
  if (!/^active$/m.test(output) && !output.includes(WARNING)) {
    throw new Error(`the active span is not seen, and nothing is said about it:\n${output}`);
  }
}

/** Who uses only one framework, or none, does not install the other. */
export async function checkOnly(
  workplace: Workplace,
  tarball: string,
  only: { readonly path: string; readonly install?: string; readonly absent: string },
): Promise<void> {
  const paths = ["@baton/telemetry", `@baton/telemetry/${only.path}`, "@baton/telemetry/testing"];
  const source = `${paths.map((path) => `import ${JSON.stringify(path)};\n`).join("")}console.log("loaded");\n`;
  const project = await workplace.project(`only-${only.path}`, [tarball, ...(only.install ? [only.install] : [])], {
    "main.ts": source,
  });
  await bun(["--no-install", "main.ts"], project);
  const found = await outputOf([process.execPath, "--no-install", "-e", `import "${only.absent}"`], project);
  if (found.code === 0) throw new Error(`${only.absent} is installed, too`);
}

/** Node.js looks for the imported names before it runs a file: the sentence has to come first. */
export async function checkNode(workplace: Workplace, tarball: string): Promise<void> {
  const names = {
    "": "startTelemetry",
    "/fetch": "tracedFetch",
    "/http": "httpServerTelemetry",
    "/grpc": "grpcClientTelemetry",
    "/testing": "startTestTelemetry",
  };
  const project = await workplace.project("node", [tarball]);
  for (const [path, name] of Object.entries(names)) {
    await Bun.write(join(project, "main.mjs"), `import { ${name} } from "@baton/telemetry${path}";\n${name}();\n`);
    const { code, text } = await outputOf(["node", "main.mjs"], project);
    const errors = text.split("\n").filter((line) => /^\w*Error/.test(line));
    if (code !== 1 || !/^Error: @baton\/telemetry is for Bun/.test(errors.join("\n"))) {
      throw new Error(`@baton/telemetry${path} on Node.js ended with ${code}:\n${text}`);
    }
  }
}
