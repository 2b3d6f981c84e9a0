/**
 * The demo as the first service of a trace.
 *
 * Some scenarios show a request that is already part of a trace. The demo is its caller and sends a CLIENT span of its
 * own, so that the trace is complete. It writes the span as OTLP JSON by hand: a program can join a trace without our
 * telemetry package.
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-request
 */
import { randomBytes } from "node:crypto";
import { callerService } from "./spans.ts";

export interface CallerSpan {
  readonly traceId: string;
  /** The `traceparent` header that makes the called service's span a child of this span. */
  readonly traceparent: string;
  /** Ends the span and sends it. @throws Error when the backend does not accept it. */
  end(otlpUrl: string): Promise<void>;
}

export function startCallerSpan(name: string): CallerSpan {
  const traceId = randomBytes(16).toString("hex");
  const spanId = randomBytes(8).toString("hex");
  const startTimeUnixNano = nowNanos();
  return {
    traceId,
    // Flags: sampled, and random (Level 2), because each byte of the id is.
    traceparent: `00-${traceId}-${spanId}-03`,
    async end(otlpUrl) {
      const span = { traceId, spanId, name, kind: 3, startTimeUnixNano, endTimeUnixNano: nowNanos() };
      await sendSpan(otlpUrl, span);
    },
  };
}

async function sendSpan(otlpUrl: string, span: object): Promise<void> {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: callerService } }] };
  const response = await fetch(`${otlpUrl}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "@baton/demo" }, spans: [span] }] }],
    }),
  });
  if (!response.ok) throw new Error(`${otlpUrl} answered the demo's own span with ${response.status}`);
}

function nowNanos(): string {
  return String(BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n);
}
