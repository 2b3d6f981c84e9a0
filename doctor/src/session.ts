/** One examination as it runs: sends probes, keeps what came back, and waits for spans. */
import type { CallbackServer } from "./callback-server.ts";
import { lacksSpans } from "./checks/hops.ts";
import { type Evidence, type Exchange, headerValues, joinSpans, readService, type Seen } from "./evidence.ts";
import type { Progress } from "./examination.ts";
import { type Step, sampled } from "./plan.ts";
import type { Probe } from "./probe.ts";
import type { SpanSource } from "./span-source.ts";
import type { Target } from "./target.ts";
import type { Reply, Sender } from "./wire/message.ts";

export interface Session {
  /** Waits for the first span. Returns why nothing can be examined, where that is so. */
  warmUp(waitMs: number): Promise<string | undefined>;
  /** How many probes were not sent because the time was over. */
  send(steps: readonly Step[], deadline: number): Promise<number>;
  /** Waits until the spans of all that was sent have come, or no more are to be expected. */
  collect(skipped: number): Promise<Evidence>;
  exchange(probe: Probe): Promise<Exchange>;
  /** How many of them have a SERVER span, now. */
  arrived(exchanges: readonly Exchange[]): Promise<number>;
  /** Milliseconds from an answer to its span, as far as it is known. */
  delayMs(): number;
  requests(): number;
}

interface SessionOptions {
  readonly target: Target;
  readonly sender: Sender;
  readonly source: SpanSource;
  readonly callback: CallbackServer;
  readonly onProgress: (progress: Progress) => void;
}

const POLL_MS = 200;
const READ_MS = 500;
/** Between two requests, where only the time tells which span is whose. */
const GAP_MS = 12;
const LANES = 4;
/** The default of OTEL_BSP_SCHEDULE_DELAY is 5 s. */
const USUAL_DELAY_MS = 5000;
const LONGEST_WAIT_MS = 15_000;
/** What the service calls may send its spans later than the service, where some are missing. */
const BEHIND_MS = USUAL_DELAY_MS;
/** So long without an answer or a connection at the very beginning, and nobody is there. */
const TRIES = 3;

export function createSession({ target, sender, source, callback, onProgress }: SessionOptions): Session {
  const exchanges: Exchange[] = [];
  let delayMs = USUAL_DELAY_MS;
  let canOverlap = false;
  let hasSpans = false;

  async function exchange(probe: Probe): Promise<Exchange> {
    const { id, headers, variant } = probe;
    const sentMicros = nowMicros();
    const reply = await sender.send({
      headers: [["User-Agent", `baton-doctor (${id})`], ...headers],
      callbackUrl: callback.urlFor(id, probe.callback),
      variant,
    });
    // A call may still be under way when the answer is here, so calls are read when they are needed.
    const done: Exchange = {
      probe,
      reply,
      get calls() {
        return callback.callsOf(id);
      },
      sentMicros,
      endedMicros: nowMicros(),
    };
    exchanges.push(done);
    return done;
  }

  async function join(of: readonly Exchange[]): Promise<readonly Seen[]> {
    const ordered = of.toSorted((a, b) => a.sentMicros - b.sentMicros);
    return joinSpans(ordered, await source.read(traceIdsOf(of)));
  }

  async function look(skipped: number): Promise<Evidence> {
    const spans = await source.read(traceIdsOf(exchanges));
    const seen = joinSpans(
      exchanges.toSorted((a, b) => a.sentMicros - b.sentMicros),
      spans,
    );
    const traces = [...Map.groupBy(spans, ({ traceId }) => traceId)].map(([traceId, of]) => ({ traceId, spans: of }));
    const anySpan = seen.some(({ entries, tree }) => entries.length > 0 || tree !== undefined);
    return { target, seen, traces, hasSpans: anySpan, service: readService(seen), skipped };
  }

  return {
    exchange,
    requests: () => exchanges.length,
    delayMs: () => delayMs,
    arrived: async (of) => (await join(of)).filter(({ entries }) => entries.length > 0).length,

    async warmUp(waitMs) {
      const started = performance.now();
      for (let tries = 1; ; tries += 1) {
        const { reply } = await exchange(sampled("warm-up"));
        if (reply.status === undefined) {
          if (reply.problem === "timeout" || tries >= TRIES) return deadBecause(target, reply);
          await Bun.sleep(POLL_MS);
          continue;
        }
        const answered = performance.now();
        const until = Math.min(answered + 1000 * Math.min(tries, 5), started + waitMs);
        do {
          const seen = await join(exchanges);
          const first = seen.find(({ entries }) => entries.length > 0);
          if (first !== undefined) {
            delayMs = Math.max(0, (nowMicros() - first.endedMicros) / 1000);
            canOverlap = tellsItself(first);
            hasSpans = true;
            onProgress({ kind: "first span", service: first.entries[0]?.service ?? "" });
            return undefined;
          }
          await Bun.sleep(POLL_MS);
        } while (performance.now() < until);
        if (performance.now() >= started + waitMs) {
          onProgress({ kind: "no span" });
          return undefined;
        }
        onProgress({ kind: "waiting", seconds: Math.round((performance.now() - started) / 1000) });
      }
    },

    async send(steps, deadline) {
      let skipped = 0;
      let isSending = true;
      // Spans are read meanwhile too, before a service that sends very many pushes them out.
      const reading = (async () => {
        while (isSending) {
          await source.read(traceIdsOf(exchanges));
          await Bun.sleep(READ_MS);
        }
      })();
      // What goes wrong there is thrown below, where it is waited for.
      reading.catch(() => {});
      for (const [index, { title, probes, order }] of steps.entries()) {
        onProgress({ kind: "sending", title, step: index + 1, steps: steps.length });
        const queue = [...probes];
        const lane = async () => {
          for (let probe = queue.shift(); probe !== undefined; probe = queue.shift()) {
            if (performance.now() > deadline) {
              skipped += 1 + queue.splice(0).length;
              return;
            }
            await exchange(probe);
            if (!canOverlap && hasSpans && order !== "together") await Bun.sleep(GAP_MS);
          }
        };
        const lanes = order === "together" ? probes.length : canOverlap && order !== "alone" ? LANES : 1;
        await Promise.all(Array.from({ length: lanes }, lane));
      }
      isSending = false;
      await reading;
      return skipped;
    },

    async collect(skipped) {
      onProgress({ kind: "collecting" });
      const longest = hasSpans ? Math.min(LONGEST_WAIT_MS, 1.5 * delayMs + 2000) : POLL_MS;
      const deadline = performance.now() + longest;
      const behind = performance.now() + (hasSpans ? BEHIND_MS : 0);
      for (let before = -1; ; ) {
        const evidence = await look(skipped);
        const count = countSpans(evidence.seen);
        const isSettled = (isComplete(evidence.seen) && count === before) || performance.now() >= deadline;
        if (isSettled && (performance.now() >= behind || !lacksSpans(evidence))) return evidence;
        before = count;
        await Bun.sleep(POLL_MS);
      }
    },
  };
}

/** Whether requests may overlap because each span says which request it belongs to. */
function tellsItself({ entries, probe }: Seen): boolean {
  return entries.some(({ attributes }) =>
    String(attributes["user_agent.original"] ?? attributes["http.user_agent"] ?? "").includes(probe.id),
  );
}

/** Trace ids that the probes have, and those that came to the call-back. */
function traceIdsOf(exchanges: readonly Exchange[]): readonly string[] {
  const ids = exchanges.flatMap(({ probe, calls }) => [
    probe.identity.traceId,
    ...calls.flatMap((call) => headerValues(call, "traceparent").map((value) => value.split("-")[1] ?? "")),
  ]);
  return [...new Set(ids.filter((id) => /^(?!0{32})[0-9a-f]{32}$/.test(id)))];
}

/** Every answered request that had to be recorded has its span, and every call its parent. */
function isComplete(seen: readonly Seen[]): boolean {
  return seen.every(({ probe, reply, entries, calls, tree }) => {
    if (!isToBeRecorded(probe) || reply.status === undefined) return true;
    const parents = calls.flatMap((call) => headerValues(call, "traceparent").map((value) => value.split("-")[2]));
    const ids = new Set(tree?.trace.spans.map(({ spanId }) => spanId));
    return entries.length > 0 && parents.every((parent) => parent === undefined || ids.has(parent));
  });
}

function isToBeRecorded({ purpose, case: each }: Probe): boolean {
  const flags = Number.parseInt(each?.expected.flags ?? "01", 16);
  return purpose !== "unsampled" && (flags & 1) === 1;
}

function countSpans(seen: readonly Seen[]): number {
  return seen.reduce((sum, { tree }) => sum + (tree?.trace.spans.length ?? 0), 0);
}

function deadBecause({ url, protocol }: Target, { problem, detail }: Reply): string {
  switch (problem) {
    case "refused":
      return `Nothing listens at ${url}. Start the service, or correct the host and the port.`;
    case "unknown host":
      return `The host of ${url} has no address. Correct its name.`;
    case "certificate":
      return `The certificate of ${url} is not trusted: ${detail ?? ""}. Name a file of authorities in NODE_EXTRA_CA_CERTS.`;
    case "timeout":
      return `${url} gave ${detail ?? "no answer"}. If that is usual for it, give it more: --timeout 60.`;
    case "not understood":
      return `${url} does not speak ${protocol === "grpc" ? "gRPC" : "HTTP/1.1"}: ${detail ?? ""}`;
    default:
      return `${url} closed the connection without an answer: ${detail ?? ""}`;
  }
}

/** Finer than a millisecond where the system has it. */
function nowMicros(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
