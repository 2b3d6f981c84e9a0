/** The types of the package, as three kinds of projects and two compilers see them. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputOf } from "./project.ts";

const compiler = (name: string): string =>
  fileURLToPath(import.meta.resolve(`${name}/package.json`)).replace("package.json", "bin/tsc");

export const COMPILERS = {
  "TypeScript 7": compiler("typescript"),
  "TypeScript 5.9": compiler("typescript-5"),
} as const;

const STRICT = { strict: true, noEmit: true, target: "ESNext", lib: ["ESNext"], types: ["bun"] };

export const TSCONFIGS = {
  "what `bun init` writes": {
    ...STRICT,
    module: "Preserve",
    moduleDetection: "force",
    moduleResolution: "bundler",
    allowImportingTsExtensions: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noFallthroughCasesInSwitch: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
  },
  NodeNext: { ...STRICT, module: "NodeNext", moduleResolution: "NodeNext", skipLibCheck: true },
  "no allowImportingTsExtensions, and every .d.ts checked": {
    ...STRICT,
    module: "ESNext",
    moduleResolution: "bundler",
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
  },
} as const;

/** Uses every sub-path. A call with a wrong type must fail, so that types which resolve to `any` are found. */
export const PROGRAM = `import { startTelemetry, withSpan, type Telemetry } from "@baton/telemetry";
import { grpcClientTelemetry, grpcServerOptions, grpcServerTelemetry } from "@baton/telemetry/grpc";
import { httpServerTelemetry, tracedFetch } from "@baton/telemetry/http";
import { startTestTelemetry, type TestSpan } from "@baton/telemetry/testing";
import { Elysia } from "elysia";
import { createClientFactory, createServer } from "nice-grpc";

const telemetry: Telemetry = startTelemetry({ serviceName: "shop" });
export const app = new Elysia().use(httpServerTelemetry(telemetry)).get("/dice/:n", ({ params }) => params.n);
export const server = createServer(grpcServerOptions()).use(grpcServerTelemetry(telemetry));
export const clients = createClientFactory().use(grpcClientTelemetry(telemetry, { target: "localhost:50051" }));
export const answer: Promise<Response> = tracedFetch(telemetry)("http://localhost:3000/");
export const six: number = await withSpan(telemetry, "roll dice", async () => 6);
export const spans: readonly TestSpan[] = startTestTelemetry().spans();
// @ts-expect-error The name of a service is text.
startTelemetry({ serviceName: 1 });
// @ts-expect-error A server is not telemetry.
httpServerTelemetry(server);
// @ts-expect-error A server is not telemetry.
grpcServerTelemetry(server);
`;

export async function checkTypes(project: string, tsc: string, compilerOptions: object): Promise<void> {
  const folder = join(project, "types", Bun.hash(JSON.stringify([tsc, compilerOptions])).toString(36));
  await mkdir(folder, { recursive: true });
  await Bun.write(join(folder, "program.ts"), PROGRAM);
  await Bun.write(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
  const { text } = await outputOf([process.execPath, tsc, "-p", folder], project);
  // Elysia's own .d.ts have errors where a project checks them.
  const errors = text
    .split("\n")
    .filter((line) => line.includes("error TS") && !/^node_modules\/(?!@baton\/)/.test(line));
  if (errors.length > 0) throw new Error(errors.join("\n"));
}
