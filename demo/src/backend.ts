/** Finds out whether a trace backend already runs. */
import type { Backend } from "./config.ts";

const timeoutMs = 1000;

/** True when OTLP is accepted and the query API answers: a Jaeger, or the viewer of another demo. */
export async function answers({ otlpUrl, queryUrl }: Backend): Promise<boolean> {
  const [takesSpans, knowsServices] = await Promise.all([takesOtlp(otlpUrl, "traces"), answersQueries(queryUrl)]);
  return takesSpans && knowsServices;
}

/** A Jaeger accepts only traces and answers 404 for logs and metrics. The viewer accepts all three. */
export async function takesOnlyTraces({ otlpUrl }: Backend): Promise<boolean> {
  return !(await takesOtlp(otlpUrl, "logs"));
}

/** An export without spans or logs is a valid request that stores nothing. */
async function takesOtlp(otlpUrl: string, signal: "traces" | "logs"): Promise<boolean> {
  const response = await ask(`${otlpUrl}/v1/${signal}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  return response?.ok ?? false;
}

async function answersQueries(queryUrl: string): Promise<boolean> {
  const response = await ask(`${queryUrl}/api/services`, {});
  if (!response?.ok) return false;
  const body: unknown = await response.json().catch(() => undefined);
  return typeof body === "object" && body !== null && "data" in body;
}

async function ask(url: string, request: RequestInit): Promise<Response | undefined> {
  try {
    return await fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
  } catch {
    return undefined;
  }
}
