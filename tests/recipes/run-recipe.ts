/** Runs a recipe as a person would, with a trace backend that the test can ask afterwards. */
import { startViewer } from "@baton/viewer";
import type { MetricAnswer } from "@baton/viewer/answers";

/** A span as a recipe's test compares it. */
export interface RecipeSpan {
  readonly name: string;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Name of the parent span. @default none */
  readonly parent?: string;
  /** Span ids of the spans that it links to. */
  readonly links: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

export interface RecipeRunner extends AsyncDisposable {
  /** Runs a recipe to its end. @returns What it printed. @throws When it does not end with 0. */
  run(file: string, env?: Readonly<Record<string, string>>): Promise<string>;
  /** Runs a recipe that serves, while `visit` makes requests to it; then sends SIGTERM. */
  serve(file: string, visit: (url: string) => Promise<void>): Promise<void>;
  /** All spans of a service. They have arrived when the recipe has ended. */
  spans(service: string): Promise<readonly RecipeSpan[]>;
  metrics(service: string): Promise<readonly MetricAnswer[]>;
}

const folder = import.meta.dir;

export async function startRecipeRunner(): Promise<RecipeRunner> {
  const viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 });
  const start = (file: string, env: Readonly<Record<string, string>> = {}) =>
    Bun.spawn([process.execPath, file], {
      cwd: folder,
      env: { ...cleanEnvironment(), OTEL_EXPORTER_OTLP_ENDPOINT: viewer.otlpUrl, ...env },
      stdout: "pipe",
      stderr: "pipe",
    });
  return {
    async run(file, env) {
      const child = start(file, env);
      const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
      if (code !== 0) throw new Error(`${file} ended with ${code}:\n${out}${err}`);
      return out;
    },
    async serve(file, visit) {
      const child = start(file, { PORT: "0" });
      const errors = child.stderr.text();
      try {
        await visit(await printedUrl(child.stdout));
        child.kill("SIGTERM");
        const code = await child.exited;
        if (code !== 0) throw new Error(`${file} ended with ${code}:\n${await errors}`);
      } finally {
        child.kill("SIGKILL");
      }
    },
    async spans(service) {
      const answer = await fetch(`${viewer.url}/api/traces?service=${service}&limit=1000`);
      const { data } = (await answer.json()) as { data: readonly JaegerTrace[] };
      return data.flatMap(({ spans }) => spans).map((span, _, all) => toRecipeSpan(span, all));
    },
    async metrics(service) {
      const answer = await fetch(`${viewer.url}/api/viewer/metrics`);
      const { data } = (await answer.json()) as { data: readonly MetricAnswer[] };
      return data.filter((metric) => metric.service === service);
    },
    [Symbol.asyncDispose]: () => viewer.stop(),
  };
}

type JaegerTrace = NonNullable<ReturnType<Awaited<ReturnType<typeof startViewer>>["trace"]>>;
type JaegerSpan = JaegerTrace["spans"][number];
type Tags = JaegerSpan["tags"];

/** The test's own environment, without what would change what a recipe does. */
function cleanEnvironment(): Readonly<Record<string, string | undefined>> {
  const { NODE_ENV: _, ...env } = process.env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("OTEL_")));
}

async function printedUrl(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of output) {
    text += decoder.decode(chunk, { stream: true });
    const url = /^http:\S+$/m.exec(text)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`the recipe ended without a URL:\n${text}`);
}

function toRecipeSpan(span: JaegerSpan, all: readonly JaegerSpan[]): RecipeSpan {
  const { "span.kind": kind = "internal", ...attributes } = toRecord(span.tags);
  const references = span.references ?? [];
  const parentId = references.find(({ refType }) => refType === "CHILD_OF")?.spanID;
  const parent = all.find(({ spanID }) => spanID === parentId)?.operationName;
  return {
    name: span.operationName,
    kind: String(kind),
    traceId: span.traceID,
    spanId: span.spanID,
    ...(parent === undefined ? {} : { parent }),
    links: references.filter(({ refType }) => refType === "FOLLOWS_FROM").map(({ spanID }) => spanID),
    attributes,
    events: (span.logs ?? []).map(({ fields }) => toRecord(fields)),
  };
}

function toRecord(tags: Tags): Record<string, unknown> {
  return Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value]));
}
