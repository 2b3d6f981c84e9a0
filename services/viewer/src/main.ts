/** `bun run services/viewer`: starts the viewer, and stops it on a signal. */
import { readArguments, USAGE } from "./arguments.ts";
import { PORT_VARIABLES, readViewerConfig, type ViewerConfig } from "./config.ts";
import { readPipe } from "./import/read-pipe.ts";
import { ListenError, startViewer, type Viewer } from "./viewer.ts";

const report = (message: string) => console.error(`viewer: ${message}`);

try {
  const { files, help } = readArguments(process.argv.slice(2));
  if (help) {
    console.log(USAGE);
    process.exit(0);
  }
  await run(files);
} catch (error) {
  report(explain(error));
  process.exit(1);
}

async function run(files: readonly string[]): Promise<void> {
  const config = readViewerConfig(process.env);
  for (const problem of config.problems) report(problem);
  const viewer = await startViewer(config);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop(viewer));
  for (const file of files) await importFile(viewer, file);
  console.log(readyLine(viewer, config));
  // Its end, and its failure, are not the viewer's.
  await readPipe((line) => viewer.importJson(line), report).catch((error: unknown) => report(explain(error)));
}

/** @throws Error that names the file */
async function importFile(viewer: Viewer, path: string): Promise<void> {
  try {
    viewer.importJson(await Bun.file(path).text());
  } catch (error) {
    throw new Error(`${path} cannot be shown: ${explain(error)}`);
  }
}

async function stop(viewer: Viewer): Promise<never> {
  await viewer.stop();
  process.exit(0);
}

function readyLine({ url, otlpUrl, otlpGrpcUrl }: Viewer, { color }: ViewerConfig): string {
  const paint = color && process.stdout.isTTY ? (text: string) => `\x1b[36m${text}\x1b[0m` : String;
  return `viewer: pages and query API at ${paint(url)}, OTLP over HTTP at ${paint(otlpUrl)} and over gRPC at ${paint(otlpGrpcUrl)}`;
}

function explain(error: unknown): string {
  if (!(error instanceof ListenError)) return error instanceof Error ? error.message : String(error);
  const variable = PORT_VARIABLES[error.portName];
  if (!error.taken) return `${error.message}. Set VIEWER_HOST and ${variable} to another address.`;
  return `${error.message}. Set ${variable} to another port, or to 0 for any free one.`;
}
