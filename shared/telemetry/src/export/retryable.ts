/** What an answer says about another try: whether there may be one, and when. */
import { GRPC } from "./failure.ts";
import type { Response } from "./retry.ts";

/** By number. @see https://opentelemetry.io/docs/specs/otlp/#failures */
const RETRYABLE_GRPC: ReadonlySet<unknown> = new Set(
  ["CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS"].map((name) =>
    GRPC.indexOf(name),
  ),
);
const RESOURCE_EXHAUSTED = GRPC.indexOf("RESOURCE_EXHAUSTED");

export function isRetryable(response: Response): boolean {
  const { error } = response;
  if (response.status !== "failure" || !(error instanceof Error) || !("details" in error)) {
    return response.status === "retryable";
  }
  if (!("code" in error)) return false;
  // The receiver says with the delay that it can recover.
  return RETRYABLE_GRPC.has(error.code) || (error.code === RESOURCE_EXHAUSTED && askedDelayMs(response) > 0);
}

/** How long the receiver asks to wait, in milliseconds; 0 where it does not. */
export function askedDelayMs(response: Response): number {
  if (response.status === "retryable") return Math.max(0, response.retryInMillis ?? 0);
  const { error } = response;
  if (!(error instanceof Error) || !("metadata" in error)) return 0;
  const { metadata } = error as { readonly metadata?: { get(key: string): readonly (string | Buffer)[] } };
  const [details] = metadata?.get("grpc-status-details-bin") ?? [];
  return details instanceof Uint8Array ? retryInfoMs(details) : 0;
}

/** Of the `google.rpc.RetryInfo` in a `google.rpc.Status`. @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-throttling */
function retryInfoMs(status: Uint8Array): number {
  try {
    const infos = messages(status, 3).filter((any) => {
      const [type] = messages(any, 1);
      return type !== undefined && new TextDecoder().decode(type).endsWith("/google.rpc.RetryInfo");
    });
    const delay = infos.flatMap((any) => messages(any, 2)).flatMap((info) => messages(info, 1))[0];
    return delay === undefined ? 0 : number(delay, 1) * 1000 + number(delay, 2) / 1e6;
  } catch {
    // Not a message. The usual delay is waited then.
    return 0;
  }
}

/** The values of a field that is a message or a text. */
function messages(message: Uint8Array, wanted: number): readonly Uint8Array[] {
  return fields(message).flatMap(([field, value]) => (field === wanted && typeof value !== "number" ? [value] : []));
}

/** The value of a field that is a positive number, 0 without one. */
function number(message: Uint8Array, wanted: number): number {
  const [, value] = fields(message).findLast(([field]) => field === wanted) ?? [];
  return typeof value === "number" ? value : 0;
}

/** @see https://protobuf.dev/programming-guides/encoding/ */
function fields(message: Uint8Array): readonly (readonly [field: number, value: number | Uint8Array])[] {
  const found: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at];
      if (byte === undefined || scale > Number.MAX_SAFE_INTEGER) throw new RangeError("not a varint");
      at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const bytes = (length: number): Uint8Array => {
    if (at + length > message.length) throw new RangeError("too short");
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = varint();
    const type = tag % 8;
    if (type !== 0 && type !== 1 && type !== 2 && type !== 5) throw new RangeError("no such type");
    const value = type === 0 ? varint() : bytes(type === 1 ? 8 : type === 5 ? 4 : varint());
    found.push([Math.floor(tag / 8), value]);
  }
  return found;
}
