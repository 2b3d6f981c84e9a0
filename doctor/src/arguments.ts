/** The words of the command line. */
import { parseArgs } from "node:util";
import type { ExamineOptions } from "./examination.ts";
import { UsageError } from "./target.ts";

export type Format = "text" | "json" | "junit" | "markdown";

export interface Arguments extends Omit<ExamineOptions, "url" | "onProgress"> {
  /** Absent with `--self` and `--help`. */
  readonly url?: string;
  readonly self: boolean;
  readonly help: boolean;
  readonly format: Format;
  readonly strict: boolean;
  readonly yes: boolean;
}

export const HELP = `Says of a running service, in any language, whether a trace gets through it.

  doctor URL [options]
  doctor http://localhost:3000/rolldice
  doctor http://localhost:8000/checkout --method POST --body @order.json --header 'authorization: Bearer ...'
  doctor grpc://localhost:50051/baton.dice.v1.DiceService/Roll --data '{"player":"ann"}'
  doctor 'http://localhost:8000/proxy?url={callback}'

{callback} stands for an address of the doctor. The service calls it, and the doctor sees the headers.

The request
  --method METHOD        GET, or POST with a body
  --header 'NAME: VALUE' can be given several times
  --body TEXT            @FILE reads it from a file
  --data JSON            the message of a gRPC method, or a list of messages; @FILE reads it from a file

The spans
  --query URL            a Jaeger that the service sends to; without it the doctor receives OTLP itself
  --otlp-http-port PORT  4318
  --otlp-grpc-port PORT  4317
  --listen HOST          127.0.0.1; 0.0.0.0 for a service in a container
  --wait SECONDS         until the first span must have come: 60

Bounds
  --timeout SECONDS      for one answer: 10
  --time SECONDS         for all requests: 120
  --yes                  do not ask before POST and the like to an address that is not this machine

The end
  --pid PID              send SIGTERM to the service at the end, and see whether its last spans arrive

The report
  --json, --junit, --markdown
  --strict               end with 1 for what is unusual too

  --self                 examine Baton's own two services

Ends with 0 when nothing is broken, 1 when something is, and 2 when the service could not be examined.`;

const OPTIONS = {
  method: { type: "string" },
  header: { type: "string", multiple: true },
  body: { type: "string" },
  data: { type: "string" },
  query: { type: "string" },
  "otlp-http-port": { type: "string" },
  "otlp-grpc-port": { type: "string" },
  listen: { type: "string" },
  wait: { type: "string" },
  timeout: { type: "string" },
  time: { type: "string" },
  yes: { type: "boolean" },
  pid: { type: "string" },
  json: { type: "boolean" },
  junit: { type: "boolean" },
  markdown: { type: "boolean" },
  strict: { type: "boolean" },
  self: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** @param readFile For `@FILE`. @throws UsageError */
export async function readArguments(
  words: readonly string[],
  readFile: (path: string) => Promise<string>,
): Promise<Arguments> {
  const { values, positionals } = parse(words);
  const [url, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`Give one address, not ${positionals.length}: ${positionals.join(" ")}`);
  const { self = false, help = false, strict = false, yes = false } = values;
  if (url === undefined && !self && !help) throw new UsageError("Give the address of a service, or --help.");
  if (url !== undefined && self) throw new UsageError("--self: takes no address");
  const formats = (["json", "junit", "markdown"] as const).filter((name) => values[name] === true);
  if (formats.length > 1) throw new UsageError(`Give one of ${formats.map((name) => `--${name}`).join(" and ")}.`);
  const text = (value: string) => (value.startsWith("@") ? readFile(value.slice(1)) : value);
  return {
    self,
    help,
    strict,
    yes,
    format: formats[0] ?? "text",
    ...(url !== undefined && { url }),
    ...(values.method !== undefined && { method: values.method }),
    ...(values.header !== undefined && { headers: values.header.map(readHeader) }),
    ...(values.body !== undefined && { body: await text(values.body) }),
    ...(values.data !== undefined && { data: await text(values.data) }),
    ...(values.query !== undefined && { query: values.query }),
    ...(values.listen !== undefined && { listenHost: values.listen }),
    ...whole("otlpHttpPort", "otlp-http-port", values["otlp-http-port"], 0, 65_535),
    ...whole("otlpGrpcPort", "otlp-grpc-port", values["otlp-grpc-port"], 0, 65_535),
    ...whole("pid", "pid", values.pid, 2, 2 ** 22),
    ...seconds("waitMs", "wait", values.wait),
    ...seconds("timeoutMs", "timeout", values.timeout),
    ...seconds("budgetMs", "time", values.time),
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${why.split(". To specify")[0]}. --help lists the options.`);
  }
}

function readHeader(text: string): readonly [string, string] {
  const colon = text.indexOf(":");
  if (colon < 1) throw new UsageError(`--header: must be 'name: value', not ${text}`);
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

function whole<Key extends string>(
  key: Key,
  option: string,
  text: string | undefined,
  min: number,
  max: number,
): Partial<Record<Key, number>> {
  if (text === undefined) return {};
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return { [key]: value } as Record<Key, number>;
  throw new UsageError(`--${option}: must be a whole number from ${min} to ${max}, not ${text}`);
}

function seconds<Key extends string>(key: Key, option: string, text: string | undefined): Partial<Record<Key, number>> {
  if (text === undefined) return {};
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= 3600) return { [key]: value * 1000 } as Record<Key, number>;
  throw new UsageError(`--${option}: must be a number of seconds up to 3600, not ${text}`);
}
