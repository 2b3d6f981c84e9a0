/** Reads the response of a receiver that has accepted a batch. */
import { gunzipSync } from "node:zlib";
import type { OtlpProtocol } from "../config.ts";
import { oneLine } from "./failure.ts";

export interface Delivered {
  readonly ok: true;
  /** Items that the receiver refused while it took the rest. A whole number, which may be more than it got. */
  readonly rejected: number;
  /** Why. */
  readonly reason: string;
}

/** Reads the protobuf message of an answer; throws for anything else. */
export type Decode = (body: Uint8Array) => unknown;

/** @returns `undefined` for a response that is not of an OTLP receiver. */
export function readDelivered(body: Uint8Array, decode: Decode, protocol: OtlpProtocol): Delivered | undefined {
  const bytes = unzipped(body);
  if (bytes.length === 0) return { ok: true, rejected: 0, reason: "" };
  const message = decodeAnswer(bytes, decode, protocol);
  return message && readPartialSuccess(message);
}

/** As for what is not compressed: few bytes can become gigabytes, and nothing else runs meanwhile. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** A proxy may compress the response. A body that cannot be decompressed is returned as it is, and cannot be decoded later. */
function unzipped(body: Uint8Array): Uint8Array {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body;
  try {
    return gunzipSync(body, { maxOutputLength: MAX_ANSWER_BYTES });
  } catch {
    return body;
  }
}

type Message = Readonly<Record<string, unknown>>;

/** The tag of the only field that a response has. Text can often be decoded as protobuf, so the tag is checked. */
const PARTIAL_SUCCESS_TAG = 0x0a;

/** An OTLP response is a protobuf message or a JSON object; some receivers answer protobuf with JSON. */
function decodeAnswer(body: Uint8Array, decode: Decode, protocol: OtlpProtocol): Message | undefined {
  const isProtobuf = protocol !== "http/json" && body[0] === PARTIAL_SUCCESS_TAG;
  try {
    const message = isProtobuf ? decode(body) : JSON.parse(new TextDecoder().decode(body));
    return isMessage(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

/** @see https://opentelemetry.io/docs/specs/otlp/#partial-success */
function readPartialSuccess({ partialSuccess }: Message): Delivered {
  if (!isMessage(partialSuccess)) return { ok: true, rejected: 0, reason: "" };
  const { rejectedSpans, rejectedDataPoints, rejectedLogRecords, errorMessage } = partialSuccess;
  // An object of JSON can have a `valueOf` that throws.
  const counts = [rejectedSpans, rejectedDataPoints, rejectedLogRecords].map((count) =>
    typeof count === "object" ? 0 : Number(count),
  );
  const reason = typeof errorMessage === "string" ? oneLine(errorMessage) : "";
  return { ok: true, rejected: Math.max(0, ...counts.filter(Number.isSafeInteger)), reason };
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
