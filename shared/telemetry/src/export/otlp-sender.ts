/** OTLP for one signal: encode, send, retry, and read what the receiver says it refused. */
import type { OtlpConfig } from "../config/otlp.ts";
import type { Transport } from "./fetch-transport.ts";
import { sendWithRetry } from "./retry.ts";
import type { Sender, SendOutcome } from "./sender.ts";

/** The part of a serializer of `@opentelemetry/otlp-transformer` that is used here. */
export interface Codec<T> {
  serializeRequest(items: T): Uint8Array | undefined;
  deserializeResponse(body: Uint8Array): unknown;
}

export interface OtlpSenderParts<T> {
  readonly componentType: string;
  /** Both are called with the first batch, so that nothing is loaded before it is needed. */
  readonly codec: () => Codec<T>;
  readonly transport: () => Transport;
}

export function createOtlpSender<T>(config: OtlpConfig, parts: OtlpSenderParts<T>): Sender<T> {
  let codec: Codec<T> | undefined;
  let transport: Transport | undefined;
  const hurry = new AbortController();
  return {
    target: describeTarget(config.endpoint),
    componentType: parts.componentType,
    send: async (items, signal) => {
      codec ??= parts.codec();
      transport ??= parts.transport();
      const wire = transport;
      const body = codec.serializeRequest(items);
      if (body === undefined) return { ok: false, reason: "could not be encoded", errorType: "encoding" };
      const reply = await sendWithRetry((abort, timeLeft) => wire.post(owned(body), abort, timeLeft), {
        timeoutMs: config.timeoutMs,
        signal,
        hurry: hurry.signal,
      });
      return "body" in reply ? readPartialSuccess(codec, reply.body) : reply;
    },
    hurry: () => hurry.abort(),
    close: () => transport?.close(),
  };
}

/** Without user, password and query, any of which may be a secret. */
export function describeTarget(endpoint: string): string {
  if (!/^https?:/i.test(endpoint) || !URL.canParse(endpoint)) return endpoint;
  const url = new URL(endpoint);
  return `${url.origin}${url.pathname === "/" ? "" : url.pathname}`;
}

/**
 * @see https://opentelemetry.io/docs/specs/otlp/#partial-success
 */
function readPartialSuccess(codec: Codec<never>, body: Uint8Array): SendOutcome {
  // An empty message is a full success, and by far the most usual answer.
  if (body.length === 0) return { ok: true, rejected: 0 };
  let partial: unknown;
  try {
    const response = codec.deserializeResponse(body);
    partial = isRecord(response) ? response.partialSuccess : undefined;
  } catch {
    // It was accepted, whatever else the answer says.
    return { ok: true, rejected: 0 };
  }
  if (!isRecord(partial)) return { ok: true, rejected: 0 };
  const counts = [partial.rejectedSpans, partial.rejectedDataPoints, partial.rejectedLogRecords];
  const rejected = Math.max(0, ...counts.map((count) => Number(count ?? 0)).filter(Number.isFinite));
  return { ok: true, rejected, reason: String(partial.errorMessage ?? "") };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** `fetch` takes no view of a shared buffer; the serializers never make one. */
function owned(body: Uint8Array): Uint8Array<ArrayBuffer> {
  return body as Uint8Array<ArrayBuffer>;
}
