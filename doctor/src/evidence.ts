/** What was sent, what came back, and which spans belong to it. The checks read this and nothing else. */
import { buildTree, type Span, type Trace, type TraceTree } from "@baton/trace-tree";
import type { ReceivedCall } from "./callback-server.ts";
import type { ServiceFacts } from "./examination.ts";
import { isTraceOf, otherTraceId, type Probe, type Purpose } from "./probe.ts";
import type { Target } from "./target.ts";
import type { Reply } from "./wire/message.ts";

export interface Exchange {
  readonly probe: Probe;
  readonly reply: Reply;
  /** What the service sent to the call-back for it. */
  readonly calls: readonly ReceivedCall[];
  /** Microseconds since 1970. */
  readonly sentMicros: number;
  readonly endedMicros: number;
}

/** An exchange with the spans that it caused. */
export interface Seen extends Exchange {
  /** The SERVER spans with which the request entered. One is right. */
  readonly entries: readonly Span[];
  /** Every span of the trace of the first entry. */
  readonly tree: TraceTree | undefined;
}

export interface Evidence {
  readonly target: Target;
  readonly seen: readonly Seen[];
  /** All that came, also traces that began because ours was lost, and those of other traffic. */
  readonly traces: readonly Trace[];
  /** Whether any span of the service came. */
  readonly hasSpans: boolean;
  readonly service: ServiceFacts | undefined;
  /** Probes for which there was no time. */
  readonly skipped: number;
  /** Of the spans of the last requests before SIGTERM; absent where it was not sent. */
  readonly ending?: Ending;
}

export interface Ending {
  readonly exchanges: readonly Exchange[];
  readonly arrived: number;
  /** What kept the signal from being sent. */
  readonly problem?: string;
}

export function ofPurpose({ seen }: Evidence, ...purposes: readonly Purpose[]): readonly Seen[] {
  return seen.filter(({ probe }) => purposes.includes(probe.purpose));
}

/** The exchange answered, whatever the status. */
export function isAnswered({ reply }: Exchange): boolean {
  return reply.status !== undefined;
}

/** The values of a header in a call that the service made. */
export function headerValues({ headers }: Pick<ReceivedCall, "headers">, name: string): readonly string[] {
  return headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}

/** Microseconds around a request in which its span may start: clocks of SDKs differ by some milliseconds. */
const CLOCK_MICROS = 4000;

/** Joins each exchange with its spans: by trace id, by call-back, by User-Agent, and else by time. */
export function joinSpans(exchanges: readonly Exchange[], spans: readonly Span[]): readonly Seen[] {
  const byTrace = Map.groupBy(spans, ({ traceId }) => traceId);
  const trees = new Map([...byTrace].map(([id, own]) => [id, buildTree({ traceId: id, spans: own })] as const));
  const entries = [...trees.values()].flatMap(entriesOf);
  const ours = new Set(exchanges.map(({ probe }) => probe.identity.parentId));
  // A span of another service was called from inside, also where its parent is lost or wrong.
  const below = mostCommon(entries.filter(({ parentId }) => ours.has(parentId ?? "")).map(({ service }) => service));
  const claimed = new Set<Span>();
  const found = new Map<Exchange, readonly Span[]>();
  const claim = (exchange: Exchange, spans: readonly Span[]) => {
    const { parentId } = exchange.probe.identity;
    const first =
      spans.find((span) => span.parentId === parentId) ??
      spans.find((span) => span.service === (below ?? span.service));
    if (first === undefined) return;
    const own = spans.filter((span) => span.service === first.service);
    for (const span of own) claimed.add(span);
    found.set(exchange, own);
  };
  for (const rule of [hasOurTrace, hasTraceOfCall, hasUserAgent]) {
    for (const exchange of exchanges) {
      if (!found.has(exchange))
        claim(
          exchange,
          entries.filter((span) => !claimed.has(span) && rule(exchange, span)),
        );
    }
  }
  const service = mostCommon([...claimed].map((span) => span.service));
  const ahead = clockDifference(found);
  for (const exchange of exchanges.filter((each) => !found.has(each) && isAlone(each, exchanges))) {
    const inTime = entries.filter(
      (span) =>
        !claimed.has(span) &&
        span.service === (service ?? span.service) &&
        span.startMicros - ahead >= exchange.sentMicros - CLOCK_MICROS &&
        span.startMicros - ahead <= exchange.endedMicros + CLOCK_MICROS,
    );
    claim(exchange, inTime.slice(0, 1));
  }
  return exchanges.map((exchange) => {
    const own = found.get(exchange) ?? [];
    return { ...exchange, entries: own, tree: trees.get(own[0]?.traceId ?? "") ?? ownTree(exchange, trees) };
  });
}

/** A trace that has our id although no SERVER span is in it. */
function ownTree({ probe }: Exchange, trees: ReadonlyMap<string, TraceTree>): TraceTree | undefined {
  return trees.get(probe.identity.traceId);
}

/** SERVER spans that no call of this trace led to: with these the request came in from outside. */
function entriesOf({ roots, orphans, circles }: TraceTree): readonly Span[] {
  const entries: Span[] = [];
  const stack = [...roots, ...orphans, ...circles];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.span.kind === "server") entries.push(node.span);
    if (node.span.kind !== "client" && node.span.kind !== "producer") stack.push(...node.children);
  }
  return entries.sort((a, b) => a.startMicros - b.startMicros);
}

function hasOurTrace({ probe }: Exchange, span: Span): boolean {
  if (isTraceOf(probe, span.traceId)) return true;
  return probe.purpose === "disagree" && span.traceId === otherTraceId(probe.identity.traceId);
}

function hasTraceOfCall({ calls }: Exchange, span: Span): boolean {
  return calls.some((call) => headerValues(call, "traceparent").some((value) => value.split("-")[1] === span.traceId));
}

function hasUserAgent({ probe }: Exchange, { attributes }: Span): boolean {
  const agent = attributes["user_agent.original"] ?? attributes["http.user_agent"];
  return String(agent ?? "").includes(probe.id);
}

/** Whether no other request ran at the same time. */
function isAlone(exchange: Exchange, all: readonly Exchange[]): boolean {
  return all.every(
    (other) => other === exchange || other.endedMicros < exchange.sentMicros || other.sentMicros > exchange.endedMicros,
  );
}

/** How far the service's clock is ahead: never less than what the spans that are known show. */
function clockDifference(found: ReadonlyMap<Exchange, readonly Span[]>): number {
  const differences = [...found].map(([exchange, [span]]) => (span?.startMicros ?? 0) - exchange.sentMicros);
  const median = differences.sort((a, b) => a - b)[Math.floor(differences.length / 2)] ?? 0;
  // A few milliseconds are the way of the request itself.
  return Math.abs(median) > 20_000 ? median : 0;
}

function mostCommon(names: readonly string[]): string | undefined {
  const groups = [...Map.groupBy(names, (name) => name)];
  return groups.toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

/** From the resource of the span with which the requests come in. */
export function readService(seen: readonly Seen[]): ServiceFacts | undefined {
  const entry = seen.find(({ entries }) => entries.length > 0)?.entries[0];
  if (entry === undefined) return undefined;
  const text = (key: string) => {
    const value = entry.resource[key];
    return value === undefined ? undefined : String(value);
  };
  const runtime = text("process.runtime.name")?.toLowerCase() ?? "";
  const isElysia = /elysia/i.test(String(entry.attributes["otel.scope.name"] ?? ""));
  // The SDK of JavaScript says nodejs wherever it runs.
  const language = /^(bun|deno)$/.test(runtime)
    ? runtime
    : isElysia
      ? "bun"
      : (text("telemetry.sdk.language") ?? "unknown");
  const distro = text("telemetry.distro.name");
  const sdkVersion = text("telemetry.sdk.version");
  return {
    name: entry.service,
    language,
    ...(distro !== undefined && { distro }),
    ...(sdkVersion !== undefined && { sdkVersion }),
  };
}
