/** From an address to what is right and wrong with its traces. */
import { type CallbackServer, startCallbackServer } from "./callback-server.ts";
import { checkAnswers } from "./checks/answers.ts";
import { checkBaggage } from "./checks/baggage.ts";
import { checkContinues } from "./checks/continues.ts";
import { checkEnding } from "./checks/ending.ts";
import { checkFormats } from "./checks/formats.ts";
import { checkPassesOn } from "./checks/passes-on.ts";
import { checkSampling } from "./checks/sampling.ts";
import { checkStrict } from "./checks/strict.ts";
import { endBySignal } from "./ending.ts";
import type { Evidence } from "./evidence.ts";
import type { Examination, ExamineOptions } from "./examination.ts";
import { type CheckResult, sortFindings } from "./finding.ts";
import { planSteps } from "./plan.ts";
import { createSession, type Session } from "./session.ts";
import { openJaeger, type SpanSource, startReceiver } from "./span-source.ts";
import { readTarget, type Target } from "./target.ts";
import { createGrpcConnection, createGrpcSender } from "./wire/grpc.ts";
import { createHttpSender } from "./wire/http.ts";
import type { Sender } from "./wire/message.ts";
import { reflectMethod } from "./wire/reflection.ts";

/**
 * Sends at most 300 requests to the address and to nothing else, and judges what comes of them. It does not ask before
 * it sends: that is the command's part.
 * @throws UsageError when an option breaks a rule, a port is taken, or gRPC has no reflection.
 */
export async function examine(options: ExamineOptions): Promise<Examination> {
  const started = performance.now();
  const target = readTarget(options);
  const { listenHost = "127.0.0.1", otlpHttpPort = 4318, otlpGrpcPort = 4317 } = options;
  const source = options.query
    ? openJaeger(options.query)
    : await startReceiver({ listenHost, otlpHttpPort, otlpGrpcPort });
  try {
    const callback = await startCallbackServer(listenHost);
    try {
      return { ...(await run(target, source, callback, options)), durationMs: Math.round(performance.now() - started) };
    } finally {
      callback.stop();
    }
  } finally {
    await source.stop();
  }
}

async function run(
  target: Target,
  source: SpanSource,
  callback: CallbackServer,
  options: ExamineOptions,
): Promise<Omit<Examination, "durationMs">> {
  const { waitMs = 60_000, timeoutMs = 10_000, budgetMs = 120_000, onProgress = () => {}, pid } = options;
  if (source.otlp) onProgress({ kind: "listening", otlp: source.otlp });
  const sender = await createSender(target, timeoutMs);
  try {
    const session = createSession({ target, sender, source, callback, onProgress });
    const dead = await session.warmUp(waitMs);
    if (dead !== undefined) return unexamined(target, dead, session);
    const skipped = await session.send(planSteps(target), performance.now() + budgetMs);
    const evidence = await session.collect(skipped);
    const ending = pid === undefined ? undefined : await endBySignal(session, pid);
    return judgeAll({ ...evidence, ...(ending && { ending }) }, session);
  } finally {
    sender.stop();
  }
}

async function createSender(target: Target, timeoutMs: number): Promise<Sender> {
  if (target.protocol === "http") return createHttpSender(target, timeoutMs);
  const connection = createGrpcConnection(target, timeoutMs);
  try {
    return createGrpcSender(target, connection, await reflectMethod(connection, target));
  } catch (error) {
    connection.stop();
    throw error;
  }
}

function judgeAll(evidence: Evidence, session: Session): Omit<Examination, "durationMs"> {
  const ending = checkEnding(evidence);
  const [continues, passesOn, sampling] = [checkContinues(evidence), checkPassesOn(evidence), checkSampling(evidence)];
  const known = new Set([continues, passesOn, sampling].flatMap(({ findings }) => findings.map(({ id }) => id)));
  const checks = [
    continues,
    passesOn,
    checkStrict(evidence, known),
    checkAnswers(evidence, known),
    checkBaggage(evidence, known),
    sampling,
    checkFormats(evidence),
    ...(ending ? [ending] : []),
  ];
  const findings = sortFindings(checks.flatMap((check) => check.findings));
  const outcome = outcomeOf(evidence, checks);
  const base = { url: evidence.target.url, service: evidence.service, checks, findings, requests: session.requests() };
  return { ...base, outcome, summary: summaryOf(outcome, checks), remarks: remarksOn(evidence) };
}

function outcomeOf({ hasSpans, seen }: Evidence, checks: readonly CheckResult[]): Examination["outcome"] {
  if (checks.some(({ state }) => state === "broken")) return "broken";
  if (!hasSpans && seen.every(({ calls }) => calls.length === 0)) return "unexamined";
  return checks.some(({ state }) => state === "unusual") ? "unusual" : "right";
}

function summaryOf(outcome: Examination["outcome"], checks: readonly CheckResult[]): string {
  const unseen = checks.filter(({ state }) => state === "not seen").length;
  const rest = unseen === 0 ? "" : ` ${unseen} of ${checks.length} checks could not be made.`;
  const text = {
    right: "A trace gets through this service.",
    unusual: "A trace gets through this service. What is unusual is above.",
    broken: "The traces of this service are broken.",
    unexamined: "The service answers, but no span of it came and it called nobody: nothing can be said of its traces.",
  };
  return text[outcome] + (outcome === "unexamined" ? "" : rest);
}

function remarksOn({ target, seen, skipped }: Evidence): readonly string[] {
  const usual = seen.filter(({ probe, reply }) => probe.purpose !== "unknown-path" && reply.status !== undefined);
  const all = (is: (status: number) => boolean) =>
    usual.length > 0 && usual.every(({ reply }) => is(reply.status ?? -1));
  const failed = seen.filter(({ reply, probe }) => reply.status === undefined && probe.purpose !== "leave");
  const [location] = usual.flatMap(({ reply }) => reply.headers.filter(([name]) => name.toLowerCase() === "location"));
  const remarks: string[] = [];
  if (target.protocol === "http") {
    if (all((status) => status === 401 || status === 403 || status === 407)) {
      remarks.push(
        `Every answer was ${usual[0]?.reply.status}. Only what happens before the login was examined. Give what it wants: --header 'authorization: Bearer ...'.`,
      );
    } else if (all((status) => status >= 300 && status < 400)) {
      remarks.push(
        `Every answer was ${usual[0]?.reply.status} to ${location?.[1] ?? "another address"}. Redirects are not followed. Give the final address, or what a login wants with --header.`,
      );
    } else if (all((status) => status === 404 || status === 405)) {
      remarks.push(`Every answer was ${usual[0]?.reply.status}. Check the path and the method.`);
    } else if (all((status) => status >= 500)) remarks.push(`Every answer was ${usual[0]?.reply.status}.`);
  } else if (all((status) => status === 16 || status === 7)) {
    remarks.push("Every answer was UNAUTHENTICATED or PERMISSION_DENIED. Give what it wants with --header.");
  } else if (all((status) => status === 3)) {
    remarks.push(`Every answer was INVALID_ARGUMENT: ${usual[0]?.reply.text}. Give another message with --data.`);
  }
  if (failed.length > 0)
    remarks.push(`${failed.length} requests got no answer: ${failed[0]?.reply.detail ?? failed[0]?.reply.problem}.`);
  if (skipped > 0)
    remarks.push(`The time was over before all was sent: ${skipped} requests are missing. --time gives more.`);
  return remarks;
}

function unexamined(target: Target, why: string, session: Session): Omit<Examination, "durationMs"> {
  const nothing = { service: undefined, checks: [], findings: [], remarks: [] };
  return { url: target.url, outcome: "unexamined", summary: why, ...nothing, requests: session.requests() };
}
