/** Sends real OTLP requests again and again, each time as new traces. */
import { findTraceIds } from "../otlp-spans.ts";

export interface Recording {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly spans: number;
}

export interface ReplayOptions {
  /** A collector's OTLP over HTTP. */
  readonly url: string;
  readonly recordings: readonly Recording[];
  /** Sends all recordings again until at least this many spans are sent. */
  readonly spans: number;
}

const senders = 4;

/** @returns How many spans the collector accepted. @throws Error when it refuses. */
export async function replay({ url, recordings, spans }: ReplayOptions): Promise<number> {
  const perRound = recordings.reduce((total, one) => total + one.spans, 0);
  let rounds = Math.ceil(spans / perRound);
  const accepted = rounds * perRound;
  await Promise.all(
    Array.from({ length: senders }, async () => {
      while (rounds-- > 0) await sendRound(url, recordings);
    }),
  );
  return accepted;
}

/** One salt for the whole round, so that a trace in several requests stays one trace. */
async function sendRound(url: string, recordings: readonly Recording[]): Promise<void> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  for (const { body } of recordings) {
    const copy = body.slice();
    for (const id of findTraceIds(copy)) {
      for (let index = 0; index < id.length; index += 1) id[index] = (id[index] ?? 0) ^ (salt[index] ?? 0);
    }
    const headers = { "content-type": "application/x-protobuf" };
    const answer = await fetch(`${url}/v1/traces`, { method: "POST", headers, body: copy });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  }
}
