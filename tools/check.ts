/** `bun run check`: all static checks. Every step runs, also when others fail. */
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** From the root. @default The root. */
  readonly folder?: string;
}

const steps: readonly Step[] = [
  {
    name: "format, lint and imports between packages",
    command: ["biome", "check", "--error-on-warnings", "--diagnostic-level=warn"],
  },
  { name: "types", command: ["tsc", "-p", "tsconfig.json"] },
  { name: "types of the viewer's pages", command: ["tsc", "-p", "services/viewer/src/page/client/tsconfig.json"] },
  { name: "types of front's page", command: ["tsc", "-p", "services/front/src/page/client/tsconfig.json"] },
  { name: "lint of the service definition", command: ["bun", "run", "lint"], folder: "proto" },
  { name: "lint of the viewer's OTLP", command: ["bun", "run", "lint"], folder: "services/viewer" },
  { name: "generated code is up to date", command: ["bun", "--bun", "tools/generate.ts", "--check"] },
  { name: "Kubernetes manifests", command: ["bun", "tools/deploy/check.ts"] },
  { name: "docs/configuration.md is up to date", command: ["bun", "test", "render-docs"] },
];

const maxLines = 80;

const results = await Promise.all(steps.map(run));
for (const { name, passed, output } of results) {
  console.log(`${passed ? "ok    " : "FAILED"}  ${name}`);
  if (!passed) console.log(beginningOf(output));
}
const failed = results.filter(({ passed }) => !passed).length;
console.log(`\n${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** The tools can print hundreds of lines, and the first fault matters most. */
function beginningOf(output: string): string {
  const lines = output.trimEnd().split("\n");
  const more = lines.length > maxLines ? [`... and ${lines.length - maxLines} more lines`] : [];
  return [...lines.slice(0, maxLines), ...more].map((line) => `        ${line}`).join("\n");
}

async function run({ name, command: [program = "", ...args], folder = "." }: Step) {
  // The tools are those of the lock file. Bun is the one that runs this program.
  const executable = program === "bun" ? process.execPath : `${root}node_modules/.bin/${program}`;
  const process_ = Bun.spawn([executable, ...args], {
    cwd: root + folder,
    env: { ...process.env, NO_COLOR: "1" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([process_.stdout.text(), process_.stderr.text(), process_.exited]);
  return { name, passed: code === 0, output: out + err };
}
