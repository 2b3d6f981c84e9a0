/** Is there a trace backend already? */
import type { Backend } from "./config.ts";

const timeoutMs = 1000;

/** True when OTLP is taken and the query API answers: a Jaeger, or the viewer of another demo. */
export async function answers({ otlpUrl, queryUrl }: Backend): Promise<boolean> {
  const [takesSpans, knowsServices] = await Promise.all([takesOtlp(otlpUrl), answersQueries(queryUrl)]);
  return takesSpans && knowsServices;
}

/** An export of nothing is a valid request that leaves no trace. */
async function takesOtlp(otlpUrl: string): Promise<boolean> {
  const response = await ask(`${otlpUrl}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [] }),
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
